"""THE table of the chapters, in the order in which they are read.

A chapter's figure is a function, ``show(scene, text)``, in the file of its name; its words stand in
``<name>.en.md`` and ``<name>.pt.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pages.learn import bend, compress, copy, invent, learn, pca, sparse, squeeze
from pages.learn.question import Question
from ui.comparison import Scene
from ui.state import Visit
from ui.text import N_
from ui.views import View


@dataclass(frozen=True)
class Further:
    """Where one can go on: a page, and the view that opens there, if it has several."""

    page: str
    words: str
    view: str | None = None


@dataclass(frozen=True, kw_only=True)
class Chapter(View[Scene]):
    """A view of the page: a text, a figure, and a way on.

    Attributes
    ----------
    question : what can be foretold before the figure shows it.
    models : that the figure shows. hidden : those of them that would give the answer away.
    draws : whether the canvas stands beside it.
    """

    question: Question
    models: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    further: Further
    draws: Callable[[Visit], bool] = lambda _: True

    def shown(self, *, guessed: bool) -> tuple[str, ...]:
        """Name the models that are shown, before the visitor has foretold something and after."""
        return tuple(name for name in self.models if guessed or name not in self.hidden)


CHAPTERS = (
    Chapter(
        name="copy",
        title=N_("Copy"),
        show=copy.show,
        models=("deep",),
        hidden=("deep",),
        question=copy.QUESTION,
        further=Further("compare", N_("PCA's ladder, step by step"), "ladder"),
    ),
    Chapter(
        name="squeeze",
        title=N_("Squeeze"),
        show=squeeze.show,
        models=("shallow",),
        model="shallow",
        question=squeeze.QUESTION,
        further=Further("draw", N_("Draw, with all models")),
    ),
    Chapter(
        name="learn",
        title=N_("Learn"),
        show=learn.show,
        models=("shallow",),
        question=learn.QUESTION,
        further=Further("train", N_("Train a net of your own")),
    ),
    Chapter(
        name="pca",
        title=N_("Almost PCA"),
        show=pca.show,
        models=("pca", "linear", "shallow"),
        question=pca.QUESTION,
        draws=pca.draws,
        further=Further("compare", N_("The angles between the nets and PCA"), "subspace"),
    ),
    Chapter(
        name="sparse",
        title=N_("Fewer numbers"),
        show=sparse.show,
        models=("shallow", "sparse"),
        hidden=("sparse",),
        question=sparse.QUESTION,
        further=Further("compare", N_("Zeros over 10,000 digits"), "sparsity"),
    ),
    Chapter(
        name="bend",
        title=N_("Bend"),
        show=bend.show,
        models=("shallow", "deep"),
        hidden=("deep",),
        question=bend.QUESTION,
        further=Further("explore", N_("Bend from one digit to another"), "morph"),
    ),
    Chapter(
        name="compress",
        title=N_("Compress"),
        show=compress.show,
        models=("deep",),
        hidden=("deep",),
        question=compress.QUESTION,
        further=Further("compare", N_("All errors in one table"), "table"),
    ),
    Chapter(
        name="invent",
        title=N_("Invent"),
        show=invent.show,
        models=("deep", "vae"),
        hidden=("deep", "vae"),
        question=invent.QUESTION,
        further=Further("explore", N_("Roll digits that nobody wrote"), "new"),
    ),
)
