"""What the worker is told: any plan comes through, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ae import plans
from ae.jobs import MAX_LINE, Job
from ae.plans import Plan
from tests.ae.test_plans import custom

PLAN = plans.preset("ours", "sparse")
JOB = Job(plan=PLAN, out=Path("/tmp/out"))


@settings(max_examples=40)
@given(custom(), st.none() | st.just(Path("a b/ü.safetensors")), st.booleans())
def test_a_job_comes_through(plan: Plan, start: Path | None, or_samples: bool) -> None:
    job = Job(plan=plan, out=Path("x" * 4000), start=start, or_samples=or_samples)
    line = job.to_line()
    assert line.endswith(b"\n") and line.count(b"\n") == 1 and len(line) < MAX_LINE
    assert Job.from_line(line) == job


def record(**changes: Any) -> dict[str, Any]:
    return json.loads(JOB.to_line()) | changes


def refusal(value: Any) -> str:
    with pytest.raises(ValueError) as caught:
        Job.from_line(value if isinstance(value, bytes) else json.dumps(value).encode())
    return str(caught.value)


@pytest.mark.parametrize(
    "value",
    [b"", b"\n", b"\xff", b"{", b"[" * 10_000, b'["mine", "--out", "x"]', b"null", b"7", b"{}"],
    ids=str,
)
def test_another_line(value: bytes) -> None:
    assert refusal(value).startswith("a job: expected ")


def test_too_long_a_line() -> None:
    assert refusal(b" " * (MAX_LINE + 1)) == "a job: more than 20,000 bytes"


@pytest.mark.parametrize(
    ("key", "value"),
    [("out", None), ("out", 3), ("start", 3), ("or_samples", 1), ("or_samples", None), ("more", 1)],
)
def test_a_part_of_another_kind(key: str, value: Any) -> None:
    assert refusal(record(**{key: value})).startswith("a job: expected an object with plan, out")


@pytest.mark.parametrize("plan", [None, [], "ours", {}, {"like": "shallow"}], ids=str)
def test_no_plan(plan: Any) -> None:
    assert refusal(record(plan=plan)).startswith("a plan: expected an object with like, hidden")


@pytest.mark.parametrize("recipe", [None, [], {}, "ours", {"epochs": 3}], ids=str)
def test_no_recipe(recipe: Any) -> None:
    sentence = refusal(record(plan=PLAN.as_dict() | {"recipe": recipe}))
    assert sentence.startswith("a recipe: expected an object with loss, optimizer")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hidden", 64, "layers of the encoder: got 64"),
        ("hidden", "64", "layers of the encoder: got '64'"),
        ("hidden", [64, "x"], "width of a layer: got 'x'"),
        ("hidden", [9] * 4, "layers of the encoder: got 5"),
        ("code_size", 1e9, "code size: got 1000000000.0"),
        ("like", ["shallow"], "like: got ['shallow']"),
        ("seed", -1, "seed: got -1"),
    ],
)
def test_a_plan_outside_its_bounds(field: str, value: Any, words: str) -> None:
    assert refusal(record(plan=PLAN.as_dict() | {field: value})).startswith(words)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("epochs", 301), ("learning_rate", float("nan")), ("max_row_norm", float("inf"))],
)
def test_a_recipe_outside_its_bounds(setting: str, value: Any) -> None:
    """Python's JSON has NaN and Infinity."""
    recipe = PLAN.as_dict()["recipe"] | {setting: value}
    assert refusal(record(plan=PLAN.as_dict() | {"recipe": recipe})).startswith(
        f"{setting.replace('_', ' ')}: got {value!r}, expected "
    )


def test_what_no_json_can_say_is_not_written() -> None:
    """A plan holds no such number, or else it would be no plan."""
    with pytest.raises(ValueError):
        replace(JOB, plan=replace(PLAN, recipe=replace(PLAN.recipe, l1=float("nan"))))
