"""A room on a projector, two phones and a moderator, all in Chromium; `ae` is the oracle."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

import ae
from ae import evaluation
from hub import protocol
from tests.browser.rooms import (
    DRAWINGS,
    Projector,
    crowd,
    digit_of,
    drawn_on_wall,
    expect_ink,
    ink,
    watching,
)
from tests.browser.test_draw import choose
from tests.browser.test_phone import ONE, PORTRAIT, SEVEN, Phone
from tests.conftest import screenshot, serve
from ui import share
from ui.text import translator

OpenPage = Callable[..., Page]
PROJECTOR = (1280, 720)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve the app with its rooms; each address may open five, so that this file opens no more."""
    with serve("room", "asgi.py") as url:
        yield url


@pytest.fixture
def light(server: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages that are none of Streamlit's, with a finger; no script may fail."""
    pages: list[Page] = []
    failed: list[str] = []

    def open_page(path: str, size: tuple[int, int] = PORTRAIT, **options: Any) -> Page:
        context = browser.new_context(
            base_url=server,
            viewport={"width": size[0], "height": size[1]},
            has_touch=True,
            is_mobile=True,
            **options,
        )
        pages.append(context.new_page())
        pages[-1].on("pageerror", lambda error: failed.append(str(error)))
        pages[-1].goto(path)
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()
    assert failed == []


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_room_from_its_opening_to_its_end(
    language: str, page: OpenPage, light: Callable[..., Page], server: str
) -> None:
    _ = translator(language).gettext
    projector = Projector(
        page(f"/room?lang={language}&model=deep", viewport=PROJECTOR, reduced_motion="reduce"),
        language,
    )
    screen = projector.page
    expect(screen.locator(".begin")).to_contain_text(_("Open a room"))
    code = projector.open()
    assert re.fullmatch(protocol.KINDS["code"]["pattern"], code)
    expect(screen.get_by_text(_("Nobody has drawn yet: scan, draw, send."))).to_be_visible()
    projector.expect_counts("phones", 0, "phones")
    # The tests' server listens to this computer alone; a QR code says the address all the same.
    expect(screen.locator(".alone")).to_be_visible()
    scanned = f"{server}/join".upper() + f"/{code}"
    for picture in screen.locator(".enlarge .qr, .large .qr").all():
        expect(picture).to_have_attribute("src", share.qr(scanned))
    expect(screen.locator(".invite .where b")).to_have_text(f"{server}/join".split("//")[1])
    screenshot(screen, f"room-empty-{language}")

    # Two phones: one by the link of the QR code, one late and by the code.
    first = Phone(light(f"/JOIN/{code}?lang={language}"))
    first.expect_ready()
    projector.expect_counts("phones", 1, "phone")
    first.draw(*SEVEN)
    first.send()
    named = first.part("name").inner_text()
    expect(projector.tiles).to_have_count(1)
    with watching(server, projector) as watcher:
        seven = watcher.digit(named)["strokes"]
        projector.expect_tile(named, "deep", seven)
        first.expect_told("On the wall! Look up.", _)
        second = Phone(light(f"/join?lang={language}"))
        second.part("code").fill(code.lower())
        second.page.get_by_role("button", name=_("Join")).tap()
        second.expect_ready()
        projector.expect_counts("phones", 2, "phones")
        second.draw(*ONE)
        second.send()
        late = second.part("name").inner_text()
        one = watcher.digit(late)["strokes"]
        projector.expect_tile(late, "deep", one)
        projector.expect_counts("digits", 2, "digits")
        expect(projector.host).to_have_attribute("data-stars", "2")
        expect(screen.locator(".pair dd")).to_have_text(
            _("Most alike: {first} and {second}", first=named, second=late)
        )
        screenshot(screen, f"room-two-{language}")

        # The drawing itself is nowhere until the speaker has tapped its tile, and again after that.
        drawings = screen.locator(".stage .drawing")
        expect(drawings).to_have_count(0)
        projector.tile(named).click()
        expect(drawings).to_have_count(1)
        expect(projector.tile(named)).to_have_attribute("aria-pressed", "true")
        assert watcher.digit(named)["strokes"] == seven
        expect_drawn(drawn_on_wall(drawings), seven)
        expect(projector.tile(late)).to_have_attribute("aria-pressed", "false")
        projector.tile(named).click()
        expect(drawings).to_have_count(0)

        # A wall that stands still: the phone's new drawing comes later.
        projector.press("freeze")
        expect(projector.line).to_have_text(_("The wall stands still."))
        second.draw(SEVEN[1])
        second.send()
        both = watcher.digit(late, 2)["strokes"]
        projector.expect_tile(late, "deep", one)
        second.expect_told("It has arrived. The wall stands still for now.", _)
        projector.press("freeze")
        projector.expect_tile(late, "deep", both)
        expect(projector.line).to_have_text("")

        # Covered: nothing of anybody is seen, only how to come in.
        projector.press("hide")
        expect(screen.get_by_text(_("The wall is covered."))).to_be_visible()
        expect(projector.tile(named)).to_be_hidden()
        expect(screen.locator(".together")).to_be_hidden()
        expect(screen.locator(".invite .code")).to_be_visible()
        projector.press("hide")
        expect(projector.tile(named)).to_be_visible()

        # Another model in the frame: at once on the wall and on the phones.
        choose(screen, _("Sparse"))
        expect(first.part("model")).to_have_text(_("Sparse"))
        expect(second.part("model")).to_have_text(_("Sparse"))
        projector.expect_tile(named, "sparse", seven)
        projector.expect_tile(late, "sparse", both)
        expect(projector.host).to_have_attribute("data-model", "sparse")

        # F5 goes on.
        screen.reload()
        projector.expect_state("live")
        assert projector.code == code
        projector.expect_tile(named, "sparse", seven)
        projector.expect_tile(late, "sparse", both)

        # Each waits until it is approved: the hall sees how many, and none of them.
        projector.press("approval")
        expect(screen.locator(".controls .approval")).to_have_attribute("aria-pressed", "true")
        first.draw(ONE[0])
        first.send()
        waits = watcher.digit(named, 2)
        projector.expect_counts("waits", 1, "waits")
        first.expect_told("It has arrived, and waits until the speaker shows it.", _)
        expect(projector.tile(named)).to_have_count(0)
        watcher.say("approve", id=waits["id"], seq=2)
        projector.expect_tile(named, "sparse", waits["strokes"])
        projector.expect_counts("waits", 0, "wait")

        # One is taken away, one is sent out.
        projector.tile(named).hover()
        tip = screen.locator(".tip")
        expect(tip.locator("b")).to_have_text(named)
        tip.get_by_role("button", name=_("Take away")).click()
        expect(projector.tile(named)).to_have_count(0)
        first.expect_told("Your drawing was taken away. Draw another one.", _)
        projector.tile(late).hover()
        tip.get_by_role("button", name=_("Send out")).click()
        expect(screen.locator(".ask")).to_contain_text(late)
        projector.answer(yes=False)
        expect(projector.tile(late)).to_be_visible()
        projector.tile(late).hover()
        tip.get_by_role("button", name=_("Send out")).click()
        projector.answer()
        expect(projector.tile(late)).to_have_count(0)
        expect(second.part("why")).to_have_text(
            _("The speaker has sent this phone out of the room.")
        )
        expect(screen.get_by_text(_("Nobody has drawn yet: scan, draw, send."))).to_be_visible()

    # The room is closed, and another one is opened.
    projector.press("close")
    projector.answer()
    projector.expect_state("begin")
    expect(screen.locator(".why")).to_have_text(_("The room is closed."))
    expect(first.part("why")).to_have_text(_("This room is over. Thank you for drawing!"))
    screenshot(screen, f"room-closed-{language}")
    screen.reload()
    projector.expect_state("begin")
    expect(screen.locator(".why")).to_have_text("")


def expect_drawn(painted: np.ndarray, strokes: str) -> None:
    """Its points are inked, and each of MNIST's pixels is the mean of what lies on it."""
    side = round(len(painted) ** 0.5)
    picture = painted.reshape(side, side)
    lines = ae.strokes.decode_strokes(strokes, side)
    for x, y in np.concatenate(lines).astype(int).clip(0, side - 1).tolist():
        assert picture[y, x] > 0.9
    plain = ae.drawing.from_strokes(ae.strokes.decode_strokes(strokes), 1, normalise=False)
    small = picture.reshape(28, side // 28, 28, side // 28).mean((1, 3))
    assert np.abs(small - plain).mean() < 0.01


def test_a_second_person_looks_after_the_hall(
    page: OpenPage, light: Callable[..., Page], server: str
) -> None:
    _ = translator("pt").gettext
    projector = Projector(page("/room?lang=en&model=shallow", viewport=PROJECTOR))
    screen, code = projector.page, projector.open()
    screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    projector.press("second")
    dialog = screen.locator("dialog.second")
    dialog.get_by_role("button", name="Copy the link").click()
    expect(dialog.get_by_text("Copied.")).to_be_visible()
    link = screen.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{server}/moderate#{code}\.[\w-]{{32}}", link)
    assert projector.speaker not in link
    expect(dialog.locator(".qr")).to_be_hidden()
    dialog.get_by_role("button", name="Show its QR code").click()
    expect(dialog.locator(".qr")).to_have_attribute("src", share.qr(link))
    screen.keyboard.press("Escape")
    # What phones see knows nothing of it.
    visitor = light(f"/join/{code}")
    assert link.split("#")[1] not in visitor.content()

    asked: list[str] = []
    moderator = light("about:blank", (1280, 720), locale="pt-BR")
    moderator.on("request", lambda request: asked.append(request.url))
    moderator.goto(link)
    expect(moderator.locator("h2").first).to_have_text(f"{_('Waiting')} 0")
    expect(moderator.locator("#room")).to_have_text(code)
    assert asked and not any(link.split(".")[-1] in url for url in asked)
    assert projector.speaker not in moderator.content()

    switch = moderator.get_by_role("button", name=_("Each digit waits"))
    switch.tap()
    expect(switch).to_have_attribute("aria-pressed", "true")
    drawn = crowd(server, code, DRAWINGS[:9])
    waiting, wall = moderator.locator("#waiting li"), moderator.locator("#wall li")
    expect(waiting).to_have_count(9)
    projector.expect_counts("waits", 9, "wait")
    expect(projector.tiles).to_have_count(0)

    # The strangest first, by the error that `ae` measures; the drawing beside what becomes of it.
    model = ae.load("shallow")
    digits = np.stack([digit_of(strokes) for strokes in drawn.values()])
    errors = evaluation.mse(digits, model.reconstruct(digits))
    order = [[*drawn][i] for i in np.argsort(-errors)]
    expect(waiting.locator("b")).to_have_text(order)
    strangest = drawn[order[0]]
    expect_ink(waiting.first.locator(".survives"), model.reconstruct(digit_of(strangest)[None]))
    expect_drawn(ink(waiting.first.locator(".drawing")), strangest)
    screenshot(moderator, "moderate")

    card = waiting.filter(has_text=order[0])
    card.get_by_role("button", name=_("Take away")).tap()
    expect(waiting).to_have_count(8)
    card = waiting.filter(has_text=order[1])
    card.get_by_role("button", name=_("Send out")).tap()
    expect(waiting).to_have_count(8)
    card.get_by_role("button", name=_("For good?")).tap()
    expect(waiting).to_have_count(7)
    card = waiting.filter(has_text=order[3])
    card.get_by_role("button", name=_("Approve"), exact=True).tap()
    expect(wall.locator("b")).to_have_text([order[3]])
    projector.expect_tile(order[3], "shallow", drawn[order[3]])
    moderator.get_by_role("button", name=_("Approve all of these")).tap()
    expect(wall).to_have_count(7)
    expect(projector.tiles).to_have_count(7)
    expect(moderator.get_by_text(_("Nothing waits."))).to_be_visible()

    # On the wall: shown, taken away, covered.
    card = wall.filter(has_text=order[4])
    reveal = card.get_by_role("button", name=_("Show the drawing"))
    reveal.tap()
    expect(screen.locator(".stage .drawing")).to_have_count(1)
    expect(projector.tile(order[4])).to_have_attribute("aria-pressed", "true")
    expect(reveal).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name=_("Take away")).tap()
    expect(projector.tile(order[4])).to_have_count(0)
    moderator.get_by_role("button", name=_("Cover the wall")).tap()
    expect(screen.get_by_text("The wall is covered.")).to_be_visible()
    moderator.get_by_role("button", name=_("Freeze the wall")).tap()
    expect(projector.line).to_have_text("The wall stands still.")

    # All away; then the room ends for the moderator, too.
    projector.press("clear")
    projector.answer()
    expect(wall).to_have_count(0)
    expect(projector.tiles).to_have_count(0)
    projector.press("close")
    projector.answer()
    expect(moderator.locator("#why")).to_have_text(_("The room is closed."))


def test_a_model_that_comes_does_not_hide_that_the_connection_is_lost(
    light: Callable[..., Page],
) -> None:
    moderator = light("about:blank", PROJECTOR, locale="pt-BR")
    flags = dict.fromkeys(("frozen", "hidden", "approval"), False)
    drawing = {"id": 1, "name": "Calm Otter", "strokes": DRAWINGS[0], "seq": 1}
    said = [
        {"say": "watching", "room": "ABC234", "role": "moderator"},
        {"say": "settings", "model": "shallow", "step": 0, **flags},
        {"say": "digit", **drawing, "approved": True, "shown": False},
    ]
    away = False
    sockets: list[WebSocketRoute] = []
    models: list[Route] = []

    def watch(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if not away:  # or else it is open, and nobody is there
            socket.on_message(lambda _: socket.send(json.dumps(said)))

    moderator.route_web_socket(re.compile("/join/socket"), watch)
    moderator.route("**/join/model/shallow", lambda route: models.append(route))
    moderator.goto("/moderate#ABC234.0123456789abcdefghijklmn")
    status, _ = moderator.locator("#status"), translator("pt").gettext
    survives = moderator.locator("#wall .survives")
    expect(survives).to_be_visible()
    expect(status).to_have_text(_("The model is on its way …"))
    away = True
    sockets[-1].close(code=1006)
    expect(status).to_have_text(_("No connection. It is tried again …"))
    models[0].continue_()
    expect_ink(survives, ae.load("shallow").reconstruct(digit_of(DRAWINGS[0])[None]))
    expect(status).to_have_text(_("No connection. It is tried again …"))
    away = False
    expect(status).to_have_text("", timeout=20_000)


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        ("", "This link is not complete. Ask the speaker for it again."),
        ("#ABC234", "This link is not complete. Ask the speaker for it again."),
        ("#ABC234.short", "This link is not complete. Ask the speaker for it again."),
        ("#ABC234.0123456789abcdefghijklmn", "This link leads to no room any more."),
    ],
)
def test_a_link_that_leads_nowhere_is_one_sentence(
    fragment: str, sentence: str, light: Callable[..., Page]
) -> None:
    moderator = light(f"/moderate{fragment}", locale="pt-BR")
    expect(moderator.locator("#why")).to_have_text(translator("pt").gettext(sentence))
    expect(moderator.locator("main")).to_be_hidden()
