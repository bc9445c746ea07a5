"""What a program can find for those who see, hear or print otherwise: axe-core, system colours.

`GARGALO_AXE=all` looks at every stop in both themes and languages and on both screens: 8 times as
much; by itself the test takes each stop once, and these in turn.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Locator, Page

from pages.compare import views as compare
from pages.explore import views as explore
from pages.learn.chapters import CHAPTERS
from tests.browser.test_draw import photo
from tests.conftest import wait_run
from ui import colours
from ui.text import translator

OpenPage = Callable[..., Page]

DESK, PHONE = (1440, 900), (390, 844)
WAYS = [*product(("light", "dark"), ("en", "pt"), (DESK, PHONE))]
# Not every stop of a page the same way: seven and eight have no divisor in common.
TURNS = WAYS if os.environ.get("GARGALO_AXE") == "all" else WAYS[:1]


@dataclass(frozen=True)
class Excused:
    """What is Streamlit's alone: an axe rule, and what the element's HTML has in it."""

    rule: str
    html: str
    reason: str


# 2026-11-27, Streamlit 1.67, axe-core 4.12. One that no longer occurs fails the test, and goes.
EXCUSED = (
    Excused(
        "scrollable-region-focusable",
        'class="katex-display"',
        "a formula wider than a phone scrolls, by Streamlit's style and by ours",
    ),
    Excused("region", 'role="listbox"', "an open list is in no landmark"),
    Excused(
        "aria-dialog-name", 'data-testid="stToast"', "a toast is labelled by what is not there"
    ),
    Excused(
        "presentation-role-conflict",
        'data-testid="stFileUploaderDropzone"',
        "a section that is no section has a label",
    ),
)


def click(selector: str) -> Callable[[Page, str], None]:
    """Press the first of these that is seen, and wait for what it brings."""

    def deed(visitor: Page, _language: str) -> None:
        visitor.locator(selector).locator("visible=true").first.click()
        wait_run(visitor)

    return deed


def press(words: str) -> Callable[[Page, str], None]:
    """Press what has these words on it, in English, in the visitor's language."""

    def deed(visitor: Page, language: str) -> None:
        translated = translator(language).gettext(words)
        visitor.get_by_text(translated, exact=True).locator("visible=true").first.click()
        wait_run(visitor)

    return deed


def uploaded(visitor: Page, language: str) -> None:
    """Bring a picture, and choose a part of it."""
    file = {"name": "seven.png", "mimeType": "image/png", "buffer": photo()}
    visitor.locator(".upload input").set_input_files(file)
    press("Choose a part of the picture")(visitor, language)
    visitor.locator(".stage img").wait_for()


Deed = Callable[[Page, str], None]
STOPS: dict[str, tuple[str, list[Deed]]] = {
    "draw": ("/?sample=7b&model=linear", [click(".code-bars .nsewdrag"), press("Download")]),
    "compare, share": ("/compare?sample=7b", [press("Share")]),
    "draw, how it works": ("/?model=vae", [press("How it works")]),
    "draw, the keys": ("/", [click(".st-key-keyboard button")]),
    "draw, empty": ("/?sample=7b", [press("Clear")]),
    "draw, a picture": ("/?sample=7b", [uploaded]),
    "draw, a bad link": ("/?model=nobody", []),
    **{f"compare, {view.name}": (f"/compare?view={view.name}", []) for view in compare.VIEWS},
    **{f"explore, {view.name}": (f"/explore?view={view.name}", []) for view in explore.VIEWS},
    "explore, a sheet": ("/explore?view=new&model=vae2", [press("All digits on one sheet")]),
    "explore, the cost": ("/explore?view=new&model=vae", [press("What each number costs")]),
    "room": ("/room", []),
    "train": ("/train", [click("[data-testid=stExpander] summary"), press("Open a saved model")]),
    "draw, the talks": ("/", [press("Give a talk"), click("[role=dialog] summary")]),
    "the stage": ("/?stage=three&step=3", []),
    "the stage, its keys": ("/?stage=ten&step=9", [lambda visitor, _: visitor.keyboard.press("?")]),
    "the speaker's window": ("/?speaker=ten&step=2", []),
    **{f"learn, {chapter.name}": (f"/learn?chapter={chapter.name}", []) for chapter in CHAPTERS},
    "learn, foretold": ("/learn?chapter=bend", [click(".st-key-guesses button")]),
}
STOPS["compare, first_ten"][1].append(press("Download"))
STOPS["compare, table"][1].append(click("[data-testid=stSelectbox] input"))

