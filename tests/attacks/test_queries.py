"""2,000 links from anybody.

Promised: what is right in a link opens; what is not on the list is dropped, and told in one
sentence for each name.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, seed, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import ae
from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from tests.attacks.mischief import TIMES, WORDS
from tests.pages.test_app import link, opened, run, table
from ui import state
from ui.text import LANGUAGES

LINKS, ON_THE_APP = 2000, 60

SAMPLES = (
    *ae.samples.SAMPLES,
    *ae.out_of_distribution.STROKES,
    *ae.out_of_distribution.PICTURES,
)
VIEWS = tuple(view.name for view in (*COMPARE, *EXPLORE))
RIGHT = {
    "model": tuple(ae.FAMILIES),
    "lang": tuple(LANGUAGES),
    "sample": SAMPLES,
    "view": VIEWS,
    "lanes": state.COMPARED,
}

words = st.sampled_from([word for word in WORDS if word.isascii()]) | st.text(max_size=30)
lists = st.lists(st.sampled_from(state.COMPARED) | words, max_size=4).map(",".join)
anything = st.sampled_from([name for names in RIGHT.values() for name in names]) | words | lists
queries = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(right) | anything for name, right in RIGHT.items()}
) | st.dictionaries(words.filter(bool), anything, max_size=3)


def frame() -> None:
    """Read the link as the frame does, and write it again as a page with views does."""
    import streamlit as st

    from pages.compare.views import VIEWS as COMPARE
    from pages.explore.views import VIEWS as EXPLORE
    from ui import state

    views = {"compare": COMPARE, "explore": EXPLORE}
    now = state.enter({page: [view.name for view in of] for page, of in views.items()})
    state.visit("compare")
    st.text(state.link(now))
    for notice in now.notices:
        st.toast(state.text().gettext(notice))


def wrong(query: dict[str, str]) -> int:
    """Count the names in a link that say what does not exist."""
    return sum(
        not set(query[name].split(",") if name == "lanes" else [query[name]]) <= set(right)
        for name, right in RIGHT.items()
        if name in query
    )


def assert_opens(query: dict[str, str], opens: dict[str, str], toasts: list[str]) -> None:
    for name, default in (("model", "shallow"), ("lang", "en"), ("sample", state.DEFAULT_SAMPLE)):
        right = query.get(name) in RIGHT[name]
        assert opens[name] == (query[name] if right else default)
    assert opens.get("view", VIEWS[0]) in VIEWS
    assert set(opens.get("lanes", "pca").split(",")) <= set(state.COMPARED)
    assert opens.keys() <= RIGHT.keys()
    assert len(toasts) == len(set(toasts)) == wrong(query)


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
