"""Files that are made when somebody asks for one: made once, sent once, to whoever asked."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.components import download
from ui.components.download import Wish

WISH, OTHER = Wish("0123456789abcdef", "one.csv"), Wish("fedcba9876543210", "two.csv")

APP = """
import streamlit as st
from ui.components.download import File, download

def make(name):
    st.session_state.made = [*st.session_state.get("made", []), name]
    if st.session_state.get("broken"):
        raise OSError("no room")
    content = st.session_state.get("content", name.encode())
    if st.session_state.pop("interrupted", False):
        st.rerun()
    return content

files = [File(name, f"{name}.csv", lambda name=name: make(name)) for name in ("one", "two")]
download(files, waiting="Making it", failed="It could not be made", key="files")
"""


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_string(APP).run()


def ask(app: AppTest, wish: Wish) -> AppTest:
    app.session_state["files.asked"] = wish
    return app.run()


def answer(app: AppTest) -> dict[str, Any]:
    (node,) = (node for node in app.get("bidi_component") if node.key == "files")
    return json.loads(node.proto.json)["answer"]


def parts(app: AppTest) -> list[tuple[dict[str, Any], bytes]]:
    """The header and the bytes of each part that is sent."""
    sent = []
    for node in app.get("bidi_component"):
        if content := node.proto.bytes:
            length = int.from_bytes(content[:4], "little")
            sent.append((json.loads(content[4 : 4 + length]), content[4 + length :]))
    return sent


def test_nothing_is_made_before_somebody_asks(app: AppTest) -> None:
    assert "made" not in app.session_state and parts(app) == []
    assert answer(app) == {"wish": None, "kind": "gone"}


def test_a_file_is_made_and_sent_once(app: AppTest) -> None:
    ask(app, WISH)
    assert answer(app) == {"wish": WISH.id, "kind": "here"}
    assert parts(app) == [({"wish": WISH.id, "part": 0, "parts": 1}, b"one")]
    app.run()
    assert answer(app) == {"wish": WISH.id, "kind": "gone"}
    assert parts(app) == [] and app.session_state["made"] == ["one"]
    # Nothing of it stays here.
    assert "files.asked" not in app.session_state
    ask(app, OTHER)
    assert [content for _, content in parts(app)] == [b"two"]


@pytest.mark.parametrize("size", [0, 1, 4_000_000, 4_000_001, 8_500_000])
def test_a_file_of_any_size_fits_into_messages(app: AppTest, size: int) -> None:
    content = random.Random(size).randbytes(size)
    app.session_state["content"] = content
    heads, bodies = zip(*parts(ask(app, WISH)), strict=True)
    assert b"".join(bodies) == content
    assert [(head["part"], head["parts"]) for head in heads] == [
        (i, len(heads)) for i in range(len(heads))
    ]
    assert max(map(len, bodies)) < 4_500_000  # the server's maxMessageSize is 5 MB


def test_what_cannot_be_made_is_told_and_the_page_goes_on(
    app: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    app.session_state["broken"] = True
    ask(app, WISH)
    assert not app.exception and parts(app) == []
    assert answer(app) == {"wish": WISH.id, "kind": "failed"}
    assert "no room" in caplog.text  # for whoever runs the server
    app.session_state["broken"] = False
    assert [content for _, content in parts(ask(app, OTHER))] == [b"two"]


def test_what_is_not_on_offer_any_more_is_not_made(app: AppTest) -> None:
    ask(app, Wish(WISH.id, "../secret"))
    assert answer(app) == {"wish": WISH.id, "kind": "failed"} and parts(app) == []


@pytest.mark.parametrize("lasting", [True, False])
def test_what_lasts_is_made_as_it_was_offered(lasting: bool) -> None:
    """Between the press and the run that makes the file, something else has got its name."""
    script = """
import streamlit as st
from ui.components.download import File, download
this = st.session_state.get("this", b"first")
files = [File("A", "one.csv", lambda: this, lasting=LASTING)]
download(files[: len(this)], waiting="", failed="", key="files")
"""
    app = AppTest.from_string(script.replace("LASTING", str(lasting))).run()
    app.session_state["this"] = b"second"
    ask(app, WISH)
    assert [content for _, content in parts(app)] == [b"first" if lasting else b"second"]
    app.run()
    ask(app, Wish("ab" * 8, WISH.name))
    assert [content for _, content in parts(app)] == [b"second"]
    app.session_state["this"] = b""  # nothing is on offer any more
    ask(app, WISH)
    assert [content for _, content in parts(app)] == ([b"second"] if lasting else [])


def test_a_run_that_is_cut_off_is_made_good(app: AppTest) -> None:
    app.session_state["interrupted"] = True
    ask(app, WISH)
    assert app.session_state["made"] == ["one", "one"]
    assert [content for _, content in parts(app)] == [b"one"]


def test_what_was_made_before_a_run_was_cut_off_is_sent(app: AppTest) -> None:
    app.session_state["files.made"] = (WISH.id, b"made before")
    ask(app, WISH)
    assert "made" not in app.session_state and "files.made" not in app.session_state
    assert [content for _, content in parts(app)] == [b"made before"]
    app.session_state["files.made"] = (WISH.id, b"of another wish")
    assert [content for _, content in parts(ask(app, OTHER))] == [b"two"]


@pytest.mark.parametrize(
    "state",
    [
        None,
        5,
        [],
        {},
        {"wish": None},
        {"wish": "0123456789abcdef"},
        {"wish": [WISH.id, WISH.name]},
        {"wish": {"id": WISH.id}},
        {"wish": {"id": WISH.id, "name": 5}},
        {"wish": {"id": [WISH.id], "name": WISH.name}},
        {"wish": {"id": "not a number", "name": WISH.name}},
        {"wish": {"id": "0" * 1000, "name": WISH.name}},
    ],
)
def test_what_is_no_wish_is_none(state: object) -> None:
    assert download.received(state) is None


def test_a_wish_is_read() -> None:
    assert download.received({"wish": {"id": WISH.id, "name": WISH.name}}) == WISH
