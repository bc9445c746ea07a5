"""The words on the projector: `ui.components.room` says where each of them stands."""

from __future__ import annotations

from ui import maps
from ui.text import Text


def labels(text: Text) -> dict[str, str]:
    """Give them in the visitor's language; what is in braces the browser fills in."""
    _ = text.gettext
    return {
        "intro": _(
            "Everybody in the hall draws on their own phone. Each digit is squeezed through the"
            " model, and what survives flies onto this wall and to its place on the map."
        ),
        "open": _("Open a room"),
        "another": _("Open another one"),
        "opening": _("Opening a room …"),
        "join_at": _("Scan it, or open"),
        "enlarge": _("Show the code in full size"),
        "qr_of": _("QR code of {address}"),
        "alone": _("Only this computer can open that address: the app runs here, for nobody else."),
        "own_model": _("Phones cannot have your own model: they stay with the one before."),
        # Translators: after a number, as in "1 phone", "12 phones".
        "phone": _("phone"),
        "phones": _("phones"),
        "digit": _("digit"),
        "digits": _("digits"),
        # Translators: after a number of digits that a moderator has not approved yet.
        "waits": _("waits"),
        "wait": _("wait"),
        "empty": _("Nobody has drawn yet: scan, draw, send."),
        "covered": _("The wall is covered."),
        "freeze": _("Freeze the wall"),
        "hide": _("Cover the wall"),
        "approval": _("Each digit waits until it is approved"),
        "clear": _("Take all digits away"),
        "second": _("A second person helps"),
        "close": _("Close the room"),
        "frozen": _("The wall stands still."),
        "wall": _("The wall: what the model makes of each drawing. Enter shows the drawing."),
        "remove": _("Take away"),
        "ban": _("Send out"),
        "map": _("The map, with a star for each digit: {n}"),
        "no_map": _(maps.NO_MAP),
        "average": _("The average of all"),
        "pair": _("Most alike: {first} and {second}"),
        "strangest": _("Strangest: {name}"),
        "ask_clear": _("Take all digits away? Whoever drew one may draw again."),
        "ask_close": _("Close the room? All digits are forgotten."),
        "ask_ban": _("Send {name} out? This phone cannot come back."),
        "yes": _("Yes"),
        "no": _("No"),
        "second_hint": _(
            "Whoever opens this link sees what waits, and may approve it, take it away or send"
            " somebody out."
        ),
        "copy": _("Copy the link"),
        "copied": _("Copied."),
        "not_copied": _("Your browser does not let this page copy. Show the QR code instead."),
        "second_qr": _("Show its QR code"),
        "second_warning": _("Do not show it to the hall: whoever scans it can do the same."),
        "done": _("Done"),
        "lost": _("No connection. The wall stays, and it is tried again …"),
        "away": _("The rooms cannot be reached for a moment. It is tried again …"),
        "slow_down": _("That was too fast. It is tried again in a moment …"),
        "unreachable": _(
            "The room cannot be reached: this browser, or something between it and the server,"
            " lets no WebSocket through."
        ),
        "closed": _("The room is closed."),
        "old": _("The room has ended: none lasts longer than three hours."),
        "unknown": _("This room is not there any more."),
        "too_many": _("Many rooms were opened from here. Try again in some minutes."),
        "full": _("The server has no place for another room, or for another screen."),
    }
