"""A room of three hundred phones: how soon is a drawing at the projector, and who else feels it?

Each phone joins over the hub's WebSocket and sends a drawing every few seconds; one projector
watches. The time runs from the sending to the projector's reading. Every drawing that was sent must
arrive there, under its own phone. Beside it a visitor of the Draw page draws once a second, while
the phones are silent and while they send, by turns. The server's share is of both together.

For the ratio, the same room as one would write it first: `_room_page.py`, in which each phone and
the projector is a Streamlit session.

`--url http://127.0.0.1:8080` measures a server that runs already, such as several processes behind
a proxy, and nothing beside it; `--pid` says whose processor time counts then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import websockets
from _client import Visitor
from _report import Row, count, median, p95, parser, publish_grid, run, say
from _server import ROOT, App, MeasurementError, serve
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.WidgetStates_pb2 import WidgetState

import ae
from ui import strokes

OURS = App("Gargalo with its hub", ROOT / "asgi.py")
SESSIONS = App("Streamlit sessions", Path(__file__).with_name("_room_page.py"))
SOON, SOON_BY_PROXY = 150, 200  # ms: the 95th percentile
SHARE, RATIO = 25, 1.2  # % of one core; the Draw visitor's median with the room to that without
TURNS = 6  # so that what else the machine does weighs on both alike
IMPORTS = 8.0  # seconds that the Draw visitor's process has to start
REST = 5.0  # seconds after the last drawing, in which all must have arrived
TICK = 0.5  # seconds between two looks of the projector that is a Streamlit session

DRAWINGS = [ae.strokes.encode_strokes(drawn, 1) for drawn in ae.samples.SAMPLES.values()]

Cpu = Callable[[], float]


@dataclass
class Seen:
    """What was sent, and what came to the projector: (phone, which one) -> when."""

    sent: dict[tuple[int, int], float] = field(default_factory=dict)
    came: dict[tuple[int, int], float] = field(default_factory=dict)
    cpu: float = 0.0  # seconds of the server's processor time meanwhile
    cpu_at_rest: float = 0.0  # the same while the phones were silent, for as long
    seconds: float = 0.0
    received: int = 0  # bytes, by the projector
    alone: list[float] = field(default_factory=list)  # seconds until a Draw visitor's answer
    beside: list[float] = field(default_factory=list)
    joining: float = 0.0  # seconds until all phones were in

    @property
    def cpu_per_drawing(self) -> float:
        """Seconds, without what the Draw visitor takes."""
        return (self.cpu - self.cpu_at_rest) / len(self.came) if self.cpu else float("nan")

    def rows(self, soon: int, share: int | None) -> list[Row]:
        """Write what was seen."""
        times = [1e3 * (self.came[one] - self.sent[one]) for one in self.sent.keys() & self.came]
        if not times:
            raise MeasurementError("nothing came to the projector")
        ratio = median(self.beside) / median(self.alone) if self.alone else float("nan")
        cpu = self.cpu or float("nan")  # nobody said whose it is
        return [
            Row("p50", median(times)),
            Row("p95", p95(times), target=soon),
            Row("lost", len(self.sent) - len(times), unit="", target=0),
            Row("server's share of a core", 100 * cpu / self.seconds, unit="%", target=share),
            Row("its CPU per drawing", 1e3 * self.cpu_per_drawing, digits=2),
            Row("to the projector per drawing", self.received / len(times), unit="bytes"),
            Row("a Draw visitor waits", ratio, unit="×", target=RATIO, digits=2),
        ]


def main() -> None:
    arguments = _arguments()
    grid = {}
    notes = []
    if arguments.url:
        seen = asyncio.run(_measure(arguments.url, _cpu_of(arguments.pid), arguments))
        grid[f"{arguments.phones} phones"] = seen.rows(SOON_BY_PROXY, None)
        notes.append(_note(seen, arguments))
    else:
        with _served(OURS) as (url, cpu):
            seen = asyncio.run(_measure(url, cpu, arguments))
        grid[f"the hub, {arguments.phones} phones"] = seen.rows(SOON, SHARE)
        notes.append(_note(seen, arguments))
        if arguments.sessions:
            with _served(SESSIONS) as (url, cpu):
                theirs = asyncio.run(_measure_sessions(url, cpu, arguments))
            grid[f"Streamlit sessions, {arguments.sessions} phones"] = theirs.rows(SOON, SHARE)
            ratio = theirs.cpu_per_drawing / seen.cpu_per_drawing
            notes.append(
                f"For each drawing a room of Streamlit sessions takes {ratio:.0f} times the"
                f" processor time, with a projector that looks every {TICK:g} s; each look sends"
                " the whole wall, so the rest grows with the square of the phones."
            )
    publish_grid("room", grid, notes, markdown=arguments.markdown)


def _arguments() -> argparse.Namespace:
    options = parser(__doc__, keras=False)
    options.add_argument("--phones", type=count, default=300, help="in the room (default: 300)")
    options.add_argument("--seconds", type=count, default=60, help="of drawing (default: 60)")
    options.add_argument("--every", type=float, default=3.0, help="seconds a drawing (default: 3)")
    options.add_argument(
        "--sessions",
        type=int,
        default=30,
        help="phones that are Streamlit sessions, 0 for none (default: 30)",
    )
    options.add_argument("--url", help="of a server that runs already")
    options.add_argument("--pid", type=int, action="append", default=[], help="of its processes")
    arguments = options.parse_args()
    if not 0.6 <= arguments.every <= 60:
        options.error(f"got --every {arguments.every}, expected 0.6 to 60 seconds")
    if arguments.pid and not arguments.url:
        options.error("got --pid without --url")
    return arguments


def _note(seen: Seen, arguments: argparse.Namespace) -> str:
    text = (
        f"{arguments.phones} phones joined within {seen.joining:.1f} s, and each sent every"
        f" {arguments.every:g} s for {arguments.seconds} s: {len(seen.sent):,} drawings."
    )
    if seen.alone:
        text += (
            f" The Draw visitor waited {1e3 * median(seen.alone):.0f} ms (median of"
            f" {len(seen.alone)}) while they were silent, {1e3 * median(seen.beside):.0f} ms (of"
            f" {len(seen.beside)}) while they sent."
        )
    return text


@contextmanager
def _served(app: App) -> Iterator[tuple[str, Cpu]]:
    say(f"{app.title}: starting")
    with serve(app) as server:
        yield server.url, server.cpu
        if complaints := server.complaints():
            raise MeasurementError(f"the server's log says: {complaints[0]}")


def _cpu_of(pids: list[int]) -> Cpu:
    processes = [psutil.Process(pid) for pid in pids]
    return lambda: sum(p.cpu_times().user + p.cpu_times().system for p in processes)


async def _measure(url: str, cpu: Cpu, arguments: argparse.Namespace) -> Seen:
    """Let the phones be silent and send by turns, while a Draw visitor draws all the time."""
    seen = Seen()
    async with _connected(url) as projector:
        await projector.send(json.dumps({"say": "open", "model": "shallow"}))
        room = json.loads(await projector.recv())[0]["room"]
        looking = asyncio.create_task(_look(projector, seen))
        say(f"{arguments.phones} phones join")
        began = time.perf_counter()
        phones = await asyncio.gather(*(_join(url, room) for _ in range(arguments.phones)))
        seen.joining = time.perf_counter() - began

        length = arguments.seconds / TURNS
        say(f"They are silent and draw by turns, {TURNS} times {length:g} s each")
        # In this process the visitor would wait for the phones already on the way to the server.
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            begins = time.perf_counter() + IMPORTS
            turns = [begins + (2 * i + 1) * length for i in range(TURNS)]
            visiting = asyncio.get_running_loop().run_in_executor(
                apart, _visit, url, begins, turns[-1] + length
            )
            for turn in turns:
                await asyncio.sleep(turn - length - time.perf_counter())
                used = cpu()
                await asyncio.sleep(turn - time.perf_counter())
                seen.cpu_at_rest += cpu() - used
                used = cpu()
                step = arguments.every / len(phones)
                await asyncio.gather(
                    *(
                        phone.send(seen, turn + i * step, length, arguments.every)
                        for i, phone in enumerate(phones)
                    )
                )
                seen.cpu += cpu() - used
                seen.seconds += time.perf_counter() - turn
                await _rest(seen)
            for at, seconds in await visiting:
                is_beside = any(turn <= at < turn + length for turn in turns)
                (seen.beside if is_beside else seen.alone).append(seconds)
        looking.cancel()
        await asyncio.gather(*(phone.connection.close() for phone in phones))
    return seen


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[websockets.ClientConnection]:
    connection = await _connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _connect(url: str) -> websockets.ClientConnection:
    return await websockets.connect(
        f"{url.replace('http', 'ws', 1).rstrip('/')}/join/socket",
        origin=websockets.Origin(url.rstrip("/")),
        max_queue=None,
        proxy=None,
    )


@dataclass
class Phone:
    """A phone that is in the room."""

    connection: websockets.ClientConnection
    id: int
    seq: int = 0  # of what it sent last

    async def send(self, seen: Seen, due: float, length: float, every: float) -> None:
        """Send a drawing every so often, and wait each time until it has been taken."""
        until = due + length
        while due < until:
            await asyncio.sleep(max(0, due - time.perf_counter()))
            self.seq += 1
            strokes = DRAWINGS[(self.id + self.seq) % len(DRAWINGS)]
            seen.sent[self.id, self.seq] = time.perf_counter()
            await self.connection.send(json.dumps({"say": "draw", "strokes": strokes}))
            while {"say": "drawn", "seq": self.seq} not in json.loads(await self.connection.recv()):
                pass
            due += every


async def _join(url: str, room: str) -> Phone:
    connection = await _connect(url)
    await connection.send(json.dumps({"say": "join", "room": room, "lang": "en"}))
    for message in json.loads(await connection.recv()):
        if message["say"] == "joined":
            return Phone(connection, message["id"])
    raise MeasurementError("a phone was not let in")


async def _look(projector: websockets.ClientConnection, seen: Seen) -> None:
    """Note when each drawing comes to the projector, and that it is its phone's."""
    async for frame in projector:
        now = time.perf_counter()
        for message in json.loads(frame):
            if message["say"] == "digit":
                seen.received += len(json.dumps(message, separators=(",", ":")))
                one = message["id"], message["seq"]
                if message["strokes"] != DRAWINGS[sum(one) % len(DRAWINGS)]:
                    raise MeasurementError("a drawing came under another phone's name")
                seen.came.setdefault(one, now)


