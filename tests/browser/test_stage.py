"""A talk as a hall sees it, 1280 × 720, by the keyboard alone; and the speaker's window."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_draw import SEVEN, button, wait_for_chart
from tests.browser.test_links import said
from tests.conftest import screenshot, wait_run
from tests.ui.test_talks import GOOD, VIEWS
from ui import links, strokes, talks
from ui.text import LANGUAGES, translator

OpenPage = Callable[..., Page]

HALL = (1280, 720)
SMALLEST = 20  # px, what a hall can read
TEN = talks.shipped("ten", VIEWS)

# What is wrong with what is seen: words that are too small, and what stands out of the screen. In
# shadow roots, too; on the map's canvas are numerals of 16 px.
FAULTS = """(smallest) => {
  function* all(from) {
    for (const element of from.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* all(element.shadowRoot);
    }
  }
  const faults = [];
  const main = document.querySelector("[data-testid=stMain]");
  for (const element of all(main)) {
    const box = element.getBoundingClientRect();
    // Words for those who do not see the page are cut to nothing.
    const seen = box.width > 2 && box.height > 2
      && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!seen || element.matches("style, script")) continue;
    const own = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.data.trim()).join("");
    const size = parseFloat(getComputedStyle(element).fontSize) * element.currentCSSZoom;
    if (own && size < smallest) faults.push(`${size.toFixed(1)} px: ${own.slice(0, 40)}`);
    const out = box.left < -1 || box.top < -1 || box.right > innerWidth + 1
      || box.bottom > innerHeight + 1;
    if (out && (own || element.matches("img, canvas, .chart, button")))
      faults.push(`out: ${element.tagName} ${own.slice(0, 40)} ${JSON.stringify(box)}`);
  }
  for (const axis of ["Height", "Width"]) {
    if (main[`scroll${axis}`] > main[`client${axis}`] + 1) faults.push(`scrolls: ${axis}`);
  }
  if (document.documentElement.style.getPropertyValue("--fit")) faults.push("made smaller");
  if (16 * (main.querySelector(".st-key-map")?.currentCSSZoom ?? 2) < smallest) faults.push("map");
  return faults;
}"""


def place(visitor: Page) -> Locator:
    return visitor.locator(".stage-place")


def expect_step(visitor: Page, number: int, of: int = len(TEN.steps)) -> None:
    """Wait until a step is there, with its change behind it."""
    expect(place(visitor)).to_have_text(f"{number} / {of}", timeout=15_000)
    visitor.wait_for_function(f"location.search.includes('step={number}')")
    wait_for_keys(visitor)


def on_stage(page: OpenPage, path: str, **options: Any) -> Page:
    visitor = page(path, viewport=HALL, **options)
    expect(place(visitor)).to_be_visible()
    wait_for_keys(visitor)
    return visitor


def wait_for_keys(visitor: Page) -> None:
    """Wait until the stage's script is there, which also magnifies the page."""
    visitor.wait_for_function("document.documentElement.style.getPropertyValue('--zoom')")
    wait_run(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", talks.SHIPPED)
def test_a_talk_from_its_first_to_its_last_step(name: str, language: str, page: OpenPage) -> None:
    talk, text = talks.shipped(name, VIEWS), translator(language)
    scheme = "dark" if language == "pt" else "light"
    visitor = on_stage(page, f"/?stage={name}&lang={language}", color_scheme=scheme)
    count = len(talk.steps)
    for number, step in enumerate(talk.steps, 1):
        if number > 1:
            visitor.keyboard.press(("PageDown", "ArrowRight", "ArrowDown", "Space")[number % 4])
        expect_step(visitor, number, count)
        expect(visitor.get_by_role("heading", level=1)).to_have_text(talks.say(step.sentence, text))
        if "/explore?model" in step.address:
            expect(visitor.locator(".code-map")).to_have_attribute("data-revision", re.compile("."))
        elif step.page == "draw":
            wait_for_chart(visitor)
        visitor.wait_for_function(f"!({FAULTS})({SMALLEST}).length", timeout=3000, polling=100)
        screenshot(visitor, f"stage-{name}-{language}-{number}")
    assert visitor.evaluate(FAULTS, SMALLEST + 60)  # it does find what is too small
    visitor.keyboard.press("PageDown")  # there is no more
    for key, number in (
        ("Home", 1),
        ("End", count),
        ("PageUp", count - 1),
        ("ArrowLeft", count - 2),
    ):
        visitor.keyboard.press(key)
        expect_step(visitor, number, count)
    visitor.keyboard.press("Escape")
    expect(visitor.locator(".st-key-frame")).to_be_visible()
    expect(place(visitor)).to_have_count(0)
    visitor.wait_for_function("!location.search.includes('stage')")
    assert visitor.evaluate("document.documentElement.getAttributeNames().join()").find("rest") < 0


def pen(visitor: Page, *lines: Any) -> None:
    """Draw on the canvas, however large it is on the stage."""
    box = visitor.locator("canvas.upper-canvas").bounding_box()
    assert box
    scale = box["width"] / strokes.SIDE
    for line in lines:
        points = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in line]
        visitor.mouse.move(*points[0])
        visitor.mouse.down()
        for point in points[1:]:
            visitor.mouse.move(*point, steps=8)
        visitor.mouse.up()


