"""Strokes and pictures, held against MNIST's own statistics and against each other."""

from __future__ import annotations

import io
import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw

from ae.drawing import EmptyDrawing, from_image, from_strokes

SEVEN = [np.array([[0, 0], [50, 0], [20, 90]]), np.array([[10, 45], [45, 45]])]
FIVE = [
    np.array([[8, 0], [4, 40], [40, 38], [55, 65], [35, 92], [0, 85]]),
    np.array([[8, 0], [50, 2]]),
]
RING = [np.array([[math.cos(a) * 30, math.sin(a) * 45] for a in np.linspace(0, 6.28, 40)])]
DIGITS = {"seven": SEVEN, "five": FIVE, "ring": RING}


def centre_of_mass(x):
    index = np.arange(28)
    mass = x.sum(axis=(-1, -2))
    return np.stack([x.sum(-2) @ index / mass, x.sum(-1) @ index / mass], axis=-1)


def longest_side(x):
    rows, columns = np.nonzero(x)
    return max(np.ptp(rows), np.ptp(columns)) + 1


def assert_normal(x):
    assert x.shape == (28, 28)
    assert x.dtype == np.float32
    assert x.min() >= 0
    assert 0.5 < x.max() <= 1


def difference(a, b):
    return float(np.abs(a - b).mean())


def moved(strokes, factor=1.0, shift=(0.0, 0.0)):
    return [np.asarray(stroke) * factor + shift for stroke in strokes]


def on_canvases(pen_digits):
    """Each digit on a canvas of 280, at 35-100 % of it and anywhere, in whole pixels."""
    rng = np.random.default_rng(7)
    placed = []
    for digit in pen_digits:
        points = np.concatenate(digit.strokes)
        side = rng.uniform(0.35, 1) * 260
        shift = rng.uniform(10, 270 - side, 2)
        factor = side / np.ptp(points, axis=0).max()
        placed.append(
            [np.round(s) for s in moved(moved(digit.strokes, 1, -points.min(0)), factor, shift)]
        )
    return placed


# MNIST is the oracle


@pytest.fixture(scope="module")
def drawn(pen_digits):
    return np.array([from_strokes(strokes, size=280) for strokes in on_canvases(pen_digits)])


def test_pen_digits_fill_mnists_box_around_mnists_centre(drawn):
    assert np.mean([longest_side(x) == 20 for x in drawn]) >= 0.99
    assert np.abs(centre_of_mass(drawn) - 14).max() <= 0.52


def soft_share(x):
    return ((x > 0.1) & (x < 0.9)).sum() / (x > 0.1).sum()


def test_the_pen_is_mnists(drawn, mnist):
    assert drawn.sum(axis=(1, 2)).mean() == pytest.approx(103.9, rel=0.05)
    assert soft_share(drawn) == pytest.approx(0.489, abs=0.07)
    # The two constants are MNIST's, not ours.
    assert mnist.x_test.sum(axis=(1, 2)).mean() == pytest.approx(103.9, rel=0.01)
    assert soft_share(mnist.x_test) == pytest.approx(0.489, abs=0.01)


def test_a_nearest_neighbour_knows_the_normal_form_but_not_the_plain_one(drawn, mnist, pen_digits):
    digits = np.array([digit.digit for digit in pen_digits])
    plain = np.array([from_strokes(s, size=280, normalise=False) for s in on_canvases(pen_digits)])
    train = mnist.x_train.reshape(-1, 784)
    squares = (train**2).sum(axis=1)

    def recognised(x):
        nearest = (squares - 2 * x.reshape(-1, 784) @ train.T).argmin(axis=1)
        return (mnist.y_train[nearest] == digits).mean()

    assert recognised(drawn) >= 0.92
    assert recognised(plain) < 0.5


def test_mnists_digits_keep_their_own_pen(mnist):
    for x in mnist.x_test[:200]:
        assert difference(from_image(x), x) < 0.01
        assert difference(from_image(1 - x), x) < 0.01


# Strokes


