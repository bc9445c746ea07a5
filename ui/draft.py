"""What the visitor would train now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from ae import plans
from ae.families import FAMILIES
from ae.model import Autoencoder
from ae.plans import Plan

_FIRST = next(iter(plans.PRESETS))


@dataclass
class Draft:
    """The plan of the next training. It is the truth: the widgets show it, and ask to change it.

    Attributes
    ----------
    plan : what would be trained; while a training runs, what that trains.
    started : name of the last preset that was chosen.
    go_on : whether the training goes on from the visitor's own model, whose net cannot change.
    refused : name of the field that was last given what it cannot be.
    turns : of each field, how often it was changed by anything but its own widget.
    """

    plan: Plan = field(default_factory=lambda: plans.preset(_FIRST, next(iter(FAMILIES))))
    started: str = _FIRST
    go_on: bool = False
    refused: str | None = None
    turns: Counter[str] = field(default_factory=Counter)
    _seen: int = 0  # the number of the last training that it was brought in line with

    @property
    def preset(self) -> str | None:
        """Name the preset whose recipe this is; None once something of it was changed."""
        return plans.preset_of(self.plan)

    @property
    def like(self) -> str | None:
        """Name the family whose net this is; None once its layers were changed."""
        family = FAMILIES[self.plan.like]
        return self.plan.like if family.encoder == self.plan.family.encoder else None

    def take(self, name: str, value: Any) -> None:
        """Change one field, if it can be so; else it stays, and is ``refused``.

        Parameters
        ----------
        name : "preset" or "like", from which the plan begins anew; "go_on"; "layers", "width_0"
            and so on, "code", "digits", "seed", or a field of the recipe.
        value : what a widget says, and so anything.
        """
        self.refused = None
        try:
            if name == "go_on":
                self.go_on = bool(value)
            elif name in ("preset", "like"):
                self._start_from(**{name: value})
            else:
                self.plan = _changed(self.plan, name, value)
        except (KeyError, TypeError, ValueError):
            self.refused = name

    def _start_from(self, *, preset: str | None = None, like: str | None = None) -> None:
        """Begin anew; None stays with the last one."""
        started = preset or self.started
        plan = plans.preset(started, like or self.plan.like)
        if self.go_on:
            plan = replace(plan, hidden=self.plan.hidden, code_size=self.plan.code_size)
        self.plan, self.started = plan, started

    def follow(self, model: Autoencoder | None) -> None:
        """Give the plan the net of the visitor's own model, if it goes on from that."""
        if model is None:
            self.go_on = False
        elif self.go_on:
            net = plans.family_of(model.metadata)
            like = FAMILIES[self.plan.like]
            if (like.hidden, like.output) != (net.hidden, net.output):
                like = FAMILIES[plans.like_of(net.hidden, net.output)]
            self.plan = replace(
                self.plan, like=like.name, hidden=net.encoder[1:-1], code_size=net.code_size
            )

    def agree(self, number: int, plan: Plan, *, goes_on: bool, runs: bool) -> None:
        """Become the plan of a training: of one that runs, or that was not seen here before.

        The visitor may have begun it in another tab, or before they loaded the page again.
        """
        if runs or number != self._seen:
            self._seen, self.plan, self.go_on, self.refused = number, plan, goes_on, None
            self.started = self.preset or self.started


def _changed(plan: Plan, name: str, value: Any) -> Plan:
    """Give the plan with one field changed; raises ValueError or TypeError if it cannot be so."""
    if name == "layers":
        if value not in range(int(plans.LAYERS[0]), int(plans.LAYERS[1]) + 1):
            raise ValueError
        hidden = list(plan.hidden)
        # A new layer is half as wide as the one before it, but never narrower than can be.
        while len(hidden) < value - 1:
            wider = hidden[-1] // 2 if hidden else 128
            hidden.append(max(wider, int(plans.WIDTH[0])))
        return replace(plan, hidden=tuple(hidden[: value - 1]))
    if name.startswith("width_"):
        i = int(name.removeprefix("width_"))
        return replace(plan, hidden=(*plan.hidden[:i], value, *plan.hidden[i + 1 :]))
    if name in ("code", "digits", "seed"):
        return replace(plan, **{"code_size" if name == "code" else name: value})
    return replace(plan, recipe=replace(plan.recipe, **{name: value}))