def drawn(visitor: Page) -> list[str]:
    """The drawings that stand in the address and on the canvas before somebody draws."""
    return [said(visitor).get("drawing", ""), *map(str, [visitor.locator(".prepared").count()])]


def test_an_own_drawing_goes_through_the_talk(page: OpenPage) -> None:
    visitor = on_stage(page, "/?stage=ten&lang=en&step=2")
    wait_for_chart(visitor)
    assert drawn(visitor) == ["", "1"]
    # The first stroke takes the prepared digit's place, at once; then the key goes on at once.
    box = visitor.locator("canvas.upper-canvas").bounding_box()
    assert box
    visitor.mouse.move(box["x"] + 100, box["y"] + 100)
    visitor.mouse.down()
    visitor.mouse.move(box["x"] + 300, box["y"] + 100, steps=5)
    expect(visitor.locator(".prepared")).to_be_hidden()
    visitor.mouse.up()
    visitor.keyboard.press(
        "ArrowRight"
    )  # the canvas, which the mouse has touched, has not the keys
    expect_step(visitor, 3)
    own, prepared = drawn(visitor)
    assert own and prepared == "0"
    pen(visitor, SEVEN[1])  # a second stroke is added to it
    wait_run(visitor)
    longer = drawn(visitor)[0]
    assert len(longer) > len(own)
    visitor.keyboard.press("PageDown")
    expect_step(visitor, 4)
    assert drawn(visitor) == [longer, "0"]
    # F5, as a clicker sends it, loads nothing again. Who does so with the mouse loses nothing.
    visitor.evaluate("window.alive = true")
    visitor.keyboard.press("F5")
    visitor.wait_for_timeout(300)
    assert visitor.evaluate("window.alive")
    visitor.reload()
    expect_step(visitor, 4)
    assert drawn(visitor) == [longer, "0"]
    # A step with a canvas of its own; what is drawn there stays there.
    visitor.keyboard.press("End")
    expect_step(visitor, 12)
    assert drawn(visitor) == [longer, "1"]
    pen(visitor, SEVEN[0])
    wait_run(visitor)
    visitor.keyboard.press("PageUp")
    expect_step(visitor, 11)
    assert drawn(visitor) == [longer, "0"]
    # A blank canvas is no drawing.
    visitor.keyboard.press("Delete")
    expect(visitor.get_by_text("Draw a digit here")).to_be_visible()
    wait_run(visitor)
    assert drawn(visitor) == ["", "0"]
    assert visitor.evaluate("document.activeElement === document.body")
    visitor.keyboard.press("PageUp")
    expect_step(visitor, 10)
    visitor.keyboard.press("PageDown")
    expect_step(visitor, 11)
    assert drawn(visitor) == ["", "1"]


def test_after_it_everything_is_as_before(page: OpenPage) -> None:
    visitor = page(
        "/compare?lang=en&model=sparse&lanes=pca,vae&view=atoms&sample=5a", viewport=HALL
    )
    visitor.locator(".st-key-lanes_side table").wait_for()
    wait_run(visitor)
    before = said(visitor)
    button(visitor, "Give a talk").click()
    dialog = visitor.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(len(TEN.steps))
    visitor.keyboard.press("PageDown")  # no talk is given yet
    dialog.get_by_role("button", name="Start").click()
    expect_step(visitor, 1)
    expect(dialog).to_have_count(0)
    expect(visitor.locator(".st-key-frame")).to_have_count(0)
    for number in (2, 3, 4):
        visitor.keyboard.press("PageDown")
        expect_step(visitor, number)
    pen(visitor, SEVEN[0])
    visitor.keyboard.press("Escape")
    expect(visitor.locator(".lanes")).to_be_visible()
    wait_run(visitor)
    assert said(visitor) == before
    assert "/compare" in visitor.url
    expect(visitor.locator(".lanes tbody tr")).to_have_count(3)
    expect(visitor.locator(".st-key-model [aria-checked=true]")).to_have_text("Sparse")


