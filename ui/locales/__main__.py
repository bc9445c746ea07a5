"""`make text`: collect the screen's strings, merge them into each catalogue, compile it.

The `.mo` files are committed, because the host has no build step. Nothing that changes by itself
(line numbers, dates) is written, so a diff shows the strings that changed and no more.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from babel.messages.frontend import CommandLineInterface

from ui.text import LANGUAGES

HERE = Path(__file__).parent


def update(root: Path, locales: Path) -> None:
    """Collect from the sources under `root`; write into the folder `locales`.

    A language that is new in the table gets a catalogue, in which everything is to be translated.
    """
    template = locales / "gargalo.pot"
    with contextlib.chdir(root):  # or else the catalogues hold this machine's absolute paths
        _pybabel(
            *("extract", "--mapping-file", "babel.cfg", "--output-file", template),
            *("--omit-header", "--add-location", "file", "--sort-by-file"),
            *("--add-comments", "Translators:", "--no-wrap", "."),
        )
    catalogue = ("--input-file", template, "--output-dir", locales, "--domain", "gargalo")
    for language in LANGUAGES.values():
        if language.folder and not (locales / language.folder).exists():
            _pybabel("init", *catalogue, "--locale", language.folder)
    _pybabel(
        *("update", *catalogue),
        # Guesses from similar strings look finished and are wrong; an empty one is found by a test.
        *("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--no-wrap"),
    )
    _pybabel("compile", "--directory", locales, "--domain", "gargalo")


def _pybabel(*arguments: str | Path) -> None:
    # Babel 2.18 has types, but not here.
    CommandLineInterface().run(  # type: ignore[no-untyped-call]
        ["pybabel", "--quiet", *map(str, arguments)]
    )


if __name__ == "__main__":
    update(HERE.parent.parent, HERE)
