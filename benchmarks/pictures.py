"""What is read from pictures as people make them: screenshots, scans and photographs.

600 digits that people wrote with a pen on tablets are rendered under each condition, at a random
size and place, with random light, noise and clutter (one seed per digit and condition), written as
the file that a visitor would upload, and read again. A nearest neighbour over MNIST's training
digits says what is recognised.

    python benchmarks/pictures.py [--against REV] [--digits N] [--only NAME …]
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import math
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

# The project is not installed; and an older one is measured by a process that finds it first.
sys.path.insert(0, os.environ.get("GARGALO_MEASURED", str(Path(__file__).resolve().parent.parent)))

import ae
from ae.drawing import from_image
from ae.images import open_picture

ROOT = Path(__file__).resolve().parent.parent
LARGE = 60  # digits in the one condition whose pictures take seconds to make
TARGET = 0.88


# Strokes on a sheet: a float array (h, w) or (h, w, 3), in [0, 1]


def cover(strokes, rng, size=(640, 640), pen=(0.02, 0.07), share=(0.35, 0.85), margin=0.04):
    """Ink a digit of a random size, place and pen -> its cover (h, w) in [0, 1], and its box."""
    side = min(size)
    thick = rng.uniform(*pen) * side
    room = side * (1 - 2 * margin) - thick
    longest = room * rng.uniform(*share)
    points = np.concatenate(strokes)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    factor = longest / span.max()
    free = np.array(size) - 2 * margin * side - thick - span * factor
    corner = margin * side + thick / 2 + rng.uniform(0, 1, 2) * free
    return ink([(stroke - low) * factor + corner for stroke in strokes], size, thick), (
        *(corner - thick / 2),
        *(corner + span * factor + thick / 2),
    )


def ink(strokes, size, thick):
    """Draw a round pen's lines, twice as fine and reduced."""
    image = Image.new("L", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(float(x) * 2, float(y) * 2) for x, y in stroke]
        draw.line(points, fill=255, width=max(1, round(thick * 2)))
        for x, y in points:
            draw.ellipse((x - thick, y - thick, x + thick, y + thick), fill=255)
    return np.asarray(image.reduce(2), dtype=np.float32) / 255


def grid(shape):
    """Coordinates (y, x) in [0, 1] of the longer side."""
    return np.mgrid[: shape[0], : shape[1]].astype(np.float32) / max(shape)


def light(shape, rng, fall=0.15):
    """Lay a smooth fall of light over a sheet, of at most this share: a factor (h, w)."""
    y, x = grid(shape)
    turn = rng.uniform(0, 2 * math.pi)
    along = (x - 0.5) * math.cos(turn) + (y - 0.5) * math.sin(turn)
    return 1 - rng.uniform(0, fall) * (along + 0.7) ** 2


def lay(sheet, cover, dark):
    """Lay ink of this brightness on the sheet."""
    return sheet * (1 - cover) + dark * cover


def paper(rng, size=(640, 640)):
    return np.full(size[::-1], rng.uniform(0.78, 0.95), np.float32)


def pen_on_paper(strokes, rng, **options):
    on, box = cover(strokes, rng, **options)
    sheet = paper(rng, on.shape[::-1])
    return lay(sheet, on, sheet * rng.uniform(0.1, 0.4)), box