def test_the_screen_is_black_and_the_keys_are_shown(page: OpenPage) -> None:
    visitor = on_stage(page, "/?stage=three&lang=en&step=2")
    black = visitor.get_by_role("button", name="Black screen: press any key")
    for dark, bright in ((".", "."), ("b", "PageDown"), (".", "Escape")):
        visitor.keyboard.press(dark)
        expect(black).to_be_visible()
        assert black.bounding_box() == {"x": 0, "y": 0, "width": HALL[0], "height": HALL[1]}
        visitor.keyboard.press(bright)
        expect(black).to_be_hidden()
    expect(place(visitor)).to_have_text("2 / 5")
    visitor.keyboard.press("?")
    keys = visitor.get_by_role("dialog")
    expect(keys.get_by_text("the next step")).to_be_visible()
    visitor.keyboard.press("PageDown")
    visitor.keyboard.press("Escape")  # closes the list, and nothing else
    expect(keys).to_have_count(0)
    expect(place(visitor)).to_have_text("2 / 5")
    # A clicker's keys are the talk's, whatever has the focus; the arrows may be a bar's.
    bars = visitor.locator(".code-bars")
    wait_for_chart(visitor)
    bars.focus()
    visitor.keyboard.press("ArrowRight")
    expect(bars).to_have_attribute("aria-valuenow", "1")
    visitor.keyboard.press("PageUp")
    expect_step(visitor, 1, 5)
    # No frame around the page after a click on nothing, and no pointer while it rests.
    visitor.locator(".stage-place").click()
    visitor.keyboard.press("PageDown")
    expect_step(visitor, 2, 5)
    assert visitor.evaluate("getComputedStyle(document.querySelector('.stMain')).outlineStyle") in (
        "none",
        "",
    )
    visitor.wait_for_function("'resting' in document.documentElement.dataset", timeout=4000)
    cursors = """() => ["canvas.upper-canvas", ".code-bars", "body"].map((name) => {
      for (const host of document.querySelectorAll("body, body *")) {
        const found = host.matches(name) ? host : host.shadowRoot?.querySelector(name);
        if (found) return getComputedStyle(found).cursor;
      }
    })"""
    assert visitor.evaluate(cursors) == ["none", "none", "none"]
    visitor.mouse.move(5, 5)
    assert "none" not in visitor.evaluate(cursors)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_speaker_s_window_is_in_step(language: str, page: OpenPage) -> None:
    text = translator(language)
    visitor = on_stage(page, f"/?stage=ten&lang={language}&step=2")
    with visitor.context.expect_page() as opened:
        visitor.keyboard.press("s")
    speaker = opened.value
    errors: list[str] = []
    speaker.on("pageerror", lambda error: errors.append(str(error)))
    part = speaker.locator(".speaker")

    def expect_window(number: int) -> None:
        step, then = TEN.steps[number - 1 : number + 1]
        expect(part.locator(".place")).to_have_text(f"{number} / {len(TEN.steps)}")
        expect(part.locator(".now")).to_have_text(talks.say(step.sentence, text))
        expect(part.locator(".note")).to_have_text(talks.say(step.note, text))
        expect(part.locator(".then")).to_have_text(talks.say(then.sentence, text))

    expect_window(2)
    expect(part.locator(".elapsed")).to_have_text(re.compile(r"^\d:\d\d$"))
    # "Next" stands second, "Back" first, both as large as a thumb.
    back, forth = (part.get_by_role("button", name=text.gettext(n)) for n in ("Back", "Next"))
    for one in (back, forth):
        box = one.bounding_box()
        assert box and box["height"] > 60 and box["width"] > 150
    forth.click()
    expect_step(visitor, 3)
    expect_window(3)
    visitor.bring_to_front()
    visitor.keyboard.press("PageDown")
    expect_step(visitor, 4)
    expect_window(4)
    speaker.bring_to_front()
    speaker.keyboard.press("PageUp")
    expect_step(visitor, 3)
    dark = part.get_by_role("button", name=text.gettext("Black screen"))
    dark.click()
    expect(
        visitor.get_by_role("button", name=text.gettext("Black screen: press any key"))
    ).to_be_visible()
    expect(dark).to_have_attribute("aria-pressed", "true")
    dark.click()
    expect(dark).to_have_attribute("aria-pressed", "false")
    part.get_by_role("button", name=text.gettext("Start the time again")).click()
    expect(part.locator(".elapsed")).to_have_text(re.compile("^0:0[0-3]$"))
    screenshot(speaker, f"speaker-{language}")
    # Opened again, and after the stage was, it is where the talk is.
    speaker.reload()
    expect_window(3)
    visitor.reload()
    expect_step(visitor, 3)
    forth.click()
    expect_step(visitor, 4)
    expect_window(4)
    # Without a stage it leads through the notes by itself, and says so.
    visitor.keyboard.press("Escape")
    expect(visitor.locator(".st-key-frame")).to_be_visible()
    expect(part.get_by_text(text.gettext("No stage is open in this browser."))).to_be_visible()
    forth.click()
    expect_window(5)
    expect(part.get_by_role("link")).to_have_attribute("href", re.compile("stage=ten"))
    assert errors == []


