"""The keyboard: how it draws, which shortcuts there are, and where a visitor reads of them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from markupsafe import Markup

from ui import html
from ui.components import keyboard
from ui.text import N_, Text

# Key of the button that is pressed -> its keys, as in HTML's aria-keyshortcuts, and what it does.
SHORTCUTS: Mapping[str, tuple[str, str]] = {
    "undo": ("Control+Z Meta+Z", N_("Undo")),
    "redo": ("Control+Y Control+Shift+Z Meta+Shift+Z", N_("Redo")),
    "clear": ("Delete Backspace", N_("Clear")),
    "surprise": ("S", N_("Surprise me")),
    "chapter_back": ("ArrowLeft", N_("The chapter before, on Learn")),
    "chapter_next": ("ArrowRight", N_("The next chapter, on Learn")),
    "keyboard": ("?", N_("This list")),
}


def listen(text: Text) -> None:
    """Let the browser act on keys, on every page that has what they are for."""
    _ = text.gettext
    keyboard.listen(
        label=_("Canvas: draw a digit with the mouse, a finger or the arrow keys"),
        keys=_(
            "The arrow keys move the pen, with Shift further. Space lowers and lifts it. Escape"
            " lifts it and leaves the canvas."
        ),
        pen={
            "down": _("Pen down. Column {column}, row {row}."),
            "up": _("Pen up. Column {column}, row {row}."),
            "at": _("Column {column}, row {row}."),
        },
        shortcuts={name: keys for name, (keys, _words) in SHORTCUTS.items()},
    )


def button(text: Text) -> None:
    """Offer the list of what the keyboard does."""
    if st.button(text.gettext("Keyboard"), key="keyboard", icon=":material/keyboard:"):
        st.dialog(text.gettext("Keyboard"))(_dialog)(text)


def _dialog(text: Text) -> None:
    _ = text.gettext
    st.subheader(_("Draw without a mouse"), anchor=False)
    drawing = (
        (_keys("Tab"), _("goes to the canvas")),
        (_keys("↑ ↓ ← →"), _("move the pen, two at once diagonally")),
        (_keys("Shift+↑"), _("and so on: move it further")),
        (_keys(_("Space")), _("lower the pen, and lift it")),
        (_keys("Esc"), _("lift it and leave the canvas")),
    )
    st.html(html.definitions(drawing, "keys"))
    st.subheader(_("Shortcuts"), anchor=False)
    rows = ((_keys(keys), _(words)) for keys, words in SHORTCUTS.values())
    st.html(html.definitions(rows, "keys"))
    st.caption(_("On a Mac, ⌘ in place of Ctrl. Shortcuts wait while you write in a field."))
    keyboard.switch(_("Use shortcuts"), key="use_shortcuts")


def _keys(keys: str) -> Markup:
    """Write keys as they stand on a keyboard."""
    ours = (one.replace("Control", "Ctrl") for one in keys.split() if "Meta" not in one)
    return html.join(html.element("kbd", one) for one in ours)
