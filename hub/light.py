"""What our pages without Streamlit have in common.

Streamlit's first page has 2.7 MB: a light one, with its style and its scripts, has 60 KB before the
model. Its addresses are relative, so that it works below any path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from markupsafe import Markup

from hub import protocol
from ui import html, scripts
from ui.text import LANGUAGES, best_language


def language(asked: str | None, accepted: str) -> str:
    """Choose a language: the link's, or else the first of the browser's that there is.

    Parameters
    ----------
    accepted : the header Accept-Language, in which browsers keep to the visitor's order.
    """
    tags = (re.split("[-;]", tag)[0].strip().lower() for tag in (asked or "", *accepted.split(",")))
    return next((tag for tag in tags if tag in LANGUAGES), best_language(None))


def head(root: str, title: str, script: str, *styles: str) -> Markup:
    """Write a page's head.

    Parameters
    ----------
    root : the way from the page to the app's root, "" or "../".
    script, styles : files in ``static/``.
    """
    view = "width=device-width, initial-scale=1, viewport-fit=cover"
    parts = (
        html.void("meta", charset="utf-8"),
        html.void("meta", name="viewport", content=view),
        html.element("title", f"Gargalo · {title}"),
        html.void("link", rel="icon", href=root + scripts.address("icon.svg")),
        *(
            html.void("link", rel="stylesheet", href=root + scripts.address(style))
            for style in styles
        ),
        *(
            html.void("link", rel="modulepreload", href=root + scripts.address(needed))
            for needed in scripts.needed(script)
        ),
        html.element("script", type="module", src=root + scripts.address(script)),
    )
    return html.element("head", *parts)


def part(name: str, part: str, *content: str, **attributes: object) -> Markup:
    """Write an element that the script knows."""
    return html.element(name, *content, id=part, **attributes)


def button(part_: str, *content: str, **attributes: object) -> Markup:
    """Write a button that the script knows."""
    return part("button", part_, *content, type="button", **attributes)


def table(heard: Collection[str]) -> dict[str, object]:
    """Give what a page that hears these messages needs of `hub.protocol`'s table."""
    whole = json.loads(protocol.as_json())
    messages = {name: whole["messages"][name] for name in heard}
    kinds = {kind for message in messages.values() for kind in message["fields"].values()}
    return {"kinds": {name: whole["kinds"][name] for name in sorted(kinds)}, "messages": messages}