def test_an_own_talk_is_opened_told_its_faults_and_kept(page: OpenPage, tmp_path: Path) -> None:
    visitor = page("/?lang=en", viewport=HALL)
    wait_for_chart(visitor)
    button(visitor, "Give a talk").click()
    dialog = visitor.get_by_role("dialog")
    with visitor.expect_download() as downloaded:
        dialog.get_by_text("This talk (JSON)").click()
    mine = json.loads(Path(downloaded.value.path()).read_text(encoding="utf-8"))
    assert len(mine["steps"]) == len(TEN.steps)
    mine["steps"] = mine["steps"][:2]
    mine["steps"][1] |= {"link": "/?modle=deep", "sentence": "<b>Bold</b> **words**"}
    file = tmp_path / "mine.json"
    for good in (False, True):
        if good:
            mine["steps"][1]["link"] = "/?model=deep"
        file.write_text(json.dumps(mine), encoding="utf-8")
        dialog.locator(".st-key-talk_file input").set_input_files(file)
        if not good:
            fault = "Step 2: The link says something that no step says: compare it with Share's."
            expect(dialog.get_by_text(fault)).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Start").click()
    expect_step(visitor, 1, 2)
    visitor.keyboard.press("PageDown")
    expect_step(visitor, 2, 2)
    heading = visitor.get_by_role("heading", level=1)
    expect(heading).to_have_text("<b>Bold</b> **words**")
    visitor.reload()
    expect_step(visitor, 2, 2)
    expect(heading).to_have_text("<b>Bold</b> **words**")
    # Whoever has not this file reads why, and the page is there.
    other = page("/?stage=own&lang=en")
    expect(other.get_by_text("Your own talk is not here any more.")).to_be_visible()
    wait_for_chart(other)


