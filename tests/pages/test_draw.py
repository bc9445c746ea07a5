"""The Draw page: strokes in, code and reconstruction out, in every language and for every model."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from itertools import count, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Slider

import ae
from ae.model import Dense
from tests.pages.test_app import answer, component, link, look_at, offered, opened, run, texts, word
from ui import canvas as ui_canvas
from ui import models, pictures, state, strokes, uploads
from ui.edits import Edits
from ui.strokes import SIDE
from ui.text import LANGUAGES, translator

every_family = pytest.mark.parametrize("name", ae.FAMILIES)
every_language = pytest.mark.parametrize("language", LANGUAGES)

Line = list[tuple[float, float]]
# Straight lines, which no pencil bends: what the library makes of their ends is the oracle.
SEVEN: list[Line] = [[(90.0, 70.0), (190.0, 70.0)], [(190.0, 70.0), (130.0, 220.0)]]
ONE: list[Line] = [[(140.0, 40.0), (135.0, 240.0)]]


class Tile(NamedTuple):
    """One picture of the page: its pixels and its text alternative."""

    pixels: np.ndarray
    alt: str


def raw(*lines: Line) -> dict[str, Any]:
    """What the canvas sends for straight lines."""
    return {
        "objects": [
            {"type": "Path", "path": [["M", *line[0]], *(["L", *point] for point in line[1:])]}
            for line in lines
        ]
    }


def send(app: AppTest, value: object) -> AppTest:
    """Let the canvas hand over a value, whatever it is."""
    app.session_state[app.session_state["visit"].sketch.canvas_key] = value
    return run(app)


def draw(app: AppTest, *lines: Line) -> AppTest:
    message = {"drawing": {"raw": raw(*lines), "data": None}, "backgroundFit": None}
    return send(app, message)


def canvas(app: AppTest) -> Any:
    """What the canvas was given."""
    return component(app, app.session_state["visit"].sketch.canvas_key)


def bars(app: AppTest) -> np.ndarray:
    """The code as the chart shows it; NaN where there is no bar."""
    traces, _ = component(app, "bars")["figure"]
    return np.array(traces[0]["y"], float)


def outlines(app: AppTest) -> dict[int, float]:
    """Unit, counted from 0, -> the height that its outline remembers."""
    traces, _ = component(app, "bars")["figure"]
    _code, _usual, trace = (t for t in traces if t["type"] == "bar")
    return {int(x) - 1: y for x, y in zip(trace["x"], trace["y"], strict=True)}


def images(html: str) -> list[Tile]:
    tiles = []
    for tag in re.findall(r"<img[^>]*>", html):
        data = re.search(r'src="data:image/png;base64,([^"]+)"', tag)
        alt = re.search(r'alt="([^"]*)"', tag)
        assert data and alt and alt[1], "a picture without pixels or without a text alternative"
        with Image.open(io.BytesIO(base64.b64decode(data[1]))) as image:
            tiles.append(Tile(np.asarray(image), unescape(alt[1])))
    return tiles


def pictured(app: AppTest, part: str) -> list[Tile]:
    """The pictures of a part of the machine, as the browser is told it: "sees", "layer", …"""
    page = "".join(node.proto.body for node in app.get("html"))
    return images("".join(re.findall(rf'<img[^>]* data-live="{part}"[^>]*>', page)))


def atoms(app: AppTest) -> list[Tile]:
    """What the chosen unit draws."""
    return [
        tile
        for node in app.get("html")
        if "atom" in node.proto.body
        for tile in images(node.proto.body)
    ]


def assert_shows(
    app: AppTest, name: str, digit: np.ndarray, change: Callable[[np.ndarray], Any] = lambda _: None
) -> None:
    """The whole screen is what the library computes for this digit, edited in this way."""
    model = ae.load(name)
    code = model.encode(digit[None])
    change(code[0])
    reconstruction = model.decode(code)
    assert bars(app) == pytest.approx(code[0], rel=1e-4, abs=1e-6)
    assert answer(app)["codes"] == {name: pytest.approx(code[0], abs=1e-5)}
    (seen,), (survived,) = pictured(app, "sees"), pictured(app, "survives")
    assert (seen.pixels == pictures.grey(digit)).all()
    # Plotly is given five digits, the decoder all; a slider gives what it shows.
    assert_same_picture(survived, pictures.grey(reconstruction[0]))
    hidden = *model.encoder_hidden(digit[None]), code, *model.decoder_hidden(code)
    for column, layer in zip(pictured(app, "layer"), hidden, strict=True):
        assert_same_picture(column, pictures.cells(layer[0]))

    text = translator(app.session_state[state.LANG])
    page = "\n".join(texts(app))
    kept, invented = (share[0] for share in ae.evaluation.ink(digit[None], reconstruction))
    for figure, share in (("kept", kept), ("invented", invented)):
        (shown,) = re.findall(rf'<dt data-live="{figure}">(\d+)%</dt>', page)
        assert int(shown) == pytest.approx(100 * share, abs=1)
    active = np.count_nonzero(code)
    assert f'<b data-live="active">{active}</b>' in page
    told, of = word(app)["sentence"], "of" if text.language == "en" else "de"
    assert told.endswith(f" {active} {of} {code.size}.")


def assert_same_picture(tile: Tile, expected: np.ndarray) -> None:
    assert np.abs(tile.pixels.astype(int) - expected.astype(int)).max() <= 1


def sees(*lines: Line, normalise: bool = True) -> np.ndarray:
    return ae.drawing.from_strokes(list(lines), size=SIDE, normalise=normalise)


def button(app: AppTest, label: str, help: str | None = None) -> Button:
    """A button by its English name."""
    _ = translator(app.session_state[state.LANG]).gettext
    (match,) = (
        item
        for item in app.button
        if item.label == _(label) and (help is None or item.help == _(help))
    )
    return match


def press(app: AppTest, label: str, help: str | None = None) -> AppTest:
    match = button(app, label, help)
    assert not match.disabled
    match.click()
    return run(app)


def value_slider(app: AppTest) -> Slider[float]:
    """The number of the chosen unit."""
    return app.slider[0]


def keep_slider(app: AppTest) -> Slider[int]:
    """How many of the largest numbers are kept."""
    _ = translator(app.session_state[state.LANG]).gettext
    (match,) = (slider for slider in app.slider if slider.label == _("Keep the largest"))
    return match


def chip(app: AppTest) -> str | None:
    """What is said of the visitor's changes to the code; None while there is none."""
    return next((item.label for item in app.button if item.key == "edited"), None)


