"""The Learn page: its texts, what is foretold, what is measured, and the way through."""

from __future__ import annotations

import functools
import re
from html import unescape

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ae
from ae import claims, evaluation
from pages.learn.chapters import CHAPTERS, Chapter
from tests.pages.test_app import link, opened, run, texts
from tests.pages.test_draw import SEVEN, draw, press, sees
from ui import state
from ui.text import LANGUAGES, translator

NAMES = [chapter.name for chapter in CHAPTERS]
ENGLISH = translator("en").gettext

every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=NAMES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def learn(chapter: str, **query: str) -> AppTest:
    """A visitor who opens a chapter through a link."""
    app = opened(chapter=chapter, **query)
    app.switch_page("pages/learn/page.py")
    return run(app)


def foretell(app: AppTest, name: str) -> AppTest:
    app.button(key=f"guess_{name}").click()
    return run(app)


def html(app: AppTest) -> str:
    return "".join(node.proto.body for node in app.get("html"))


def answered(app: AppTest) -> str:
    """What is said to somebody who has foretold something, without its HTML."""
    (said,) = re.findall(r'<p class="answered[^"]*"[^>]*>(.*?)</p>', html(app))
    return unescape(re.sub("<[^>]*>", "", said)).strip()


def opens(app: AppTest) -> str:
    return str(app.session_state[state.view_key("learn")])


def test_the_chapters_are_those_of_the_claims() -> None:
    assert tuple(NAMES) == claims.CHAPTERS


@every_chapter
@every_language
def test_a_chapter_is_short(chapter: Chapter, language: str) -> None:
    """One heading, 80 to 150 words, and one thing to do."""
    text = translator(language).long("learn", chapter.name)
    heading, *paragraphs = text.strip().split("\n\n")
    assert re.fullmatch(r"# \S.*", heading)
    assert 80 <= len(" ".join(paragraphs).split()) <= 150
    assert [i for i, part in enumerate(paragraphs) if part.startswith("**")] == [
        len(paragraphs) - 1
    ]


@every_chapter
@every_language
def test_a_chapter_shows_its_text_and_claims(chapter: Chapter, language: str) -> None:
    app = learn(chapter.name, lang=language, sample="7b")
    text = translator(language)
    assert "claims" not in html(app).partition("</style>")[2]  # they would give the answer away
    foretell(app, "show")
    assert text.long("learn", chapter.name).strip() in [node.value for node in app.markdown]
    (listed,) = re.findall(r'<ul class="claims">(.*?)</ul>', html(app))
    page = unescape(listed)
    for claim in claims.of(chapter.name):
        assert text.gettext(claim.claim) in page
        assert text.gettext(claim.verdict.value) in page
        assert claim.command in page
    assert "{" not in page  # all numbers are filled in
    assert not app.error and not app.warning


@every_chapter
def test_each_guess_is_answered(chapter: Chapter) -> None:
    """One of them is right, whatever the visitor says; and nothing that was hidden stays so."""
    question = chapter.question
    right = []
    for name, words in question.options.items():
        app = learn(chapter.name, sample="7b")
        assert answers(app) == []
        said = answered(foretell(app, name))
        assert said.startswith(f"You said “{words}”")
        if "and so it is" in said:
            right.append(name)
    assert len(right) == 1


@every_chapter
def test_one_may_just_look_and_guess_again(chapter: Chapter) -> None:
    app = foretell(learn(chapter.name, sample="7b"), "show")
    assert re.match(r"It is “.+”\.", answered(app))
    app.button(key="guess_again").click()
    run(app)
    assert answers(app) == [] and app.button(key="guess_show")


def answers(app: AppTest) -> list[str]:
    return re.findall(r'class="answered', html(app))


def test_what_would_give_the_answer_away_is_hidden() -> None:
    shown = {c.name: (c.shown(guessed=False), c.shown(guessed=True)) for c in CHAPTERS}
    assert shown["bend"] == (("shallow",), ("shallow", "deep"))
    assert shown["sparse"] == (("shallow",), ("shallow", "sparse"))
    app = learn("bend", sample="7b")
    assert 'data-model="shallow"' in html(app) and 'data-model="deep"' not in html(app)


def test_the_copies_are_pcas() -> None:
    app = foretell(learn("copy", sample="7b"), "32")
    digit = sees_sample("7b")
    steps = facts().ladder.pca.ladder(digit)[[1, 7, 31, 127]]
    kept, _ = evaluation.ink(np.repeat(digit[None], 4, axis=0), steps)
    for share in kept:
        assert f"{translator('en').percent(share)} of the ink" in unescape(html(app))
    enough = next(
        (n for n, share in zip((2, 8, 32, 128), kept, strict=True) if share >= 0.9), "more"
    )
    assert (enough == 32) == ("and so it is" in answered(app))


facts = functools.cache(ae.facts.load)


def sees_sample(name: str) -> np.ndarray:
    return ae.drawing.from_strokes(ae.samples.SAMPLES[name])


def test_the_answer_follows_the_drawing() -> None:
    app = foretell(learn("sparse", sample="7b"), "some")
    sparse = ae.load("sparse")
    for strokes in (None, SEVEN):
        if strokes is not None:
            draw(app, *strokes)
        digit = sees_sample("7b") if strokes is None else sees(*strokes)
        zeros = int((sparse.encode(digit[None]) == 0).sum())
        assert f"{zeros} of 32 are exactly zero." in answered(app)
    press(app, "Clear")
    assert answered(app) == ENGLISH("Draw a digit to see.")


def test_the_way_through() -> None:
    """Forwards to the end, and back; what has been read is ticked."""
    app = learn("copy", sample="7b")
    assert app.button(key="chapter_back").disabled
    for name in NAMES[1:]:
        app.button(key="chapter_next").click()
        run(app)
        assert opens(app) == name
        assert link(app)["chapter"] == name
    assert app.button(key="chapters_end").label == "Now draw"
    menu = app.button_group(key=state.view_key("learn"))
    assert [option[0] for option in menu.options] == ["✓"] * 7 + ["8"]
    app.button(key="chapter_back").click()
    run(app)
    assert opens(app) == NAMES[-2]


def test_squeeze_is_about_the_smallest_net() -> None:
    """The frame's choice follows: the code that is changed is the one that is shown."""
    app = learn("squeeze", model="vae", sample="7b", edits="3:1.5")
    assert link(app)["model"] == "shallow" and "edits" not in link(app)
    app.button(key="chapter_next").click()
    run(app)
    assert (link(app)["model"], link(app)["edits"]) == ("vae", "3:1.5")


@pytest.mark.parametrize("name", ["seven", "map"])
def test_no_chapter_has_that_name(name: str) -> None:
    app = opened(chapter=name)
    assert [toast.value for toast in app.toast] == [
        ENGLISH("The link names a chapter that does not exist.")
    ]
    assert opens(app) == NAMES[0]


def test_a_damaged_file_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> object:
        raise ae.WeightsError("gone")

    monkeypatch.setattr("ui.models.facts", gone)
    app = learn("copy", sample="7b")
    app.button(key="guess_8").click()
    run(app)
    assert [error.value for error in app.error] == [
        ENGLISH("This cannot be shown: a file is missing or damaged.")
    ]
    assert ENGLISH("Next: {chapter}", chapter=ENGLISH("Squeeze")) in texts(app)
