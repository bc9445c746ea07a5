"""THE table of the views beside the canvas, in the order of their menu.

A view has one function, ``show(scene, text)``: where the drawing lies, and the language.
"""

from __future__ import annotations

from pages.explore import arithmetic, code_map, morph, neighbours, new, noise
from ui.text import N_
from ui.views import View

VIEWS = (
    View("map", N_("The map"), code_map.show),
    View("neighbours", N_("Neighbours"), neighbours.show),
    View("morph", N_("Morph"), morph.show),
    View("arithmetic", N_("Arithmetic"), arithmetic.show),
    View("new", N_("Digits nobody wrote"), new.show),
    View("noise", N_("Noise"), noise.show),
)
