"""A visitor's own models without a browser: kept, named, removed, replaced, chosen, compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ae
from ae import weights
from tests.pages.test_app import look_at, offered, opened, run, taken, texts
from tests.pages.test_compare import html, images, lanes
from tests.pages.test_train import (  # noqa: F401 (fixtures)
    at_train,
    bring,
    button,
    child,
    mine,
    model_names,
    own_model,
    plan_of,
    returns,
    set_to,
    until_over,
)
from ui import names, own, pictures, state, strokes
from ui.links import DEFAULT_MODEL
from ui.text import LANGUAGES, translator
from ui.trainings import Office

DEEP = (128, 64)  # the layers of the family


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Five models: three alike but for their weights, and two of other layers."""
    folder = tmp_path_factory.mktemp("own")
    layers = (DEEP, DEEP, (20, 10), (30,), DEEP)
    return [
        own_model(folder / f"{seed}.safetensors", seed, hidden=hidden).read_bytes()
        for seed, hidden in enumerate(layers)
    ]


@pytest.fixture
def visitor(child: Callable[..., Office]) -> Callable[..., AppTest]:  # noqa: F811
    child()

    def come(*raws: bytes, **query: str) -> AppTest:
        app = at_train(opened(**query))
        for raw in raws:
            bring(app, raw)
            assert not app.warning
        return app

    return come


def kept(app: AppTest) -> dict[str, bytes]:
    return {name: one.raw for name, one in app.session_state["visit"].own.items()}


def titles(app: AppTest) -> list[str]:
    """What stands on the page's own menu of them."""
    language = app.session_state[state.LANG]
    return app.button_group(key=f"own_{language}").options


def choose(app: AppTest, name: str) -> AppTest:
    app.button_group(key=f"own_{app.session_state[state.LANG]}").set_value(name)
    return run(app)


def rename(app: AppTest, name: str, wish: str) -> AppTest:
    choose(app, name)
    app.text_input(key=f"title_{name}").set_value(wish)
    return run(app)


def remove(app: AppTest, name: str) -> AppTest:
    choose(app, name)
    (match,) = (one for one in app.button if one.label.startswith("Remove "))
    match.click()
    return run(app)


