"""HTML for `st.html`: whatever stands in a variable is escaped, unless it is HTML already.

No other module writes a tag, or calls `Markup` or `escape`; a test reads them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

SPACE = Markup("&nbsp;")  # keeps a line's height while it has no words


def element(name: str, /, *content: str, **attributes: object) -> Markup:
    """Write an element: ``element("p", "1 < 2", class_="verdict", data_revision=3)``.

    Parameters
    ----------
    content : text, which is escaped, and Markup, which is not.
    attributes : one that is None is left out. ``class_`` writes class, ``aria_label`` aria-label.
    """
    return Markup(f"<{name}{_written(attributes)}>{join(content)}</{name}>")


def void(name: str, /, **attributes: object) -> Markup:
    """Write an element that has no content and no end, such as ``meta`` and ``input``."""
    return Markup(f"<{name}{_written(attributes)}>")


def _written(attributes: Mapping[str, object]) -> str:
    # By hand: Markup.format takes ten times as long, and the lanes have hundreds of bars.
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )


def join(parts: Iterable[str]) -> Markup:
    """Write one after another; what is not Markup is escaped."""
    return Markup("").join(parts)


def image(src: str, alt: str, class_: str = "pixels", **attributes: object) -> Markup:
    """Write a picture; `src` is its address, `alt` says what it shows."""
    return void("img", src=src, alt=alt, class_=class_, **attributes)


def blank(live: str | None = None, words: str = "") -> Markup:
    """Keep a picture's place, with some words in it; `live` as for `ui.pictures.img`."""
    return element("div", words, class_="pixels blank", data_live=live)


def data(id: str, content: str) -> Markup:
    """Write what a script reads, out of sight; quotes, of which JSON is full, stay as they are."""
    text = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return element("p", Markup(text), id=id, hidden="")


def document(language: str, head: Markup, body: Markup) -> Markup:
    """Write a whole page of our own, one that Streamlit does not serve."""
    return join((Markup("<!doctype html>"), element("html", head, body, lang=language)))


def figure(title: str, picture: Markup, note: str = SPACE, class_: str | None = None) -> Markup:
    """Write a picture with its title above and a note below."""
    parts = element("figcaption", title), picture, element("small", note)
    return element("figure", *parts, class_=class_)


def lead(sentence: str) -> Markup:
    """Write the one sentence that a page begins with."""
    return element("h1", sentence, class_="lead")


def verdict(sentence: str) -> Markup:
    """Write what the figures on the screen amount to."""
    return element("p", sentence, class_="verdict")


def definitions(entries: Iterable[tuple[str, str]], class_: str | None = None) -> Markup:
    """Write a list of terms, each with what is to be said of it."""
    pairs = (join((element("dt", term), element("dd", words))) for term, words in entries)
    return element("dl", *pairs, class_=class_)


def figures(entries: Iterable[tuple[str, str, str]]) -> Markup:
    """Write the figures of a drawing: name for `ui.components.live`, value, what it is."""
    pairs = (
        join((element("dt", value, data_live=name), element("dd", words)))
        for name, value, words in entries
    )
    return element("dl", *pairs, class_="figures")


def of_model(colour: str, *content: str) -> Markup:
    """Write an entry of a list, in the colour that the model has in the chart beside it."""
    return element("li", *content, style=f"--colour: {colour}", class_="model")


def legend(lost: str, added: str) -> Markup:
    """Say what the two signs of an error map mean: stripes of orange, and blue."""
    striped, blue = element("span", class_="lost"), element("span", class_="added")
    return join((striped, " ", lost, " ", blue, " ", added))
