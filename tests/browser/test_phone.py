"""A phone in the audience, in Chromium with a finger; the hub is real, `ae` is the oracle."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect
from websockets.sync.client import ClientConnection, connect

import ae
from ae import evaluation
from ae.arrays import Float32
from hub import protocol
from tests.browser.test_draw import touch
from tests.browser.test_hosting import BROKEN, policy
from tests.conftest import serve
from ui import pictures, scripts
from ui.text import translator

Line = list[tuple[float, float]]
OpenPhone = Callable[..., "Phone"]

PORTRAIT, LANDSCAPE, SMALL = (390, 844), (844, 390), (320, 568)
ENGLISH, PORTUGUESE = translator("en").gettext, translator("pt").gettext
# On the app's canvas of 280 pixels.
SEVEN: list[Line] = [
    [(60, 70), (110, 66), (160, 64), (212, 66), (190, 110), (160, 170), (140, 225), (132, 248)],
    [(110, 150), (150, 148), (195, 152)],
]
ONE: list[Line] = [[(150, 40), (148, 90), (146, 140), (143, 190), (141, 245)]]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve the app with its rooms."""
    with serve("phone", "asgi.py") as url:
        yield url


class Room:
    """A room, and who opened it."""

    def __init__(self, speaker: ClientConnection) -> None:
        self._speaker = speaker
        self._heard: list[dict[str, Any]] = []
        self._known: dict[str, dict[str, Any]] = {}  # settings and people, as they were said last
        self._steps = 0
        self.say("open", model="shallow")
        self.code: str = self.hear("opened")["room"]

    def say(self, say: str, **fields: object) -> None:
        self._speaker.send(json.dumps({"say": say, **fields}))

    def hear(self, say: str, **fields: object) -> dict[str, Any]:
        """Wait for a message; what comes before it is passed over."""
        wanted = {"say": say, **fields}
        while True:
            while self._heard:
                message = self._heard.pop(0)
                if wanted.items() <= message.items():
                    return message
            self._listen()

    def until(self, say: str, **fields: object) -> None:
        """Wait until this is so, if it is not yet."""
        while not fields.items() <= self._known.get(say, {}).items():
            self._listen()

    def empty(self) -> None:
        """As if it were new."""
        self._steps += 1  # when this is said, all before it has been
        flags = {"frozen": False, "hidden": False, "approval": False}
        fresh = {"model": "shallow", "step": self._steps, **flags}
        self.say("clear")
        self.say("set", **fresh)
        self.until("people", here=0)
        self.until("settings", **fresh)
        self._heard.clear()

    def _listen(self) -> None:
        for message in json.loads(self._speaker.recv(timeout=10)):
            self._known[message["say"]] = protocol.check(message, "hub")
            self._heard.append(message)


@contextmanager
def opened(server: str) -> Iterator[Room]:
    address = f"{server.replace('http', 'ws', 1)}/join/socket"
    with connect(address, origin=server, proxy=None, ping_interval=None) as socket:  # type: ignore[arg-type]
        yield Room(socket)


@pytest.fixture(scope="module")
def the_room(server: str) -> Iterator[Room]:
    """One room for all: an address may open five, and then one in ten minutes."""
    with opened(server) as room:
        yield room


@pytest.fixture
def room(the_room: Room) -> Room:
    the_room.empty()
    return the_room


