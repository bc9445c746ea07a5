"""How does it learn? The loss of the digit, and a ball that rolls down a loss."""

from __future__ import annotations

from ae import claims
from pages.learn import claimed
from pages.learn.question import Question
from ui.comparison import Scene
from ui.components import descent, loss
from ui.text import N_, Text


def show(scene: Scene, text: Text) -> None:
    """Show the loss in its two terms, and gradient descent."""
    ((name, _model),) = scene.models.items()
    loss.show(scene.results.get(name), text, key="loss", model=name)
    descent.show(text, key="descent")


def _answer(_scene: Scene, text: Text) -> tuple[str, str]:
    (rate,) = (claim for claim in claims.of("learn") if claim.name == "rate")
    sentence = text.gettext(
        "Its cross-entropy ends at {untrained} in place of {trained}. To draw the average digit"
        " each time, whatever comes in, gives {mean}.",
        **claimed.numbers(rate, text),
    )
    measured = rate.numbers()
    return "smudge" if measured["untrained"] > measured["mean"] else "little", sentence


QUESTION = Question(
    N_("The tutorial's own lines, run with the Keras of today: how well does the net copy?"),
    {
        "same": N_("As well as in 2017"),
        "little": N_("A little worse"),
        "smudge": N_("Worse than one grey smudge for all"),
    },
    _answer,
)
