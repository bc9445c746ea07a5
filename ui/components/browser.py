"""What Streamlit and the canvas do not do in the browser by themselves, in one invisible element.

- The address bar follows what the visitor sees, without a history entry for each step:
  ``st.query_params`` pushes one each time, and the Back button would no longer leave the page.
- The page says which language it is in, for screen readers and for the browser's own translator.
- The page's own style sheet gets the theme's colours, which Streamlit gives to components only.
- A view that the visitor chooses, or that their link names, is brought into sight with its menu: on
  a projector it begins under the edge of the screen, on a phone far below. So is the canvas when a
  button puts something on it.
- The style sheet learns how high the frame is, which covers what scrolls below it.
- The canvas (streamlit-drawable-canvas 0.13) gets a name, and loses its toolbar: invisible until
  the mouse hovers, it lies over the top right corner and a tap there wipes the drawing.
"""

from __future__ import annotations

from ui.components.module import component

_mount = component("browser")


def settle(
    *,
    link: str,
    language: str,
    canvas_label: str,
    view: str | None,
    cookie: tuple[str, str] | None = None,
) -> None:
    """Bring the browser in line with this run.

    Parameters
    ----------
    link : query string that opens this state.
    language : as in HTML's ``lang``.
    view : the part of the page that is open, if it has such; another one is scrolled to.
    canvas_label : what the canvas is, for those who cannot see it.
    cookie : name and value that the browser is to keep for a day.
    """
    _mount(
        key="browser",
        data={
            "link": link,
            "language": language,
            "label": canvas_label,
            "view": view,
            "cookie": f"{'='.join(cookie)}; Path=/; Max-Age=86400; SameSite=Lax"
            if cookie
            else None,
        },
        height=1,
    )
