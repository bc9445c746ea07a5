"""A visitor without a browser: Streamlit's protobuf over its websocket.

What it sends has the form that Chromium was seen to send on Streamlit 1.67: one `rerun_script`
at the start, then one for each drawing, with the state of every widget and the fragment's id.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import secrets
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"
ANSWER = re.compile(r' data-answer="([^"]*)"')  # see ui/components/live.py
DOWNLOAD, PART = "gargalo_download", "gargalo_download_part"
UPLOAD = "gargalo_upload"
_FINISHED = (
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)

# What Fabric 7.4 writes of a pencil stroke that a visitor drew: what `ui.strokes.to_fabric` writes,
# but without its mark, and this.
_FALSE = "flipX flipY strokeUniform lockMovementX lockMovementY lockRotation lockScalingX"
_FALSE += " lockScalingY lockScalingFlip lockSkewingX lockSkewingY"
_FABRIC = dict.fromkeys(_FALSE.split(), False) | {
    "version": "7.4.0",
    "originX": "center",
    "originY": "center",
    "left": 139.9504,
    "top": 140,
    "width": 101.3007,
    "height": 175.2,
    "strokeDashArray": None,
    "strokeDashOffset": 0,
    "strokeMiterLimit": 10,
    "scaleX": 1,
    "scaleY": 1,
    "skewX": 0,
    "skewY": 0,
    "angle": 0,
    "opacity": 1,
    "shadow": None,
    "visible": True,
    "backgroundColor": "",
    "fillRule": "nonzero",
    "paintFirst": "fill",
    "globalCompositeOperation": "source-over",
}


@dataclass(frozen=True)
class Answer:
    """What one rerun brought.

    Attributes
    ----------
    seconds : from the message that asked for it to the one that says that the script has ended.
    code : what the bars show, by the answer; or None where the page has no bars of ours.
    faults : errors and warnings that the visitor would have read.
    file : what came of a file that was asked for.
    """

    seconds: float
    code: np.ndarray | None
    faults: tuple[str, ...]
    file: bytes = b""


@dataclass
class Visitor:
    """One session on a server; `open` first, then `draw` as often as you like, then `close`."""

    url: str
    _socket: Any = field(default=None, init=False)
    _widgets: dict[str, WidgetState] = field(default_factory=dict, init=False)
    # Component -> its id and the fragment that it is in, from the last run that it was part of. A
    # stroke's run may bring neither the canvas nor any button again.
    _found: dict[str, tuple[str, str]] = field(default_factory=dict, init=False)
    _page: str = field(default="", init=False)
    _session: str = field(default="", init=False)
    _uploader: str = field(default="", init=False)
    _pages: dict[str, str] = field(default_factory=dict, init=False)

    async def connect(self) -> None:
        """Open the websocket, and nothing on it."""
        self._socket = await websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(self.url),
            max_size=None,
            # A server that is busy for 20 s is slow, not gone.
            ping_interval=None,
            proxy=None,
        )

    async def open(self) -> Answer:
        """Open the page and wait until it is there."""
        await self.connect()
        answer = await self._rerun(self._message())
        if CANVAS not in self._found and not answer.faults:
            raise ConnectionError("the page has no canvas")
        return answer

    async def draw(self, objects: list[dict[str, Any]]) -> Answer:
        """Send a drawing, as the canvas does 200 ms after a stroke."""
        raw = {
            "version": "7.4.0",
            "objects": [item | _FABRIC for item in objects],
            "background": "#000",
        }
        state = {"drawing": {"raw": raw, "data": None}}
        canvas, _ = self._found[CANVAS]
        self._widgets[canvas] = WidgetState(id=canvas, json_value=json.dumps(state))
        return await self._rerun(self._of_fragment(CANVAS))

    async def download(self, name: str, pause: float = 0.0) -> Answer:
        """Ask for a file, as its button does, and look for what comes after a pause in seconds."""
        wish = {"event": "wish", "value": {"id": secrets.token_hex(8), "name": name}}
        return await self._rerun(self._event(DOWNLOAD, wish), pause)

    async def photograph(self, raw: bytes) -> Answer:
        """Send a picture, as the upload's button does."""
        event = {"event": "file", "value": base64.b64encode(raw).decode()}
        return await self._rerun(self._event(UPLOAD, event))

    async def bring_model(self, raw: bytes) -> Answer:
        """Go to the Train page, and open a saved model there."""
        message = self._message()
        message.rerun_script.page_script_hash = self._pages["train"]
        message.rerun_script.widget_states.widgets.extend(self._widgets.values())
        await self._rerun(message)

        asked = BackMsg()
        asked.file_urls_request.request_id = "model"
        asked.file_urls_request.file_names.append("mine.safetensors")
        asked.file_urls_request.session_id = self._session
        await self._socket.send(asked.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(await self._socket.recv())
            if answer.WhichOneof("type") == "file_urls_response":
                (urls,) = answer.file_urls_response.file_urls
                break
        await asyncio.to_thread(_put, self.url, urls.upload_url, raw)

        state = self._widgets.setdefault(self._uploader, WidgetState(id=self._uploader))
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = urls.file_id, "mine.safetensors", len(raw)
        info.file_urls.CopyFrom(urls)
        message = self._message()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.widget_states.widgets.extend(self._widgets.values())
        return await self._rerun(message)

    async def close(self) -> None:
        """Leave, as by closing the tab."""
        if self._socket is not None:
            await self._socket.close()

    def _of_fragment(self, component: str) -> BackMsg:
        """Make the message that asks for a run of what a component is in."""
        message = self._message()
        message.rerun_script.page_script_hash = self._page
        _, message.rerun_script.fragment_id = self._found[component]
        message.rerun_script.widget_states.widgets.extend(self._widgets.values())
        return message

    def _event(self, component: str, event: dict[str, Any]) -> BackMsg:
        """Make the message by which a component says something once."""
        message = self._of_fragment(component)
        # Streamlit's name for a component's events (1.67, `_make_trigger_id`).
        name = f"$$STREAMLIT_INTERNAL_KEY_{self._found[component][0]}__events"
        message.rerun_script.widget_states.widgets.add(
            id=name, json_trigger_value=json.dumps([event])
        )
        return message

    def _message(self) -> BackMsg:
        message = BackMsg()
        context = message.rerun_script.context_info
        context.timezone, context.timezone_offset, context.locale = "UTC", 0, "en-US"
        context.url, context.is_embedded, context.color_scheme = f"{self.url}/", False, "light"
        return message

    async def _rerun(self, request: BackMsg, pause: float = 0.0) -> Answer:
        code, faults, file = None, [], b""
        began = time.perf_counter()
        await self._socket.send(request.SerializeToString())
        await asyncio.sleep(pause)
        while True:
            message = ForwardMsg.FromString(await self._socket.recv())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._session = message.new_session.initialize.session_id
            elif kind == "navigation":
                self._page = message.navigation.page_script_hash
                self._pages = {
                    page.url_pathname: page.page_script_hash
                    for page in message.navigation.app_pages
                }
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                faults += _faults(element)
                if answered := ANSWER.search(element.html.body):
                    code = _code(answered[1])
                if _component(element) == PART:
                    part = element.bidi_component.bytes
                    file += part[4 + int.from_bytes(part[:4], "little") :]
                self._learn(element, message.delta.fragment_id)
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue  # a callback asked for another fragment: its run is the answer
                if message.script_finished not in _FINISHED:
                    faults.append(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
                return Answer(time.perf_counter() - began, code, tuple(faults), file)

    def _learn(self, element: Element, fragment: str) -> None:
        """Keep the widgets' states, as a browser does, and where the components are."""
        if component := _component(element):
            self._found[component] = element.bidi_component.id, fragment
        elif element.WhichOneof("type") == "file_uploader":
            self._uploader = element.file_uploader.id
        for state in _states(element):
            # A choice comes with its value once; later it is the browser that knows it.
            known = element.button_group.id in self._widgets and not element.button_group.set_value
            if not known:
                self._widgets[state.id] = state


def _put(server: str, path: str, raw: bytes) -> None:
    """Upload a file as a browser does: with the token that the health check gave."""
    with urllib.request.urlopen(f"{server}/_stcore/health") as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    mark = b"--gargalo"
    head = b'Content-Disposition: form-data; name="file"; filename="mine.safetensors"'
    body = b"\r\n".join([mark, head, b"", raw, mark + b"--", b""])
    headers = {
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2],
        "Content-Type": "multipart/form-data; boundary=gargalo",
    }
    request = urllib.request.Request(f"{server}{path}", body, headers, method="PUT")
    urllib.request.urlopen(request).close()


def _component(element: Element) -> str:
    return element.bidi_component.component_name


def _code(answer: str) -> np.ndarray | None:
    """Read the bars' heights out of what the answer hands on to them."""
    codes = json.loads(unescape(answer))["codes"]
    return np.array(next(iter(codes.values())), np.float32) if codes else None


def _faults(element: Element) -> Iterator[str]:
    kind = element.WhichOneof("type")
    if kind == "exception":
        yield element.exception.message or element.exception.type
    elif kind == "alert":
        yield element.alert.body


def _states(element: Element) -> Iterator[WidgetState]:
    """The state that a browser reports of the widgets that Gargalo has beside its canvas."""
    kind = element.WhichOneof("type")
    if kind == "checkbox":
        yield WidgetState(id=element.checkbox.id, bool_value=element.checkbox.default)
    elif kind == "slider":
        slider = element.slider
        state = WidgetState(id=slider.id)
        state.double_array_value.data.extend(slider.value if slider.set_value else slider.default)
        yield state
    elif kind == "button_group":
        group = element.button_group
        state = WidgetState(id=group.id)
        state.string_array_value.data.extend(group.raw_values)
        yield state
