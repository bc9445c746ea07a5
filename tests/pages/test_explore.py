"""The Explore page: each place, way, sum and roll is what the library computes."""

from __future__ import annotations

import base64
import functools
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import count
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import ae
from ae import evaluation, facts, generation, latent, plans, redrawn
from ae.noise import NOISES
from pages.compare import views as compare_views
from pages.explore import views
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
    taken,
    texts,
)
from tests.pages.test_compare import PAGE as COMPARE
from tests.pages.test_compare import gallery, html, plain
from tests.pages.test_draw import (
    ONE,
    SEVEN,
    ZERO,
    button,
    chip,
    draw,
    images,
    keep_slider,
    narrow_deep,
    press,
    reset_all,
    sees,
)
from tests.pages.test_train import own_model
from ui import maps, models, pictures, state, strokes
from ui.components import map_canvas
from ui.text import LANGUAGES, translator

every_language = pytest.mark.parametrize("language", LANGUAGES)
every_family = pytest.mark.parametrize("name", ae.FAMILIES)
VIEWS = [view.name for view in views.VIEWS]
MENU = state.view_key("explore")
every_view = pytest.mark.parametrize("view", VIEWS)

PAGE = "pages/explore/page.py"
DRAW = "pages/draw/page.py"

# Every screen of the page: its view, and what is chosen in it.
SCREENS: list[tuple[str, str, str]] = [
    ("map", "map_by", "umap"),
    ("map", "map_by", "pca"),
    ("neighbours", "", ""),
    ("morph", "morph_corners", "2"),
    ("morph", "morph_corners", "3"),
    ("arithmetic", "", ""),
    ("new", "new_part", "draw"),
    ("new", "new_part", "sheet"),
    ("new", "new_part", "cost"),
    ("new", "new_part", "blur"),
    *(("noise", "noise_kind", kind) for kind in NOISES),
]

loaded = functools.cache(ae.load)
shipped = functools.cache(ae.atlas.load)


def explore(**query: str) -> AppTest:
    """A visitor who opens the app through a link and goes to the page."""
    app = opened(**query)
    app.switch_page(PAGE)
    return run(app)


def pick(app: AppTest, key: str, value: str) -> AppTest:
    """Choose one of several in a row."""
    app.button_group(key=key).set_value(value)
    return run(app)


def choose(app: AppTest, key: str, value: str) -> AppTest:
    """Choose from a list."""
    app.selectbox(key=key).set_value(value)
    return run(app)


def slide(app: AppTest, key: str, value: float) -> AppTest:
    app.slider(key=key).set_value(value)
    return run(app)


def view_of(app: AppTest, page: str = "explore") -> str:
    """Say which view the menu of a page has open; the link does not name the first."""
    chosen: str = app.button_group(key=state.view_key(page)).value
    return chosen


def go(app: AppTest, view: str, key: str = "", value: str = "") -> AppTest:
    """Open a screen through the menu."""
    pick(app, MENU, view)
    there = key and any(node.key == key for node in app.get("button_group"))
    return pick(app, key, value) if there else app


def says(app: AppTest, figure: str) -> bool:
    """Does a caption hold this very figure?"""
    captions = " ".join(caption.value for caption in app.caption)
    return bool(re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d])", captions))


def encoded(name: str, digit: np.ndarray) -> np.ndarray:
    return loaded(name).encode(digit[None])[0]


def decoded(name: str, code: np.ndarray) -> np.ndarray:
    return loaded(name).decode(code[None])[0]


def mean(name: str, digit: int) -> np.ndarray:
    """The average code of a digit, over those on the map."""
    return shipped().maps[name].codes[shipped().digits == digit].mean(axis=0)


def picture(address: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image)


