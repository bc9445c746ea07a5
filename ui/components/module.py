"""How a component gets its JavaScript: the one loader of all that lies in ``static/``.

Streamlit sends a component's HTML, CSS and JavaScript with *every* update. So the HTML and CSS,
which the first paint needs, go that way, and the JavaScript is a few lines that import a module:
the browser fetches that once and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from ui import scripts

_HERE = Path(__file__).parent
# Streamlit calls this at mount and at each change of data or theme, also while the import of an
# earlier call is still on its way. All calls wait for one promise, and who waits first goes first:
# no update overtakes another, and what the module returns, the cleanup, comes back from each.
# The promise is the page's and not the component's, because two components may share a module, and
# WebKit stumbles over two imports at once of a module that itself awaits (its bug 242740). A failed
# import is forgotten, so that the next mount tries again.
#
# Pages live one level below the app's root (/, /draw, /~/+/draw on Community Cloud), and so does
# Streamlit's own index.html refer to its scripts: relative to the page. A leading "/" would miss
# every prefix.
_LOADER = """\
const modules = (globalThis.gargaloModules ??= {});
const address = new URL("ADDRESS", document.baseURI).href;
export default async (component) => {
  modules[address] ??= import(address).catch((cause) => {
    delete modules[address];
    throw new Error(`${address} did not load. Is server.enableStaticServing on?`, { cause });
  });
  return (await modules[address]).default(component);
};
"""


def component(
    name: str,
    *,
    script: str | None = None,
    html: str = "",
    css: str | tuple[str, ...] = (),
    isolate_styles: bool = True,
) -> Callable[..., Any]:
    """Make a component; call what is returned to mount one.

    Once per process. In a runtime that does not know it yet (each AppTest makes its own), Streamlit
    registers it again by itself.

    Parameters
    ----------
    name : unique in the app.
    script : the file in ``static/`` whose default export Streamlit is to call; ``name`` plus
        ".js" unless given.
    html : what stands in the page before the script has come.
    css : the file in this folder that styles it, or several, one after another.
    isolate_styles : False puts it into the page itself and not into a shadow root.
    """
    address = scripts.address(script or f"{name}.js")
    sheets = (css,) if isinstance(css, str) else css
    return st.components.v2.component(
        f"gargalo_{name}",
        html=html,
        css="".join((_HERE / sheet).read_text(encoding="utf-8") for sheet in sheets) or None,
        js=_LOADER.replace("ADDRESS", address),
        isolate_styles=isolate_styles,
    )
