"""The nearest test digits, by the code and by the pixels, and what they say which digit it is."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from ae import latent
from ae.arrays import Float32
from ae.atlas import COMPONENTS, DIGITS, NEIGHBOURS
from ae.latent import Indices
from pages.explore.scene import Scene
from ui import galleries, html, maps, models
from ui.galleries import Row
from ui.text import Text


def show(scene: Scene, text: Text) -> None:
    """Show both neighbourhoods, their votes, and how often such votes are right."""
    _ = text.gettext
    if scene.code_map is None:
        st.info(_(maps.NO_MAP))
        return
    if scene.digit is None or scene.encoded is None:
        st.info(_("Draw a digit to see its neighbours."))
    else:
        pixels = models.facts().ladder.pca.encode(scene.digit[None])[:, :COMPONENTS]
        rows, votes = [], []
        for title, places, place in (
            (_("By the code"), scene.code_map.codes, scene.encoded[None]),
            (_("By the pixels"), scene.atlas.pixels, pixels),
        ):
            indices, distances = latent.neighbours(places, place, NEIGHBOURS)
            # Distances of two spaces compare as shares of what is usual in each. In that of a dead
            # net all codes are one place.
            usual = latent.typical_distance(places) or 1.0
            votes.append(html.verdict(_vote(title, indices[0], scene, text)))
            rows.append(_row(title, indices[0], distances[0] / usual, scene, text))
        st.html(html.element("div", *votes, data_revision=scene.now.revision))
        st.html(galleries.html(rows, width=72))
        st.caption(
            _(
                "Below each: which digit it is, and how far away; {whole} is the usual distance"
                " between two test digits. The pictures are what the decoder draws of their codes."
                " Pixels are compared by {n} numbers (PCA), which find {share} of the ten nearest.",
                whole=text.percent(1),
                n=COMPONENTS,
                share=text.percent(scene.atlas.pixels_agreement),
            )
        )
        if note := maps.note(scene.model, scene.now, text):
            st.caption(note)
        galleries.offer(rows, "gargalo-neighbours.png", text)
    st.html(_accuracies(scene, text))


def _vote(title: str, nearest: Indices, scene: Scene, text: Text) -> str:
    """Say what the neighbours vote for: the digit with most votes, and how many it has."""
    shares = latent.votes(scene.atlas.digits, nearest[None])[0]
    most = float(shares.max())
    return text.gettext(
        "{how}: {digit}, with {votes} of {k} votes.",
        how=title,
        digit=int(shares.argmax()),
        votes=round(most * len(nearest)),
        k=len(nearest),
    )


def _row(title: str, nearest: Indices, shares: Float32, scene: Scene, text: Text) -> Row:
    """Show the neighbours; `shares` is how far each is, of the usual distance."""
    assert scene.code_map is not None
    pictures = scene.model.decode(scene.code_map.codes[nearest])
    digits = scene.atlas.digits[nearest].tolist()
    labels = list(zip(digits, map(text.percent, shares), strict=True))
    alts = [
        text.gettext("A test digit {digit}, at {far} of the usual distance", digit=digit, far=far)
        for digit, far in labels
    ]
    return galleries.row(title, pictures, alts, [f"{digit}\n{far}" for digit, far in labels])


def _accuracies(scene: Scene, text: Text) -> Markup:
    """Write how often the vote is wrong, for each family, as bars; on the stage for its own."""
    _ = text.gettext
    accuracies = {
        models.title(name, text): code_map.accuracy
        for name, code_map in scene.atlas.maps.items()
        if not scene.now.stage or name == scene.model.name
    }
    accuracies[_("The pixels")] = scene.atlas.pixels_accuracy
    most = max(1 - share for share in accuracies.values())
    entries = []
    for name, share in sorted(accuracies.items(), key=lambda item: -item[1]):
        wrong = text.percent(1 - share, 1)
        words = _("{wrong} ({right} right)", wrong=wrong, right=text.percent(share, 1))
        bar = html.element("i", style=f"width:{100 * (1 - share) / most:.1f}%")
        entries.append((name, html.join((bar, html.element("span", words)))))
    title = _(
        "How often {k} neighbours are wrong, over {n} other test digits",
        k=NEIGHBOURS,
        n=text.number(DIGITS),
    )
    heading = html.element("h2", title, class_="code-title")
    return html.join((heading, html.definitions(entries, "shares")))
