"""The Compare page: every lane and every figure is what the library computes, in each language."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import ae
from ae import evaluation, facts, generation, plans, units, weights
from pages.compare import views
from tests.pages.test_app import (
    appears,
    catalogue,
    component,
    link,
    look_at,
    offered,
    opened,
    pieces,
    run,
    texts,
)
from tests.pages.test_draw import SEVEN, draw, images, narrow_deep, press, sees
from tests.pages.test_train import own_model
from ui import models, own, pictures, state, strokes
from ui.text import LANGUAGES, translator
from ui.trainings import Desk, Kept

every_language = pytest.mark.parametrize("language", LANGUAGES)
VIEWS = [view.name for view in views.VIEWS]
MENU = state.view_key("compare")
every_view = pytest.mark.parametrize("view", VIEWS)

PAGE = "pages/compare/page.py"
ALL = ",".join(state.COMPARED)  # as a link names all lanes


def compare(**query: str) -> AppTest:
    """A visitor who opens the app through a link and goes to the page."""
    app = opened(**query)
    app.switch_page(PAGE)
    return run(app)


def html(app: AppTest, class_name: str) -> str:
    """The one part of the page that has this class."""
    (markup,) = (
        node.proto.body for node in app.get("html") if f'class="{class_name}"' in node.proto.body
    )
    return markup


def cells(row: str) -> list[str]:
    """A table row's cells: their text, or their pictures' HTML."""
    written = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
    return [cell if "<img" in cell or "small-bars" in cell else plain(cell) for cell in written]


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def lanes(app: AppTest) -> dict[str, list[str]]:
    """Model -> the cells of its lane."""
    rows = re.findall(r'<tr data-model="(\w+)"[^>]*>(.*?)</tr>', html(app, "lanes"))
    return {name: cells(row) for name, row in rows}


def heights(cell: str) -> np.ndarray:
    """The bars of a lane, signed, in percent of the chart's height."""
    zero = float(re.search(r'<b style="bottom:([\d.]+)%', cell)[1])
    drawn = []
    for bar in re.findall(r"<i ([^>]*)>", cell):
        size = re.search(r"height:([\d.]+)%", bar)
        bottom = float(re.search(r"bottom:([\d.]+)%", bar)[1])
        drawn.append(0.0 if size is None else float(size[1]) * (1 if bottom >= zero else -1))
    return np.array(drawn)


def assert_lanes_show(app: AppTest, digit: np.ndarray, names: tuple[str, ...]) -> None:
    """Each lane is what the library computes for this digit."""
    text = translator(app.session_state[state.LANG])
    rows = lanes(app)
    assert tuple(rows) == names
    results = {}
    for name, (title, bars, survives, changed, kept, invented, mse, active) in rows.items():
        model = ae.load(name)
        code = model.encode(digit[None])
        picture = model.decode(code)[0]
        assert title == models.title(name, text)
        (reconstruction,), (error,) = images(survives), images(changed)
        assert (reconstruction.pixels == pictures.grey(picture)).all()
        assert (error.pixels == pictures.signed(picture - digit)).all()
        results[name] = float(np.square(picture - digit).mean())
        assert mse.split()[0] == text.number(results[name], 4)
        shares = evaluation.ink(digit[None], picture[None])
        assert [kept, invented] == [text.percent(share[0]) for share in shares]
        assert active == f"{np.count_nonzero(code)} / {code.size}"
        drawn = heights(bars)
        low, high = model.statistics.code_percentiles[[0, -1]]
        span = 1.15 * (high.max() - min(low.min(), 0))
        inside = (code[0] < 1.15 * high.max()) & (code[0] > 1.15 * min(low.min(), 0))
        assert drawn[inside] == pytest.approx(100 * code[0][inside] / span, abs=0.11)
        cut = ['class="cut' in bar for bar in re.findall(r"<i ([^>]*)>", bars)]
        top, bottom = 1.15 * high.max(), 1.15 * min(low.min(), 0)
        assert cut == ((code[0] > top) | (code[0] < bottom)).tolist()
        assert reconstruction.alt.startswith(title) and "aria-label" in bars
    marks = {name: cell[6].split(maxsplit=1)[1:] for name, cell in rows.items()}
    least, most = (pick(results.values()) for pick in (min, max))
    for name, error in results.items():
        # Of two that look alike, one alone would be a riddle.
        close, far = (round(error, 4) == round(other, 4) for other in (least, most))
        word = "closest" if close else "furthest" if far else None
        assert marks[name] == ([] if word is None else [text.gettext(word)])


# The lanes


@every_language
def test_every_family_has_a_lane_and_pca_is_first(language: str) -> None:
    app = compare(lang=language, lanes=ALL)
    assert_lanes_show(app, strokes.digit(strokes.sample("7b")), ("pca", *ae.FAMILIES))
    draw(app, *SEVEN)
    assert_lanes_show(app, sees(*SEVEN), ("pca", *ae.FAMILIES))


