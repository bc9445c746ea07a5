"""Does this process serve rooms?

`asgi.py` does; `streamlit run app.py` shows the same pages without. The page of the room asks here.
"""

from __future__ import annotations

serves = False  # the hub says when it does: one per process, and nothing of a visitor's
