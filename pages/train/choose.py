"""What is trained: a preset and a family to start from, and everything that can be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ae import plans
from ae.families import Recipe
from ae.plans import Plan
from ui import models
from ui.state import DEFAULT_PRESET, Visit
from ui.text import N_, Text

_LOSSES = {
    "binary_crossentropy": N_("Cross-entropy"),
    "mean_squared_error": N_("Squared error"),
}
_BATCHES = (16, 32, 64, 128, 256, 512, 1024, 2048)


def show(now: Visit, text: Text, *, disabled: bool) -> None:
    """Let the visitor choose; the plan is then in ``now.plan``."""
    _ = text.gettext
    turn, plan = now.plan_turn, now.plan
    st.radio(
        _("Recipe"),
        list(plans.PRESETS),
        index=None if now.preset is None else list(plans.PRESETS).index(now.preset),
        format_func=lambda name: _(plans.PRESETS[name].title),
        captions=[_(preset.idea) for preset in plans.PRESETS.values()],
        key=f"plan_preset_{turn}",
        on_change=_start_from,
        args=(now,),
        disabled=disabled,
    )
    st.segmented_control(
        _("Start from"),
        list(plans.PLAIN),
        default=plan.like,
        format_func=lambda name: models.title(name, text),
        key=f"plan_like_{turn}",
        on_change=_start_from,
        args=(now,),
        required=True,
        disabled=disabled or now.go_on,
    )
    if now.own is not None:
        st.toggle(
            _("Go on from my model"),
            value=now.go_on,
            key=f"plan_go_on_{turn}",
            on_change=_start_from,
            args=(now,),
            disabled=disabled,
        )
    with st.expander(_("Change the net and the recipe"), icon=":material/tune:"):
        _net(now, text, disabled=disabled or now.go_on)
        _recipe(now, text, disabled=disabled)


def summary(plan: Plan, text: Text) -> str:
    """Say in one line what is trained."""
    recipe = plan.recipe
    epochs = text.ngettext("{n} epoch", "{n} epochs", recipe.epochs)
    return " · ".join(
        (
            " → ".join(map(str, plan.family.widths)),
            f"{plans.OPTIMIZER_CLASSES[recipe.optimizer]} {text.number(recipe.learning_rate, 4)}",
            epochs,
        )
    )


def _net(now: Visit, text: Text, *, disabled: bool) -> None:
    """Show the layers; the decoder's are the same, backwards."""
    _ = text.gettext
    layers = len(now.plan.hidden) + 1
    _number(_("Layers of the encoder"), "layers", layers, plans.LAYERS, now, 1, disabled=disabled)
    with st.container(horizontal=True):
        for i, width in enumerate(now.plan.hidden):
            label = _("Width of layer {i}", i=i + 1)
            _number(label, f"width_{i}", width, plans.WIDTH, now, 16, disabled=disabled)
        _number(
            _("Numbers in the code"), "code", now.plan.code_size, plans.CODE, now, 1,
            disabled=disabled,
        )  # fmt: skip


def _recipe(now: Visit, text: Text, *, disabled: bool) -> None:
    _ = text.gettext
    plan, recipe = now.plan, now.plan.recipe
    bounds = plans.RECIPE
    options: dict[str, Any] = {"disabled": disabled, "on_change": _change, "args": (now,)}
    turn = now.plan_turn
    left, right = st.columns(2)
    with left:
        st.selectbox(
            _("Loss"), list(_LOSSES), list(_LOSSES).index(recipe.loss),
            format_func=lambda name: _(_LOSSES[name]), key=f"plan_loss_{turn}", **options,
        )  # fmt: skip
        st.selectbox(
            _("Optimizer"), plans.OPTIMIZERS, plans.OPTIMIZERS.index(recipe.optimizer),
            format_func=plans.OPTIMIZER_CLASSES.__getitem__, key=f"plan_optimizer_{turn}",
            **options,
        )  # fmt: skip
        _number(_("Epochs"), "epochs", recipe.epochs, bounds["epochs"], now, 1, disabled=disabled)
        _number(_("Training digits"), "digits", plan.digits, plans.DIGITS, now, 500,
                disabled=disabled)  # fmt: skip
    with right:
        st.number_input(
            _("Price of activity (L1)"), *bounds["l1"], recipe.l1, 0.0001, format="%.5f",
            key=f"plan_l1_{turn}", **options,
        )  # fmt: skip
        st.number_input(
            _("Learning rate"), *bounds["learning_rate"], recipe.learning_rate,
            max(recipe.learning_rate / 10, 1e-6), format="%.6g", key=f"plan_learning_rate_{turn}",
            **options,
        )  # fmt: skip
        batches = sorted({*_BATCHES, recipe.batch_size})
        st.selectbox(
            _("Batch size"), batches, batches.index(recipe.batch_size),
            key=f"plan_batch_size_{turn}", **options,
        )  # fmt: skip
        _number(_("Seed"), "seed", plan.seed, plans.SEED, now, 1, disabled=disabled)


def _number(
    label: str,
    name: str,
    value: int,
    bounds: plans.Bounds,
    now: Visit,
    step: int,
    *,
    disabled: bool,
) -> None:
    least, most = map(int, bounds)
    st.number_input(
        label, least, most, value, step, key=f"plan_{name}_{now.plan_turn}",
        on_change=_change, args=(now,), disabled=disabled,
    )  # fmt: skip


def _said(now: Visit, name: str, default: Any) -> Any:
    """What a widget of this turn says; what is not shown says nothing."""
    return st.session_state.get(f"plan_{name}_{now.plan_turn}", default)


def _start_from(now: Visit) -> None:
    """Begin the plan anew, from a preset and a family or from the visitor's own model."""
    now.preset = _said(now, "preset", now.preset) or now.preset
    now.go_on = bool(_said(now, "go_on", False)) and now.own is not None
    preset, like = now.preset or DEFAULT_PRESET, _said(now, "like", None) or now.plan.like
    plan = plans.preset(preset, like)
    if now.go_on and now.own is not None:
        own = plans.family_of(now.own.metadata)
        plan = replace(
            plans.preset(preset, plans.like_of(own.hidden, own.output)),
            hidden=own.encoder[1:-1],
            code_size=own.code_size,
        )
    now.plan = plan
    now.plan_turn += 1


def _change(now: Visit) -> None:
    """Take what the widgets say into the plan."""
    plan = now.plan
    layers = _said(now, "layers", len(plan.hidden) + 1)
    hidden = [_said(now, f"width_{i}", width) for i, width in enumerate(plan.hidden)]
    # A new layer is half as wide as the one before it, but never narrower than can be.
    while len(hidden) < layers - 1:
        wider = hidden[-1] // 2 if hidden else 128
        hidden.append(max(wider, int(plans.WIDTH[0])))
    names = ("loss", "optimizer", "epochs", "l1", "learning_rate", "batch_size")
    recipe: Recipe = replace(
        plan.recipe, **{name: _said(now, name, getattr(plan.recipe, name)) for name in names}
    )
    now.plan = replace(
        plan,
        hidden=tuple(hidden[: layers - 1]),
        code_size=_said(now, "code", plan.code_size),
        recipe=recipe,
        digits=_said(now, "digits", plan.digits),
        seed=_said(now, "seed", plan.seed),
    )
    now.preset = None
    if layers != len(plan.hidden) + 1:
        now.plan_turn += 1
