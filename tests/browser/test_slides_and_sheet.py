"""ui.components.slides and sheet in Chromium, in an app of their own (pictures_app.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import serve_alone, watched_page

ROOT = Path(__file__).parents[2]
COUNT, SIDE = 41, 15  # as in pictures_app.py
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("pictures", tmp_path_factory.mktemp("pictures")) as url:
        yield url


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    options = {"viewport": {"width": 1100, "height": 800}} | getattr(request, "param", {})
    with watched_page(browser, **options) as page:
        yield page


def opened(page: Page, app: str, name: str) -> Locator:
    page.goto(f"{app}/{'' if name == 'slides' else name}")
    root = page.locator(f".{name}")
    expect(root).to_have_attribute("data-revision", "0", timeout=15_000)
    return root


def next_drawing(page: Page, root: Locator, revision: int) -> None:
    page.get_by_role("button", name="Next").dispatch_event("click")
    expect(root).to_have_attribute("data-revision", str(revision))


def style(element: Locator, name: str) -> str:
    return element.evaluate(f"element => getComputedStyle(element).{name}")


def moment(slides: Locator) -> int:
    return int(slides.get_attribute("data-at") or -1)


def expect_moment(slides: Locator, at: int) -> None:
    """Both large pictures, the film strips and the screen reader are at the same moment."""
    expect(slides).to_have_attribute("data-at", str(at))
    for view in slides.locator("figure i").all():
        assert float(style(view, "backgroundPositionX").rstrip("%")) == pytest.approx(
            100 * at / (COUNT - 1)
        )
    words = f"{int(100 * at / (COUNT - 1) + 0.5)}% of the way from A to B"
    expect(slides.locator("p")).to_have_text(words)
    expect(slides.get_by_role("slider", name="From A to B")).to_have_attribute(
        "aria-valuetext", words
    )
    current = "parts => parts.map(part => part.getAttribute('aria-current')).indexOf('true')"
    for strip in slides.locator(".strip").all():
        assert strip.locator("button").evaluate_all(current) == (at + 2) // 4


def test_slider_and_strip(page: Page, app: str) -> None:
    slides = opened(page, app, "slides")
    expect(slides.locator("figure")).to_have_text(["Through the code", "Cross-fade"])
    expect_moment(slides, 0)

    slider = slides.get_by_role("slider")
    slider.fill("13")
    expect_moment(slides, 13)
    slider.press("ArrowRight")
    expect_moment(slides, 14)
    slider.press("End")
    expect_moment(slides, COUNT - 1)

    strip = slides.get_by_role("group", name="Cross-fade").get_by_role("button")
    expect(strip).to_have_count(11)
    strip.nth(3).click()
    expect_moment(slides, 12)


def test_moment_stays_when_the_drawing_changes(page: Page, app: str) -> None:
    slides = opened(page, app, "slides")
    slides.get_by_role("slider").fill("16")
    view = slides.locator("figure i").first
    before = style(view, "backgroundImage")
    # What a visitor could see: in no frame may the picture be missing or of another moment.
    view.evaluate(
        """view => {
          window.seen = new Set();
          const look = () => {
            const {backgroundImage, backgroundPositionX} = getComputedStyle(view);
            window.seen.add(backgroundImage.slice(0, 15) + backgroundPositionX + view.isConnected);
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    for revision in (1, 2):
        next_drawing(page, slides, revision)
        expect_moment(slides, 16)
    assert style(view, "backgroundImage") != before
    assert page.evaluate("[...window.seen]") == ['url("data:image40%true']


def test_play_goes_on_with_other_pictures_until_paused(page: Page, app: str) -> None:
    slides = opened(page, app, "slides")
    slides.get_by_role("slider").fill("36")
    slides.get_by_role("button", name="Play").click()
    # To B and, without a stop, back.
    for wanted in ("=== 40", "< 37"):
        page.wait_for_function(
            "slides => Number(slides.dataset.at) " + wanted, arg=slides.element_handle()
        )
    next_drawing(page, slides, 1)
    slides.get_by_role("button", name="Pause").click()
    expect(slides.get_by_role("button", name="Play")).to_be_visible()
    paused = moment(slides)
    assert 0 < paused < 37
    frames = (
        "n => new Promise(done => { const f = () => n-- ? requestAnimationFrame(f) : done(); f() })"
    )
    page.evaluate(frames, 10)
    expect_moment(slides, paused)

    slides.get_by_role("button", name="Play").click()
    slides.get_by_role("slider").fill("20")  # whoever takes the slider stops the film
    expect(slides.get_by_role("button", name="Play")).to_be_visible()
    page.evaluate(frames, 10)
    expect_moment(slides, 20)


def middle(sheet: Locator, row: int, column: int) -> tuple[float, float]:
    """A point of the screen."""
    box = sheet.get_by_role("slider").bounding_box()
    assert box
    assert box["width"] == pytest.approx(box["height"])  # square cells
    size = box["width"] / SIDE
    return box["x"] + size * (column + 0.5), box["y"] + size * (row + 0.5)


def expect_place(sheet: Locator, row: int, column: int, words: str | None = None) -> None:
    """The mark, the large picture and the screen reader are at the same place."""
    words = words or f"Row {row + 1}, column {column + 1}"
    grid = sheet.get_by_role("slider", name="Between four digits")
    expect(grid).to_have_attribute("aria-valuetext", words)
    expect(sheet.locator("p")).to_have_text(words)
    expect(sheet).to_have_attribute("data-row", str(row))
    expect(sheet).to_have_attribute("data-column", str(column))
    large = style(sheet.locator(".large"), "backgroundPosition").replace("%", "").split()
    assert [float(share) for share in large] == pytest.approx(
        [100 * column / (SIDE - 1), 100 * row / (SIDE - 1)], abs=0.01
    )
    # In one look, because the page may be scrolling.
    mark = sheet.locator(".mark").evaluate(
        """mark => {
          const [inner, outer] = [mark, mark.parentElement].map(e => e.getBoundingClientRect());
          return [(inner.y - outer.y) / inner.height, (inner.x - outer.x) / inner.width];
        }"""
    )
    assert mark == pytest.approx([row, column], abs=0.05)


def test_mouse_and_keyboard_on_the_sheet(page: Page, app: str) -> None:
    sheet = opened(page, app, "sheet")
    assert sheet.locator(".names span").all_inner_texts() == ["A", "B", "C", "D"]
    expect_place(sheet, 7, 7)
    page.mouse.move(*middle(sheet, 3, 11))
    expect_place(sheet, 3, 11)

    grid = sheet.get_by_role("slider")
    for key, row, column in [
        ("ArrowDown", 4, 11),
        ("ArrowLeft", 4, 10),
        ("End", 4, 14),
        ("ArrowRight", 4, 14),
        ("PageUp", 0, 14),
        ("ArrowUp", 0, 14),
        ("Home", 0, 0),
        ("PageDown", 14, 0),
        ("ArrowUp", 13, 0),
    ]:
        grid.press(key)
        expect_place(sheet, row, column)


def test_place_stays_when_the_pictures_change(page: Page, app: str) -> None:
    sheet = opened(page, app, "sheet")
    page.mouse.move(*middle(sheet, 0, 14))
    large = sheet.locator(".large")
    before = style(large, "backgroundImage")
    next_drawing(page, sheet, 1)
    expect_place(sheet, 0, 14)
    assert style(large, "backgroundImage") != before

    page.get_by_text("Numbers").click()
    expect_place(sheet, 0, 14, "z1 = +3.0, z2 = -3.0")
    expect(sheet.locator(".names").first).to_be_hidden()  # it takes no room


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_finger_on_the_sheet(page: Page, app: str) -> None:
    sheet = opened(page, app, "sheet")
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    devtools = page.context.new_cdp_session(page)

    def touch(event: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        devtools.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": at})

    touch("touchStart", middle(sheet, 12, 2))
    expect_place(sheet, 12, 2)
    for row in range(11, 1, -1):
        touch("touchMove", middle(sheet, row, 14 - row))
    expect_place(sheet, 2, 12)
    # The hand is below the finger, and the picture above it.
    large, grid = sheet.locator(".large").bounding_box(), sheet.locator(".grid").bounding_box()
    assert large and grid
    assert 0 < large["y"] < large["y"] + large["height"] < grid["y"]
    touch("touchEnd")
    assert page.evaluate(scrolled) == 0

    # Beside the grid there is room for a finger that scrolls.
    assert grid["x"] > 40
    y = grid["y"] + 200
    touch("touchStart", (20, y))
    for step in range(1, 11):
        touch("touchMove", (20, y - 20 * step))
    touch("touchEnd")
    page.wait_for_function(f"{scrolled} > 80")
    expect_place(sheet, 2, 12)