@pytest.mark.parametrize("name", DIGITS)
@pytest.mark.parametrize("factor", [1 / 3, 1e-30, 1e30, 1e306])
def test_neither_size_nor_place_matters(name, factor):
    a = from_strokes(DIGITS[name])
    b = from_strokes(moved(DIGITS[name], factor, (5 * factor, -70 * factor)))
    assert difference(a, b) < 1e-3
    assert longest_side(a) == 20
    assert np.abs(centre_of_mass(a) - 14).max() <= 0.52


def test_a_digit_stands_as_it_was_drawn():
    x = from_strokes(SEVEN)
    rows, columns = np.nonzero(x)
    first, last = x[rows.min() : rows.min() + 3], x[rows.max() - 2 : rows.max() + 1]
    assert first.sum() > 2 * last.sum()  # its bar is on top: y grows downwards
    foot = np.nonzero(last.sum(axis=0))[0].mean()
    assert foot < columns.mean()  # x grows to the right


def test_pen_is_two_and_a_half_pixels_wide():
    line = from_strokes([[[0, 0], [0, 100]]])
    assert line.sum(axis=1)[14] == pytest.approx(2.5, rel=0.03)


def test_a_dot_is_a_dot():
    dot = from_strokes([[[3, 4]]])
    assert_normal(dot)
    assert dot.sum() == pytest.approx(math.pi * 1.25**2, rel=0.1)
    assert np.abs(centre_of_mass(dot) - 14).max() <= 0.52
    assert difference(dot, from_strokes([[[3, 4], [3, 4], [3, 4]]])) == 0


def test_a_trembling_dot_on_a_known_canvas_does_not_become_a_line():
    tremble = [[[100, 100], [101, 100]]]
    assert from_strokes(tremble, size=280).sum() < 15 < from_strokes(tremble).sum()


def test_dots_belong_to_the_drawing():
    far = from_strokes([*SEVEN, [[100, 45]]])
    columns = np.nonzero(far.any(axis=0))[0]
    assert np.ptp(columns) == 19  # the dot makes it 20 wide
    assert len(columns) < 17  # with a gap between


@pytest.mark.parametrize("flip", [1, -1])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(
    "dots",
    [
        [(0.022, 0.372), (0.541, 0.89)],
        [(0.506, 0.678), (0.28, 0.451)],
        [(0.046, 0.006), (0.004, 0.049)],
        [(0.032, 0.014), (0.023, 0.05), (0.048, 0.045)],
    ],
)
def test_a_few_dots_are_centred_once_they_are_inked(dots, axis, flip):
    """Inked between the pixels they weigh otherwise: 0.6 of a pixel off, but for a last step."""
    x = from_strokes([flip * np.roll(np.array([dot]), axis, axis=1) for dot in dots])
    assert np.abs(centre_of_mass(x) - 14).max() <= 0.52


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("sign", "side"), [(1, 19), (-1, 20)])
def test_a_lopsided_drawing_is_made_smaller_and_not_cut(sign, side, axis):
    # 100 x 100 with a heavy end: a box of 20 around its centre of mass would leave the picture on
    # the right, but not on the left, where there is a pixel more.
    heavy = np.array([[0, -50], [0, 50], [10, 50], [10, -50], [0, -50]])
    arm = np.array([[0, 0], [100, 0]])
    x = from_strokes([sign * np.roll(stroke, axis, axis=1) for stroke in (heavy, arm)])
    assert np.abs(centre_of_mass(x) - 14).max() <= 0.52
    rows, columns = np.nonzero(x)
    # Of a cut arm less would be left.
    assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == side


points = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.just(2)),
    elements=st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.lists(points, min_size=1, max_size=4), st.none() | st.floats(1e-300, 1e300))
