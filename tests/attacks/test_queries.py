"""2,000 links from anybody.

Promised: what is right in a link opens; what is not on the list is dropped, and told in one
sentence for each name.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, seed, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import ae
from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from pages.learn.chapters import CHAPTERS
from tests.attacks.mischief import TIMES, WORDS
from tests.pages.test_app import link, opened, run, table
from ui import state
from ui.text import LANGUAGES

LINKS, ON_THE_APP = 2000, 60

EMPTY = ae.strokes.encode_strokes([], 1)
SAMPLES = (
    *"0123456789",
    *ae.samples.SAMPLES,
    *ae.out_of_distribution.STROKES,
    *ae.out_of_distribution.PICTURES,
)
VIEWS = tuple(view.name for view in (*COMPARE, *EXPLORE, *CHAPTERS))
RIGHT = {
    "model": tuple(ae.FAMILIES),
    "lang": tuple(LANGUAGES),
    "sample": SAMPLES,
    "view": VIEWS,
    "chapter": tuple(chapter.name for chapter in CHAPTERS),
    "lanes": state.COMPARED,
    "normal": ("on", "off"),
    "seed": ("0", "7", "9999"),
    "edits": ("1:0", "2:-1.5,1:99.25"),
    "keep": ("1", "2"),
    "drawing": (EMPTY, *(ae.strokes.encode_strokes(one, 1) for one in ae.samples.SAMPLES.values())),
}

words = st.sampled_from([word for word in WORDS if word.isascii()]) | st.text(max_size=30)
lists = st.lists(st.sampled_from(state.COMPARED) | words, max_size=4).map(",".join)
# Of the right alphabet: what the codec is given once the rest has been refused.
garbage = st.binary(max_size=500).map(
    lambda raw: urlsafe_b64encode(b"\1" + raw).decode().rstrip("=")
)
pairs = st.builds(
    "1:0,{}:{}".format,
    st.sampled_from([0, -1, 33, 1234, "", "x"]),
    st.floats() | st.sampled_from(["", "-", "0x1", "9" * 400]),
)
rights = st.sampled_from([name for names in RIGHT.values() for name in names])
anything = rights | words | lists | garbage | pairs
queries = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(right) | anything for name, right in RIGHT.items()}
) | st.dictionaries(words.filter(bool), anything, max_size=3)


def frame() -> None:
    """Read the link as the frame does, and write it again as a page with views does."""
    import streamlit as st

    from pages.compare.views import VIEWS as COMPARE
    from pages.explore.views import VIEWS as EXPLORE
    from pages.learn.chapters import CHAPTERS
    from ui import state

    views = {"compare": COMPARE, "explore": EXPLORE, "learn": CHAPTERS}
    now = state.enter({page: [view.name for view in of] for page, of in views.items()})
    state.visit("compare")
    st.text(state.link(now))
    for notice in now.notices:
        st.toast(state.text().gettext(notice))


def is_right(name: str, value: str) -> bool:
    if name == "drawing":
        try:
            return bool(ae.strokes.decode_strokes(value)) or value == EMPTY
        except ValueError:
            return False
    if name in ("keep", "seed") and re.fullmatch("[0-9]{1,4}", value):
        return name == "seed" or 1 <= int(value) <= 32
    return set(value.split(",") if name == "lanes" else [value]) <= set(RIGHT[name])


def assert_opens(query: dict[str, str], opens: dict[str, str], toasts: list[str]) -> None:
    right = {name for name in RIGHT.keys() & query if is_right(name, query[name])}
    for name, default in (("model", "shallow"), ("lang", "en")):
        assert opens[name] == (query[name] if name in right else default)
    if "drawing" in right:
        assert opens["drawing"] == query["drawing"] and "sample" not in opens
    else:
        sample = query["sample"] if "sample" in right else state.DEFAULT_SAMPLE
        assert opens["sample"] == (f"{sample}a" if sample in "0123456789" else sample)
    assert opens.get("view", VIEWS[0]) in VIEWS
    assert set(opens.get("lanes", "pca").split(",")) <= set(state.COMPARED)
    assert opens.keys() <= RIGHT.keys()
    if query.get("model") != "vae2":  # it has two numbers only
        assert len(toasts) == len(set(toasts)) == len((RIGHT.keys() & query) - right)
        assert opens.get("edits") == (query["edits"] if "edits" in right else None)


@pytest.fixture(scope="module")
def app() -> AppTest:
    return AppTest.from_function(frame, default_timeout=30)


@seed(12)
@settings(max_examples=LINKS * TIMES, database=None)
@given(query=queries)
@example(query={"sample": "7b", "model": "deep", "lang": "deep"})
@example(query={"lanes": ",".join(state.COMPARED * 500)})
@example(query={"view": VIEWS[0], "lanes": "pca,,deep"})
def test_any_link_opens_what_is_right_in_it(app: AppTest, query: dict[str, str]) -> None:
    app.query_params = query
    if "visit" in app.session_state:
        del app.session_state["visit"]  # the next visitor
    run(app)
    opens = dict(parse_qsl(app.text[0].value[1:], strict_parsing=True))
    assert_opens(query, opens, [toast.value for toast in app.toast])


@seed(12)
@settings(max_examples=ON_THE_APP * TIMES, database=None)
@given(queries, st.sampled_from(sorted(table())))
def test_any_link_opens_the_app(query: dict[str, str], page: str) -> None:
    app = opened(**query)
    assert_opens(query, link(app), [toast.value for toast in app.toast])
    app.switch_page(page)
    run(app)
    assert not app.error and not app.toast
