"""The frame: the table of pages, the languages, the models and the links."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

import ae
from ui import state
from ui.components.download import Wish
from ui.text import LANGUAGES, translator

ROOT = Path(__file__).parents[2]
APP = ROOT / "app.py"
SOURCES = [APP, *sorted((ROOT / "ui").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]

every_language = pytest.mark.parametrize("language", LANGUAGES)


def opened(**query: str) -> AppTest:
    """A visitor who opens the app through a link."""
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params.update(query)
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> list[str]:
    """Everything that is written on the page, said to a screen reader or sent to a component."""
    written = [text for node in app.main if node.proto for text in _strings(node.proto)]
    return [*written, *(toast.value for toast in app.toast)]


_PLUMBING = {
    "id",
    "js_content",
    "css_content",
    "js_source_path",
    "css_source_path",
    "html_content",
    "deferred_file_id",
    "raw_values",
}


def _strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in _PLUMBING:
            continue
        for item in value if field.is_repeated else [value]:
            if field.type == field.TYPE_MESSAGE:
                yield from _strings(item)
            elif field.name == "json":
                yield from _leaves(json.loads(item))
            elif field.type == field.TYPE_STRING:
                yield unescape(item)


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _leaves(item)
        case list():
            for item in value:
                yield from _leaves(item)


def component(app: AppTest, key: str) -> dict[str, Any]:
    """The data that one of our components gets."""
    (node,) = (node for node in app.get("bidi_component") if node.key == key)
    return json.loads(node.proto.json or node.proto.mixed.json)


def offered(app: AppTest) -> dict[str, str]:
    """File name -> what stands on its button, of all files that the page offers."""
    return {
        file["name"]: file["label"]
        for node in _downloads(app)
        for file in json.loads(node.proto.json)["files"]
    }


def look_at(app: AppTest, name: str) -> AppTest:
    """Choose a model, in sight or in the menu."""
    choice = app.button_group(key=state.MODEL)
    if choice.format_func(name) in choice.options:
        choice.set_value(name)
    else:
        app.menu_button(key=state.MORE_MODELS).click(name)
    return run(app)


def taken(app: AppTest, name: str) -> bytes:
    """What the browser gets when its visitor presses the button of this file."""
    (key,) = (node.key for node in _downloads(app) if f'"{name}"' in node.proto.json)
    app.session_state[f"{key}.asked"] = Wish("0123456789abcdef", name)
    run(app)
    parts = [node for node in app.get("bidi_component") if node.key.startswith(f"{key}.")]
    heads = [int.from_bytes(node.proto.bytes[:4], "little") for node in parts]
    assert parts and component(app, key)["answer"]["kind"] == "here"
    return b"".join(node.proto.bytes[4 + n :] for node, n in zip(parts, heads, strict=True))


def _downloads(app: AppTest) -> list[Any]:
    named = "gargalo_download"
    return [node for node in app.get("bidi_component") if node.proto.component_name == named]


def answer(app: AppTest) -> dict[str, Any]:
    """What the drawing's HTML tells the page's scripts."""
    pages = "".join(node.proto.body for node in app.get("html"))
    (said,) = re.findall(r' data-answer="([^"]*)"', pages)
    answer: dict[str, Any] = json.loads(unescape(said))
    return answer


def word(app: AppTest) -> dict[str, Any]:
    """What the browser is told of the run: address, language, a sentence."""
    own: dict[str, Any] | None = component(app, "browser")["word"]
    return own or answer(app)["word"]


def link(app: AppTest) -> dict[str, str]:
    """What the address bar says."""
    query = word(app)["link"]
    assert query.startswith("?")
    return dict(parse_qsl(query[1:], strict_parsing=True))


# The pages


def table() -> dict[str, str]:
    """The table PAGES in app.py, read without running it: the page's script -> its title."""
    for node in ast.parse(APP.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGES":
            return {
                f"pages/{row.elts[0].value}/page.py": row.elts[1].args[0].value
                for row in node.value.elts
            }
    raise AssertionError("app.py has no table PAGES")


def test_each_folder_is_listed_and_each_listed_page_is_there() -> None:
    folders = {path.name for path in (ROOT / "pages").iterdir() if path.is_dir()}
    assert {f"pages/{name}/page.py" for name in folders - {"__pycache__"}} == set(table())
    assert all((ROOT / path).is_file() for path in table())
    # A script right in pages/ would become a page by itself, without the frame; these are stubs.
    stubs = {path.stem: path.read_text() for path in (ROOT / "pages").glob("*.py")}
    assert stubs.keys() == {Path(path).parent.name for path in table()}, "each page needs a stub"
    assert len(set(stubs.values())) == 1


@every_language
@pytest.mark.parametrize("path", table())
def test_each_page_runs_in_each_language(path: str, language: str) -> None:
    app = opened(lang=language)
    app.switch_page(path)
    run(app)
    assert app.session_state[state.LANG] == language
    assert word(app)["language"] == language
    assert app.button_group(key=state.MODEL).formatted_values
    title = table()[path]
    assert language == "en" or translator(language).gettext(title) != title


# The language


def catalogue() -> list[tuple[str, str]]:
    """English and Portuguese, for what differs; a placeholder stands for anything."""
    folder = LANGUAGES["pt"].folder
    path = ROOT / "ui" / "locales" / folder / "LC_MESSAGES" / "gargalo.po"
    with path.open("rb") as file:
        entries = read_po(file)
    return [
        (str(entry.id), str(entry.string))
        for entry in entries
        if entry.id and isinstance(entry.id, str) and entry.id != entry.string
    ]


def pieces(app: AppTest) -> set[str]:
    """The page's texts without their HTML, and what it says in place of pictures."""
    written = texts(app)
    alternatives = [
        alt for text in written for alt in re.findall(r'(?:alt|aria-label)="([^"]*)"', text)
    ]
    split = (part for text in written for part in re.split(r"<[^>]*>| · |■|○", text))
    return {part.strip() for part in (*alternatives, *split)}


def appears(message: str, on_page: set[str]) -> bool:
    pattern = ".+?".join(map(re.escape, re.split(r"\{\w+\}", message)))
    return any(re.fullmatch(pattern, piece) for piece in on_page)


@pytest.mark.parametrize("model", ae.FAMILIES)
def test_portuguese_is_really_portuguese(model: str) -> None:
    english, portuguese = (pieces(with_figures(name, model)) for name in ("en", "pt"))
    seen = [(source, target) for source, target in catalogue() if appears(source, english)]
    assert len(seen) > 25
    for source, target in seen:
        assert appears(target, portuguese), f"{target!r} is missing"
        assert not appears(source, portuguese), f"{source!r} is not translated"
    assert any(re.fullmatch(r"0\.\d{4}", piece) for piece in english)
    assert any(re.fullmatch(r"0,\d{4}", piece) for piece in portuguese)
    assert not any(re.fullmatch(r"\d+\.\d+", piece) for piece in portuguese)


def with_figures(language: str, model: str) -> AppTest:
    app = opened(lang=language, model=model)
    app.session_state["more"] = True
    return run(app)


def test_the_language_can_be_changed_and_nothing_else_changes_with_it() -> None:
    app = opened(model="sparse", sample="3c")
    app.button_group(key=state.LANG).set_value("pt")
    run(app)
    assert link(app) == {"model": "sparse", "lang": "pt", "sample": "3c"}
    assert translator("pt").gettext("Undo") in texts(app)
    app.button_group(key=state.LANG).set_value("en")
    run(app)
    assert link(app) == {"model": "sparse", "lang": "en", "sample": "3c"}


def unseen(source: str) -> list[str]:
    """Strings that Babel on Python 3.11 does not collect: calls of `_` inside an f-string."""
    return [
        ast.unparse(call)
        for string in ast.walk(ast.parse(source))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[-1] in ("_", "N_", "gettext", "ngettext")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_string_hides_in_an_f_string(path: Path) -> None:
    assert unseen(path.read_text(encoding="utf-8")) == []


def test_a_string_in_an_f_string_would_be_seen() -> None:
    hidden = """f"<p>{_('Draw')}</p>" + f"{len(N_('one'))}" + f"{text.gettext('two')}" """
    assert len(unseen(hidden)) == 3
    assert unseen("draw = _('Draw')\nf'<p>{draw}</p>'") == []


# Links


def test_a_link_opens_the_state_that_it_names() -> None:
    app = opened(model="deep", lang="pt", sample="7b")
    assert not app.toast
    assert app.button_group(key=state.MODEL).value == "deep"
    assert app.button_group(key=state.LANG).value == "pt"
    assert app.session_state["visit"].sketch.drawing.sample == "7b"
    assert link(app) == {"model": "deep", "lang": "pt", "sample": "7b"}


@pytest.mark.parametrize("name", ae.samples.SAMPLES)
def test_a_link_can_name_each_sample(name: str) -> None:
    app = opened(sample=name)
    assert link(app)["sample"] == name and not app.toast


def test_without_a_link_the_defaults_open() -> None:
    app = opened()
    assert not app.toast
    assert link(app) == {"model": "shallow", "lang": "en", "sample": state.DEFAULT_SAMPLE}


@pytest.mark.parametrize("name", ["model", "lang", "sample"])
@pytest.mark.parametrize("value", ["", "[a](http://b)"])
def test_nonsense_in_a_link_is_ignored_with_a_notice(name: str, value: str) -> None:
    app = opened(**{name: value})
    default = {"model": "shallow", "lang": "en", "sample": state.DEFAULT_SAMPLE}
    assert link(app) == default
    what = {"model": "a model", "lang": "a language", "sample": "a sample"}[name]
    assert [toast.value for toast in app.toast] == [f"The link names {what} that does not exist."]
    assert not any("http://b" in text for text in texts(app)), "it is never repeated"
    run(app)
    assert not app.toast  # once


def test_what_is_right_in_a_link_stands_beside_what_is_wrong() -> None:
    app = opened(model="nonsense", lang="pt", sample="x", other="thing")
    assert link(app) == {"model": "shallow", "lang": "pt", "sample": state.DEFAULT_SAMPLE}
    _ = translator("pt").gettext
    assert [toast.value for toast in app.toast] == [
        _("The link names a model that does not exist."),
        _("The link names a sample that does not exist."),
    ]


def test_the_link_survives_whatever_changes_no_stroke() -> None:
    app = opened(sample="3b")
    for _again in range(3):
        run(app)
    app.button_group(key=state.MODEL).set_value("sparse")
    run(app)
    run(app)
    assert link(app) == {"model": "sparse", "lang": "en", "sample": "3b"}
    again = opened(**link(app))
    assert again.session_state["visit"].sketch.drawing == app.session_state["visit"].sketch.drawing


# The model


@every_language
@pytest.mark.parametrize("name", ae.FAMILIES)
def test_the_frame_says_what_the_model_is(name: str, language: str) -> None:
    app = opened(model=name, lang=language)
    family = ae.FAMILIES[name]
    _ = translator(language).gettext
    assert _(family.idea) in texts(app)
    title = {other.name: _(other.title) for other in ae.FAMILIES.values()}
    # The tutorial's three stay in sight, with the one that is looked at; the menu has the others.
    in_sight = app.button_group(key=state.MODEL).options
    assert in_sight == [title[one] for one in title if one in ("shallow", "sparse", "deep", name)]
    (menu,) = (node.proto for node in app.get("menu_button"))
    assert list(menu.options) == [words for words in title.values() if words not in in_sight]
