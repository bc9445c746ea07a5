"""Foretell, then see: a question with a few answers, and what is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from ui import html
from ui.comparison import Scene
from ui.state import Visit
from ui.text import N_, Text


@dataclass(frozen=True)
class Question:
    """What a chapter asks before its figure shows it.

    Attributes
    ----------
    words : English source string.
    options : name -> English source string.
    answer : gives the name of the right one, and a sentence on what is so; None while that takes a
        drawing, and there is none.
    """

    words: str
    options: Mapping[str, str]
    answer: Callable[[Scene, Text], tuple[str, str] | None]


def ask(question: Question, chapter: str, scene: Scene, text: Text) -> None:
    """Ask it; or, once the visitor has said something, say what is so."""
    _, now = text.gettext, scene.now
    guess = now.guesses.get(chapter)
    with st.container(key="question"):
        st.html(html.element("p", _(question.words), class_="question"))
        if guess is None:
            with st.container(key="guesses", horizontal=True, gap="xsmall"):
                for name, words in question.options.items():
                    st.button(
                        _(words), key=f"guess_{name}", on_click=_take, args=(now, chapter, name)
                    )
            return
        answer = question.answer(scene, text)
        if answer is None:
            st.html(html.element("p", _(N_("Draw a digit to see.")), class_="answered"))
            return
        right, sentence = answer
        said = _(question.options[guess])
        verdict = (
            _("You said “{guess}”, and so it is.") if guess == right else _("You said “{guess}”.")
        )
        words = html.join((html.element("b", verdict.format(guess=said)), " ", sentence))
        kind = "answered right" if guess == right else "answered"
        st.html(html.element("p", words, class_=kind, role="status"))


def _take(now: Visit, chapter: str, guess: str) -> None:
    now.guesses[chapter] = guess