async def _rest(seen: Seen) -> None:
    """Wait for what is still on its way."""
    ends = time.perf_counter() + REST
    while seen.sent.keys() - seen.came and time.perf_counter() < ends:
        await asyncio.sleep(0.05)


def _visit(url: str, begins: float, ends: float) -> list[tuple[float, float]]:
    """Be a visitor of the Draw page who draws once a second; gives when, and how long it took."""

    async def visit() -> list[tuple[float, float]]:
        visitor, times = Visitor(url), []
        await visitor.open()
        await visitor.draw(_objects(0))  # the first one pays for the imports
        due = begins
        while due < ends:
            await asyncio.sleep(max(0, due - time.perf_counter()))
            at = time.perf_counter()
            answer = await visitor.draw(_objects(len(times) + 1))
            if answer.faults:
                raise MeasurementError(f"the Draw visitor met with: {answer.faults[0]}")
            times.append((at, answer.seconds))
            due += 1
        await visitor.close()
        return times

    return asyncio.run(visit())


def _objects(turn: int) -> list[dict[str, Any]]:
    """Give a drawing as the canvas sends it."""
    samples = list(ae.samples.SAMPLES.values())
    drawn = [(stroke * strokes.SIDE).round(2).tolist() for stroke in samples[turn % len(samples)]]
    return strokes.to_fabric([tuple((x, y) for x, y in stroke) for stroke in drawn])