def reset_all(app: AppTest) -> AppTest:
    app.button(key="edited").click()
    return run(app)


ZERO, DOUBLE = ("Set to 0", "Switch this unit off"), ("×2", "Double this unit")
RESET = ("Reset", "Back to this unit's own value")
_picks = count(1)


def select(app: AppTest, unit: int | None) -> AppTest:
    """Click a bar."""
    app.session_state["bars"] = {"pick": {"unit": unit, "number": next(_picks)}}
    return run(app)


# The first run


@every_family
def test_more_figures_are_one_click_away(name: str) -> None:
    app = draw(opened(model=name), *SEVEN)
    model, digit, text = ae.load(name), sees(*SEVEN), translator("en")
    words = "of the handwritten test digits have a larger squared error"
    assert words not in "".join(texts(app)), "nothing is written for a popover that is closed"
    app.session_state["more"] = True
    for changed in (False, True):
        if changed:
            keep_slider(app).set_value(1)
        page = "".join(texts(run(app)))
        code = model.encode(digit[None])
        if changed:
            code[0] = Edits(keep=1).apply(code[0])
        picture = model.decode(code)
        mse = float(ae.evaluation.mse(digit[None], picture)[0])
        bce = float(ae.evaluation.bce(digit[None], picture)[0])
        for number in (text.number(mse, 4), text.number(bce, 3)):
            assert f"<dt>{number}</dt>" in page
        better = (model.statistics.mse_percentiles > mse).mean()
        ranks = re.findall(rf"<dt>(\d+)%</dt><dd>{words}", page)
        # The rank among digits says nothing of a code that the visitor changed.
        assert list(map(int, ranks)) == ([] if changed else pytest.approx([100 * better], abs=2))


@every_family
def test_the_result_shows_what_changed_instead(name: str) -> None:
    app = opened(model=name)
    app.button_group(key="draw_shown").set_value("changed")
    run(app)
    assert not pictured(app, "survives")
    digit = strokes.digit(strokes.sample(state.DEFAULT_SAMPLE))
    error = ae.load(name).reconstruct(digit[None])[0] - digit
    (changed,) = pictured(app, "changed")
    assert_same_picture(changed, pictures.signed(error))
    lost, gained = map(int, re.findall(r"\d+", changed.alt))
    assert lost + gained == (np.abs(error) > 0.25).sum()


def test_another_model_is_built_once() -> None:
    app = opened(model="shallow")
    assert "decoder built" in "".join(texts(app))
    assert "decoder built" not in "".join(texts(draw(app, *SEVEN)))
    assert "decoder built" in "".join(texts(look_at(app, "deep")))
    assert "decoder built" not in "".join(texts(run(app)))


@every_language
@every_family
def test_the_first_run_shows_a_digit_and_what_becomes_of_it(name: str, language: str) -> None:
    app = opened(model=name, lang=language)
    digit = strokes.digit(strokes.sample(state.DEFAULT_SAMPLE))
    assert_shows(app, name, digit)
    assert outlines(app) == {}
    assert button(app, "Undo").disabled and button(app, "Redo").disabled
    assert not button(app, "Clear").disabled and not button(app, "Surprise me").disabled
    rows, columns = (np.flatnonzero(digit.any(axis=axis)) + 1 for axis in (1, 0))
    (seen,), (survived,) = pictured(app, "sees"), pictured(app, "survives")
    for edge in (rows[0], rows[-1], columns[0], columns[-1]):
        assert re.search(rf"\b{edge}\b", seen.alt)
    assert f" {ae.load(name).code_size} " in survived.alt


