"""What a training says: each line is read as it was written, and no other line is read."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ae import events
from ae.events import EVENTS

EXAMPLES: dict[type, list[Any]] = {
    int: [0, 7, 60_000],
    float: [0.0, 0.25, 1e-300, 1.5],
    str: ["", "MNIST", "ação\n\u2028 “quoted”"],
    type(None): [None],
    list: [[], [0, 11, 60_000]],
}


def kinds(kind: type | tuple[type, ...]) -> tuple[type, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


def example(event: str, which: int = 0) -> dict[str, Any]:
    fields = {}
    for name, kind in EVENTS[event].items():
        values = [value for one in kinds(kind) for value in EXAMPLES[one]]
        fields[name] = values[which % len(values)]
    return fields


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


every_event = pytest.mark.parametrize("event", EVENTS)
every_field = pytest.mark.parametrize(
    ("event", "field"), [(event, field) for event, wanted in EVENTS.items() for field in wanted]
)


def refused(event: str, fields: dict[str, Any]) -> None:
    """By the one who writes and by the one who reads, and nothing was written."""
    out = io.StringIO()
    with pytest.raises(ValueError):
        events.write(out, event, **fields)
    assert out.getvalue() == ""
    with pytest.raises(ValueError):
        events.read(line(event=event, **fields))


@every_event
@pytest.mark.parametrize("which", range(8))
def test_there_and_back(event: str, which: int) -> None:
    fields = example(event, which)
    out = io.StringIO()
    events.write(out, event, **fields)
    assert out.getvalue().endswith("\n") and out.getvalue().count("\n") == 1
    assert len(out.getvalue().splitlines()) == 1
    assert events.read(out.getvalue().encode()) == (event, fields)
    assert events.read(out.getvalue().rstrip().encode()) == (event, fields)


def test_a_line_is_there_at_once() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    events.write(out, "ready")
    assert raw.getvalue() == b'{"event": "ready"}\n'


@pytest.mark.parametrize("event", ["", "Ready", "steps", "event"])
def test_no_such_event(event: str) -> None:
    refused(event, {})


@every_field
def test_a_field_is_missing(event: str, field: str) -> None:
    fields = example(event)
    del fields[field]
    refused(event, fields)


@every_event
def test_a_field_too_many(event: str) -> None:
    refused(event, example(event) | {"more": 1})


@every_field
@pytest.mark.parametrize(
    "value", [True, False, math.nan, math.inf, -math.inf, [], {}, [1], "1", 1, 0.5, None], ids=str
)
def test_a_field_of_another_type(event: str, field: str, value: Any) -> None:
    """A bool is no number here, and neither is NaN."""
    kind = kinds(EVENTS[event][field])
    fields = example(event) | {field: value}
    finite = not isinstance(value, float) or math.isfinite(value)
    if type(value) in kind and finite:
        assert events.read(line(event=event, **fields)) == (event, fields)
    else:
        refused(event, fields)


@pytest.mark.parametrize("item", [True, None, 0.5, "1", [1]], ids=str)
def test_a_list_is_of_whole_numbers(item: Any) -> None:
    refused("kept", example("kept") | {"layers": [1, item]})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"ready",
        b"null",
        b"7",
        b'"ready"',
        b"[]",
        b'["ready"]',
        b'[{"event": "ready"}]',
        b"{}",
        b'{"event": null}',
        b'{"event": ["ready"]}',
        b'{"event": {"ready": 1}}',
        b'{"event": "ready"',
        b'{"event": "ready"}{"event": "ready"}',
        b'{"event": "ready"} 2026',
        b'{"event": "download", "share": NaN}',
        b'{"event": "download", "share": Infinity}',
        b'{"event": "download", "share": -Infinity}',
        b'{"event": "\xff"}',
        b"\xff\xfe\x00",
        b"Epoch 1/3 \x1b[1m",
        b"9" * 5000,
        b"[" * 100_000,
        b'{"event": "download", "share": 1e999}',
    ],
    ids=lambda raw: raw[:40].decode("latin-1").encode("unicode_escape").decode(),
)
def test_what_is_no_line_of_ours(raw: bytes) -> None:
    with pytest.raises(ValueError):
        events.read(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(
    st.binary(max_size=60)
    | st.sampled_from(list(EVENTS)).flatmap(
        lambda event: st.fixed_dictionaries(
            {"event": st.just(event), **dict.fromkeys(EVENTS[event], json_values)}
        ).map(lambda fields: json.dumps(fields).encode())
    )
)
def test_whatever_the_bytes_are_it_is_a_value_error(raw: bytes) -> None:
    try:
        event, fields = events.read(raw)
    except ValueError:
        return
    assert event in EVENTS and fields.keys() == EVENTS[event].keys()


def step(passed: float) -> tuple[str, dict[str, Any]]:
    return "step", {"passed": passed}


def kept(passed: float) -> tuple[str, dict[str, Any]]:
    return "kept", {"passed": passed}


def epoch(number: int) -> tuple[str, dict[str, Any]]:
    return "epoch", {"number": number}


COURSE = [step(0), kept(0), step(0.5), step(1), kept(1), epoch(1), step(1.5), kept(1.5), step(2)]


@pytest.mark.parametrize(
    "last",
    [None, epoch(1), epoch(3), epoch(0), step(1.9), step(2.1), kept(1.5), kept(1.4), kept(2.1)],
    ids=str,
)
def test_what_cannot_come_now(last: tuple[str, dict[str, Any]] | None) -> None:
    course = events.Course(2)
    for event, fields in COURSE:
        course.check(event, fields)
    if last is None:
        for event, fields in (step(2), kept(2), epoch(2), ("done", {})):
            course.check(event, fields)
    else:
        with pytest.raises(ValueError, match="cannot come now"):
            course.check(*last)
