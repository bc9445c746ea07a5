"""ui.components.simulation in Chromium, in an app of its own (simulation_app.py)."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from ae.simulations import EPOCHS, PCA, SIMULATIONS, Training, squared_distances, squeeze
from tests.conftest import serve_alone, watched_page
from ui.text import translator

HALF_CIRCLE = SIMULATIONS["half_circle"]
POINTS = HALF_CIRCLE.points()
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STILL = {"reduced_motion": "reduce"}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("simulation", tmp_path_factory.mktemp("simulation"), themed=True) as url:
        yield url


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    options = {"viewport": {"width": 1100, "height": 720}} | getattr(request, "param", {})
    with watched_page(browser, **options) as page:
        yield page


class Simulation:
    """The simulation, in units of its points."""

    def __init__(self, page: Page, app: str, query: str = "") -> None:
        self.page = page
        page.goto(f"{app}/?{query}")
        self.host, self.words = page.locator(".simulation"), page.locator(".words")
        self.canvas = page.locator(".cloud")
        self.at_epoch(0)

    def at_epoch(self, epoch: int) -> None:
        expect(self.host).to_have_attribute("data-epoch", str(epoch), timeout=30_000)

    def click(self, name: str) -> None:
        self.page.locator(f".{name}").click()

    def train(self) -> None:
        self.click("play")
        self.trained()

    def trained(self) -> None:
        self.at_epoch(EPOCHS)
        expect(self.host).to_have_attribute("data-playing", "false")

    def get(self, name: str) -> float:
        return float(self.host.get_attribute(f"data-{name}") or "nan")

    def has(self, points: int) -> None:
        expect(self.host).to_have_attribute("data-points", str(points))

    def losses(self) -> list[float]:
        return [float(loss) for loss in (self.host.get_attribute("data-losses") or "").split(",")]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where on the screen."""
        box, scale = self.canvas.bounding_box(), self.get("scale")
        assert box
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return float(middle[0] + scale * x), float(middle[1] - scale * y)

    def draw(self, *corners: tuple[float, float], steps: int = 40) -> None:
        """Move the pressed mouse along."""
        mouse = self.page.mouse
        mouse.move(*self.at(*corners[0]))
        mouse.down()
        for corner in corners[1:]:
            mouse.move(*self.at(*corner), steps=steps)
        mouse.up()

    def press(self, *keys: str) -> None:
        self.canvas.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def picture(self) -> np.ndarray:
        """What is on the canvas: (height, width, 4)."""
        address = self.canvas.evaluate("canvas => canvas.toDataURL()")
        with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
            return np.asarray(image)


def lonely() -> int:
    """The point that is farthest from all others."""
    distances = np.linalg.norm(POINTS[:, None] - POINTS, axis=2) + 9 * np.eye(len(POINTS))
    return int(distances.min(1).argmax())


def moved(index: int, to: tuple[float, float]) -> np.ndarray:
    points = POINTS.copy()
    points[index] = to
    return points


def pca_error(points: np.ndarray) -> float:
    pca = PCA.fit(points.astype(np.float32), 1)
    return float(squared_distances(points, pca.decode(pca.encode(points))).mean())