def test_four_are_kept_and_named_by_what_they_are(
    visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(*files[:4])
    assert kept(app) == dict(zip(names.IDS, files[:4], strict=True))
    assert titles(app) == [
        "Deep, 5 numbers",
        "Deep, 5 numbers (2)",
        "My model, 5 numbers",
        "My model, 5 numbers (4)",
    ]
    assert app.session_state[state.MODEL] == "mine4"
    assert model_names(app) == ["Shallow", "Sparse", "Deep", titles(app)[-1]]
    # The others stand in the menu, behind those that ship.
    assert app.menu_button(key=state.MORE_MODELS).options[-3:] == titles(app)[:3]
    for i, name in enumerate(names.IDS):
        choose(app, name)
        assert taken(app, f"{own.stem(name)}.safetensors") == files[i]
        assert f"{own.stem(name)}.keras" in offered(app)
        assert app.session_state[state.MODEL] == "mine4", "what is in use does not change by itself"
        assert any("784 → " in words and "squared error" in words for words in texts(app))


def test_a_fifth_waits_until_the_visitor_says_which_is_to_go(
    visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(*files)
    assert kept(app) == dict(zip(names.IDS, files[:4], strict=True))
    question = "Only 4 models are kept. Which one makes room for the new one, “Deep, 5 numbers”?"
    assert app.radio(key="goes_en").label == question
    assert button(app, "Replace it").disabled and button(app, "Train").disabled
    assert taken(app, f"{own.NAME}-new.safetensors") == files[4]
    # One at a time; neither is thrown away.
    bring(app, files[0])
    assert [warning.value for warning in app.warning] == [
        "First say which of your models makes room for the one that has come."
    ]
    app.radio(key="goes_en").set_value("mine2")
    button(run(app), "Replace it").click()
    run(app)
    assert kept(app) == {
        **{name: files[i] for i, name in enumerate(names.IDS) if name != "mine2"},
        "mine2": files[4],
    }
    assert [*kept(app)][-1] == app.session_state[state.MODEL] == "mine2"
    assert not button(app, "Train").disabled and not app.get("radio")[1:]


def test_the_new_one_may_go_instead(visitor: Callable[..., AppTest], files: list[bytes]) -> None:
    app = visitor(*files)
    look_at(app, "mine3")
    button(at_train(app), "Let the new one go").click()
    run(app)
    assert kept(app) == dict(zip(names.IDS, files[:4], strict=True))
    assert app.session_state[state.MODEL] == "mine3" and not button(app, "Train").disabled


def test_a_training_that_ends_while_four_are_kept_waits_too(
    visitor: Callable[..., AppTest],
    files: list[bytes],
    mine: Path,  # noqa: F811
) -> None:
    app = visitor(*files[:4])
    button(app, "Train").click()
    app = until_over(run(app))
    assert kept(app) == dict(zip(names.IDS, files[:4], strict=True))
    app.radio(key="goes_en").set_value("mine")
    button(run(app), "Replace it").click()
    assert kept(run(app)) | {"mine": mine.read_bytes()} == kept(app)


def test_renamed_in_any_script_and_never_like_another(
    visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(*files[:2])
    rename(app, "mine", "  <b>Zé</b> *x* 模型 ")
    title = "<b>Zé</b> *x* 模型"
    assert titles(app) == [names.escaped(title), "Deep, 5 numbers"], "free for the other one"
    assert app.text_input(key="title_mine").value == title
    assert f"{title} (safetensors)" in offered(app).values()
    # Everywhere, as words.
    app.switch_page("pages/compare/page.py")
    run(app)
    assert ">&lt;b&gt;Zé&lt;/b&gt; *x* 模型<" in html(app, "lanes")
    at_train(app)
    # In whatever language, as another model's.
    taken_already = ["deep", "Profundo", "pca", "Deep, 5 numbers", "profundo, 5 números"]
    for wish in taken_already:
        rename(app, "mine", wish)
        assert any("Another model is called that already." in words for words in texts(app))
        assert names.escaped(title) in titles(app)
    rename(app, "mine", "")
    assert titles(app) == ["Deep, 5 numbers", "Deep, 5 numbers (2)"]
    assert not any("Another model is called" in words for words in texts(app))


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_visitor_s_language_until_it_has_a_title(
    language: str, visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(files[0], lang=language)
    deep = translator(language).gettext(ae.FAMILIES["deep"].title)
    assert titles(app)[0].startswith(f"{deep}, 5 n")
    # What it is called anyway is no title that outlives a change of the language.
    rename(app, "mine", titles(app)[0])
    assert app.session_state["visit"].own["mine"].title == ""


def test_removed_and_no_longer_looked_at_or_compared(
    visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(*files[:3])
    remove(app, "mine")
    assert [*kept(app)] == ["mine2", "mine3"]
    assert app.session_state[state.MODEL] == "mine3", "what is in use does not change by itself"
    assert not app.toast
    remove(app, "mine3")
    assert app.session_state[state.MODEL] == DEFAULT_MODEL
    assert [toast.value for toast in app.toast] == [
        "The model that you looked at has been removed. This is another one."
    ]
    assert app.session_state[state.LANES] == [*state.FIRST_LANES, "mine2"]
    bring(app, files[4])
    assert kept(app) == {"mine2": files[1], "mine": files[4]}
    remove(remove(app, "mine"), "mine2")
    assert not kept(app) and not any(one.label.startswith("Remove") for one in app.button)


def test_another_tab_sees_it_all(
    visitor: Callable[..., AppTest],
    files: list[bytes],
    returns: Callable[..., AppTest],  # noqa: F811
) -> None:
    app = visitor(*files[:2])
    tab = returns(app.session_state["visit"].token, model="deep")
    assert kept(tab) == kept(app) and tab.session_state[state.MODEL] == "deep"
    look_at(tab, "mine")
    rename(app, "mine", "One")
    assert "One" in model_names(run(tab))
    remove(app, "mine")
    assert run(tab).session_state[state.MODEL] == DEFAULT_MODEL and [*kept(tab)] == ["mine2"]
    # A click on what has been removed meanwhile does nothing to what has come in its place.
    at_train(tab)
    old = tab.session_state["visit"].own["mine2"].model
    remove(app, "mine2")
    bring(bring(app, files[2]), files[3])
    own.remove(tab.session_state["visit"], old)
    assert [*kept(run(app)).values()] == files[2:4]


def test_each_goes_on_from_its_own_layers(
    visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(*files[2:4])
    set_to(app, "go_on", True)
    assert plan_of(app).hidden == (30,)
    choose(app, "mine")
    assert plan_of(app).hidden == (20, 10)
    (toggle,) = app.toggle
    assert toggle.label == "Go on from My model, 5 numbers"
    assert any(f"--start {own.NAME}.safetensors" in code.value for code in app.code)
    remove(app, "mine")
    assert not app.toggle[0].value, "the other one is not what the visitor asked to go on from"


def test_own_models_are_compared_with_each_other_and_with_those_that_ship(
    visitor: Callable[..., AppTest], files: list[bytes]
) -> None:
    app = visitor(*files[:4], lanes="deep", sample="7b")
    app.switch_page("pages/compare/page.py")
    run(app)
    assert list(lanes(app)) == ["deep", *names.IDS]
    app.button_group(key=state.LANES).set_value(["deep", "mine2", "mine4"])
    shown = lanes(run(app))
    assert list(shown) == ["deep", "mine2", "mine4"]
    digit = strokes.sample_digit("7b")
    for name in ("mine2", "mine4"):
        model = weights.read_own(kept(app)[name])
        survived = images(shown[name][2])[0].pixels
        expected = pictures.grey(model.reconstruct(digit[None])[0])
        assert np.abs(survived.astype(int) - expected).max() <= 1
        assert "my model" in shown[name][0]
    assert "my model" not in shown["deep"][0]
    assert {f"{own.stem(name)}.safetensors" for name in ("mine2", "mine4")} < offered(app).keys()
    assert f"{own.stem('mine')}.safetensors" not in offered(app)


@pytest.mark.parametrize("name", names.IDS)
def test_a_link_cannot_carry_one(name: str, child: Callable[..., Office]) -> None:  # noqa: F811
    child()
    app = opened(model=name, lanes=f"deep,{name}")
    assert app.session_state[state.MODEL] == DEFAULT_MODEL
    assert [toast.value for toast in app.toast] == [
        "The link names a model that does not exist.",
        "The link names a model to compare that does not exist.",
    ]
