"""ui.components.bars in Chromium, in an app of its own (bars_app.py) below a base path.

The base path stands for every prefix that a proxy may put before the app.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect

from tests.conftest import serve_alone

ROOT = Path(__file__).parents[2]
BASE = "demo/app"
MARGIN_LEFT, MARGIN_RIGHT, UNITS = 36, 8, 32  # as in bars_app.py
ZERO = 5
MINUS = 7

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("bars", tmp_path_factory.mktemp("bars"), base=BASE) as url:
        yield url


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that must not say anything bad on the console."""
    options = {"viewport": {"width": 1100, "height": 600}} | getattr(request, "param", {})
    page = browser.new_page(**options)
    complaints: list[str] = []

    def heard(line: ConsoleMessage) -> None:
        # At a deep link Streamlit itself looks for its server at /page/_stcore first: a 404.
        if line.type in ("error", "warning") and "/_stcore/" not in line.location["url"]:
            complaints.append(line.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    page.context.close()
    assert complaints == []


def opened(page: Page, app: str, path: str = "") -> Locator:
    page.goto(f"{app}/{path}")
    chart = page.locator(".code-bars").first
    expect(chart).to_have_attribute("data-revision", of_step(0))
    return chart


def of_step(step: int) -> re.Pattern[str]:
    """A revision of bars_app.py: the step, and when the server made it."""
    return re.compile(rf"^{step}/")


def column(chart: Locator, unit: int, y: float = 20) -> tuple[float, float]:
    """A point of the screen in a unit's column, near the top of the chart: above every bar."""
    box = chart.bounding_box()
    assert box
    width = box["width"] - MARGIN_LEFT - MARGIN_RIGHT
    return box["x"] + MARGIN_LEFT + width * (unit + 0.5) / UNITS, box["y"] + y


def next_drawing(page: Page) -> None:
    """Ask for it when the script rests: a click while it runs may meet a button that goes."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(
        state="attached"
    )
    page.get_by_role("button", name="Next").dispatch_event("click")


def expect_selected(page: Page, chart: Locator, unit: int | None) -> None:
    """Python, the screen reader and the eye are told the same."""
    expect(page.get_by_test_id("stText").first).to_contain_text(f"selected {unit}")
    expect(chart).to_have_attribute("aria-valuenow", "0" if unit is None else str(unit + 1))
    expect(chart.locator(".shapelayer path")).to_have_count(0 if unit is None else 2)


PROBE = """() => {
  const seen = window.seen = {frames: 0, blank: 0, remounts: 0, jumps: 0};
  const bars = (plot) => {
    const traces = [...plot?.querySelectorAll(".trace.bars") ?? []];
    return traces.at(-1)?.querySelectorAll(".point").length;
  };
  const place = (plot) => JSON.stringify(plot?.getBoundingClientRect());
  const first = document.querySelector(".js-plotly-plot");
  const box = place(first);
  const look = () => {
    const plot = document.querySelector(".js-plotly-plot");
    seen.frames += 1;
    seen.blank += bars(plot) !== 32;
    seen.remounts += plot !== first;
    seen.jumps += place(plot) !== box;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_no_frame_is_blank_while_the_data_change(page: Page, app: str) -> None:
    """And the same probe catches st.plotly_chart, so that this test can fail."""
    chart = opened(page, app)
    bars = chart.locator(".trace.bars").last.locator("path")
    heights = "bars => bars.map(bar => bar.getAttribute('d'))"
    page.evaluate(PROBE)
    for step in range(1, 16):
        before = bars.evaluate_all(heights)
        next_drawing(page)
        expect(chart).to_have_attribute("data-revision", of_step(step))
        assert bars.evaluate_all(heights) != before
    ours = page.evaluate("window.seen")
    assert ours["frames"] > 30
    assert (ours["blank"], ours["remounts"], ours["jumps"]) == (0, 0, 0)

    # When Plotly draws, and whether it draws every step, is Streamlit's affair: the text says that
    # a step has come, and what counts is what the probe has seen by then.
    page.get_by_role("link", name="Native").click()
    expect(page.get_by_test_id("stText").first).to_have_text("step 15")
    page.wait_for_function(
        "document.querySelectorAll('.js-plotly-plot .bars .point').length === 64"
    )
    page.evaluate(PROBE)
    caught = "window.seen.remounts > 0 && window.seen.blank + window.seen.jumps > 0"
    for step in range(16, 36):
        next_drawing(page)
        expect(page.get_by_test_id("stText").first).to_have_text(f"step {step}")
        if step >= 20 and page.evaluate(caught):
            break
    page.wait_for_function(caught)


def test_selection_by_mouse_keyboard_and_python(page: Page, app: str) -> None:
    chart = opened(page, app)
    expect_selected(page, chart, None)

    page.mouse.click(*column(chart, 11))
    expect_selected(page, chart, 11)
    page.mouse.click(*column(chart, ZERO))  # nothing to hit there but the column
    expect_selected(page, chart, ZERO)
    expect(chart).to_have_attribute("aria-valuetext", "Unidade 6: 0,00")
    page.mouse.click(*column(chart, MINUS))
    expect(chart).to_have_attribute("aria-valuetext", "Unidade 8: −1,26")
    page.mouse.click(*column(chart, ZERO))
    page.mouse.click(*column(chart, ZERO, y=210))  # again, and on the axis below: deselects
    expect_selected(page, chart, None)

    page.keyboard.press("Home")  # the click has given it the focus
    expect_selected(page, chart, 0)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect_selected(page, chart, 3)
    page.keyboard.press("ArrowLeft")
    expect_selected(page, chart, 2)
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect_selected(page, chart, 31)
    assert chart.evaluate("host => getComputedStyle(host).outlineWidth") == "2px"

    page.get_by_role("button", name="Five").click()  # another widget selects
    expect_selected(page, chart, 4)
    page.get_by_role("button", name="Next").click()  # the old choice does not come back
    expect(chart).to_have_attribute("data-revision", of_step(1))
    expect_selected(page, chart, 4)
    chart.focus()
    page.keyboard.press("Escape")
    expect_selected(page, chart, None)

    expect(page.get_by_role("slider", name="The code of the drawing")).to_have_count(1)


def test_visitor_is_not_overruled_by_an_older_answer(page: Page, app: str) -> None:
    chart = opened(page, app)
    # At once: the mark is there before the click's own event has ended.
    x, y = column(chart, 7)
    mark = """([x, y]) => {
      const host = document.querySelector(".code-bars");
      host.dispatchEvent(new MouseEvent("click", {clientX: x, clientY: y, bubbles: true}));
      return [host.getAttribute("aria-valuenow"), host.querySelectorAll(".shapelayer path").length];
    }"""
    assert page.evaluate(mark, [x, y]) == ["8", 2]
    expect_selected(page, chart, 7)

    page.get_by_role("button", name="Slow").click()  # the same with a real run under way
    page.wait_for_timeout(200)
    page.mouse.click(*column(chart, 9))
    expect(chart).to_have_attribute("data-revision", of_step(1))
    expect_selected(page, chart, 9)

    answer = """async ([seen, selected]) => {
      const host = document.querySelector(".code-bars");
      const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
      const chart = await import(loaded.find((name) => name.includes("charts.js")));
      const figure = [[{type: "bar", y: Array(32).fill(1)}], {yaxis: {range: [0, 2]}}];
      const text = {label: "", unit_text: "", no_unit_text: ""};
      const data = {figure, seen, selected, code: 0, revision: "by hand", ...text};
      const cleanUp = chart.default({parentElement: host.parentElement, data, setStateValue() {}});
      cleanUp();  // as Streamlit does with an update that a newer one has overtaken
      return host.getAttribute("aria-valuenow");
    }"""
    assert (
        page.evaluate(answer, [1, None]) == "10"
    )  # made before the server knew of the second click
    assert page.evaluate(answer, [2, 2]) == "3"  # made after it
    expect(chart.locator(".point")).to_have_count(UNITS)


def test_what_changes_before_the_script_has_come_comes_in_order(page: Page, app: str) -> None:
    held: list[Route] = []
    page.route("**/charts.js?*", lambda route: held.append(route))
    page.goto(app)
    for step in (1, 2, 3):
        next_drawing(page)
        expect(page.get_by_test_id("stText").first).to_contain_text(f"step {step}")
    chart = page.locator(".code-bars").first
    assert chart.inner_html() == ""  # a skeleton, of its full size
    assert chart.bounding_box()["height"] == 220
    (route,) = held
    route.continue_()
    expect(chart).to_have_attribute("data-revision", of_step(3))
    page.wait_for_timeout(300)
    expect(chart).to_have_attribute("data-revision", of_step(3))
    page.mouse.click(*column(chart, 11))
    expect_selected(page, chart, 11)


def test_a_script_that_did_not_come_is_asked_for_again(browser: Browser, app: str) -> None:
    page = browser.new_page()
    page.route("**/charts.js?*", lambda route: route.abort(), times=1)
    page.goto(app)
    expect(page.get_by_text("did not load. Is server.enableStaticServing on?")).to_be_visible()
    page.get_by_role("link", name="Hidden").click()
    expect(page.locator(".st-key-one .code-bars")).to_have_attribute("data-revision", of_step(0))
    page.context.close()


def test_theme_width_and_pages(page: Page, app: str) -> None:
    """What may change around the chart; it stays the same node, in the page's colours."""
    chart = opened(page, app)
    tick = chart.locator(".xtick text").first
    fill = "node => getComputedStyle(node).fill"
    light = tick.evaluate(fill)
    page.evaluate("window.plot = document.querySelector('.js-plotly-plot')")
    page.mouse.click(*column(chart, 20))
    expect_selected(page, chart, 20)
    page.screenshot(path=artefact("bars-light.png"))

    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => getComputedStyle(document.querySelector('.xtick text')).fill !== light", arg=light
    )
    primary = chart.evaluate(
        "host => getComputedStyle(host).getPropertyValue('--st-primary-color')"
    )
    bar = chart.locator(".trace.bars").last.locator("path").first.evaluate(fill)
    assert bar == page.evaluate(
        "color => Object.assign(new Option(), {style: `color: ${color}`}).style.color",
        primary,
    )
    page.screenshot(path=artefact("bars-dark.png"))

    page.set_viewport_size({"width": 500, "height": 600})
    page.wait_for_function("document.querySelector('.main-svg').clientWidth < 500")
    assert page.evaluate("document.querySelector('.main-svg').clientWidth") == chart.evaluate(
        "e => e.clientWidth"
    )
    page.mouse.click(*column(chart, 30))
    expect_selected(page, chart, 30)
    assert page.evaluate("window.plot === document.querySelector('.js-plotly-plot')")

    page.set_viewport_size({"width": 1100, "height": 600})
    page.get_by_role("link", name="Hidden").click()
    one, two = page.locator(".st-key-one .code-bars"), page.locator(".st-key-two .code-bars")
    expect(one).to_have_attribute("data-revision", of_step(0))
    assert two.get_attribute("data-revision") is None  # no width, nothing drawn
    page.get_by_role("tab", name="Second").click()
    expect(two).to_have_attribute("data-revision", "two")
    expect(two.locator(".point")).to_have_count(64)
    assert not page.evaluate("'_fullLayout' in window.plot")  # the chart that was left is purged

    page.get_by_role("link", name="Bars").click()
    chart = page.locator(".st-key-bars .code-bars")
    expect(chart).to_have_attribute("data-revision", of_step(0))
    expect_selected(page, chart, 30)
    page.mouse.click(*column(chart, 2))
    expect_selected(page, chart, 2)


PHONE = {"viewport": {"width": 390, "height": 600}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_finger(page: Page, app: str) -> None:
    chart = opened(page, app, "hidden")
    page.touchscreen.tap(*column(chart, ZERO))
    expect_selected(page, chart, ZERO)
    page.wait_for_timeout(400)  # a second click made out of the same tap would come by now
    expect_selected(page, chart, ZERO)

    x, y = column(chart, 20, y=150)
    devtools = page.context.new_cdp_session(page)
    for step in range(13):
        event = "touchMove" if step else "touchStart"
        points = [{"x": x, "y": y - 10 * step}]
        devtools.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": points})
        page.wait_for_timeout(16)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 80")
    expect_selected(page, chart, ZERO)
    page.screenshot(path=artefact("bars-phone.png"))


def artefact(name: str) -> Path:
    return ROOT / "artefacts" / name