# All scripts have come: what they name has its name.
SETTLED = """() => {
  const deep = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    [element, ...(element.shadowRoot ? deep(element.shadowRoot) : [])]);
  const there = deep(document);
  const has = (selector) => there.some((element) => element.matches(selector));
  const bare = [".chart:empty", ".code-map:not([data-revision])",
    ".stage-tools .next:not([aria-label])", ".cloud:not([aria-label])"];
  return !has(`${bare}, [data-testid=stSkeleton]`) &&
    has(".upload span:not(:empty)") === has(".st-key-upload") &&
    has("pre .token") === has("[data-testid=stCode] code:not(.language-plaintext)");
}"""

# axe-core does not look into blocks of code: the contrast of their words is measured here.
TOKENS = """() => [...document.querySelectorAll("pre .token")].map((token) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const hex = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const rgb = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    return "#" + rgb.map((part) => part.toString(16).padStart(2, "0")).join("");
  };
  const ground = getComputedStyle(token.closest("pre")).backgroundColor;
  return [token.className, hex(getComputedStyle(token).color), hex(ground)];
})"""


def findings(visitor: Page) -> list[tuple[str, str, str]]:
    """What axe-core objects to: rule, where, and the element's HTML."""
    visitor.evaluate(AXE_SCRIPT)
    found = visitor.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    nodes = [(rule["id"], node) for rule in found["violations"] for node in rule["nodes"]]
    faint = {
        (kind, ink, ground)
        for kind, ink, ground in visitor.evaluate(TOKENS)
        if colours.contrast([ink], ground)[0] < 4.5
    }
    return [(name, str(node["target"][-1]), node["html"]) for name, node in nodes] + [
        ("contrast of code", kind, f"{ink} on {ground}") for kind, ink, ground in faint
    ]


def test_axe_finds_nothing_that_we_could_avoid(page: OpenPage) -> None:
    left: list[str] = []
    occurred: set[Excused] = set()
    visitor = None
    for turn, way in enumerate(TURNS):
        for i, (stop, (path, deeds)) in enumerate(STOPS.items()):
            theme, language, size = WAYS[(i + turn) % len(WAYS)] if len(TURNS) == 1 else way
            address = f"{path}{'&' if '?' in path else '?'}lang={language}"
            if visitor is None:
                visitor = page(address, reduced_motion="reduce")
            visitor.set_viewport_size({"width": size[0], "height": size[1]})
            visitor.emulate_media(color_scheme=theme)
            visitor.goto(address)
            visitor.get_by_role("heading", level=1).wait_for()
            wait_run(visitor)
            for deed in deeds:
                deed(visitor, language)
            visitor.wait_for_function(SETTLED)
            for rule, where, html in findings(visitor):
                excuses = {e for e in EXCUSED if e.rule == rule and re.search(e.html, html)}
                occurred |= excuses
                if not excuses:
                    left.append(f"{stop} ({theme}, {language}, {size[0]}): {rule}: {where}: {html}")
    assert left == [], "\n".join(left)
    assert set(EXCUSED) - occurred == set(), "no longer needed"