def half_plane(shape, box, rng, outside, soft):
    """Cut the picture by a random line -> share (h, w) beyond it; `outside` misses the box."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    turn = rng.uniform(0, 2 * math.pi)
    along = x * math.cos(turn) + y * math.sin(turn)
    corners = [
        px * math.cos(turn) + py * math.sin(turn)
        for px in (box[0], box[2])
        for py in (box[1], box[3])
    ]
    low, high = min(corners), max(corners)
    edge = high + 8 + soft if outside else rng.uniform(low, high)
    return np.clip((along - edge) / max(soft, 0.5) + 0.5, 0, 1)


# Files


def as_image(x):
    return Image.fromarray(np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8))


def png(image, **options):
    raw = io.BytesIO()
    image.save(raw, "PNG", compress_level=1, **options)
    return raw.getvalue()


def jpeg(image, quality=85, **options):
    raw = io.BytesIO()
    image.convert("RGB").save(raw, "JPEG", quality=quality, **options)
    return raw.getvalue()


def photograph(x, rng, quality=None, noise=0.02):
    """Put a scene through a lens, a sensor and a JPEG."""
    fall = light(x.shape[:2], rng)
    x = x * (fall[..., None] if x.ndim == 3 else fall)
    blurred = as_image(x).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    x = np.asarray(blurred, np.float32) / 255
    x = x + rng.normal(0, rng.uniform(0.003, noise), x.shape)
    return jpeg(as_image(x), int(rng.integers(60, 92)) if quality is None else quality)


# Conditions: strokes and a random generator -> a file's bytes


def clean(strokes, rng):
    return png(as_image(pen_on_paper(strokes, rng)[0]))


def hairline_frame(strokes, rng):
    image = as_image(pen_on_paper(strokes, rng)[0])
    return png(ImageOps.expand(image, int(rng.integers(1, 4)), int(rng.integers(0, 100))))


def thick_frame(strokes, rng):
    image = as_image(pen_on_paper(strokes, rng)[0])
    return png(ImageOps.expand(image, int(rng.integers(20, 120)), int(rng.integers(0, 80))))


def letterbox(strokes, rng):
    image = as_image(pen_on_paper(strokes, rng)[0])
    sides = [int(side) for side in rng.integers(15, 120, 4) * rng.permutation([1, 0, 0, 1])]
    return jpeg(ImageOps.expand(image, tuple(sides), int(rng.integers(0, 40))))


def canvas_with_margin(strokes, rng):
    on, _ = cover(strokes, rng, (280, 280), pen=(0.06, 0.08))
    image = ImageOps.expand(as_image(on), int(rng.integers(4, 25)), 251)
    if rng.random() < 0.5:
        image = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    return png(image)


def opaque_alpha(strokes, rng):
    """Keep alpha that says nothing, or that cuts the corners."""
    sheet, _ = pen_on_paper(strokes, rng, share=(0.2, 0.6), pen=(0.008, 0.04), margin=0.12)
    image = as_image(sheet).convert("RGBA")
    if rng.random() < 0.7:
        mask = Image.new("L", image.size, 0)
        radius = int(rng.integers(10, 100))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, 639, 639), radius, fill=255)
        image.putalpha(mask)
    return png(image)


def sticker(strokes, rng):
    """Stick opaque paper on a transparent picture."""
    image = Image.new("RGBA", (900, 900), (0, 0, 0, 0))
    sheet = as_image(pen_on_paper(strokes, rng, size=(400, 400))[0]).convert("RGBA")
    image.paste(sheet, tuple(int(v) for v in rng.integers(0, 500, 2)))
    return png(image)


def cut_out(strokes, rng):
    """Cut the digit itself out, shaded."""
    on, _ = cover(strokes, rng)
    grey = as_image(light(on.shape, rng, 0.5) * rng.uniform(0.2, 1)).convert("RGBA")
    grey.putalpha(as_image(on))
    return png(grey)


def shadow(share):
    def condition(strokes, rng):
        sheet, box = pen_on_paper(strokes, rng)
        beyond = half_plane(sheet.shape, box, rng, rng.random() < 0.5, rng.uniform(0.5, 40))
        return photograph(sheet * (1 - share * beyond), rng)

    condition.__name__ = f"shadow_{share * 100:.0f}"
    return condition


def table(strokes, rng):
    """Lay the sheet askew on a table that is darker, and has a grain."""
    sheet, box = pen_on_paper(strokes, rng, share=(0.3, 0.6), margin=0.15)
    y, _ = np.mgrid[:640, :640]
    grain = rng.uniform(0.15, 0.5) + 0.03 * np.sin(y / rng.uniform(3, 20))
    for _ in range(int(rng.integers(1, 4))):
        beyond = half_plane(sheet.shape, box, rng, True, rng.uniform(1, 3))
        sheet = sheet * (1 - beyond) + grain * beyond
    return photograph(sheet, rng)


def thumb(strokes, rng):
    sheet, box = pen_on_paper(strokes, rng, share=(0.3, 0.6))
    mask = Image.new("L", (640, 640))
    draw = ImageDraw.Draw(mask)
    # From the corner that is farthest from the digit.
    right, down = (box[0] + box[2]) / 2 < 320, (box[1] + box[3]) / 2 < 320
    length = min(220, (640 - box[2] if right else box[0]) * 1.1 + 40)
    wide = rng.uniform(60, 110)
    end = np.array([640 - length if right else length, rng.uniform(40, 180)])
    if down:
        end[1] = 640 - end[1]
    start = np.array([700 if right else -60, end[1] + rng.uniform(-60, 60)])
    draw.line([tuple(start), tuple(end)], fill=255, width=int(wide))
    draw.ellipse((*(end - wide / 2), *(end + wide / 2)), fill=255)
    on = np.asarray(mask.filter(ImageFilter.GaussianBlur(2)), np.float32) / 255
    on[int(box[1]) - 6 : int(box[3]) + 6, int(box[0]) - 6 : int(box[2]) + 6] = 0
    return photograph(lay(sheet, on, rng.uniform(0.35, 0.7)), rng)


def glare(strokes, rng):
    sheet, _ = pen_on_paper(strokes, rng)
    y, x = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    far = np.hypot(x - rng.uniform(0, 640), y - rng.uniform(0, 640)) / rng.uniform(60, 200)
    return photograph(sheet + rng.uniform(0.2, 0.5) * np.exp(-(far**2)), rng)


def lines(sheet, rng, upright, step, dark, wide, tilt):
    """Rule a sheet from edge to edge."""
    y, x = np.mgrid[: sheet.shape[0], : sheet.shape[1]].astype(np.float32)
    across = (x - tilt * y) if upright else (y - tilt * x)
    off = np.abs((across + rng.uniform(0, step)) % step - step / 2)
    return sheet * (1 - (1 - dark) * np.clip(wide / 2 + 0.5 - off, 0, 1))


def rules(rng, strongest=0.65):
    """Draw the lines' share of the light, width in pixels and slope."""
    tilt = math.tan(math.radians(rng.uniform(-3, 3)))
    return rng.uniform(1 - strongest, 0.75), rng.uniform(1.5, 3), tilt


