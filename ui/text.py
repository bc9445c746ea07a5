"""What a visitor reads: the strings, the numbers and the long texts of one language.

The language belongs to the visitor, never to the process: `gettext.install` or a module global
would give every visitor the language of the last one.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import SupportsFloat

_LOCALES = Path(__file__).parent / "locales"
_PAGES = Path(__file__).parent.parent / "pages"


@dataclass(frozen=True)
class Language:
    """One row of the table.

    Attributes
    ----------
    name : the language's own name for itself.
    folder : of its catalogue in ``ui/locales``; a locale as Babel knows it. The strings in the code
        are English, so English has none.
    separators : the decimal and the thousands separator, as Plotly wants them. Babel knows every
        language's, but loading two of its locales costs the server 20 ms and 6 MB (of 190) for
        these two characters; so Babel only collects strings (`make text`) and is the tests' oracle.
    """

    name: str
    folder: str | None
    separators: str


# THE table of languages, by their code in a link: 1,234.5 in English is 1.234,5 in Portuguese.
LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        "en": Language("English", None, ".,"),
        "pt": Language("Português", "pt_BR", ",."),
    }
)
_SOURCE = next(iter(LANGUAGES))


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "extract, don't translate yet")
    """Mark a string for the translators; whoever shows it translates it with `gettext`."""
    return message


def best_language(locale: str | None) -> str:
    """Choose the language for a browser's locale: ``"pt-PT"`` gives ``"pt"``, ``"fr"`` English."""
    primary = (locale or "").replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else _SOURCE


@lru_cache(maxsize=len(LANGUAGES))
def translator(language: str) -> Text:
    """Give the text of a language in `LANGUAGES`: one frozen object that all visitors share.

    Raises
    ------
    ValueError
        There is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}, expected one of {', '.join(LANGUAGES)}")
    folder = LANGUAGES[language].folder
    if folder is None:
        return Text(language, gettext.NullTranslations())
    return Text(language, gettext.translation("gargalo", _LOCALES, languages=[folder]))


@dataclass(frozen=True, eq=False)
class Text:
    """Everything that depends on the language. A page begins with ``_ = text.gettext``.

    Attributes
    ----------
    language : a key of `LANGUAGES`.
    """

    language: str
    _catalogue: gettext.NullTranslations

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate, then fill in: ``_("Unit {unit} is off", unit=7)``.

        The source string must be a literal, or the translators never see it (``N_`` marks one that
        is only looked up later). Without values, braces stay as they are.
        """
        # An empty message is gettext's key for the catalogue's header.
        translated = self._catalogue.gettext(message) if message else ""
        return translated.format(**values) if values else translated

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Translate by count; ``{n}`` is the count: ``ngettext("{n} unit", "{n} units", k)``."""
        return self._catalogue.ngettext(one, many, n).format(**{"n": self.number(n), **values})

    def number(self, x: SupportsFloat, digits: int = 0) -> str:
        """Write a number with that many decimals: -1234.5 -> ``−1,234.50`` or ``−1.234,50``.

        With a minus sign, as Plotly writes it too, where Babel and Python have a hyphen. (A slider
        shows a hyphen: Streamlit writes its number, in the browser.)
        """
        # From the shortest decimal that means x: 2.675 is 2.68, as a reader expects. "z": no -0.00.
        decimal = Decimal(str(x))
        if not decimal.is_finite():
            return "NaN" if decimal.is_nan() else "−∞" if decimal < 0 else "∞"
        signs = str.maketrans(".,-", f"{self.separators}−")
        return f"{decimal:z,.{digits}f}".translate(signs)

    def plain(self, x: SupportsFloat, figures: int = 6) -> str:
        """Write a number with as many decimals as it has: 1e-06 -> ``0.000001``, 1.0 -> ``1``.

        Parameters
        ----------
        figures : significant ones, at most.
        """
        exponent = Decimal(f"{float(x):.{figures}g}").normalize().as_tuple().exponent
        return self.number(x, max(-exponent, 0) if isinstance(exponent, int) else 0)

    @property
    def separators(self) -> str:
        """The decimal and the thousands separator: ``".,"`` or ``",."``."""
        return LANGUAGES[self.language].separators

    def percent(self, share: SupportsFloat, digits: int = 0) -> str:
        """Write a share as per cent: 0.634 -> ``63%``."""
        return self.number(Decimal(str(share)) * 100, digits) + "%"

    def long(self, page: str, stem: str) -> str:
        """Read a page's long text, ``pages/<page>/<stem>.<language>.md``, or else the English one.

        Both names come from code, never from a visitor.
        """
        for part in (page, stem):
            if not part.replace("_", "").isalnum():
                raise ValueError(f"{part!r} is not the plain name of a page or of a text")
        translated = _PAGES / page / f"{stem}.{self.language}.md"
        source = translated.with_name(f"{stem}.{_SOURCE}.md")
        return (translated if translated.exists() else source).read_text(encoding="utf-8")