def test_at_first_there_are_pca_and_the_plain_nets() -> None:
    app = compare()
    assert_lanes_show(app, strokes.digit(strokes.sample("7b")), state.FIRST_LANES)
    assert state.FIRST_LANES == ("pca", "shallow", "sparse", "deep", "linear")
    titles = [option.content for option in app.button_group(key=state.LANES).proto.options]
    assert titles == [models.title(name, translator("en")) for name in state.COMPARED]
    app.button_group(key=state.LANES).set_value([*state.FIRST_LANES, "vae2"])
    assert list(lanes(run(app))) == [*state.FIRST_LANES, "vae2"]
    assert link(app)["lanes"] == ",".join([*state.FIRST_LANES, "vae2"])


def test_a_bar_that_goes_on_beyond_its_chart_is_marked() -> None:
    app = compare(sample="inverted")
    assert_lanes_show(app, strokes.sample_digit("inverted"), state.FIRST_LANES)
    assert 'class="cut"' in html(app, "lanes") and 'class="cut below"' in html(app, "lanes")


def test_the_drawing_is_the_one_from_the_draw_page_and_goes_back_to_it() -> None:
    app = draw(opened(), *SEVEN)
    app.switch_page(PAGE)
    assert_lanes_show(run(app), sees(*SEVEN), state.FIRST_LANES)
    canvas = component(app, app.session_state["visit"].sketch.canvas_key)
    assert strokes.from_fabric(canvas["initialDrawing"]) == tuple(map(tuple, SEVEN))
    draw(app, *SEVEN[:1])
    app.switch_page("pages/draw/page.py")
    run(app)
    canvas = component(app, app.session_state["visit"].sketch.canvas_key)
    assert strokes.from_fabric(canvas["initialDrawing"]) == (tuple(SEVEN[0]),)
    press(app, "Undo")  # the other page's steps can be undone here
    assert app.session_state["visit"].sketch.drawing.strokes == tuple(map(tuple, SEVEN))


def test_the_visitor_chooses_the_lanes() -> None:
    app = compare()
    app.button_group(key=state.LANES).set_value(["deep", "pca"])
    assert_lanes_show(run(app), strokes.digit(strokes.sample("7b")), ("pca", "deep"))
    app.button_group(key=state.LANES).set_value(["deep"])
    assert list(lanes(run(app))) == ["deep"]
    assert lanes(app)["deep"][6].split()[1:] == []  # of one lane none is the closest
    app.button_group(key=state.LANES).set_value([])  # the last one stays on
    assert list(lanes(run(app))) == app.button_group(key=state.LANES).value == ["deep"]
    assert link(app)["lanes"] == "deep"


@every_language
@every_view
def test_an_empty_canvas_invites_and_claims_nothing(view: str, language: str) -> None:
    app = compare(view=view, lang=language)
    press(app, "Clear")
    _ = translator(language).gettext
    table = html(app, "lanes")
    assert _("Draw any digit, large or small, or choose one below the canvas.") in unescape(table)
    assert "<img" not in table
    for cell in lanes(app).values():
        assert cell[4:7] == ["–"] * 3 and re.fullmatch(r"– / (2|32)", cell[7])
        assert not heights(cell[1]).any()
    assert not re.search(r"\b(nan|inf|None)\b", " ".join(texts(app)), re.IGNORECASE)


@every_view
def test_every_view_opens_by_its_link_and_by_the_menu(view: str) -> None:
    app = compare(view=view, model="sparse", sample="3b")
    assert component(app, "browser")["view"] == view
    # A link that names a view is opened there; the first one opens by itself, with the page's top.
    named = {} if view == VIEWS[0] else {"view": view}
    assert link(app) == {"model": "sparse", "lang": "en", "sample": "3b", **named}
    other = next(name for name in VIEWS[1:] if name != view)
    app.button_group(key=MENU).set_value(other)
    run(app)
    assert link(app)["view"] == other
    # A view is kept while the visitor is on another page, and that page's link does not name it.
    app.switch_page("pages/draw/page.py")
    assert "view" not in link(run(app))
    app.switch_page(PAGE)
    assert link(run(app))["view"] == other


@pytest.mark.parametrize("value", ["", "tables", "../ladder", "LADDER"])
def test_nonsense_for_a_view_is_ignored_with_a_notice(value: str) -> None:
    app = opened(view=value)
    assert [toast.value for toast in app.toast] == ["The link names a view that does not exist."]
    app.switch_page(PAGE)
    assert component(run(app), "browser")["view"] == VIEWS[0]


@every_view
def test_portuguese_is_really_portuguese(view: str) -> None:
    english, portuguese = (
        pieces(compare(lang=name, view=view, model="deep", lanes=ALL)) for name in ("en", "pt")
    )
    seen = [(source, target) for source, target in catalogue() if appears(source, english)]
    assert len(seen) > 30
    for source, target in seen:
        assert appears(target, portuguese), f"{target!r} is missing"
        assert not appears(source, portuguese), f"{source!r} is not translated"
    assert not any(re.fullmatch(r"0\.\d+|\d+\.\d{1,2}%?", piece) for piece in portuguese)


