"""`make cluster`: two processes behind HAProxy, which lose neither a drawing nor a room."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

import ae
from deploy.cluster import HERE, ClusterError, Plan, free_row, program, serving
from tests.browser.test_draw import ONE, bars, button, draw, expect_bars, sample
from tests.conftest import ROOT, wait_run, watched_page


class Cluster:
    """A cluster that runs, as its own words tell."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    def pids(self) -> dict[str, int]:
        """Give each part's process, the newest one."""
        found = (re.match(r"  (\w+): process (\d+)", line) for line in self.said)
        return {match[1]: int(match[2]) for match in found if match}

    def wait_for(self, name: str, *, instead_of: int = 0) -> None:
        for _ in range(600):
            assert self.process.poll() is None, self.said
            if self.pids().get(name, instead_of) != instead_of:
                return
            time.sleep(0.1)
        pytest.fail(f"{name} is not there: {self.said}")

    @contextmanager
    def killed(self, name: str) -> Iterator[None]:
        """Kill a part; when the block has been left, it has been started again."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        yield
        self.wait_for(name, instead_of=pid)


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "deploy.cluster", "--processes", "2", "--port", str(port)]


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    for name in ("haproxy", "redis-server"):
        try:
            program(name)
        except ClusterError as fault:
            pytest.skip(str(fault))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    port = free_row(3)
    with subprocess.Popen(command(port), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        cluster = Cluster(process, f"http://{HERE}:{port}")
        try:
            cluster.wait_for("haproxy")
            yield cluster
        finally:
            process.terminate()


def home(context: BrowserContext) -> str:
    """The process that a browser's cookie names."""
    (name,) = (cookie["value"] for cookie in context.cookies() if cookie["name"] == "GARGALO")
    return str(name)


def test_pictures_and_uploads_find_the_process_that_has_them(
    browser: Browser, tmp_path: Path
) -> None:
    upload = tmp_path / "upload.bin"
    upload.write_bytes(bytes(12_345))
    plan = Plan(port=free_row(3), script=Path(__file__).with_name("cluster_app.py"))
    homes = []
    with serving(plan):
        for _ in range(4):
            with watched_page(browser) as page:
                page.goto(plan.url)
                picture = page.get_by_test_id("stImage").locator("img")
                expect(picture).to_have_js_property("naturalWidth", 40)
                assert "/media/" in str(picture.get_attribute("src"))
                page.locator("input[type=file]").set_input_files(upload)
                expect(page.get_by_text("12345 bytes")).to_be_visible()
                homes.append(home(page.context))
    assert sorted(set(homes)) == ["p1", "p2"]


def wait_for_bars(page: Page) -> None:
    page.locator(".code-bars[data-revision]").wait_for()  # a process's first visitor waits longer
    wait_run(page)


def test_who_loses_their_process_keeps_the_drawing(browser: Browser, cluster: Cluster) -> None:
    with watched_page(browser) as victim, watched_page(browser) as other:
        for page in (victim, other):
            page.goto(f"{cluster.url}/?lang=en")
            wait_for_bars(page)
            sample(page, 3)
            draw(page, ONE)
        lost = home(victim.context)
        assert {lost, home(other.context)} == {"p1", "p2"}
        before = bars(victim)
        with cluster.killed(lost):
            toast = victim.get_by_test_id("stToast")
            expect(toast).to_contain_text("What was on your canvas is here", timeout=30_000)
            expect(toast).to_have_count(1)
            wait_run(victim)
            expect_bars(victim, before)
            draw(victim, ONE[::-1])
            button(victim, "Undo").click()
            expect_bars(victim, before)
        victim.reload()
        wait_for_bars(victim)
        expect_bars(victim, before, tolerance=0.05)  # the strokes in the address are simplified
        draw(other, ONE[::-1])
        expect(other.get_by_test_id("stToast")).to_have_count(0)


