"""Gargalo: draw a digit, squeeze it through 32 numbers, see what survives.

The frame around every page: which model, which language, and the table of pages.
"""

from pathlib import Path

import streamlit as st

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from ui import html, keyboard, memory, models, own, share, state
from ui.components import connection, frame
from ui.text import LANGUAGES, N_

# Folder, title, icon, views, and whether it looks at the model that the frame names. A page is a
# folder, this line and a stub: see pages/README.md.
PAGES = (
    ("draw", N_("Draw"), ":material/draw:", (), True),
    ("compare", N_("Compare"), ":material/compare:", COMPARE, True),
    ("explore", N_("Explore"), ":material/explore:", EXPLORE, True),
    ("train", N_("Train"), ":material/model_training:", (), False),
    ("room", N_("Room"), ":material/groups:", (), True),
)

UI = Path(__file__).parent / "ui"
memory.count_run(models.warm_up)
st.set_page_config(page_icon=str(UI / "icon.png"), layout="wide")
st.html(UI / "style.css")

now = state.enter({name: [view.name for view in views] for name, _, _, views, _ in PAGES})
own.look_up(now)
connection.watch()
text = state.text()
_ = text.gettext

pages = [
    st.Page(
        f"pages/{name}/page.py",
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
    shares = share.button(text)

keyboard.listen(text)
while now.notices:
    st.toast(_(now.notices[0]), icon=":material/link_off:")
    now.notices.pop(0)  # not before: another run may overtake this one within the call
page.run()
if shares:
    share.show(now, page.url_path, text)
