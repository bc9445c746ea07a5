"""The documents say what is there: links, commands, settings, the version.

That the Python in them runs is shown in tests/test_wheel.py, where the library is installed.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

import ae
from ae.cli import report
from ae.compression import measured
from hub.limits import Limits as RoomLimits
from ui.limits import Limits

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])
]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_changelog_has_this_version() -> None:
    released = re.findall(r"^## (\d\S*) - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)
    assert released[0] == ae.__version__


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", read(document))
    assert [t for t in targets if not (ROOT / document).parent.joinpath(t).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_make_is_asked_for_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", read(document), re.MULTILINE)) <= targets


@pytest.mark.parametrize(
    ("prefix", "limits"), [("GARGALO_TRAINING_", Limits()), ("GARGALO_(?=ROOM)", RoomLimits())]
)
def test_the_settings_are_the_ones_that_are_read(prefix: str, limits: object) -> None:
    rows = re.findall(rf"^\| `{prefix}(\w+)` \| (\d+) \|", read("docs/settings.md"), re.M)
    assert {name.lower(): int(default) for name, default in rows} == asdict(limits)


def test_the_tables_of_compression_are_what_was_measured() -> None:
    """And the chart is drawn of the same figures."""
    table, drawn = measured.load(), read("docs/compression.svg")
    assert report.of_compression(table) in read("docs/compression.md")
    for rung in (table.ladder("deep")[4], table.ladder("pca")[3]):
        assert f"{rung.bits} bits: {rung.bytes:.1f} bytes, MSE {rung.mse:.4f}" in drawn
    webp = next(p for p in table.pictures if p.format == "WebP")
    assert f"WebP, quality 0: {webp.bytes:.1f} bytes, MSE {webp.mse:.4f}" in drawn