@example([np.array([[0, 5e-324], [5e-324, 5e-324]])], None)
@example([np.array([[0, 1], [5e-324, 1]])], None)
@example([np.array([[-1.7e308, 0], [1.7e308, 0]])], None)
@example([np.array([[0, 1e30], [1e-30, 1e30]])], 1e30)
@example([np.array([[0.0, 0.0]])], 1e300)
@settings(max_examples=150)
def test_any_finite_strokes_become_a_digit(strokes, size):
    try:
        x = from_strokes(strokes, size)
    except EmptyDrawing:
        assert size is not None  # outside of the canvas
    else:
        assert_normal(x)
        assert np.abs(centre_of_mass(x) - 14).max() <= 0.52
        assert longest_side(x) <= 20
    try:
        plain = from_strokes(strokes, size, normalise=False)
    except EmptyDrawing:
        assert size is not None
    else:
        assert plain.dtype == np.float32
        assert 0 <= plain.min() <= plain.max() <= 1


def test_ten_thousand_points():
    rng = np.random.default_rng(1)
    scribble = np.cumsum(rng.normal(size=(10_000, 2)), axis=0)
    assert_normal(from_strokes([scribble]))


def test_duplicated_points_change_nothing():
    again = [np.repeat(stroke, 3, axis=0) for stroke in SEVEN]
    assert difference(from_strokes(again), from_strokes(SEVEN)) < 1e-6


# The plain route


def on_canvas(strokes, side, pen, paper=0, ink=255):
    """Draw what the visitor sees: round pen, `side` x `side`, four times as fine and reduced."""
    image = Image.new("L", (side * 4, side * 4), paper)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        fine = [(float(x) * 4, float(y) * 4) for x, y in stroke]
        draw.line(fine, fill=ink, width=round(pen * 4))
        for x, y in fine:
            draw.ellipse((x - pen * 2, y - pen * 2, x + pen * 2, y + pen * 2), fill=ink)
    return image.reduce(4)


@pytest.mark.parametrize("pen", [None, 4, 40])
def test_plain_route_is_the_canvas_resized(pen):
    strokes = moved(FIVE, 1.3, (150, 30))
    image = on_canvas(strokes, 280, pen or 20)
    expected = np.asarray(image.resize((28, 28), Image.Resampling.BOX)) / 255
    x = from_strokes(strokes, size=280, normalise=False, pen=pen)
    assert difference(x, expected) < 0.004
    assert difference(from_image(image, normalise=False), expected) < 0.004
    assert (
        difference(from_image(Image.eval(image, lambda v: 255 - v), normalise=False), expected)
        < 0.004
    )


def test_plain_route_without_a_canvas_keeps_a_margin_of_a_tenth():
    wide = moved(SEVEN, (1.8, 1))  # 90 x 90
    canvas = 90 / 0.8
    expected = from_strokes(moved(wide, 1, (canvas / 10, canvas / 10)), canvas, normalise=False)
    for factor in (1, 1e-30, 1e30):
        x = from_strokes(moved(wide, factor, (7 * factor, 0)), normalise=False)
        assert difference(x, expected) < 1e-5
    thin = from_strokes(moved(wide, 1e-30), normalise=False, pen=1e-30)
    assert difference(thin, from_strokes(wide, normalise=False, pen=1)) < 1e-5


# Pictures: each kind must give what the strokes themselves give


SCAN_DUST = [(300, 200, 8), (3700, 400, 5), (2000, 150, 9), (600, 2700, 7), (3500, 2800, 4)]


def photo(strokes):
    """Dark ink on paper that is half as bright in one corner, with noise, as a JPEG."""
    rng = np.random.default_rng(2)
    ink = np.asarray(on_canvas(moved(strokes, 3, (140, 60)), 480, 14)) / 255
    y, x = np.mgrid[:480, :480] / 480
    light = 0.9 - 0.3 * x - 0.25 * y * y
    noisy = light * (1 - 0.7 * ink) + rng.normal(0, 0.02, ink.shape)
    return through(
        Image.fromarray(np.uint8(noisy.clip(0, 1) * 255)).convert("RGB"), "JPEG", quality=70
    )


def alpha_png(strokes):
    ink = on_canvas(moved(strokes, 2, (100, 40)), 300, 12)
    image = Image.new("RGBA", ink.size, (20, 60, 160, 0))
    image.putalpha(ink)
    return through(image, "PNG")


def white_alpha_png(strokes):
    image = Image.new("RGBA", (300, 300), (255, 255, 255, 0))
    image.putalpha(on_canvas(moved(strokes, 2, (100, 40)), 300, 12))
    return through(image, "PNG")


