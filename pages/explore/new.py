"""Digits that nobody wrote: what a variational autoencoder is for, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import streamlit as st

import ae
from ae import atlas, generation, latent
from ae.model import Model
from pages.explore import cards
from pages.explore.scene import Scene
from ui import downloads, figures, html, models, pictures, state
from ui.choices import segments, slider
from ui.components.download import File
from ui.components.plots import plot
from ui.components.sheet import sheet
from ui.state import SEEDS, Visit
from ui.text import N_, Text

SIZE = 20
_NAME, _SEED = "new", "new_seed"
_ON_STAGE = 20  # digits, large ones
# Burda, Grosse & Salakhutdinov, "Importance weighted autoencoders", 2016, table 1: one stochastic
# layer of 50 units, two layers of 200 before and behind it. It is the likelihood itself, which the
# bound only approaches, on pixels made black or white by chance.
PUBLISHED = 86.76, "Burda et al., 2016"
# Below this a unit says nothing: it is as the prior has it, whatever the digit.
_SILENT = 0.01  # nats
_VARIATIONAL = [name for name, family in ae.FAMILIES.items() if family.variational]
_PARTS = {
    "draw": N_("Roll new digits"),
    "sheet": N_("All digits on one sheet"),
    "cost": N_("What each number costs"),
    "blur": N_("Why it is blurred"),
}


def show(scene: Scene, text: Text) -> None:
    """Show one of four parts."""
    _ = text.gettext
    part = segments(_("Part"), {name: _(title) for name, title in _PARTS.items()}, "new_part")
    {"draw": _draw, "sheet": _sheet, "cost": _cost, "blur": _blur}[part](scene, text)


def _invents(model: Model, units: int | None = None) -> bool:
    """Is it a variational net (whose code has so many units)?"""
    variational = isinstance(model, ae.Autoencoder) and model.variational
    return variational and units in (None, model.code_size)


def _inventor(scene: Scene) -> str:
    """Name the variational net that is shown: the one that the frame names, or else the first."""
    return scene.model.name if _invents(scene.model) else _VARIATIONAL[0]


def _plain(scene: Scene) -> str:
    """Name the plain net beside it: the one that the frame names, or else the deep one."""
    return "deep" if _invents(scene.model) else scene.model.name


def _offer(sentence: str, names: Iterable[str], scene: Scene, text: Text) -> None:
    """Say why the frame's model is not what is shown, and offer those that are."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(sentence, width="content")
        for name in names:
            title, key = models.title(name, text), f"look_at_{name}"
            # The frame is outside of what a click draws again.
            if st.button(title, key=key, on_click=state.look_at, args=(scene.now, name)):
                st.rerun()


def _draw(scene: Scene, text: Text) -> None:
    """Sample codes, and decode them with the VAE and with a net that is none."""
    _ = text.gettext
    if not _invents(scene.model):
        only = _("Only the variational nets were trained to invent digits:")
        _offer(only, _VARIATIONAL, scene, text)
    count, temperature = _dice(scene, text)
    columns = 5 if scene.now.stage else 10
    sheets, parts = {}, []
    vae = _inventor(scene)
    ideas = {
        vae: _("A variational net was trained on codes blurred by chance."),
        _plain(scene): _("A plain net never learnt what lies between its codes."),
    }
    for name, model in models.available(ideas, scene.now).items():
        random = np.random.default_rng(scene.now.seeds[_NAME])
        digits = model.decode(generation.by_chance(model, count, random, temperature))
        sheets[name] = list(pictures.grey(digits))
        title = models.title(name, text)
        address = pictures.src(pictures.sheet(sheets[name], 1, columns))
        alt = _("{model}: {n} pictures of random codes", model=title, n=count)
        near = text.ngettext(
            "{n} of {count} lies near a test digit. Of the ink, {grey} is grey.",
            "{n} of {count} lie near a test digit. Of the ink, {grey} is grey.",
            scene.atlas.near(digits, models.facts().ladder.pca),
            count=count,
            grey=text.percent(atlas.grey(digits)),
        )
        sheet_of_model = html.image(address, alt, "sheet")
        parts.append(html.figure(f"{title}: {ideas[name]}", sheet_of_model, near))
    st.html(html.element("div", *parts, class_="invented"))
    st.caption(
        _(
            "To compare: of {count} test digits that people wrote, {half} lie that near to another,"
            " and {grey} of the ink is grey. A blurred picture is near to many digits at once.",
            count=count,
            half=count // 2,
            grey=text.percent(scene.atlas.grey),
        )
    )
    if vae in sheets:
        png = partial(pictures.sheet, sheets[vae], 4, columns)
        file = File(_("The new digits (PNG)"), "gargalo-new-digits.png", png)
        downloads.show([file], text)


