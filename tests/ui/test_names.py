"""What a visitor's own models are called: any script, bounded, and nothing but words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest

from ae import weights
from ae.metadata import Metadata
from tests.pages.test_train import own_model
from ui import names


@pytest.mark.parametrize(
    ("wish", "title"),
    [
        ("  My \t first\n one ", "My first one"),
        ("Zoë’s 2 números", "Zoë’s 2 números"),
        ("e\u0301", "é"),
        ("मेरा मॉडल", "मेरा मॉडल"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001 (Persian)
        ("模型 二", "模型 二"),
        ("👩\u200d🎓", "👩\u200d🎓"),
        ("a\u202eb\x00c\ud800d\ue000e", "abcde"),
        ("x" * 100, "x" * names.LONGEST),
        ("x" * (names.LONGEST - 1) + " yz", "x" * (names.LONGEST - 1)),
        ("<b>*x*</b>", "<b>*x*</b>"),
        ("", ""),
        (" \u200d\u0301\u200b\n", ""),
    ],
)
def test_a_title_is_what_somebody_typed_and_is_seen(wish: str, title: str) -> None:
    assert names.clean(wish) == title
    assert names.clean(title) == title


def test_titles_are_alike_where_a_reader_takes_them_for_the_same() -> None:
    assert names.alike("Deep", "DEEP") and names.alike("ﬁne", "fine")
    assert not names.alike("Deep", "Deep 2") and not names.alike("sé", "se")


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Metadata:
    return weights.load_own(own_model(tmp_path_factory.mktemp("own") / "mine.safetensors")).metadata


@pytest.mark.parametrize(
    ("encoder", "hidden", "output", "l1", "family"),
    [
        ((784, 2), "relu", "sigmoid", 0.0, "shallow"),
        ((784, 100), "relu", "sigmoid", 0.001, "sparse"),
        ((784, 128, 64, 2), "relu", "sigmoid", 0.0, "deep"),
        ((784, 128, 64, 2), "relu", "sigmoid", 0.001, None),
        ((784, 32), "linear", "linear", 0.0, "linear"),
        ((784, 128, 2), "relu", "sigmoid", 0.0, None),
        ((784, 64, 128, 32), "relu", "sigmoid", 0.0, None),
    ],
)
def test_a_net_is_of_the_family_whose_layers_it_has(
    metadata: Metadata,
    encoder: tuple[int, ...],
    hidden: str,
    output: str,
    l1: float,
    family: str | None,
) -> None:
    layers = len(encoder) - 1
    activations = (hidden,) * layers, (*(hidden,) * (layers - 1), output)
    net = metadata.net
    net = replace(net, encoder=encoder, decoder=encoder[::-1], activations=activations)
    net = replace(net, recipe=replace(net.recipe, l1=l1))
    assert names.family_of(replace(metadata, net=net)) == family


EVIL = "<b>*a* _b_</b> [c](http://d.e) :smile: :red[f] $g$ `h` ~~i~~ # - 1. www.j.k l@m.n & \\o"


def test_what_stands_in_markdown_means_nothing_there() -> None:
    """By CommonMark a backslash takes the meaning from any ASCII punctuation."""
    escaped = names.escaped(EVIL)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped).replace("\u2060", "") == EVIL
    bare = re.findall(r"(?<!\\)(?:\\\\)*([^\w\s\\\u2060])", escaped)
    assert set(bare) <= set("(),'")
    # What looks for icons, emoji and addresses does so after the backslashes are gone.
    assert not re.search(r"[:.@]\w", escaped.replace("\\", ""))
    assert unicodedata.category("\u2060") == "Cf", "and that is seen by nobody, and typed by none"