def cut_paper_png(strokes):
    """Paper with transparent corners, stored as black."""
    paper = on_canvas(moved(strokes, 2, (100, 60)), 320, 12, paper=240, ink=30).convert("RGBA")
    mask = Image.new("L", paper.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 319, 319), 60, fill=255)
    image = Image.new("RGBA", paper.size, (0, 0, 0, 0))
    image.paste(paper, mask=mask)
    return through(image, "PNG")


def one_bit_gif(strokes):
    ink = on_canvas(moved(strokes, 2, (60, 20)), 240, 9)
    return through(ink.point(lambda v: 255 if v < 128 else 0).convert("1"), "GIF")


def scan(strokes):
    """A full page, a pen of 7 in 4000 and a few specks of dust."""
    image = Image.new("L", (4000, 3000), 235)
    draw = ImageDraw.Draw(image)
    for stroke in moved(strokes, 11, (1900, 1100)):
        draw.line([(float(x), float(y)) for x, y in stroke], fill=40, width=7, joint="curve")
    for x, y, r in SCAN_DUST:
        draw.ellipse((x - r, y - r, x + r, y + r), fill=60)
    return image


def faint(strokes):
    return on_canvas(moved(strokes, 2, (60, 20)), 240, 9, paper=120, ink=132)


def through(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    buffer.seek(0)
    return Image.open(buffer)


@pytest.mark.parametrize("name", DIGITS)
@pytest.mark.parametrize(
    "kind", [photo, alpha_png, white_alpha_png, cut_paper_png, one_bit_gif, scan, faint]
)
def test_a_picture_of_strokes_gives_what_the_strokes_give(kind, name):
    strokes = moved(DIGITS[name], 1, (30, 45)) if name == "ring" else DIGITS[name]
    x = from_image(kind(strokes))
    assert difference(x, from_strokes(strokes)) < 0.02
    assert longest_side(x) == 20
    assert np.abs(centre_of_mass(x) - 14).max() <= 0.52


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_mode_and_both_polarities_give_the_same(mode, dark):
    ink = on_canvas(moved(SEVEN, 2, (60, 40)), 280, 16)
    if dark:
        ink = Image.eval(ink, lambda v: 255 - v)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(ink, dtype=np.uint16) * 16)
    else:
        image = ink.convert(mode)
    assert image.mode == mode
    before = image.tobytes()
    assert difference(from_image(image), from_strokes(SEVEN)) < 0.02
    assert image.tobytes() == before


@pytest.mark.parametrize("dark", [False, True])
def test_paper_within_a_frame_of_another_grey(dark):
    """All of the paper differs a little from its frame, the ink a lot: the ink is what counts."""
    picture = on_canvas(moved(SEVEN, 2, (60, 40)), 280, 4, paper=40, ink=255)
    ImageDraw.Draw(picture).rectangle((0, 0, 279, 279), outline=50, width=3)
    grey = np.asarray(picture)
    drift, ink = int((grey == 40).sum()) * (50 - 40), int((grey > 200).sum()) * (255 - 50)
    assert drift > 1.2 * ink, "or else the sum of both would say the same"
    if dark:
        picture = Image.eval(picture, lambda v: 255 - v)
    assert difference(from_image(picture), from_strokes(SEVEN)) < 0.02


def cut_out(strokes, side, pen, shade):
    """A digit cut out of a photograph: transparent around it, and shaded from left to right."""
    outline = on_canvas(strokes, side, pen)
    light = np.linspace(128 - shade, 128 + shade, side).astype(np.uint8)
    image = Image.fromarray(np.tile(light, (side, 1))).convert("RGBA")
    image.putalpha(outline)
    return image


@pytest.mark.parametrize("shade", [0, 40, 100])
def test_a_digit_that_is_cut_out_is_its_own_outline(shade):
    """However it is shaded: it is no paper with something on it."""
    image = cut_out(moved(SEVEN, 2, (60, 40)), 280, 16, shade)
    assert difference(from_image(image), from_strokes(SEVEN)) < 0.02