@every_view
def test_every_picture_has_a_text_alternative(view: str) -> None:
    app = compare(view=view)
    for node in app.get("html"):
        for tag in re.findall(r"<img[^>]*>", node.proto.body):
            assert re.search(r'alt="[^"]+"', tag)


@pytest.mark.parametrize("lanes_link", ["pca", "vae2", "deep,pca", ALL])
@every_view
def test_every_view_shows_any_lanes(view: str, lanes_link: str) -> None:
    app = compare(view=view, lanes=lanes_link)
    chosen = [name for name in state.COMPARED if name in lanes_link.split(",")]
    assert list(lanes(app)) == chosen
    assert link(app)["lanes"] == ",".join(chosen)
    app.button_group(key=state.LANES).set_value(list(state.FIRST_LANES))
    assert "lanes" not in link(run(app))


@pytest.mark.parametrize("value", ["", "pca,", "pca,deeper", "pca;deep", ","])
def test_nonsense_for_lanes_is_ignored_with_a_notice(value: str) -> None:
    app = opened(lanes=value)
    assert [toast.value for toast in app.toast] == [
        "The link names a model to compare that does not exist."
    ]
    app.switch_page(PAGE)
    assert list(lanes(run(app))) == list(state.FIRST_LANES)


def test_the_lane_of_the_frames_model_is_marked() -> None:
    app = compare(model="sparse")
    assert re.findall(r'data-model="(\w+)" aria-current', html(app, "lanes")) == ["sparse"]
    look_at(app, "deep")
    assert re.findall(r'data-model="(\w+)" aria-current', html(run(app), "lanes")) == ["deep"]


def test_the_switch_of_the_normal_form_is_the_draw_pages() -> None:
    app = draw(opened(), *SEVEN)
    app.toggle[0].set_value(False)
    run(app)
    app.switch_page(PAGE)
    run(app)
    assert not app.toggle(key="normal_form").value
    assert_lanes_show(app, sees(*SEVEN, normalise=False), state.FIRST_LANES)
    app.toggle(key="normal_form").set_value(True)
    assert_lanes_show(run(app), sees(*SEVEN), state.FIRST_LANES)
    app.switch_page("pages/draw/page.py")
    assert run(app).toggle[0].value


def test_a_stroke_that_comes_too_late_is_not_drawn_again() -> None:
    """Undo is pressed while the canvas still waits to send: it then reports the undone drawing."""
    app = compare(sample="7b")
    visit = app.session_state["visit"]
    canvas_key = visit.sketch.canvas_key
    late = {
        "objects": [
            *component(app, canvas_key)["initialDrawing"]["objects"],
            {"type": "Path", "path": [["M", 9.0, 9.0], ["L", 99.0, 99.0]]},
        ]
    }
    app.button(key="sample_3").click()
    run(app)
    app.session_state[canvas_key] = {"drawing": {"raw": late, "data": None}, "backgroundFit": None}
    assert_lanes_show(run(app), strokes.sample_digit("3a"), state.FIRST_LANES)


# The views


def gallery(app: AppTest) -> dict[str, list[Any]]:
    """Title of a row -> its pictures."""
    (markup,) = (n.proto.body for n in app.get("html") if 'class="gallery"' in n.proto.body)
    rows = re.findall(r"<b>(.*?)</b>((?:<span>.*?</span>)+)", markup, re.DOTALL)
    return {unescape(title): images(row) for title, row in rows}