@pytest.mark.parametrize("language", ["en", "pt"])
def test_it_trains_as_the_library_does_and_says_so(page: Page, app: str, language: str) -> None:
    text = translator(language)
    simulation = Simulation(page, app, f"lang={language}")
    start = {kind: Training(HALF_CIRCLE.start(kind), POINTS) for kind in ("linear", "curved")}
    pca = pca_error(POINTS)
    untrained = [pca, start["linear"].loss, start["curved"].loss]
    assert simulation.losses() == pytest.approx(untrained, abs=1e-9)
    expect(simulation.words).to_have_text(
        text.gettext("The nets are untrained and draw anywhere. Train them.")
    )
    before = simulation.picture()

    for epoch in (1, 2):
        simulation.click("step")
        simulation.at_epoch(epoch)
        losses = [next(islice(training, 1)) for training in start.values()]
        assert simulation.losses() == pytest.approx([pca, *losses], abs=1e-9)
    told = {"passed": 2, "curved": text.number(losses[1], 4), "pca": text.number(pca, 4)}
    under_way = "After {passed} epochs the curved net misses by {curved}, PCA by {pca}."
    expect(simulation.words).to_have_text(text.gettext(under_way, **told))

    simulation.train()
    results = squeeze(HALF_CIRCLE, POINTS)
    errors = [result.error for result in results.values()]
    assert simulation.losses() == pytest.approx(errors, abs=1e-4)
    for name, error in zip(results, simulation.losses(), strict=True):
        expect(page.locator(f".{name} b")).to_have_text(text.number(error, 4))
    expect(simulation.words).to_contain_text(text.number(errors[0] / errors[2]))
    expect(simulation.words).to_contain_text(text.gettext("The linear net has ended where PCA is."))
    expect(page.locator(".epoch")).to_have_text(
        text.gettext(
            "Epoch {passed} of {epochs}", passed=text.number(EPOCHS), epochs=text.number(EPOCHS)
        )
    )
    assert (simulation.picture() != before).any()
    expect(page.locator(".step")).to_be_disabled()

    simulation.click("reset")  # the same start
    simulation.at_epoch(0)
    assert simulation.losses() == pytest.approx(untrained, abs=1e-9)
    assert (simulation.picture() == before).all()


def test_a_training_is_watched_and_stopped(page: Page, app: str) -> None:
    # Time goes by at a fiftieth of its pace, so that a training takes 40 seconds.
    page.add_init_script(
        "const now = performance.now.bind(performance); performance.now = () => now() / 50;"
    )
    simulation = Simulation(page, app)
    simulation.click("play")
    expect(simulation.host).not_to_have_attribute("data-epoch", "0")
    first = simulation.picture()
    expect(page.locator(".play")).to_have_text("Pause")
    simulation.click("play")
    expect(simulation.host).to_have_attribute("data-playing", "false")
    epoch = int(simulation.get("epoch"))
    assert 0 < epoch < EPOCHS
    expect(simulation.words).to_have_text(re.compile(f"^After {epoch} epochs"))
    training = Training(HALF_CIRCLE.start("curved"), POINTS)
    *_, loss = islice(training, epoch)
    assert simulation.losses()[2] == pytest.approx(loss, abs=1e-6)
    assert (simulation.picture() != first).any()


def test_a_point_is_dragged_and_the_rest_follows(page: Page, app: str) -> None:
    simulation = Simulation(page, app)
    i = lonely()
    page.mouse.move(*simulation.at(*POINTS[i]))
    page.mouse.down()
    page.mouse.move(*simulation.at(0.3, 1.0), steps=5)
    # PCA follows while the button is still down.
    expect(page.locator(".pca b")).to_have_text(f"{pca_error(moved(i, (0.3, 1.0))):.4f}")
    page.keyboard.press("Escape")  # it has the focus: back to where it was
    page.mouse.up()
    expect(page.locator(".pca b")).to_have_text(f"{pca_error(POINTS):.4f}")
    expect(page.locator(".restore")).to_be_disabled()

    simulation.train()
    simulation.draw(tuple(POINTS[i]), (0.3, 1.0), steps=5)
    expect(simulation.host).to_have_attribute("data-playing", "true")  # again, with that point
    simulation.trained()
    points = moved(i, (0.3, 1.0))
    assert simulation.losses()[0] == pytest.approx(pca_error(points), abs=1e-3)
    simulation.has(len(POINTS))

    simulation.click("restore")
    simulation.at_epoch(0)
    assert simulation.losses()[0] == pytest.approx(pca_error(POINTS), abs=1e-9)
    expect(page.locator(".restore")).to_be_disabled()


