"""Talks as data: a file of links, each with a sentence for the hall and a note for the speaker.

A talk is JSON, so that a speaker can download one, edit it and bring it back; what comes back comes
from anybody. `read` says of each fault, in one sentence, in which step it is.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ui import links
from ui.links import Link
from ui.text import LANGUAGES, N_, Text

_FOLDER = Path(__file__).parent.parent / "talks"
# The folder is the list; the longer talk comes first.
SHIPPED = tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))
NAMES = (*SHIPPED, links.OWN_TALK)

LARGEST = 200_000  # bytes of a file
# Characters. A sentence has two lines on the stage, a title one on a button.
TITLE, SENTENCE, NOTE, ADDRESS = 60, 110, 2000, 2000

_STEP = {"link", "sentence", "note", "own"}
_ON_STAGE = links.NAMES - {links.STAGE, links.SPEAKER, links.STEP}

Views = Mapping[str, Sequence[str]]
"""Page -> the names of its views; the first page is the app's own address."""

Words = Mapping[str, str]
"""Language -> what is said in it; never empty, but a language may be missing."""


class Fault(NamedTuple):
    """What is wrong with a file: an English source string, what fills it in, and the step."""

    message: str
    values: Mapping[str, object] = MappingProxyType({})
    step: int | None = None

    def told(self, text: Text) -> str:
        """Say it in the visitor's language."""
        sentence = text.gettext(self.message, **self.values)
        if self.step is None:
            return sentence
        return text.gettext("Step {n}: {fault}", n=self.step, fault=sentence)


class TalkError(ValueError):
    """A file is no talk; ``faults`` say why, each for itself."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Step:
    """One state of the app, and what is said of it.

    Attributes
    ----------
    address : the link as it stands in the file: page and query.
    page : the page's folder. link : what the query says.
    sentence, note : for the hall, and for the speaker.
    own : whether a drawing that was made before takes the place of the prepared one.
    """

    address: str
    page: str
    link: Link
    sentence: Words
    note: Words
    own: bool = True


@dataclass(frozen=True)
class Talk:
    """Steps, one after another; `name` is that in links."""

    name: str
    title: Words
    steps: tuple[Step, ...]

    def at(self, number: int) -> int:
        """Give the step, from 1, that is nearest to this number."""
        return min(max(number, 1), len(self.steps))


def say(words: Words, text: Text) -> str:
    """Give the visitor's language, or else the first that there is; "" where nothing is said."""
    return words.get(text.language) or next(iter(words.values()), "")


def shipped(name: str, views: Views) -> Talk:
    """Read one of the talks that come with the app."""
    return read((_FOLDER / f"{name}.json").read_bytes(), views, name)


def step(address: str, sentence: Words, note: Words, views: Views) -> Step:
    """Make a step of a link.

    Raises
    ------
    TalkError
        Something is wrong with it.
    """
    faults: list[Fault] = []
    made = _step({"link": address, "sentence": sentence, "note": note}, None, views, faults)
    if made is None:
        raise TalkError(faults)
    return made


def write(talk: Talk) -> bytes:
    """Write a talk as `read` takes it, for an editor of plain text."""
    steps = [
        {
            "link": step.address,
            "sentence": _written(step.sentence),
            "note": _written(step.note),
            **({} if step.own else {"own": False}),
        }
        for step in talk.steps
    ]
    whole = {"title": _written(talk.title), "steps": steps}
    return json.dumps(whole, ensure_ascii=False, indent=2).encode() + b"\n"


def _written(words: Words) -> object:
    """Write one text for all languages as that: in each of them, a file may grow too large."""
    said = set(words.values())
    return said.pop() if words.keys() == LANGUAGES.keys() and len(said) == 1 else dict(words)


def read(raw: bytes, views: Views, name: str = links.OWN_TALK) -> Talk:
    """Read a talk out of a file.

    Raises
    ------
    TalkError
        It is none; with all faults that were found.
    """
    whole = _parsed(raw)
    faults = list(_strange(whole, {"title", "steps"}, None))
    title = _words(whole, "title", TITLE, None, faults)
    entries = whole.get("steps")
    if not isinstance(entries, list) or not entries:
        raise TalkError([Fault(N_("The talk has no steps."))])
    if len(entries) > links.STEPS:
        raise TalkError([Fault(N_("The talk has more than {n} steps."), {"n": links.STEPS})])
    steps = [_step(entry, n, views, faults) for n, entry in enumerate(entries, 1)]
    if faults:
        raise TalkError(faults)
    return Talk(name, title, tuple(filter(None, steps)))


