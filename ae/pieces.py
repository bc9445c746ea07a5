"""The pieces of what stands out from the paper: which of them are the digit, and which are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ae.arrays import Float32
from ae.scene import FAINTEST, Float64, Mask

Doubt = Literal["several", "crowded"]
"""What makes it doubtful that the ink is one digit.

several : pieces as large as one another lie side by side: two digits, perhaps.
crowded : so much is on the picture that it may be a face, a page of text, a pattern.
"""

# Ink must stand out by this many standard deviations of the paper's noise.
NOISE = 6.0
# Dust: a spot whose longest side is below this share of the longest stroke's.
DUST = 1 / 12
# A piece that is paler than this share of the digit's strongest ink is none of it.
PALE = 0.65
# A piece that is farther from the digit than this share of the digit's length is none of it.
NEAR = 0.4
# More pieces than this are a text or a pattern; less slender than this is no stroke.
CROWD = 8
SOLID = 0.3
# A notebook's rule is seen on this share of its way from edge to edge, and is at most this thick.
RULE = 1 / 40
WHOLE = 0.9


@dataclass(frozen=True)
class Pieces:
    """The pieces of what stands out, with what speaks for each being ink.

    Attributes
    ----------
    labels : int array (h, w), 0 is paper.
    boxes, lengths, peaks : of each piece its box, longest side in pixels, and strongest contrast.
    slender : in [0, 1]; 1 is a stroke six times as long as it is thick.
    scores : how much each is like a stroke: long, slender, strong, not cut off by the edge.
    edge : whether it touches the picture's edge.
    """

    labels: npt.NDArray[np.intp]
    boxes: list[tuple[slice, slice]]
    lengths: Float64
    peaks: Float64
    slender: Float64
    scores: Float64
    edge: Mask

    @classmethod
    def of(cls, contrast: Float32, least: float | None = None) -> Pieces:
        """Tell what stands out into pieces: contrast (h, w), and from where on it counts."""
        from scipy import ndimage

        low, quarter, most = np.percentile(contrast, (2, 25, 99.9))
        # The quarter nearest to the paper's brightness is paper even where a tightly cut digit
        # fills half of the picture. Between the two percentiles lie 1.38 deviations.
        floor = float(quarter) + NOISE * float(quarter - low) / 1.38
        least = max(floor, FAINTEST / 2, float(most) / 4 if least is None else least)
        # Where they are pale, a notebook's rules are whole only at half of what ink must have.
        mask = (contrast > least) & ~_rules(contrast > max(floor, FAINTEST / 2, least / 2))
        labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
        boxes = ndimage.find_objects(labels)
        lengths = np.array([max(s.stop - s.start for s in box) for box in boxes], np.float64)
        edge = np.array(
            [
                any(s.start == 0 or s.stop == n for s, n in zip(box, mask.shape, strict=True))
                for box in boxes
            ],
            dtype=np.bool_,
        )
        inked = np.flatnonzero(labels)
        piece = labels.ravel()[inked] - 1
        depth = ndimage.distance_transform_cdt(np.pad(mask, 1), "chessboard")[1:-1, 1:-1]
        depths, peaks = np.zeros(count), np.zeros(count)
        np.maximum.at(depths, piece, depth.ravel()[inked])
        np.maximum.at(peaks, piece, contrast.ravel()[inked])
        slender = np.clip(lengths / np.maximum(2 * depths, 1) / 6, 0, 1)
        scores = lengths * slender**2 * peaks * np.where(edge, 0.3, 1.0)
        return cls(labels, boxes, lengths, peaks, slender, scores, edge)

    def digit(self) -> Mask:
        """Which pieces make up the digit: the best one and what lies near it."""
        main = int(self.scores.argmax())
        kept: Mask = np.arange(len(self.boxes)) == main
        allowed = self._like(main)
        reach = NEAR * self.lengths[main]
        spans = self._spans()
        while True:
            low = spans[kept, :, 0].min(axis=0)
            high = spans[kept, :, 1].max(axis=0)
            gaps = np.maximum(low - spans[:, :, 1], spans[:, :, 0] - high).max(axis=1)
            more = allowed & (gaps < reach) & ~kept
            if not more.any():
                return kept
            kept |= more

    def outlined(self, grey: Float32) -> Float64:
        """Which share of each piece's outline is an edge in the picture as well: (n,).

        Paper between a stroke and a shadow stands out too, but the window cuts it off halfway.
        """
        from scipy import ndimage

        inside = self.labels > 0
        rim = np.flatnonzero(inside & ~ndimage.binary_erosion(inside, np.ones((3, 3))))
        step = ndimage.maximum_filter(grey, 5) - ndimage.minimum_filter(grey, 5)
        piece = self.labels.ravel()[rim] - 1
        sharp = step.ravel()[rim] > self.peaks[piece] / 4
        count = len(self.boxes)
        edges: Float64 = np.bincount(piece, sharp, count) / np.bincount(piece, minlength=count)
        return edges

    def doubt(self, kept: Mask) -> Doubt | None:
        """Tell what speaks against the kept pieces being one digit."""
        main = int(self.scores.argmax())
        alike = self._like(main)
        if alike.sum() > CROWD or self.slender[main] < SOLID:
            return "crowded"
        large = np.flatnonzero(alike & (self.lengths > self.lengths[main] / 2))
        spans = self._spans()
        heights = np.ptp(spans[:, 0], axis=1)
        for i in large:
            beside = (spans[large, 1, 0] >= spans[i, 1, 1]) & (heights[large] > heights[i] / 2)
            if (beside & (heights[large] < 2 * heights[i])).any() or not kept[i]:
                return "several"
        return None

    def _like(self, main: int) -> Mask:
        """Which pieces could belong to the same writing as the best one."""
        like: Mask = (
            (self.lengths >= DUST * self.lengths[main])
            & (self.peaks >= PALE * self.peaks[main])
            & (~self.edge | self.edge[main])
        )
        return like

    def _spans(self) -> Float64:
        """First and last row, first and last column of each piece: (n, 2, 2)."""
        return np.array([[(s.start, s.stop) for s in box] for box in self.boxes], np.float64)


def _rules(mask: Mask) -> Mask:
    """Thin lines from edge to edge, nearly level or upright: a notebook's rules, a form's cells."""
    return _level_rules(mask) | _level_rules(mask.T).T


def _level_rules(mask: Mask) -> Mask:
    from scipy import ndimage

    found: Mask = np.zeros(mask.shape, dtype=np.bool_)
    height, width = mask.shape
    cell = -(-max(mask.shape) // 200)
    if min(mask.shape) < 40:
        return found
    # The strongest of each cell: a line of one pixel stays a line.
    small = np.pad(mask, ((0, -height % cell), (0, -width % cell)))
    small = small.reshape(small.shape[0] // cell, cell, -1, cell).max(axis=(1, 3))
    # And of its neighbours: a line between two cells, or one that bends a little, is one line.
    small[1:-1] |= small[:-2] | small[2:]
    rows, columns = small.shape
    x = np.arange(columns)
    end = max(1, columns // 60)
    for slope in np.linspace(-0.08, 0.08, 17):
        # Row i of the sheared picture is the line that is in row i halfway; it may go beyond the
        # picture, but for a third of its way.
        y = np.arange(rows)[:, None] + np.rint(slope * (x - columns / 2)).astype(int)
        there = (y >= 0) & (y < rows)
        on = small[np.clip(y, 0, rows - 1), x] & there
        through = (on.sum(axis=1) > WHOLE * there.sum(axis=1)) & (there.mean(axis=1) > 0.3)
        on |= ~there
        ends = on[:, :end].any(axis=1) & on[:, -end:].any(axis=1)
        for row in np.flatnonzero(through & ends):
            middle = (row + 0.5) * cell + slope * (np.arange(width) - width / 2)
            reach = np.arange(-(3 * cell // 2) - 1, 3 * cell // 2 + 2)
            band = np.clip(middle.astype(int) + reach[:, None], 0, height - 1)
            found[band, np.arange(width)] = True
    rules: Mask = found & mask
    if not rules.any():
        return rules
    # Where a line is crossed by a stroke, the stroke stays: it is thicker than the line.
    thick = float(np.median(rules.sum(axis=0)[rules.any(axis=0)] / max(1, _runs(rules))))
    if thick > max(mask.shape) * RULE:
        return np.zeros_like(mask)
    thin = int(1.6 * thick) + 2
    crossed: Mask = ndimage.binary_opening(mask, np.ones((thin, 1)))
    return rules & ~crossed


def _runs(found: Mask) -> int:
    """How many lines lie above one another, in most columns."""
    starts = found & ~np.pad(found, ((1, 0), (0, 0)))[:-1]
    return int(np.median(starts.sum(axis=0)))
