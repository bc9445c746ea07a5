"""The strings, the numbers and the long texts of each language; the catalogues' completeness."""

from __future__ import annotations

import dataclasses
import shutil
import string
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from ui import text as module
from ui.locales import __main__ as collecting
from ui.locales.__main__ import update
from ui.text import LANGUAGES, Language, best_language, translator

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "ui" / "locales"
CATALOGUES = sorted(path.relative_to(LOCALES) for path in LOCALES.rglob("*.po"))
BABEL = {code: language.folder or code for code, language in LANGUAGES.items()}


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def wrong(message: Message) -> str | None:
    """What keeps a translation from being shipped."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(translations):
        return "untranslated"
    if message.fuzzy:
        return "fuzzy"
    # The singular may leave {n} out ("one unit"), in either language.
    allowed = set().union(*map(placeholders, sources))
    for translation in translations:
        if not placeholders(translation) <= allowed:
            return "unknown placeholder"
    return None if placeholders(translations[-1]) == allowed else "lost placeholder"


def placeholders(message: str) -> set[str]:
    """`{unit}` and `{error:.2f}` as they stand: a translation must not change the format either."""
    return {
        f"{name}!{conversion}:{spec}"
        for _, name, spec, conversion in string.Formatter().parse(message)
        if name is not None
    }


# The catalogues


def test_each_language_but_the_source_has_a_catalogue() -> None:
    folders = sorted(language.folder for language in LANGUAGES.values() if language.folder)
    assert [str(path) for path in CATALOGUES] == [
        f"{folder}/LC_MESSAGES/gargalo.po" for folder in folders
    ]
    assert len(CATALOGUES) == len(LANGUAGES) - 1


def test_a_new_language_gets_a_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    german = Language("Deutsch", "de", ",.")
    monkeypatch.setattr(collecting, "LANGUAGES", {**LANGUAGES, "de": german})
    shutil.copytree(LOCALES, tmp_path, dirs_exist_ok=True)
    update(ROOT, tmp_path)
    catalogue = read(tmp_path / "de" / "LC_MESSAGES" / "gargalo.po")
    template = read(tmp_path / "gargalo.pot")
    assert {message.id for message in catalogue} == {message.id for message in template}
    assert {wrong(message) for message in catalogue if message.id} == {"untranslated"}


def test_the_catalogues_are_up_to_date(tmp_path: Path) -> None:
    shutil.copytree(LOCALES, tmp_path, dirs_exist_ok=True)
    update(ROOT, tmp_path)
    for path in ["gargalo.pot", *CATALOGUES, *(path.with_suffix(".mo") for path in CATALOGUES)]:
        new, kept = (tmp_path / path).read_bytes(), (LOCALES / path).read_bytes()
        assert new == kept, f"ui/locales/{path} is not up to date: run `make text`, then translate"


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_the_translation_is_complete(path: Path) -> None:
    catalogue = read(LOCALES / path)
    faults = {message.id: wrong(message) for message in catalogue if message.id}
    assert faults, "the catalogue is empty"
    assert {source: fault for source, fault in faults.items() if fault} == {}
    assert not catalogue.obsolete


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("Draw", ""), "untranslated"),
        (Message(("{n} unit", "{n} units"), ("{n} unidade", "")), "untranslated"),
        (Message("Draw", "Desenhe", flags=["fuzzy"]), "fuzzy"),
        (Message("Unit {unit}", "Unidade {unidade}"), "unknown placeholder"),
        (Message("{x:.2f}", "{x:.3f}"), "unknown placeholder"),
        (Message("Unit {unit}", "Unidade"), "lost placeholder"),
        (Message("Unit {unit}", "A unidade {unit}"), None),
        (Message(("One unit", "{n} units"), ("Uma unidade", "{n} unidades")), None),
    ],
)
def test_a_faulty_translation_is_seen(message: Message, fault: str | None) -> None:
    assert wrong(message) == fault


def test_nothing_in_the_catalogues_changes_by_itself() -> None:
    for path in [LOCALES / "gargalo.pot", *(LOCALES / path for path in CATALOGUES)]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#:"):
                assert ":" not in line.removeprefix("#:"), f"{path.name} holds a line number"
                for name in line.removeprefix("#:").split():
                    assert (ROOT / name).is_file(), f"{path.name} names {name}"


def test_a_new_string_is_collected_and_found_untranslated(tmp_path: Path) -> None:
    locales = shutil.copytree(LOCALES, tmp_path / "locales")
    (tmp_path / "babel.cfg").write_text("[python: app.py]\n", encoding="utf-8")
    (tmp_path / "app.py").write_text(
        '_("Draw a digit")\nN_("A new string")\nngettext("{n} thing", "{n} things", 3)\n',
        encoding="utf-8",
    )
    update(tmp_path, locales)
    catalogue = read(locales / CATALOGUES[0])
    assert {message.id: wrong(message) for message in catalogue if message.id} == {
        "Draw a digit": "untranslated",
        "A new string": "untranslated",
        ("{n} thing", "{n} things"): "untranslated",
    }


# The visitor's language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("pt-BR", "pt"),
        ("pt-PT", "pt"),
        ("pt_BR", "pt"),
        ("PT", "pt"),
        ("en-GB", "en"),
        ("fr-FR", "en"),
        ("ptx", "en"),
        ("", "en"),
        ("-", "en"),
        (None, "en"),
    ],
)
def test_the_browser_chooses_the_language(locale: str | None, language: str) -> None:
    assert best_language(locale) == language


def test_an_unknown_language_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="no language 'xx', expected one of en, pt"):
        translator("xx")


def test_visitors_share_the_translator_and_cannot_change_it() -> None:
    assert translator("pt") is translator("pt")
    assert translator("pt") is not translator("en")
    with pytest.raises(dataclasses.FrozenInstanceError):
        translator("pt").language = "en"  # type: ignore[misc]


def test_strings_are_translated() -> None:
    assert translator("en").gettext("Deep") == "Deep"
    assert translator("pt").gettext("Deep") == "Profundo"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_or_empty_string_stays_as_it_is(language: str) -> None:
    text = translator(language)
    assert text.gettext("") == ""
    assert text.gettext("not {collected}") == "not {collected}"
    assert text.gettext("not {collected}", collected=7) == "not 7"


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("en", 1, "1 unit"),
        ("en", 1234, "1,234 units"),
        ("pt", 1234, "1.234 unidades"),
        ("pt", 1, "1 unidade"),
    ],
)
def test_counts_are_written_in_the_language(language: str, n: int, expected: str) -> None:
    assert translator(language).ngettext("{n} unit", "{n} units", n) == expected


# Numbers: Babel is the oracle, but for the minus sign, for which it has a hyphen.


@pytest.mark.parametrize("language", LANGUAGES)
@given(
    x=st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 0.5) | st.integers(-(10**9), 10**9),
    digits=st.integers(0, 4),
)
def test_numbers_are_written_as_babel_writes_them(language: str, x: float, digits: int) -> None:
    pattern = "#,##0" + "." * (digits > 0) + "0" * digits
    expected = format_decimal(x, format=pattern, locale=BABEL[language])
    if expected.startswith("-") and not any(digit in expected for digit in "123456789"):
        expected = expected[1:]  # Babel writes "-0", which a reader takes for a mistake.
    assert translator(language).number(x, digits) == expected.replace("-", "−")


@pytest.mark.parametrize("language", LANGUAGES)
@given(x=st.decimals(-1, 1, places=4), digits=st.integers(0, 2))
def test_shares_are_written_as_babel_writes_them(language: str, x: Decimal, digits: int) -> None:
    pattern = "#,##0" + "." * (digits > 0) + "0" * digits + "%"
    expected = format_percent(x, format=pattern, locale=BABEL[language])
    if expected.startswith("-") and not any(digit in expected for digit in "123456789"):
        expected = expected[1:]
    assert translator(language).percent(x, digits) == expected.replace("-", "−")


@pytest.mark.parametrize(
    ("x", "digits", "expected"),
    [
        (2.675, 2, "2,68"),
        (-0.0001, 2, "0,00"),
        (float("inf"), 1, "∞"),
        (float("-inf"), 1, "−∞"),
        (float("nan"), 1, "NaN"),
    ],
)
def test_awkward_numbers(x: float, digits: int, expected: str) -> None:
    assert translator("pt").number(x, digits) == expected


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (1e-6, "0,000001"),
        (0.0025, "0,0025"),
        (1.0, "1"),
        (100, "100"),
        (2**32 - 1, "4.294.967.295"),
        (1 / 3, "0,333333"),
        (float("nan"), "NaN"),
    ],
)
def test_as_many_decimals_as_there_are(x: float, expected: str) -> None:
    assert translator("pt").plain(x) == expected


# The long texts


@pytest.fixture
def page_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setattr(module, "_PAGES", tmp_path)

    def write(**texts: str) -> None:
        (tmp_path / "draw").mkdir()
        for language, text in texts.items():
            (tmp_path / "draw" / f"how.{language}.md").write_text(text, encoding="utf-8")

    return write


def test_a_long_text_is_read_in_the_language(page_folder: Callable[..., None]) -> None:
    page_folder(en="How it works", pt="Como funciona: três números")
    assert translator("en").long("draw", "how") == "How it works"
    assert translator("pt").long("draw", "how") == "Como funciona: três números"


def test_a_long_text_without_a_translation_is_english(page_folder: Callable[..., None]) -> None:
    page_folder(en="How it works")
    assert translator("pt").long("draw", "how") == "How it works"


@pytest.mark.parametrize("names", [("..", "how"), ("draw", "../how"), ("draw", ""), ("/", "how")])
def test_a_long_text_is_named_plainly(names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="is not the plain name"):
        translator("en").long(*names)
