"""The dialog with the link and its QR code."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_app import link, opened, run
from tests.pages.test_draw import ONE, button, draw
from ui import share, strokes
from ui.strokes import Drawing, Picture
from ui.text import LANGUAGES, translator

ALONE = "Only this computer can open it: the app runs here, for nobody else."
STAYS = "Your drawing is not in it: pictures, and scribbles of very many strokes, stay here."


def shared(app: AppTest) -> AppTest:
    app.button(key=share.KEY).click()
    return run(app)


def captions(app: AppTest) -> set[str]:
    return {caption.value for caption in app.caption}


def codes(app: AppTest) -> list[str]:
    return [node.proto.body for node in app.get("html") if 'class="qr"' in node.proto.body]


def test_it_has_the_link_to_what_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(share.PUBLIC, "https://gargalo.example")
    app = opened(model="deep")
    draw(app, *ONE)
    shared(app)
    (address,) = (code.value for code in app.code if code.value.startswith("https://"))
    assert urlsplit(address).path == "/"
    assert dict(parse_qsl(urlsplit(address).query)) == link(app)
    assert len(codes(app)) == 1 and not captions(app) & {ALONE, STAYS}
    run(app)
    assert not codes(app)  # it opens when asked for


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_else_gets_it_says_so(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(share.PUBLIC, raising=False)
    monkeypatch.setattr(share, "_own_address", lambda: None)
    app = shared(opened(lang=language))
    assert translator(language).gettext(ALONE) in captions(app) and not codes(app)


def test_it_says_that_a_picture_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(share.PUBLIC, "https://gargalo.example")
    app = opened()
    digit = strokes.sample_digit("3a")
    canvas = np.zeros((strokes.SIDE, strokes.SIDE), np.uint8)
    app.session_state["visit"].sketch.put(Drawing(picture=Picture(canvas, digit, digit)))
    assert STAYS in captions(shared(app))
    button(app, "Clear").click()
    assert STAYS not in captions(shared(run(app)))
