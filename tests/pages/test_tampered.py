"""A client that sends nonsense: the session lives, and the next good message finds it whole.

What fails in Streamlit (1.67) before our code has a say is not tried: a state of another type than
the widget's, JSON that is none, NaN or an infinity in a field for whole numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from pages.learn.chapters import CHAPTERS
from tests.pages.test_app import link, opened, run
from ui import state
from ui.text import translator

SCREENS = [
    ("draw", ""),
    *(("learn", chapter.name) for chapter in CHAPTERS),
    *(("compare", view.name) for view in COMPARE),
    *(("explore", view.name) for view in EXPLORE),
    ("train", ""),
]
NONSENSE = (None, 5, "x", [[1]], {"id": [], "name": {}}, [1, 2, -1e300, 4])
EVENTS = ("drawing", "backgroundFit", "pick", "file", "region", "wish")

Tamper = Callable[[Any, WidgetState], None]


def chosen(*values: str) -> Tamper:
    """Send these options, whatever is on offer."""

    def tamper(widget: Any, sent: WidgetState) -> None:
        match type(widget).__name__:
            case "ButtonGroup":
                sent.string_array_value.data[:] = values
                sent.string_array_value.SetInParent()
            case "Selectbox" | "Radio" if values:
                sent.string_value = values[0]

    return tamper


def numbers(*values: float) -> Tamper:
    """Send these numbers, whatever the bounds."""

    def tamper(widget: Any, sent: WidgetState) -> None:
        match type(widget).__name__:
            case "Slider":
                sent.double_array_value.data[:] = values
                sent.double_array_value.SetInParent()
            case "NumberInput" if values and abs(values[0]) < float("inf"):
                sent.double_value = values[0]

    return tamper


def state_of_component(value: object) -> Tamper:
    """Send this as all that our components and the canvas have to say."""

    def tamper(widget: Any, sent: WidgetState) -> None:
        if type(widget).__name__ == "BidiComponent":
            sent.json_value = json.dumps(dict.fromkeys(EVENTS, value))

    return tamper


def event_of_component(value: object) -> Tamper:
    """Let all components say this once."""

    def tamper(widget: Any, sent: WidgetState) -> None:
        if type(widget).__name__ == "BidiComponent":
            sent.id = f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events"
            sent.json_trigger_value = json.dumps([{"event": e, "value": value} for e in EVENTS])

    return tamper


TAMPERS = {
    "no choice": chosen(),
    "unknown choice": chosen("zzz"),
    "two choices": chosen("yyy", "zzz"),
    "no number": numbers(),
    "NaN": numbers(float("nan")),
    "infinity": numbers(float("inf")),
    "far off": numbers(1e300),
    **{f"state {value}": state_of_component(value) for value in NONSENSE},
    **{f"event {value}": event_of_component(value) for value in NONSENSE},
}


def widgets(app: AppTest) -> Iterator[Any]:
    """The protobuf of each widget on the page."""
    names = ("bidi_component", "button_group", "selectbox", "radio", "slider", "number_input")
    for name in names:
        for node in app.get(name):
            yield node.proto


def send(app: AppTest, tamper: Tamper) -> None:
    """Send what a browser would, and after it what the tampered client makes of it."""
    states = app._tree.get_widget_states()
    for widget in widgets(app):
        sent = WidgetState(id=widget.id)
        tamper(widget, sent)
        if sent.WhichOneof("value"):
            states.widgets.append(sent)
    app._run(states)


@pytest.mark.parametrize(("page", "view"), SCREENS)
def test_whatever_the_client_sends_the_session_lives(page: str, view: str) -> None:
    app = opened(**({"view": view} if view else {}))
    app.switch_page(f"pages/{page}/page.py")
    run(app)
    for name, tamper in TAMPERS.items():
        send(app, tamper)
        assert not app.exception and not app.error, name
        run(app)
    app.button_group(key=state.LANG).set_value("pt")
    run(app)
    assert link(app)["lang"] == "pt"


@pytest.mark.parametrize(("key", "good"), [(state.MODEL, "deep"), (state.LANG, "pt")])
def test_a_choice_that_is_none_is_one_sentence(key: str, good: str) -> None:
    app = opened(model="deep", lang="pt")
    app.button_group(key=key).set_value(None)
    run(app)
    default = {state.MODEL: state.DEFAULT_MODEL, state.LANG: "en"}[key]
    assert app.button_group(key=key).value == default
    _ = translator(app.button_group(key=state.LANG).value).gettext
    assert [toast.value for toast in app.toast] == [
        _("Your browser sent a choice that does not exist.")
    ]
    app.button_group(key=key).set_value(good)
    run(app)
    assert app.button_group(key=key).value == good and not app.toast
