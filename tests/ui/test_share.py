"""Under which address others find what is on the screen."""

from __future__ import annotations

import pytest

from ui import share


@pytest.mark.parametrize(
    ("url", "page", "given", "expected"),
    [
        ("https://here/compare", "compare", {}, "https://here/compare"),
        ("https://x.streamlit.app/~/+/compare", "compare", {}, "https://x.streamlit.app/compare"),
        ("http://localhost:8501", "", {}, "http://localhost:8501/"),
        ("http://10.0.0.7:8501/", "", {share.PUBLIC: "https://g.org/a/"}, "https://g.org/a/"),
        ("http://localhost/train", "train", {share.PUBLIC: "http://g.org"}, "http://g.org/train"),
        ("https://here/", "", {share.PUBLIC: "javascript:alert(1)"}, "https://here/"),
        ("https://here/", "", {share.PUBLIC: "  "}, "https://here/"),
    ],
)
def test_the_address_for_others(url: str, page: str, given: dict[str, str], expected: str) -> None:
    assert share.public(url, page, given) == expected


@pytest.mark.parametrize(
    ("url", "alone"),
    [
        ("http://localhost:8501/", True),
        ("http://gargalo.localhost/", True),
        ("http://127.0.0.1:8501/", True),
        ("http://[::1]:8501/", True),
        ("", True),
        ("http://192.168.1.7:8501/", False),
        ("https://gargalo.example/", False),
        ("https://localhost.example/", False),
    ],
)
def test_who_can_open_it(url: str, alone: bool) -> None:
    assert share.is_alone(url) == alone


def test_the_network_has_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "_own_address", lambda: "192.168.1.7")
    url = "http://localhost:8501/app/compare"
    assert share.in_network(url, None) == "http://192.168.1.7:8501/app/compare"
    assert share.in_network("http://[::1]/", "0.0.0.0") == "http://192.168.1.7/"
    assert share.in_network(url, "127.0.0.1") is None  # nobody else is listened to
    assert share.in_network("https://gargalo.example/", None) is None
    for nowhere in (None, "127.0.0.1"):
        monkeypatch.setattr(share, "_own_address", lambda nowhere=nowhere: nowhere)
        assert share.in_network(url, None) is None


def test_the_code_is_a_picture_with_its_own_paper() -> None:
    code = share.qr("https://gargalo.example/?drawing=" + "A" * 600)
    assert code.startswith("data:image/svg+xml") and "%23fff" in code