def cut(sheet: np.ndarray, gap: int = 0) -> np.ndarray:
    """Cut a sheet into its pictures, (rows, columns, 28, 28); between them are so many px."""
    step = 28 + gap
    rows, columns = ((side + gap) // step for side in sheet.shape[:2])
    return np.stack(
        [
            [sheet[y * step : y * step + 28, x * step : x * step + 28] for x in range(columns)]
            for y in range(rows)
        ]
    )


def assert_pixels(pixels: np.ndarray, wanted: np.ndarray) -> None:
    """The very pictures, but for what a product of matrices differs by in another company."""
    assert pixels.shape[: wanted.ndim] == wanted.shape
    grey = pixels if pixels.ndim == wanted.ndim else pixels[..., 0]
    assert np.abs(grey.astype(int) - pictures.grey(wanted).astype(int)).max() <= 1
    assert pixels.ndim == wanted.ndim or (pixels == pixels[..., :1]).all()


def unpacked(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)


# All views


@pytest.mark.parametrize("model", ae.FAMILIES)
def test_every_screen_is_there_for_every_model_and_really_portuguese(model: str) -> None:
    apps = [explore(lang=language, model=model) for language in ("en", "pt")]
    for screen in SCREENS:
        for app in apps:
            go(app, *screen)
            assert view_of(app) == screen[0] and link(app)["model"] == model
            assert not app.error and not app.warning and not app.info, screen
            assert not re.search(r"\b(nan|inf|None)\b", " ".join(texts(app)), re.IGNORECASE)
            for tag in re.findall(r"<img[^>]*>", " ".join(n.proto.body for n in app.get("html"))):
                assert re.search(r'alt="[^"]+"', tag)
        # The map's labels come with their names, which nobody reads.
        english, portuguese = (pieces(app) - map_canvas.LABELS for app in apps)
        seen = [(source, target) for source, target in catalogue() if appears(source, english)]
        assert len(seen) > 25
        for source, target in seen:
            assert appears(target, portuguese), f"{target!r} is missing in {screen}"
            assert not appears(source, portuguese), f"{source!r} is not translated in {screen}"
        assert not any(re.fullmatch(r"0\.\d+|\d+\.\d{1,2}%?", piece) for piece in portuguese)


@every_language
@every_view
def test_every_view_opens_by_its_link_and_by_the_menu(view: str, language: str) -> None:
    app = explore(view=view, lang=language, model="sparse", sample="3b")
    query = {"model": "sparse", "lang": language, "sample": "3b"}
    if view != next(iter(VIEWS)):  # that one opens by itself
        query["view"] = view
    assert link(app) == query and not app.toast
    assert app.button_group(key=MENU).value == view
    other = next(name for name in VIEWS if name != view)
    assert view_of(pick(app, MENU, other)) == other
    # A view is kept while the visitor is on another page, and that page's link does not name it.
    app.switch_page(DRAW)
    assert "view" not in link(run(app))
    app.switch_page(COMPARE)
    assert view_of(run(app), "compare") == compare_views.VIEWS[0].name
    app.switch_page(PAGE)
    assert view_of(run(app)) == other


def test_a_link_to_the_other_page_s_view_opens_it_there() -> None:
    app = explore(view="ladder")
    assert not app.toast and view_of(app) == "map"
    app.switch_page(COMPARE)
    assert view_of(run(app), "compare") == "ladder"


@every_language
@pytest.mark.parametrize("value", ["", "maps", "../map", "MAP"])
def test_nonsense_for_a_view_is_ignored_with_a_notice(value: str, language: str) -> None:
    app = opened(view=value, lang=language)
    notice = translator(language).gettext("The link names a view that does not exist.")
    assert [toast.value for toast in app.toast] == [notice]
    app.switch_page(PAGE)
    assert view_of(run(app)) == "map"


def test_what_was_chosen_in_a_view_is_kept_on_other_pages() -> None:
    app = press(draw(explore(view="morph"), *SEVEN), "Put my drawing aside")
    draw(app, *ONE)
    pick(app, "morph_corners", "3")
    for letter, value in (("A", "aside1"), ("B", "mean4"), ("C", "2b")):
        choose(app, f"morph_{letter}", value)
    before = component(app, "morph_sheet")["pictures"]
    go(app, "new", "new_part", "draw")
    slide(app, "new_count", 70)
    go(app, "noise", "noise_kind", "box")
    slide(app, "noise_box", 5.0)
    app.switch_page(DRAW)
    run(app)
    app.switch_page(PAGE)
    go(run(app), "morph")
    assert component(app, "morph_sheet")["pictures"] == before
    assert [app.selectbox(key=f"morph_{letter}").value for letter in "ABC"] == [
        "aside1",
        "mean4",
        "2b",
    ]
    assert go(app, "new").slider(key="new_count").value == 70
    assert go(app, "noise").slider(key="noise_box").value == 5.0


# An empty canvas

NOTHING = {
    "neighbours": "Draw a digit to see its neighbours.",
    "morph": "Draw a digit, or start from another.",
    "arithmetic": "Draw a digit, or choose something else.",
    "blur": "Draw a digit to see this.",
    "noise": "Draw a digit to see it corrupted.",
}


@every_language
@pytest.mark.parametrize("model", ["deep", "vae2"])
def test_an_empty_canvas_invites_and_claims_nothing(model: str, language: str) -> None:
    app = press(explore(lang=language, model=model), "Clear")
    _ = translator(language).gettext
    for view, key, value in SCREENS:
        go(app, view, key, value)
        invitation = NOTHING.get(value) or NOTHING.get(view)
        wanted = [_(invitation)] if invitation else []
        assert [info.value for info in app.info] == wanted, (view, value)
        assert not app.error
        assert not re.search(r"\b(nan|inf|None)\b", " ".join(texts(app)), re.IGNORECASE)
        keys = {node.key for node in app.get("bidi_component")}
        assert not keys & {"slides", "morph_sheet"}
        page = " ".join(node.proto.body for node in app.get("html"))
        assert not re.search(r'class="(sum|cards|cards large|gallery)"', page)
        assert ('class="invented"' in page) == (value == "draw")
        assert ('class="shares"' in page) == (view == "neighbours")  # true of any drawing
        if view == "map":
            assert component(app, "map")["star"] is None
            bars, _layout = component(app, "map_bars")["figure"]
            assert np.isnan(np.array(bars[0]["y"], float)).all()
        if view in ("morph", "arithmetic"):
            assert button(app, "Put my drawing aside").disabled


def test_without_a_drawing_one_can_go_from_a_sample_to_an_average() -> None:
    app = choose(press(explore(view="morph", model="vae"), "Clear"), "morph_A", "mean3")
    track = component(app, "slides")["tracks"][0]
    way = latent.interpolate(mean("vae", 3), encoded("vae", strokes.sample_digit("4a")), 41)
    assert_pixels(cut(picture(track["strip"]))[0], loaded("vae").decode(way))


# The map

_picks = count(1)


def select(app: AppTest, unit: int) -> AppTest:
    """Click a bar below the map."""
    app.session_state["map_bars"] = {"pick": {"unit": unit, "number": next(_picks)}}
    return run(app)


def star(app: AppTest) -> Any:
    return component(app, "map")["star"]


def shipped_map(app: AppTest) -> bytes:
    (node,) = (node for node in app.get("bidi_component") if node.key == "map.packed")
    return node.proto.bytes


def test_the_star_stands_where_the_code_lies_on_each_map() -> None:
    app = draw(explore(view="map"), *SEVEN)
    keys = set()
    for name, mapped in shipped().maps.items():
        look_at(app, name)
        code, model = encoded(name, sees(*SEVEN)), loaded(name)
        assert mapped.umap is not None
        for by, placed, points, inverse in (
            ("umap", partial(mapped.place, digits=shipped().digits), mapped.umap, None),
            (
                "pca",
                mapped.project,
                mapped.project(mapped.codes),
                (mapped.mean, mapped.axes),
            ),
        ):
            pick(app, "map_by", by)
            assert star(app) == pytest.approx(placed(code[None])[0].tolist(), rel=1e-4, abs=1e-5)
            far = np.linalg.norm(mapped.codes - code, axis=1)
            assert far[component(app, "map")["near"]] == pytest.approx(np.sort(far)[:10])
            digits = shipped().digits
            wanted = map_canvas.pack(model.decoder, mapped.codes, points, digits, inverse)
            assert shipped_map(app) == wanted
            assert component(app, "map")["map"] == wanted[:16].decode()
            keys.add(component(app, "map")["map"])
        pick(app, "map_by", "umap")
    assert list(shipped().maps) == list(ae.FAMILIES)
    assert len(keys) == 2 * len(ae.FAMILIES)


def test_umap_comes_first_and_the_choice_stays_with_the_next_model() -> None:
    app = explore(view="map", model="deep")
    first, mapped = star(app), shipped().maps["deep"]
    code = encoded("deep", strokes.sample_digit("7b"))[None]
    assert first == pytest.approx(mapped.place(code, shipped().digits)[0].tolist(), rel=1e-4)
    look_at(pick(app, "map_by", "pca"), "vae")
    code = encoded("vae", strokes.sample_digit("7b"))[None]
    wanted = shipped().maps["vae"].project(code)[0].tolist()
    assert star(app) == pytest.approx(wanted, rel=1e-4)


@every_family
def test_who_changes_the_code_moves_the_star_and_nothing_else(name: str) -> None:
    app = draw(explore(view="map", model=name), *SEVEN)
    mapped, code = shipped().maps[name], encoded(name, sees(*SEVEN))
    before = star(app)

    def assert_moved() -> None:
        wanted = mapped.place(code[None], shipped().digits)[0].tolist()
        assert star(app) == pytest.approx(wanted, rel=1e-4, abs=1e-5)
        assert star(app) != pytest.approx(before, abs=1e-3)
        bars, _layout = component(app, "map_bars")["figure"]
        assert bars[0]["y"] == pytest.approx(code, rel=1e-4, abs=1e-5)

    unit = int(np.abs(code).argmax())
    press(select(app, unit), *ZERO)
    code[unit] = 0
    assert_moved()
    assert chip(app) == "1 number changed"
    reset_all(app)
    assert star(app) == pytest.approx(before) and chip(app) is None
    code = encoded(name, sees(*SEVEN))
    code[np.argsort(-np.abs(code), kind="stable")[1:]] = 0
    keep_slider(app).set_value(1)
    run(app)
    assert_moved()
    assert chip(app) == "Only the largest kept"
    # No other view shows an edited code, or says that it does.
    other = draw(explore(view="map", model=name), *SEVEN)
    for screen in SCREENS[2:]:
        written = ["".join(texts(go(page, *screen))) for page in (app, other)]
        # But for what is said to the browser, which shows an edited code nowhere there.
        edited, plain = (re.sub(r'data-answer=".*?}}"', "", page) for page in written)
        assert edited == plain and chip(app) is None
    go(app, "map")
    assert_moved()
    press(app, "Surprise me")
    assert chip(app) is None and keep_slider(app).value == keep_slider(app).max


TURNED = "Two numbers are a map by themselves: it is only turned. Nothing is lost."


def spread(mapped: ae.atlas.CodeMap) -> float:
    """How much of the codes' variance the plane holds."""
    return float(mapped.project(mapped.codes).var(axis=0).sum() / mapped.codes.var(axis=0).sum())


@every_language
def test_the_map_says_how_far_it_can_be_trusted(language: str) -> None:
    text = translator(language)
    app = explore(view="map", lang=language)
    for name, mapped in shipped().maps.items():
        look_at(app, name)
        pick(app, "map_by", "umap")
        error = text.percent(mapped.stray, 1)
        assert says(app, error) and says(app, "10")
        pick(app, "map_by", "pca")
        if name == "vae2":  # two numbers lose nothing in a plane
            assert says(app, text.gettext(TURNED)) and spread(mapped) == pytest.approx(1, abs=1e-4)
        else:
            assert says(app, text.percent(spread(mapped))) and not says(app, error)


# Neighbours


def noted(app: AppTest) -> dict[str, list[str]]:
    """Title of a row -> what stands below its pictures."""
    (markup,) = (n.proto.body for n in app.get("html") if 'class="gallery"' in n.proto.body)
    rows = re.findall(r"<b>(.*?)</b>((?:<span>.*?</span>)+)", markup, re.DOTALL)
    notes = re.compile(r"<small>(.*?)</small>", re.DOTALL)
    return {unescape(title): notes.findall(row) for title, row in rows}


@every_language
def test_the_neighbours(language: str) -> None:
    app = draw(explore(view="neighbours", lang=language), *SEVEN)
    text, atlas, digit = translator(language), shipped(), sees(*SEVEN)
    _ = text.gettext
    pixels = ae.facts.load().ladder.pca.encode(digit[None])[:, :100]
    for name, mapped in atlas.maps.items():
        look_at(app, name)
        rows, notes, written = gallery(app), noted(app), pieces(app)
        assert list(rows) == [_("By the code"), _("By the pixels")]
        sheet = cut(unpacked(taken(app, "gargalo-neighbours.png"))[::4, ::4], gap=2)
        for title, codes, z, saved in (
            (_("By the code"), mapped.codes, encoded(name, digit)[None], sheet[0]),
            (_("By the pixels"), atlas.pixels, pixels, sheet[1]),
        ):
            nearest, far = (array[0] for array in latent.neighbours(codes, z, 10))
            digits = atlas.digits[nearest]
            wanted = loaded(name).decode(mapped.codes[nearest])
            assert_pixels(np.stack([tile.pixels for tile in rows[title]]), wanted)
            assert_pixels(saved, wanted)
            half = len(codes) // 2
            usual = np.median(np.linalg.norm(codes[:half] - codes[half:], axis=1))
            far_in_words = [text.percent(x / usual) for x in far]
            assert notes[title] == [
                f"{of}\n{x}" for of, x in zip(digits, far_in_words, strict=True)
            ]
            for tile, of, x in zip(rows[title], digits, far_in_words, strict=True):
                assert re.search(rf"\b{of}\b.* {re.escape(x)} ", tile.alt)
            votes = np.bincount(digits, minlength=10)
            sentence = _(
                "{how}: {digit}, with {votes} of {k} votes.",
                how=title,
                digit=votes.argmax(),
                votes=votes.max(),
                k=10,
            )
            assert sentence in written
        assert says(app, text.percent(atlas.pixels_agreement))


@every_language
@pytest.mark.parametrize("drawn", [True, False])
def test_how_often_neighbours_are_wrong_with_each_model(language: str, drawn: bool) -> None:
    app = explore(view="neighbours", lang=language)
    text, atlas = translator(language), shipped()
    if not drawn:
        press(app, "Clear")
    accuracies = {models.title(name, text): mapped.accuracy for name, mapped in atlas.maps.items()}
    accuracies[text.gettext("The pixels")] = atlas.pixels_accuracy
    assert len(accuracies) == len(ae.FAMILIES) + 1
    rows = re.findall(
        r'<dt>(.*?)</dt><dd><i style="width:([\d.]+)%"></i><span>(.*?)</span>', html(app, "shares")
    )
    best_first = sorted(accuracies, key=lambda title: -accuracies[title])
    assert [unescape(title) for title, *_rest in rows] == best_first
    most = 1 - min(accuracies.values())
    for title, width, words in rows:
        share = accuracies[unescape(title)]
        assert float(width) == pytest.approx(100 * (1 - share) / most, abs=0.051)
        assert text.percent(1 - share, 1) in words and text.percent(share, 1) in words


# From one digit to another


def tracks(app: AppTest) -> tuple[np.ndarray, np.ndarray]:
    """The pictures on the way through the code, and those of the cross-fade."""
    slides = component(app, "slides")
    text = translator(app.session_state[state.LANG])
    assert [track["title"] for track in slides["tracks"]] == [
        text.gettext("Through the code"),
        text.gettext("Cross-fade of the pixels"),
    ]
    through, across = (cut(picture(track["strip"]))[0] for track in slides["tracks"])
    assert slides["count"] == len(through) == len(across) == 41
    return through, across


def assert_way(
    app: AppTest, name: str, a: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray
) -> None:
    """From the code a of the picture x to the code b of the picture y."""
    through, across = tracks(app)
    assert_pixels(through, loaded(name).decode(latent.interpolate(a, b, 41)))
    assert_pixels(across, latent.interpolate(x, y, 41))
    assert_pixels(through[[0, -1]], loaded(name).decode(np.stack([a, b])))
    assert_pixels(across[[0, 20, 40]], np.stack([x, (x + y) / 2, y]))


@every_language
def test_the_way_from_one_digit_to_another(language: str) -> None:
    app = draw(explore(view="morph", lang=language), *SEVEN)
    drawn, four = sees(*SEVEN), strokes.sample_digit("4a")
    for name in ae.FAMILIES:
        look_at(app, name)
        assert_way(app, name, encoded(name, drawn), encoded(name, four), drawn, four)
    # An average was never a digit: its picture is what the decoder draws of it.
    look_at(app, "vae2")
    choose(app, "morph_B", "mean3")
    three = mean("vae2", 3)
    assert_way(app, "vae2", encoded("vae2", drawn), three, drawn, decoded("vae2", three))


@every_language
def test_four_drawings_can_be_put_aside_and_the_oldest_goes(language: str) -> None:
    app = explore(view="morph", model="vae", lang=language)
    _ = translator(language).gettext
    lines = [[[(x, 40.0), (280 - x, 240.0)]] for x in (60.0, 100.0, 140.0, 180.0, 220.0)]
    for i, line in enumerate(lines):
        press(draw(app, *line), "Put my drawing aside")
        assert app.session_state["visit"].sketch.drawing.strokes == (tuple(line[0]),)  # it stays
        kept = [name for name in app.selectbox(key="morph_B").options if "4a" not in name][1:]
        wanted = [_("Put aside {i}", i=j + 1) for j in range(max(0, i - 3), i + 1)]
        # What the neighbours see in it stands behind.
        assert [name.split(":")[0] for name in kept[: len(wanted)]] == wanted
        assert kept[len(wanted)] == _("Average of my digit")
    draw(app, *SEVEN)
    for i, line in enumerate(lines[1:]):
        choose(app, "morph_B", f"aside{i + 2}")
        one, other = sees(*SEVEN), sees(*line)
        assert_way(app, "vae", encoded("vae", one), encoded("vae", other), one, other)
    # They are seen as the drawing is seen: in the normal form or not.
    app.toggle(key="normal_form").set_value(False)
    one, other = (sees(*line, normalise=False) for line in (SEVEN, lines[4]))
    assert_way(run(app), "vae", encoded("vae", one), encoded("vae", other), one, other)


def test_an_empty_canvas_is_not_put_aside() -> None:
    """The click may come before the browser has heard that the canvas is empty."""
    app = press(explore(view="morph"), "Clear")
    sketch = app.session_state["visit"].sketch
    sketch.put_aside()
    assert sketch.aside == {}


def test_strokes_that_the_canvas_does_not_show_are_no_digit() -> None:
    app = explore(view="morph")
    now = app.session_state["visit"]
    now.sketch.aside = {1: strokes.Drawing((((-90.0, -90.0), (-95.0, -95.0)),))}
    now.normal = False
    choose(run(app), "morph_B", "aside1")
    assert [info.value for info in app.info] == [NOTHING["morph"]]


@pytest.mark.parametrize("name", ["deep", "vae2"])
@pytest.mark.parametrize("corners", ["3", "4"])
def test_the_sheet_between_three_or_four(name: str, corners: str) -> None:
    app = draw(explore(view="morph", model=name), *SEVEN)
    pick(app, "morph_corners", corners)
    choose(app, "morph_B", "mean8")
    sheet = component(app, "morph_sheet")
    a = encoded(name, sees(*SEVEN))
    c, d = (encoded(name, strokes.sample_digit(sample)) for sample in ("0a", "1a"))
    b = mean(name, 8)
    if corners == "3":
        d = c
    assert "".join(sheet["corners"]) == {"3": "ABCC", "4": "ABCD"}[corners]
    assert (sheet["rows"], sheet["columns"]) == (11, 11)
    digits = cut(picture(sheet["pictures"]))
    u, v = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 11))  # to the right, and down
    shares = np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], axis=2)
    codes = (shares.reshape(121, 4) @ np.stack([a, b, c, d])).astype(np.float32)
    assert_pixels(digits.reshape(121, 28, 28), loaded(name).decode(codes))
    saved = unpacked(taken(app, "gargalo-morph.png"))
    assert (cut(saved[::2, ::2]) == digits).all()
    choose(app, "morph_C", "drawing")
    press(app, "Clear")
    assert [info.value for info in app.info] == [NOTHING["morph"]]


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_the_film_goes_there_and_back(kind: str) -> None:
    app = draw(explore(view="morph", model="vae"), *SEVEN)
    through, across = tracks(app)
    assert [*offered(app).values()] == ["The animation (GIF)", "The animation (WEBP)"]
    with Image.open(io.BytesIO(taken(app, f"gargalo-morph.{kind}"))) as image:
        assert image.format == kind.upper()
        assert image.n_frames == 80 and image.info["loop"] == 0
        for i in range(80):
            image.seek(i)
            frame = np.asarray(image.convert("RGB"))
            assert image.info["duration"] == 60
            at = i if i <= 40 else 80 - i
            gap = np.full((28, 2), 128, np.uint8)
            wanted = np.hstack([through[at], gap, across[at]]).repeat(6, axis=0).repeat(6, axis=1)
            assert (frame == wanted[..., None]).all()


