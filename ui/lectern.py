"""Where a talk is chosen, made and begun, what is said of it on stage, and the speaker's window."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from ui import downloads, html, links, share, stage, state, talks
from ui.choices import segments
from ui.components import speaker as speakers_window
from ui.components import stage as on_stage
from ui.components.download import File
from ui.components.upload import upload
from ui.links import Link
from ui.state import TOO_MANY_UPLOADS, Visit
from ui.talks import Fault, Talk, TalkError
from ui.text import N_, Text

KEY = "talk"
_SENTENCE, _NOTE = "talk_sentence", "talk_note"
_MOST_FAULTS = 8  # that are told at once
_FULL = Fault(N_("The talk has more than {n} steps."), {"n": links.STEPS})


def button(text: Text) -> bool:
    """Offer the talks, in the frame; True in the run after a click."""
    return st.button(text.gettext("Give a talk"), key=KEY, icon=":material/co_present:")


def show(now: Visit, page: str, text: Text) -> None:
    """Open the dialog with the talks; after the page, which has then heard the last stroke.

    Parameters
    ----------
    page : its path below the app's address, "" for the first one.
    """
    now.talk_faults = ()
    st.dialog(text.gettext("Give a talk"), width="large")(_dialog)(now, page, text)


def _dialog(now: Visit, page: str, text: Text) -> None:
    _ = text.gettext
    own = [now.talk] if now.talk else []
    offered = {talk.name: talk for talk in (*own, *_shipped(now))}
    titles = {name: _title(talk, text) for name, talk in offered.items()}
    talk = offered[segments(_("Talk"), titles, f"talk_{len(offered)}")]
    sentences = (html.element("li", talks.say(step.sentence, text)) for step in talk.steps)
    st.html(html.element("ol", *sentences, class_="talk-steps"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(_("Start"), type="primary", icon=":material/play_arrow:", key="talk_start"):
            stage.begin(now, talk)
            st.rerun()
        st.link_button(
            _("Speaker's window"), _window(talk, 1, text), icon=":material/speaker_notes:"
        )
    st.caption(
        _(
            "A clicker or the arrow keys move the talk, Esc ends it, ? shows all keys. On every"
            " step you can draw a digit of your own; it goes on to the next."
        )
    )
    st.subheader(_("Your own talk"), anchor=False)
    st.caption(
        _(
            "A talk is a text file: links, sentences, notes. Download one, change it in any editor,"
            " and open it again."
        )
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = f"gargalo-talk-{talk.name}.json"
        file = File(_("This talk (JSON)"), name, lambda: talks.write(talk))
        downloads.show([file], text, "talk_download")
        upload(
            label=_("Open a talk"),
            busy=_("Reading it …"),
            description=_("A talk in JSON, as it is downloaded here"),
            accept=".json,application/json",
            side=0,
            limit=talks.LARGEST + 1,
            on_file=lambda raw: _take(now, raw),
            key="talk_file",
        )
    if now.talk_faults:
        told = [fault.told(text) for fault in now.talk_faults[:_MOST_FAULTS]]
        if rest := len(now.talk_faults) - len(told):
            told.append(text.ngettext("And one more.", "And {n} more.", rest))
        st.html(html.element("ul", *(html.element("li", one) for one in told), class_="refused"))
    _adding(now, page, text)


def _title(talk: Talk, text: Text) -> str:
    """Name a talk; one's own may have the title of the one that it was made from."""
    title, mine = talks.say(talk.title, text), text.gettext("My talk")
    return title if talk.name != links.OWN_TALK or title == mine else f"{mine}: {title}"


def _shipped(now: Visit) -> Iterable[Talk]:
    return (talks.shipped(name, now.views) for name in talks.SHIPPED)


def _take(now: Visit, raw: bytes) -> None:
    now.talk_faults = ()
    try:
        if not now.may_upload():
            raise TalkError([Fault(TOO_MANY_UPLOADS)])
        now.talk = talks.read(raw, now.views)
    except TalkError as wrong:
        now.talk_faults = wrong.faults


def _adding(now: Visit, page: str, text: Text) -> None:
    """Let the visitor add what is on the screen to a talk of their own."""
    _ = text.gettext
    with st.expander(_("Add what you see now as a step"), icon=":material/add:"):
        st.text_input(_("The sentence for the hall"), key=_SENTENCE, max_chars=talks.SENTENCE)
        st.text_area(_("The note for you"), key=_NOTE, max_chars=talks.NOTE, height=100)
        st.button(_("Add"), key="talk_add", on_click=_add, args=(now, page, text))
        if now.talk:
            count = text.ngettext("one step", "{n} steps", len(now.talk.steps))
            st.caption(_("Your talk has {count}.", count=count))


