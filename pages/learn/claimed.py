"""What the tutorial says in a chapter, and what was measured of it."""

from __future__ import annotations

from markupsafe import Markup

from ae import claims
from ae.claims import Claim, Figure
from ui import html
from ui.html import element
from ui.text import Text


def of(chapter: str, text: Text) -> Markup:
    """Write a chapter's claims, each with its verdict, its numbers and the command behind them.

    Raises
    ------
    ae.WeightsError
        What was measured is missing or damaged.
    """
    entries = (_claim(claim, text) for claim in claims.of(chapter))
    title = text.gettext("What the tutorial says, and what was measured")
    return html.join(
        (element("h2", title, class_="claims-head"), element("ul", *entries, class_="claims"))
    )


def numbers(claim: Claim, text: Text) -> dict[str, str]:
    """Write a claim's numbers as this visitor reads them, by their placeholders."""
    return {name: _number(figure, text) for name, figure in claim.numbers().items()}


def _claim(claim: Claim, text: Text) -> Markup:
    _ = text.gettext
    parts = (
        element("b", _(claim.verdict.value), class_=claim.verdict.name.lower()),
        element("q", _(claim.claim)),
        element("span", _(claim.measured, **numbers(claim, text))),
        element("code", claim.command),
    )
    return element("li", html.join(part for each in parts for part in (each, " ")))


def _number(figure: Figure, text: Text) -> str:
    write = text.percent if figure.percent else text.number
    return write(figure.value, figure.digits)
