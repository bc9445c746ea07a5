"""What is trained: a preset and a family to start from, and everything that can be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ae import plans
from ae.families import Recipe
from ae.plans import Plan
from ui import models
from ui.draft import Draft
from ui.state import Visit
from ui.text import N_, Text

_LOSSES = {
    "binary_crossentropy": N_("Cross-entropy"),
    "mean_squared_error": N_("Squared error"),
}
_BATCHES = (16, 32, 64, 128, 256, 512, 1024, 2048)


def show(now: Visit, text: Text, *, disabled: bool) -> None:
    """Let the visitor choose; the plan is then in ``now.draft``."""
    _ = text.gettext
    draft, turn = now.draft, now.draft.turn
    st.radio(
        _("Recipe"),
        list(plans.PRESETS),
        index=None if draft.preset is None else list(plans.PRESETS).index(draft.preset),
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
        default=draft.plan.like,
        format_func=lambda name: models.title(name, text),
        key=f"plan_like_{turn}",
        on_change=_start_from,
        args=(now,),
        required=True,
        disabled=disabled or draft.go_on,
    )
    if now.own is not None:
        st.toggle(
            _("Go on from my model"),
            value=draft.go_on,
            key=f"plan_go_on_{turn}",
            on_change=_start_from,
            args=(now,),
            disabled=disabled,
        )
    with st.expander(_("Change the net and the recipe"), icon=":material/tune:"):
        _net(draft, text, disabled=disabled or draft.go_on)
        _recipe(draft, text, disabled=disabled)


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


def _net(draft: Draft, text: Text, *, disabled: bool) -> None:
    """Show the layers; the decoder's are the same, backwards."""
    _ = text.gettext
    layers, code_size = len(draft.plan.hidden) + 1, draft.plan.code_size
    _number(_("Layers of the encoder"), "layers", layers, plans.LAYERS, draft, 1, disabled=disabled)
    with st.container(horizontal=True):
        for i, width in enumerate(draft.plan.hidden):
            label = _("Width of layer {i}", i=i + 1)
            _number(label, f"width_{i}", width, plans.WIDTH, draft, 16, disabled=disabled)
        label = _("Numbers in the code")
        _number(label, "code", code_size, plans.CODE, draft, 1, disabled=disabled)


def _recipe(draft: Draft, text: Text, *, disabled: bool) -> None:
    _ = text.gettext
    plan, recipe = draft.plan, draft.plan.recipe
    bounds = plans.RECIPE
    options: dict[str, Any] = {"disabled": disabled, "on_change": _change, "args": (draft,)}
    turn = draft.turn
    left, right = st.columns(2)
    with left:
        st.selectbox(
            _("Loss"),
            list(_LOSSES),
            list(_LOSSES).index(recipe.loss),
            format_func=lambda name: _(_LOSSES[name]),
            key=f"plan_loss_{turn}",
            **options,
        )
        st.selectbox(
            _("Optimizer"),
            plans.OPTIMIZERS,
            plans.OPTIMIZERS.index(recipe.optimizer),
            format_func=plans.OPTIMIZER_CLASSES.__getitem__,
            key=f"plan_optimizer_{turn}",
            **options,
        )
        _number(_("Epochs"), "epochs", recipe.epochs, bounds["epochs"], draft, 1, disabled=disabled)
        _number(
            _("Training digits"), "digits", plan.digits, plans.DIGITS, draft, 500, disabled=disabled
        )
    with right:
        st.number_input(
            _("Price of activity (L1)"),
            *bounds["l1"],
            recipe.l1,
            0.0001,
            format="%.5f",
            key=f"plan_l1_{turn}",
            **options,
        )
        st.number_input(
            _("Learning rate"),
            *bounds["learning_rate"],
            recipe.learning_rate,
            max(recipe.learning_rate / 10, 1e-6),
            format="%.6g",
            key=f"plan_learning_rate_{turn}",
            **options,
        )
        batches = sorted({*_BATCHES, recipe.batch_size})
        st.selectbox(
            _("Batch size"),
            batches,
            batches.index(recipe.batch_size),
            key=f"plan_batch_size_{turn}",
            **options,
        )
        _number(_("Seed"), "seed", plan.seed, plans.SEED, draft, 1, disabled=disabled)


def _number(
    label: str,
    name: str,
    value: int,
    bounds: plans.Bounds,
    draft: Draft,
    step: int,
    *,
    disabled: bool,
) -> None:
    least, most = map(int, bounds)
    st.number_input(
        label,
        least,
        most,
        value,
        step,
        key=f"plan_{name}_{draft.turn}",
        on_change=_change,
        args=(draft,),
        disabled=disabled,
    )


def _choice(draft: Draft, name: str, default: Any) -> Any:
    """What a widget of this turn is set to; what is not shown says nothing."""
    return st.session_state.get(f"plan_{name}_{draft.turn}", default)


def _start_from(now: Visit) -> None:
    """Begin the plan anew, from a preset and a family or from the visitor's own model."""
    draft = now.draft
    draft.start_from(
        _choice(draft, "preset", None),
        _choice(draft, "like", None) or draft.plan.like,
        now.own.model if now.own and _choice(draft, "go_on", False) else None,
    )


def _change(draft: Draft) -> None:
    """Take what the widgets say into the plan."""
    plan = draft.plan
    layers = _choice(draft, "layers", len(plan.hidden) + 1)
    hidden = [_choice(draft, f"width_{i}", width) for i, width in enumerate(plan.hidden)]
    # A new layer is half as wide as the one before it, but never narrower than can be.
    while len(hidden) < layers - 1:
        wider = hidden[-1] // 2 if hidden else 128
        hidden.append(max(wider, int(plans.WIDTH[0])))
    names = ("loss", "optimizer", "epochs", "l1", "learning_rate", "batch_size")
    recipe: Recipe = replace(
        plan.recipe, **{name: _choice(draft, name, getattr(plan.recipe, name)) for name in names}
    )
    draft.change(
        replace(
            plan,
            hidden=tuple(hidden[: layers - 1]),
            code_size=_choice(draft, "code", plan.code_size),
            recipe=recipe,
            digits=_choice(draft, "digits", plan.digits),
            seed=_choice(draft, "seed", plan.seed),
        )
    )