class Guest:
    """A phone or a projector."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def say(self, say: str, **fields: Any) -> None:
        self._socket.send(json.dumps({"say": say} | fields))

    def hear(self, say: str, **fields: Any) -> dict[str, Any]:
        """Wait until this is said, whatever is said before."""
        wanted = {"say": say} | fields
        while True:
            for message in json.loads(self._socket.recv(timeout=15)):
                if message.items() >= wanted.items():
                    return message

    def close(self) -> None:
        self._socket.close()

    def is_cut_off(self) -> bool:
        """Wait until the connection is broken; False if it is not."""
        try:
            while True:
                self._socket.recv(timeout=5)
        except TimeoutError:
            return False
        except ConnectionClosed:
            return True


Welcome = Callable[[str], Guest]


@pytest.fixture
def guest(cluster: Cluster) -> Iterator[Welcome]:
    """Let somebody in, at this process; they leave when the test ends."""
    with ExitStack() as stack:

        def welcome(process: str) -> Guest:
            connection = connect(
                f"{cluster.url.replace('http', 'ws', 1)}/join/socket",
                origin=Origin(cluster.url),
                additional_headers={"Cookie": f"GARGALO={process}"},
            )
            return Guest(stack.enter_context(connection))

        yield welcome


DOWN, UP = (ae.strokes.encode_strokes([line], ae.strokes.CANVAS) for line in (ONE, ONE[::-1]))


def test_a_room_is_one_room_across_processes(cluster: Cluster, guest: Welcome) -> None:
    projector, phone = guest("p2"), guest("p1")
    projector.say("open", model="shallow")
    room = projector.hear("opened")["room"]
    phone.say("join", room=room, lang="pt")
    joined = phone.hear("joined")
    projector.hear("people", here=1)
    phone.say("draw", strokes=DOWN)
    projector.hear("digit", id=joined["id"], name=joined["name"], strokes=DOWN)
    projector.say("set", model="deep")
    phone.hear("settings", model="deep")

    with cluster.killed("p1"):
        assert phone.is_cut_off()
        # At once: nobody else has noticed yet that its process is gone.
        phone = guest("p1")
        phone.say("join", room=room, lang="pt", me=joined["me"])
        again = phone.hear("joined")
        assert again == joined | {"seq": 1, "strokes": DOWN}
        phone.say("draw", strokes=UP)
        projector.hear("digit", id=joined["id"], seq=2, strokes=UP)


def test_a_restarted_redis_loses_no_room(cluster: Cluster, guest: Welcome) -> None:
    projector, phone = guest("p1"), guest("p2")
    projector.say("open", model="shallow")
    opened = projector.hear("opened")
    phone.say("join", room=opened["room"], lang="en")
    me = phone.hear("joined")["me"]
    phone.say("draw", strokes=DOWN)
    id = projector.hear("digit")["id"]
    # Another one, in which nobody is while it happens: no process could write it anew.
    alone = guest("p1")
    alone.say("open", model="vae")
    left = alone.hear("opened")
    alone.close()

    with cluster.killed("redis"):
        projector.hear("fault", why="away")
    projector.hear("digit", id=id, strokes=DOWN)
    phone.say("draw", strokes=UP)
    projector.hear("digit", id=id, seq=2, strokes=UP)
    again, moderator = guest("p1"), guest("p2")
    again.say("join", room=opened["room"], lang="en", me=me)
    assert again.hear("joined")["strokes"] == UP
    moderator.say("watch", room=left["room"], token=left["moderator"])
    assert moderator.hear("settings")["model"] == "vae"


@pytest.mark.parametrize(
    ("path", "status", "cookie", "coding"),
    [
        ("/", 200, "GARGALO", "gzip"),
        ("/join", 200, None, "gzip"),
        ("/app/static/latent.js", 200, None, "gzip"),
        ("/_stcore/metrics", 404, None, None),
    ],
)
def test_who_gets_a_cookie_and_what_is_compressed(
    path: str, status: int, cookie: str | None, coding: str | None, cluster: Cluster
) -> None:
    request = Request(cluster.url + path, headers={"Accept-Encoding": "gzip"})
    try:
        with urlopen(request) as answer:
            found, headers = answer.status, answer.headers
    except HTTPError as fault:
        found, headers = fault.code, fault.headers
    assert found == status
    cookies = {str(line).partition("=")[0] for line in headers.get_all("Set-Cookie", [])}
    assert cookies - {"_streamlit_xsrf"} == ({cookie} if cookie else set())
    assert headers["Content-Encoding"] == coding


def test_ctrl_c_ends_all_of_it(cluster: Cluster, guest: Welcome) -> None:
    visitor, pids = guest("p1"), cluster.pids()
    assert set(pids) == {"redis", "p1", "p2", "haproxy"}
    cluster.process.send_signal(signal.SIGINT)
    assert cluster.process.wait(20) == 0
    assert visitor.is_cut_off()
    assert [name for name, pid in pids.items() if psutil.pid_exists(pid)] == []


def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    port = free_row(3)
    with socket() as taken:
        taken.bind((HERE, port + 2))
        taken.listen()
        fault = complaint(port)
    assert fault.startswith(f"{HERE}:{port + 2} cannot be had") and fault.endswith(
        "another --port or --address."
    )
    assert complaint(port, PATH=str(tmp_path)).startswith("redis-server is missing")


def complaint(port: int, **variables: str) -> str:
    """What a cluster says that cannot be."""
    done = subprocess.run(
        command(port), cwd=ROOT, env=os.environ | variables, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line
