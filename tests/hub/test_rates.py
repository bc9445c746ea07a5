"""Buckets of tokens, and what counts as one address."""

from __future__ import annotations

import pytest

from hub import rates
from hub.rates import Bucket, Buckets, household


class Hand:
    """A clock that is moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_what_is_in_it_and_fills_up_again() -> None:
    clock = Hand()
    bucket = Bucket(2, 5, clock)
    assert [bucket.take() for _ in range(7)] == [True] * 5 + [False] * 2
    clock.now += 0.4
    assert not bucket.take()
    clock.now += 0.2
    assert bucket.take() and not bucket.take()
    clock.now += 1000
    assert [bucket.take() for _ in range(7)] == [True] * 5 + [False] * 2


def test_each_address_has_its_own_and_all_have_one() -> None:
    clock = Hand()
    buckets = Buckets((1, 3), (1, 5), clock)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    assert [buckets.take("b") for _ in range(3)] == [True, True, False]  # all five are gone
    assert not buckets.allow("c")
    clock.now += 1
    assert buckets.allow("c") and buckets.allow("c")  # to ask takes nothing
    assert buckets.take("c") and not buckets.allow("c")


def test_what_is_given_back_can_be_taken_again() -> None:
    buckets = Buckets((1, 2), (1, 3), Hand())
    for _ in range(9):
        assert buckets.take("a")
        buckets.give_back("a")
    buckets.give_back("a")  # never more than there may be
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert [buckets.take("b") for _ in range(2)] == [True, False]


def test_addresses_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "ADDRESSES", 3)
    buckets = Buckets((1, 2), (1, 100), Hand())
    for address in "abcab":
        buckets.take(address)
    assert not buckets.allow("a") and not buckets.allow("b")
    buckets.take("d")  # c was there least recently
    assert len(buckets) == 3 and not buckets.allow("a")


@pytest.mark.parametrize(
    ("host", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_a_household_s(host: str, counts_as: str) -> None:
    assert household(host) == counts_as
