"""The Room page: what it needs, and what the browser gets of it. A room itself needs a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

import ae
from ae.plans import OWN
from hub import here, protocol
from pages.room import board, words
from tests.pages.test_app import (
    component,
    every_language,
    link,
    look_at,
    opened,
    run,
    texts,
)
from tests.pages.test_train import own_model
from ui import maps, models, share, state
from ui.components import live, packed, room
from ui.state import Visit
from ui.text import translator

PAGE = "pages/room/page.py"
PUBLIC = "https://gargalo.example"


def visit(**query: str) -> AppTest:
    app = opened(**query)
    app.switch_page(PAGE)
    return run(app)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that serves rooms."""
    monkeypatch.setattr(here, "serves", True)
    monkeypatch.setenv(share.PUBLIC, PUBLIC)
    yield


def shown(app: AppTest) -> dict[str, Any]:
    return component(app, "room")


# Without rooms


@every_language
def test_where_no_rooms_are_served_it_says_what_they_need(language: str) -> None:
    app = visit(lang=language)
    assert [code.value for code in app.code] == ["make run", "streamlit run asgi.py"]
    assert any("asgi" not in text and len(text) > 100 for text in texts(app))
    assert "gargalo_room" not in {node.proto.component_name for node in app.get("bidi_component")}
    assert translator(language).gettext("Open a room") not in texts(app)
    assert link(app)["lang"] == language


# With rooms


@every_language
@pytest.mark.parametrize("name", ["shallow", "vae2"])
def test_the_browser_gets_the_model_its_map_and_the_words(
    name: str, language: str, served: None
) -> None:
    app = visit(model=name, lang=language)
    data = shown(app)
    assert json.loads(data["table"]) == json.loads(protocol.as_json())
    assert data["model"] == data["phones"] == name
    sent = {node.key: node.proto.bytes for node in app.get("bidi_component")}
    assert sent["room.network"] == models.weights(name, Visit())
    code_map = ae.atlas.load().maps[name]
    assert sent["room.map"] == maps.packed(
        models.load(name), code_map, maps.first(code_map), ae.atlas.load().digits
    )
    for key, said in (("room.network", "network"), ("room.map", "map")):
        assert data[said] == sent[key][: packed.ID].decode()
    assert dict(data["labels"]) == words.labels(translator(language))
    assert not app.code


def test_each_label_has_its_place_and_each_place_its_label() -> None:
    assert words.labels(translator("en")).keys() == room.LABELS


def test_another_model_in_the_frame_is_another_one_for_the_room(served: None) -> None:
    app = visit(model="shallow")
    before = shown(app)
    after = shown(look_at(app, "deep"))
    assert (before["phones"], after["phones"]) == ("shallow", "deep")
    assert before["network"] != after["network"] and before["map"] != after["map"]
    assert before["table"] == after["table"]


@every_language
def test_what_is_too_large_for_phones_is_no_room_s_model(language: str, served: None) -> None:
    app = visit(model="wide", lang=language)
    data, text = shown(app), translator(language)
    assert data["model"] == data["phones"] == state.DEFAULT_MODEL
    said = text.gettext(
        "{model} is too large for phones: the room uses {other}.",
        model=models.title("wide", text),
        other=models.title(state.DEFAULT_MODEL, text),
    )
    assert said in texts(app)
    look_at(app, "deep")
    assert shown(app)["phones"] == "deep" and said not in texts(app)


def test_no_message_is_larger_than_streamlit_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(live, "_ship", lambda key, data: sent.append(key))
    for name in ae.FAMILIES:
        live.ship(name, models.weights(name, Visit()))
    assert sent == [f"network_{name}" for name in ae.FAMILIES if name != "wide"]


def test_phones_cannot_have_a_model_of_ones_own(served: None, tmp_path: Path) -> None:
    app = visit(model="deep")
    model = ae.weights.load_own(own_model(tmp_path / "mine.safetensors"))
    app.session_state["visit"].own = {OWN: state.OwnModel(model, b"")}
    data = shown(look_at(run(app), OWN))
    assert data["model"] == OWN and data["phones"] is None
    assert data["fallback"] in ae.FAMILIES


def test_without_a_map_the_rest_works(
    served: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged() -> None:
        raise ae.WeightsError("the atlas is damaged")

    monkeypatch.setattr(models, "atlas", damaged)
    data = shown(visit())
    assert data["map"] is None and data["network"]
    assert "the atlas is damaged" in caplog.text


# Addresses


@pytest.mark.parametrize(
    ("public", "join", "scan"),
    [
        ("https://gargalo.example", "/join", "HTTPS://GARGALO.EXAMPLE/JOIN"),
        ("http://192.168.1.20:8501", "/join", "HTTP://192.168.1.20:8501/JOIN"),
        # What a path of others means in capitals, nobody knows.
        ("https://example.org/Demo", "/join", "https://example.org/Demo/join"),
    ],
)
def test_the_addresses_are_those_that_others_find(
    public: str, join: str, scan: str, served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(share.PUBLIC, public)
    data = shown(visit())
    assert data["join"] == public + join
    assert data["moderate"] == f"{public}/moderate"
    assert data["scan"] == scan == board.scanned(public + join)
    assert data["alone"] is False


def test_the_qr_code_of_a_room_is_a_small_one() -> None:
    address = f"{board.scanned('http://192.168.10.200:8501/join')}/ABC234"
    # With the quiet zone of four modules on each side: 25 across, and else 29.
    assert "viewBox='0 0 33 33'" in unquote(share.qr(address))
    assert "viewBox='0 0 37 37'" in unquote(share.qr(address.lower()))


def test_a_qr_code_is_drawn_once_for_who_asks_and_nothing_of_it_is_kept(served: None) -> None:
    app = visit()
    assert shown(app)["qr"] is None
    text = f"{PUBLIC}/moderate#ABC234.a-token"
    app.session_state["room.qr"] = text
    run(app)
    assert shown(app)["qr"] == [text, share.qr(text)]
    assert "room.qr" not in app.session_state
    assert shown(run(app))["qr"] is None


@pytest.mark.parametrize(
    "state", [None, "text", {}, {"qr": None}, {"qr": 7}, {"qr": ""}, {"qr": "x" * 301}]
)
def test_whatever_else_the_browser_sends_is_no_wish(state: object) -> None:
    assert room.wanted(state) is None


def test_a_wish_is_read() -> None:
    assert room.wanted({"qr": "x" * 300}) == "x" * 300


def test_a_missing_label_is_refused() -> None:
    rest = dict.fromkeys(("table", "model", "phones", "fallback", "join", "scan", "moderate"), "")
    labels = dict.fromkeys(room.LABELS - {"open", "yes"}, "")
    with pytest.raises(ValueError, match="labels: open, yes missing"):
        room.show(
            **rest,
            network=b"",
            code_map=None,
            alone=False,
            draw_qr=str,
            labels=labels,
            key="room",
        )