def test_a_thick_digit_that_is_cut_out_closely_is_its_own_outline():
    """More than half of it is opaque, but of one grey: there is nothing on it."""
    line = [np.array([(30, 10), (30, 50)])]
    image = cut_out(line, 60, 30, shade=0).crop((5, 0, 55, 60))
    assert (np.asarray(image)[..., 3] > 127).mean() > 0.5
    assert difference(from_image(image), from_strokes(line)) < 0.02


@pytest.mark.parametrize("width", [3, 6, 12, 24, 34])
def test_the_width_of_the_pen_in_the_picture_does_not_matter(width):
    x = from_image(on_canvas(moved(SEVEN, 2, (60, 40)), 280, width))
    assert x.sum() == pytest.approx(from_strokes(SEVEN).sum(), rel=0.08)


def test_arrays_of_any_type_give_the_same():
    grey = np.asarray(on_canvas(moved(FIVE, 1, (20, 10)), 120, 8))
    expected = from_image(grey)
    assert difference(expected, from_strokes(FIVE)) < 0.02
    rgba = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    for array in (grey.astype(np.int64), grey / 255, np.float32(grey / 255), rgba[..., :3], rgba):
        assert difference(from_image(array), expected) < 1e-3
    assert difference(from_image(grey > 127), expected) < 0.02


def test_a_photograph_on_its_side_is_turned():
    image = on_canvas(moved(SEVEN, 2, (60, 40)), 280, 16)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    lying = through(image.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    assert difference(from_image(lying), from_image(image)) < 0.003


def test_dust_goes_and_separate_strokes_stay():
    clean = on_canvas(moved(SEVEN, 2, (60, 40)), 280, 8)
    dusty = clean.copy()
    ImageDraw.Draw(dusty).ellipse((10, 250, 16, 256), fill=255)
    assert difference(from_image(dusty), from_image(clean)) < 1e-6
    apart = [*SEVEN, np.array([[70, 10], [70, 40]])]
    image = on_canvas(moved(apart, 2, (60, 40)), 280, 8)
    assert difference(from_image(image), from_strokes(apart)) < 0.02


# Nothing drawn, and nonsense


@pytest.mark.parametrize("normalise", [True, False])
@pytest.mark.parametrize("strokes", [[], [[]], [np.empty((0, 2))], ()])
def test_no_strokes_is_an_empty_drawing(strokes, normalise):
    with pytest.raises(EmptyDrawing, match="no stroke with a point"):
        from_strokes(strokes, normalise=normalise)


@pytest.mark.parametrize("normalise", [True, False])
def test_strokes_outside_the_canvas_are_an_empty_drawing(normalise):
    for place in ((1e30, 0), (-500, 0), (0, 500)):
        with pytest.raises(EmptyDrawing, match="outside the canvas"):
            from_strokes(moved(SEVEN, 1, place), size=280, normalise=normalise)


@pytest.mark.parametrize(
    ("drawn", "seen"),
    [
        # An I whose pen goes on around the canvas's corner is no L.
        ([[(5, 1), (5, 9), (5, 14), (40, 14)]], [[(5, 1), (5, 10)]]),
        # What leaves the canvas and comes back is two strokes.
        ([[(2, 3), (14, 3), (14, 7), (2, 7)]], [[(2, 3), (10, 3)], [(2, 7), (10, 7)]]),
        # A cross of which three ends are outside is not moved.
        ([[(-5, 5), (12, 5)], [(5, -90), (5, 9)]], [[(0, 5), (10, 5)], [(5, 0), (5, 9)]]),
        # Across two corners, along an edge, and a dot: on the canvas and beside it.
        ([[(-2, 6), (6, -2)], [(9, 12), (12, 9)]], [[(0, 4), (4, 0)]]),
        ([[(0, -3), (0, 6)], [(10.1, 2), (10.1, 6)]], [[(0, 0), (0, 6)]]),
        ([[(4, 4)], [(7, 7)], [(7, 11)]], [[(4, 4)], [(7, 7)]]),
    ],
)
def test_what_lies_outside_the_canvas_does_not_exist(drawn, seen):
    assert difference(from_strokes(drawn, size=10), from_strokes(seen, size=10)) < 1e-6
    assert difference(from_strokes(drawn), from_strokes(seen)) > 0.01  # no canvas, no edge


@given(hnp.arrays(np.float64, (5, 2), elements=st.floats(-1, 2, width=16)))
@settings(max_examples=20)
def test_any_line_is_seen_as_far_as_it_is_on_the_canvas(stroke):
    share = np.linspace(0, 1, 301)[:, None]
    places = np.concatenate([a + share * (b - a) for a, b in itertools.pairwise(stroke)])
    dots = [[place] for place in places[((places >= 0) & (places <= 1)).all(axis=1)]]
    assume(dots and np.ptp(dots, axis=0).max() > 0.1)
    # The dots reach as far as the line, but for a 300th of its length.
    assert difference(from_strokes([stroke], size=1), from_strokes(dots, size=1)) < 0.02


NOISE = np.clip(0.8 + np.random.default_rng(3).normal(0, 0.03, (300, 400)), 0, 1)


@pytest.mark.parametrize("normalise", [True, False])
@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((50, 50)),
        np.full((28, 28), 255, np.uint8),
        np.ones((1, 1), bool),
        Image.new("RGBA", (40, 40), (255, 0, 0, 0)),
        Image.new("F", (40, 40), 1e30),
        np.linspace(0.2, 0.9, 90_000).reshape(300, 300),
        NOISE,
    ],
    ids=["black", "white", "one pixel", "transparent", "float", "gradient", "noise"],
)
def test_a_uniform_picture_is_an_empty_drawing(picture, normalise):
    with pytest.raises(EmptyDrawing, match="The picture is empty"):
        from_image(picture, normalise)


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        ([[[0, 0], [1, math.nan]]], "stroke 0: got NaN or infinity"),
        ([[[0, 0]], [[math.inf, 1]]], "stroke 1: got NaN or infinity"),
        ([[0, 1]], r"stroke 0: got shape \(2,\), expected \(k, 2\)"),
        (np.zeros((5, 2)), r"stroke 0: got shape \(2,\)"),
        ([np.zeros((4, 3))], r"stroke 0: got shape \(4, 3\)"),
        ([[[0, 1], [2]]], "expected a sequence of arrays"),
        ([["a"]], "expected a sequence of arrays"),
        (7, "got int, expected a sequence"),
    ],
)
def test_bad_strokes_are_refused_in_words(strokes, message):
    with pytest.raises(ValueError, match=message):
        from_strokes(strokes)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["size", "pen"])
