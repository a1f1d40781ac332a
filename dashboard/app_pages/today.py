"""Today: what waits for me?"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import access, data, text
from dashboard.sections import waiting
from dashboard.sections.waiting import Item, Section
from dashboard.view import View
from warehouse.done_items import DoneItems, ItemsError, Mark

SHOWN, MOST = 5, 50
WEEK = timedelta(days=7)
ERROR = "today-error"
NOTHING = "Nothing waits for you. A good day to say hello to somebody."


def read_marks() -> dict[str, Mark] | None:
    """What is done or put off; None, and why, where that is not known."""
    error = st.session_state.pop(ERROR, None)
    try:
        marks = done_items.marks()
    except ItemsError as unreadable:
        st.warning(text.markdown(str(unreadable)), icon=":material/warning:")
        return None
    if error:
        st.warning(text.markdown(error), icon=":material/warning:")
    return marks


def mark(key: str, put_off: timedelta | None = None) -> None:
    """Marks an item as done, or puts it off."""
    if not access.viewer().marks:
        return
    try:
        done_items.mark(key, put_off)
    except ItemsError as error:
        st.session_state[ERROR] = str(error)


def take_back(key: str) -> None:
    """Lets a marked item wait again."""
    if not access.viewer().marks:
        return
    try:
        done_items.take_back(key)
    except ItemsError as error:
        st.session_state[ERROR] = str(error)


def how_many(section: Section, items: Sequence[Item]) -> str:
    """How many items wait, with what they are: 3 questions."""
    number = text.plural(len(items), *section.noun)
    return f"at least {number}" if section.is_cut else number


def summary(sections: Sequence[tuple[Section, Sequence[Item]]]) -> str:
    """How much waits, in one sentence."""
    counted = [how_many(section, items) for section, items in sections if items]
    if not counted:
        return NOTHING
    verb = "waits" if sum(len(items) for _, items in sections) == 1 else "wait"
    return text.sentence(f"{text.join(counted)} {verb} for you.")


def draw(section: Section, items: Sequence[Item], marks: Mapping[str, Mark], fixed: bool) -> None:
    """Draws one section: the first items that wait, the rest where asked for, and the marked ones.

    `fixed`: nothing can be marked now.
    """
    with st.container(border=True, gap="xsmall"):
        title = f"{how_many(section, items)} {section.verb[len(items) != 1]}"
        st.markdown(f"##### {text.sentence(title if items else section.nothing)}")
        if section.note and items:
            st.caption(section.note)
        for item in items[:SHOWN]:
            waiting_line(item, fixed=fixed)
        if len(items) > SHOWN and wants_more(section, len(items) - SHOWN):
            for item in items[SHOWN:MOST]:
                waiting_line(item, fixed=fixed)
            if len(items) > MOST:
                page_link(
                    section.page, f"The first {MOST} are here; {section.page.capitalize()} has more"
                )
        marked = [item for item in section.items if item.key in marks]
        for item in marked[:MOST]:
            marked_line(item, marks[item.key])


def wants_more(section: Section, number: int) -> bool:
    """Draws the choice to see the rest of a section."""
    return st.toggle(f"{text.count(number)} more", key=f"more-{section.noun[0]}")


def waiting_line(item: Item, *, fixed: bool) -> None:
    """One item with its place and its two buttons; `fixed`: nothing can be marked now."""
    with line(item):
        st.button(
            "Done",
            key=f"done-{item.key}",
            type="tertiary",
            icon=":material/check:",
            on_click=mark,
            args=(item.key,),
            disabled=fixed,
        )
        st.button(
            "Later",
            key=f"later-{item.key}",
            type="tertiary",
            icon=":material/schedule:",
            help="Put it off for a week",
            on_click=mark,
            args=(item.key, WEEK),
            disabled=fixed,
        )


def marked_line(item: Item, mark: Mark) -> None:
    """One item that is done or put off, with the button that takes it back."""
    with line(item):
        said = "done"
        if mark.until:
            said = f"until {text.day(mark.until.astimezone(view.zone))}"
        st.caption(said, width="content")
        st.button(
            "Take back",
            key=f"back-{item.key}",
            type="tertiary",
            icon=":material/undo:",
            on_click=take_back,
            args=(item.key,),
            disabled=not access.viewer().marks,
        )


def line(item: Item) -> DeltaGenerator:
    """Draws an item's words and place; returns the container that its buttons go into."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"{item.line} :gray[· {item.age}]", width="stretch")
        links = st.container(
            horizontal=True, vertical_alignment="center", gap="small", width="content"
        )
    with links:
        if item.link:
            st.link_button("Open", item.link, type="tertiary", icon=":material/open_in_new:")
        else:
            page_link(item.page, "Open", item.event)
    return links


def page_link(page: str, label: str, event: str | None = None) -> None:
    """A link to another page under the same filters."""
    query = st.query_params.to_dict() | ({"event": event} if event else {})
    icon = ":material/arrow_forward:"
    st.page_link(
        f"app_pages/{page}.py", label=label, icon=icon, query_params=query, width="content"
    )


view: View = st.session_state.view
done_items = DoneItems(data.warehouse())
st.header("What waits for you today?")
marks = read_marks()
sections = waiting.sections(view)
left = [
    (section, [item for item in section.items if item.key not in (marks or {})])
    for section in sections
]
st.markdown(summary(left))
if view.newest and datetime.now(view.zone).date() - view.newest > waiting.RECENT:
    st.caption(f"The newest activity is from {text.day(view.newest)}: so it was then.")
is_fixed = marks is None or not access.viewer().marks
with_done = st.toggle("Show what is done or put off", key="with-done", disabled=marks is None)
for section, items in left:
    if items or (with_done and section.items):
        draw(section, items, marks or {} if with_done else {}, fixed=is_fixed)
if quiet := [section.nothing for section, items in left if not items]:
    st.caption(text.sentence(f"{text.join(quiet)}."))
