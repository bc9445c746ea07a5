"""Talks as files: what ships, what is taken, a sentence for each fault of a file from anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from pages.learn.chapters import CHAPTERS
from tests.attacks.mischief import TIMES, spoil
from ui import links, talks
from ui.talks import Talk, TalkError
from ui.text import LANGUAGES, translator

VIEWS = {
    "draw": (),
    "learn": tuple(chapter.name for chapter in CHAPTERS),
    "compare": tuple(view.name for view in COMPARE),
    "explore": tuple(view.name for view in EXPLORE),
    "train": (),
    "room": (),
}
GOOD: dict[str, Any] = {
    "title": {"en": "Mine", "pt": "Minha"},
    "steps": [
        {"link": "/?model=deep&sample=3a", "sentence": "Hello.", "note": "Wave."},
        {"link": "/compare?view=ladder", "sentence": {"pt": "Olá."}, "own": False},
    ],
}


def raw(talk: object) -> bytes:
    return json.dumps(talk).encode()


def faults(file: bytes) -> list[str]:
    """What a visitor reads of a file, in English."""
    with pytest.raises(TalkError) as wrong:
        talks.read(file, VIEWS)
    for language in LANGUAGES:
        text = translator(language)
        told = [fault.told(text) for fault in wrong.value.faults]
        assert told and all(sentence.encode() for sentence in told)
        assert not any(re.search(r"\{[a-z]+\}", sentence) for sentence in told)
    english = translator("en")
    return [fault.told(english) for fault in wrong.value.faults]


@pytest.mark.parametrize("name", talks.SHIPPED)
def test_what_ships_is_whole_in_each_language(name: str) -> None:
    talk = talks.shipped(name, VIEWS)
    assert talk.name == name
    for words in (
        talk.title,
        *(said for step in talk.steps for said in (step.sentence, step.note)),
    ):
        assert words.keys() == LANGUAGES.keys()
    for step in talk.steps:
        assert links.read({}, ())[0].lang is step.link.lang is None  # it is the speaker's choice


def test_both_talks_ship() -> None:
    assert talks.SHIPPED == ("ten", "three")
    ten = talks.shipped("ten", VIEWS)
    models = [step.link.model for step in ten.steps if step.page == "draw"]
    assert models == ["shallow", "shallow", "sparse", "deep", "vae", "deep"]


@pytest.mark.parametrize("name", talks.SHIPPED)
def test_what_is_written_is_read_again(name: str) -> None:
    talk = talks.shipped(name, VIEWS)
    written = talks.write(talk)
    assert talks.read(written, VIEWS, name) == talk
    assert talks.write(talks.read(written, VIEWS)) == written
    # An editor on Windows may put a mark first.
    assert talks.read(b"\xef\xbb\xbf" + written, VIEWS, name) == talk


def test_what_is_said_once_for_all_languages_stays_so() -> None:
    """A file that may be opened may be downloaded, and that one opened again."""
    talk = {**GOOD, "steps": [{"link": "/", "sentence": "x", "note": "n" * 1900}] * links.STEPS}
    file = raw(talk)
    written = talks.write(talks.read(file, VIEWS))
    assert len(file) < len(written) < talks.LARGEST
    assert talks.read(written, VIEWS) == talks.read(file, VIEWS)


def test_a_talk_of_ones_own() -> None:
    talk = talks.read(raw(GOOD), VIEWS)
    first, second = talk.steps
    assert (talk.name, first.page, first.link.model) == (links.OWN_TALK, "draw", "deep")
    assert first.sentence == dict.fromkeys(LANGUAGES, "Hello.")
    assert (second.page, second.link.view, second.own) == ("compare", "ladder", False)
    # One language is enough; the other one reads it, too.
    assert talks.say(second.sentence, translator("en")) == "Olá."
    assert talks.say(second.note, translator("en")) == ""
    assert [talk.at(n) for n in (-3, 1, 2, 9)] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "address",
    [
        "https://gargalo.example/app/compare?lanes=pca,deep",
        "http://127.0.0.1:8501/compare?lanes=pca,deep",
        "/compare?lanes=pca,deep",
        "compare?lanes=pca,deep",
        "https://gargalo.example/app/compare/?lanes=pca,deep",
    ],
)
def test_a_link_may_be_pasted_whole(address: str) -> None:
    step = talks.step(address, {"en": "x"}, {}, VIEWS)
    assert (step.page, step.link.lanes) == ("compare", ("pca", "deep"))


@pytest.mark.parametrize("address", ["/", "?", "/?sample=3a", "/app/", "/draw", "https://a.b/app/"])
def test_the_first_page_has_no_name(address: str) -> None:
    assert talks.step(address, {"en": "x"}, {}, VIEWS).page == "draw"


def changed(change: Callable[[Any], object]) -> bytes:
    talk = json.loads(raw(GOOD))
    change(talk)
    return raw(talk)


def step(**entries: object) -> bytes:
    """A talk whose second step has these, too; None takes one away."""

    def change(talk: Any) -> None:
        talk["steps"][1] |= entries
        for name in [name for name, entry in entries.items() if entry is None]:
            del talk["steps"][1][name]

    return changed(change)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"", "The file is no JSON: look at line 1, column 1."),
        (b'{\n  "title": }', "The file is no JSON: look at line 2, column 12."),
        (b"\xff\xfe{}", "The file is no text in JSON."),
        (b"[" * 100_000, "The file is no text in JSON."),
        (b"1" * 5000, "The file is no text in JSON."),
        (b" " * (talks.LARGEST + 1), "The file is larger than 200 kB, too large for a talk."),
        (raw([]), "The file is no talk: download one to see how it is written."),
        (raw({"title": "x"}), "The talk has no steps."),
        (raw({"title": "x", "steps": []}), "The talk has no steps."),
        (
            raw({**GOOD, "steps": GOOD["steps"][:1] * (links.STEPS + 1)}),
            "The talk has more than 60 steps.",
        ),
        (raw({"steps": GOOD["steps"]}), "“title” is missing."),
        (raw({**GOOD, "titel": 1}), "“titel” is not known here."),
        (raw({**GOOD, "title": "x" * 61}), "“title” is longer than 60 characters."),
        (
            changed(lambda talk: talk["steps"].append(None)),
            "Step 3: This is no step: it needs “link” and “sentence”.",
        ),
        (step(link=None), "Step 2: “link” is missing."),
        (step(link=7), "Step 2: “link” is missing."),
        (step(link="/?" + "x" * 2000), "Step 2: “link” is longer than 2000 characters."),
        (step(link="http://["), "Step 2: “link” is no link."),
        (step(link="/nowhere"), "Step 2: The link leads to no page of Gargalo."),
        (step(link="/?model=xyz"), "Step 2: The link names a model that does not exist."),
        (step(link="/?sample=xyz"), "Step 2: The link names a sample that does not exist."),
        (
            step(link="/?drawing=xyz"),
            "Step 2: The link's drawing cannot be read; perhaps the link was cut off.",
        ),
        (
            step(link="/?modle=deep"),
            "Step 2: The link says something that no step says: compare it with Share's.",
        ),
        (
            step(link="/?stage=ten"),
            "Step 2: The link names a talk that does not exist.",
        ),
        (step(link="/compare?view=map"), "Step 2: The link names a view that is not on its page."),
        (step(sentence=None), "Step 2: “sentence” is missing."),
        (step(sentence=" \t"), "Step 2: “sentence” is missing."),
        (step(sentence={"en": ""}), "Step 2: “sentence” is missing."),
        (step(sentence=7), "Step 2: “sentence” is no text."),
        (step(sentence={"en": ["x"]}), "Step 2: “sentence” is no text."),
        (step(sentence="\ud800"), "Step 2: “sentence” is no text."),
        (step(sentence={"fr": "Oui"}), "Step 2: “sentence” is in another language than en, pt."),
        (step(sentence="x" * 111), "Step 2: “sentence” is longer than 110 characters."),
        (step(note="x" * 2001), "Step 2: “note” is longer than 2000 characters."),
        (step(note=7), "Step 2: “note” is no text."),
        (step(own="no"), "Step 2: “own” is neither true nor false."),
        (step(sentense="x"), "Step 2: “sentense” is not known here."),
    ],
)
def test_each_fault_has_a_sentence(file: bytes, told: str) -> None:
    assert told in faults(file)


def test_all_faults_are_told_at_once() -> None:
    def change(talk: Any) -> None:
        talk["steps"][0]["link"] = "/?model=x&sample=y"
        talk["steps"][1]["sentence"] = ""

    assert faults(changed(change)) == [
        "Step 1: The link names a model that does not exist.",
        "Step 1: The link names a sample that does not exist.",
        "Step 2: “sentence” is missing.",
    ]


def assert_sound(file: bytes) -> None:
    """A file from anybody is a talk that can be written, or its faults can be told."""
    try:
        talk = talks.read(file, VIEWS)
    except TalkError:
        assert faults(file)
        return
    assert isinstance(talk, Talk) and 1 <= len(talk.steps) <= links.STEPS
    assert all(len(said) <= talks.SENTENCE for one in talk.steps for said in one.sentence.values())
    assert talks.read(talks.write(talk), VIEWS) == talk


@given(st.binary(max_size=300))
def test_any_bytes(file: bytes) -> None:
    assert_sound(file)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "steps", "link", "sentence", "note", "own", "en", "pt", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(anything, st.lists(anything, max_size=3))
def test_any_json(whole: object, steps: list[object]) -> None:
    assert_sound(raw(whole))
    assert_sound(raw({"title": "x", "steps": steps}))


@given(st.integers(0, 2**32))
def test_a_spoiled_talk(seed: int) -> None:
    dice = Random(seed)
    for _ in range(TIMES):
        assert_sound(raw(spoil(GOOD, dice)))