def test_bad_sizes_and_pens_are_refused_in_words(name, value):
    with pytest.raises(ValueError, match=f"{name}: got .*, expected a positive"):
        from_strokes(SEVEN, **{name: value})


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.full((9, 9), np.nan), "got values from nan to nan"),
        (np.full((9, 9), np.inf), "got values from inf"),
        (np.eye(9) * 2, r"got values from 0.0 to 2.0, .* floats in \[0, 1\]"),
        (np.eye(9, dtype=int) * 256, "got values from 0 to 256"),
        (np.eye(9, dtype=int) * -1, "got values from -1 to 0"),
        (np.zeros((0, 5)), r"got shape \(0, 5\)"),
        (np.zeros(784), r"got shape \(784,\), expected \(h, w\)"),
        (np.zeros((9, 9, 2)), r"got shape \(9, 9, 2\)"),
        (np.zeros((1, 9, 9, 3)), r"got shape \(1, 9, 9, 3\)"),
        (np.array([["a"]]), "picture: got ndarray of <U1"),
        ("seven.png", "picture: got str"),
        (None, "picture: got NoneType"),
        ([[1, 2], [3]], "picture: got list"),
        (Image.fromarray(np.full((9, 9), np.nan, np.float32)), "expected finite ones"),
        (Image.new("L", (0, 5)), "got size"),
    ],
)
def test_bad_pictures_are_refused_in_words(picture, message):
    with pytest.raises(ValueError, match=message):
        from_image(picture)
