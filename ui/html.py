"""HTML for `st.html`: whatever stands in a variable is escaped, unless it is HTML already.

No other module writes a tag, or calls `Markup` or `escape`; a test reads them all.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

SPACE = Markup("&nbsp;")  # keeps a line's height while it has no words
BLANK = Markup('<div class="pixels blank"></div>')  # keeps a picture's place


def element(name: str, /, *content: str, **attributes: object) -> Markup:
    """Write an element: ``element("p", "1 < 2", class_="verdict", data_revision=3)``.

    Parameters
    ----------
    content : text, which is escaped, and Markup, which is not.
    attributes : one that is None is left out. ``class_`` writes class, ``aria_label`` aria-label.
    """
    # By hand: Markup.format takes ten times as long, and the lanes have hundreds of bars.
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{join(content)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Write one after another; what is not Markup is escaped."""
    return Markup("").join(parts)


def image(src: str, alt: str, class_: str = "pixels") -> Markup:
    """Write a picture; `src` is its address, `alt` says what it shows."""
    return Markup('<img src="{}" alt="{}" class="{}">').format(src, alt, class_)


def figure(title: str, picture: Markup, note: str = SPACE) -> Markup:
    """Write a picture with its title above and a note below."""
    return element("figure", element("figcaption", title), picture, element("small", note))


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


def of_model(colour: str, *content: str) -> Markup:
    """Write an entry of a list, in the colour that the model has in the chart beside it."""
    return element("li", *content, style=f"--colour: {colour}", class_="model")


def legend(lost: str, added: str) -> Markup:
    """Say what the two signs of an error map mean: stripes of orange, and blue."""
    striped, blue = element("span", class_="lost"), element("span", class_="added")
    return join((striped, " ", lost, " ", blue, " ", added))
