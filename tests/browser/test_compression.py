"""ui.components.compression in Chromium, in an app of its own (compression_app.py)."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

import ae
from ae import compression, evaluation
from ae.compression import Squeezed, measured, pictures
from tests.conftest import serve_alone, watched_page
from ui import models
from ui.components.compression import FORMATS, MODELS
from ui.pictures import grey
from ui.strokes import sample_digit
from ui.text import Text, translator

NAME = "7b"
DIGIT = sample_digit(NAME)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TABLE = measured.load()

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("compression", tmp_path_factory.mktemp("compression"), themed=True) as url:
        yield url


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    options = {"viewport": {"width": 1100, "height": 900}} | getattr(request, "param", {})
    with watched_page(browser, **options) as page:
        yield page


@pytest.fixture(scope="module")
def squeezed() -> dict[str, list[Squeezed]]:
    """What becomes of the digit, by model, at 1 to 8 bits."""
    known = {name: ae.load(name) for name in MODELS}
    return {
        name: [
            compression.squeeze(model, compression.prior_of(model), DIGIT, bits)
            for bits in range(1, compression.MAX_BITS + 1)
        ]
        for name, model in known.items()
    }


@pytest.fixture(scope="module")
def files() -> dict[str, list[tuple[int, float, np.ndarray]]]:
    """Bytes, error and picture of the digit's files, by format; lossless WebP is WebP's last."""
    every = sorted(pictures.encodings(DIGIT), key=lambda file: file.quality is None)
    return {
        name: [
            (file.bytes, float(evaluation.mse(DIGIT[None], file.pictures)[0]), file.pictures[0])
            for file in every
            if file.format.partition(",")[0] == name
        ]
        for name in FORMATS
    }


class Figure:
    """The figure, and what can be done to it."""

    def __init__(self, page: Page, app: str, query: str = f"digit={NAME}") -> None:
        self.page = page
        page.goto(f"{app}/?{query}")
        self.host, self.chart = page.locator(".compression"), page.locator(".chart")
        self.says, self.tip = page.locator(".says"), page.locator(".tip")
        self.step = page.locator(".step input")
        expect(self.host).to_have_attribute("data-all", "true", timeout=30_000)

    def has(self, way: str, step: int) -> None:
        expect(self.host).to_have_attribute("data-way", way)
        expect(self.host).to_have_attribute("data-step", str(step))

    def cell(self, way: str) -> Locator:
        return self.page.locator(f".cells button[name='{way}']")

    def press(self, *keys: str) -> None:
        self.chart.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def middle(self, mark: Locator) -> tuple[float, float]:
        box = mark.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def marks(self, kind: str = ".chosen:not(.alone)") -> Locator:
        """The chosen way's points in the chart."""
        return self.chart.locator(f"g{kind} .point")

    def across(self, bytes: float) -> float:
        """Where so many bytes are, by the axis's own words."""
        ticks = self.chart.locator("text.tick", has_text=re.compile("^(1|10|100)$"))
        places = [self.middle(ticks.nth(i))[0] for i in range(3)]
        assert np.diff(places, 2) == pytest.approx(0, abs=1.5)
        return float(np.interp(np.log10(bytes), [0, 2], [places[0], places[2]]))