@every_family
def test_running_again_changes_nothing(name: str) -> None:
    app = opened(model=name, sample="2b")
    first = texts(run(app))
    for _again in range(2):
        assert texts(run(app)) == first


# Strokes


@every_language
@every_family
def test_a_drawing_gives_exactly_what_the_library_computes(name: str, language: str) -> None:
    app = draw(opened(model=name, lang=language), *SEVEN)
    assert_shows(app, name, sees(*SEVEN))
    assert "sample" not in link(app)
    draw(app, *SEVEN, *ONE)
    assert_shows(app, name, sees(*SEVEN, *ONE))


def test_the_naive_route_can_be_compared() -> None:
    small = [[(20.0, 30.0), (60.0, 30.0)], [(60.0, 30.0), (40.0, 90.0)]]
    app = draw(opened(), *small)
    assert_shows(app, "shallow", sees(*small))
    app.toggle[0].set_value(False)
    assert_shows(run(app), "shallow", sees(*small, normalise=False))
    assert_shows(look_at(app, "deep"), "deep", sees(*small, normalise=False))
    app.toggle[0].set_value(True)
    assert_shows(run(app), "deep", sees(*small))


def test_the_axis_and_the_usual_range_stay_still() -> None:
    app = opened()

    def still() -> object:
        traces, layout = component(app, "bars")["figure"]
        return traces[1], layout["yaxis"]["range"]

    before = still()
    for lines in (SEVEN, ONE, [[(140.0, 140.0)]]):
        draw(app, *lines)
        assert still() == before
    press(app, "Clear")
    assert still() == before


GOOD = [["M", 1, 2], ["L", 3, 4]]
MALFORMED: list[object] = [
    5,
    [],
    "drawing",
    {},
    {"drawing": None},
    {"drawing": 5},
    {"drawing": []},
    {"drawing": {}},
    {"drawing": {"raw": None}},
    {"drawing": {"raw": 5}},
    {"drawing": {"raw": float("nan")}},
    {"drawing": {"raw": []}},
    {"drawing": {"raw": {}}},
    {"drawing": {"raw": {"objects": 5}}},
    {"drawing": {"raw": {"objects": [[GOOD]]}}},
    {"drawing": {"raw": {"objects": [{"path": GOOD}] * 501}}},
    {"drawing": {"raw": {"objects": [{"path": GOOD * 10_001}]}}},
    {"drawing": {"raw": {"objects": [{"path": [["M", float("nan"), 2]]}]}}},
    {"drawing": {"raw": {"objects": [{"path": [["M", 1, float("inf")]]}]}}},
    {"drawing": {"raw": {"objects": [{"path": [["M", 1, True]]}]}}},
    {"drawing": {"raw": {"objects": [{"path": [["M", {"x": 1}, 2]]}]}}},
    {"drawing": {"raw": {"objects": [{"type": "rect", "left": 5}]}}},
]


@every_language
def test_what_is_not_a_drawing_gives_one_sentence(language: str) -> None:
    app = draw(opened(lang=language), *SEVEN)
    sentence = translator(language).gettext(
        "The canvas sent something that is not a drawing. Yours has not changed."
    )
    for value in MALFORMED:
        send(app, value)
        assert [warning.value for warning in app.warning] == [sentence], value
        assert_shows(app, "shallow", sees(*SEVEN))
        run(app)  # and again, as any other widget makes it run
        assert_shows(app, "shallow", sees(*SEVEN))
        draw(app, *ONE)
        assert not app.warning
        assert_shows(app, "shallow", sees(*ONE))
        press(app, "Undo")
        assert_shows(app, "shallow", sees(*SEVEN))


def test_a_cleared_canvas_is_an_invitation_and_holds_no_number() -> None:
    for language in LANGUAGES:
        app = opened(lang=language, model="deep")
        press(app, "Clear")
        _ = translator(language).gettext
        page = "\n".join(texts(app))
        assert _("Draw any digit, large or small, or choose one below the canvas.") in page
        assert _("Draw a digit here") in page
        assert not re.search(r"\b(nan|inf|none)\b", page, re.IGNORECASE)
        assert np.isnan(bars(app)).all() and len(bars(app)) == 32
        assert outlines(app) == {} and not pictured(app, "sees") + pictured(app, "survives")
        assert "sample" not in link(app)
        assert all(slider.disabled for slider in app.slider)
        assert button(app, *ZERO).disabled and button(app, *DOUBLE).disabled
        assert button(app, "Clear").disabled and not button(app, "Undo").disabled
        assert not offered(app)
        select(app, 3)  # a bar that is not there
        assert not re.search(r"\b(nan|inf|none)\b", "\n".join(texts(app)), re.IGNORECASE)
        assert all(slider.disabled for slider in app.slider)
        draw(app, *ONE)
        assert_shows(app, "deep", sees(*ONE))


