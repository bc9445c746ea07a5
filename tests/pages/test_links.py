"""Links that carry what a visitor did: own strokes, changes to the code, the switch, the seed."""

from __future__ import annotations

import numpy as np
import pytest

import ae
from tests.pages.test_app import link, look_at, opened, run
from tests.pages.test_draw import ONE, SEVEN, bars, button, draw
from ui import links, state, strokes
from ui.text import LANGUAGES, translator


def test_own_strokes_have_an_address() -> None:
    app = opened(sample="3b", model="deep")
    draw(app, *SEVEN)
    said = link(app)
    assert said.keys() == {"model", "lang", "drawing"}
    again = opened(**said)
    assert link(again) == said and not again.toast
    drawing, other = (one.session_state["visit"].sketch.drawing for one in (app, again))
    assert np.abs(strokes.digit(other) - strokes.digit(drawing)).max() < 0.2
    assert not again.session_state["visit"].sketch.past  # undo begins empty
    # The next stroke lands beside what the link brought, and can be taken back.
    draw(again, *other.strokes, *ONE)
    assert link(again)["drawing"] != said["drawing"]
    button(again, "Undo").click()
    assert link(run(again)) == said


def test_an_empty_canvas_has_an_address() -> None:
    app = opened()
    button(app, "Clear").click()
    again = opened(**link(run(app)))
    assert again.session_state["visit"].sketch.drawing.empty and not again.toast


def test_a_link_has_what_was_changed_in_the_code_and_the_switch() -> None:
    app = opened(sample="3b")
    now = app.session_state["visit"]
    now.edits.set(4, 2.5)
    now.edits.set(31, 0.0)
    now.edits.slide_keep(9)
    now.normal = False
    said = link(run(app))
    assert (said["edits"], said["keep"], said["normal"]) == ("5:2.5,32:0", "9", "off")
    again = opened(**said)
    assert link(again) == said and not again.toast
    assert (bars(again) == bars(app)).all()
    assert not again.toggle(key=state.NORMAL).value
    look_at(again, "sparse")  # its code is another one
    assert link(again) == {"model": "sparse", "lang": "en", "sample": "3b", "normal": "off"}


def test_a_link_has_the_seed_of_what_is_sampled_at_random() -> None:
    app = opened(view="new", seed="41")
    app.switch_page("pages/explore/page.py")
    assert run(app).session_state["visit"].seeds["new"] == 41
    button(app, "Roll again").click()
    assert link(run(app))["seed"] == "42"


@pytest.mark.parametrize(
    ("page", "view", "parts"),
    [
        ("explore", "map", "map_by:pca"),
        ("explore", "morph", "morph_corners:3,morph_A:mean3,morph_C:7a"),
        ("explore", "noise", "noise_kind:box,noise_box:9"),
        ("compare", "ladder", "ladder_measure:bce"),
        ("compare", "table", "table_sort:mse_best"),
        ("draw", None, "draw_shown:changed"),
    ],
)
def test_a_link_has_what_is_chosen_in_a_view(page: str, view: str | None, parts: str) -> None:
    query = {"view": view, "parts": parts} if view else {"parts": parts}
    app = opened(**query)
    if page != "draw":
        app.switch_page(f"pages/{page}/page.py")
    assert link(run(app))["parts"] == parts and not app.toast


def test_who_chooses_in_a_view_changes_the_link() -> None:
    app = opened(view="morph")
    app.switch_page("pages/explore/page.py")
    assert "parts" not in link(run(app))
    app.button_group(key="morph_corners").set_value("4")
    app.selectbox(key="morph_B").set_value("7b")
    assert link(run(app))["parts"] == "morph_B:7b,morph_corners:4"
    app.button_group(key="morph_corners").set_value("2")
    assert link(run(app))["parts"] == "morph_B:7b"


def test_a_choice_that_there_is_not_is_the_usual_one() -> None:
    app = opened(view="noise", parts="noise_kind:rain,noise_gaussian:nan,map_by:north")
    app.switch_page("pages/explore/page.py")
    assert "parts" not in link(run(app)) and not app.exception


def test_a_digit_names_its_first_sample() -> None:
    for digit in "0123456789":
        assert link(opened(sample=digit))["sample"] == f"{digit}a"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ({"drawing": "[a](http://b)"}, links.DRAWING),
        ({"drawing": ""}, links.DRAWING),
        ({"edits": "1:1,33:1"}, links.EDITS),
        ({"edits": "1:1", "keep": "33"}, links.KEEP),
        ({"edits": "1:nan"}, links.EDITS),
        ({"edits": "3:1", "model": "vae2"}, links.EDITS),
        ({"normal": "perhaps"}, links.NORMAL),
        ({"seed": "10000"}, links.SEED),
        ({"parts": "map_by"}, links.PARTS),
        ({"parts": "map_by:[a](http://b)"}, links.PARTS),
        ({"parts": ",".join(["map_by:pca"] * 99)}, links.PARTS),
    ],
)
def test_what_a_link_says_is_bounded(query: dict[str, str], notice: str, language: str) -> None:
    app = opened(**query, lang=language)
    told = translator(language).gettext(links._NOTICES[notice])
    assert [toast.value for toast in app.toast] == [told]
    assert link(app).keys() <= {"model", "lang", "sample", "edits"}
    assert link(app)["sample"] == state.DEFAULT_SAMPLE


def test_a_drawing_that_cannot_be_read_leaves_the_sample() -> None:
    assert link(opened(drawing="x", sample="3b"))["sample"] == "3b"
    both = opened(drawing=ae.strokes.encode_strokes(SEVEN, strokes.SIDE), sample="3b")
    assert "sample" not in link(both) and not both.toast


def test_what_is_too_much_for_a_link_is_left_out() -> None:
    app = opened()
    draw(app, *[((x, y),) for x in range(10, 270, 30) for y in range(10, 270, 30)])
    assert link(app).keys() == {"model", "lang"}
