"""How far trainings are, on standard error: bars on a terminal, else plain lines."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from ae.cli.streams import tell
from ae.training.progress import Epoch

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextlib.contextmanager
def of_one(name: str) -> Iterator[Callable[[Epoch], None]]:
    """Show a training's epochs."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda epoch: say(name, epoch)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[errors]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, errors="")

        def show(epoch: Epoch) -> None:
            bar.update(task, total=epoch.of, completed=epoch.number, errors=_errors(epoch))

        yield show


class Board(Protocol):
    """Shows several trainings at once."""

    def epoch(self, name: str, epoch: Epoch) -> None:
        """Show that one has passed an epoch."""

    def over(self, name: str, line: str) -> None:
        """Show that one is over, and what came of it."""


@contextlib.contextmanager
def of_many(epochs: Mapping[str, int]) -> Iterator[Board]:
    """Show the epochs of several trainings at once, and what came of each.

    Parameters
    ----------
    epochs : name -> how many epochs it has.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(len(epochs))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[errors]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        yield _Bars(bars, epochs)


class _Lines:
    def __init__(self, trainings: int) -> None:
        self._trainings, self._over = trainings, 0

    def epoch(self, name: str, epoch: Epoch) -> None:
        say(name, epoch)

    def over(self, _name: str, line: str) -> None:
        self._over += 1
        tell(f"{self._over} of {self._trainings} done: {line}")


class _Bars:
    """One for all of them, and below it one for each that runs."""

    def __init__(self, bars: Progress, epochs: Mapping[str, int]) -> None:
        self._bars, self._epochs = bars, epochs
        self._passed = dict.fromkeys(epochs, 0)
        self._rows: dict[str, TaskID] = {}
        self._over = 0
        self._all = bars.add_task("", total=sum(epochs.values()), errors="epochs of all")
        self._count()

    def epoch(self, name: str, epoch: Epoch) -> None:
        if name not in self._rows:
            self._rows[name] = self._bars.add_task(name, total=epoch.of, errors="")
        self._bars.update(self._rows[name], completed=epoch.number, errors=_errors(epoch))
        self._passed[name] = epoch.number
        self._count()

    def over(self, name: str, line: str) -> None:
        if name in self._rows:
            self._bars.remove_task(self._rows.pop(name))
        self._passed[name] = self._epochs[name]
        self._over += 1
        self._count()
        self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _count(self) -> None:
        said = f"{self._over} of {len(self._epochs)} trainings done"
        self._bars.update(self._all, completed=sum(self._passed.values()), description=said)


def say(name: str, epoch: Epoch) -> None:
    """Say a line about each tenth of a training's epochs."""
    tenth = max(epoch.of // 10, 1)
    if epoch.number % tenth == 0 or epoch.number == epoch.of:
        left = epoch.seconds / epoch.number * (epoch.of - epoch.number)
        tell(f"{name}: {_errors(epoch)}, {left:.0f} s left")


def _errors(epoch: Epoch) -> str:
    held_out = epoch.validation_loss
    validation = "" if held_out is None else f", validation {held_out:.4f}"
    return f"epoch {epoch.number} of {epoch.of}, loss {epoch.loss:.4f}{validation}"