def test_undo_and_redo_go_through_every_step() -> None:
    app = opened(sample="3a")
    start = bars(app)
    draw(app, *SEVEN)
    draw(app, *ONE)
    press(app, "Clear")
    screens = []
    for _step in range(3):
        press(app, "Undo")
        screens.append(bars(app))
    assert button(app, "Undo").disabled
    assert screens[0] == pytest.approx(ae.load("shallow").encode(sees(*ONE)[None])[0], rel=1e-4)
    assert screens[1] == pytest.approx(ae.load("shallow").encode(sees(*SEVEN)[None])[0], rel=1e-4)
    assert (screens[2] == start).all() and link(app)["sample"] == "3a"
    press(app, "Redo")
    press(app, "Redo")
    assert_shows(app, "shallow", sees(*ONE))
    press(app, "Redo")
    assert np.isnan(bars(app)).all()
    assert button(app, "Redo").disabled


def test_the_canvas_gets_what_python_put_on_it() -> None:
    app = draw(opened(), *SEVEN, *ONE)
    given = [canvas(app)["initialDrawing"]]
    for label in ("Undo", "Clear", "Undo"):
        press(app, label)
        given.append(canvas(app)["initialDrawing"])
        drawn = strokes.from_fabric(given[-1])
        assert drawn == app.session_state["visit"].sketch.drawing.strokes
    # The canvas takes a new drawing only if it differs from the last one.
    assert all(one != other for one, other in pairwise(given))


# Samples


def test_a_digit_pressed_again_gives_its_next_writing() -> None:
    app = opened(sample="3a")
    for digit in "740":
        names = [name for name in ae.samples.SAMPLES if name.startswith(digit)]
        for name in [*names, names[0]]:  # and around
            app.button(key=f"sample_{digit}").click()
            run(app)
            assert link(app)["sample"] == name
            assert_shows(app, "shallow", strokes.digit(strokes.sample(name)))


def test_the_first_thing_that_a_visitor_does_may_be_a_sample() -> None:
    app = opened(sample="7b")
    app.button(key="sample_3").click()
    run(app)
    assert link(app)["sample"] == "3a"
    press(app, "Undo")
    assert link(app)["sample"] == "7b"


def test_surprise_is_always_another_digit() -> None:
    app = opened()
    names = [link(app)["sample"]]
    for _time in range(12):
        press(app, "Surprise me")
        names.append(link(app)["sample"])
        assert names[-1] != names[-2]
    assert len(set(names)) > 4
    assert_shows(app, "shallow", strokes.digit(strokes.sample(names[-1])))


# Models


def test_switching_the_model_keeps_the_drawing() -> None:
    app = draw(opened(), *SEVEN)
    for name in [*ae.FAMILIES, "shallow"]:
        assert_shows(look_at(app, name), name, sees(*SEVEN))
    assert len(app.session_state["visit"].sketch.past) == 1


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One family whose file is cut short on this server."""
    shutil.copytree(ae.checked.FOLDER, tmp_path / "weights")
    monkeypatch.setattr(ae.checked, "FOLDER", tmp_path / "weights")
    path = tmp_path / "weights" / "deep.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    models.load.clear()
    yield "deep"
    models.load.clear()


@every_language
def test_a_damaged_model_is_one_sentence_and_the_others_work(damaged: str, language: str) -> None:
    app = draw(opened(lang=language), *SEVEN)
    look_at(app, damaged)
    _ = translator(language).gettext
    assert [error.value for error in app.error] == [
        _("This model cannot be used: its file is missing or damaged. The others work.")
    ]
    for name in set(ae.FAMILIES) - {damaged}:
        look_at(app, name)
        assert not app.error
        assert_shows(app, name, sees(*SEVEN))
    assert opened(model=damaged).error  # a link to it


def narrow_deep(monkeypatch: pytest.MonkeyPatch, bias: float = 0.5) -> ae.Autoencoder:
    """Put a net of one layer and 16 units into the deep one's place."""
    weights = np.random.default_rng(0).normal(0, 0.1, (784, 16)).astype(np.float32)
    narrow = replace(ae.FAMILIES["deep"], encoder=(784, 16), decoder=(16, 784))
    measured = ae.load("shallow").statistics
    alive = np.float32(bias > 0)
    model = ae.Autoencoder(
        "deep",
        (Dense(weights, np.full(16, bias, np.float32), "relu"),),
        (Dense(weights.T.copy(), np.zeros(784, np.float32), "sigmoid"),),
        ae.load("deep").metadata,
        replace(
            measured,
            code_percentiles=measured.code_percentiles[:, :16] * alive,
            code_mean=measured.code_mean[:16] * alive,
            active=measured.active[:16] * alive,
        ),
    )
    table = MappingProxyType({**ae.FAMILIES, "deep": narrow})
    monkeypatch.setattr(ae, "FAMILIES", table)
    monkeypatch.setattr(models, "load", lambda name: model if name == "deep" else ae.load(name))
    shipped = ae.facts.load()
    known = {key: codes for key, codes in shipped.codes.items() if key[0] != "deep"}
    monkeypatch.setattr(models, "facts", lambda: replace(shipped, codes=known))
    return model


