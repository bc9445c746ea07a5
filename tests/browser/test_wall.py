"""The wall, the map and the figures of a room, as the hall and the keyboard have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

import ae
from ae import evaluation, latent
from tests.browser.rooms import DRAWINGS, Projector, Watcher, crowd, digit_of, expect_ink, watching
from tests.browser.test_accessibility import AXE_SCRIPT
from tests.conftest import screenshot, serve

OpenPage = Callable[..., Page]
PROJECTOR = (1280, 720)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve the app with its rooms; each address may open five, so that this file opens no more."""
    with serve("wall", "asgi.py") as url:
        yield url


def drawings(n: int) -> list[str]:
    """So many that differ: the samples, stretched a little."""
    random = np.random.default_rng(1)
    samples = [*ae.samples.SAMPLES.values()]
    return [
        ae.strokes.encode_strokes(
            [(s - 0.5) * random.uniform(0.7, 1.1, 2) + 0.5 for s in samples[i % len(samples)]], 1
        )
        for i in range(n)
    ]


class Shared:
    """One room, in which each test begins anew with a projector of its own."""

    def __init__(self) -> None:
        self.kept: str | None = None

    def show(self, page: Page, language: str = "en") -> Projector:
        projector = Projector(page, language)
        if self.kept is None:
            projector.open()
            self.kept = page.evaluate("sessionStorage['gargalo.watched']")
        else:
            page.evaluate("(kept) => { sessionStorage['gargalo.watched'] = kept }", self.kept)
            page.reload()
            projector.expect_state("live")
        return projector


@pytest.fixture(scope="module")
def shared() -> Shared:
    return Shared()


Show = Callable[..., tuple[Projector, Watcher]]


@pytest.fixture
def show(page: OpenPage, shared: Shared, server: str) -> Iterator[Show]:
    """Show the room on a projector, with nobody in it, and listen beside it."""
    sockets = []

    def opened(query: str = "?lang=en&model=shallow", **options: Any) -> tuple[Projector, Watcher]:
        options = {"viewport": PROJECTOR, "reduced_motion": "reduce"} | options
        language = re.findall(r"lang=(\w+)", query)[0]
        projector = shared.show(page(f"/room{query}", **options), language)
        sockets.append(watching(server, projector))
        watcher = sockets[-1].__enter__()
        watcher.say("clear")
        fresh = {"frozen": False, "hidden": False, "approval": False}
        watcher.say("set", **fresh)
        watcher.until(lambda known: fresh.items() <= known["settings"].items())
        watcher.until(lambda known: not any(isinstance(key, int) for key in known))
        expect(projector.tiles).to_have_count(0)
        return projector, watcher

    yield opened
    for socket in sockets:
        socket.__exit__(None, None, None)


# What the hall reads: is it inside the screen, and large enough?
READ = """(host) => {
  const screen = { right: innerWidth, bottom: innerHeight };
  const seen = [...host.querySelectorAll(
    ".where, .code, .qr, .counts, .stage button, .map, .together > div, .empty, .curtain")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }));
  const outside = seen.filter((element) => {
    const { right, bottom, left, top } = element.getBoundingClientRect();
    return right > screen.right || bottom > screen.bottom || left < 0 || top < 0;
  });
  const walker = document.createTreeWalker(host.querySelector(".live"), NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest(".tip, .alone")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    if (Number.parseFloat(getComputedStyle(element).fontSize) < 20) small.push(element.textContent);
  }
  return { seen: seen.length, outside: outside.map((element) => element.className), small };
}"""


@pytest.mark.parametrize(
    ("count", "side", "language"),
    [(1, 200, "pt"), (12, 100, "en"), (80, 50, "pt"), (300, 24, "en")],
)
def test_all_of_it_is_in_sight_and_can_be_read(
    count: int, side: int, language: str, show: Show, server: str
) -> None:
    projector, _ = show(f"?lang={language}&model=shallow")
    crowd(server, projector.code, drawings(count))
    expect(projector.tiles).to_have_count(count, timeout=30_000)
    projector.expect_counts("digits", count, "digit" if count == 1 else "digits")
    expect(projector.host).to_have_attribute("data-stars", str(count), timeout=30_000)
    read = projector.host.evaluate(READ)
    assert read["seen"] > count and read["outside"] == [] and read["small"] == []
    box = projector.tiles.first.locator(".pixels").bounding_box()
    assert box and side <= box["width"] == pytest.approx(box["height"], abs=1)
    stage = projector.page.locator(".stage")
    assert stage.evaluate("(stage) => stage.scrollHeight <= stage.clientHeight")
    screenshot(projector.page, f"room-{count}")
    # As large as the screen, for who comes late.
    projector.page.locator(".enlarge").click()
    large = projector.page.locator("dialog.large")
    expect(large.locator(".code")).to_be_in_viewport(ratio=1)
    assert large.evaluate("(dialog) => dialog.scrollHeight <= dialog.clientHeight")
    picture = large.locator(".qr").bounding_box()
    assert picture and picture["width"] > 1.5 * 250


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_no_width_cuts_anything_off(size: tuple[int, int], show: Show, server: str) -> None:
    projector, _ = show("?lang=pt&model=deep", viewport=size, color_scheme="dark")
    crowd(server, projector.code, DRAWINGS[:12])
    expect(projector.tiles).to_have_count(12)
    wide = """(host) => [...host.querySelectorAll("*")].filter((element) =>
      element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.className)"""
    assert projector.host.evaluate(wide) == []
    main = "[data-testid=stMain]"
    assert projector.page.locator(main).evaluate("(m) => m.scrollWidth <= m.clientWidth")
    screenshot(projector.page, f"room-{size[0]}")