def assert_row(row: list[Any], wanted: np.ndarray) -> None:
    assert len(row) == len(wanted)
    for picture, expected in zip(row, wanted, strict=True):
        assert np.abs(picture.pixels.astype(int) - pictures.grey(expected).astype(int)).max() <= 1


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Say which ten digits MNIST has on this server, or that it has none."""

    def put(digits: np.ndarray | None) -> None:
        models._first_test_digits.clear()
        monkeypatch.setattr(ae.mnist, "first_test_digits", lambda: digits)

    yield put
    models._first_test_digits.clear()


def test_the_first_ten_are_mnists_where_they_are(at_hand: Any) -> None:
    digits = np.random.default_rng(0).random((10, 28, 28), dtype=np.float32)
    at_hand(digits)
    app = compare(view="first_ten")
    assert "The first ten test digits of MNIST, a collection of handwritten digits." in texts(app)
    rows = gallery(app)
    assert list(rows) == ["Originals", "PCA", "Shallow", "Sparse", "Deep", "Linear"]
    assert_row(rows["Originals"], digits)
    assert_row(rows["Deep"], ae.load("deep").reconstruct(digits))


def test_the_first_ten_are_our_own_where_mnist_is_not(at_hand: Any) -> None:
    at_hand(None)
    app = compare(view="first_ten")
    assert any(text.startswith("One sample of each digit.") for text in texts(app))
    digits = np.stack([strokes.sample_digit(f"{digit}a") for digit in range(10)])
    app.button_group(key=state.LANES).set_value(["sparse"])
    rows = gallery(run(app))
    assert list(rows) == ["Originals", "Sparse"]
    assert_row(rows["Originals"], digits)
    assert_row(rows["Sparse"], ae.load("sparse").reconstruct(digits))


def curve(app: AppTest, key: str, name: str) -> np.ndarray:
    traces, _ = component(app, key)["figure"]
    (values,) = (trace["y"] for trace in traces if trace.get("name") == name)
    return np.array(values, float)


@pytest.mark.parametrize("measure", ["mse", "bce"])
def test_the_ladder(measure: str) -> None:
    app = draw(compare(view="ladder", lanes=ALL), *SEVEN)
    app.button_group(key="ladder_measure").set_value(measure)
    run(app)
    digit, shipped = sees(*SEVEN), facts.load().ladder
    overall = getattr(shipped, measure)
    assert curve(app, "ladder_test", "PCA") == pytest.approx(overall, rel=1e-4)
    error = getattr(evaluation, measure)
    own = error(np.repeat(digit[None], 128, axis=0), shipped.pca.ladder(digit))
    assert curve(app, "ladder_own", "PCA") == pytest.approx(own, rel=1e-4)
    verdicts = plain(html(app, "verdicts"))
    for name, family in ae.FAMILIES.items():
        model = ae.load(name)
        level = model.metadata.test.as_dict()[measure]
        assert curve(app, "ladder_test", family.title) == pytest.approx([level] * 2, rel=1e-4)
        mine = error(digit[None], model.reconstruct(digit[None]))[0]
        assert curve(app, "ladder_own", family.title) == pytest.approx([mine] * 2, rel=1e-4)
        worth = next((k + 1 for k in range(128) if overall[k] <= level), None)
        assert re.search(rf"{family.title}\s+{'> 128' if worth is None else worth}\b", verdicts)
    app.slider(key="ladder_k").set_value(60)
    run(app)
    (step,) = (n.proto.body for n in app.get("html") if n.proto.body.startswith("<figure>"))
    assert (images(step)[0].pixels == pictures.grey(shipped.pca.ladder(digit)[59])).all()
    assert translator("en").number(own[59], 4) in step
    mark = component(app, "ladder_own")["figure"][0][-1]
    assert mark["x"] == [60] and mark["y"] == pytest.approx([own[59]], rel=1e-4)


@pytest.mark.parametrize("kind", ["effect", "part", "weights", "weighed"])
@pytest.mark.parametrize("name", ["sparse", "deep"])
def test_atoms_without_a_drawing(name: str, kind: str) -> None:
    app = press(compare(view="atoms", model=name), "Clear")
    app.button_group(key="atoms_kind").set_value(kind)
    run(app)
    # One layer weighs every digit alike; a deep encoder must see it first.
    there = kind == "effect" or (kind == "weights" and name == "sparse")
    assert ("Draw a digit to see this." in texts(app)) != there
    if there:
        texts_of = component(app, "atoms")["groups"][0]["texts"]
        assert not any("in your digit" in text for text in texts_of)


def strip(data: str) -> np.ndarray:
    import base64

    with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as image:
        wide = np.asarray(image)
    return np.stack(np.split(wide, wide.shape[1] // 28, axis=1))


@pytest.mark.parametrize("kind", ["effect", "part", "weights", "weighed"])
@pytest.mark.parametrize("name", ae.FAMILIES)
def test_atoms(name: str, kind: str) -> None:
    app = draw(compare(view="atoms", model=name), *SEVEN)
    app.button_group(key="atoms_kind").set_value(kind)
    run(app)
    digit = sees(*SEVEN)
    groups = component(app, "atoms")["groups"]
    assert [group["title"] for group in groups] == [ae.FAMILIES[name].title, "PCA"]
    for group in groups:
        model = ae.load(group["name"])
        size = facts.load().codes[group["name"], "best"].size
        order = np.argsort(-size, kind="stable")
        code = model.encode(digit[None])[0]
        wanted = {
            "effect": units.effects(model),
            "part": units.parts(model, code),
            "weights": model.encoder_weights(digit),
            "weighed": model.encoder_weights(digit) * digit,
        }[kind][order]
        seen = pictures.laid_on(pictures.LOST, strip(group["strip"]))
        assert seen.shape == (model.code_size, 28, 28, 3)
        # Blue where it adds, orange where it takes away, dark where it does nothing.
        bright = seen.max(axis=3) > 200
        assert bright.any() and np.all(
            (seen[..., 2] > seen[..., 0])[bright] == (wanted > 0)[bright]
        )
        texts_of = [text.split("\n") for text in group["texts"]]
        assert [line[0] for line in texts_of] == [f"Unit {unit + 1}" for unit in order]
        number = translator("en").number
        place = min(3, model.code_size - 1)
        lines, unit, usual = texts_of[place], order[place], model.statistics
        assert lines[1] == f"on average {number(usual.code_mean[unit], 2)}"
        assert lines[2] == f"active in {100 * usual.active[unit]:.0f}% of the digits"
        sizes = [line for line in lines if line.startswith("average size")]
        signed = group["name"] in ("pca", "linear", "vae", "vae2")
        assert sizes == ([f"average size {number(size[unit], 2)}"] if signed else [])
        assert lines[-1] == f"in your digit {number(code[unit], 2)}"


@pytest.mark.parametrize("name", ["pca", *ae.FAMILIES])
def test_the_build_up(name: str) -> None:
    app = draw(compare(view="build_up", lanes=ALL), *SEVEN)
    app.button_group(key="build_up_shallow").set_value(name)
    run(app)
    model, digit = ae.load(name), sees(*SEVEN)
    code = model.encode(digit[None])[0]
    steps, order = units.build_up(model, code), units.strongest_first(model, code)
    (url,) = re.findall(r"--strip: url\(([^)]+)\)", html(app, "strip"))
    assert (strip(url) == pictures.grey(steps)).all()
    (slider,) = app.slider
    assert (slider.min, slider.max) == (0, len(order))
    for step in (0, min(3, len(order)), len(order)):
        app.slider[0].set_value(step)
        run(app)
        so_far, added, own = images(html(app, "pictures"))
        assert (so_far.pixels == pictures.grey(steps[step])).all()
        before = steps[max(step - 1, 0)]
        assert (added.pixels == pictures.signed(steps[step] - before)).all()
        assert (own.pixels == pictures.grey(digit)).all()
        captions = plain(html(app, "pictures"))
        error = np.square(steps[step] - digit).mean()
        assert translator("en").number(error, 4) in captions
        unit = f"Unit {order[step - 1] + 1} adds" if step else "No unit yet"
        assert unit in captions
        strip_of = html(app, "strip")
        assert strip_of.count('class="now"') == 1
        assert strip_of.split('class="now"')[0].count("<i ") == step + 1
        assert f'aria-label="{step} unit{"" if step == 1 else "s"}" class="now"' in strip_of
    exact = any(text.startswith("Exact sums: this decoder adds one picture") for text in texts(app))
    assert exact == facts.draws_in_one_layer(name)


def test_the_build_up_follows_the_frame() -> None:
    app = compare(view="build_up", model="sparse")
    assert app.button_group(key="build_up_sparse").value == "sparse"
    look_at(app, "linear")
    assert run(app).button_group(key="build_up_linear").value == "linear"


def test_the_subspace() -> None:
    app = compare(view="subspace")
    verdicts = plain(html(app, "verdicts"))
    shipped = facts.load().angles
    assert re.search(r"Linear: the same space as PCA, overlap 1\.00", verdicts)
    assert verdicts.count("another space") == 5
    for (name, recipe), angles in shipped.items():
        title = ae.FAMILIES[name].title + ("" if recipe == "best" else ", the tutorial's recipe")
        assert curve(app, "angles", title) == pytest.approx(np.degrees(angles), rel=1e-3, abs=1e-3)
        assert f"{title}: " in verdicts and f"overlap {facts.overlap(angles):.2f}" in verdicts
    assert any(
        text.startswith("Not in the chart: Deep, Denoising, VAE, VAE-2, Wide.")
        for text in texts(app)
    )


@pytest.mark.parametrize("recipe", ["best", "tutorial"])
def test_sparsity(recipe: str) -> None:
    app = compare(view="sparsity")
    app.button_group(key="sparsity_recipe").set_value(recipe)
    table = html(run(app), "lanes facts")
    rows = dict(re.findall(r'<tr data-model="(\w+)">(.*?)</tr>', table))
    made_so = [name for name in state.COMPARED if recipe in ae.weights.recipes(name)]
    assert list(rows) == made_so
    counted = {
        (row["name"], row["recipe"] or "best"): tuple(row["dead_by_layer"])
        for row in facts.load().table["models"]
    }

    def halves(of_layers: tuple[int, ...]) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
        """Before the code, the code's, behind it."""
        middle = len(of_layers) // 2
        return of_layers[:middle], of_layers[middle], of_layers[middle + 1 :]

    for name, row in rows.items():
        model, codes = ae.load(name, recipe=recipe), facts.load().codes[name, recipe]
        _title, zeros, by_zeros, by_size, dead, l1 = cells(row)
        test = model.metadata.test.as_dict()
        assert zeros == f"{100 * test['zeros']:.1f}%"
        before, code, behind = halves(counted[name, recipe])
        assert code == test["dead"]
        widths = halves(ae.FAMILIES[name].widths[1:-1]) if name != "pca" else ((), 32, ())
        hidden = f" hidden layers: {sum(before + behind)} of {sum(widths[0] + widths[2]):,}"
        assert plain(dead) == f"{code}{hidden if before else ''}"
        assert l1 == f"{codes.l1[50]:.1f}"
        for cell, counts in ((by_zeros, codes.zeros), (by_size, codes.counts)):
            sizes = [float(size) for size in re.findall(r'<i style="height:([\d.]+)%"', cell)]
            assert sizes == pytest.approx(100 * counts / counts.max(), abs=0.06)