def ruled(strokes, rng):
    on, _ = cover(strokes, rng, pen=(0.012, 0.03))
    sheet = paper(rng)
    sheet = lines(sheet, rng, False, rng.uniform(60, 130), *rules(rng))
    return photograph(lay(sheet, on, sheet.max() * rng.uniform(0.1, 0.25)), rng, noise=0.01)


def squared(strokes, rng):
    on, _ = cover(strokes, rng, pen=(0.012, 0.03))
    sheet, step, (dark, wide, tilt) = paper(rng), rng.uniform(40, 90), rules(rng)
    sheet = lines(sheet, rng, False, step, dark, wide, tilt)
    sheet = lines(sheet, rng, True, step, dark, wide, -tilt)
    return photograph(lay(sheet, on, sheet.max() * rng.uniform(0.1, 0.25)), rng, noise=0.01)


def margin_and_holes(strokes, rng):
    sheet, box = pen_on_paper(strokes, rng, share=(0.35, 0.6), margin=0.13)
    dark = rng.uniform(0.3, 0.7)
    sheet = np.where(np.abs(np.mgrid[:640, :640][1] - box[0] / 2) < rng.uniform(1, 2), dark, sheet)
    holes = Image.new("L", (640, 640))
    radius = rng.uniform(10, 18)
    for y in (160, 480):
        ImageDraw.Draw(holes).ellipse((6, y - radius, 6 + 2 * radius, y + radius), fill=255)
    return photograph(lay(sheet, np.asarray(holes) / 255, rng.uniform(0.1, 0.4)), rng)


def pencil(strokes, rng):
    on, _ = cover(strokes, rng, pen=(0.006, 0.015))
    grain = as_image(rng.random(on.shape)).filter(ImageFilter.GaussianBlur(1.0))
    grain = np.asarray(grain, np.float32) / 255
    tooth = np.clip((grain - 0.5) * 8 + rng.uniform(0.6, 1), 0.15, 1)
    sheet = paper(rng)
    return photograph(lay(sheet, on * tooth, sheet * rng.uniform(0.5, 0.7)), rng, noise=0.01)


def marker(strokes, rng):
    """Cut a felt-tip's digit out tightly, under light that is not even."""
    on, box = cover(strokes, rng, pen=(0.08, 0.11), share=(0.6, 0.9), margin=0.02)
    left, top, right, bottom = (int(v) for v in box)
    edge = int(rng.integers(4, 16))
    on = on[max(0, top - edge) : bottom + edge, max(0, left - edge) : right + edge]
    sheet = paper(rng, on.shape[::-1])
    return photograph(lay(sheet, on, sheet * rng.uniform(0.1, 0.4)), rng)


