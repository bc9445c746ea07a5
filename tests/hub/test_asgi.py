"""The app and the hub in one server, as `make run` starts them, and the app without the hub."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import urllib3

from hub import weights
from tests.conftest import ROOT, free_port, serve
from tests.hub.talk import DRAWINGS, browser, joined, opened
from ui import models
from ui.state import Visit

# Where the server's own page is meant, whatever else is there: what Streamlit answers to anything.
SPA = b"You need to enable JavaScript to run this app."


@pytest.fixture(scope="module", params=["", "below/here"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    with serve("hub", "asgi.py", base=request.param) as url:
        yield url


def get(url: str, **headers: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, headers=headers, redirect=False, decode_content=False)


@pytest.mark.parametrize(
    "path",
    ["/join", "/join/", "/join/ABC234", "/JOIN/ABC234", "/JOIN", "/join/no/room", "/moderate"],
)
def test_a_page_of_the_hub_s(address: str, path: str) -> None:
    answer = get(address + path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert SPA not in answer.data


@pytest.mark.parametrize("path", ["/", "/compare", "/joined"])
def test_all_else_is_streamlit_s(address: str, path: str) -> None:
    assert SPA in get(address + path).data


def test_the_settings_of_the_app_are_the_server_s(address: str) -> None:
    script = get(f"{address}/app/static/strokes.js")
    assert script.status == 200 and b"export" in gzip_or(script)
    assert get(f"{address}/_stcore/health").data == b"ok"


def gzip_or(answer: urllib3.BaseHTTPResponse) -> bytes:
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.data) if packed else answer.data


@pytest.mark.parametrize("name", weights.MODELS)
def test_a_model_s_weights(address: str, name: str) -> None:
    content = models.weights(name, Visit())
    version = content[:16].decode()
    url = f"{address}/join/model/{name}"
    plain, packed = get(url), get(f"{url}?v={version}", **{"Accept-Encoding": "gzip"})
    assert plain.data == content and "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip" and gzip_or(packed) == content
    assert len(packed.data) < len(content)
    assert packed.headers["X-Length"] == str(len(content))  # by which a phone shows its progress
    # Under a name that says what it is, it stays for ever; under another, it is asked about.
    assert "immutable" in packed.headers["Cache-Control"]
    assert plain.headers["Cache-Control"] == "no-cache"
    assert get(f"{url}?v=0123456789abcdef").headers["Cache-Control"] == "no-cache"
    again = get(url, **{"If-None-Match": packed.headers["ETag"]})
    assert again.status == 304 and not again.data
    assert get(url, **{"If-None-Match": '"0123456789abcdef"'}).status == 200


@pytest.mark.parametrize(
    "name", ["own", "wide", "nothing", "..%2F..%2Fapp", "deep.safetensors", "x" * 500]
)
def test_what_is_no_model_has_no_weights(address: str, name: str) -> None:
    assert get(f"{address}/join/model/{name}").status in (400, 404)


def test_a_room_is_played(address: str) -> None:
    async def run() -> None:
        site = re.match(r"http://[^/]+", address)
        assert site
        async with browser(address, site[0]) as speaker, browser(address, site[0]) as phone:
            room = await opened(speaker)
            await joined(phone, room["room"])
            await phone.draw(DRAWINGS[0])
            await speaker.hear("digit", strokes=DRAWINGS[0])
            await speaker.say("close")
            assert await phone.closed() == 1000

    asyncio.run(run())


@pytest.mark.parametrize(
    "command",
    [
        ["streamlit", "run", "asgi.py", "--server.headless", "true", "--server.port"],
        ["uvicorn", "asgi:app", "--port"],
    ],
    ids=["streamlit", "uvicorn"],
)
def test_it_stops_with_open_sockets(command: list[str], tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, str(port)],
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none"},
        )

    async def run() -> float:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                async with browser(url) as speaker, AsyncExitStack() as stack:
                    code = (await opened(speaker))["room"]
                    for i in range(50):
                        socket = await stack.enter_async_context(browser(url))
                        if i % 2:
                            await joined(socket, code)
                    stops = time.monotonic()
                    process.send_signal(signal.SIGTERM)
                    await asyncio.to_thread(process.wait, 20)
                    return time.monotonic() - stops
            except OSError:
                await asyncio.sleep(0.1)
        raise AssertionError("the server did not start")

    try:
        assert asyncio.run(run()) < 5
    finally:
        process.kill()
    assert "Traceback" not in log.read_text()


def test_without_the_hub_the_app_is_what_it_was() -> None:
    """As on Community Cloud, which starts app.py: what asks for the hub is told by the type."""
    with serve("plain", "app.py") as url:
        for path in ("/join", "/join/ABC234", "/moderate", "/"):
            assert SPA in get(url + path).data
        model = get(f"{url}/join/model/deep")
        assert model.headers["Content-Type"].startswith("text/html")
