"""What the environment says of the trainings' bounds, and what of it is not believed."""

from __future__ import annotations

import logging
from dataclasses import fields

import pytest

from ui.limits import Limits

NAMES = tuple(f.name for f in fields(Limits))


def variable(name: str) -> str:
    return f"GARGALO_TRAINING_{name.upper()}"


def test_without_a_variable_the_defaults_stand() -> None:
    assert Limits.of({}) == Limits()
    assert Limits.of({"AT_ONCE": "7", "GARGALO_AT_ONCE": "7", "gargalo_training_at_once": "7"}) == (
        Limits()
    )


def test_the_defaults_let_a_visitor_train() -> None:
    assert all(getattr(Limits(), name) > 0 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_bound_has_its_variable(name: str) -> None:
    value = getattr(Limits(), name) + 1
    assert Limits.of({variable(name): str(value)}) == Limits(**{name: value})


def test_all_bounds_at_once() -> None:
    settings = {name: i for i, name in enumerate(NAMES, 1)}
    assert Limits.of({variable(name): str(i) for name, i in settings.items()}) == Limits(**settings)


def test_of_the_process_s_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("at_once"), "17")
    assert Limits.of().at_once == 17


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["-1", "1.5", "many", " ", "2 ", "+2", "1e3", "0x10", "²", "nan"])
def test_nonsense_is_told_to_the_log_and_left_out(
    name: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = next(n for n in NAMES if n != name)
    assert Limits.of({variable(name): text, variable(other): "9"}) == Limits(**{other: 9})
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert variable(name) in record.message and repr(text) in record.message
    assert "\n" not in record.message


@pytest.mark.parametrize("name", NAMES)
def test_only_the_spare_may_be_zero(name: str, caplog: pytest.LogCaptureFixture) -> None:
    limit = getattr(Limits.of({variable(name): "0"}), name)
    if name == "spare_seconds":
        assert (limit, caplog.records) == (0, [])
    else:
        assert limit == getattr(Limits(), name)
        assert "from 1" in caplog.text


def test_an_empty_variable_is_none(caplog: pytest.LogCaptureFixture) -> None:
    assert Limits.of({variable(name): "" for name in NAMES}) == Limits()
    assert not caplog.records


def test_the_docstring_names_each_bound() -> None:
    text = Limits.__doc__ or ""
    assert [name for name in NAMES if f"{name} :" not in text] == []
    assert variable("at_once") in text