class Phone:
    """One phone's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.finger = page.context.new_cdp_session(page)

    def part(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")

    def tap(self, name: str) -> None:
        self.part(name).tap()

    def expect_told(self, words: str, _: Callable[[str], str] = ENGLISH) -> None:
        expect(self.part("status")).to_have_text(_(words))

    def expect_ready(self) -> None:
        """It is in the room, and the model is here."""
        expect(self.part("outcome")).to_have_attribute("data-state", "here")
        expect(self.part("spins")).not_to_have_text("")
        expect(self.part("who")).to_be_visible()

    def draw(self, *lines: Line) -> None:
        box = self.part("pad").bounding_box()
        assert box
        scale = box["width"] / 280
        for line in lines:
            touch(self.finger, *[(box["x"] + x * scale, box["y"] + y * scale) for x, y in line])
        self.settle()

    def settle(self) -> None:
        """Wait until what was drawn last has been painted and, a frame later, kept."""
        for _ in range(2):
            self.page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
            )

    def send(self) -> None:
        self.tap("send")

    @property
    def kept(self) -> dict[str, str]:
        """What the page would know after a reload."""
        kept: dict[str, str] = json.loads(self.page.evaluate("sessionStorage['gargalo.room']"))
        return kept


@pytest.fixture
def phone(server: str, browser: Browser) -> Iterator[OpenPhone]:
    """Open phones; no script may fail, and the console stays empty but for what is expected."""
    contexts = []
    complaints: list[str] = []

    def open_phone(
        path: str, viewport: tuple[int, int] = PORTRAIT, expected: str = "^$", **options: Any
    ) -> Phone:
        context = browser.new_context(
            base_url=server,
            viewport={"width": viewport[0], "height": viewport[1]},
            has_touch=True,
            is_mobile=True,
            device_scale_factor=2,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not re.search(expected, message.text)
                else None
            ),
        )
        page.goto(path)
        page.locator("body[data-ready]").wait_for()
        return Phone(page)

    yield open_phone
    for context in contexts:
        context.close()
    assert complaints == []


def inked(strokes: str) -> Float32:
    """What the network sees of a drawing, as the hub hands it on."""
    return ae.drawing.from_strokes(ae.strokes.decode_strokes(strokes), 1)


# In the code's own unit: where each bar ends.
BARS = """(bars) => [...bars.querySelectorAll("i")].map(({ className, style }) =>
  [parseFloat(style.bottom), parseFloat(style.height || 0), className])"""
GREYS = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return [width, ...data.filter((_, i) => i % 4 === 0)];
}"""


def greys(canvas: Locator) -> np.ndarray:
    width, *values = canvas.evaluate(GREYS)
    return np.array(values).reshape(-1, width)


def expect_outcome(phone: Phone, name: str, digit: Float32) -> None:
    """Bars, picture and share are what the library makes of this digit."""
    model = ae.load(name)
    code = model.encode(digit[None])[0]
    low, high = model.statistics.code_axis
    zero = -100 * low / (high - low)
    shown = phone.part("bars").evaluate(BARS)
    assert len(shown) == len(code)
    for (bottom, height, kind), value in zip(shown, code.tolist(), strict=True):
        end = 100 * (np.clip(value, low, high) - low) / (high - low)
        if kind != "zero":
            assert bottom == pytest.approx(min(zero, end), abs=0.5)
            assert height == pytest.approx(abs(end - zero), abs=0.5)
        else:
            assert abs(end - zero) < 0.5
        assert ("cut" in kind) == (not low <= value <= high)
    reconstruction = model.decode(code[None])[0]
    survives = greys(phone.part("survives"))
    assert np.abs(survives - pictures.grey(reconstruction).astype(int)).max() <= 3
    (share,), _ = evaluation.ink(digit[None], reconstruction[None])
    written = re.match(r"\d+", phone.part("kept").inner_text())
    assert written and abs(int(written[0]) - 100 * share) <= 1


# Into a room