def test_what_all_come_to_is_what_ae_says(show: Show, server: str) -> None:
    projector, watcher = show()
    drawn = crowd(server, projector.code, drawings(20))
    expect(projector.tiles).to_have_count(20)
    watcher.until(lambda known: len([k for k in known if isinstance(k, int)]) == 20)
    model = ae.load("shallow")
    names = [*drawn]
    digits = np.stack([digit_of(strokes) for strokes in drawn.values()])
    codes, errors = model.encode(digits), evaluation.mse(digits, model.reconstruct(digits))
    first, second, _distance = latent.nearest_pair(codes)
    together = projector.page.locator(".together")
    # Who drew first stands first.
    one, other = (re.escape(names[i]) for i in (first, second))
    pair = re.compile(f"^Most alike: ({one} and {other}|{other} and {one})$")
    expect(together.locator(".pair dd")).to_have_text(pair)
    strangest = int(errors.argmax())
    expect(together.locator(".strangest dd")).to_have_text(f"Strangest: {names[strangest]}")
    average = model.decode(codes.mean(0, keepdims=True))
    expect_ink(together.locator(".average canvas"), average)
    expect_ink(together.locator(".strangest canvas"), model.reconstruct(digits[[strangest]]))


def test_names_by_the_pointer_on_the_wall_and_on_the_map(show: Show, server: str) -> None:
    projector, _ = show()
    (one,), (other,) = (crowd(server, projector.code, [text]) for text in DRAWINGS[:5:4])
    expect(projector.host).to_have_attribute("data-stars", "2")
    screen, tip = projector.page, projector.page.locator(".tip")
    expect(tip).to_be_hidden()
    projector.tile(one).hover()
    expect(tip.locator("b")).to_have_text(one)
    expect(screen.locator(".marked [data-id]")).to_have_attribute("aria-label", one)
    screen.mouse.move(2, 2)
    expect(tip).to_be_hidden()
    # Over the map, until a star is met: the tile of whose it is, is marked.
    box = screen.locator(".map").bounding_box()
    assert box
    met = set()
    for y in range(10, int(box["height"]), 12):
        for x in range(10, int(box["width"]), 12):
            screen.mouse.move(box["x"] + x, box["y"] + y)
            if tip.is_visible():
                met.add(tip.locator("b").inner_text())
    assert met == {one, other}


def test_by_the_keyboard_alone(show: Show, server: str) -> None:
    projector, _ = show()
    for text in DRAWINGS[:4]:
        crowd(server, projector.code, [text])
    expect(projector.tiles).to_have_count(4)
    screen = projector.page
    names = projector.tiles.evaluate_all("(all) => all.map((tile) => tile.ariaLabel)")
    screen.locator(".controls .close").focus()
    screen.keyboard.press("Tab")
    expect(projector.tile(names[0])).to_be_focused()  # one stop, however many there are
    screen.keyboard.press("ArrowRight")
    expect(projector.tile(names[1])).to_be_focused()
    expect(screen.locator(".tip b")).to_have_text(names[1])
    screen.keyboard.press("End")
    screen.keyboard.press("Enter")
    expect(projector.tile(names[3])).to_have_attribute("aria-pressed", "true")
    expect(screen.locator(".stage .drawing")).to_have_count(1)
    expect(projector.tile(names[3])).to_be_focused()
    screen.keyboard.press("Space")
    expect(screen.locator(".stage .drawing")).to_have_count(0)
    screen.keyboard.press("Delete")
    expect(projector.tile(names[3])).to_have_count(0)
    expect(projector.tiles).to_have_count(3)
    assert projector.host.evaluate("(host) => !!host.getRootNode().activeElement?.dataset.id")
    screen.keyboard.press("Shift+Tab")
    expect(screen.locator(".controls .close")).to_be_focused()
    screen.keyboard.press("Enter")
    expect(screen.locator(".ask")).to_be_visible()
    screen.keyboard.press("Escape")
    expect(screen.locator(".ask")).to_be_hidden()
    expect(projector.tiles).to_have_count(3)


