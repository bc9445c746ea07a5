"""The Train page without a browser: the plan, the code, the course of a training, one's own model.

The child is a script that says at once what a real one would say after a while; a real one trains
in tests/browser/test_train.py.
"""

from __future__ import annotations

import base64
import itertools
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import ae
from ae import checked, keras_scripts, plans, weights
from ae.cli.parser import build_parser
from ae.cli.parser import plan_of as cli_plan
from ae.evaluation import measure
from ae.metadata import OWN_RECIPE, Data, Metadata, Net
from pages.compare.views import VIEWS
from pages.train import use
from tests.pages.test_app import component, offered, opened, run, texts, word
from ui import own, state
from ui import trainings as offices
from ui.text import translator
from ui.trainings import Office, Training

_FAKE = """
import json, os, shutil, sys, time
job = json.loads(sys.stdin.readline())
out = job["out"]
dead = [3] + 2 * len(job["plan"]["hidden"]) * [1]
def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)
say("data", name="DATA", digits=60000, held_out=10000)
for passed in (0.0, 0.5, 1.0, 2.0):
    shutil.copy("FILE", out + "/part")
    os.replace(out + "/part", out + "/mine.safetensors")
    loss, digits = 0.5 - passed / 5, int(passed * 60000)
    say("step", passed=passed, of=2, loss=loss, digits=digits, seconds=passed)
    say("kept", passed=passed, mse=0.02, dead=3, layers=dead, places="AAADAP8F/4AF", alike=0.5)
    if passed >= 1:
        say("epoch", number=int(passed), of=2, loss=0.3 / passed, validation_loss=0.29 / passed,
            seconds=passed)
END
"""
PLACES = base64.b64encode(bytes([0, 0, 0, 255, 255, 128])).decode()  # of the three digits above
_DONE = 'say("done", file="", bce=0.1, mse=0.02, psnr=18.0, zeros=0.1, dead=3)'


def own_model(
    path: Path,
    seed: int = 0,
    bias: float | None = None,
    scale: float = 1,
    hidden: tuple[int, ...] = (20, 10),
) -> Path:
    """Write a net of one's own with a code of five numbers, of this bias and this size."""
    base = plans.preset("seconds", "deep")
    family = plans.Plan(like="deep", hidden=hidden, code_size=5, recipe=base.recipe).family
    rng = np.random.default_rng(seed)
    arrays = {
        f"{half}.{i}.{what}": rng.normal(0, 0.1, shape).astype(np.float32)
        for half, widths in (("encoder", family.encoder), ("decoder", family.decoder))
        for i, pair in enumerate(itertools.pairwise(widths))
        for what, shape in (("weights", pair), ("bias", pair[1:]))
    }
    if bias is not None:
        arrays[f"encoder.{len(hidden)}.bias"][:] = bias
    for what in ("weights", "bias"):
        arrays[f"encoder.{len(hidden)}.{what}"] *= np.float32(scale)
    errors, statistics = measure(
        weights.autoencoder(family, arrays), rng.random((50, 28, 28), np.float32)
    )
    metadata = Metadata(
        family=plans.OWN,
        parameters=family.parameters,
        net=Net.of(family, OWN_RECIPE, base.recipe, seed),
        data=Data(name="MNIST", sha256="", digits=60_000),
        versions={},
        test=errors,
        tested=50,
    )
    tensors = arrays | weights.statistics_tensors(statistics)
    checked.save(path, tensors, metadata.to_header())
    return path


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_model(tmp_path_factory.mktemp("own") / "mine.safetensors")


@pytest.fixture
def child(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Office]]:
    """Make an office whose children say what is given, and end."""
    opened_offices: list[Office] = []

    def put(end: str = _DONE, data: str = "MNIST") -> Office:
        script = tmp_path / "child.py"
        source = _FAKE.replace("FILE", str(mine)).replace("DATA", data).replace("END", end)
        script.write_text(source)
        monkeypatch.setattr(offices, "COMMAND", [sys.executable, str(script)])
        offices.office.cache_clear()
        opened_offices.append(offices.office())
        return opened_offices[0]

    yield put
    for office in opened_offices:
        office.close()
    offices.office.cache_clear()