def test_the_tutorials_claim_about_zeros_is_true() -> None:
    """The page says "it has"; these are the figures that it says it with."""
    shares = {
        key: ae.load(key[0], recipe=key[1]).metadata.test.zeros
        for key in facts.load().codes
        if key[0] in ("shallow", "sparse")
    }
    for recipe in ("best", "tutorial"):
        assert shares["sparse", recipe] > 2 * shares["shallow", recipe]
    verdict = plain(html(compare(view="sparsity"), "verdict"))
    for share in shares.values():
        assert f"{100 * share:.1f}%" in verdict


def table(app: AppTest) -> dict[str, list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html(app, "wide"))
    return {cells(row)[0]: cells(row)[1:] for row in rows[2:]}


def test_the_table_is_what_evaluate_prints() -> None:
    app = compare(view="table")
    rows = table(app)
    assert len(rows) == len(state.COMPARED) + 2
    for name in state.COMPARED:
        row = rows[models.title(name, translator("en"))]
        for recipe, columns in (("best", (0, 2, 4, 6, 8)), ("tutorial", (1, 3, 5, 7, 9))):
            shown_so = [row[i] for i in columns]
            if recipe not in ae.weights.recipes(name):
                assert shown_so == ["–"] * 5
                continue
            test = ae.load(name, recipe=recipe).metadata.test.as_dict()
            assert shown_so == [
                f"{test['bce']:.4f}",
                f"{test['mse']:.4f}",
                f"{test['psnr']:.2f}",
                f"{test['zeros']:.1%}",
                str(test["dead"]),
            ]
        path = ae.weights.locate(name)
        assert row[10:] == [f"{ae.load(name).metadata.parameters:,}", f"{path.stat().st_size:,}"]
    assert [code.value for code in app.code if "evaluate" in code.value] == [
        "python -m ae evaluate"
    ]


