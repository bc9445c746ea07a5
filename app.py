"""Gargalo: draw a digit, squeeze it through 32 numbers, see what survives.

The frame around every page: which model, which language, and the table of pages.
"""

from pathlib import Path

import streamlit as st

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from ui import html, keyboard, lectern, memory, models, own, share, stage, state
from ui.components import connection, frame
from ui.text import LANGUAGES, N_

# Folder, title, icon, views, and whether it looks at the model that the frame names. A page is a
# folder, this line and a stub: see pages/README.md.
PAGES = (
    ("draw", N_("Draw"), ":material/draw:", (), True),
    ("compare", N_("Compare"), ":material/compare:", COMPARE, True),
    ("explore", N_("Explore"), ":material/explore:", EXPLORE, True),
    ("train", N_("Train"), ":material/model_training:", (), False),
)

UI = Path(__file__).parent / "ui"
memory.count_run(models.warm_up)
st.set_page_config(page_icon=str(UI / "icon.png"), layout="wide")
st.html(UI / "style.css")

now = state.enter({name: [view.name for view in views] for name, _, _, views, _ in PAGES})
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
        icon=icon,
        url_path=name if i else "",
        default=not i,
    )
    for i, (name, title, icon, _views, _looks) in enumerate(PAGES)
]
# The first page's address is the app's own; whoever writes its name after that gets there too.
named = st.Page(f"pages/{PAGES[0][0]}/page.py", url_path=PAGES[0][0], visibility="hidden")
# Our own menu in the frame: Streamlit's would take a row of its own from a projector's screen.
page = st.navigation([*pages, named], position="hidden")
if page == named:
    st.switch_page(pages[0])
st.set_page_config(f"{page.title} · Gargalo")
*_row, looks_at_model = PAGES[pages.index(page)]

if now.speaker:
    lectern.speaker(now, text)
    st.stop()
if now.called:
    lectern.wait_for_own(now)
    st.stop()

gives = shares = False
if now.stage:
    st.html(UI / "stage.css")
    lectern.heading(now, text)
else:
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="medium"):
        # Where nothing looks at it, the model keeps its room in the frame, and nothing jumps.
        brand = "brand" if looks_at_model else "brand no-model"
        st.html(html.element("p", "Gargalo", class_=brand), width="content")
        with st.container(key="menu", horizontal=True, gap=None, width="content"):
            for entry in pages:
                st.page_link(entry, width="content")
            frame.name_menu(_("Pages"), page=pages.index(page))
        with st.container(key="models", horizontal=True, gap="xsmall", width="content"):
            in_sight, others = state.models_in_sight(now)
            st.segmented_control(
                _("Model"),
                in_sight,
                format_func=lambda name: models.title(name, text),
                key=state.MODEL,
                on_change=now.change_model,
                required=True,
                label_visibility="collapsed",
            )
            st.menu_button(
                _("More models"),
                others,
                format_func=lambda name: models.title(name, text),
                key=state.MORE_MODELS,
                on_click=state.take_from_menu,
                args=(now,),
            )
        with st.container(key="idea"):
            st.caption(_(state.family(now).idea))
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=str.upper,
            key=state.LANG,
            required=True,
            label_visibility="collapsed",
        )
        with st.container(key="show", horizontal=True, gap=None, width="content"):
            gives, shares = lectern.button(text), share.button(text)

keyboard.listen(text)
while now.notices and not now.stage:
    st.toast(_(now.notices.pop(0)), icon=":material/link_off:")
ahead = st.container(key="stage_end") if now.stage else None  # always at the same place
page.run()
if now.stage and ahead:
    with ahead:
        lectern.tools(now, text)
    stage.warm_up(now)
elif gives:
    lectern.show(now, page.url_path, text)
elif shares:
    share.show(now, page.url_path, text)
