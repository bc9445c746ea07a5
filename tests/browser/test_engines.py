"""What every visitor does, in all three engines: Chromium's, Firefox's and WebKit's.

The other files ask in Chromium whether all is right; here, whether another browser does the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image
from playwright.sync_api import Playwright

import ae
from tests.browser.engines import ENGINES, Tab
from tests.browser.test_draw import ONE, SEVEN, photo, sample_digit
from tests.browser.test_phone import Room, inked
from tests.browser.test_phone import opened as a_room

CANVAS = "canvas.upper-canvas"
BARS = "() => $('.js-plotly-plot')?.data[0].y"
PICTURES = "() => $$('.half img:not([data-live=layer])').map(image => image.src).join()"


@pytest.fixture(scope="module", params=ENGINES)
def tab(
    request: pytest.FixtureRequest, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tab]:
    with ENGINES[request.param](playwright, tmp_path_factory.mktemp(request.param)) as tab:
        yield tab


@pytest.fixture
def visit(tab: Tab, server: str) -> Iterator[Tab]:
    """The tab, as that of a new visitor; no script may have failed in it."""
    yield tab
    assert tab.ask("() => window.failed ?? []") == []


def opened(tab: Tab, url: str) -> None:
    tab.open(url)
    tab.ask("() => { window.failed = []; addEventListener('error', e => failed.push(e.message)) }")


def code(tab: Tab) -> np.ndarray:
    return np.array(tab.ask(BARS), float)


def change(tab: Tab) -> tuple[str, str]:
    """What the page shows of a drawing: the bars and the pictures."""
    return str(tab.ask(BARS)), tab.ask(PICTURES)


def test_draw(visit: Tab, server: str, tmp_path: Path) -> None:
    opened(visit, f"{server}/?lang=en&model=shallow&sample=7b")
    visit.until(f"() => ({BARS})()?.length === 32 && ({PICTURES})() !== ''")
    assert_allclose(code(visit), _code("shallow", "7b"), atol=0.01)

    before = change(visit)
    visit.click("button", "Clear")
    visit.until(f"() => ({PICTURES})() === ''")
    for line in SEVEN:
        visit.draw(CANVAS, line)
    visit.until(f"before => ({PICTURES})() !== '' && ({PICTURES})() !== before", before[1])
    visit.settle()
    drawn = change(visit)
    assert all(new != old for new, old in zip(drawn, before, strict=True))
    assert visit.shows(CANVAS)
    assert not visit.shows(".dc-toolbar")

    visit.draw(CANVAS, ONE)
    visit.until(f"before => ({PICTURES})() !== before", drawn[1])
    visit.click(".st-key-undo button")
    visit.until(f"before => ({PICTURES})() === before", drawn[1])

    visit.click(".st-key-frame button", "Sparse")
    visit.until(f"before => ({PICTURES})() !== before", drawn[1])
    visit.click(".st-key-lang button", "PT")
    visit.until("() => document.body.innerText.includes('O que sobrevive')")
    visit.until("() => document.documentElement.lang === 'pt'")

    (tmp_path / "seven.png").write_bytes(photo())
    shown = change(visit)
    visit.choose_file(".upload input", tmp_path / "seven.png")
    visit.until(f"before => ({PICTURES})() !== before", shown[1])
    visit.settle()
    with Image.open(io.BytesIO(photo())) as image:
        digit = ae.drawing.from_image(image)
    expected = ae.load("sparse").encode(digit[None])[0]
    assert_allclose(code(visit), expected, atol=0.02 * np.ptp(expected))

    visit.click("button", "Baixar")
    table = visit.download("button", "O código (CSV)").decode()
    rows = list(csv.reader(table.splitlines()))
    assert_allclose([float(row[-1]) for row in rows[1:]], expected, atol=0.02 * np.ptp(expected))


def test_explore(visit: Tab, server: str) -> None:
    opened(visit, f"{server}/explore?lang=en&model=vae&sample=3a")
    visit.until("""() => {
      const map = $('.code-map canvas.map');
      if (!map || !$('.code-map').dataset.star) return false;
      const { data } = map.getContext('2d').getImageData(0, 0, map.width, map.height);
      return new Set(new Uint32Array(data.buffer)).size > 100;
    }""")
    words = "() => $('.code-map .words').textContent"
    visit.hover(".code-map canvas.map", 0.5, 0.5, f"() => /test digit|Nobody/.test(({words})())")

    visit.click(".st-key-view_explore button", "Morph")
    visit.until("() => $('.slides')?.dataset.at === '0'")
    visit.click(".slides input")
    visit.until("() => Number($('.slides').dataset.at) > 5")
    with Image.open(io.BytesIO(visit.download("button", "The animation (GIF)"))) as film:
        assert film.is_animated

    visit.click(".st-key-explore_side button", "4 digits")
    corner = "() => $('.sheet').dataset.row === '10' && $('.sheet').dataset.column === '0'"
    visit.hover(".sheet .grid", 0.02, 0.98, corner)


@pytest.mark.parametrize("tab", ["firefox", "webkit"], indirect=True)  # Chromium: test_train.py
def test_train(visit: Tab, server: str) -> None:
    opened(visit, f"{server}/train?lang=en")
    visit.click(".st-key-begin button", "Train")
    visit.until("() => $('.outcome')?.innerText.includes('Done.')", seconds=90)
    visit.settle()
    words = "() => $('.film p').innerText"
    end = visit.ask(words)
    visit.draw(".film input", [(3, 8)])  # its left end: the beginning
    visit.until(f"() => ({words})().startsWith('before it learns')")
    assert end.startswith("after 2 of 2 epochs")


def _code(model: str, sample: str) -> np.ndarray:
    return ae.load(model).encode(sample_digit(sample)[None])[0]


@pytest.fixture(scope="module")
def room(server: str) -> Iterator[Room]:
    with a_room(server) as room:
        yield room


def test_phone(visit: Tab, server: str, room: Room) -> None:
    def press(css: str) -> None:
        left, top, width, height = visit.place(css)
        visit.engine.drag([(left + width / 2, top + height / 2)])

    room.empty()
    visit.engine.goto(f"{server}/join/{room.code}?lang=en")
    here = "() => $('[data-state=here]') && $('#who:not([hidden])') && true"
    visit.until(here)
    for line in SEVEN:
        visit.draw("#pad", line)
    visit.until("() => !$('#send').disabled && $('#kept').innerText !== ''")
    press("#send")
    digit = room.hear("digit")
    visit.until("() => $('#status').dataset.told === 'shown'")
    code = ae.load("shallow").encode(inked(digit["strokes"])[None])[0]
    bars = np.array(visit.ask("() => $$('#bars i').map(bar => parseFloat(bar.style.height) || 0)"))
    low, high = ae.load("shallow").statistics.code_axis
    assert_allclose(bars, 100 * np.minimum(np.abs(code), high) / (high - low), atol=1)

    visit.engine.goto(f"{server}/join/{room.code}?lang=pt")  # the same phone, after a reload
    visit.until(here)
    visit.until("() => $('#status').dataset.told === 'shown'")
    assert visit.ask("() => $('#name').textContent") == digit["name"]
    room.say("remove", id=digit["id"])
    visit.until("() => $('#status').dataset.told === 'removed' && $('#hint:not([hidden])') && true")
    visit.engine.goto(f"{server}/join")