def at_train(app: AppTest) -> AppTest:
    app.switch_page("pages/train/page.py")
    return run(app)


def button(app: AppTest, label: str) -> Any:
    (match,) = (one for one in app.button if one.label == label)
    return match


def labels(app: AppTest) -> set[str]:
    return {one.label for one in app.button}


def widget(app: AppTest, name: str) -> Any:
    key = re.compile(rf"plan_{name}_\d+_{app.session_state[state.LANG]}")
    for kind in ("radio", "button_group", "toggle", "number_input", "selectbox"):
        for node in app.get(kind):
            if node.key and key.fullmatch(node.key):
                return node
    raise AssertionError(f"no widget {name}")


def plan_of(app: AppTest) -> plans.Plan:
    return app.session_state["visit"].draft.plan


def bring(app: AppTest, raw: bytes) -> AppTest:
    app.file_uploader[0].upload("m.safetensors", raw, "application/octet-stream")
    return run(app)


def set_to(app: AppTest, name: str, value: Any) -> AppTest:
    widget(app, name).set_value(value)
    return run(app)


def until(condition: Callable[[], Any]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to this")


def training_of(app: AppTest) -> Training | None:
    desk = offices.office().desk(app.session_state["visit"].token)
    return desk.training if desk else None


def until_over(app: AppTest) -> AppTest:
    until(lambda: (training := training_of(app)) and training.over)
    return run(app)


@pytest.fixture
def returns(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open the app as a browser that has this cookie."""

    def open_app(cookie: str, **query: str) -> AppTest:
        monkeypatch.setattr(type(st.context), "cookies", {state.TOKEN_COOKIE: cookie})
        return opened(**query)

    return open_app


def model_names(app: AppTest) -> list[str]:
    (choice,) = (node for node in app.get("button_group") if node.key == "model")
    return [option.content for option in choice.proto.options]


SHIPPED = ["Shallow", "Sparse", "Deep"]  # in sight


def test_the_code_beside_it_is_the_plan_s() -> None:
    app = at_train(opened())
    codes = [code.value for code in app.code]
    plan = app.session_state["visit"].draft.plan
    assert plan == plans.preset("seconds", "shallow")
    assert [code.strip() for code in codes[:2]] == [
        keras_scripts.keras_python(plan).strip(),
        keras_scripts.keras_r(plan).strip(),
    ]
    assert codes[2].split()[:4] == ["python", "-m", "ae", "train"]
    arguments = build_parser().parse_args(codes[2].split()[3:])
    assert cli_plan(arguments) == plan
    assert arguments.out != checked.FOLDER, "or it would write among the weights that ship"


@pytest.mark.parametrize("name", plans.PRESETS)
@pytest.mark.parametrize("like", plans.PLAIN)
def test_presets_and_families(name: str, like: str) -> None:
    app = at_train(opened())
    widget(app, "preset").set_value(name)
    run(app)
    choice = widget(app, "like")
    titles = [option.content for option in choice.proto.options]
    assert titles == [ae.FAMILIES[other].title for other in plans.PLAIN]  # others train otherwise
    choice.set_value(like)
    run(app)
    assert app.session_state["visit"].draft.plan == plans.preset(name, like)
    assert widget(app, "preset").value == name


def test_everything_can_be_changed() -> None:
    app = at_train(opened())
    widget(app, "layers").set_value(3)
    run(app)
    assert app.session_state["visit"].draft.plan.hidden == (128, 64)
    for name, value in {
        "width_0": 100,
        "code": 2,
        "loss": "mean_squared_error",
        "optimizer": "rmsprop",
        "epochs": 7,
        "digits": 5000,
        "l1": 0.001,
        "learning_rate": 0.01,
        "batch_size": 64,
        "seed": 9,
    }.items():
        widget(app, name).set_value(value)
        run(app)
    plan = app.session_state["visit"].draft.plan
    assert (plan.hidden, plan.code_size, plan.digits, plan.seed) == ((100, 64), 2, 5000, 9)
    recipe = plan.recipe
    assert (recipe.loss, recipe.optimizer, recipe.epochs, recipe.batch_size) == (
        "mean_squared_error",
        "rmsprop",
        7,
        64,
    )
    assert (recipe.l1, recipe.learning_rate) == (0.001, 0.01)
    assert widget(app, "preset").value is None
    assert "RMSprop" in app.code[0].value and "units = 100" in app.code[1].value
    widget(app, "preset").set_value("ours")
    run(app)
    assert app.session_state["visit"].draft.plan == plans.preset("ours", "shallow")


def test_what_is_marked_is_so_and_what_is_not_can_be_pressed() -> None:
    app = at_train(opened())
    set_to(app, "like", "deep")
    set_to(app, "epochs", 5)
    assert (widget(app, "preset").value, widget(app, "like").value) == (None, "deep")
    set_to(app, "preset", "seconds")
    assert plan_of(app) == plans.preset("seconds", "deep")
    set_to(app, "layers", 2)
    assert (widget(app, "preset").value, widget(app, "like").value) == ("seconds", None)
    set_to(app, "like", "deep")
    assert plan_of(app) == plans.preset("seconds", "deep")
    set_to(app, "preset", "ours")
    assert widget(app, "epochs").value == plan_of(app).recipe.epochs


def test_what_the_browser_has_not_seen_yet_is_not_taken_for_a_wish() -> None:
    """Two quick presses: with the second, all fields still say what they said with the first."""
    app = at_train(opened())
    as_loaded = app._tree
    for node in (*app.number_input, *app.selectbox, *app.radio):
        node._value = node.value
    set_to(app, "preset", "tutorial")
    app._tree = as_loaded
    set_to(app, "preset", "default_rate")
    assert plan_of(app) == plans.preset("default_rate", "shallow")
    assert widget(app, "preset").value == "default_rate"
    assert widget(app, "epochs").value == 50


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("preset", "ours"),
        ("like", "deep"),
        ("layers", 3),
        ("epochs", 0),
        ("loss", "mean_squared_error"),
    ],
)
def test_the_widget_that_is_used_stays(name: str, value: Any) -> None:
    """One that is made anew loses the visitor's place on the keyboard."""
    app = at_train(opened())
    before = widget(app, name).proto.id
    set_to(app, name, value)
    assert widget(app, name).proto.id == before


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("layers", 10**9, "Only 1 to 4."),
        ("width_0", 99_999, "Only 2 to 512."),
        ("code", 1, "Only 2 to 128."),
        ("epochs", 0, "Only 1 to 300."),
        ("digits", -5, "Only 500 to 60,000."),
        ("seed", 2**32, "Only 0 to 4,294,967,295."),
        ("l1", 1.5, "Only 0 to 1."),
        ("learning_rate", 1e-9, "Only 0.000001 to 100."),
        ("learning_rate", float("nan"), "Only 0.000001 to 100."),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(name: str, value: float, words: str) -> None:
    app = at_train(opened())
    set_to(app, "like", "deep")
    before = widget(app, name).value
    set_to(app, name, value)
    assert any(words in text for text in texts(app))
    assert word(app)["sentence"] == words
    assert plan_of(app) == plans.preset("seconds", "deep")
    assert widget(app, name).value == before
    set_to(app, "epochs", 3)
    assert not any("Only " in text for text in texts(app))


def test_small_rates_are_written_out() -> None:
    app = set_to(at_train(opened()), "learning_rate", 2e-6)
    assert any("Adam 0.000002 ·" in caption.value for caption in app.caption)


@pytest.mark.parametrize("when", ["before", "while", "after"])
def test_the_language_is_switched_twice(when: str, child: Callable[..., Office]) -> None:
    child("time.sleep(60)" if when == "while" else _DONE)
    app = at_train(opened())
    for name, value in {"preset": "tutorial", "like": "deep", "loss": "mean_squared_error"}.items():
        set_to(app, name, value)
    set_to(app, "preset", "tutorial")
    if when != "before":
        button(app, "Train").click()
        run(app)
        until(lambda: len(training_of(app).history) == 2)
        app = run(app) if when == "while" else until_over(app)
    plan, keys = plan_of(app), ("preset", "like", "loss", "epochs")
    values = [widget(app, name).value for name in keys]
    assert values == ["tutorial", "deep", "binary_crossentropy", 50]
    for language in ("pt", "en", "pt", "en"):
        app.button_group(key=state.LANG).set_value(language)
        run(app)
        assert plan_of(app) == plan
        assert [widget(app, name).value for name in keys] == values
        _ = translator(language).gettext
        assert widget(app, "loss").options == [_("Cross-entropy"), _("Squared error")]
        assert widget(app, "loss").proto.raw_value in ("", _("Cross-entropy"))
        assert widget(app, "preset").options[1] == _("The tutorial of 2017")


def test_each_tab_shows_the_recipe_that_trains(
    child: Callable[..., Office], returns: Callable[..., AppTest]
) -> None:
    child("time.sleep(60)")
    app = at_train(opened())
    token = app.session_state["visit"].token
    beside = set_to(at_train(returns(token)), "preset", "ours")
    set_to(app, "like", "sparse")
    set_to(app, "epochs", 7)
    plan = plan_of(app)
    button(app, "Train").click()
    run(app)
    # The other tab, and the same one loaded again.
    button(beside, "Train").click()
    run(beside)
    assert [toast.value for toast in beside.toast] == [use.ALREADY]
    for tab in (beside, at_train(returns(token))):
        assert button(tab, "Stop, and keep what it has learnt")
        assert plan_of(tab) == plan
        assert (widget(tab, "epochs").value, widget(tab, "like").value) == (7, "sparse")
        assert widget(tab, "epochs").disabled
        assert any("Adam 0.0075 · 7 epochs" in caption.value for caption in tab.caption)
        assert tab.code[0].value.strip() == keras_scripts.keras_python(plan).strip()
    button(app, "Stop, and keep what it has learnt").click()
    until_over(run(app))
    set_to(app, "preset", "ours")
    assert plan_of(app) == plans.preset("ours", "sparse"), "once it is over, one can go on"
    assert any("This was 784 → 32 → 784 · Adam 0.0075 · 7 epochs." in text for text in texts(app))


def test_from_the_click_to_my_model(child: Callable[..., Office]) -> None:
    child()
    app = at_train(opened())
    empty = component(app, "film")
    assert empty["frames"] == [] and empty["live"] is None and empty["count"] == 11
    button(app, "Train").click()
    app = until_over(run(app))
    film = component(app, "film")
    assert [frame["at"] for frame in film["frames"]] == [0, 0.5, 1, 2]
    assert (
        film["frames"][0]["text"]
        == "before it learns · squared error 0.0200 · 3 dead units (always zero)"
    )
    assert film["reel"] != empty["reel"] and film["live"]["at"] == 2
    written = " ".join(texts(app))
    outcome = "Done. The trained model is now one of yours, on every page."
    assert outcome in written
    assert word(app)["sentence"].startswith(outcome)
    assert "60,000 digits of MNIST to learn from, and 10,000 others" in written
    assert "The loss went from 0.3000 to 0.1500 in 2 epochs." in written
    assert film["frames"][2]["dead"] == "Dead units, layer by layer: 3 of 32 in the code."
    assert film["frames"][2]["map"] == (
        "The codes of 3 digits that it does not learn from: 32 numbers, laid flat by PCA."
        " 50% of them have the same digit as their nearest neighbour."
    )
    assert (film["digits"], film["frames"][2]["places"]) == ([3, 5, 5], PLACES)
    assert model_names(app)[-1] == "My model, 5 numbers"
    assert app.session_state["model"] == "shallow", "what is in use does not change by itself"
    # The others' pages, with a code of five numbers.
    button(app, "Draw with it").click()
    assert run(app).session_state["model"] == plans.OWN
    app.switch_page("pages/draw/page.py")  # AppTest does not follow
    run(app)
    assert "Only 5 numbers of your digit pass." in " ".join(texts(app))
    app.switch_page("pages/compare/page.py")
    for view in (view.name for view in VIEWS):
        app.session_state[state.view_key("compare")] = view
        run(app)
        assert 'data-model="mine"' in " ".join(texts(app))
    assert model_names(opened()) == SHIPPED, "another visitor has no such model"


def test_another_tab_has_my_model_and_shows_what_its_link_names(
    child: Callable[..., Office], mine: Path, returns: Callable[..., AppTest]
) -> None:
    child()
    app = at_train(opened())
    app.file_uploader[0].upload("m.safetensors", mine.read_bytes(), "application/octet-stream")
    run(app)
    assert app.session_state["model"] == plans.OWN
    tab = returns(app.session_state["visit"].token, model="sparse", lanes="pca,deep")
    for _ in range(2):
        assert tab.session_state["model"] == "sparse"
        assert model_names(tab)[-1] == "My model, 5 numbers"
        assert tab.session_state[state.LANES] == ["pca", "deep", plans.OWN]
        run(tab)
    app.file_uploader[0].upload("n.safetensors", mine.read_bytes(), "application/octet-stream")
    run(app)
    assert run(tab).session_state["model"] == "mine2", "a new one is looked at"


def test_the_uploads_of_a_session_are_counted(mine: Path, child: Callable[..., Office]) -> None:
    child()
    app = at_train(opened())
    app.session_state["visit"].uploads = state.UPLOADS
    bring(app, mine.read_bytes())
    assert [warning.value for warning in app.warning] == [state.TOO_MANY_UPLOADS]
    assert not app.session_state["visit"].own


@pytest.mark.parametrize(
    "cookie", ["", "x" * 31, "x" * 33, "x" * 32 + "\n", "x" * 31 + "/", "é" * 32, "None"]
)
def test_a_cookie_that_is_no_token_of_ours_names_no_desk(
    cookie: str, child: Callable[..., Office], returns: Callable[..., AppTest]
) -> None:
    child()
    token = returns(cookie).session_state["visit"].token
    assert token != cookie and len(token) == 32
    assert returns(token).session_state["visit"].token == token


def test_it_goes_on_from_my_model(child: Callable[..., Office]) -> None:
    office = child()
    app = at_train(opened())
    button(app, "Train").click()
    app = until_over(run(app))
    widget(app, "go_on").set_value(True)
    run(app)
    plan = plan_of(app)
    assert (plan.hidden, plan.code_size, plan.like) == ((20, 10), 5, "shallow")
    assert widget(app, "code").disabled
    # What stands beside it goes on from the files that can be downloaded above it.
    python, r, terminal = (code.value for code in app.code)
    assert f"{own.NAME}.keras" in python and f"{own.NAME}.keras" in r
    arguments = build_parser().parse_args(terminal.split()[3:])
    assert cli_plan(arguments) == plan and arguments.start == f"{own.NAME}.safetensors"
    button(app, "Train").click()
    app = until_over(run(app))
    desk = office.desk(app.session_state["visit"].token)
    assert desk and desk.training and desk.training.start
    before, after = app.session_state["visit"].own.values()
    assert before.raw == desk.training.start and after.raw is desk.training.raw
    assert app.session_state["model"] == "shallow" and plan_of(app).hidden == (20, 10)


def test_the_plan_follows_the_model_that_it_goes_on_from(
    child: Callable[..., Office], mine: Path, tmp_path: Path
) -> None:
    child()
    app = bring(at_train(opened()), mine.read_bytes())
    set_to(app, "go_on", True)
    other = own_model(tmp_path / "other.safetensors", hidden=(30,))
    bring(app, other.read_bytes())
    assert plan_of(app).hidden == (30,)
    button(app, "Train").click()
    run(app)
    training = training_of(app)
    assert training and training.start == other.read_bytes()
    assert len(weights.load_start(other, training.plan.family)) == 8


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("sys.exit(2)", "The training failed."),
        ("print('what?', flush=True); time.sleep(60)", "It sent something unreadable"),
        (
            'say("diverged", passed=0.5); sys.exit(2)',
            "The steps were too large, and the loss exploded",
        ),
        ("os.kill(os.getpid(), 9)", "The server stopped it."),
        ("os.abort()", "The training ran out of memory."),
    ],
)
def test_a_child_that_fails_gives_one_sentence(
    end: str, sentence: str, child: Callable[..., Office]
) -> None:
    child(end)
    app = at_train(opened())
    button(app, "Train").click()
    app = until_over(run(app))
    written = " ".join(texts(app))
    assert sentence in written and "The trained model is now one of yours" in written
    assert model_names(app)[-1] == "My model, 5 numbers"