def _dice(scene: Scene, text: Text) -> tuple[int, float]:
    """Let the visitor choose how many codes to sample, at which temperature and seed."""
    _ = text.gettext
    if scene.now.stage:
        return _ON_STAGE, 1.0
    with st.container(horizontal=True, vertical_alignment="center"):
        count = slider(_("How many"), 10, 100, 40, step=10, key="new_count")
        temperature = slider(
            _("Temperature"),
            0.1,
            2.0,
            1.0,
            step=0.1,
            format="localized",
            key="new_temperature",
            help=_(
                "How far from the middle the VAE's numbers are rolled. It was trained for 1. The"
                " plain net has no middle."
            ),
        )
        st.session_state[_SEED] = scene.now.seeds[_NAME]
        st.number_input(
            _("Seed"),
            0,
            SEEDS - 1,
            key=_SEED,
            width=130,
            on_change=_reseed,
            args=(scene.now,),
            help=_("The same number rolls the same digits."),
        )
        st.button(
            _("Roll again"),
            icon=":material/casino:",
            on_click=scene.now.resample,
            args=(_NAME,),
        )
    return count, temperature


def _reseed(now: Visit) -> None:
    now.seeds[_NAME] = int(st.session_state[_SEED])


def _sheet(scene: Scene, text: Text) -> None:
    """Show what two numbers draw, everywhere."""
    _ = text.gettext
    model = scene.model
    if not _invents(model, units=2):
        model = models.load("vae2")
        _offer(_("A sheet needs a variational net of two numbers:"), [model.name], scene, text)
    codes, values = latent.prior_sheet(SIZE)
    square = pictures.grey(pictures.grid(model.decode(codes), SIZE))
    ticks = [text.number(value, 2) for value in values]
    st.caption(
        _(
            "{model} has only two numbers: one goes to the right, one goes up. Move over the"
            " sheet.",
            model=models.title(model.name, text),
        )
    )
    sheet(
        pictures=pictures.url(square),
        rows=SIZE,
        columns=SIZE,
        corners=(),
        texts=(ticks[::-1], ticks),
        labels={
            "label": _("All digits that two numbers draw. Move with the arrow keys."),
            "at": _("First number {column}, second number {row}"),
        },
        key="prior_sheet",
    )
    file = File(_("The sheet (PNG)"), "gargalo-sheet.png", lambda: pictures.png(square, 2))
    downloads.show([file], text)


def _cost(scene: Scene, text: Text) -> None:
    """Show the nats of each unit, and the bound."""
    _ = text.gettext
    if not _invents(scene.model):
        _offer(_("Only a variational net has a price for each number:"), _VARIATIONAL, scene, text)
    maps = scene.atlas.maps
    name = _inventor(scene)
    if name not in maps or maps[name].divergence is None or maps[name].bound is None:
        st.info(_("Nothing has been measured for this model."))
        return
    nats, bound = maps[name].divergence, maps[name].bound
    assert nats is not None
    assert bound is not None
    silent = int((nats < _SILENT).sum())
    title = models.title(name, text)
    sentence = text.ngettext(
        "{model}: one of its {units} numbers says nothing.",
        "{model}: {n} of its {units} numbers say nothing.",
        silent,
        model=title,
        units=len(nats),
    )
    if not silent:
        sentence = _("{model}: each of its {units} numbers counts.", model=title, units=len(nats))
    st.html(html.verdict(sentence))
    st.caption(
        _(
            "A number's price is what it tells that mere chance would not, in nats (a nat is 1.44"
            " bits). A number that is not worth its price falls silent: that is called posterior"
            " collapse."
        )
    )
    plot(
        figures.divergence_figure(nats, text),
        label=_("Nats per number of {model}, dearest first", model=title),
        key="divergence",
    )
    st.caption(
        _(
            "A digit costs {total} nats: {pixels} for its pixels and {code} for its code.",
            total=text.number(bound.total, 1),
            pixels=text.number(bound.pixels, 1),
            code=text.number(bound.code, 1),
        )
    )
    if name == "vae":
        st.caption(
            _(
                "With each pixel made black or white by chance it is {binary}. A published net of"
                " this kind, which learnt from such pixels, needs {published}, by a tighter"
                " measure ({source}).",
                binary=text.number(bound.binary, 1),
                published=text.number(PUBLISHED[0], 1),
                source=PUBLISHED[1],
            )
        )


def _blur(scene: Scene, text: Text) -> None:
    """Show the drawing again by the VAE and by the deep net."""
    _ = text.gettext
    st.caption(
        _(
            "In training, the VAE's codes were blurred by chance: one picture had to do for all"
            " digits nearby. Below each: squared error."
        )
    )
    if scene.digit is None:
        st.info(_("Draw a digit to see this."))
        return
    names = dict.fromkeys((_plain(scene), *_VARIATIONAL, scene.model.name))
    cards.show(names, scene.digit, scene, text, large=True)
    maps = scene.atlas.maps
    if "deep" in maps and "vae" in maps:
        st.caption(
            _(
                "In MNIST's 10,000 test digits, {real} of the ink is grey; as the deep net draws"
                " them {deep}, as the VAE does {vae}.",
                real=text.percent(scene.atlas.grey),
                deep=text.percent(maps["deep"].grey),
                vae=text.percent(maps["vae"].grey),
            )
        )