def test_the_table_can_be_sorted() -> None:
    app = compare(view="table")

    def column(i: int) -> list[float]:
        values = [row[i].rstrip("%").replace(",", "") for row in table(app).values()]
        values = [x.replace("∞", "inf") for x in values]
        assert values[len([x for x in values if x != "–"]) :].count("–") == values.count("–")
        return [float(x) for x in values if x != "–"]

    choice = app.selectbox(key="table_sort")
    assert len(choice.options) == 12
    for i, option in enumerate(choice.options):
        app.selectbox(key="table_sort").set_value(option)
        run(app)
        assert column(i) == sorted(column(i))
        assert html(app, "wide").count('aria-sort="ascending"') == 1
    app.toggle(key="table_falling").set_value(True)
    run(app)
    assert column(11) == sorted(column(11), reverse=True)
    assert html(app, "wide").count('aria-sort="descending"') == 1


@every_language
def test_strangers_go_onto_the_canvas(language: str) -> None:
    app = compare(view="strangers", lang=language)
    names = [*ae.out_of_distribution.STROKES, *ae.out_of_distribution.PICTURES]
    digits = np.stack([strokes.sample_digit(name) for name in names])
    _ = translator(language).gettext
    rows = gallery(app)
    assert_row(rows[_("Input")], digits)
    assert_row(rows[_("Deep")], ae.load("deep").reconstruct(digits))
    for name, digit in zip(names, digits, strict=True):
        app.button(key=f"stranger_{name}").click()
        assert_lanes_show(run(app), digit, state.FIRST_LANES)
        assert link(app)["sample"] == name
        assert lanes(compare(sample=name)) == lanes(compare(sample=name, view="table"))
    press(app, "Undo")
    assert link(app)["sample"] == names[-2]


def test_a_stroke_that_comes_with_the_click_is_heard_first() -> None:
    app = compare(view="strangers")
    app.button(key="stranger_smiley").click()
    draw(app, *SEVEN)  # in the same run
    assert link(app)["sample"] == "smiley"
    assert_lanes_show(app, strokes.sample_digit("smiley"), state.FIRST_LANES)
    press(app, "Undo")
    assert app.session_state["visit"].sketch.drawing.strokes == tuple(map(tuple, SEVEN))


@pytest.mark.parametrize("name", ae.out_of_distribution.PICTURES)
def test_strokes_on_a_picture_that_is_no_photo_leave_it_as_it_is(name: str) -> None:
    app = draw(compare(sample=name), *SEVEN)
    ink = sees(*SEVEN, normalise=False)
    assert_lanes_show(
        app, np.maximum(ae.out_of_distribution.PICTURES[name], ink), state.FIRST_LANES
    )


@pytest.mark.parametrize(
    "name", [*ae.out_of_distribution.STROKES, *ae.out_of_distribution.PICTURES]
)
def test_a_stranger_opens_by_its_link_on_either_page(name: str) -> None:
    assert not opened(sample=name).toast
    assert_lanes_show(compare(sample=name), strokes.sample_digit(name), state.FIRST_LANES)