def test_points_are_removed_drawn_and_erased(page: Page, app: str) -> None:
    simulation = Simulation(page, app, "lang=pt")
    _ = translator("pt").gettext
    simulation.click("clear")
    simulation.has(0)
    expect(simulation.words).to_have_text(
        _("No points are left. Draw some, or bring the original ones back.")
    )
    for name in ("play", "step", "reset", "clear"):
        expect(page.locator(f".{name}")).to_be_disabled()

    simulation.click("draw")
    page.mouse.click(*simulation.at(0, 0))
    simulation.has(1)
    expect(simulation.words).to_have_text(
        _("All points are in one place: a code has nothing to tell.")
    )
    page.mouse.click(*simulation.at(0.5, 0.5))
    simulation.has(2)
    expect(simulation.words).to_have_text(_("PCA misses nothing: the points lie where it draws."))
    simulation.train()
    assert max(simulation.losses()) < 1e-4

    simulation.draw((-0.8, -0.5), (-0.2, 0.6), (0.7, -0.5))
    simulation.trained()
    points = int(simulation.get("points"))
    # Nine pixels apart, along the way.
    length = np.hypot(0.6, 1.1) + np.hypot(0.9, 1.1)
    assert (
        0.6 * length * simulation.get("scale") / 9 < points < length * simulation.get("scale") / 9
    )
    # Where the points lie depends on the mouse's pace, and from which start a net bends, on them.
    for start in range(8):
        pca, linear, curved = simulation.losses()
        if curved < 0.3 * pca:
            break
        page.locator(".seed").select_option(str(start + 1))
        simulation.train()
    assert curved < 0.3 * pca and linear == pytest.approx(pca, rel=0.01)
    expect(simulation.words).to_contain_text("vezes maior")

    simulation.click("erase")
    simulation.draw((-0.8, -0.5), (-0.2, 0.6))
    expect(simulation.host).not_to_have_attribute("data-points", str(points))
    assert simulation.get("points") < 0.75 * points


def test_no_more_points_than_are_trained_on_in_a_second(page: Page, app: str) -> None:
    simulation = Simulation(page, app)
    simulation.click("draw")
    across = [(x, y) for y in np.linspace(-0.9, 0.9, 10) for x in (-1, 1)]
    simulation.draw(*across, steps=50)
    simulation.has(600)
    expect(simulation.words).to_have_text("No more than 600 points.")


def test_by_keyboard(page: Page, app: str) -> None:
    simulation = Simulation(page, app)
    page.get_by_label("Points, and what PCA and the nets make of them").focus()
    outline = "canvas => getComputedStyle(canvas).outlineWidth"
    simulation.press("ArrowUp", "ArrowUp", "ArrowRight", "Shift+ArrowRight")
    assert simulation.canvas.evaluate(outline) == "2px"
    expect(simulation.words).to_have_text("Cross at 0.25; 0.10.")
    assert "Enter" in (simulation.canvas.get_attribute("aria-description") or "")

    nearest = int(np.linalg.norm(POINTS - (0.25, 0.1), axis=1).argmin())
    x, y = POINTS[nearest]
    simulation.press("Enter")
    expect(simulation.words).to_have_text(re.compile(rf"^A point is held at {x:.2f}; {y:.2f}\."))
    simulation.press("ArrowUp", "ArrowUp")
    expect(simulation.words).to_have_text(
        re.compile(rf"^A point is held at {x:.2f}; {y + 0.1:.2f}\.")
    )
    held = simulation.losses()[0]
    assert held == pytest.approx(pca_error(moved(nearest, (x, y + 0.1))), abs=1e-6)
    simulation.press("Escape")
    expect(page.locator(".restore")).to_be_disabled()
    assert simulation.losses()[0] == pytest.approx(pca_error(POINTS), abs=1e-9)

    simulation.press("Enter", "ArrowUp", "ArrowUp", "Enter")
    expect(page.locator(".restore")).to_be_enabled()
    assert simulation.losses()[0] == pytest.approx(held, abs=1e-3)
    simulation.press("Delete")
    expect(simulation.words).to_have_text("Erased. Points: 299")

    page.locator(".draw").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".draw")).to_have_attribute("aria-pressed", "true")
    simulation.press("Escape", "ArrowLeft", " ")
    expect(simulation.words).to_have_text("A point at −0.05; 0.00. Points: 300")
    page.locator(".play").focus()
    page.keyboard.press("Enter")
    simulation.trained()
    page.keyboard.press("Tab")  # past what is disabled
    expect(page.locator(".reset")).to_be_focused()
    page.keyboard.press("Enter")
    simulation.at_epoch(0)
    expect(page.locator(".play")).to_be_focused()
    simulation.press("Escape", "Delete")  # no cross, no point
    expect(simulation.words).to_have_text("No point is near the cross.")