# The same room as Streamlit sessions


@dataclass
class Session(Visitor):
    """A phone or the projector of `_room_page.py`."""

    box: str = field(default="", init=False)
    wall: str = field(default="", init=False)
    size: int = field(default=0, init=False)  # bytes of what the wall said the last time

    async def enter(self, query: str) -> None:
        """Open the page, as who the query says."""
        await self.connect()
        message = self._message()
        message.rerun_script.query_string = query
        await self._rerun(message)
        self._query = query

    async def write(self, text: str) -> None:
        """Write into the box, and wait until it has been taken."""
        message = self._message()
        message.rerun_script.query_string = self._query
        message.rerun_script.widget_states.widgets.add(id=self.box, string_value=text)
        await self._rerun(message)

    async def look(self) -> str:
        """Run the wall's fragment, as the browser does every so often; gives what it says."""
        message = self._message()
        message.rerun_script.query_string = self._query
        message.rerun_script.fragment_id = self._found["wall"][1]
        message.rerun_script.is_auto_rerun = True
        await self._rerun(message)
        return self.wall

    def _learn(self, element: Element, fragment: str) -> None:
        if element.WhichOneof("type") == "text_area":
            self.box = element.text_area.id
            self._widgets[self.box] = WidgetState(id=self.box)
        elif element.WhichOneof("type") == "text":
            self.wall, self.size = element.text.body, element.ByteSize()
            self._found["wall"] = "", fragment


async def _measure_sessions(url: str, cpu: Cpu, arguments: argparse.Namespace) -> Seen:
    seen = Seen()
    projector = Session(url)
    await projector.enter("wall=1")
    say(f"{arguments.sessions} sessions open")
    phones = [Session(url) for _ in range(arguments.sessions)]
    began = time.perf_counter()
    await asyncio.gather(*(phone.enter(f"phone={id}") for id, phone in enumerate(phones)))
    seen.joining = time.perf_counter() - began

    async def look() -> None:
        while True:
            due = time.perf_counter() + TICK
            wall = json.loads(await projector.look())
            now = time.perf_counter()
            seen.received += projector.size
            for id, (seq, _strokes) in wall.items():
                seen.came.setdefault((int(id), seq), now)
            await asyncio.sleep(max(0, due - time.perf_counter()))

    async def send(id: int, phone: Session) -> None:
        due, seq = began + id * arguments.every / len(phones), 0
        while due < until:
            await asyncio.sleep(max(0, due - time.perf_counter()))
            seq += 1
            text = json.dumps([seq, DRAWINGS[(id + seq) % len(DRAWINGS)]])
            seen.sent[id, seq] = time.perf_counter()
            await phone.write(text)
            due += arguments.every

    say(f"They draw for {arguments.seconds} s")
    used, began = cpu(), time.perf_counter()
    until = began + arguments.seconds
    looking = asyncio.create_task(look())
    await asyncio.gather(*(send(id, phone) for id, phone in enumerate(phones)))
    seen.cpu, seen.seconds = cpu() - used, time.perf_counter() - began
    await _rest(seen)
    looking.cancel()
    for session in (projector, *phones):
        await session.close()
    return seen


if __name__ == "__main__":
    run(main)