# What has moved since, in a list.
MOVES = """(host) => {
  const root = host.getRootNode();
  window.moved = new Set();
  window.most = 0; // at once
  const look = () => {
    window.most = Math.max(window.most, host.querySelector(".sky").children.length);
    for (const { effect } of root.getAnimations()) window.moved.add(effect.target.parentElement);
    requestAnimationFrame(look);
  };
  look();
}"""
MOVED = "[...window.moved].map((parent) => parent?.className)"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_digit_flies_unless_somebody_wants_no_motion(
    motion: str, show: Show, server: str
) -> None:
    projector, _ = show(reduced_motion=motion)
    projector.host.evaluate(MOVES)
    drawn = crowd(server, projector.code, drawings(20))
    expect(projector.tiles).to_have_count(20)
    expect(projector.host).to_have_attribute("data-stars", "20")
    expect(projector.page.locator(".sky canvas")).to_have_count(0)
    flies = motion == "no-preference"
    assert set(projector.page.evaluate(MOVED)) == ({"sky"} if flies else set())
    assert (0 < projector.page.evaluate("most") <= 6) == flies
    name, strokes = [*drawn.items()][-1]
    projector.expect_tile(name, "shallow", strokes)  # it has landed
    # Who comes back finds it there.
    projector.page.reload()
    projector.expect_state("live")
    projector.host.evaluate(MOVES)
    expect(projector.tile(name)).to_be_visible()
    assert projector.page.evaluate(MOVED) == []


def test_a_frozen_wall_stands_still_after_f5_too(show: Show, server: str) -> None:
    projector, watcher = show()
    [before] = crowd(server, projector.code, DRAWINGS[:1])
    expect(projector.tiles).to_have_count(1)
    projector.press("freeze")
    expect(projector.host).to_have_attribute("data-frozen", "true")
    [later] = crowd(server, projector.code, DRAWINGS[1:2])
    watcher.digit(later)
    projector.page.reload()
    projector.expect_state("live")
    projector.expect_tile(before, "shallow", watcher.digit(before)["strokes"])
    expect(projector.tiles).to_have_count(1)
    projector.press("freeze")
    expect(projector.tile(later)).to_be_visible()
    expect(projector.tiles).to_have_count(2)


def test_a_lost_connection_is_one_quiet_line_and_the_wall_stays(show: Show, server: str) -> None:
    projector, watcher = show()
    screen = projector.page
    connections: list[WebSocketRoute] = []
    away = False

    def meet(socket: WebSocketRoute) -> None:
        if not away:  # or else it is open, and nobody is there
            socket.connect_to_server()
        connections.append(socket)

    screen.route_web_socket(re.compile("/join/socket"), meet)
    screen.reload()
    projector.expect_state("live")
    (name,) = crowd(server, projector.code, DRAWINGS[:1])
    expect(projector.tile(name)).to_be_visible()
    away = True
    connections[-1].close()
    expect(projector.line).to_have_text("No connection. The wall stays, and it is tried again …")
    expect(projector.tile(name)).to_be_visible()
    # What went meanwhile is gone afterwards, and what came is there.
    watcher.say("remove", id=watcher.digit(name)["id"])
    (new,) = crowd(server, projector.code, DRAWINGS[1:2])
    away = False
    expect(projector.tile(new)).to_be_visible(timeout=20_000)
    expect(projector.tile(name)).to_have_count(0)
    expect(projector.line).to_have_text("")


def test_a_room_that_is_gone_or_cannot_be_reached_is_one_sentence(page: OpenPage) -> None:
    visitor = page("/room?lang=en", viewport=PROJECTOR)
    projector = Projector(visitor)
    gone = '{"room": "ABC234", "token": "0123456789abcdefghijklmn"}'
    visitor.evaluate("(kept) => { sessionStorage['gargalo.watched'] = kept }", gone)
    blocked = False

    def meet(socket: WebSocketRoute) -> None:
        if not blocked:  # or else it is open, and nobody is there
            socket.connect_to_server()

    visitor.route_web_socket(re.compile("/join/socket"), meet)
    visitor.reload()
    expect(visitor.locator(".why")).to_have_text("This room is not there any more.")
    expect(visitor.locator(".begin .open")).to_have_text("Open another one")
    blocked = True
    visitor.locator(".begin .open").click()
    projector.expect_state("opening")
    expect(visitor.locator(".opening")).to_have_text(
        re.compile("The room cannot be reached"), timeout=15_000
    )


def test_axe_finds_nothing(show: Show, server: str) -> None:
    for theme, language in (("light", "pt"), ("dark", "en")):
        projector, _ = show(f"?lang={language}&model=deep", color_scheme=theme)
        screen = projector.page
        found = []

        def look(where: str, screen: Page = screen, found: list[Any] = found) -> None:
            screen.evaluate(AXE_SCRIPT)
            result = screen.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            for rule in result["violations"]:
                found.extend((where, rule["id"], node["html"]) for node in rule["nodes"])

        look("empty")
        crowd(server, projector.code, DRAWINGS[:3])
        expect(projector.tiles).to_have_count(3)
        projector.tiles.first.click()
        expect(screen.locator(".stage .drawing")).to_have_count(1)
        look("wall")
        projector.press("second")
        look("second")
        screen.keyboard.press("Escape")
        projector.press("hide")
        expect(screen.locator(".curtain")).to_be_visible()
        look("covered")
        assert found == []
