"""A talk on stage: its steps, what goes on from one to the next, and everything else as before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ae
from tests.pages.test_app import (
    answer,
    component,
    every_language,
    link,
    look_at,
    offered,
    opened,
    pieces,
    run,
    texts,
)
from tests.pages.test_draw import ONE, bars, button, canvas, draw
from tests.ui.test_talks import VIEWS
from ui import lectern, links, stage, state, strokes, talks
from ui.components import stage as on_stage
from ui.state import Visit
from ui.strokes import Drawing
from ui.text import translator

TEN = talks.shipped("ten", VIEWS)
DRAWN = tuple(map(tuple, ONE))  # as the server has it
Deed = Callable[[Visit], object]

SQUEEZED = 3  # the step of "ten" that keeps six numbers
OWN_CANVAS = len(TEN.steps)  # the last one has a canvas of its own


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Deed]]:
    """What the browser asks for before the next run, as a component's callback does."""
    waiting: list[Deed] = []
    come_in = stage.come_in

    def heard(now: Visit) -> Visit:
        while waiting:
            waiting.pop(0)(now)
            now = state.st.session_state["visit"]
        return come_in(now)

    monkeypatch.setattr(stage, "come_in", heard)
    yield waiting


def go(app: AppTest, deeds: list[Deed], number: int) -> AppTest:
    deeds.append(lambda now: stage.go(now, number))
    return run(app)


def leave(app: AppTest, deeds: list[Deed]) -> AppTest:
    deeds.append(stage.leave)
    return run(app)


def visit(app: AppTest) -> Visit:
    now: Visit = app.session_state["visit"]
    return now


def shown(app: AppTest) -> Drawing:
    return visit(app).sketch.drawing


def place(app: AppTest) -> tuple[int, int]:
    data = component(app, on_stage.KEY)
    return data["step"], data["count"]


@every_language
@pytest.mark.parametrize("name", talks.SHIPPED)
def test_each_step_is_shown_without_what_is_set(
    name: str, language: str, deeds: list[Deed]
) -> None:
    talk, text = talks.shipped(name, VIEWS), translator(language)
    app = opened(stage=name, lang=language)
    for number, step in enumerate(talk.steps, 1):
        go(app, deeds, number)
        assert place(app) == (number, len(talk.steps))
        assert talks.say(step.sentence, text) in pieces(app)
        assert f"{number} / {len(talk.steps)}" in pieces(app)
        assert not (app.toast or app.error or app.slider or app.toggle or app.selectbox)
        assert not (app.button_group or app.segmented_control or app.expander) and not offered(app)
        assert {one.key for one in app.button} <= {"clear"}
        assert link(app) == {"lang": language, "stage": name, "step": str(number)}
        model = step.link.model or state.DEFAULT_MODEL
        assert app.session_state[state.MODEL] == model
        if step.page == "draw":
            prepared = step.link.drawing
            assert prepared and shown(app).sample == prepared.sample


def test_a_step_shows_its_prepared_digit_until_somebody_draws(deeds: list[Deed]) -> None:
    app = opened(stage="ten", step="2")
    # On the canvas itself is nothing, so that the first stroke takes the digit's place.
    assert canvas(app)["initialDrawing"]["objects"] == []
    assert answer(app)["strokes"] == []
    digit = strokes.sample_digit("3a")
    assert np.reshape(answer(app)["digit"], (28, 28)) == pytest.approx(digit, abs=1e-3)
    assert bars(app) == pytest.approx(ae.load("shallow").encode(digit[None])[0], rel=1e-4, abs=1e-6)
    draw(app, *ONE)
    assert shown(app).strokes == DRAWN and shown(app).sample is None
    assert answer(app)["strokes"] == [[list(point) for point in stroke] for stroke in ONE]
    assert answer(app)["digit"] is None
    assert "drawing" in link(app)


def test_an_own_drawing_goes_on_and_nothing_else_does(deeds: list[Deed]) -> None:
    app = draw(opened(stage="ten", step="2"), *ONE)
    visit(app).edits.set(0, 9.0)
    for number, step in enumerate(TEN.steps[2:], 3):
        go(app, deeds, number)
        now = visit(app)
        if step.own:
            assert now.sketch.drawing.strokes == DRAWN
        else:
            assert now.sketch.drawing == step.link.drawing
        edits = (dict(step.link.values), step.link.keep)
        assert (now.edits.values, now.edits.keep) == edits
        assert not now.sketch.past and not now.choices
        assert "drawing" in link(app)
    # What is drawn where the canvas is the step's own stays there.
    draw(app, *ONE, *ONE)
    go(app, deeds, 2)
    assert shown(app).strokes == DRAWN


def test_a_blank_canvas_is_no_drawing(deeds: list[Deed]) -> None:
    app = draw(opened(stage="ten", step="2"), *ONE)
    button(app, "Clear").click()
    run(app)
    assert shown(app).empty and "drawing" not in link(app)
    go(app, deeds, 3)
    assert shown(app).sample == "3a"


def test_another_drawing_begins_with_the_edits_of_the_step(deeds: list[Deed]) -> None:
    app = draw(opened(stage="ten", step=str(SQUEEZED)), *ONE)
    assert visit(app).edits.keep == 6
    assert np.count_nonzero(bars(app)) == 6
    assert answer(app)["begins"] == [6, []]