def test_a_family_may_have_another_number_of_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry in the table is enough: nothing on the page counts on 32."""
    model = narrow_deep(monkeypatch)
    app = draw(opened(), *SEVEN)
    select(app, 20)  # which the other does not have
    look_at(app, "deep")
    assert bars(app) == pytest.approx(model.encode(sees(*SEVEN)[None])[0], rel=1e-4)
    assert chip(app) is None
    assert_shows(look_at(app, "shallow"), "shallow", sees(*SEVEN))


# The visitor's hand in the code


def pull(app: AppTest, unit: int, value: float) -> AppTest:
    """Drag a bar, and let it go."""
    number = next(_picks)
    return pulled(app, unit, number, [[unit, value, number]])


def pulled(app: AppTest, unit: int | None, number: int, moves: object) -> AppTest:
    """Send what the bars say, as a browser does: the app hears of it before it runs."""
    (chart,) = (node for node in app.get("bidi_component") if node.key == "bars")
    states = app._tree.get_widget_states()
    pick = {"unit": unit, "number": number, "moves": moves}
    states.widgets.append(WidgetState(id=chart.proto.id, json_value=json.dumps({"pick": pick})))
    app._run(states)
    assert not app.exception
    return app


@every_language
@every_family
def test_a_unit_can_be_set_switched_off_doubled_and_reset(name: str, language: str) -> None:
    app = draw(opened(model=name, lang=language), *SEVEN)
    digit = sees(*SEVEN)
    code = ae.load(name).encode(digit[None])[0]
    unit = int(np.argsort(code)[-min(6, code.size)])  # neither zero nor the largest
    value = value_slider(app)
    assert value.disabled and button(app, *ZERO).disabled and button(app, *DOUBLE).disabled

    select(app, unit)
    value = value_slider(app)
    assert value.label == translator(language).gettext("Unit {unit}", unit=unit + 1)
    assert value.value == pytest.approx(code[unit], abs=0.0051)
    assert button(app, *RESET).disabled and chip(app) is None
    assert_shows(app, name, digit)  # looking changes nothing

    def set_to(new: float) -> Callable[[np.ndarray], None]:
        return lambda code: code.__setitem__(unit, new)

    new = round(value.max / 5, 2)
    value.set_value(new)
    assert_shows(run(app), name, digit, set_to(new))
    assert outlines(app) == {unit: pytest.approx(code[unit], rel=1e-4)}
    press(app, *DOUBLE)
    assert_shows(app, name, digit, set_to(2 * new))
    press(app, *ZERO)
    assert_shows(app, name, digit, set_to(0.0))
    assert value_slider(app).value == 0
    assert outlines(app) == {unit: pytest.approx(code[unit], rel=1e-4)}
    press(app, *RESET)
    assert_shows(app, name, digit)
    assert outlines(app) == {}


def test_doubling_doubles_the_number_itself() -> None:
    app = draw(opened(), *SEVEN)
    code = ae.load("shallow").encode(sees(*SEVEN)[None])[0]
    unit = int(np.argsort(code)[-6])
    select(app, unit)
    press(app, *DOUBLE)  # not what the slider had rounded it to
    assert bars(app)[unit] == pytest.approx(2 * code[unit], rel=1e-4)


def test_the_strongest_unit_doubled_again_and_again_stays_within_the_slider() -> None:
    app = draw(opened(), *SEVEN)
    unit = int(np.argmax(bars(app)))
    select(app, unit)
    for _time in range(6):
        press(app, *DOUBLE)
    assert bars(app)[unit] <= value_slider(app).max + 0.01
    traces, layout = component(app, "bars")["figure"]
    assert bars(app)[unit] > layout["yaxis"]["range"][1]
    assert [unit + 1] in [trace["x"] for trace in traces]  # the bar is cut, and marked


def test_edits_of_several_units_are_reset_together() -> None:
    app = draw(opened(model="deep"), *SEVEN)
    digit = sees(*SEVEN)
    for unit in (3, 17):
        select(app, unit)
        press(app, *ZERO)
    assert_shows(app, "deep", digit, lambda code: code.__setitem__([3, 17], 0.0))
    assert chip(app) == "2 numbers changed"
    press(app, *RESET)
    assert_shows(app, "deep", digit, lambda code: code.__setitem__(3, 0.0))
    assert chip(app) == "1 number changed"
    reset_all(app)
    assert_shows(app, "deep", digit)
    assert chip(app) is None


@every_family
def test_only_the_largest_can_be_kept(name: str) -> None:
    app = draw(opened(model=name), *SEVEN)
    digit = sees(*SEVEN)

    def keep(k: int) -> Callable[[np.ndarray], None]:
        return lambda code: code.__setitem__(np.argsort(-abs(code), kind="stable")[k:], 0.0)

    size = ae.FAMILIES[name].code_size
    assert (keep_slider(app).min, keep_slider(app).max) == (1, size)
    for k in (min(5, size), 1, size):
        keep_slider(app).set_value(k)
        assert_shows(run(app), name, digit, keep(k))
    keep_slider(app).set_value(min(4, size - 1))
    run(app)
    lost = np.flatnonzero(bars(app) == 0)
    code = ae.load(name).encode(digit[None])[0]
    assert set(outlines(app)) == {unit for unit in lost if code[unit] != 0}
    kept = min(4, size - 1)
    assert chip(app) == ("Only the largest kept" if kept == 1 else f"Only the {kept} largest kept")
    reset_all(app)
    assert keep_slider(app).value == size
    assert_shows(app, name, digit)


def test_a_bar_that_was_dragged_says_so_once() -> None:
    app = draw(opened(), *SEVEN)
    digit = sees(*SEVEN)
    pull(app, 5, 7.25)
    assert app.session_state["visit"].edits.unit == 5
    assert value_slider(app).value == 7.25
    assert_shows(app, "shallow", digit, lambda code: code.__setitem__(5, 7.25))
    press(app, *ZERO)  # the browser's last word stays in the session
    assert_shows(app, "shallow", digit, lambda code: code.__setitem__(5, 0.0))
    pull(app, 9, 1e9)
    top = value_slider(app).max
    assert_shows(app, "shallow", digit, lambda code: code.__setitem__([5, 9], [0.0, top]))


def test_moves_of_several_bars_come_in_one_message() -> None:
    """Where the server was too slow for the first one, the browser says it again."""
    app = draw(opened(), *SEVEN)
    first, second, third = next(_picks), next(_picks), next(_picks)
    for moves in ([[5, 1.0, first], [6, 2.0, second]], [[6, 2.0, second], [5, 3.0, third]]):
        pulled(app, 5, max(number for *_move, number in moves), moves)
    assert app.session_state["visit"].edits.values == {5: 3.0, 6: 2.0}
    for _step in range(3):
        press(app, "Undo")
    assert chip(app) is None
    assert_shows(app, "shallow", sees(*SEVEN))


def test_a_move_that_is_none_is_ignored() -> None:
    app = opened()
    values = (math.nan, math.inf, "1", True, None)
    bad = [None, 5, [], [5, 1.0], {"unit": 5}, *([5, value, 9] for value in values)]
    bad += [[unit, 1.0, 9] for unit in (32, -1, True, 5.0, None)]
    bad += [[5, 1.0, number] for number in (0, -1, 2**31, 9.0, None)]
    for moves in (None, 5, {"0": [5, 1.0, 9]}, bad):
        pulled(app, None, next(_picks), moves)
        assert chip(app) is None


def test_undo_and_redo_go_through_edits_and_strokes() -> None:
    app = draw(opened(), *SEVEN)
    seven = sees(*SEVEN)
    pull(app, 5, 1.0)
    keep_slider(app).set_value(7)
    run(app)
    press(app, *ZERO)
    reset_all(app)
    draw(app, *ONE)
    select(app, 9)
    press(app, *ZERO)

    def kept(code: np.ndarray) -> None:
        code[np.argsort(-abs(code), kind="stable")[7:]] = 0
        code[5] = 1.0

    def kept_but(code: np.ndarray) -> None:
        kept(code)
        code[5] = 0.0

    def untouched(code: np.ndarray) -> None:
        pass

    states = [
        (seven, untouched),
        (seven, lambda code: code.__setitem__(5, 1.0)),
        (seven, kept),
        (seven, kept_but),
        (seven, untouched),
        (sees(*ONE), untouched),
        (sees(*ONE), lambda code: code.__setitem__(9, 0.0)),
    ]
    for digit, edit in reversed(states[:-1]):
        press(app, "Undo")
        assert_shows(app, "shallow", digit, edit)
    for digit, edit in states[1:]:
        press(app, "Redo")
        assert_shows(app, "shallow", digit, edit)
    assert button(app, "Redo").disabled

    # Edits are another model's; what was drawn is still to be undone.
    app.button_group(key=state.MODEL).set_value("deep")
    run(app)
    press(app, "Undo")
    assert_shows(app, "deep", seven)
    press(app, "Undo")
    assert chip(app) is None


def test_sliders_of_a_browser_that_has_not_heard_of_an_undo_say_nothing() -> None:
    app = draw(opened(), *SEVEN)
    select(app, 5)
    value_slider(app).set_value(3.0)
    run(app)
    keep_slider(app).set_value(7)
    run(app)
    states = app._tree.get_widget_states()
    for _step in range(2):
        press(app, "Undo")
    assert chip(app) is None
    app._run(states)
    assert chip(app) is None and not app.exception


def test_the_normal_form_moves_the_slider_of_the_chosen_unit() -> None:
    app = draw(opened(), *SEVEN)
    for normalise in (True, False):
        code = ae.load("shallow").encode(sees(*SEVEN, normalise=normalise)[None])[0]
        select(app, 5)
        assert value_slider(app).value == pytest.approx(code[5], abs=0.0051)
        app.toggle[0].set_value(not normalise)
        run(app)


def test_edits_end_with_the_drawing_and_with_the_model() -> None:
    app = draw(opened(), *SEVEN)
    for change in (
        lambda: draw(app, *ONE),
        lambda: press(app, "Surprise me"),
        lambda: look_at(app, "deep"),
    ):
        select(app, 9)
        press(app, *ZERO)
        keep_slider(app).set_value(7)
        run(app)
        assert chip(app) == "Only the 7 largest kept · 1 number changed"
        assert not button(app, *RESET).disabled and outlines(app)
        change()
        assert outlines(app) == {} and chip(app) is None
        assert keep_slider(app).value == keep_slider(app).max


def test_the_selected_units_picture_is_what_it_does_to_the_average_digit() -> None:
    app = opened(model="sparse")
    assert atoms(app) == []
    model = ae.load("sparse")
    for unit in (0, 31):
        (picture,) = atoms(select(app, unit))
        assert re.search(rf"\b{unit + 1}\b", picture.alt)
        codes = np.stack([model.statistics.code_mean] * 2)
        codes[:, unit] = 0, model.statistics.code_percentiles[-1, unit]
        without, with_unit = model.decode(codes)
        assert (picture.pixels == pictures.signed(with_unit - without)).all()
    select(app, None)
    assert atoms(app) == []


@pytest.mark.parametrize(
    "pick", [5, [], {}, {"unit": 99, "number": 10**6}, {"unit": "3", "number": 10**6}, {"unit": 3}]
)
def test_a_choice_that_is_none_is_ignored(pick: object) -> None:
    app = opened()
    app.session_state["bars"] = {"pick": pick}
    run(app)
    assert app.session_state["visit"].edits.unit is None
    assert value_slider(app).disabled


# Uploads


def photo(format: str = "PNG") -> bytes:
    """A seven in dark ink on light paper."""
    image = Image.new("L", (300, 300), 230)
    line = [(90, 80), (210, 80), (140, 240)]
    ImageDraw.Draw(image).line(line, fill=30, width=22, joint="curve")
    file = io.BytesIO()
    image.save(file, format)
    return file.getvalue()


@every_language
def test_an_uploaded_picture_takes_the_place_of_the_drawing(language: str) -> None:
    app = draw(opened(lang=language), *ONE)
    bring(app, photo())
    with Image.open(io.BytesIO(photo())) as image:
        digit = ae.drawing.from_image(image)
        plain = ae.drawing.from_image(image, normalise=False)
    assert_shows(app, "shallow", digit)
    assert canvas(app)["backgroundImageURL"].startswith("data:image/png")
    assert canvas(app)["initialDrawing"]["objects"] == []
    app.toggle[0].set_value(False)
    assert_shows(run(app), "shallow", plain)
    app.toggle[0].set_value(True)
    run(app)
    # A stroke on it counts with it; undo takes the stroke, then the picture.
    draw(app, [(60.0, 150.0), (220.0, 150.0)])
    assert bars(app) != pytest.approx(ae.load("shallow").encode(digit[None])[0], rel=1e-2)
    press(app, "Undo")
    assert_shows(app, "shallow", digit)
    press(app, "Undo")
    assert_shows(app, "shallow", sees(*ONE))
    assert canvas(app)["backgroundImageURL"] is None


def blank() -> bytes:
    file = io.BytesIO()
    Image.new("L", (50, 50), 255).save(file, "PNG")
    return file.getvalue()


def bring(app: AppTest, raw: bytes) -> AppTest:
    """Upload a file: what the component would have called, for an AppTest has no browser."""
    ui_canvas.take(app.session_state["visit"], raw)
    return run(app)


@every_language
@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (photo()[:300], "This file is not a picture, or it is damaged."),
        (b"%PDF-1.4", "This is a PDF. Take a screenshot of the digit, and upload that."),
        (blank(), "There is nothing on this picture that looks like ink."),
    ],
    ids=["truncated", "pdf", "blank"],
)
def test_a_bad_upload_is_one_sentence(file: bytes, sentence: str, language: str) -> None:
    app = draw(opened(lang=language), *SEVEN)
    bring(app, file)
    assert [warning.value for warning in app.warning] == [translator(language).gettext(sentence)]
    assert_shows(app, "shallow", sees(*SEVEN))
    # It follows the language, and goes with what it was about.
    for other in LANGUAGES:
        app.session_state[state.LANG] = other
        run(app)
        assert [warning.value for warning in app.warning] == [translator(other).gettext(sentence)]
    draw(app, *ONE)
    assert not app.warning
    assert_shows(app, "shallow", sees(*ONE))


def test_the_uploads_of_a_session_are_counted() -> None:
    app = opened()
    app.session_state["visit"].uploads = state.UPLOADS - 1
    bring(app, photo())
    assert app.session_state["visit"].sketch.photo and not app.warning
    before = app.session_state["visit"].sketch.drawing
    bring(app, photo())
    assert [warning.value for warning in app.warning] == [state.TOO_MANY_UPLOADS]
    assert app.session_state["visit"].sketch.drawing is before
    assert bring(opened(), photo()).session_state["visit"].sketch.photo  # another visitor's


def test_a_bad_upload_is_not_told_on_another_page() -> None:
    app = bring(opened(), blank())
    assert len(app.warning) == 1
    app.switch_page("pages/explore/page.py")
    run(app)
    assert not app.warning


@every_language
def test_another_part_of_a_photo_is_chosen_over_the_canvas(language: str) -> None:
    app = opened(lang=language)
    choice = translator(language).gettext("Choose a part of the picture")
    assert choice not in {button.label for button in app.button}
    bring(app, photo())
    assert "region" not in {node.key for node in app.get("bidi_component")}
    press(app, "Choose a part of the picture")
    data = component(app, "region")
    assert data["picture"].startswith("data:image/jpeg") and data["region"] is None
    whole = bars(app)
    uploads.choose(app.session_state["visit"].sketch, (0.2, 0.2, 0.9, 0.5))
    run(app)
    assert component(app, "region")["region"] == [0.2, 0.2, 0.9, 0.5]
    assert bars(app) != pytest.approx(whole, rel=1e-2)
    press(app, "Whole picture")
    assert component(app, "region")["region"] is None
    assert bars(app) == pytest.approx(whole)
    press(app, "Done")
    assert "region" not in {node.key for node in app.get("bidi_component")}
    press(app, "Clear")
    assert choice not in {button.label for button in app.button}


# How it works, and what to take home


@every_language
@every_family
def test_how_it_works_has_the_models_own_formula(name: str, language: str) -> None:
    app = opened(model=name, lang=language)
    assert not app.get("dialog")
    press(app, "How it works")
    (dialog,) = app.get("dialog")
    forward, loss = (latex.value for latex in dialog.get("latex"))
    widths = ae.FAMILIES[name].widths
    for inputs, units in pairwise(widths):
        assert rf"{inputs} \times {units}" in forward
    assert r"\frac{1}{784}" in loss and ("lambda" in loss) == (name == "sparse")
    written = [markdown.value for markdown in dialog.markdown]
    text = translator(language)
    assert written[0] == text.long("draw", "how").strip()
    code, terms = ae.FAMILIES[name].activations[0][-1], "".join(written)
    for activation, term in (
        ("relu", "max(a, 0)$. It makes exact zeros"),
        ("linear", "id}(a) = a"),
    ):
        if language == "en":
            assert (term in terms) == (code == activation)
    for note, of in (
        ("price", {"sparse"}),
        ("noise", {"denoising"}),
        ("variational", {"vae", "vae2"}),
    ):
        assert (text.long("draw", note).strip() in written) == (name in of)


@every_language
def test_what_can_be_taken_home(language: str) -> None:
    app = draw(opened(model="deep", lang=language), *SEVEN)
    _ = translator(language).gettext
    assert [*offered(app).values()] == [
        _("The code (CSV)"),
        _("Everything (NPZ)"),
        _("The pictures (PNG)"),
    ]
    (snippet,) = (code.value for code in app.code)
    compile(snippet, "snippet", "exec")
    digit = sees(*SEVEN)[None]
    mse = float(ae.evaluation.mse(digit, ae.load("deep").reconstruct(digit))[0])
    assert 'ae.load("deep")' in snippet and f"{mse:.4f}" in snippet


# Two visitors


def test_visitors_do_not_see_each_other() -> None:
    one, other = opened(model="deep"), opened(lang="pt")
    draw(one, *SEVEN)
    draw(other, *ONE)
    select(one, 4)
    press(one, *ZERO)
    run(other)
    assert_shows(other, "shallow", sees(*ONE))
    assert_shows(one, "deep", sees(*SEVEN), lambda code: code.__setitem__(4, 0.0))
    assert chip(other) is None


# Away and back

PAGE = Path(__file__).parents[2] / "pages" / "draw" / "page.py"
TWO_PAGES = f"""
import runpy
import streamlit as st
from ui import state

state.enter({{}})
if st.session_state.get("away"):
    st.write("elsewhere")
else:
    runpy.run_path({str(PAGE)!r})
"""


def test_a_drawing_is_kept_while_the_visitor_is_on_another_page() -> None:
    # Streamlit forgets the canvas as soon as a run does not show it.
    app = draw(run(AppTest.from_string(TWO_PAGES, default_timeout=30)), *SEVEN)
    app.session_state["away"] = True
    run(app)
    assert app.session_state["visit"].sketch.canvas_key not in app.session_state
    assert not app.button
    app.session_state["away"] = False
    run(app)
    assert_shows(app, "shallow", sees(*SEVEN))
    given = canvas(app)["initialDrawing"]
    assert strokes.from_fabric(given) == app.session_state["visit"].sketch.drawing.strokes != ()
    assert_shows(press(app, "Undo"), "shallow", strokes.digit(strokes.sample("7b")))