def equal_grey(strokes, rng):
    """Write in a colour on a colour that is as bright."""
    on, _ = cover(strokes, rng)
    pen, sheet = rng.permutation([(1.0, 0.0, 0.0), (0.0, 0.51, 0.0), (0.299, 0.299, 0.299)])[:2]
    x = lay(sheet[None, None], on[..., None], pen)
    return png(as_image(x + rng.normal(0, 0.01, x.shape)))


def blue_and_red(strokes, rng):
    """Write in blue beside the red margin of a school's notebook."""
    on, box = cover(strokes, rng, margin=0.13)
    x = lay(paper(rng)[..., None], on[..., None], np.array([0.15, 0.25, 0.7]))
    red = np.abs(np.mgrid[:640, :640][1] - box[0] / 2) < 1.5
    return photograph(np.where(red[..., None], (0.85, 0.3, 0.35), x), rng)


def blackboard(strokes, rng):
    """Write with chalk in a wooden frame."""
    on, _ = cover(strokes, rng)
    board = np.full(on.shape, rng.uniform(0.1, 0.3), np.float32)
    x = lay(board, on, rng.uniform(0.7, 0.95))
    if rng.random() < 0.5:
        x[-int(rng.integers(10, 50)) :] = rng.uniform(0.5, 0.8)
    return photograph(x, rng)


def lying(strokes, rng):
    """Hold the phone sideways: the file says how to turn it."""
    image = as_image(pen_on_paper(strokes, rng)[0])
    exif = Image.Exif()
    exif[0x0112] = 6
    return jpeg(image.transpose(Image.Transpose.ROTATE_90), exif=exif)


def coarse_jpeg(strokes, rng):
    return photograph(pen_on_paper(strokes, rng)[0], rng, quality=20)


def hot_pixels(strokes, rng):
    """Keep 16 bits of a sensor, a few pixels of which are stuck."""
    x = pen_on_paper(strokes, rng)[0] * 4000 + rng.normal(1000, 40, (640, 640))
    stuck = rng.integers(0, 640, (int(rng.integers(1, 30)), 2))
    x[stuck[:, 0], stuck[:, 1]] = rng.choice([0, 65535], len(stuck))
    return png(Image.fromarray(x.astype(np.uint16)))


def late_frame(strokes, rng):
    """Begin an animation with an empty sheet."""
    image = as_image(pen_on_paper(strokes, rng, size=(320, 320))[0])
    blank = Image.new("L", image.size, image.getpixel((0, 0)))
    raw = io.BytesIO()
    blank.save(raw, str(rng.choice(["GIF", "PNG"])), save_all=True, append_images=[image])
    return raw.getvalue()


def phone(strokes, rng):
    """Take a picture of 24 megapixels."""
    sheet, _ = pen_on_paper(strokes, rng, size=(1500, 1000))
    image = as_image(sheet * light(sheet.shape, rng)).resize((6000, 4000), Image.Resampling.BICUBIC)
    return jpeg(image, 80)


CONDITIONS = (
    clean,
    hairline_frame,
    thick_frame,
    letterbox,
    canvas_with_margin,
    opaque_alpha,
    sticker,
    cut_out,
    shadow(0.2),
    shadow(0.4),
    shadow(0.6),
    table,
    thumb,
    glare,
    ruled,
    squared,
    margin_and_holes,
    pencil,
    marker,
    equal_grey,
    blue_and_red,
    blackboard,
    lying,
    coarse_jpeg,
    hot_pixels,
    late_frame,
    phone,
)


# Measuring


def measure(condition, entries):
    """Read every digit under a condition -> (n, 28, 28), NaN where nothing came; CPU times."""
    digits = np.full((len(entries), 28, 28), np.nan, np.float32)
    times = []
    for i, (number, _, strokes) in enumerate(entries):
        seed = int.from_bytes(f"{condition.__name__} {number}".encode(), "big")
        raw = condition(strokes, np.random.default_rng(seed))
        start = time.process_time()
        with contextlib.suppress(ValueError):  # nothing like ink, or more pixels than are read
            digits[i] = from_image(open_picture(raw))
        times.append((time.process_time() - start) * 1e3)
    return digits, times