def _add(now: Visit, page: str, text: Text) -> None:
    seen = replace(state.seen(now), lang=None).query()
    sentence, note = (
        {text.language: said} if (said := st.session_state[key]) else {}
        for key in (_SENTENCE, _NOTE)
    )
    now.talk_faults = ()
    title = {text.language: text.gettext("My talk")}
    talk = now.talk or Talk(links.OWN_TALK, title, ())
    try:
        step = talks.step(f"/{page}{seen}", sentence, note, now.views)
        if len(talk.steps) == links.STEPS:
            raise TalkError([_FULL])
    except TalkError as wrong:
        now.talk_faults = wrong.faults
        return
    now.talk = replace(talk, steps=(*talk.steps, step))
    st.session_state[_SENTENCE] = st.session_state[_NOTE] = ""


# On stage


def heading(now: Visit, text: Text) -> None:
    """Show the one sentence, and discreetly where the talk stands."""
    assert now.stage is not None
    number, count = now.stage.number, len(now.stage.talk.steps)
    with st.container(key="stage"):
        st.html(_heading(talks.say(now.stage.step.sentence, text), f"{number} / {count}"))


def _heading(sentence: str, place: str) -> Markup:
    parts = (
        html.element("h1", sentence, class_="stage-sentence"),
        html.element("p", place, class_="stage-place"),
    )
    return html.element("div", *parts, class_="stage-head")


def tools(now: Visit, hub: str | None, text: Text) -> None:
    """Let the talk be moved; last, so that its step is there when this is.

    Parameters
    ----------
    hub : what may be said to a room's hub, by which other devices move it; None without one.
    """
    assert now.stage is not None
    _ = text.gettext
    talk, number = now.stage.talk, now.stage.number
    keys = (
        ((_("Page ↓"), "→", _("Space")), _("the next step")),
        ((_("Page ↑"), "←"), _("the step before")),
        ((_("Home"), _("End")), _("the first and the last step")),
        ((".", "B"), _("a black screen, and back")),
        (("S",), _("the speaker's window")),
        (("Del",), _("an empty canvas")),
        (("F5",), _("the whole screen")),
        (("Esc",), _("the end of the talk")),
    )
    if talk.name == links.OWN_TALK:
        on_stage.keep(talks.write(talk).decode())
    on_stage.show(
        {
            **_said(talk, text),
            "hub": hub,
            "step": number,
            "count": len(talk.steps),
            "speaker": _window(talk, number, text),
            "keys": keys,
            "labels": {
                "back": _("Back"),
                "next": _("Next"),
                "leave": _("End the talk"),
                "black": _("Black screen: press any key"),
                "keys": _("Keys"),
                "close": _("Close"),
            },
        },
        on_step=lambda step: stage.go(now, step),
        on_leave=lambda: stage.leave(now),
    )


def wait_for_own(now: Visit) -> None:
    """Ask the browser for the visitor's own talk, which their link opens."""
    with st.container(key="stage_end"):
        on_stage.ask(lambda raw: stage.take_talk(now, raw))


def speaker(now: Visit, page: str, hub: str | None, text: Text) -> None:
    """Show the speaker's window; `page` as for `show`, `hub` as for `tools`."""
    assert now.speaker is not None
    _ = text.gettext
    name, number = now.speaker
    talk = stage.find(now, name) or Talk(name, {}, ())
    here = share.public(st.context.url or "", page, os.environ)
    here = share.in_network(here, st.get_option("server.address")) or here
    speakers_window.show(
        {
            **_said(talk, text),
            "step": number,
            "most": links.STEPS,
            "hub": hub,
            "phone": here + state.link(now),
            "stage": Link(lang=text.language, stage=name, step=number).query(),
            "language": text.language,
            "labels": {
                "back": _("Back"),
                "next": _("Next"),
                "black": _("Black screen"),
                "elapsed": _("Since the start"),
                "restart": _("Start the time again"),
                "clock": _("Time"),
                "note": _("Note"),
                "now": _("On the screen"),
                "then": _("Then"),
                "last": _("This is the last step."),
                "elsewhere": _("The notes are on the computer that gives the talk."),
                "alone": _("No stage is open in this browser."),
                "open": _("Open the stage"),
                "dark": _("The screen is black."),
                "phone": _("On a phone"),
                "lent": _("Only this computer can open it: the app runs here, for nobody else.")
                if share.is_alone(here)
                else _("This link opens the speaker's window on a phone."),
                "nobody": _("Show it to nobody else: it also moderates the room."),
                "away": _("The room does not answer."),
                "unknown": _("This room does not exist any more."),
                "closed": _("This room does not exist any more."),
                "old": _("This room does not exist any more."),
            },
        },
        share.qr,
    )


def _said(talk: Talk, text: Text) -> dict[str, object]:
    """Give what the windows of a talk tell each other of it."""
    return {
        "talk": talk.name,
        "title": talks.say(talk.title, text),
        "texts": tuple(
            {"sentence": talks.say(step.sentence, text), "note": talks.say(step.note, text)}
            for step in talk.steps
        ),
    }


def _window(talk: Talk, number: int, text: Text) -> str:
    """Give the address of a talk's speaker's window."""
    return Link(lang=text.language, speaker=talk.name, step=number).query()
