"""The nearest test digits, by the code and by the pixels, and what they say which digit it is."""

from __future__ import annotations

from html import escape

import streamlit as st

from ae import latent
from ae.arrays import Float32
from ae.atlas import COMPONENTS, DIGITS, NEIGHBOURS
from ae.latent import Indices
from pages.explore.scene import NO_MAP, Scene
from ui import downloads, galleries, models, pictures
from ui.galleries import Tile
from ui.text import Text


def show(scene: Scene, text: Text) -> None:
    """Show both neighbourhoods, their votes, and how often such votes are right."""
    _ = text.gettext
    if scene.code_map is None:
        st.info(_(NO_MAP))
        return
    if scene.digit is None or scene.code is None:
        st.info(_("Draw a digit to see its neighbours."))
    else:
        by_code = latent.neighbours(scene.code_map.codes, scene.code[None], NEIGHBOURS)
        pixels = models.facts().ladder.pca.encode(scene.digit[None])[:, :COMPONENTS]
        by_pixels = latent.neighbours(scene.atlas.pixels, pixels, NEIGHBOURS)
        rows, verdicts = [], ""
        for title, found in (
            (_("By the code"), by_code),
            (_("By the pixels"), by_pixels),
        ):
            nearest, distances = (array[0] for array in found)
            verdicts += _vote(title, nearest, scene, text)
            rows.append((title, _tiles(nearest, distances, scene, text)))
        st.html(f'<div data-revision="{scene.now.revision}">{verdicts}</div>')
        st.html(galleries.html(rows, width=72))
        st.caption(
            _(
                "Below each: which digit it is, and how far away. The data set does not come along,"
                " so the pictures are the decoder's. Pixels are compared by their first {n}"
                " principal components, which find {share} of the ten nearest.",
                n=COMPONENTS, share=text.percent(scene.atlas.pixels_agreement),
            )
        )  # fmt: skip
        downloads.button(
            _("The pictures (PNG)"), lambda: galleries.sheet(rows), "gargalo-neighbours.png"
        )
    st.html(_accuracies(scene, text))


def _vote(title: str, nearest: Indices, scene: Scene, text: Text) -> str:
    """Write what the neighbours say: the digit with most votes, and how many it has."""
    shares = latent.votes(scene.atlas.digits, nearest[None])[0]
    said = text.gettext(
        "{how}: it is a {digit}, say {votes} of {k} neighbours.",
        how=title, digit=int(shares.argmax()), votes=round(float(shares.max()) * len(nearest)),
        k=len(nearest),
    )  # fmt: skip
    return f'<p class="verdict">{escape(said)}</p>'


def _tiles(nearest: Indices, distances: Float32, scene: Scene, text: Text) -> list[Tile]:
    assert scene.code_map is not None
    shown = scene.model.decode(scene.code_map.codes[nearest])
    tiles = []
    for i, picture, distance in zip(nearest, shown, distances, strict=True):
        digit, far = int(scene.atlas.digits[i]), text.number(distance, 2)
        alt = text.gettext("A test digit {digit} at distance {far}", digit=digit, far=far)
        tiles.append(Tile(pictures.grey(picture), alt, f"{digit}\n{far}"))
    return tiles


def _accuracies(scene: Scene, text: Text) -> str:
    """Write how often the vote is wrong, for each family, as bars."""
    _ = text.gettext
    found = {models.title(name, text): chart.accuracy for name, chart in scene.atlas.maps.items()}
    found[_("The pixels")] = scene.atlas.pixels_accuracy
    most = max(1 - share for share in found.values())
    rows = ""
    for name, share in sorted(found.items(), key=lambda item: -item[1]):
        wrong = text.percent(1 - share, 1)
        said = _("{wrong} ({right} right)", wrong=wrong, right=text.percent(share, 1))
        width = 100 * (1 - share) / most
        rows += (
            f'<dt>{escape(name)}</dt><dd><i style="width:{width:.1f}%"></i>'
            f"<span>{escape(said)}</span></dd>"
        )
    title = _(
        "How often {k} neighbours are wrong, over {n} other test digits",
        k=NEIGHBOURS,
        n=text.number(DIGITS),
    )
    return f'<p class="code-title">{escape(title)}</p><dl class="shares">{rows}</dl>'