def test_a_finger_turns_the_pages(page: OpenPage) -> None:
    visitor = on_stage(page, "/?stage=three&lang=en", touch=True)
    forth = visitor.get_by_role("button", name="Next")
    session = visitor.context.new_cdp_session(visitor)

    def touch(*points: tuple[int, int]) -> None:
        for kind, at in zip(("touchStart", *["touchMove"] * 9), points, strict=False):
            where = [{"x": at[0], "y": at[1]}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    touch((900, 60), (700, 64), (500, 66))
    expect_step(visitor, 2, 5)
    touch((300, 60), (500, 64), (700, 66))
    expect_step(visitor, 1, 5)
    touch((640, 40))  # the arrows go with the pointer, and come at a touch
    assert forth.evaluate("button => getComputedStyle(button).opacity") == "1"
    forth.tap()
    expect_step(visitor, 2, 5)


def test_all_views_fit_on_the_stage(page: OpenPage, tmp_path: Path) -> None:
    addresses = [
        *(f"/compare?view={view}" for view in VIEWS["compare"]),
        *(f"/explore?view={view}&model=vae" for view in VIEWS["explore"]),
        *(f"/learn?chapter={chapter}" for chapter in VIEWS["learn"]),
        "/?model=vae2",
        f"/compare?lanes={','.join(links.COMPARED)}",
        "/train",
        "/room",
    ]
    steps = [{"link": address, "sentence": address[:40]} for address in addresses]
    file = tmp_path / "views.json"
    file.write_text(json.dumps({**GOOD, "steps": steps}))
    visitor = page("/?lang=en", viewport=HALL)
    button(visitor, "Give a talk").click()
    dialog = visitor.get_by_role("dialog")
    dialog.locator(".st-key-talk_file input").set_input_files(file)
    expect(dialog.get_by_role("listitem")).to_have_count(len(steps))
    dialog.get_by_role("button", name="Start").click()
    for number in range(1, len(steps) + 1):
        expect_step(visitor, number, len(steps))
        visitor.wait_for_timeout(400)
        screenshot(visitor, f"stage-view-{number}")
        faults = visitor.evaluate(FAULTS, 0)
        assert [fault for fault in faults if fault != "made smaller"] == [], addresses[number - 1]
        visitor.keyboard.press("PageDown")


def test_a_phone_moves_ones_own_talk_without_its_notes(page: OpenPage, tmp_path: Path) -> None:
    visitor = page("/room?lang=en", viewport=HALL)
    visitor.get_by_role("button", name="Open a room").click()
    visitor.locator("[data-room=live]").wait_for(state="attached")
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(GOOD))
    button(visitor, "Give a talk").click()
    dialog = visitor.get_by_role("dialog")
    dialog.locator(".st-key-talk_file input").set_input_files(file)
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Start").click()
    expect_step(visitor, 1, 2)
    with visitor.context.expect_page() as opened:
        visitor.keyboard.press("s")
    window = opened.value.locator(".speaker")
    window.get_by_role("button", name="On a phone").click()
    address = urlsplit(window.locator(".lent code").inner_text())
    away = f"{address.path}?{address.query}#{address.fragment}"
    theirs = page(away, viewport=(390, 844), touch=True).locator(".speaker")
    expect(theirs.locator(".note")).to_have_text(
        "The notes are on the computer that gives the talk."
    )
    theirs.get_by_role("button", name="Next").tap()
    expect_step(visitor, 2, 2)
    theirs.get_by_role("button", name="Back").tap()
    expect_step(visitor, 1, 2)


def test_a_phone_moves_the_talk_through_the_room(page: OpenPage) -> None:
    visitor = page("/room?lang=en", viewport=HALL)
    visitor.get_by_role("button", name="Open a room").click()
    visitor.locator("[data-room=live]").wait_for(state="attached")
    visitor.goto("/?stage=ten&lang=en&step=2")
    expect_step(visitor, 2)
    with visitor.context.expect_page() as opened:
        visitor.keyboard.press("s")
    window = opened.value.locator(".speaker")
    expect(window.locator(".code-of-link")).to_be_hidden()
    window.get_by_role("button", name="On a phone").click()
    expect(window.locator(".code-of-link")).to_have_attribute("src", re.compile("^data:image/svg"))
    link = window.locator(".lent code").inner_text()
    address = urlsplit(link)
    screenshot(opened.value, "speaker-lent")

    away = f"{address.path}?{address.query}#{address.fragment}"
    phone = page(away, viewport=(390, 844), touch=True)
    theirs = phone.locator(".speaker")
    expect(theirs.locator(".place")).to_have_text("2 / 12")
    expect(theirs.locator(".note")).to_have_text(TEN.steps[1].note["en"])
    expect(theirs.locator(".alone span")).to_have_text("")
    expect(theirs.locator(".black, .phone")).to_have_count(2)
    for one in theirs.locator(".black, .phone").all():
        expect(one).to_be_hidden()
    theirs.get_by_role("button", name="Next").tap()
    expect_step(visitor, 3)
    for part in (theirs, window):
        expect(part.locator(".place")).to_have_text("3 / 12")
    visitor.bring_to_front()
    visitor.keyboard.press("PageDown")
    expect_step(visitor, 4)
    expect(theirs.locator(".now")).to_have_text(TEN.steps[3].sentence["en"])
    # What the wall shows counts: a stage that is loaded again stays where it was.
    visitor.reload()
    expect_step(visitor, 4)
    theirs.get_by_role("button", name="Back").tap()
    expect_step(visitor, 3)
    # A room that does not exist any more.
    lost = page(f"{away[:-3]}xyz", viewport=(390, 844), touch=True)
    expect(lost.get_by_text("This room does not exist any more.")).to_be_visible()
