"""Our own Streamlit components: one Python file each, its style (.css), its script in ``static/``.

``module.py`` brings a script into the browser. HTML and style are in the page at once, before any
script has come, so nothing moves when it does.
"""
