"""Phones' names."""

from __future__ import annotations

import re

import pytest

from hub import names, protocol, words
from hub.words import NAMES
from ui.text import LANGUAGES


def test_each_language_of_the_app_has_names_of_its_own() -> None:
    assert NAMES.keys() == LANGUAGES.keys()
    assert not set(NAMES["en"]) & set(NAMES["pt"])


@pytest.mark.parametrize("lang", NAMES)
def test_there_are_enough_and_each_is_a_name(lang: str) -> None:
    assert len(NAMES[lang]) == len(set(NAMES[lang])) > 3600
    for name in NAMES[lang]:
        assert protocol.check({"say": "named", "name": name, "spins": 3})
        assert len(name.split()) == 2 and name.split()[0][0].isupper() and len(name) <= 26


def test_no_word_stands_twice_or_in_another_list() -> None:
    lists = [*words._ENGLISH, words._MASCULINE, words._FEMININE]
    lists += [re.sub(r"/\w+", "", words._ADJECTIVES)]
    for text in lists:
        assert len(text.split()) == len(set(text.split()))
    assert not set(words._MASCULINE.split()) & set(words._FEMININE.split())


def test_a_portuguese_adjective_agrees_with_its_noun() -> None:
    assert {"Tucano Calmo", "Arara Calma", "Onça Feliz", "Bem-Te-Vi Sonhador"} <= set(NAMES["pt"])
    assert not {"Tucano Calma", "Arara Calmo", "Onça Sonhador"} & set(NAMES["pt"])
    for adjective in words._ADJECTIVES.split():
        forms = adjective.split("/")
        assert len(forms) == 1 or (forms[1].endswith("a") and forms[0][-1] in "or")


@pytest.mark.parametrize(
    ("lang", "names_of"), [("en", "en"), ("pt", "pt"), ("pt-br", "pt"), ("fi", "en"), ("x_-", "en")]
)
def test_a_name_is_in_the_phone_s_language(lang: str, names_of: str) -> None:
    assert {names.draw(lang, set()) for _ in range(20)} <= set(NAMES[names_of])


def test_a_name_is_nobody_else_s_as_long_as_there_are_names() -> None:
    taken = set(NAMES["en"]) - {"Calm Otter"}
    assert names.draw("en", taken) == "Calm Otter"
    assert names.draw("en", set(NAMES["en"])) in NAMES["en"]
