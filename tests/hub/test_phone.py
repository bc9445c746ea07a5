"""What stands in the phone's page; what happens on it is in tests/browser/test_phone.py."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from hub import light, phone
from tests.conftest import ROOT
from ui import scripts
from ui.text import LANGUAGES, translator

KB = 1024


class Reader(HTMLParser):
    """The page's elements: names and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["", "ABC234"])
def test_all_that_comes_before_the_model_is_small(code: str, language: str) -> None:
    """Two hundred phones in one hall's Wi-Fi: all of it uncompressed, comments included."""
    page = phone.page(code, "../" if code else "", language)
    files = {"phone.js", *scripts.needed("phone.js"), "phone.css", "icon.svg"}
    named = {re.sub(r".*/|\?.*", "", link) for link in Reader(page).all("href")}
    assert files - {"phone.js"} == {name for name in named if "." in name}
    sizes = [len(page.encode()), *((ROOT / "static" / name).stat().st_size for name in files)]
    assert sum(sizes) <= 60 * KB


def test_every_script_that_is_needed_at_once_is_named() -> None:
    needed = scripts.needed("phone.js")
    assert {"socket.js", "messages.js", "packed.js"} <= set(needed)
    assert "keys.js" not in needed and len(needed) == len(set(needed))


@pytest.mark.parametrize("root", ["", "../", "../../"])
def test_its_addresses_are_relative(root: str) -> None:
    reader = Reader(phone.page("ABC234", root, "en"))
    addresses = [*reader.all("href"), *reader.all("src")]
    assert len(addresses) > 10
    for address in addresses:
        assert address.startswith((f"{root}app/static/", "?lang="))


def test_the_script_finds_all_its_elements() -> None:
    ids = Reader(phone.page("", "", "en")).all("id")
    assert len(ids) == len(set(ids))
    script = (ROOT / "static/phone.js").read_text(encoding="utf-8")
    sought = re.findall(r'\b(?:part|press)\("(\w+)"', script)
    assert len(sought) > 20 and set(sought) <= set(ids)


def test_it_says_everything_in_each_language() -> None:
    english, portuguese = (phone.data(translator(language))["texts"] for language in ("en", "pt"))
    assert isinstance(english, dict) and isinstance(portuguese, dict)
    for name, sentence in english.items():
        assert portuguese[name] != sentence
        fields = [sorted(re.findall(r"\{\w+\}", text)) for text in (sentence, portuguese[name])]
        assert fields[0] == fields[1]


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        (None, "fr-CH, fr;q=0.9, pt;q=0.8, *;q=0.5", "pt"),
        (None, "de,fr", "en"),
        (None, "EN-us;q=0.7", "en"),
        ("en", "pt", "en"),
        ("xx", "pt", "pt"),
        ("../../etc", ";;,,", "en"),
    ],
)
def test_the_language(asked: str | None, accepted: str, language: str) -> None:
    assert light.language(asked, accepted) == language