# Arithmetic


def assert_sum(app: AppTest, name: str, *terms: tuple[np.ndarray, np.ndarray]) -> None:
    """A − B + C of these codes and pictures, and what the neighbours say of it."""
    text, mapped = translator(app.session_state[state.LANG]), shipped().maps[name]
    markup = html(app, "sum")
    (a, x), (b, y), (c, z) = terms
    code = a - b + c
    pixels = np.stack([tile.pixels for tile in images(markup)])
    wanted = [x, y, z, decoded(name, code), np.clip(x - y + z, 0, 1)]
    assert_pixels(pixels, np.stack(wanted))
    nearest, _far = latent.neighbours(mapped.codes, code[None], 10)
    votes = np.bincount(shipped().digits[nearest[0]], minlength=10)
    guess = text.gettext(
        "{share} of its neighbours say {digit}",
        share=text.percent(votes.max() / 10),
        digit=votes.argmax(),
    )
    notes = re.findall(r"<small>(.*?)</small>", markup)
    assert [unescape(note) for note in notes if note != "&nbsp;"] == [guess]


@every_language
def test_a_minus_b_plus_c(language: str) -> None:
    app = draw(explore(view="arithmetic", lang=language), *SEVEN)
    drawn = sees(*SEVEN)
    for name in ae.FAMILIES:
        look_at(app, name)
        means = [(mean(name, digit), decoded(name, mean(name, digit))) for digit in (7, 9)]
        assert_sum(app, name, (encoded(name, drawn), drawn), *means)
    press(app, "Put my drawing aside")
    draw(app, *ONE)
    for letter, value in (("A", "2a"), ("B", "aside1"), ("C", "drawing")):
        choose(app, f"sum_{letter}", value)
    digits = strokes.sample_digit("2a"), drawn, sees(*ONE)
    beyond = digits[0] - digits[1] + digits[2]
    assert beyond.min() < -0.5 and beyond.max() > 1.5  # so that something has to be clipped
    assert_sum(app, name, *((encoded(name, digit), digit) for digit in digits))
    saved = cut(unpacked(taken(app, "gargalo-arithmetic.png"))[::10, ::10], gap=2)
    assert (saved[0, ..., 0] == [tile.pixels for tile in images(html(app, "sum"))]).all()


