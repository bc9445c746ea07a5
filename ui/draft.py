"""What the visitor would train now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ae import plans
from ae.families import FAMILIES
from ae.model import Autoencoder
from ae.plans import Plan

DEFAULT_PRESET = next(iter(plans.PRESETS))


@dataclass
class Draft:
    """The plan of the next training.

    Attributes
    ----------
    plan : what would be trained.
    preset : name of what it started from, None once something else was changed.
    go_on : whether the training goes on from the visitor's own model.
    turn : rises when the plan changes by anything but its own widgets, which carry it in their
        keys.
    """

    plan: Plan = field(default_factory=lambda: plans.preset(DEFAULT_PRESET, next(iter(FAMILIES))))
    preset: str | None = DEFAULT_PRESET
    go_on: bool = False
    turn: int = 0

    def start_from(self, preset: str | None, like: str, own: Autoencoder | None) -> None:
        """Begin anew.

        Parameters
        ----------
        preset : name; None stays with the last one.
        like : family. With ``own``, only its recipe counts.
        own : the visitor's model, if the training goes on from it; its layers cannot change.
        """
        self.preset = preset or self.preset
        self.go_on = own is not None
        recipe = self.preset or DEFAULT_PRESET
        if own is None:
            self.plan = plans.preset(recipe, like)
        else:
            net = plans.family_of(own.metadata)
            self.plan = replace(
                plans.preset(recipe, plans.like_of(net.hidden, net.output)),
                hidden=net.encoder[1:-1],
                code_size=net.code_size,
            )
        self.turn += 1

    def change(self, plan: Plan) -> None:
        """Take what the widgets say; another number of layers needs other widgets."""
        if len(plan.hidden) != len(self.plan.hidden):
            self.turn += 1
        self.plan, self.preset = plan, None