def test_a_start_that_gets_stuck_is_shown_as_such(page: Page, app: str) -> None:
    spiral = SIMULATIONS["spiral"]
    simulation = Simulation(page, app)
    page.get_by_label("Data").select_option("spiral")
    expect(simulation.host).to_have_attribute("data-seed", str(spiral.seed))
    marked = page.locator(".seed option", has_text="gets stuck").all_inner_texts()
    assert marked == [f"{seed}: gets stuck" for seed in spiral.failed]
    page.get_by_label("Starting point").select_option(str(spiral.failed[0]))
    expect(simulation.host).to_have_attribute("data-seed", str(spiral.failed[0]))
    simulation.train()
    assert simulation.losses()[2] > 2 * spiral.best
    expect(simulation.words).to_have_text(
        f"This start got stuck: the curved net misses by {simulation.losses()[2]:.4f}, and from "
        f"the best of 20 starts by {spiral.best:.4f}. Try another start."
    )


@pytest.mark.parametrize("made", SIMULATIONS.values(), ids=list(SIMULATIONS))
def test_what_it_opens_with_does_not_get_stuck(page: Page, app: str, made: Any) -> None:
    simulation = Simulation(page, app, f"made={made.name}")
    expect(simulation.host).to_have_attribute("data-seed", str(made.seed))
    simulation.train()
    pca, linear, curved = simulation.losses()
    assert curved < 2 * made.best and linear == pytest.approx(pca, rel=1e-3)
    expect(simulation.words).to_have_text(re.compile("^The curved net misses the points by"))


def test_points_in_space_turn_and_are_dragged(page: Page, app: str) -> None:
    made = SIMULATIONS["s_sheet"]
    simulation = Simulation(page, app, "made=s_sheet")
    turn = page.get_by_role("button", name="Turn")
    expect(turn).to_have_attribute("aria-pressed", "true")
    yaw = simulation.get("yaw")
    expect(simulation.host).not_to_have_attribute("data-yaw", str(yaw))
    turn.click()
    expect(turn).to_have_attribute("aria-pressed", "false")
    simulation.train()
    before = simulation.picture()

    yaw, pitch = simulation.get("yaw"), simulation.get("pitch")
    simulation.draw((-1.3, 1.2), (-1.0, 1.1), steps=4)  # beside all points
    expect(simulation.host).not_to_have_attribute("data-yaw", str(yaw))
    assert simulation.get("yaw") < yaw and simulation.get("pitch") > pitch
    assert (simulation.picture() != before).any()
    yaw = simulation.get("yaw")
    simulation.press("Shift+ArrowLeft")
    expect(simulation.host).not_to_have_attribute("data-yaw", str(yaw))
    assert simulation.get("yaw") == pytest.approx(yaw + 0.1)
    assert simulation.losses()[0] == pytest.approx(
        squeeze(made, made.points(), epochs=1)["pca"].error, abs=1e-9
    )

    # The point in front, which nothing hides.
    yaw, pitch = simulation.get("yaw"), simulation.get("pitch")
    right = np.array([np.cos(yaw), np.sin(yaw), 0])
    up = np.array([-np.sin(yaw) * np.sin(pitch), np.cos(yaw) * np.sin(pitch), np.cos(pitch)])
    near = np.cross(right, up)
    points = made.points().astype(float)
    i = int((points @ near).argmax())
    start = np.array([points[i] @ right, points[i] @ up])
    losses = simulation.losses()
    simulation.draw(tuple(start), (start[0] + 0.1, start[1] - 0.2), steps=4)
    simulation.trained()
    points[i] += 0.1 * right - 0.2 * up  # in the plane of the screen
    pca = PCA.fit(points.astype(np.float32), 2)
    errors = squared_distances(points, pca.decode(pca.encode(points.astype(np.float32))))
    assert simulation.losses()[0] != losses[0]
    assert simulation.losses()[0] == pytest.approx(errors.mean(), abs=2e-5)
    simulation.has(len(points))

    page.get_by_label("Data").select_option("half_circle")
    expect(turn).to_be_hidden()