def test_what_is_taken_away_follows_the_drawing() -> None:
    """B is at first the average of the digit that the neighbours see in the drawing."""
    app = explore(view="arithmetic", model="vae")
    for pressed in ("3", "0"):
        press(app, pressed)
        digit = strokes.sample_digit(f"{pressed}a")
        nearest, _ = latent.neighbours(shipped().maps["vae"].codes, encoded("vae", digit)[None], 10)
        seen = int(np.bincount(shipped().digits[nearest[0]], minlength=10).argmax())
        assert seen == int(pressed)
        means = [(mean("vae", d), decoded("vae", mean("vae", d))) for d in (seen, 9)]
        assert_sum(app, "vae", (encoded("vae", digit), digit), *means)


# Digits nobody wrote


@pytest.mark.parametrize("model", ["shallow", "vae2"])
def test_new_digits_are_rolled_by_the_visitors_dice(model: str) -> None:
    """The VAE that the frame names, or the first one, beside the plain net that it names."""
    app = explore(view="new", model=model)
    name, plain_name = ("vae2", "deep") if model == "vae2" else ("vae", model)
    units = ae.FAMILIES[name].code_size

    def assert_sampled(n: int, temperature: float, seed: int) -> None:
        sheets = [tile.pixels for tile in images(html(app, "invented"))]
        vae, plain_net = (cut(sheet, gap=2).reshape(-1, 28, 28, 3) for sheet in sheets)
        codes = generation.prior(units, n, temperature, np.random.default_rng(seed))
        assert codes.std() == pytest.approx(temperature, rel=0.2)
        assert_pixels(vae, loaded(name).decode(codes))
        usual = loaded(plain_name).statistics
        codes = generation.uniform(usual, n, np.random.default_rng(seed))
        assert_pixels(plain_net, loaded(plain_name).decode(codes))
        note = r"<small>(\d+) of (\d+) lies? near a test digit. Of the ink, (\d+)% is grey.<"
        counted = re.findall(note, html(app, "invented"))
        pca, atlas = ae.facts.load().ladder.pca, shipped()
        for tiles, (near, of, grey) in zip((vae, plain_net), counted, strict=True):
            ink = tiles[tiles > 25.5]
            assert abs(int(grey) - 100 * (ink < 229.5).mean()) <= 1
            components = pca.encode(tiles[..., 0].astype(np.float32) / 255)[:, :100]
            oracle = np.linalg.norm(atlas.pixels - components[:, None], axis=2).min(axis=1)
            count = int((oracle <= atlas.pixels_near).sum())
            assert int(of) == n and abs(int(near) - count) <= 1  # the pictures have 256 greys
        # What the same two figures are of digits that people wrote.
        assert says(app, str(n // 2)) and says(app, translator("en").percent(atlas.grey))
        saved = cut(unpacked(taken(app, "gargalo-new-digits.png"))[::4, ::4], gap=2)
        assert (saved.reshape(vae.shape) == vae).all()

    assert_sampled(40, 1.0, seed=0)
    slide(app, "new_count", 20)
    assert_sampled(20, 1.0, seed=0)
    slide(app, "new_temperature", 0.5)
    assert_sampled(20, 0.5, seed=0)
    press(app, "Roll again")
    assert_sampled(20, 0.5, seed=1)


def test_two_numbers_draw_all_digits_on_one_sheet() -> None:
    app = go(explore(), "new", "new_part", "sheet")
    sheet = component(app, "prior_sheet")
    digits = cut(picture(sheet["pictures"]))
    values = [NormalDist().inv_cdf((i + 0.5) / 20) for i in range(20)]  # even steps of probability
    codes = [(x, y) for y in reversed(values) for x in values]
    assert_pixels(digits.reshape(400, 28, 28), loaded("vae2").decode(np.array(codes, np.float32)))
    ticks = [f"{value:z.2f}".replace("-", "−") for value in values]
    assert sheet["texts"] == [ticks[::-1], ticks]
    assert (cut(unpacked(taken(app, "gargalo-sheet.png"))[::2, ::2]) == digits).all()


@every_language
def test_what_each_number_costs(language: str) -> None:
    app = go(explore(lang=language), "new", "new_part", "cost")
    text = translator(language)
    for name, measured in (("vae", "vae"), ("vae2", "vae2"), ("deep", "vae")):
        look_at(app, name)
        nats, bound = shipped().maps[measured].divergence, shipped().maps[measured].bound
        assert nats is not None and bound is not None
        ((bars,), _layout) = component(app, "divergence")["figure"]
        assert bars["y"] == pytest.approx(sorted(nats, reverse=True), rel=1e-4, abs=1e-6)
        of = np.array(bars["customdata"]) - 1
        assert nats[of] == pytest.approx(bars["y"], rel=1e-4, abs=1e-6)
        silent = [cost < 0.01 for cost in nats].count(True)
        said = text.ngettext(
            "{model}: one of its {units} numbers says nothing.",
            "{model}: {n} of its {units} numbers say nothing.",
            silent,
            model=models.title(measured, text),
            units=len(nats),
        )
        if not silent:
            count_all = text.gettext("{model}: each of its {units} numbers counts.")
            said = count_all.format(model=models.title(measured, text), units=len(nats))
        assert plain(html(app, "verdict")) == said
        for figure in (bound.total, bound.pixels, bound.code):
            assert says(app, text.number(figure, 1))
        shown = {text.number(figure, 1) for figure in (bound.total, bound.pixels, bound.code)}
        for figure in (bound.binary, 86.76):  # a paper's net, which compares with one of the two
            number = text.number(figure, 1)
            assert says(app, number) == (measured == "vae" or number in shown)


@every_language
def test_why_it_is_blurred(language: str) -> None:
    app = draw(go(explore(lang=language), "new", "new_part", "blur"), *SEVEN)
    text, digit = translator(language), sees(*SEVEN)
    for model, plain_net in (("deep", "deep"), ("sparse", "sparse"), ("vae2", "deep")):
        look_at(app, model)
        assert_cards(app, "cards large", digit, digit, [plain_net, "vae", "vae2"], text.gettext)
    maps = shipped().maps
    for grey in (shipped().grey, maps["deep"].grey, maps["vae"].grey):
        assert says(app, text.percent(grey))


@pytest.mark.parametrize(
    ("part", "offered"),
    [("draw", ["vae", "vae2"]), ("sheet", ["vae2"]), ("cost", ["vae", "vae2"])],
)
def test_with_a_net_that_cannot_invent_those_that_can_are_offered(
    part: str, offered: list[str]
) -> None:
    app = go(explore(model="deep"), "new", "new_part", part)

    def offers() -> list[str]:
        keys = [str(item.key) for item in app.button]
        return [key.removeprefix("look_at_") for key in keys if key.startswith("look_at_")]

    assert offers() == offered
    app.session_state["visit"].edits.unit = 3
    app.button(key=f"look_at_{offered[-1]}").click()
    run(app)
    assert link(app)["model"] == offered[-1] and offers() == []
    assert app.session_state["visit"].edits.unit is None  # it was another model's
    assert go(app, "new", "new_part", part) and not app.error


# Noise


def assert_cards(
    app: AppTest, kind: str, digit: np.ndarray, seen: np.ndarray, names: list[str], _: Any
) -> None:
    """Cards of what these models make of what they have seen; below each how far from the digit."""
    text = translator(app.session_state[state.LANG])
    cards = html(app, kind)
    tiles = images(cards)[-len(names) :]
    wanted = [loaded(name).reconstruct(seen[None])[0] for name in names]
    assert_pixels(np.stack([tile.pixels for tile in tiles]), np.stack(wanted))
    assert_pixels(images(cards)[0].pixels, digit)
    errors = [text.number(np.square(again - digit).mean(), 4) for again in wanted]
    assert re.findall(r"<small>(.*?)</small>", cards)[-len(names) :] == errors
    titles = [models.title(name, text) for name in names]
    assert re.findall(r"<figcaption>(.*?)</figcaption>", cards)[-len(names) :] == titles
    for tile, title, error in zip(tiles, titles, errors, strict=True):
        assert title in tile.alt and error in tile.alt
    assert tiles[0] is not images(cards)[0] and len(images(cards)) > len(names)


@every_language
@pytest.mark.parametrize("kind", NOISES)
def test_every_model_is_shown_the_spoiled_digit(kind: str, language: str) -> None:
    app = draw(go(explore(lang=language), "noise", "noise_kind", kind), *SEVEN)
    text, digit, noise = translator(language), sees(*SEVEN), NOISES[kind]
    weaker = {"gaussian": 0.2, "salt_and_pepper": 0.15, "box": 5.0}[kind]

    def assert_cleaned(strength: float, seed: int) -> None:
        random = np.random.default_rng(seed)
        corrupted = noise.corrupt(digit[None], strength, random).reshape(28, 28)
        second = images(html(app, "cards"))[1]
        assert_pixels(second.pixels, corrupted)
        error = text.number(evaluation.mse(digit[None], corrupted[None])[0], 4)
        assert re.findall(r"<small>(.*?)</small>", html(app, "cards"))[:2] == ["&nbsp;", error]
        assert_cards(app, "cards", digit, corrupted, list(ae.FAMILIES), text.gettext)

    assert_cleaned(noise.strength, seed=0)
    slider = app.slider(key=f"noise_{kind}")
    assert slider.max == noise.most and slider.value == noise.strength
    slide(app, f"noise_{kind}", weaker)
    assert_cleaned(weaker, seed=0)
    press(app, "Roll again")
    assert_cleaned(weaker, seed=1)
    go(app, "new", "new_part", "draw")
    assert app.number_input(key="new_seed").value == 0  # its own dice
    go(app, "noise")
    assert_cleaned(weaker, seed=1)
    for name in ("deep", "denoising"):
        assert says(app, text.number(shipped().maps[name].corrupted[kind], 4))
    slide(app, f"noise_{kind}", slider.min)
    assert_cleaned(slider.min, seed=1)


def test_each_noise_remembers_its_strength() -> None:
    app = slide(explore(view="noise"), "noise_gaussian", 0.3)
    pick(app, "noise_kind", "box")
    assert app.slider(key="noise_box").value == 8
    pick(app, "noise_kind", "gaussian")
    assert app.slider(key="noise_gaussian").value == 0.3


# A model of one's own


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> list[ae.Autoencoder]:
    """Two models with codes of five numbers, and three whose codes are dead, tiny and huge."""
    folder = tmp_path_factory.mktemp("own")
    plans_of = ((0, None, 1), (1, None, 1), (2, -1e6, 1), (3, None, 1e-3), (4, 9e7, 1))
    return [
        ae.weights.load_own(own_model(folder / f"{seed}.safetensors", seed, bias, scale))
        for seed, bias, scale in plans_of
    ]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """MNIST is at hand, or what a decoder draws of its codes; gives how often it was asked for."""
    digits = loaded("deep").decode(shipped().maps["deep"].codes)
    times: list[int] = []

    def first(n: int = 10) -> np.ndarray:
        times.append(n)
        return digits[:n]

    monkeypatch.setattr(ae.mnist, "first_test_digits", first)
    return times


def adopt(app: AppTest, model: ae.Autoencoder) -> AppTest:
    """As the Train page leaves it."""
    now = app.session_state["visit"]
    now.own = {plans.OWN: state.OwnModel(model, b"")}
    return look_at(run(app), plans.OWN)


def test_my_model_has_a_map_of_its_own_which_is_drawn_once(
    own: list[ae.Autoencoder], asked: list[int]
) -> None:
    app = draw(explore(view="map"), *SEVEN)
    digits, keys = ae.mnist.first_test_digits(5000), set()
    assert digits is not None
    asked.clear()
    for version, model in enumerate(own[:2], 1):
        adopt(go(app, "map"), model)
        mapped, code = ae.atlas.code_map(model.encode(digits)), model.encode(sees(*SEVEN)[None])
        assert not [node for node in app.get("button_group") if node.key == "map_by"]  # no UMAP
        assert star(app) == pytest.approx(mapped.project(code)[0].tolist(), rel=1e-3, abs=1e-5)
        assert says(app, translator("en").percent(spread(mapped)))
        keys.add(component(app, "map")["map"])
        go(app, "neighbours")
        nearest, _far = latent.neighbours(mapped.codes, code, 10)
        row = np.stack([tile.pixels for tile in gallery(app)["By the code"]])
        assert_pixels(row, model.decode(mapped.codes[nearest[0]]))
        choose(go(app, "morph", "morph_corners", "2"), "morph_B", "mean3")
        three = mapped.codes[shipped().digits == 3].mean(axis=0)
        assert_pixels(tracks(app)[0], model.decode(latent.interpolate(code[0], three, 41)))
        for screen in SCREENS:
            assert not go(app, *screen).info and not app.error
        # Beside the families, it is shown what is spoiled too.
        tiles = images(html(app, "cards"))
        assert len(tiles) == 2 + len(ae.FAMILIES) + 1
        corrupted = tiles[1].pixels.astype(np.float32)[None] / 255
        assert_pixels(tiles[-1].pixels, model.reconstruct(corrupted)[0])
        assert asked == [5000] * version
    assert len(keys) == 2


@every_language
@pytest.mark.parametrize("known", [True, False], ids=["measured", "not measured"])
def test_without_mnist_my_model_has_a_map_of_redrawn_digits(
    own: list[ae.Autoencoder], language: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ae.mnist, "first_test_digits", lambda n=10: None)
    text = translator(language)
    said = text.gettext(
        "MNIST is not at hand, so its digits are redrawn here from what the app has of them."
    )
    if known:
        measured = redrawn.measured_for(5)
        assert measured and measured.units in (2, 8)
        said += " " + text.gettext(
            "For nets of {n} numbers that moved a code by {far} of the usual distance, and left"
            " {kept} of the ten neighbours as they were.",
            n=measured.units,
            far=text.percent(measured.distance),
            kept=text.percent(measured.kept),
        )
    else:
        monkeypatch.setattr(redrawn, "measured", dict)
    app = adopt(draw(explore(view="map", lang=language), *SEVEN), own[0])
    codes = redrawn.codes(own[0], shipped(), facts.load().ladder.pca, loaded("deep"))
    mapped, code = ae.atlas.code_map(codes), own[0].encode(sees(*SEVEN)[None])
    assert star(app) == pytest.approx(mapped.project(code)[0].tolist(), rel=1e-3, abs=1e-5)
    for view in ("map", "neighbours"):
        captions = [caption.value for caption in go(app, view).caption]
        assert not app.info and any(caption.endswith(said) for caption in captions)
    assert not any(said in caption.value for caption in look_at(app, "vae").caption)


@every_language
def test_without_anything_of_mnist_my_model_has_no_map_and_the_rest_works(
    own: list[ae.Autoencoder], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ae.mnist, "first_test_digits", lambda n=10: None)
    monkeypatch.setattr(maps, "_of_redrawn", lambda *_: None)
    app = draw(explore(view="morph", lang=language), *SEVEN)
    choose(app, "morph_B", "mean3")  # which will not be there
    adopt(app, own[0])
    assert app.selectbox(key="morph_B").value == "4a"
    _ = translator(language).gettext
    for view, key, value in SCREENS:
        go(app, view, key, value)
        missing = view in ("map", "neighbours")
        sentence = _("There is no map of this model. The other models have one.")
        assert [info.value for info in app.info] == ([sentence] if missing else [])
        assert not app.error
    go(app, "arithmetic")
    average = _("Average {digit}", digit=0)
    assert average not in app.selectbox(key="sum_B").options
    chosen = [app.selectbox(key=f"sum_{letter}").value for letter in "ABC"]
    assert len(set(chosen)) == 3  # a sum of three different things
    for letter, value in (("A", "2a"), ("B", "3a"), ("C", "drawing")):
        choose(app, f"sum_{letter}", value)
    digits = strokes.sample_digit("2a"), strokes.sample_digit("3a"), sees(*SEVEN)
    a, b, c = (own[0].encode(digit[None]) for digit in digits)
    tiles = images(html(app, "sum"))
    assert_pixels(tiles[3].pixels, own[0].decode(a - b + c)[0])
    assert set(re.findall(r"<small>(.*?)</small>", html(app, "sum"))) <= {"&nbsp;", ""}  # no guess
    look_at(go(app, "map"), "vae")
    assert star(app) and not app.info
    assert go(app, "morph").selectbox(key="morph_B").value == "mean3"  # it was not forgotten


@pytest.mark.parametrize(
    ("which", "decimals"), [(2, 3), (3, 6), (4, 0)], ids=["dead", "tiny", "huge"]
)
def test_a_model_at_the_ends_can_be_explored(
    own: list[ae.Autoencoder], asked: list[int], which: int, decimals: int
) -> None:
    model = own[which]
    app = adopt(draw(explore(view="map"), *SEVEN), model)
    code = model.encode(sees(*SEVEN)[None])[0]
    app.session_state["visit"].edits.unit = unit = int(code.argmax())
    slider = run(app).slider[0]
    assert slider.step == pytest.approx(10.0**-decimals)
    assert slider.value == pytest.approx(code[unit], abs=slider.step)
    assert slider.max == pytest.approx(2 * model.statistics.code_axis[1], abs=slider.step)
    press(app, "×2")
    doubled = app.slider[0].value
    assert doubled == pytest.approx(2 * code[unit], abs=2 * slider.step)
    assert (doubled > 100 * slider.step) == (which != 2)
    assert star(app) == [0, 0] if which == 2 else np.isfinite(star(app)).all()
    for screen in SCREENS if which == 2 else SCREENS[::4]:
        assert not go(app, *screen).info and not app.error
        assert not re.search(r"\b(nan|inf|None)\b", " ".join(texts(app)), re.IGNORECASE)


def test_a_family_may_have_another_number_of_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody tries another net, and has not mapped it yet."""
    model = narrow_deep(monkeypatch)
    others = {name: mapped for name, mapped in shipped().maps.items() if name != "deep"}
    monkeypatch.setattr(models, "atlas", lambda: replace(shipped(), maps=others))
    app = draw(explore(model="deep"), *SEVEN)
    for view, key, value in SCREENS:
        go(app, view, key, value)
        assert len(app.info) == (view in ("map", "neighbours")) and not app.error
    ends = model.encode(np.stack([sees(*SEVEN), strokes.sample_digit("4a")]))
    go(app, "morph", "morph_corners", "2")
    assert_pixels(tracks(app)[0], model.decode(latent.interpolate(*ends, 41)))
    press(app, "Clear")
    for screen in SCREENS:
        assert not go(app, *screen).error


# What may be broken


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The server's weights, in a copy that a test may damage."""
    folder = tmp_path / "weights"
    shutil.copytree(ae.checked.FOLDER, folder)
    monkeypatch.setattr(ae.checked, "FOLDER", folder)
    cached = (models.load, models.facts, models.atlas, maps._packed_once)
    for function in cached:
        function.clear()
    yield folder
    for function in cached:
        function.clear()


@every_language
@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_without_the_atlas_there_is_one_sentence_and_the_path_is_in_the_log(
    copied: Path, fault: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = copied / ae.atlas.FILE
    if fault == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-100])
    app = explore(lang=language)
    _ = translator(language).gettext
    for view in VIEWS:
        caplog.clear()
        go(app, view)
        complaints = [error.value for error in app.error]
        assert complaints == [_("This cannot be shown: a file is missing or damaged.")]
        assert str(path) in caplog.text and "evaluate --atlas" in caplog.text
        assert str(copied) not in " ".join(texts(app))
    app.switch_page(DRAW)
    assert not run(app).error


@every_language
def test_a_damaged_model_is_one_sentence_and_the_others_work(
    copied: Path, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = copied / "vae.safetensors"
    path.write_bytes(b"damaged")
    _ = translator(language).gettext
    app = explore(lang=language, model="vae")
    one = _("This model cannot be used: its file is missing or damaged. The others work.")
    assert [error.value for error in app.error] == [one] and str(path) in caplog.text
    look_at(app, "deep")
    for screen in SCREENS:
        go(app, *screen)
        assert not app.error, screen
        assert str(copied) not in " ".join(texts(app))


def test_damaged_facts_are_missing_only_where_pictures_are_compared(copied: Path) -> None:
    (copied / ae.facts.FILE).write_bytes(b"damaged")
    app = explore()
    for screen in SCREENS:
        assert len(go(app, *screen).error) == (screen[0] == "neighbours" or screen[-1] == "draw")


@every_language
def test_a_model_that_was_trained_again_has_no_map_until_it_is_measured(
    copied: Path, language: str
) -> None:
    for name in ("sparse", "vae", "denoising"):
        tensors, header = ae.checked.read(copied / f"{name}.safetensors", copied)
        ae.checked.save(copied / f"{name}.safetensors", tensors, {**header, "seed": 1})
    text = translator(language)
    _ = text.gettext
    app = explore(model="sparse", lang=language)
    for view, key, value in SCREENS:
        go(app, view, key, value)
        sentences = []
        if view in ("map", "neighbours"):
            sentences = [_("There is no map of this model. The other models have one.")]
        if value == "cost":
            sentences = [_("Nothing has been measured for this model.")]
        assert [info.value for info in app.info] == sentences and not app.error
    measured = text.number(shipped().maps["denoising"].corrupted["box"], 4)
    assert not says(app, measured)
    look_at(go(app, "neighbours"), "deep")
    titles = re.findall(r"<dt>(.*?)</dt>", html(app, "shares"))
    assert len(titles) == len(ae.FAMILIES) + 1 - 3
    assert models.title("vae2", text) in titles and models.title("vae", text) not in titles
    assert star(go(app, "map"))


# Two visitors


def test_what_one_visitor_keeps_and_rolls_another_does_not_see() -> None:
    one, other = explore(view="morph"), explore(view="morph")
    press(one, "Put my drawing aside")
    press(go(one, "new", "new_part", "draw"), "Roll again")
    assert not [name for name in run(other).selectbox(key="morph_A").options if "aside" in name]
    go(one, "morph")
    assert "Put aside 1: looks like 7" in one.selectbox(key="morph_A").options
    sheets = [html(go(app, "new", "new_part", "draw"), "invented") for app in (one, other)]
    assert sheets[0] != sheets[1]