@pytest.mark.parametrize("kind", ["uniform", "gaussian", "between"])
def test_inventions(kind: str) -> None:
    app = compare(view="invent")
    app.button_group(key="invent_kind").set_value(kind)
    first = gallery(run(app))
    again = gallery(run(app))
    assert all(
        (a.pixels == b.pixels).all()
        for row in first
        for a, b in zip(first[row], again[row], strict=True)
    )
    model = ae.load("sparse")
    if kind == "uniform":
        codes = generation.uniform(model.statistics, 10, np.random.default_rng(0))
        assert_row(first["Sparse"], model.decode(codes))
    if kind == "gaussian":
        of_codes = facts.load().codes["sparse", "best"]
        codes = generation.gaussian(of_codes, 10, np.random.default_rng(0))
        assert_row(first["Sparse"], model.decode(codes))
    if kind == "between":
        a, b = (
            np.stack([picture.pixels for picture in first[title]]).astype(np.float32) / 255
            for title in ("One digit", "Another")
        )
        mixed = model.decode((model.encode(a) + model.encode(b)) / 2)
        off = np.stack([picture.pixels for picture in first["Sparse"]]) / 255 - mixed
        assert np.abs(off).max() < 0.05  # the sources were read back from 256 greys
        names = [[tile.alt for tile in first[title]] for title in ("One digit", "Another")]
        assert all(one != other for one, other in zip(*names, strict=True))
    press(app, "Roll again")
    other = gallery(app)
    assert any(
        (a.pixels != b.pixels).any() for a, b in zip(first["Deep"], other["Deep"], strict=True)
    )


# What can be taken home


@every_view
@every_language
def test_every_view_can_be_taken_home(view: str, language: str) -> None:
    app = compare(view=view, lang=language)
    _ = translator(language).gettext
    lanes_files = [_("The figures (CSV)"), _("Everything (NPZ)"), _("The pictures (PNG)")]
    assert [*offered(app).values()][:3] == lanes_files and len(offered(app)) == 4
    (snippet,) = (code.value for code in app.code if "import ae" in code.value)
    compile(snippet, "snippet", "exec")


def test_the_files_hold_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.compare import ladder, sparsity, table, takeaway
    from ui import comparison

    app = draw(compare(), *SEVEN)
    monkeypatch.setattr(state, "model_name", lambda: "deep")
    now = app.session_state["visit"]
    at_hand = models.available(state.compared(now), now)
    monkeypatch.setattr(models, "tested_on_mnist", lambda model: model.name != plans.OWN)
    mine = {**at_hand, plans.OWN: weights.load_own(own_model(tmp_path / "mine.safetensors"))}
    seen = comparison.compare(now, mine, [plans.OWN])
    (row,) = csv.DictReader(io.StringIO(takeaway.figures_csv(seen).decode()))
    assert row["mse"] and row["better_than"] == "", "nobody has measured it on MNIST's test digits"
    seen = comparison.compare(now, at_hand, ["pca", "deep"])
    rows = list(csv.DictReader(io.StringIO(takeaway.figures_csv(seen).decode())))
    assert [row["model"] for row in rows] == ["pca", "deep"]
    for row in rows:
        result = seen.results[row["model"]]
        for figure in ("kept", "invented", "mse", "better_than"):
            assert float(row[figure]) == pytest.approx(getattr(result, figure))
        assert [float(row[f"code_{i}"]) for i in range(1, 33)] == pytest.approx(result.code)
    path = tmp_path / "gargalo-compare.npz"
    path.write_bytes(takeaway.everything_npz(seen))
    with np.load(path) as saved:
        assert saved["digits"] == pytest.approx(sees(*SEVEN)[None])
        assert saved["reconstructions_deep"][0] == pytest.approx(
            seen.results["deep"].reconstruction
        )
    with Image.open(io.BytesIO(takeaway.pictures_png(seen))) as image:
        assert image.size == (6 * 88, 6 * 58)
    rows = list(csv.DictReader(io.StringIO(ladder._csv(facts.load().ladder, seen).decode())))
    assert len(rows) == 129 and rows[31]["components"] == "32"
    assert float(rows[31]["drawing_mse"]) == pytest.approx(seen.results["pca"].mse, rel=1e-3)
    assert rows[-1]["model"] == "deep"
    rows = list(csv.DictReader(io.StringIO(table._csv(facts.load().table).decode())))
    assert [(r["name"], r["recipe"]) for r in rows][:3] == [
        ("floor", ""),
        ("shallow", "best"),
        ("shallow", "tutorial"),
    ]
    rows = list(csv.DictReader(io.StringIO(sparsity._csv(facts.load()).decode())))
    assert len(rows) == len(facts.load().codes)


# One's own model, of which less is known


