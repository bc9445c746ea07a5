"""Foretell, then see: a question with a few answers, and what is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from ui import html
from ui.comparison import Scene
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


_SHOW, _LOOK = "show", N_("Just show me")  # in place of a guess


def ask(question: Question, chapter: str, scene: Scene, text: Text) -> None:
    """Ask it; or, once the visitor has said something, say what is so."""
    _, guesses = text.gettext, scene.now.guesses
    guess = guesses.get(chapter)
    with st.container(key="question"):
        st.html(html.element("p", _(question.words), class_="question"))
        if guess is None:
            with st.container(key="guesses", horizontal=True, gap="xsmall"):
                for name, words in {**question.options, _SHOW: _LOOK}.items():
                    st.button(
                        _(words),
                        key=f"guess_{name}",
                        type="tertiary" if name == _SHOW else "secondary",
                        on_click=_take,
                        args=(guesses, chapter, name),
                    )
            return
        st.html(_answered(question, guess, scene, text))
        st.button(
            _("Guess again"),
            key="guess_again",
            type="tertiary",
            on_click=_take,
            args=(guesses, chapter, None),
        )


def _take(guesses: dict[str, str], chapter: str, guess: str | None) -> None:
    if guess is None:
        guesses.pop(chapter, None)
    else:
        guesses[chapter] = guess
    st.rerun()  # all of the page: the claims come or go, too


def _answered(question: Question, guess: str, scene: Scene, text: Text) -> Markup:
    _, answer = text.gettext, question.answer(scene, text)
    if answer is None:
        return html.element("p", _("Draw a digit to see."), class_="answered")
    right, words = answer
    option = _(question.options[right if guess == _SHOW else guess])
    if guess == _SHOW:
        said = _("It is “{answer}”.", answer=option)
    elif guess == right:
        said = _("You said “{guess}”, and so it is.", guess=option)
    else:
        said = _("You said “{guess}”.", guess=option)
    told = html.join((html.element("b", said), " ", words))
    return html.element("p", told, class_="answered", role="status")
