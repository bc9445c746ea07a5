"""What stands in the moderator's page; what happens on it is in tests/browser/test_room.py."""

from __future__ import annotations

import json
import re

import pytest

from hub import light, moderate, protocol, rooms
from tests.conftest import ROOT
from ui.text import LANGUAGES, translator

every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
def test_it_is_in_the_language_of_who_opens_it(language: str) -> None:
    page, _ = moderate.page(language), translator(language).gettext
    assert f'<html lang="{language}">' in page
    for words in ("Waiting", "On the wall", "Approve all of these", "Take away", "Cover the wall"):
        assert _(words) in page
        assert language == "en" or words not in page
    said = moderate.data(translator(language))
    assert said["texts"]["sure"] == _("For good?")


def test_the_script_finds_all_its_elements() -> None:
    script = (ROOT / "static" / "moderate.js").read_text(encoding="utf-8")
    named = set(re.findall(r'part\("(\w+)"\)', script))
    assert {"room", "status", "why", "approve_all"} <= named
    ids = re.findall(r' id="(\w+)"', moderate.page("en"))
    assert named <= set(ids) and len(ids) == len(set(ids))
    for name in ("waiting", "wall"):
        assert {name, f"{name}_count", f"{name}_none", f"{name}_more", f"{name}_card"} <= set(ids)


def test_its_addresses_are_relative() -> None:
    addresses = re.findall(r' (?:href|src)="([^"]*)"', moderate.page("en"))
    assert len(addresses) > 10
    assert all(address.startswith("app/static/") for address in addresses)


def test_a_link_is_a_code_and_a_token() -> None:
    pattern = str(moderate.data(translator("en"))["link"])
    token = rooms.moderator_of(rooms.new_token())
    assert re.fullmatch(pattern, f"{rooms.new_code()}.{token}")
    for wrong in ("", "ABC234", "ABC234.", f"abc234.{token}", f"ABC234.{token}.{token}"):
        assert not re.fullmatch(pattern, wrong)


def test_it_hears_what_a_watcher_is_told_and_nothing_else() -> None:
    table = light.table(moderate._HEARD)
    whole = json.loads(protocol.as_json())
    assert {"digit", "gone", "settings", "fault"} <= table["messages"].keys()
    assert "opened" not in table["messages"], "it would have the speaker's token in it"
    for name, message in table["messages"].items():
        assert message == whole["messages"][name] and message["sender"] == "hub"
        assert set(message["fields"].values()) <= table["kinds"].keys()