@pytest.mark.parametrize("data", ["MNIST", "samples"])
def test_nothing_is_said_of_ones_own_model_that_was_not_measured(
    data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = own_model(tmp_path / "mine.safetensors").read_bytes()
    mine = weights.read_own(raw)
    described = replace(mine.metadata, data=replace(mine.metadata.data, name=data))
    mine = weights.autoencoder(
        plans.family_of(described), weights.tensors_of(mine), described, mine.statistics
    )
    desk = Desk(kept={plans.OWN: Kept(mine, raw)})
    monkeypatch.setattr(own, "desk", lambda now: desk)
    app = compare(view="invent")
    on_mnist = data == "MNIST"
    app.button_group(key="invent_kind").set_value("gaussian")
    title = "My model, 5 numbers"
    assert f"Not here: {title}. How its codes lie together is not known." in texts(run(app))
    app.button_group(key=MENU).set_value("table")
    measured = f"{title} was measured when it was trained, on 50 of them."
    assert (measured in texts(run(app))) == on_mnist
    look_at(app, plans.OWN)
    app.switch_page("pages/draw/page.py")
    app.session_state["more"] = True
    rank = "of the handwritten test digits have a larger squared error"
    assert any(rank in words for words in texts(run(app))) == on_mnist


# What may be broken


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The server's weights, in a copy that a test may damage."""
    folder = tmp_path / "weights"
    shutil.copytree(ae.checked.FOLDER, folder)
    monkeypatch.setattr(ae.checked, "FOLDER", folder)
    models.load.clear()
    models.facts.clear()
    yield folder
    models.load.clear()
    models.facts.clear()


@every_language
def test_a_damaged_model_leaves_its_lane_and_the_others_work(copied: Path, language: str) -> None:
    (copied / "deep.safetensors").write_bytes(b"damaged")
    text = translator(language)
    title = models.title("deep", text)
    for view in VIEWS:
        app = compare(view=view, lang=language, model="deep", lanes=ALL)
        assert [warning.value for warning in app.warning] == [
            text.gettext("Missing or damaged: {names}. The others work.", names=title)
        ]
        assert list(lanes(app)) == [name for name in state.COMPARED if name != "deep"]


@every_language
def test_without_any_model_there_is_one_sentence(copied: Path, language: str) -> None:
    for name in state.COMPARED:
        (copied / f"{name}.safetensors").unlink()
    app = compare(lang=language)
    assert len(app.warning) == 1 and not app.error


@every_language
def test_damaged_facts_are_one_sentence_and_the_lanes_work(copied: Path, language: str) -> None:
    (copied / facts.FILE).write_bytes(b"damaged")
    _ = translator(language).gettext
    needs = {"ladder", "atoms", "subspace", "sparsity", "table"}
    for view in VIEWS:
        app = compare(view=view, lang=language)
        sentence = _("This cannot be shown: a file is missing or damaged.")
        assert [error.value for error in app.error] == ([sentence] if view in needs else [])
        assert list(lanes(app)) == list(state.FIRST_LANES)


def test_a_model_without_facts_is_missing_where_they_are_shown_and_nowhere_else(
    copied: Path,
) -> None:
    """Somebody has trained a family again, and not measured it yet."""
    tensors, header = ae.checked.read(copied / "sparse.safetensors", copied)
    ae.checked.save(copied / "sparse.safetensors", tensors, {**header, "seed": 1})
    for view in VIEWS:
        app = compare(view=view, model="sparse")
        assert not app.error and list(lanes(app)) == list(state.FIRST_LANES)
    rows = re.findall(r'data-model="(\w+)"', html(compare(view="sparsity"), "lanes facts"))
    assert rows == [name for name in state.COMPARED if name != "sparse"]
    assert table(compare(view="table"))["Sparse"][0] == "–"


def test_a_family_may_have_another_number_of_units(monkeypatch: pytest.MonkeyPatch) -> None:
    model = narrow_deep(monkeypatch)
    for view in VIEWS:
        app = draw(compare(view=view, model="deep"), *SEVEN)
        assert not app.error
        assert len(heights(lanes(app)["deep"][1])) == 16
        mse = np.square(model.reconstruct(sees(*SEVEN)[None])[0] - sees(*SEVEN)).mean()
        assert lanes(app)["deep"][6].split()[0] == translator("en").number(mse, 4)


def test_a_dead_model_has_a_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow_deep(monkeypatch, bias=-1e6)
    app = draw(compare(), *SEVEN)
    assert not heights(lanes(app)["deep"][1]).any()
    assert lanes(app)["deep"][7] == "0 / 16"
    for view in ("atoms", "build_up"):
        assert not compare(view=view, model="deep").error


# Two visitors


def test_what_one_visitor_chooses_another_does_not_see() -> None:
    one, other = compare(view="invent"), compare(view="invent")
    press(one, "Roll again")
    one.button_group(key=state.LANES).set_value(["pca"])
    draw(run(one), *SEVEN)
    run(other)
    assert list(lanes(other)) == list(state.FIRST_LANES)
    assert one.session_state["visit"].seeds["invent"] == 1
    assert other.session_state["visit"].seeds["invent"] == 0
    assert_lanes_show(other, strokes.digit(strokes.sample("7b")), state.FIRST_LANES)