@every_language
def test_after_the_talk_everything_is_as_before(language: str, deeds: list[Deed]) -> None:
    app = opened(model="sparse", lang=language, view="noise", lanes="pca,vae", seed="5", keep="9")
    app.switch_page("pages/explore/page.py")
    run(app)
    draw(app, *ONE)
    before, address, said = visit(app), link(app), pieces(app)
    deeds.append(lambda now: stage.begin(now, TEN))
    run(app)
    assert place(app) == (1, len(TEN.steps))
    assert link(app)["lang"] == language
    for number in (2, 9, 10, 4):
        go(app, deeds, number)
    assert shown(app).strokes == DRAWN  # it came onto the stage
    draw(app, *ONE, *ONE)
    leave(app, deeds)
    assert visit(app) is before and shown(app).strokes == DRAWN
    assert link(app) == address
    assert pieces(app) >= {words for words in said if re.search("[a-z] [a-z]", words)}
    assert app.session_state[state.LANES] == ["pca", "vae"]


def test_the_steps_end_at_both_ends(deeds: list[Deed]) -> None:
    app = opened(stage="three", step="99")
    assert [toast.value for toast in app.toast] == []  # they wait behind the stage
    assert place(app) == (1, 5)
    for number in (0, -1, 6, 2**70):
        go(app, deeds, number)
        assert place(app) == (1, 5)
    assert place(opened(stage="three", step="60")) == (5, 5)


def test_what_was_chosen_on_a_view_does_not_come_onto_the_stage(deeds: list[Deed]) -> None:
    app = opened(view="new", model="vae")
    app.switch_page("pages/explore/page.py")
    run(app)
    app.button_group(key="new_part").set_value("cost")
    run(app)
    deeds.append(lambda now: stage.begin(now, TEN, 10))
    run(app)
    assert any('class="invented"' in text for text in texts(app))
    leave(app, deeds)
    assert app.button_group(key="new_part").value == "cost"


def test_a_link_to_no_talk_opens_the_page() -> None:
    app = opened(stage="xyz")
    assert [toast.value for toast in app.toast] == ["The link names a talk that does not exist."]
    assert app.button(key=lectern.KEY)


# One's own talk

MINE = '{"title": "Mine", "steps": [{"link": "/compare?view=zeros", "sentence": "x"}]}'
GOOD = '{"title": "Mine", "steps": [{"link": "/compare?lanes=pca", "sentence": "<b>a</b> **b**"}]}'


def test_an_own_talk_is_asked_of_the_browser_after_a_reload(deeds: list[Deed]) -> None:
    app = opened(stage="own")
    assert component(app, on_stage.KEY) == {"ask": True}
    deeds.append(lambda now: stage.take_talk(now, GOOD.encode()))
    run(app)
    assert place(app) == (1, 1)
    assert "&lt;b&gt;a&lt;/b&gt; **b**" in "".join(node.proto.body for node in app.get("html"))
    assert talks.read(component(app, "stage_file")["keep"].encode(), VIEWS) == visit(app).talk


@pytest.mark.parametrize("kept", ["", "nonsense", MINE])
def test_without_it_the_page_says_so(kept: str, deeds: list[Deed]) -> None:
    app = opened(stage="own")
    deeds.append(lambda now: stage.take_talk(now, kept.encode()))
    run(app)
    told = "Your own talk is not here any more. Open its file again."
    assert [toast.value for toast in app.toast] == [told]
    assert link(app)["sample"] == state.DEFAULT_SAMPLE


def dialog(app: AppTest) -> AppTest:
    app.button(key=lectern.KEY).click()
    return run(app)


def test_what_is_seen_becomes_a_step(deeds: list[Deed]) -> None:
    app = opened(model="deep", sample="3b", keep="9")
    dialog(app)
    app.text_input(key="talk_sentence").input("Nine numbers.")
    app.button(key="talk_add").click()
    run(app)
    talk = visit(app).talk
    assert talk is not None
    (step,) = talk.steps
    assert step.address == "/?model=deep&sample=3b&keep=9"
    assert (step.sentence, step.note, step.link.keep) == ({"en": "Nine numbers."}, {}, 9)
    dialog(look_at(app, "sparse"))
    app.text_input(key="talk_sentence").input("All of them.")
    app.text_area(key="talk_note").input("Wave.")
    app.button(key="talk_add").click()
    run(app)
    talk = visit(app).talk
    assert talk is not None and [one.link.model for one in talk.steps] == ["deep", "sparse"]
    deeds.append(lambda now: stage.begin(now, talk))
    assert place(run(app)) == (1, 2)
    assert visit(app).edits.keep == 9


def test_a_step_without_a_sentence_is_refused() -> None:
    app = dialog(opened())
    app.button(key="talk_add").click()
    run(app)
    assert visit(app).talk is None
    assert [fault.message for fault in visit(app).talk_faults] == ["“{part}” is missing."]


# The speaker's window


@every_language
def test_the_speaker_s_window_has_the_notes_and_no_frame(language: str) -> None:
    app = opened(speaker="ten", step="4", lang=language)
    data, text = component(app, "speaker"), translator(language)
    assert (data["talk"], data["step"], data["language"]) == ("ten", 4, language)
    assert [one["note"] for one in data["texts"]] == [talks.say(s.note, text) for s in TEN.steps]
    assert data["stage"] == f"?lang={language}&stage=ten&step=4"
    assert not app.button and not app.button_group
    own = component(opened(speaker=links.OWN_TALK), "speaker")
    assert own["texts"] == []  # the stage tells them
