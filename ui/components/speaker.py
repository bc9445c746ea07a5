"""The speaker's window: the note, what is on the screen and what comes then, the time, two buttons.

All of it happens in the browser: ``static/windows.js`` keeps it in step with the stage.
"""

from __future__ import annotations

from collections.abc import Mapping

from ui.components.module import component
from ui.html import element, join

KEY = "speaker"


def _part(name: str, tag: str = "p") -> str:
    words = element("h2", data_label=name), element(tag, class_=name)
    return element("section", *words, class_=f"part {name}-part")


def _button(name: str) -> str:
    return element("button", type="button", class_=name, data_label=name)


_mount = component(
    "speaker",
    html=element(
        "div",
        element(
            "header",
            join((element("h1"), element("p", class_="place"))),
            _part("elapsed"),
            _part("clock"),
            _button("restart"),
        ),
        element(
            "p", element("span"), " ", element("a", target="_blank"), class_="alone", role="status"
        ),
        _part("now"),
        _part("note", "div"),
        _part("then"),
        element("footer", _button("back"), _button("black"), _button("next")),
        class_="speaker",
    ),
    css="speaker.css",
)


def show(data: Mapping[str, object]) -> None:
    """Show the window.

    Parameters
    ----------
    data : talk, title, texts, step, stage (its address), language and labels.
    """
    _mount(key=KEY, data=dict(data))