# Forced colours: a picture of the element, and of a hair around it, has two colours that differ.
DRAWN = {
    "/?sample=7b": [
        ".ribbon",
        ".survives .pixels",
        ".usual",
        "[data-testid=stCheckbox] label > div:first-of-type",
        "[data-testid=stSlider] [data-orientation] [data-orientation] > :first-child",
    ],
    "/compare?view=atoms&sample=7b": [".small-bars i", ".atoms .large"],
    "/train": ["[data-testid=stRadioOption] > div > :first-child", "[role=progressbar]", ".film i"],
}
LOOKS = """(element) => {
  const { backgroundColor, borderColor, outlineStyle } = getComputedStyle(element);
  return [backgroundColor, borderColor, outlineStyle].join();
}"""


def strongest(element: Locator, hair: int = 2) -> float:
    """The largest contrast between two colours of a picture of it and of so many px around it."""
    box = element.bounding_box()
    assert box
    clip = {"x": box["x"] - hair, "y": box["y"] - hair}
    clip |= {"width": box["width"] + 2 * hair, "height": box["height"] + 2 * hair}
    with Image.open(io.BytesIO(element.page.screenshot(clip=clip))) as image:
        painted = np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)
    luminances = colours.contrast([f"#{bytes(colour).hex()}" for colour in painted], "#000000")
    return float(luminances.max() / luminances.min())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_drawn_and_chosen_is_seen_in_forced_colours(theme: str, page: OpenPage) -> None:
    for path, selectors in DRAWN.items():
        visitor = page(path, color_scheme=theme, forced_colors="active", reduced_motion="reduce")
        visitor.wait_for_function(SETTLED)
        for selector in selectors:
            element = visitor.locator(selector).last
            element.scroll_into_view_if_needed()
            # A ribbon does not fill its box, and lies between pictures.
            hair = -4 if selector == ".ribbon" else 2
            assert strongest(element, hair) >= colours.SEEN, selector
        menus = ".st-key-lang button, .st-key-menu a"
        looks = visitor.locator(menus).evaluate_all(f"(all) => all.map({LOOKS})")
        assert len(looks) == 8 and len(set(looks[:6])) == 2 == len(set(looks[6:]))


# A chart as it was drawn for the screen: on paper no script runs.
UNMOVED = """() => {
  const { ResizeObserver } = window;
  window.ResizeObserver = class extends ResizeObserver {
    constructor(act) { super((...entries) => window.unmoved || act(...entries)); }
  };
}"""


@pytest.mark.parametrize("path", ["/?sample=7b", "/compare?view=ladder&sample=7b", "/train"])
def test_paper_shows_all_of_it_dark_on_white(path: str, page: OpenPage) -> None:
    visitor = page("/train", color_scheme="dark")
    visitor.add_init_script(f"({UNMOVED})()")
    visitor.goto(path)
    visitor.locator(".chart .xtick").first.wait_for()
    visitor.wait_for_function(SETTLED)
    visitor.evaluate("window.unmoved = true")
    visitor.set_viewport_size({"width": 718, "height": 1000})
    visitor.emulate_media(media="print", color_scheme="dark")
    for tools in (".st-key-frame", ".st-key-tools", ".stButton", ".stPopover", ".stButtonGroup"):
        assert visitor.locator(tools).locator("visible=true").count() == 0, tools
    ends = visitor.locator(".chart .main-svg").evaluate_all(
        "(all) => all.map((svg) => svg.getBoundingClientRect().right)"
    )
    assert ends and max(ends) <= 718
    main = "const main = document.querySelector('[data-testid=stMain]');"
    assert (
        visitor.evaluate(f"() => {{ {main} return getComputedStyle(main).overflow }}") == "visible"
    )
    box = visitor.get_by_role("heading", level=1).bounding_box()
    assert box
    with Image.open(io.BytesIO(visitor.screenshot(clip=box))) as image:
        painted = np.asarray(image.convert("L"))
    assert painted.max() == 255 and painted.min() < 80 and (painted > 200).mean() > 0.5
