"""The frame around every page: what it covers, what it hides, and its languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from pages.compare import views as compare
from pages.explore import views as explore
from pages.learn.chapters import CHAPTERS
from tests.browser.test_draw import ENGLISH, PORTUGUESE, choose
from tests.conftest import screenshot, wait_run
from tests.pages.test_app import catalogue, table

OpenPage = Callable[..., Page]

# A desk, a projector, a tablet and a phone; the last two with a finger.
SCREENS = [(1440, 900), (1280, 720), (768, 1024), (390, 844)]
MENU, SCROLLED = ".st-key-view_menu", "document.querySelector('[data-testid=stMain]').scrollTop"

# Does it lie below the frame, which scrolls away on a phone, and above this part of the room there?
IN_SIGHT = """([selector, lowest]) => {
  const box = (element) => element.getBoundingClientRect();
  const edge = Math.max(box(document.querySelector(".st-key-frame")).bottom, 0);
  const { top, bottom } = box(document.querySelector(selector));
  return top >= edge && bottom - edge <= lowest * (innerHeight - edge);
}"""


@pytest.fixture
def still(page: OpenPage) -> OpenPage:
    """Open a page for a visitor who wants no motion: what is scrolled to is there at once."""

    def open_page(path: str, size: tuple[int, int] = SCREENS[1]) -> Page:
        return page(path, viewport=size, touch=size[0] < 1000, reduced_motion="reduce")

    return open_page


def seen(visitor: Page, selector: str) -> Locator:
    """Wait until the first of them is on the page."""
    first = visitor.locator(selector).first
    first.wait_for()
    wait_run(visitor)
    return first


@pytest.mark.parametrize("size", SCREENS, ids=lambda size: str(size[0]))
def test_an_opened_view_is_in_sight_with_its_menu(size: tuple[int, int], still: OpenPage) -> None:
    visitor = still("/compare?view=strangers", size)
    seen(visitor, ".gallery img")
    visitor.wait_for_function(IN_SIGHT, arg=[MENU, 0.5])
    # What is put onto the canvas from there is seen.
    visitor.locator(".st-key-stranger_smiley button").click()
    visitor.wait_for_function(IN_SIGHT, arg=[".st-key-canvas_box", 1])
    visitor.locator(f"{MENU} button").nth(1).click()  # and the next view
    seen(visitor, ".plot")
    visitor.wait_for_function(IN_SIGHT, arg=[MENU, 0.5])
    screenshot(visitor, f"compare-opened-{size[0]}")
    # Another page begins at its top, whatever view is open there.
    visitor.get_by_role("link", name=ENGLISH("Explore")).click()
    seen(visitor, ".st-key-explore_side")
    assert visitor.evaluate(SCROLLED) == 0
    visitor.goto("/explore?view=morph")
    seen(visitor, ".slides figure")
    visitor.wait_for_function(IN_SIGHT, arg=[MENU, 0.5])


def test_a_page_without_a_view_in_its_link_opens_at_its_top(still: OpenPage) -> None:
    visitor = still("/compare")
    seen(visitor, ".gallery img")
    assert visitor.evaluate(SCROLLED) == 0
    visitor.locator(".st-key-sample_3 button:visible").click()  # the canvas is in sight already
    wait_run(visitor)
    assert visitor.evaluate(SCROLLED) == 0


def test_the_focus_is_never_below_the_frame(still: OpenPage) -> None:
    visitor = still("/compare?view=table")
    seen(visitor, ".evaluation")
    visitor.locator(".st-key-view_side button:visible").last.focus()
    covered = """() => {
      const [focus, frame] = [document.activeElement, document.querySelector(".st-key-frame")];
      const over = frame.contains(focus) || focus === document.body;
      return !over && focus.getBoundingClientRect().top < frame.getBoundingClientRect().bottom;
    }"""
    for _ in range(20):  # back through the page, up to the canvas's tools
        visitor.keyboard.press("Shift+Tab")
        assert not visitor.evaluate(covered)
    # Where the frame would take most of a low window, it scrolls away with the page.
    visitor.set_viewport_size({"width": 844, "height": 390})
    visitor.evaluate(f"{SCROLLED} = 500")
    visitor.wait_for_function(
        "document.querySelector('.st-key-frame').getBoundingClientRect().top < 0"
    )
    # So it does where a desk's page is read at four times its size, and nothing lies over the rest.
    visitor.set_viewport_size({"width": 320, "height": 256})
    uncovered = """() => {
      const { left, top, width, height } = document.activeElement.getBoundingClientRect();
      const middle = [left + width / 2, Math.max(top, 0) + Math.min(height, 20) / 2];
      const there = document.elementFromPoint(...middle);
      return !there?.closest(".st-key-frame") || !!document.activeElement.closest(".st-key-frame");
    }"""
    for key in ["Tab"] * 15 + ["Shift+Tab"] * 15:
        visitor.keyboard.press(key)
        assert visitor.evaluate(uncovered)


# A split screen, a tablet, a phone held either way, and a desk's page at four times its size.
WIDTHS = [(320, 640), (480, 800), (600, 800), (768, 1024), (844, 390), (320, 256)]

COLUMNS = ", ".join(
    f".st-key-{key}" for key in ("bars", "lanes_side", "explore_side", "watch_side", "figure_side")
)

# What stands out of the page on the right, but for what scrolls by itself; and how wide the larger
# column is, of what there is room for.
STANDS_OUT = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const block = document.querySelector("[data-testid=stMainBlockContainer]");
  const { paddingLeft, paddingRight } = getComputedStyle(block);
  const room = main.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  const column = document.querySelector(":is(COLUMNS)");
  const slides = (row) => row !== block && row.scrollWidth > row.clientWidth &&
    /auto|scroll/.test(getComputedStyle(row).overflowX);
  const within = (element) => element && element !== block
    && (slides(element) || within(element.parentElement));
  const out = [...block.querySelectorAll("button, img, td, h1, .chart, table, [role=slider]")]
    .filter((element) => !within(element))
    .filter((element) => element.getBoundingClientRect().right > main.clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 80));
  const sideways = main.scrollWidth - main.clientWidth;
  return { out, sideways, narrow: column.clientWidth < Math.min(room, 440) - 1 };
}""".replace("COLUMNS", COLUMNS)


