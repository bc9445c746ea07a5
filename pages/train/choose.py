"""What is trained: a preset and a family to start from, and everything that can be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ae import plans
from ui import html, models, own
from ui.draft import Draft
from ui.state import Visit
from ui.text import N_, Text

_LOSSES = {
    "binary_crossentropy": N_("Cross-entropy"),
    "mean_squared_error": N_("Squared error"),
}
_BATCHES = (16, 32, 64, 128, 256, 512, 1024, 2048)
# Of the fields for a number; a layer's width has the same for each of them.
_BOUNDS: Mapping[str, plans.Bounds] = {
    "layers": plans.LAYERS,
    "code": plans.CODE,
    "digits": plans.DIGITS,
    "seed": plans.SEED,
    **plans.RECIPE,
}


def show(now: Visit, text: Text, *, disabled: bool) -> None:
    """Let the visitor choose; the plan is then in ``now.draft``."""
    _ = text.gettext
    draft = now.draft
    st.radio(
        _("Recipe"),
        list(plans.PRESETS),
        format_func=lambda name: _(plans.PRESETS[name].title),
        captions=[_(preset.idea) for preset in plans.PRESETS.values()],
        **_showing(draft, "preset", draft.preset, text),
        disabled=disabled,
    )
    st.segmented_control(
        _("Start from"),
        list(plans.PLAIN),
        format_func=lambda name: models.title(name, text),
        **_showing(draft, "like", draft.like, text),
        required=True,
        disabled=disabled or draft.go_on,
    )
    if mine := own.at_hand(now):
        st.toggle(
            _("Go on from {model}", model=models.label(mine, text)),
            **_showing(draft, "go_on", draft.go_on, text),
            disabled=disabled,
        )
    # With a key, or it would close when its words change or anything above it comes or goes.
    label = _("Change the net and the recipe")
    with st.expander(label, icon=":material/tune:", key="plan_details"):
        _net(draft, text, disabled=disabled or draft.go_on)
        _recipe(draft, text, disabled=disabled)


def _net(draft: Draft, text: Text, *, disabled: bool) -> None:
    """Show the layers; the decoder's are the same, backwards."""
    _ = text.gettext
    number = _numbers(draft, text, disabled=disabled)
    number(_("Layers of the encoder"), "layers", len(draft.plan.hidden) + 1, 1)
    with st.container(horizontal=True):
        for i, width in enumerate(draft.plan.hidden):
            number(_("Width of layer {i}", i=i + 1), f"width_{i}", width, 16)
        number(_("Numbers in the code"), "code", draft.plan.code_size, 1)


def _recipe(draft: Draft, text: Text, *, disabled: bool) -> None:
    _ = text.gettext
    plan, recipe = draft.plan, draft.plan.recipe
    number = _numbers(draft, text, disabled=disabled)

    def listed(
        label: str, name: str, options: Sequence[Any], words: Callable[[Any], str] = str
    ) -> None:
        st.selectbox(
            label,
            options,
            format_func=words,
            **_showing(draft, name, getattr(recipe, name), text),
            disabled=disabled,
        )

    left, right = st.columns(2)
    with left:
        listed(_("Loss"), "loss", list(_LOSSES), lambda name: _(_LOSSES[name]))
        optimizers = plans.OPTIMIZER_CLASSES
        listed(_("Optimizer"), "optimizer", plans.OPTIMIZERS, optimizers.__getitem__)
        number(_("Epochs"), "epochs", recipe.epochs, 1)
        number(_("Training digits"), "digits", plan.digits, 500)
    with right:
        number(_("Price of the code (L1)"), "l1", recipe.l1, 0.0001)
        rate = recipe.learning_rate
        least, _most = _BOUNDS["learning_rate"]
        number(_("Learning rate"), "learning_rate", rate, max(rate / 10, least))
        batches = sorted({*_BATCHES, recipe.batch_size})
        listed(_("Batch size"), "batch_size", batches)
        number(_("Seed"), "seed", plan.seed, 1)


def _numbers(draft: Draft, text: Text, *, disabled: bool) -> Callable[..., None]:
    """Give what shows a field for a number."""

    def number(label: str, name: str, value: float, step: float) -> None:
        # No bounds of the browser's own: it would turn the field red, say no word, and leave the
        # plan as it was beside a number that nobody trains.
        with st.container(gap=None):
            st.number_input(
                label,
                step=step,
                format="%d" if isinstance(value, int) else "%.9g",
                **_showing(draft, name, value, text),
                disabled=disabled,
            )
            if draft.refused == name:
                st.html(html.element("p", refusal(draft, text), class_="refused"))

    return number


def refusal(draft: Draft, text: Text) -> str:
    """Say which numbers the field takes that was given another one; nothing where none was."""
    name = draft.refused or ""
    bounds = plans.WIDTH if name.startswith("width_") else _BOUNDS.get(name)
    if bounds is None:
        return ""
    least, most = (text.plain(bound) for bound in bounds)
    return text.gettext("Only {least} to {most}.", least=least, most=most)


def _showing(draft: Draft, name: str, value: Any, text: Text) -> dict[str, Any]:
    """Give what makes a widget show a field of the plan, and ask to change it.

    The widget that the visitor uses stays the same one, or they would lose their place on the
    keyboard. One whose field was changed by another gives way to a new one: until the browser has
    seen the change it goes on sending the old value, which would be taken for the visitor's wish.
    """
    key = _key(draft, name, text)
    if key in st.session_state and st.session_state[key] != value and draft.refused != name:
        draft.turns[name] += 1
        key = _key(draft, name, text)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value

    def take() -> None:
        # One that gave way is no longer asked, though the browser may not know that yet.
        if key == _key(draft, name, text) and key in st.session_state:
            draft.take(name, st.session_state[key])

    return {"key": key, "on_change": take}


def _key(draft: Draft, name: str, text: Text) -> str:
    # Of what is chosen, Streamlit's browser side (1.67) sends back the words on the screen, which
    # mean nothing in another language. So each language has a widget of its own.
    return f"plan_{name}_{draft.turns[name]}_{text.language}"
