"""HTML: whatever a variable holds is text to whoever reads the page, and one module writes tags."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup

from ui import figures, galleries, html, pictures, tables
from ui.text import translator

ROOT = Path(__file__).parents[2]
HOSTILE = """</p><script>alert("1' & 2")</script><img src=x onerror='x'>" x="&lt;"""
PIXELS = np.zeros((2, 2), np.uint8)

# Every builder, with hostile text in each of its places.
BUILDERS: dict[Callable[..., Markup], Callable[[str], Markup]] = {
    html.element: lambda evil: html.element("p", evil, class_=evil, data_x=evil, style=evil),
    html.void: lambda evil: html.void("input", value=evil, class_=evil),
    html.join: lambda evil: html.join((evil, html.blank(), evil)),
    html.image: lambda evil: html.image(evil, evil, evil, data_x=evil),
    html.blank: html.blank,
    html.data: lambda evil: html.data(evil, evil),
    html.document: lambda evil: html.document(
        evil, html.element("head", html.element("title", evil)), html.element("body", evil)
    ),
    html.figures: lambda evil: html.figures([(evil, evil, evil)]),
    html.figure: lambda evil: html.figure(evil, html.blank(), evil),
    html.lead: html.lead,
    html.verdict: html.verdict,
    html.of_model: lambda evil: html.of_model(evil, evil, evil),
    html.definitions: lambda evil: html.definitions([(evil, evil)] * 2, evil),
    html.legend: lambda evil: html.legend(evil, evil),
    pictures.img: lambda evil: pictures.img(PIXELS, evil, evil),
    pictures.figure: lambda evil: pictures.figure(evil, PIXELS, evil, evil, evil),
    galleries.html: lambda evil: galleries.html(
        [(evil, [galleries.Tile(PIXELS, evil, note=evil)])]
    ),
    tables.table: lambda evil: tables.table(
        [evil, evil], [tables.row(evil, evil, [(evil, evil)], [evil, evil])], evil, data_x=evil
    ),
    tables.row: lambda evil: tables.row(evil, evil, [(evil, evil)], [evil, evil], current=True),
    tables.small_bars: lambda evil: tables.small_bars([html.blank()], evil),
}


class Reader(HTMLParser):
    """What a browser makes of HTML: elements, the names and values of attributes, and text."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.names: list[str] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(str(written))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.names += [name for name, _value in attrs]
        self.values += [value or "" for _name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("build", BUILDERS.values(), ids=[b.__qualname__ for b in BUILDERS])
def test_hostile_text_stays_text(build: Callable[[str], Markup]) -> None:
    hostile, tame = Reader(build(HOSTILE)), Reader(build("tame"))
    assert hostile.elements == tame.elements and hostile.names == tame.names
    assert hostile.text == tame.text.replace("tame", HOSTILE)
    assert hostile.values == [value.replace("tame", HOSTILE) for value in tame.values]
    assert HOSTILE in hostile.text + " ".join(hostile.values)


def test_no_builder_is_left_out() -> None:
    for module in (html, pictures, galleries, tables):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                gives_html = function.__annotations__["return"] == "Markup"
                assert gives_html == (function in BUILDERS), name


def test_what_is_html_already_is_not_escaped_again() -> None:
    inner = html.element("b", "1 < 2")
    assert html.element("p", inner, " & more") == "<p><b>1 &lt; 2</b> &amp; more</p>"
    assert html.join(("<", inner)) == "&lt;<b>1 &lt; 2</b>"
    assert html.figure("", html.blank()).endswith("<small>&nbsp;</small></figure>")


def test_attributes() -> None:
    written = html.element("td", class_="a", aria_label='"', data_revision=3, colspan=None)
    assert written == '<td class="a" aria-label="&#34;" data-revision="3"></td>'
    assert html.image("x", "") == '<img src="x" alt="" class="pixels">'


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_code_s_title_reads_as_one_sentence(language: str) -> None:
    reader = Reader(figures.code_title(np.ones(32), 32, translator(language)))
    assert reader.elements == ["h2", "/h2", "small", "b", "/b", "span", "/span", "/small"]
    assert re.search(r"32 .*, 4% .* 784\s*32 .* · .* · ○ .*", reader.text)


# Who writes tags


SOURCES = [
    path
    for path in (
        ROOT / "app.py",
        *(path for room in ("ui", "pages", "hub") for path in (ROOT / room).rglob("*.py")),
    )
    if path != ROOT / "ui/html.py"
]


def offences(source: str) -> Iterator[str]:
    """What writes HTML by hand: a tag in a string that is no docstring, or a word for trusting."""
    tree = ast.parse(source)
    docstrings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            # In Plotly's own templates ("%{y}") a tag is no HTML.
            case ast.Constant(value=str(text)) if node not in docstrings and "%{" not in text:
                if tag := re.search(r"</?[a-zA-Z]|&\w+;", text):
                    yield f"line {node.lineno}: {text[tag.start() :]}"
            case ast.Call(
                func=ast.Name(id="Markup" | "escape") | ast.Attribute(attr="Markup" | "escape")
            ):
                yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.keyword(arg="unsafe_allow_html"):
                yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.ImportFrom(module="html") | ast.Import(names=[ast.alias(name="html")]):
                yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_one_module_writes_tags(path: Path) -> None:
    assert list(offences(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = f'<p>{x}</p>'",
        "x = f'<p class={x}>'",
        "x = '<p>' + x",
        "x += '</p>'",
        "x = '<p>{}</p>'.format(x)",
        "x = '<p>%s</p>' % x",
        "x = '<br>'.join(x)",
        "x = x or '&nbsp;'",
        "x = Markup(x)",
        "x = escape(x)",
        "x = markupsafe.Markup(x)",
        "st.markdown(x, unsafe_allow_html=True)",
        "from html import escape",
    ],
)
def test_whoever_writes_tags_is_found(source: str) -> None:
    assert list(offences(source))
    assert not list(
        offences("def f():\n    '''Write a <p>.'''\n    return a < b, '1 < 2', 'a & b'")
    )
