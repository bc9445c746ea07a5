"""A session that the server has lost: the browser's canvas is the truth, and the rest is told.

The browser comes back with the state of its widgets in its first message; a server is really
restarted in tests/browser/test_lost.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

import ae
from tests.pages.test_app import APP, link, opened, run
from tests.pages.test_draw import ONE, SEVEN, assert_shows, bars, button, component, draw, raw, sees
from ui import strokes
from ui.text import LANGUAGES, translator

HERE = (
    "Reconnected. What was on your canvas is here; undo, edits, uploads, drawings put aside and"
    " your own model may be gone."
)
GONE = (
    "Reconnected without your drawing. Edits, uploads, drawings put aside and your own model may be"
    " gone, too."
)
ID = "$$ID-0123456789abcdef0123456789abcdef-"


def come_back(*states: WidgetState, **query: str) -> AppTest:
    """Open the app as a browser does that was here before."""
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params.update(query)
    # A browser brings along whatever is on its page.
    slider = WidgetState(id=f"{ID}keep_0")
    slider.double_array_value.data.append(3)
    app._run(WidgetStates(widgets=[slider, *states]))
    assert not app.exception
    return app


def canvas(drawing: object, fit: object = None) -> WidgetState:
    state = json.dumps({"drawing": {"raw": drawing, "data": None}, "backgroundFit": fit})
    return WidgetState(id=f"{ID}canvas_00c0ffee", json_value=state)


def told(app: AppTest) -> list[str]:
    return [toast.value for toast in app.toast]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_on_the_canvas_is_the_drawing(language: str) -> None:
    app = come_back(canvas(raw(*SEVEN)), lang=language, model="deep")
    assert_shows(app, "deep", sees(*SEVEN))
    assert told(app) == [translator(language).gettext(HERE)]
    assert not told(run(app))  # once
    assert button(app, "Undo").disabled
    # The slider that was at 3 belonged to what is gone.
    assert app.session_state["visit"].edits.keep is None
    assert [slider.value for slider in app.slider][-1] == 32
    # It goes on, as on any canvas.
    given = component(app, app.session_state["visit"].sketch.canvas_key)["initialDrawing"]
    assert strokes.from_fabric(given) == app.session_state["visit"].sketch.drawing.strokes
    draw(app, *ONE)
    assert_shows(app, "deep", sees(*ONE))


def test_strokes_of_all_loads_are_on_it() -> None:
    """The canvas of the lost session had a sample under the visitor's stroke."""
    given = strokes.to_fabric(strokes.sample("3b").strokes, load=4)
    app = come_back(canvas({"objects": [*given, *raw(*ONE)["objects"]]}), sample="3b")
    drawing = app.session_state["visit"].sketch.drawing
    assert len(drawing.strokes) == len(given) + 1 and drawing.sample is None


def test_a_sample_that_nothing_was_drawn_on_is_still_that_sample() -> None:
    given = {"objects": strokes.to_fabric(strokes.sample("3b").strokes, load=4)}
    for states in ((), (canvas(given),)):
        app = come_back(*states, sample="3b")
        assert link(app)["sample"] == "3b" and told(app) == [HERE]


def test_a_cleared_canvas_is_still_empty() -> None:
    app = come_back(canvas({"objects": []}))
    assert app.session_state["visit"].sketch.drawing.empty and told(app) == [HERE]


def test_a_picture_without_strokes_is_gone() -> None:
    fit = dict.fromkeys(strokes._FIT, 1.0)
    app = come_back(canvas({"objects": []}, fit))
    assert app.session_state["visit"].sketch.drawing.empty and told(app) == [GONE]
    app = come_back(canvas(raw(*ONE), fit))
    assert_shows(app, "shallow", sees(*ONE))
    app = come_back(canvas({"objects": []}, fit), sample="smiley")  # a picture that has an address
    assert link(app)["sample"] == "smiley" and told(app) == [HERE]


UNREADABLE: list[Any] = [5, None, {}, {"objects": 5}, raw([(float("nan"), 1.0), (2.0, 3.0)])]


def test_a_run_that_another_overtakes_keeps_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    toast = st.toast

    def overtaken(*_: object, **__: object) -> None:
        monkeypatch.setattr(st, "toast", toast)
        raise RerunException(RerunData())

    monkeypatch.setattr(st, "toast", overtaken)
    assert told(come_back(canvas(raw(*SEVEN)), lang="en")) == [HERE]


@pytest.mark.parametrize("drawing", UNREADABLE)
def test_what_cannot_be_read_is_no_sample_in_its_place(drawing: object) -> None:
    app = come_back(canvas(drawing))
    assert app.session_state["visit"].sketch.drawing.empty and told(app) == [GONE]
    draw(app, *ONE)
    assert_shows(app, "shallow", sees(*ONE))


@pytest.mark.parametrize("value", ["", "[" * 100_000, "5", '{"drawing": {"raw": 1}}'])
def test_whatever_a_client_brings_along_the_app_opens(value: str) -> None:
    app = come_back(WidgetState(id=f"{ID}canvas_00c0ffee", json_value=value))
    assert told(app) == [GONE]


OWN = {"drawing": ae.strokes.encode_strokes(SEVEN, strokes.SIDE), "edits": "5:2.5", "keep": "9"}


def test_where_no_canvas_says_it_the_address_does() -> None:
    for states in ((), (canvas(5),)):
        app = come_back(*states, **OWN, normal="off")
        assert link(app) == {"model": "shallow", "lang": "en", **OWN, "normal": "off"}
        assert told(app) == [HERE]


def test_edits_are_there_again_with_the_drawing_that_they_belong_to() -> None:
    app = come_back(canvas(raw(*SEVEN)), **OWN)
    assert app.session_state["visit"].edits.values == {4: 2.5}
    assert link(app) == {"model": "shallow", "lang": "en", **OWN}
    app = come_back(canvas(raw(*SEVEN, *ONE)), **OWN)
    assert not app.session_state["visit"].edits
    assert_shows(app, "shallow", sees(*SEVEN, *ONE))


def test_a_page_without_a_canvas_has_lost_the_drawing() -> None:
    app = come_back()
    assert app.session_state["visit"].sketch.drawing.empty and told(app) == [GONE]


def test_the_switch_of_the_normal_form_stays_as_it_was() -> None:
    switch = WidgetState(id=f"{ID}normal_form", bool_value=False)
    app = come_back(canvas(raw(*SEVEN)), switch)
    assert_shows(app, "shallow", sees(*SEVEN, normalise=False))
    assert not app.toggle(key="normal_form").value


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ({"link": "?model=vae&lang=pt&sample=3b"}, "vae"),
        ({"link": "?model=zzz"}, "shallow"),
        ({"link": 5}, "deep"),
        ({"link": "?model=vae&" + "x" * 2000}, "deep"),
        ([], "deep"),
    ],
)
def test_the_address_is_the_one_that_the_browser_has_now(address: object, model: str) -> None:
    """What Streamlit says is the one that the page was opened with."""
    state = WidgetState(id=f"{ID}reconnected", json_value=json.dumps(address))
    app = come_back(state, model="deep", sample="7b")
    assert link(app)["model"] == model
    if model == "vae":
        assert link(app) == {"model": "vae", "lang": "pt", "sample": "3b"}


def test_a_new_visitor_reads_nothing_of_it() -> None:
    app = opened()
    assert not told(app) and len(bars(app)) == 32
    assert link(app)["sample"] == "7b"