def _parsed(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > LARGEST:
        limit = LARGEST // 1000
        raise TalkError(
            [Fault(N_("The file is larger than {n} kB, too large for a talk."), {"n": limit})]
        )
    try:
        whole = json.loads(raw.decode("utf-8-sig"))  # Windows's Notepad may write a mark first
    except json.JSONDecodeError as fault:
        where = {"line": fault.lineno, "column": fault.colno}
        message = N_("The file is no JSON: look at line {line}, column {column}.")
        raise TalkError([Fault(message, where)]) from None
    except (ValueError, RecursionError):  # other bytes, a number of 5,000 digits, a nest
        raise TalkError([Fault(N_("The file is no text in JSON."))]) from None
    if not isinstance(whole, dict):
        raise TalkError([Fault(N_("The file is no talk: download one to see how it is written."))])
    return whole


def _step(entry: object, n: int | None, views: Views, faults: list[Fault]) -> Step | None:
    """Read a step; None where something is wrong, which is then among the faults."""
    if not isinstance(entry, dict):
        faults.append(Fault(N_("This is no step: it needs “link” and “sentence”."), step=n))
        return None
    before = len(faults)
    faults += _strange(entry, _STEP, n)
    sentence = _words(entry, "sentence", SENTENCE, n, faults)
    note = _words(entry, "note", NOTE, n, faults) if entry.get("note") else {}
    own = entry.get("own", True)
    if not isinstance(own, bool):
        faults.append(Fault(N_("“own” is neither true nor false."), step=n))
    address = entry.get("link")
    page, link = "", Link()
    if not isinstance(address, str) or not _can_be_sent(address) or not address:
        faults.append(Fault(N_("“{part}” is missing."), {"part": "link"}, n))
    elif len(address) > ADDRESS:
        faults.append(_too_long("link", ADDRESS, n))
    else:
        page, link, wrong = _opened(address, views)
        faults += (fault._replace(step=n) for fault in wrong)
    if len(faults) > before:
        return None
    return Step(str(address), page, link, sentence, note, bool(own))


def _opened(address: str, views: Views) -> tuple[str, Link, list[Fault]]:
    """Say where a link leads: page, what the query says, and what is wrong with it."""
    try:
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return "", Link(), [Fault(N_("“link” is no link."))]
    # Pasted whole, it may begin with the address of any server, and end with a slash.
    parent, _slash, page = parts.path.rpartition("/")
    page = page or parent.rpartition("/")[2]
    if page not in views and parts.path[-1:] in ("", "/"):  # the server's own folder
        page = next(iter(views))
    if page not in views:
        return "", Link(), [Fault(N_("The link leads to no page of Gargalo."))]
    link, notices = links.read(
        query, frozenset(chain(*views.values())), chapters=views.get(page, ())
    )
    wrong = [Fault(notice) for notice in notices]
    if query.keys() - _ON_STAGE:
        wrong.append(
            Fault(N_("The link says something that no step says: compare it with Share's."))
        )
    if link.view and link.view not in views[page]:
        wrong.append(Fault(N_("The link names a view that is not on its page.")))
    return page, link, wrong


def _words(
    entry: Mapping[str, Any], part: str, most: int, n: int | None, faults: list[Fault]
) -> Words:
    """Read what is said: in several languages, or as one text for all of them."""
    said = entry.get(part)
    words: dict[str, Any] = said if isinstance(said, dict) else dict.fromkeys(LANGUAGES, said)
    if not words or not any(words.values()):
        faults.append(Fault(N_("“{part}” is missing."), {"part": part}, n))
        return {}
    if not all(isinstance(one, str) and _can_be_sent(one) for one in words.values()):
        faults.append(Fault(N_("“{part}” is no text."), {"part": part}, n))
        return {}
    if words.keys() - LANGUAGES.keys():
        values = {"part": part, "languages": ", ".join(LANGUAGES)}
        faults.append(Fault(N_("“{part}” is in another language than {languages}."), values, n))
    tidy = {language: _tidy(one) for language, one in words.items() if _tidy(one)}
    if any(len(one) > most for one in tidy.values()):
        faults.append(_too_long(part, most, n))
    elif not tidy:
        faults.append(Fault(N_("“{part}” is missing."), {"part": part}, n))
    return tidy


def _too_long(part: str, most: int, n: int | None) -> Fault:
    return Fault(N_("“{part}” is longer than {n} characters."), {"part": part, "n": most}, n)


def _strange(entry: Mapping[str, Any], known: Container[str], n: int | None) -> Iterator[Fault]:
    """Tell of entries that nobody reads: most likely they are misspelt."""
    for name in entry:
        if name not in known:
            shown = _tidy(name)[:30] if _can_be_sent(name) else "?"
            yield Fault(N_("“{name}” is not known here."), {"name": shown}, n)


def _can_be_sent(words: str) -> bool:
    """JSON can hold half of a character, which no browser may be sent."""
    return not any("\ud800" <= sign <= "\udfff" for sign in words)


def _tidy(words: str) -> str:
    """Leave out what is no sign, and spaces at the ends."""
    return "".join(s for s in words if s == "\n" or unicodedata.category(s) != "Cc").strip()