@pytest.mark.parametrize("page", [STILL], indirect=True)
def test_whoever_wants_no_motion_sees_the_result(page: Page, app: str) -> None:
    page.add_init_script(
        """window.painted = [];
        const clear = CanvasRenderingContext2D.prototype.clearRect;
        CanvasRenderingContext2D.prototype.clearRect = function (...box) {
          const host = this.canvas.closest?.(".simulation");
          if (host) window.painted.push(host.querySelector("progress").value);
          return clear.apply(this, box);
        };"""
    )
    simulation = Simulation(page, app, "made=s_sheet")
    expect(page.locator(".turn")).to_have_attribute("aria-pressed", "false")
    simulation.train()
    assert set(page.evaluate("window.painted")) == {0, 1}


def test_layers_are_left_out(page: Page, app: str) -> None:
    simulation = Simulation(page, app)
    simulation.train()
    pictures = [simulation.picture()]
    for name in ("PCA", "Linear net", "Curved net"):
        page.get_by_role("checkbox", name=name).uncheck()
        page.wait_for_function(
            "async () => { await new Promise(requestAnimationFrame); return true; }"
        )
        pictures.append(simulation.picture())
        assert (pictures[-1] != pictures[-2]).any(), name
        assert (pictures[-1][..., 3] > 0).sum() < (pictures[-2][..., 3] > 0).sum()


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_fingers(page: Page, app: str) -> None:
    simulation = Simulation(page, app)
    box = simulation.canvas.bounding_box()
    assert box and abs(box["width"] - box["height"]) < 2 and box["width"] <= 390
    devtools = page.context.new_cdp_session(page)

    def finger(*corners: tuple[float, float]) -> None:
        places = [dict(zip("xy", simulation.at(*corner), strict=True)) for corner in corners]
        for event, touches in [
            ("touchStart", places[:1]),
            *(("touchMove", [place]) for place in places[1:]),
            ("touchEnd", []),
        ]:
            devtools.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": touches})

    main = "document.querySelector('[data-testid=stMain]').scrollTop"
    i = lonely()
    x, y = POINTS[i]
    finger((x, y), (x, y + 0.1), (x, y + 0.3), (x, y + 0.5))
    expect(page.locator(".restore")).to_be_enabled()
    assert page.evaluate(main) == 0
    expected = pca_error(moved(i, (x, y + 0.5)))
    assert simulation.losses()[0] == pytest.approx(expected, abs=1e-4)

    page.locator(".draw").tap()
    finger((-1, -0.8), (-0.8, -0.4), (-0.6, 0), (-0.5, 0.3))
    simulation.has(len(POINTS) + 4)
    assert page.evaluate(main) == 0
    page.locator(".move").tap()
    finger((0, -1), (0, -0.6), (0, -0.2), (0, 0.2))  # where no point is, the page scrolls
    page.wait_for_function(f"{main} > 0")
    simulation.has(len(POINTS) + 4)


def test_what_was_done_survives_a_run_and_a_theme(page: Page, app: str) -> None:
    simulation = Simulation(page, app)
    simulation.draw(tuple(POINTS[lonely()]), (0.3, 1.0), steps=5)
    simulation.train()
    losses, light = simulation.losses(), simulation.picture()
    page.get_by_role("button", name="Next").click()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    assert simulation.losses() == losses
    before = simulation.canvas.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """before => document.querySelectorAll("[data-testid=stBidiComponentIsolated]").values()
          .some(({ shadowRoot }) => {
            const canvas = shadowRoot.querySelector(".cloud");
            return canvas && canvas.toDataURL() !== before;
          })""",
        arg=before,
    )
    assert simulation.losses() == losses
    lines = (light[..., 3] == 255) & (
        light[..., :3].max(axis=2) < 60
    )  # PCA's, in the text's colour
    assert lines.sum() > 100
    assert simulation.picture()[lines][:, :3].min() > 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "lang=pt&made=s_sheet"])
def test_axe_finds_nothing(page: Page, app: str, query: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    simulation = Simulation(page, app, query)
    simulation.train()
    page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate("axe.run('[data-testid=stBidiComponentIsolated]')")
    assert [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]] == []
