"""Gargalo: draw a digit, squeeze it through 32 numbers, see what survives.

The table of pages, and what surrounds the one that is open.
"""

from pathlib import Path

import streamlit as st

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from pages.learn.chapters import CHAPTERS
from pages.room import line
from ui import ended, frame, keyboard, lectern, memory, models, own, stage, state, views
from ui.components import connection
from ui.text import N_

# Folder, title, views, and whether it looks at the model that the frame names. A page is a
# folder, this line and a stub: see pages/README.md.
PAGES = (
    ("draw", N_("Draw"), (), True),
    ("learn", N_("Learn"), CHAPTERS, False),
    ("compare", N_("Compare"), COMPARE, True),
    ("explore", N_("Explore"), EXPLORE, True),
    ("train", N_("Train"), (), False),
    ("room", N_("Room"), (), True),
)

UI = Path(__file__).parent / "ui"
memory.count_run(models.warm_up)
st.set_page_config(page_icon=str(UI / "icon.png"), layout="wide")
st.html(UI / "style.css")

now = state.enter({name: [view.name for view in views] for name, _, views, _ in PAGES})
now = stage.come_in(now)
if not now.stage:
    own.look_up(now)
connection.watch()
text = state.text()
_ = text.gettext

# On stage a step's page runs under whatever address the talk began at: nothing is opened or left.
step = now.stage and now.stage.step
pages = [
    st.Page(
        f"pages/{step.page if step else name}/page.py",
        title=_(title),
        url_path=name if i else "",
        default=not i,
    )
    for i, (name, title, _views, _looks) in enumerate(PAGES)
]
# The first page's address is the app's own; whoever writes its name after that gets there too.
named = st.Page(f"pages/{PAGES[0][0]}/page.py", url_path=PAGES[0][0], visibility="hidden")
# Our own menu in the frame: Streamlit's would take a row of its own from a projector's screen.
page = st.navigation([*pages, named], position="hidden")
if page == named:
    st.switch_page(pages[0])
st.set_page_config(f"{page.title} · Gargalo")
name, _title, seen, looks_at_model = PAGES[pages.index(page)]
views.choose_model(name, seen, now)

if now.speaker:
    lectern.speaker(now, page.url_path, line.table(), text)
    st.stop()
if now.called:
    lectern.wait_for_own(now)
    st.stop()

asked = None
if now.stage:
    st.html(UI / "stage.css")
    lectern.heading(now, text)
else:
    asked = frame.show(pages, page, looks_at_model, now, text)
    ended.show(name, looks_at_model, now, text)

keyboard.listen(text)
while now.notices and not now.stage:
    st.toast(_(now.notices[0]), icon=":material/link_off:")
    now.notices.pop(0)  # not before: another run may overtake this one within the call
ahead = st.container(key="stage_end") if now.stage else None  # always at the same place
page.run()
if ahead:
    with ahead:
        lectern.tools(now, line.table(), text)
    stage.warm_up(now)
elif asked:
    asked(now, page.url_path, text)
