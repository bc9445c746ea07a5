"""The chart of a code: what is marked, what stays still, and that Plotly takes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import ae
from ui import figures
from ui.text import LANGUAGES, translator

TEXT = translator("en")
AXIS = BOTTOM, TOP = -5.0, 20.0
USUAL = np.stack([np.full(32, 1.0), np.linspace(2, 16, 32)]).astype(np.float32)


def draw(code: object, encoded: object = None, language: str = "en") -> go.Figure:
    encoded = code if encoded is None else encoded
    # Plotly checks every name and value here; the app leaves that out, for its milliseconds.
    return go.Figure(figures.code_figure(code, encoded, USUAL, AXIS, translator(language)))


def a_code(**values: float) -> np.ndarray:
    code = np.linspace(1, 9, 32, dtype=np.float32)
    for unit, value in values.items():
        code[int(unit.removeprefix("unit_"))] = value
    return code


def bars(figure: go.Figure) -> list[Any]:
    """The bars, the usual range, and the outlines of what was edited."""
    code, usual, outlines = (trace for trace in figure.data if trace.type == "bar")
    return [code, usual, outlines]


def marked(figure: go.Figure, symbol: str) -> list[int]:
    """The units, counted from 1, that carry a mark."""
    (trace,) = (t for t in figure.data if t.type == "scatter" and t.marker.symbol == symbol)
    assert len(trace.x) == len(trace.y)
    assert all(BOTTOM < y < TOP for y in trace.y)
    return [int(x) for x in trace.x]


def test_the_bars_are_the_code() -> None:
    code = a_code()
    bar, usual, _ = bars(draw(code))
    assert (bar.y == code).all() and list(bar.x) == list(range(1, 33))
    low, high = USUAL
    assert (np.asarray(usual.base) == low).all()
    assert np.asarray(usual.base) + usual.y == pytest.approx(high)
    assert usual.zorder < 0  # behind the bars


def test_the_y_axis_is_the_same_for_every_code() -> None:
    for code in (a_code(), a_code() * 0.01, a_code(unit_3=500.0), np.zeros(32, np.float32), None):
        assert tuple(draw(code).layout.yaxis.range) == AXIS


def test_what_is_exactly_zero_is_marked_and_nothing_else() -> None:
    code = a_code(unit_0=0.0, unit_7=-0.0, unit_9=1e-6, unit_31=0.0)
    assert marked(draw(code), "circle-open") == [1, 8, 32]
    assert marked(draw(a_code()), "circle-open") == []


def test_a_bar_beyond_the_chart_is_marked_as_cut() -> None:
    code = a_code(unit_4=TOP, unit_5=TOP + 0.01, unit_6=2 * TOP)
    assert marked(draw(code), "triangle-up") == [6, 7]
    assert marked(draw(code), "triangle-down") == []
    code = a_code(unit_4=BOTTOM, unit_5=BOTTOM - 0.01, unit_6=2 * BOTTOM)
    assert marked(draw(code), "triangle-down") == [6, 7]
    for symbol in ("triangle-up", "triangle-down"):
        assert marked(draw(a_code()), symbol) == []


def test_what_was_edited_stays_as_an_outline() -> None:
    encoded = a_code()
    code = encoded.copy()
    code[[2, 30]] = 0, 7
    outline = bars(draw(code, encoded))[2]
    assert list(outline.x) == [3, 31]
    assert list(outline.y) == [encoded[2], encoded[30]]
    assert outline.marker.line.width > 0
    # An outline, not a bar: what is inside shows.
    assert outline.marker.color == "rgba(0,0,0,0)"
    assert len(bars(draw(encoded))[2].x) == 0


def test_nothing_drawn_is_an_empty_chart_with_the_usual_ranges() -> None:
    figure = draw(None)
    bar, usual, outline = bars(figure)
    assert len(bar.y) == 32 and np.isnan(bar.y).all()
    assert len(usual.x) == 32 and len(outline.x) == 0
    assert marked(figure, "circle-open") == marked(figure, "triangle-up") == []


@pytest.mark.parametrize("name", ae.MODELS)
def test_every_models_codes_can_be_drawn(name: str) -> None:
    model = ae.load(name)
    low, high = model.statistics.code_percentiles[[0, -1]]
    code = model.encode(ae.drawing.from_strokes(ae.samples.SAMPLES["7b"])[None])[0]
    figure = figures.code_figure(code, code, np.stack([low, high]), (0, 10), translator("en"))
    assert len(bars(go.Figure(figure))[0].y) == model.code_size


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_speaks_the_language(language: str) -> None:
    text = translator(language)
    figure = draw(a_code(unit_1=-0.256), language=language)
    assert figure.layout.separators == text.separators
    bar = bars(figure)[0]
    assert bar.hovertemplate.startswith(text.gettext("Unit"))
    # A minus sign, which Plotly's own format does not write.
    assert "%{y" not in bar.hovertemplate and bar.customdata[1] == text.number(-0.256, 2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "share"), [(2, 0.3), (32, 4), (128, 16)])
def test_the_code_s_title_says_how_narrow_it_is(size: int, share: float, language: str) -> None:
    text = translator(language)
    code = np.arange(size, dtype=np.float32)  # the first is zero
    title = figures.code_title(code, size, text)
    for message in ("usual range", "zero", "not zero"):
        assert text.gettext(message) in title
    assert f"{share}%".replace(".", text.separators[0]) in title
    assert f'<b data-live="active">{size - 1}</b>' in title
    assert '<b data-live="active">–</b>' in figures.code_title(None, size, text)


def test_colours_are_the_themes() -> None:
    figure = draw(a_code(unit_1=0.0, unit_2=99.0), a_code())
    for trace in figure.data:
        if not len(trace.x):
            continue
        colours = [trace.marker.color, trace.marker.line.color]
        assert any(str(colour).startswith("var(--st-") for colour in colours)


# The Compare page's


NETS = {name: 0.01 * i for i, name in enumerate(ae.FAMILIES, 1)}
TITLES = {name: family.title for name, family in ae.FAMILIES.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ladder_is_a_curve_and_level_lines(language: str) -> None:
    text = translator(language)
    errors = np.geomspace(0.06, 0.003, 128).astype(np.float32)
    figure = go.Figure(figures.ladder_figure(errors, NETS, TITLES, text, chosen=32))
    curve, *levels, mark = figure.data
    assert list(curve.x) == list(range(1, 129)) and (np.asarray(curve.y) == errors).all()
    assert [level.name for level in levels] == list(TITLES.values())
    for level, error in zip(levels, NETS.values(), strict=True):
        assert set(level.y) == {error} and (level.x[0], level.x[-1]) == (1, 128)
    assert list(mark.x) == [32] and mark.y[0] == errors[31]
    assert figure.layout.separators == text.separators
    assert figure.layout.xaxis.title.text == text.gettext("principal components")
    assert figure.layout.yaxis.type == "log"  # or all nets would lie in its lowest tenth
    without = go.Figure(figures.ladder_figure(errors, {}, {}, text))
    assert len(without.data[-1].x) == 0


def test_the_angles_are_a_line_for_each_net() -> None:
    angles = {("linear", "best"): np.zeros(16), ("shallow", "tutorial"): np.linspace(0, 90, 16)}
    titles = {key: " ".join(key) for key in angles}
    figure = go.Figure(figures.angles_figure(angles, titles, translator("en")))
    assert [line.name for line in figure.data] == ["linear best", "shallow tutorial"]
    assert [line.line.dash for line in figure.data] == ["solid", "dot"]
    assert (np.asarray(figure.data[1].y) == angles["shallow", "tutorial"]).all()
    assert figure.layout.xaxis.range[1] == 16.5  # nothing counts on 32
    assert figure.layout.yaxis.range[0] <= 0 and figure.layout.yaxis.range[1] >= 90
    assert go.Figure(figures.angles_figure({}, {}, translator("en"))).data == ()


LOSSES = [(0.5, 0.4), (1.0, 0.2), (2.0, 0.04)]


def test_the_loss_of_a_training_stands_on_a_logarithmic_axis_with_room_for_all_of_it() -> None:
    """On a straight one the last epochs, which matter, would be a level line at the bottom."""
    lines = {"PCA": 0.12, "floor": 0.06}
    drawing = figures.training_figure(LOSSES, LOSSES[1:], lines, 5, TEXT)
    figure = go.Figure(drawing)
    assert figure.layout.yaxis.type == "log"
    low, high = (10**end for end in figure.layout.yaxis.range)  # in decades, as Plotly wants them
    assert 0.03 < low < 0.04 and 0.4 < high < 0.5
    assert tuple(figure.layout.xaxis.range) == (0, 5)
    *levels, train, validation = figure.data
    assert [(level.name, set(level.y)) for level in levels] == [("PCA", {0.12}), ("floor", {0.06})]
    assert list(zip(train.x, train.y, strict=True)) == LOSSES
    assert list(zip(validation.x, validation.y, strict=True)) == LOSSES[1:]


def test_the_axis_of_the_loss_is_there_before_the_first_epoch() -> None:
    figure = go.Figure(figures.training_figure([], [], {}, 5, TEXT))
    low, high = (10**end for end in figure.layout.yaxis.range)
    assert low < 0.08 and high > 0.3


def test_a_chart_has_room_for_twelve_families(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*ae.FAMILIES, *(f"another_{i}" for i in range(12 - len(ae.FAMILIES)))]
    monkeypatch.setattr(ae.families, "FAMILIES", dict.fromkeys(names, ae.FAMILIES["deep"]))
    errors = np.geomspace(0.06, 0.003, 128).astype(np.float32)
    nets = dict.fromkeys(names, 0.01)
    ladder = figures.ladder_figure(errors, nets, dict(zip(names, names, strict=True)), TEXT)
    _curve, *levels, _mark = go.Figure(ladder).data
    assert len({level.line.color for level in levels}) == 12