def test_other_data_are_named_and_not_compared(child: Callable[..., Office]) -> None:
    child(data="samples")
    app = at_train(opened())
    button(app, "Train").click()
    app = until_over(run(app))
    written = " ".join(texts(app))
    assert "variations of the sample digits, because MNIST could not be loaded" in written
    names = [trace["name"] for trace in component(app, "loss")["figure"][0]]
    assert names == ["while learning", "on digits it did not learn from"]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ("download", "Downloading MNIST …"),
        ("drawing", "MNIST cannot be downloaded: drawing digits to learn from instead …"),
    ],
)
def test_what_takes_long_before_it_learns_has_a_bar(
    event: str, sentence: str, child: Callable[..., Office]
) -> None:
    child(f'say("{event}", share=0.25); time.sleep(60)')
    app = at_train(opened())
    button(app, "Train").click()
    app = run(app)
    until(lambda: training_of(app).phase == event)
    run(app)
    (bar,) = app.get("progress")
    assert (bar.proto.value, bar.proto.text) == (25, sentence)


def test_stop_keeps_what_is_there(child: Callable[..., Office]) -> None:
    child("time.sleep(60)")
    app = at_train(opened())
    button(app, "Train").click()
    app = run(app)
    until(lambda: len(training_of(app).history) == 2)
    assert widget(run(app), "preset").disabled
    button(app, "Stop, and keep what it has learnt").click()
    app = until_over(run(app))
    assert "Stopped. The trained model is now one of yours" in " ".join(texts(app))


