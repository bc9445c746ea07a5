"""How does it learn? The loss of the digit, and one weight that rolls down its slope."""

from __future__ import annotations

from pages.learn.question import Question
from ui.comparison import Scene
from ui.components import descent, loss
from ui.text import N_, Text


def show(scene: Scene, text: Text) -> None:
    """Show the loss in its two terms, and gradient descent."""
    loss.show(next(iter(scene.results.values()), None), text, key="loss")
    descent.show(text, key="descent")


def _answer(_scene: Scene, text: Text) -> tuple[str, str]:
    return "slow", text.gettext("x")


QUESTION = Question(
    N_("A step ten times as long: does the ball arrive ten times sooner?"),
    {"sooner": N_("Yes"), "slow": N_("No")},
    _answer,
)
