"""The page that a phone opens: what somebody in the audience sees of a room.

It comes without Streamlit (`hub.light`). What happens on it is in ``static/phone.js``; what it says
is here, in one language.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from markupsafe import Markup

import ae
from hub import light, protocol, weights
from ui import html
from ui.text import LANGUAGES, N_, Text, translator

_SCRIPT = "phone.js"

# What the script says, when it is time: see static/participant.js.
_TEXTS = {
    # To whoever enters a code.
    "wrong": N_("There is no {sign} in any code. Look at the screen again."),
    "short": N_("A code has six characters."),
    "unknown": N_("There is no room {room}. Compare the code; the room may also be over."),
    "full": N_("The room is full. Try again in a while."),
    "malformed": N_("The room did not understand this phone. Load the page again."),
    # To whoever draws.
    "joining": N_("Connecting …"),
    "draw": N_("Draw a digit, then send it."),
    "ready": N_("Send it: everybody will see what the decoder draws."),
    "changed": N_("Send this one in place of your last one?"),
    "sending": N_("Sending …"),
    "shown": N_("On the wall! Look up."),
    "waits": N_("It has arrived, and waits until the speaker shows it."),
    "later": N_("It has arrived. The wall stands still for now."),
    "removed": N_("Your drawing was taken away. Draw another one."),
    "lost": N_("No connection. You can go on drawing meanwhile."),
    "kept": N_("No connection. Your drawing is kept, and sent when it is back."),
    "slow_down": N_("Too much at once. It is tried again in a few seconds."),
    "away": N_("The room cannot be reached for now. It is tried again."),
    "refused": N_("The room did not take this drawing. Draw it again."),
    "crowded": N_("So many lines are enough. Undo one, or send it."),
    "down": N_("Pen down. Column {column}, row {row}."),
    "up": N_("Pen up. Column {column}, row {row}."),
    "at": N_("Column {column}, row {row}."),
    # Of the model.
    "numbers": N_("{n} numbers"),
    "survives": N_("{share} of the ink survives."),
    "coming": N_("The model is on its way: {title}"),
    "failed": N_("The model did not arrive. It is tried again: {title}"),
    # When it is over.
    "closed": N_("This room is over. Thank you for drawing!"),
    "old": N_("A room ends after three hours, and so did this one. Thank you for drawing!"),
    "banned": N_("The speaker has sent this phone out of the room."),
}
# What a phone is told; its table needs no more.
_HEARD = ("joined", "named", "drawn", "standing", "removed", "settings", "fault")


def page(code: str, root: str, language: str) -> str:
    """Write the page.

    Parameters
    ----------
    code : of the room, as its address has it, or "" if it has none. It may come from anybody.
    root : the way from the page to the app's root, such as "../".
    language : a key of `ui.text.LANGUAGES`.
    """
    text = translator(language)
    title = text.gettext("Draw along")
    screen = "draw" if code else "enter"
    body = html.element("body", *_body(code, text), data_screen=screen)
    return html.document(language, light.head(root, title, _SCRIPT, "phone.css"), body)


def _body(code: str, text: Text) -> Iterator[Markup]:
    _ = text.gettext
    others = (
        html.element("a", other.name, href=f"?lang={key}", lang=key)
        for key, other in LANGUAGES.items()
        if key != text.language
    )
    room = _("Room"), " ", light.part("b", "room", code, tabindex=-1)
    named = html.element("span", *room, class_="room")
    yield html.element("header", html.element("h1", "Gargalo"), named, *others)
    yield html.element("main", _enter(code, text), _draw(text), _over(text))
    needs = _("This page needs JavaScript.")
    yield html.element("noscript", html.element("p", needs))
    written = json.dumps(data(text), ensure_ascii=False, separators=(",", ":"))
    yield html.data("page", written)


def _enter(code: str, text: Text) -> Markup:
    _ = text.gettext
    field = html.void(
        "input",
        id="code",
        value=code,
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
        enterkeyhint="go",
        aria_describedby="complaint",
        autofocus=None if code else "",
    )
    parts = (
        html.element("label", _("The code on the screen"), for_="code"),
        field,
        light.part("p", "complaint", role="alert"),
        html.element("button", _("Join"), class_="main"),
    )
    return light.part("form", "enter", *parts)


def _draw(text: Text) -> Markup:
    _ = text.gettext
    label = _("Canvas: draw a digit with the mouse, a finger or the arrow keys")
    keys = _("The arrow keys move the pen, with Shift further. Space lowers and lifts it.")
    canvas = light.part(
        "canvas", "pad", tabindex=0, role="application", aria_label=label, aria_description=keys
    )
    pen = light.part("p", "pen", class_="unseen", role="status")
    hint = light.part("p", "hint", _("Draw a digit here"))
    tools = (light.button("undo", _("Undo")), light.button("clear", _("Clear")))
    spin = light.button("spin", _("Another name"), " (", light.part("span", "spins"), ")")
    who = light.part("b", "name"), " ", spin
    return light.part(
        "section",
        "draw",
        _outcome(text),
        html.element("div", canvas, hint, pen, class_="pad"),
        html.element("div", *tools, class_="tools"),
        light.part("p", "who", *who, hidden=""),
        light.part("p", "status", _("Connecting …"), role="status"),
        light.button("send", _("Send"), class_="main"),
    )


def _outcome(text: Text) -> Markup:
    _ = text.gettext
    parts = (
        light.part("div", "bars"),
        light.part(
            "canvas", "survives", width=28, height=28, role="img", aria_label=_("What survives")
        ),
        html.element(
            "p",
            html.element("span", light.part("b", "numbers"), " · ", light.part("span", "model")),
            light.part("span", "kept"),
            class_="figures",
        ),
        html.element(
            "p", light.part("span", "wait"), light.part("progress", "progress"), class_="wait"
        ),
    )
    return light.part("div", "outcome", *parts)


def _over(text: Text) -> Markup:
    _ = text.gettext
    parts = (
        light.part("p", "why", tabindex=-1),
        light.part("a", "alone", _("Draw on by yourself"), class_="main"),
        light.button("another", _("Another room")),
    )
    return light.part("section", "over", *parts)


def data(text: Text) -> dict[str, object]:
    """Give what the script needs to know of the room's language, and of this one."""
    titles = {
        name: text.gettext(family.title)
        for name, family in ae.FAMILIES.items()
        if name in weights.MODELS
    }
    return {
        "alphabet": protocol.ALPHABET,
        "length": protocol.CODE_LENGTH,
        "language": text.language,
        "table": light.table(_HEARD),
        "texts": {name: text.gettext(message) for name, message in _TEXTS.items()},
        "titles": {**titles, "pca": "PCA"},
    }