@pytest.mark.parametrize(
    "path", ["/?", "/compare?view=invent&", "/explore?", "/learn?chapter=bend&", "/train?"]
)
def test_no_width_cuts_anything_off(path: str, still: OpenPage) -> None:
    visitor = still(f"{path}lang=pt", SCREENS[0])
    seen(visitor, f":is({COLUMNS})")
    for width, height in WIDTHS:
        visitor.set_viewport_size({"width": width, "height": height})
        visitor.wait_for_function(
            f"""() => {{
              const {{ out, sideways, narrow }} = ({STANDS_OUT})();
              return !out.length && sideways <= 0 && !narrow;
            }}""",
            timeout=5000,
        )


def test_titles_and_the_switch_of_the_model(still: OpenPage) -> None:
    """A tab says whose it is. Where nothing looks at a model there is no switch, nothing jumps."""
    visitor = still("/", (1920, 1000))
    places = []
    for title in table().values():
        visitor.get_by_role("link", name=ENGLISH(title)).click()
        expect(visitor).to_have_title(f"{ENGLISH(title)} · Gargalo")
        wait_run(visitor)
        menu = visitor.get_by_role("navigation", name=ENGLISH("Pages"))
        expect(menu.get_by_role("link")).to_have_count(len(table()))
        expect(menu.locator("[aria-current=page]")).to_contain_text(ENGLISH(title))
        switch = visitor.locator(".st-key-model button").first
        expect(switch).to_be_visible(visible=title not in ("Train", "Learn"))
        boxes = (visitor.locator(f".st-key-{key}").bounding_box() for key in ("frame", "lang"))
        places.append([value for box in boxes for value in box.values()])
    assert places[0][3] < 72  # two rows
    # The title of the page that is open is bold, and a hair wider.
    assert all(place == pytest.approx(places[0], abs=1) for place in places)
    choose(visitor, "PT")
    expect(visitor).to_have_title(f"{PORTUGUESE(title)} · Gargalo")


# What a visitor reads or hears: words, what is in the fields, and what is said of pictures.
WORDS = """() => {
  const of = (element) => [element.ariaLabel, element.ariaValueText, element.alt, element.value,
    element.placeholder, element.title];
  const all = [...document.querySelectorAll("[data-testid=stApp] *")];
  // Code has words of its own.
  const blocks = [...document.querySelectorAll("pre")];
  const code = new Set(blocks.flatMap((block) => block.innerText.split("\\n")));
  const lines = document.body.innerText.split("\\n").filter((line) => !code.has(line));
  return [document.title, ...lines, ...all.flatMap(of)]
    .filter((text) => typeof text === "string")
    .flatMap((text) => [text, ...text.split(/, | · /)])
    .map((text) => text.trim());
}"""
VIEWS = {"compare": compare.VIEWS, "explore": explore.VIEWS, "learn": CHAPTERS}


WHOLE = [pair for pair in catalogue() if "{" not in pair[0]]


def written(visitor: Page, language: int) -> list[str]:
    """Strings of the catalogue that are on the page in English (0) or the other language (1)."""
    there = set(visitor.evaluate(WORDS))
    return sorted(there.intersection(pair[language] for pair in WHOLE))


def wait_for_language(visitor: Page, name: str, old: int) -> None:
    """Wait until no word of the old language is left; components are a moment later."""
    visitor.locator(".st-key-frame").get_by_text(name, exact=True).click()
    for _ in range(200):
        if len(written(visitor, 1 - old)) > 5 and not written(visitor, old):
            break
        visitor.wait_for_timeout(50)
    assert written(visitor, old) == []


@pytest.mark.parametrize("name", ["draw", *VIEWS, "train"])
def test_the_language_is_switched_twice(name: str, still: OpenPage) -> None:
    visitor = still(f"/{'' if name == 'draw' else name}?lang=en&sample=7b", SCREENS[0])
    for view in VIEWS.get(name, (None,)):
        if view:
            pill = visitor.locator(f"{MENU} button").filter(has_text=ENGLISH(view.title)).first
            pill.click()
            expect(pill).to_have_attribute("aria-checked", "true")
        if name == "train":
            visitor.locator("summary").first.click()
        wait_run(visitor)
        wait_for_language(visitor, "PT", old=0)
        wait_for_language(visitor, "EN", old=1)
        expect(visitor.get_by_test_id("stException")).to_have_count(0)