class Judge:
    """A nearest neighbour over MNIST."""

    def __init__(self, data):
        self.train = data.x_train.reshape(-1, 784)
        self.squares = (self.train**2).sum(axis=1)
        self.labels = data.y_train

    def __call__(self, x):
        x = np.nan_to_num(x.reshape(-1, 784))
        return self.labels[(self.squares - 2 * x @ self.train.T).argmin(axis=1)]


def measure_all(conditions, entries, judge):
    results = {}
    for condition in conditions:
        part = entries[:: -(-len(entries) // LARGE)] if condition is phone else entries
        x, times = measure(condition, part)
        empty = np.isnan(x).any(axis=(1, 2))
        wanted = np.array([digit for _, digit, _ in part])
        known = np.concatenate([judge(few) for few in np.array_split(x, -(-len(x) // 200))])
        results[condition.__name__] = {
            "recognised": float(((known == wanted) & ~empty).mean()),
            "empty": int(empty.sum()),
            "median": float(np.median(times)),
            "slowest": max(times),
            "wrong": [part[k][0] for k in np.flatnonzero((known != wanted) | empty)],
        }
        print(f"{condition.__name__}: {results[condition.__name__]}", file=sys.stderr, flush=True)
    return results


def of_revision(revision, arguments):
    """Measure the library as it was: a process of its own, that finds the old one first."""
    archive = subprocess.run(
        ["git", "archive", revision, "ae"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        done = subprocess.run(
            [sys.executable, __file__, "--json", *arguments],
            env={**os.environ, "GARGALO_MEASURED": folder},
            check=True,
            stdout=subprocess.PIPE,
        )
    return json.loads(done.stdout)


def publish(new, old, revision):
    row = "{:<20}{:>12}{:>7}{:>11}{:>9}   {}".format
    heads = ("recognised", "empty", "median ms", "slowest")
    beside = f"{revision}: recognised, empty, median ms" if old else ""
    print(row("condition", *heads, beside))
    for name, now in new.items():
        was = old.get(name)
        numbers = (f"{now['recognised']:.1%}", now["empty"])
        times = (f"{now['median']:.0f}", f"{now['slowest']:.0f}")
        then = was and f"{was['recognised']:.1%}, {was['empty']}, {was['median']:.0f}"
        print(row(name, *numbers, *times, then or ""))
    missed = [n for n, r in new.items() if r["recognised"] < TARGET or r["empty"]]
    print(
        f"\nAt least {TARGET:.0%} and none empty: {', '.join(missed) or 'all'}"
        f"{' miss it' if missed else ' meet it'}."
    )


def fail(message):
    print(f"pictures: {message}", file=sys.stderr)
    raise SystemExit(2)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [condition.__name__ for condition in CONDITIONS]
    parser.add_argument("--data", help="MNIST, a .npz as Keras has it (default: as ae.mnist.load)")
    parser.add_argument(
        "--pen",
        default=os.environ.get("AE_PEN_DIGITS"),
        help="the pen digits, a .json.gz (default: $AE_PEN_DIGITS)",
    )
    parser.add_argument("--digits", type=int, default=600, help="how many of them (default: all)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="CONDITION")
    parser.add_argument("--against", metavar="REV", help="measure this revision's code as well")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    if not options.pen:
        fail("no pen digits: name their file with --pen or in $AE_PEN_DIGITS")
    try:
        with gzip.open(options.pen, "rt", encoding="utf-8") as file:
            written = json.load(file)
        entries = [
            (i, entry["digit"], [np.array(stroke, float) for stroke in entry["strokes"]])
            for i, entry in enumerate(written)
        ]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        fail(f"{options.pen} holds no pen digits: {error}")
    try:
        judge = Judge(ae.mnist.load(options.data))
    except ae.DataError as error:
        fail(str(error))
    entries = entries[:: max(1, len(entries) // options.digits)]
    conditions = [condition for condition in CONDITIONS if condition.__name__ in options.only]
    new = measure_all(conditions, entries, judge)
    if options.json:
        print(json.dumps(new))
        return
    old = {}
    if options.against:
        rest = sys.argv[1:]
        at = rest.index("--against") if "--against" in rest else None
        arguments = rest if at is None else rest[:at] + rest[at + 2 :]
        old = of_revision(options.against, [a for a in arguments if not a.startswith("--against")])
    publish(new, old, options.against)


if __name__ == "__main__":
    main()
