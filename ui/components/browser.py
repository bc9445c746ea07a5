"""What Streamlit does not do in the browser by itself, in one invisible element.

- The address bar follows what the visitor sees, without a history entry for each step:
  ``st.query_params`` pushes one each time, and the Back button would no longer leave the page.
- The page says which language it is in, for screen readers and for the browser's own translator.
- The page's own style sheet gets the theme's colours, which Streamlit gives to components only.
- A view that the visitor chooses, or that their link names, is brought into sight with its menu: on
  a projector it begins under the edge of the screen, on a phone far below. So is the canvas when a
  button puts something on it.
- The style sheet learns how high the frame is, which covers what scrolls below it.
- What a stroke, an edit or a training has come to is said in one sentence, to those who do not see
  it.
"""

from __future__ import annotations

from ui import state
from ui.components.module import component
from ui.state import Visit
from ui.text import Text

_mount = component("browser")


def word(now: Visit, text: Text, told: str) -> dict[str, object]:
    """Give what each stroke may change of it; arguments as for `settle`."""
    return {
        "link": state.link(now),
        "language": text.language,
        "sentence": told,
        "revision": now.revision,
    }


def settle(
    now: Visit, text: Text, *, told: str | None = None, cookie: tuple[str, str] | None = None
) -> None:
    """Bring the browser in line with this run.

    Parameters
    ----------
    told : one sentence on what is on the screen. It is said when it changes, or after another
        stroke; not when the page opens, and not when it is empty. None on a page where an answer
        says it: `live.answer`.
    cookie : name and value that the browser is to keep for a day.
    """
    _mount(
        key="browser",
        data={
            "view": state.view(now),  # another one than before is scrolled to
            "word": None if told is None else word(now, text, told),
            "cookie": f"{'='.join(cookie)}; Path=/; Max-Age=86400; SameSite=Lax"
            if cookie
            else None,
        },
        height=1,
    )