def test_it_says_that_it_saves(child: Callable[..., Office]) -> None:
    child("time.sleep(60)")
    app = at_train(opened())
    button(app, "Train").click()
    app = run(app)
    until(lambda: training_of(app).phase == "saving")
    (bar,) = run(app).get("progress")
    assert (bar.proto.value, bar.proto.text) == (100, "Saving …")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (_DONE, "Your training has ended."),
        ("os.kill(os.getpid(), 9)", "Your training has ended: The server stopped it."),
    ],
)
@pytest.mark.parametrize("page", ["draw", "learn", "compare", "explore", "room"])
def test_its_end_is_told_on_every_page(
    page: str, end: str, words: str, child: Callable[..., Office], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    child(f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n{end}")
    app = at_train(opened())
    button(app, "Train").click()
    run(app)
    app.switch_page(f"pages/{page}/page.py")
    assert not labels(run(app)) & {"Use it", "See it"}
    go.touch()
    app = until_over(app)
    assert words in texts(app) and component(app, "announce") == {"sentence": words}
    assert app.session_state["model"] == "shallow", "what is in use does not change by itself"
    assert labels(app) >= {"See it", "Later"}
    assert ("Use it" in labels(app)) == (page != "learn"), "where a model is looked at"
    app.switch_page("pages/draw/page.py")
    assert words in texts(run(app)), "until they have answered"
    button(app, "Use it").click()
    assert words not in texts(run(app)) and app.session_state["model"] == plans.OWN
    assert words not in texts(run(app))


@pytest.mark.parametrize("answer", ["See it", "Later", None])
def test_the_end_is_told_once(
    answer: str | None, child: Callable[..., Office], returns: Callable[..., AppTest]
) -> None:
    child("time.sleep(0.5)\n" + _DONE)
    app = at_train(opened())
    button(app, "Train").click()
    run(app)
    app.switch_page("pages/draw/page.py")
    app = until_over(run(app))
    if answer:
        button(app, answer).click()
        run(app)  # AppTest does not follow to another page
    if answer != "Later":
        assert component(at_train(app), "film")["live"]["at"] == 2, "there it is to be seen"
    for page in ("draw", "train"):
        app.switch_page(f"pages/{page}/page.py")
        assert "See it" not in labels(run(app))
    # Who opens another tab now has not seen it run.
    later = returns(app.session_state["visit"].token)
    assert "See it" not in labels(later) and model_names(later)[-1] == "My model, 5 numbers"


def test_what_is_said_of_a_training_is_its_own(
    child: Callable[..., Office],
    mine: Path,
    tmp_path: Path,
    returns: Callable[..., AppTest],
) -> None:
    """Another model is brought, another preset pressed, the page loaded again, in Portuguese."""
    child()
    app = at_train(opened())
    button(app, "Train").click()
    app = until_over(run(app))
    history, said = "gargalo-history.csv", "The trained model is now one of yours"
    assert history in offered(app) and said in " ".join(texts(app))
    bring(app, own_model(tmp_path / "other.safetensors", hidden=(30,)).read_bytes())
    assert history not in offered(app), "it is of another model"
    set_to(app, "preset", "ours")
    film = component(app, "film")
    assert film["frames"][-1]["text"].startswith("after 2 of 2 epochs")
    assert any("This was 784 → 32 → 784 · Adam 0.02 · 2 epochs." in text for text in texts(app))
    assert "784 → 32 → 784 · Adam 0.02 · 200 epochs" in texts(app), "of the code beside it"
    tab = at_train(returns(app.session_state["visit"].token, lang="pt"))
    film = component(tab, "film")
    assert film["frames"][-1]["text"].startswith("depois de 2 de 2 épocas")
    assert plan_of(tab) == plans.preset("seconds", "shallow")
    # The model that came of it is removed: it is not one of theirs any more.
    desk = offices.office().desk(app.session_state["visit"].token)
    desk.remove(desk.kept["mine"].model)
    app = run(app)
    assert "Done." in " ".join(texts(app)) and said not in " ".join(texts(app))


def test_the_code_names_the_file_from_which_it_goes_on(
    child: Callable[..., Office], mine: Path, tmp_path: Path, returns: Callable[..., AppTest]
) -> None:
    child("time.sleep(60)")
    app = bring(at_train(opened()), mine.read_bytes())
    set_to(app, "go_on", True)
    button(app, "Train").click()
    run(app)
    bring(app, own_model(tmp_path / "other.safetensors", hidden=(30,)).read_bytes())
    tab = at_train(returns(app.session_state["visit"].token))
    for one in (run(app), tab):
        assert one.code[2].value.endswith(f"--start {own.NAME}.safetensors")
        assert f"{own.NAME}.keras" in one.code[0].value


def test_a_model_is_brought_back_or_refused(
    child: Callable[..., Office], mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GARGALO_TRAINING_VISITORS", "1")
    office = child()
    app = at_train(opened())
    raw = mine.read_bytes()
    shipped = (checked.FOLDER / "shallow.safetensors").read_bytes()
    refusal = "This is not a model that this page made"
    for content in (raw[:-100], b"nonsense", shipped):
        bring(app, content)
        assert refusal in " ".join(texts(app))
        assert model_names(app) == SHIPPED
    app.button_group(key=state.LANG).set_value("pt")
    assert refusal not in " ".join(texts(run(app)))
    app.button_group(key=state.LANG).set_value("en")
    assert office.desk(app.session_state["visit"].token) is None, "what is refused takes no place"
    bring(run(app), raw)
    assert model_names(app)[-1] == "My model, 5 numbers"
    assert refusal not in " ".join(texts(app))
    other = bring(at_train(opened()), raw)
    assert use.BUSY in " ".join(texts(other)) and model_names(other) == SHIPPED
