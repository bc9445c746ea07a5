"""Train an autoencoder, watch the digits come into focus, and use it on the other pages."""

import streamlit as st

from pages.train import choose, script, use, watch
from ui import html, own, state
from ui.components import browser
from ui.trainings import Busy, office

now = state.visit("train")
text = state.text()
_ = text.gettext
desk = own.desk(now)
training = desk.training if desk else None
running = training is not None and not training.over
draft, mine = now.draft, own.at_hand(now)
if training is not None:
    goes_on = training.start is not None
    draft.agree(training.number, training.plan, goes_on=goes_on, runs=running)
if not running:
    draft.follow(now.own[mine].model if mine else None)

lead = _("Train it yourself, and watch the digits come into focus.")
if not now.stage:
    st.html(html.lead(lead))
browser.settle(
    now,
    text,
    told=watch.told(training, now, text),
    # So that the visitor finds their training again in another tab.
    cookie=(state.TOKEN_COOKIE, now.token) if desk else None,
)


def begin() -> None:
    """Train what is chosen."""
    chosen = now.own.get(own.at_hand(now) or "")
    draft.follow(chosen.model if chosen else None)
    start = chosen.raw if chosen and draft.go_on else None
    try:
        office().submit(now.token, draft.plan, watch.watched(now), start)
    except Busy:
        now.notices.append(use.why_busy(own.desk(now)))


def cancel() -> None:
    """End the training, and keep what it had learnt."""
    if training is not None:
        office().cancel(training)


with st.container(horizontal=True, gap="medium"):
    with st.container(key="choose_side", width=340):
        choose.show(now, text, disabled=running)
    with st.container(key="watch_side"):
        with st.container(key="begin", horizontal=True, gap="small"):
            if running:
                st.button(
                    _("Stop, and keep what it has learnt"), icon=":material/stop:", on_click=cancel
                )
            else:
                st.button(
                    _("Train"),
                    icon=":material/play_arrow:",
                    type="primary",
                    width=200,
                    on_click=begin,
                    disabled=own.waiting(now) is not None,
                )
                office().warm_up()
            st.caption(script.summary(draft.plan, text), width="content")
        if not now.stage:
            use.make_room(now, text)
        now.frames_sent = 0  # the browser may be a new one; later only what is new is sent

        @st.fragment(run_every=0.5 if running else None)
        def progress() -> None:
            """Show what changes while it trains, and nothing else."""
            watch.show(training, now, text)
            if running and training is not None and training.over:
                st.rerun()

        progress()
        if not now.stage:
            use.show(now, text)

if not now.stage:
    start = own.stem(mine) if mine and draft.go_on else None
    if training is not None and running and training.start is not None:
        start = own.start(now, training)  # another one may be chosen by now
    script.show(draft.plan, start, text)