def pixels(canvas: Locator) -> np.ndarray:
    """What is on a canvas of 28 by 28: (28, 28) uint8."""
    address = canvas.evaluate("canvas => canvas.toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image.convert("L"))


def size(value: float, text: Text) -> str:
    whole = float(value).is_integer() or value >= 100
    return f"{text.number(value, 0 if whole else 1)} byte{'' if value == 1 else 's'}"


def nearest_in_size(sizes: list[int], there: int) -> int:
    return int(np.abs(np.log1p(sizes) - np.log1p(there)).argmin())


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_slider_gives_the_bytes_that_the_library_writes(
    page: Page,
    app: str,
    language: str,
    squeezed: dict[str, list[Squeezed]],
    files: dict[str, list[tuple[int, float, np.ndarray]]],
) -> None:
    text = translator(language)
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    figure = Figure(page, app, f"digit={NAME}&lang={language}")
    figure.has("deep", 4)
    assert (pixels(page.locator("figure.drawn canvas")) == grey(DIGIT)).all()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    asked = len(sent)
    assert asked > 1
    for step, each in enumerate(squeezed["deep"]):
        figure.step.fill(str(step))
        figure.has("deep", step)
        expect(figure.host).to_have_attribute("data-bytes", str(len(each.payload)))
        assert float(figure.host.get_attribute("data-error") or "nan") == pytest.approx(each.mse)
        title, there = models.title("deep", text), size(len(each.payload), text)
        own = text.gettext("{way}: your digit in {bytes}.", way=title, bytes=there)
        beside = min(file[0] for file in files["WebP"] if file[1] <= each.mse)
        webp = text.gettext("{beside}: {size}.", beside="WebP", size=size(beside, text))
        expect(figure.says.locator("b")).to_have_text(f"{own} {webp}")
        expect(figure.says).to_contain_text(size(each.file, text))
        assert (pixels(page.locator("figure.chosen canvas")) == grey(each.picture)).all()
        expect(page.locator("figure.chosen")).to_contain_text(text.number(each.mse, 4))
        expect(page.locator("figure.beside")).to_contain_text(size(beside, text))
    assert len(sent) == asked  # nothing was asked of the server


def test_all_others_at_about_the_same_size(
    page: Page,
    app: str,
    squeezed: dict[str, list[Squeezed]],
    files: dict[str, list[tuple[int, float, np.ndarray]]],
) -> None:
    text = translator("en")
    figure = Figure(page, app)
    results = {
        name: [(len(each.payload), each.mse, each.picture) for each in tried]
        for name, tried in squeezed.items()
    } | files
    for way, step in (("deep", 4), ("deep", 1), ("vae", 7), ("WebP", 3)):
        figure.page.get_by_label("Model or format").select_option(way)
        figure.step.fill(str(step))
        figure.has(way, step)
        for name, tried in results.items():
            near = nearest_in_size([each[0] for each in tried], results[way][step][0])
            bytes, error, picture = tried[step if name == way else near]
            cell = figure.cell(name)
            expect(cell.locator("span")).to_have_text(size(bytes, text))
            expect(cell.locator("small")).to_have_text(text.number(error, 4))
            expect(cell).to_have_attribute("aria-pressed", str(name == way).lower())
            assert (pixels(cell.locator("canvas")) == grey(picture)).all(), (way, name)
    figure.cell("pca").click()
    near = nearest_in_size([each[0] for each in results["pca"]], results["WebP"][3][0])
    figure.has("pca", near)


def test_a_format_is_compared_with_the_smallest_code_that_is_no_worse(
    page: Page,
    app: str,
    squeezed: dict[str, list[Squeezed]],
    files: dict[str, list[tuple[int, float, np.ndarray]]],
) -> None:
    text = translator("en")
    figure = Figure(page, app)
    page.get_by_label("Model or format").select_option("JPEG")
    figure.step.fill("2")
    figure.has("JPEG", 2)
    expect(page.locator(".step span")).to_have_text("Quality: 10")
    bytes, error, _ = files["JPEG"][2]
    least, name = min(
        (len(each.payload), name)
        for name, tried in squeezed.items()
        for each in tried
        if each.mse <= error
    )
    expect(figure.says.locator("b")).to_have_text(
        f"JPEG: your digit in {bytes} bytes. {models.title(name, text)}: {size(least, text)}."
    )
    expect(page.get_by_label("The decoder travels too")).to_be_disabled()
    expect(page.locator(".cost p")).to_contain_text("No decoder has to travel")

    page.get_by_label("Model or format").select_option("PNG")
    expect(figure.step).to_be_disabled()
    expect(figure.says).to_have_text(
        f"PNG: your digit in {files['PNG'][0][0]} bytes. No model comes as near to it."
    )
    expect(page.locator(".step span")).to_have_text("Lossless")


def test_a_point_tells_what_it_is_and_is_chosen(
    page: Page, app: str, squeezed: dict[str, list[Squeezed]]
) -> None:
    figure = Figure(page, app)
    rungs = TABLE.ladder("deep")
    expect(figure.marks()).to_have_count(len(rungs))
    for step in range(2, 8):  # the first two have less than a byte, or nearly
        left, _ = figure.middle(figure.marks().nth(step))
        assert left == pytest.approx(figure.across(rungs[step].bytes), abs=2)
    heights = [figure.middle(figure.marks().nth(step))[1] for step in range(8)]
    logs = -np.log([rung.mse for rung in rungs])
    assert np.corrcoef(heights, logs)[0, 1] > 0.9999

    page.mouse.move(*figure.middle(figure.marks().nth(6)))
    expect(figure.tip).to_be_visible()
    expect(figure.tip).to_contain_text("Deep, 7 bits")
    expect(figure.tip).to_contain_text(
        f"{rungs[6].bytes:.1f} bytes per digit, squared error {rungs[6].mse:.4f}"
    )
    own = squeezed["deep"][6]
    expect(figure.tip).to_contain_text(f"Yours: {len(own.payload)} bytes, {own.mse:.4f}")
    figure.has("deep", 4)
    page.mouse.down()
    page.mouse.up()
    figure.has("deep", 6)
    expect(figure.step).to_have_value("6")
    assert figure.middle(figure.chart.locator(".ring")) == pytest.approx(
        figure.middle(figure.marks().nth(6)), abs=1.5
    )
    star = figure.middle(figure.chart.locator("path.yours"))
    assert star[0] == pytest.approx(figure.across(len(own.payload)), abs=2)

    page.mouse.move(*figure.middle(figure.marks(".chosen.alone").nth(2)))
    expect(figure.tip).to_contain_text("Deep, 3 bits")
    expect(figure.tip).to_contain_text(f"{rungs[2].alone:.1f} bytes per digit")
    expect(figure.tip).to_contain_text("each in its own file")
    page.locator(".says").hover()
    expect(figure.tip).to_be_hidden()


def test_by_keyboard(page: Page, app: str, squeezed: dict[str, list[Squeezed]]) -> None:
    figure = Figure(page, app)
    sizes = {name: [len(each.payload) for each in tried] for name, tried in squeezed.items()}
    chart = page.get_by_role("application", name="Bytes per digit against squared error")
    expect(chart).to_have_attribute("aria-description", re.compile("arrow keys"))
    figure.step.focus()
    page.keyboard.press("ArrowRight")
    figure.has("deep", 5)
    expect(figure.step).to_have_attribute("aria-valuetext", "Deep, 6 bits")

    figure.press("ArrowLeft", "ArrowLeft")
    assert chart.evaluate("chart => getComputedStyle(chart).outlineStyle") == "solid"
    figure.has("deep", 3)
    expect(figure.tip).to_contain_text("Deep, 4 bits")
    figure.press("ArrowDown")
    figure.has("shallow", nearest_in_size(sizes["shallow"], sizes["deep"][3]))
    figure.press("ArrowUp", "ArrowUp")  # the first
    expect(figure.host).to_have_attribute("data-way", "deep")
    figure.press("End", "ArrowRight")
    figure.has("deep", 7)
    figure.press("Home", "ArrowLeft")
    figure.has("deep", 0)
    expect(figure.tip).to_be_visible()
    figure.press("Escape")
    expect(figure.tip).to_be_hidden()
    figure.press(*["ArrowDown"] * 9)
    expect(figure.host).to_have_attribute("data-way", "PNG")

    figure.cell("vae").focus()
    page.keyboard.press("Enter")
    expect(figure.host).to_have_attribute("data-way", "vae")


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_decoder_travels_too(page: Page, app: str, language: str) -> None:
    text = translator(language)
    _ = text.gettext
    figure = Figure(page, app, f"digit={NAME}&lang={language}")
    rung, decoder = TABLE.ladder("deep")[4], TABLE.decoders["deep"]
    pays = _("The decoder pays off from {n} digits on.", n=text.number(TABLE.pays_off(rung) or 0))
    words = page.locator(".cost p")
    expect(words).to_contain_text(pays)
    expect(words).to_contain_text(f"{text.number((10_000 * rung.bytes + decoder) / 1000)} KB")
    ring = figure.chart.locator(".ring")
    alone = figure.middle(ring)[0]
    assert alone == pytest.approx(figure.across(rung.bytes), abs=2)

    page.get_by_label(_("The decoder travels too")).check()
    page.wait_for_function("async () => { await new Promise(requestAnimationFrame); return true; }")
    expect(figure.chart).to_contain_text(_("bytes per digit, decoder included"))
    assert figure.middle(ring)[0] == pytest.approx(
        figure.across(rung.bytes + decoder / 10_000), abs=2
    )
    slider = page.locator(".digits input")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", text.number(100_000))
    expect(words).to_contain_text(f"{text.number((1e5 * rung.bytes + decoder) / 1e6, 1)} MB")
    expect(words).to_contain_text(pays)
    assert figure.middle(ring)[0] == pytest.approx(
        figure.across(rung.bytes + decoder / 100_000), abs=2
    )
    page.keyboard.press("Home")  # one digit: beyond the edge
    expect(slider).to_have_attribute("aria-valuetext", "1")
    box = figure.chart.bounding_box()
    assert box and figure.middle(ring)[0] > box["x"] + box["width"] - 20


@pytest.mark.parametrize("language", ["en", "pt"])
def test_nothing_is_drawn(page: Page, app: str, language: str) -> None:
    text = translator(language)
    figure = Figure(page, app, f"lang={language}&model=vae&bits=4")
    figure.has("vae", 3)
    rung = TABLE.ladder("vae")[3]
    title = models.title("vae", text)
    there = text.gettext("{way}: a digit in {bytes}.", way=title, bytes=size(rung.bytes, text))
    sheet = min((p for p in TABLE.pictures if p.mse <= rung.mse), key=lambda p: p.bytes)
    beside = text.gettext(
        "{beside} sheets: {size}.", beside=sheet.format, size=size(sheet.bytes, text)
    )
    expect(figure.says.locator("b")).to_have_text(f"{there} {beside}")
    expect(page.locator("figure.drawn .word")).to_have_text(text.gettext("Draw a digit first"))
    for canvas in page.locator("figure canvas, .cells canvas").all():
        expect(canvas).to_be_hidden()
    expect(figure.marks()).to_have_count(8)
    expect(figure.chart.locator(".yours")).to_have_count(0)
    expect(figure.cell("vae").locator("small")).to_have_text(text.number(rung.mse, 4))


def test_without_a_range_coder_the_chart_stands_alone(page: Page, app: str) -> None:
    page.goto(f"{app}/?digit={NAME}&coder=no")
    says = page.locator(".says")
    expect(says).to_contain_text("What writes the bytes is not installed here")
    expect(says).to_contain_text(f"Deep: a digit in {TABLE.ladder('deep')[4].bytes:.1f} bytes.")
    box = page.locator(".compression").bounding_box()
    assert box and box["height"] <= 560
    expect(page.locator("figure.drawn")).to_be_hidden()
    expect(page.locator(".cells")).to_be_hidden()
    expect(page.locator(".chart g.chosen:not(.alone) .point")).to_have_count(8)
    page.locator(".step input").fill("7")
    expect(says).to_contain_text(f"Deep: a digit in {TABLE.ladder('deep')[7].bytes:.1f} bytes.")


def test_what_was_chosen_survives_a_run_and_another_digit(page: Page, app: str) -> None:
    figure = Figure(page, app)
    page.get_by_label("Model or format").select_option("sparse")
    figure.step.fill("2")
    figure.has("sparse", 2)
    page.get_by_role("button", name="Next").click()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    figure.has("sparse", 2)

    page.get_by_role("combobox", name="Sample").fill("3a")
    page.keyboard.press("Enter")
    digit, model = sample_digit("3a"), ae.load("sparse")
    each = compression.squeeze(model, compression.prior_of(model), digit, 3)
    expect(page.locator("figure.chosen")).to_contain_text(f"error {each.mse:.4f}")
    expect(figure.host).to_have_attribute("data-bytes", str(len(each.payload)))
    expect(figure.host).to_have_attribute("data-all", "true")
    figure.has("sparse", 2)
    assert (pixels(page.locator("figure.chosen canvas")) == grey(each.picture)).all()
    assert (pixels(page.locator("figure.drawn canvas")) == grey(digit)).all()


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("width", [620, 760, 900])
def test_it_has_room_beside_a_text(page: Page, app: str, width: int, language: str) -> None:
    figure = Figure(page, app, f"digit={NAME}&lang={language}&width={width}")
    box = figure.host.bounding_box()
    assert box and box["width"] == width and box["height"] <= 560
    fits = "host => [...host.querySelectorAll('*')].every(e => e.scrollWidth <= e.clientWidth + 1 \
      || getComputedStyle(e).display === 'inline')"
    assert figure.host.evaluate(fits)


@pytest.mark.parametrize("page", [PHONE], indirect=True)
@pytest.mark.parametrize("language", ["en", "pt"])
def test_on_a_phone(page: Page, app: str, language: str) -> None:
    figure = Figure(page, app, f"digit={NAME}&lang={language}&width=390")
    box = figure.host.bounding_box()
    assert box and box["width"] == 358 and box["height"] <= 900
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    figure.marks().nth(6).scroll_into_view_if_needed()
    page.touchscreen.tap(*figure.middle(figure.marks().nth(6)))
    figure.has("deep", 6)
    expect(figure.tip).to_contain_text(models.title("deep", translator(language)))
    inside = figure.tip.bounding_box()
    assert inside and inside["x"] >= 0 and inside["x"] + inside["width"] <= 390
    figure.cell("JPEG").tap()
    expect(figure.host).to_have_attribute("data-way", "JPEG")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", [f"digit={NAME}", "lang=pt"])
def test_axe_finds_nothing(page: Page, app: str, query: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    figure = Figure(page, app, query)
    figure.press("ArrowLeft")
    expect(figure.tip).to_be_visible()
    page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate("axe.run('[data-testid=stBidiComponentIsolated]')")
    assert [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]] == []