def test_by_the_link_of_a_qr_code(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/JOIN/{room.code}")
    visitor.expect_ready()
    room.until("people", here=1)
    expect(visitor.part("room")).to_have_text(room.code)
    expect(visitor.part("enter")).to_be_hidden()
    visitor.expect_told("Draw a digit, then send it.")
    expect(visitor.part("send")).to_be_disabled()
    assert visitor.page.context.cookies() == []


def test_by_a_code_as_people_type_it(phone: OpenPhone, room: Room) -> None:
    visitor = phone("/join?lang=en")
    field, join = visitor.part("code"), visitor.page.get_by_role("button", name=ENGLISH("Join"))
    complaint = visitor.part("complaint")
    expect(field).to_be_focused()
    expect(visitor.part("draw")).to_be_hidden()
    field.press_sequentially("o")
    expect(complaint).to_have_text(
        ENGLISH("There is no {sign} in any code. Look at the screen again.", sign="O")
    )
    expect(field).to_have_attribute("aria-invalid", "true")
    join.tap()
    expect(visitor.part("enter")).to_be_visible()
    field.fill("abc")
    expect(complaint).to_have_text("")
    join.tap()
    expect(complaint).to_have_text(ENGLISH("A code has six characters."))
    field.fill("aaaaaa")
    join.tap()
    sentence = "There is no room {room}. Compare the code; the room may also be over."
    expect(complaint).to_have_text(ENGLISH(sentence, room="AAAAAA"))
    field.fill(f"{room.code[:3]} {room.code[3:]}".lower().replace("2", "z"))
    field.press("Enter")
    visitor.expect_ready()
    assert visitor.page.url.endswith(f"/join/{room.code}?lang=en")
    room.until("people", here=1)


@pytest.mark.parametrize(("path", "sign"), [("AB0", "0"), ("AB/CD", "/"), ("<b>", "<")])
def test_a_link_to_no_room_asks_for_the_code(path: str, sign: str, phone: OpenPhone) -> None:
    visitor = phone(f"/join/{path}")
    expect(visitor.part("complaint")).to_have_text(
        ENGLISH("There is no {sign} in any code. Look at the screen again.", sign=sign)
    )
    expect(visitor.part("code")).to_have_value(path)
    assert visitor.part("code").evaluate("code => getComputedStyle(code).textAlign") == "center"


# What is drawn


@pytest.mark.parametrize("model", ["shallow", "vae2"])
def test_what_it_shows_is_what_ae_makes_of_what_it_sends(
    model: str, phone: OpenPhone, room: Room
) -> None:
    room.say("set", model=model)
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    units = ae.load(model).code_size
    expect(visitor.part("numbers")).to_have_text(ENGLISH("{n} numbers", n=units))
    visitor.draw(*SEVEN)
    expect(visitor.part("hint")).to_be_hidden()
    visitor.send()
    digit = room.hear("digit")
    seen = inked(digit["strokes"])
    expect_outcome(visitor, model, seen)
    assert digit["name"] == visitor.part("name").inner_text()
    visitor.expect_told("On the wall! Look up.")

    # The canvas shows where the finger was, with the app's pen: each of MNIST's pixels is the mean
    # of what lies on it.
    painted = greys(visitor.part("pad"))
    small = Image.fromarray(painted.astype(np.uint8)).resize((28, 28), Image.Resampling.BOX)
    lines = ae.strokes.decode_strokes(digit["strokes"])
    plain = ae.drawing.from_strokes(lines, 1, normalise=False)
    away = np.abs(np.asarray(small) / 255 - plain)
    assert away.mean() < 0.01 and away.max() < 0.25
    scale = len(painted) / 280
    for x, y in (end for line in SEVEN for end in (line[0], line[-1])):
        assert painted[int(y * scale), int(x * scale)] > 0.9 * 255


def test_the_numbers_follow_the_finger(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    box = visitor.part("pad").bounding_box()
    assert box
    seen = []
    for i, (x, y) in enumerate(SEVEN[0]):
        kind, at = "touchMove" if i else "touchStart", {"x": box["x"] + x, "y": box["y"] + y}
        visitor.finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        visitor.settle()
        seen.append(str(visitor.part("bars").evaluate(BARS)))
    # The second place bends nothing, and a straight line has one normal form, however long.
    assert len(set(seen)) >= len(seen) - 3
    visitor.finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visitor.settle()
    expect_outcome(visitor, "shallow", inked(visitor.kept["drawing"]))


def test_two_fingers_do_not_draw_and_nothing_moves(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}", SMALL)
    visitor.expect_ready()
    visitor.draw(*ONE)
    before = visitor.kept["drawing"]
    box = visitor.part("pad").bounding_box()
    assert box

    def put(kind: str, *places: tuple[float, float]) -> None:
        at = [{"x": box["x"] + x, "y": box["y"] + y, "id": i} for i, (x, y) in enumerate(places)]
        visitor.finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    for second in ((150, 150), (150, -60)):  # on the canvas, or anywhere else
        put("touchStart", (40, 40))
        put("touchMove", (60, 80))
        visitor.settle()
        assert visitor.kept["drawing"] != before
        put("touchStart", (60, 80), second)
        put("touchMove", (30, 40), (second[0] + 60, second[1] + 60))
        put("touchEnd")
        visitor.settle()
        assert visitor.kept["drawing"] == before
    put("touchStart", (100, 60))
    for i in range(8):
        put("touchMove", (100, 60 + 20 * i))
    put("touchEnd")
    visitor.settle()
    assert visitor.kept["drawing"] != before
    view = "[scrollX, scrollY, visualViewport.scale, visualViewport.offsetTop]"
    assert visitor.page.evaluate(view) == [0, 0, 1, 0]
    assert visitor.part("pad").bounding_box() == box


def test_undo_and_clear(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    for name in ("undo", "clear"):
        expect(visitor.part(name)).to_be_disabled()
    blank = greys(visitor.part("pad"))
    assert not blank.any()
    visitor.draw(SEVEN[0])
    first = visitor.kept["drawing"], greys(visitor.part("pad"))
    visitor.draw(SEVEN[1])
    second = visitor.kept["drawing"]
    visitor.tap("undo")
    visitor.settle()
    assert visitor.kept["drawing"] == first[0]
    assert (greys(visitor.part("pad")) == first[1]).all()
    visitor.draw(SEVEN[1])
    assert visitor.kept["drawing"] == second
    visitor.tap("clear")
    expect(visitor.part("hint")).to_be_visible()
    visitor.settle()
    assert visitor.kept["drawing"] == "" and not greys(visitor.part("pad")).any()
    expect(visitor.part("kept")).to_have_text("")
    visitor.tap("undo")  # a hasty tap on Clear costs no drawing
    visitor.settle()
    assert visitor.kept["drawing"] == second


def test_as_many_lines_as_a_drawing_may_have(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    dots: list[Line] = [[(20 + 30 * (i % 8), 20 + 30 * (i // 8))] for i in range(64)]
    visitor.draw(*dots)
    visitor.expect_told("So many lines are enough. Undo one, or send it.")
    full = visitor.kept["drawing"]
    visitor.draw([(140, 270)])
    assert visitor.kept["drawing"] == full
    visitor.send()
    assert len(ae.strokes.decode_strokes(room.hear("digit")["strokes"])) == 64


def test_by_the_keyboard_alone(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    keys = visitor.page.keyboard
    visitor.part("pad").focus()
    keys.press("Space")
    pen = visitor.part("pen")
    expect(pen).to_have_text(ENGLISH("Pen down. Column {column}, row {row}.", column=14, row=14))
    for _ in range(8):
        keys.press("ArrowDown")
    expect(pen).to_have_text(ENGLISH("Column {column}, row {row}.", column=14, row=22))
    keys.press("Space")
    expect(pen).to_have_text(ENGLISH("Pen up. Column {column}, row {row}.", column=14, row=22))
    visitor.settle()
    (line,) = ae.strokes.decode_strokes(visitor.kept["drawing"], 280)
    np.testing.assert_allclose(line, [(135, 135), (135, 215)], atol=1)
    for name in ("undo", "clear", "spin", "send"):
        keys.press("Tab")
        expect(visitor.part(name)).to_be_focused()
    keys.press("Enter")
    room.hear("digit")
    visitor.expect_told("On the wall! Look up.")


# What becomes of it


def test_sent_again_taken_away_and_sent_out(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    visitor.draw(*SEVEN)
    visitor.expect_told("Send it: everybody will see what the decoder draws.")
    visitor.send()
    first = room.hear("digit")
    visitor.expect_told("On the wall! Look up.")
    expect(visitor.part("send")).to_be_disabled()
    visitor.tap("clear")
    visitor.draw(*ONE)
    visitor.expect_told("Send this one in place of your last one?")
    visitor.send()
    second = room.hear("digit")
    assert (second["id"], second["seq"]) == (first["id"], first["seq"] + 1)
    assert second["strokes"] != first["strokes"]

    room.say("remove", id=second["id"])
    visitor.expect_told("Your drawing was taken away. Draw another one.")
    expect(visitor.part("hint")).to_be_visible()
    visitor.draw(*SEVEN)
    visitor.send()
    assert room.hear("digit")["strokes"] == first["strokes"]

    room.say("ban", id=second["id"])
    banned = ENGLISH("The speaker has sent this phone out of the room.")
    expect(visitor.part("why")).to_have_text(banned)
    expect(visitor.part("draw")).to_be_hidden()
    visitor.page.reload()
    expect(visitor.part("why")).to_have_text(banned)


def test_what_waits_and_what_is_covered(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    room.say("set", approval=True)
    visitor.draw(*ONE)
    visitor.send()
    visitor.expect_told("It has arrived, and waits until the speaker shows it.")
    visitor.page.reload()
    visitor.expect_told("It has arrived, and waits until the speaker shows it.")
    digit = room.hear("digit", approved=False)
    room.say("approve", id=digit["id"], seq=digit["seq"])
    visitor.expect_told("On the wall! Look up.")
    room.say("set", approval=False, frozen=True)
    visitor.expect_told("It has arrived. The wall stands still for now.")
    room.say("set", frozen=False)
    visitor.expect_told("On the wall! Look up.")


def test_three_other_names(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    names = [visitor.part("name").inner_text()]
    for left in (2, 1, 0):
        visitor.tap("spin")
        expect(visitor.part("spins")).to_have_text(str(left))
        names.append(visitor.part("name").inner_text())
    assert len(set(names)) == 4
    expect(visitor.part("spin")).to_be_disabled()
    visitor.draw(*ONE)
    visitor.send()
    assert room.hear("digit")["name"] == names[-1]


def test_the_room_ends(phone: OpenPhone, server: str) -> None:
    with opened(server) as room:
        visitor = phone(f"/join/{room.code}")
        visitor.expect_ready()
        room.say("close")
    expect(visitor.part("why")).to_have_text(ENGLISH("This room is over. Thank you for drawing!"))
    expect(visitor.part("why")).to_be_focused()
    alone = visitor.page.get_by_role("link", name=ENGLISH("Draw on by yourself"))
    assert alone.evaluate("link => link.href") == visitor.page.url.partition("join")[0]
    visitor.tap("another")
    expect(visitor.part("code")).to_be_focused()
    assert visitor.page.url.endswith("/join")


def test_the_model_changes_under_the_drawing(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    visitor.draw(*SEVEN)
    digit = inked(visitor.kept["drawing"])
    expect_outcome(visitor, "shallow", digit)
    for model, title in (("deep", "Deep"), ("pca", "PCA"), ("shallow", "Shallow")):
        room.say("set", model=model)
        expect(visitor.part("model")).to_have_text(title)
        visitor.expect_ready()
        expect_outcome(visitor, model, digit)


def test_a_model_that_does_not_come_is_asked_for_again(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}", expected="Failed to load resource|ERR_FAILED")
    visitor.expect_ready()
    visitor.draw(*SEVEN)
    asked: list[Route] = []

    def answer(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.abort()
        elif len(asked) == 2:
            route.fulfill(status=503)
        elif len(asked) == 3:
            route.fulfill(body=b"cut off")

    visitor.page.route("**/join/model/deep", answer)
    room.say("set", model="deep")
    wait = visitor.part("wait")
    failed = ENGLISH("The model did not arrive. It is tried again: {title}", title="Deep")
    expect(wait).to_have_text(failed)
    expect(visitor.part("bars")).to_be_hidden()
    while len(asked) < 4:
        visitor.page.wait_for_timeout(100)
    expect(visitor.part("progress")).to_be_visible()
    # Meanwhile one can draw on, and the speaker may think again.
    room.say("set", model="shallow")
    visitor.expect_ready()
    expect_outcome(visitor, "shallow", inked(visitor.kept["drawing"]))


# Connections


def test_offline_and_back(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}", expected="WebSocket|ERR_INTERNET_DISCONNECTED")
    visitor.expect_ready()
    room.until("people", here=1)
    visitor.page.context.set_offline(True)
    visitor.expect_told("No connection. You can go on drawing meanwhile.")
    room.until("people", here=0)
    visitor.draw(*SEVEN)
    visitor.send()
    visitor.expect_told("No connection. Your drawing is kept, and sent when it is back.")
    visitor.tap("clear")
    visitor.draw(*ONE)
    visitor.send()  # the newest counts
    waiting = visitor.kept["waiting"]
    visitor.page.context.set_offline(False)
    digit = room.hear("digit")
    assert (digit["strokes"], digit["seq"]) == (waiting, 1)
    visitor.expect_told("On the wall! Look up.")


def test_a_reload_loses_nothing(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    name = visitor.part("name").inner_text()
    visitor.draw(*SEVEN)
    visitor.send()
    id = room.hear("digit")["id"]
    visitor.expect_told("On the wall! Look up.")
    sent, painted = visitor.kept["drawing"], greys(visitor.part("pad"))
    visitor.page.reload()
    visitor.expect_ready()
    visitor.expect_told("On the wall! Look up.")
    assert visitor.part("name").inner_text() == name
    assert visitor.kept["drawing"] == sent
    visitor.settle()
    assert np.abs(greys(visitor.part("pad")) - painted).mean() < 2
    expect_outcome(visitor, "shallow", inked(sent))
    visitor.draw([(40, 250), (80, 252)])
    visitor.send()
    assert room.hear("digit")["id"] == id


def test_a_phone_that_slept_says_who_it_is(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.page.clock.install()
    visitor.page.reload()
    visitor.expect_ready()
    room.until("people", here=1)
    me = visitor.kept["me"]
    opened: list[str] = []
    visitor.page.on("websocket", lambda socket: opened.append(socket.url))
    see = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    visitor.page.evaluate(see, True)
    visitor.page.clock.fast_forward(5_000)
    visitor.page.evaluate(see, False)
    assert opened == []  # a glance at another app
    visitor.page.evaluate(see, True)
    visitor.page.clock.fast_forward(60_000)
    with visitor.page.expect_websocket():
        visitor.page.evaluate(see, False)
    visitor.expect_ready()
    assert visitor.kept["me"] == me


class Hub:
    """Stands in for the hub, where that would take hours, or a failure."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.heard: list[dict[str, Any]] = []
        self.sockets: list[WebSocketRoute] = []
        self.seated: set[WebSocketRoute] = set()

    def __call__(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda frame: self.answer(socket, json.loads(frame)))

    def answer(self, socket: WebSocketRoute, message: dict[str, Any]) -> None:
        self.heard.append(message)
        if self.faults:
            self.say(socket, say="fault", why=self.faults.pop(0))
        elif message["say"] == "join":
            me = message.get("me", "m" * 22)
            self.seated.add(socket)
            self.say(socket, say="joined", me=me, id=1, name="Calm Otter", spins=3, seq=0)
            flags = {"frozen": False, "hidden": False, "approval": False}
            self.say(socket, say="settings", model="shallow", step=0, **flags)
        elif socket not in self.seated:
            self.say(socket, say="fault", why="forbidden")
        elif message["say"] == "draw":
            self.say(socket, say="drawn", seq=1)

    def say(self, socket: WebSocketRoute, **message: object) -> None:
        # What the table does not have, a hub of tomorrow may say.
        socket.send(json.dumps([{"say": "weather", "fair": True}, message]))


@pytest.fixture
def behind(phone: OpenPhone) -> Callable[..., Phone]:
    """Open a phone whose hub says what a test wants."""

    def open_phone(hub: Hub) -> Phone:
        visitor = phone("/join")
        visitor.page.route_web_socket(re.compile(r"/join/socket$"), hub)
        visitor.page.goto("/join/ABC234")
        return visitor

    return open_phone


@pytest.mark.parametrize(
    ("why", "part", "words"),
    [
        ("full", "complaint", "The room is full. Try again in a while."),
        ("slow_down", "complaint", "Too much at once. It is tried again in a few seconds."),
        (
            "old",
            "why",
            "A room ends after three hours, and so did this one. Thank you for drawing!",
        ),
        (
            "malformed",
            "complaint",
            "The room did not understand this phone. Load the page again.",
        ),
        ("away", "status", "The room cannot be reached for now. It is tried again."),
    ],
)
def test_why_it_is_not_let_in(
    why: str, part: str, words: str, behind: Callable[..., Phone]
) -> None:
    visitor = behind(Hub(why))
    expect(visitor.part(part)).to_have_text(ENGLISH(words))
    if part == "complaint":  # by hand
        visitor.page.get_by_role("button", name=ENGLISH("Join")).tap()
    if part != "why":
        expect(visitor.part("who")).to_be_visible(timeout=15_000)
        visitor.expect_ready()


@pytest.mark.parametrize("why", ["slow_down", "away"])
def test_what_passes_is_waited_for(why: str, behind: Callable[..., Phone]) -> None:
    hub = Hub()
    visitor = behind(hub)
    visitor.expect_ready()
    visitor.draw(*ONE)
    hub.faults = [why]
    visitor.send()
    words = {
        "slow_down": "Too much at once. It is tried again in a few seconds.",
        "away": "The room cannot be reached for now. It is tried again.",
    }
    visitor.expect_told(words[why])
    expect(visitor.part("status")).to_have_attribute("data-told", "shown", timeout=15_000)
    drawn = [message["strokes"] for message in hub.heard if message["say"] == "draw"]
    assert len(drawn) == 2 and drawn[0] == drawn[1]


@pytest.mark.parametrize("faults", [[], ["away"], ["full"], ["slow_down"]])
def test_what_is_sent_waits_until_the_phone_is_in(
    faults: list[str], behind: Callable[..., Phone]
) -> None:
    """The connection is there, but the room is slow to let it in, or does not yet."""
    hub = Hub()
    visitor = behind(hub)
    visitor.expect_ready()
    visitor.draw(*ONE)
    answer, late = hub.answer, []
    hub.answer = lambda socket, message: (  # type: ignore[method-assign]
        answer(socket, message) if hub.faults else late.append((socket, message))
    )
    hub.faults = [*faults]
    visitor.page.reload()
    told = visitor.part("status")
    expect(told).to_have_attribute("data-told", *(faults or ["lost"]))
    visitor.send()
    expect(told).to_have_attribute("data-told", "kept")
    while not late:
        visitor.page.wait_for_timeout(100)
    assert [message["say"] for _, message in late] == ["join"]
    hub.answer = answer  # type: ignore[method-assign]
    hub.answer(*late[0])
    visitor.expect_told("On the wall! Look up.")
    heard = [message["say"] for message in hub.heard]
    assert heard == ["join"] * (2 + len(faults)) + ["draw"]


def test_a_hasty_finger_on_the_last_name(behind: Callable[..., Phone]) -> None:
    hub = Hub()
    visitor = behind(hub)
    visitor.expect_ready()
    visitor.draw(*ONE)
    answer, hub.answer = hub.answer, lambda socket, message: hub.heard.append(message)  # type: ignore[method-assign]
    visitor.send()
    spin = visitor.part("spin")
    spin.evaluate("spin => { spin.click(); spin.click(); }")
    expect(spin).to_be_disabled()
    while len(hub.heard) < 3:
        visitor.page.wait_for_timeout(100)
    hub.say(hub.sockets[-1], say="named", name="Swift Heron", spins=1)
    expect(spin).to_be_enabled()
    # Another tab has had the last one.
    spin.tap()
    expect(spin).to_be_disabled()
    hub.say(hub.sockets[-1], say="fault", why="forbidden")
    visitor.expect_told("Sending …")
    expect(visitor.part("spins")).to_have_text("0")
    assert visitor.kept["waiting"]
    answer(hub.sockets[-1], hub.heard[1])
    visitor.expect_told("On the wall! Look up.")
    expect(spin).to_be_disabled()
    says = [message["say"] for message in hub.heard]
    assert says == ["join", "draw", "spin", "spin", "draw"]  # the last one is this test's own


def test_it_comes_back_by_itself_and_more_slowly_each_time(behind: Callable[..., Phone]) -> None:
    hub = Hub()
    visitor = behind(hub)
    visitor.expect_ready()
    visitor.draw(*ONE)
    deaf = Hub()
    deaf.answer = lambda socket, message: socket.close(code=1013)  # type: ignore[method-assign]
    visitor.page.route_web_socket(re.compile(r"/join/socket$"), deaf)
    hub.sockets[-1].close(code=1006)
    visitor.expect_told("No connection. You can go on drawing meanwhile.")
    visitor.send()
    while len(deaf.sockets) < 3:
        visitor.page.wait_for_timeout(100)
    visitor.page.route_web_socket(re.compile(r"/join/socket$"), hub)
    visitor.expect_told("On the wall! Look up.")
    assert [message["say"] for message in hub.heard] == ["join", "join", "draw"]
    assert hub.heard[1]["me"] == "m" * 22


def test_a_token_of_yesterday_is_forgotten(behind: Callable[..., Phone]) -> None:
    hub = Hub()
    visitor = behind(hub)
    visitor.expect_ready()
    hub.faults = ["unknown"]
    visitor.page.reload()
    visitor.expect_ready()
    assert [message.get("me") for message in hub.heard] == [None, "m" * 22, None]


# On every phone


@pytest.mark.parametrize("viewport", [PORTRAIT, LANDSCAPE, SMALL, (568, 320), (820, 1180)])
@pytest.mark.parametrize("language", ["en", "pt"])
def test_all_of_it_is_in_sight(
    viewport: tuple[int, int], language: str, phone: OpenPhone, room: Room
) -> None:
    visitor = phone(f"/join/{room.code}?lang={language}", viewport)
    visitor.expect_ready()
    _ = translator(language).gettext
    expect(visitor.part("send")).to_have_text(_("Send"))
    width, height = viewport
    boxes = {}
    for name in ("room", "outcome", "pad", "undo", "clear", "who", "status", "send"):
        box = visitor.part(name).bounding_box()
        assert box, name
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, name
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, name
        boxes[name] = box
    assert boxes["pad"]["width"] == boxes["pad"]["height"] >= 200
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.draw(*ONE)
    visitor.expect_told("Send it: everybody will see what the decoder draws.", _)
    assert visitor.part("pad").bounding_box() == boxes["pad"]  # words do not move the canvas


def test_turned_in_the_hand(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}")
    visitor.expect_ready()
    visitor.draw(*SEVEN)
    drawing = visitor.kept["drawing"]
    visitor.page.set_viewport_size({"width": 844, "height": 390})
    visitor.settle()
    assert visitor.kept["drawing"] == drawing
    assert greys(visitor.part("pad")).any()
    visitor.draw([(40, 250), (80, 252)])
    lines = ae.strokes.decode_strokes(visitor.kept["drawing"], 280)
    np.testing.assert_allclose(lines[-1][[0, -1]], [(40, 250), (80, 252)], atol=2)
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.send()
    assert room.hear("digit")["strokes"] == visitor.kept["drawing"]


def test_in_portuguese(phone: OpenPhone, room: Room) -> None:
    visitor = phone(f"/join/{room.code}", locale="pt-PT")
    visitor.expect_ready()
    assert visitor.page.locator("html").get_attribute("lang") == "pt"
    visitor.draw(*SEVEN)
    visitor.expect_told("Send it: everybody will see what the decoder draws.", PORTUGUESE)
    visitor.send()
    visitor.expect_told("On the wall! Look up.", PORTUGUESE)
    name = room.hear("digit")["name"]
    visitor.page.get_by_role("link", name="English").tap()
    visitor.expect_ready()
    visitor.expect_told("On the wall! Look up.")  # with the drawing, and the same phone
    assert visitor.part("name").inner_text() == name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, phone: OpenPhone, room: Room) -> None:
    visitor = phone("/join", color_scheme=scheme)

    def violations() -> list[str]:
        found = visitor.page.evaluate(f"async () => {{ {AXE_SCRIPT}; return await axe.run(); }}")
        return [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in found["violations"]]

    assert violations() == []
    visitor.page.goto(f"/join/{room.code}")
    visitor.expect_ready()
    visitor.draw(*SEVEN)
    assert violations() == []
    visitor.page.route_web_socket(re.compile(r"/join/socket$"), Hub("old"))
    visitor.page.reload()
    expect(visitor.part("why")).to_be_visible()
    assert violations() == []


# How it comes


def test_the_phone_loads_little_and_nothing_else(phone: OpenPhone, room: Room) -> None:
    visitor = phone("/join")
    loaded: dict[str, int] = {}
    visitor.page.on(
        "response",
        lambda answer: loaded.update({answer.url.rpartition("/")[2]: len(answer.body())}),
    )
    visitor.page.goto(f"/join/{room.code}?lang=pt")
    visitor.expect_ready()
    model = loaded.pop("shallow")
    assert 50_000 < model < 120_000
    files = {"phone.js", *scripts.needed("phone.js"), "phone.css", "icon.svg"}
    addresses = {scripts.address(name).rpartition("/")[2] for name in files}
    assert loaded.keys() - addresses == {f"{room.code}?lang=pt"}
    assert addresses - loaded.keys() <= {scripts.address("icon.svg").rpartition("/")[2]}
    assert sum(loaded.values()) <= 60 * 1024


def test_below_a_path_and_under_the_policy(phone: OpenPhone, room: Room, server: str) -> None:
    """A proxy that hands only one path on to the app, with the headers of docs/nginx.conf."""
    visitor = phone("/join", expected="WebSocket")  # it finds none below that path
    visitor.page.add_init_script(BROKEN)

    def on(route: Route) -> None:
        answer = route.fetch(url=route.request.url.replace("/talk/", "/"))
        headers = {**answer.headers, "content-security-policy": policy()}
        route.fulfill(response=answer, headers=headers)

    visitor.page.route(f"{server}/**", lambda route: route.abort())
    visitor.page.route(f"{server}/talk/**", on)
    visitor.page.context.grant_permissions(["local-network-access"])
    with visitor.page.expect_websocket() as socket:
        visitor.page.goto(f"{server}/talk/join/{room.code}")
    assert socket.value.url == f"{server.replace('http', 'ws', 1)}/talk/join/socket"
    visitor.draw(*ONE)
    expect(visitor.part("send")).to_be_enabled()
    assert visitor.page.evaluate("window.broken") == []
