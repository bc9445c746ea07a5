"""How often somebody may do something: buckets of tokens that fill up again."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

Clock = Callable[[], float]

ADDRESSES = 10_000  # that are remembered; who asked least recently is forgotten first


class Bucket:
    """Holds so many tokens at most, and gets so many in a second."""

    def __init__(self, rate: float, most: float, clock: Clock = time.monotonic) -> None:
        self._rate, self._most, self._clock = rate, most, clock
        self._left, self._at = most, clock()

    @property
    def left(self) -> float:
        """How many tokens are in it now."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        return self._left

    def take(self) -> bool:
        """Take a token, if there is one."""
        if self.left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Give back a token that was taken."""
        self._left = min(self._most, self.left + 1)


class Buckets:
    """A bucket for each address, and one for all of them together."""

    def __init__(self, each: tuple[float, float], all_: tuple[float, float], clock: Clock) -> None:
        self._each, self._clock = each, clock
        self._all = Bucket(*all_, clock)
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._of)

    def allow(self, address: str) -> bool:
        """Tell whether there is a token left for this address; takes none."""
        bucket = self._of.get(address)
        return self._all.left >= 1 and (bucket is None or bucket.left >= 1)

    def take(self, address: str) -> bool:
        """Take a token for this address, if there is one."""
        if not self.allow(address):
            return False
        bucket = self._of.setdefault(address, Bucket(*self._each, self._clock))
        self._of.move_to_end(address)
        if len(self._of) > ADDRESSES:
            self._of.popitem(last=False)
        return bucket.take() and self._all.take()

    def give_back(self, address: str) -> None:
        """Give back a token that this address took, and came to nothing by."""
        self._all.give_back()
        if bucket := self._of.get(address):
            bucket.give_back()


def household(host: str) -> str:
    """Give what is counted as one address: of IPv6, all that one household or phone may choose."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a socket that is no network's
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
