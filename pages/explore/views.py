"""THE table of the views beside the canvas, in the order of their menu.

A view has one function, ``show(scene, text)``: where the drawing lies, and the language.
"""

from __future__ import annotations

from pages.explore import arithmetic, code_map, morph, neighbours, new, noise
from ui.text import N_
from ui.views import View

VIEWS = (
    View("map", N_("The map"), code_map.show, follows=True),
    View("neighbours", N_("Neighbours"), neighbours.show, follows=True),
    View("morph", N_("Morph"), morph.show, follows=True),
    View("arithmetic", N_("Arithmetic"), arithmetic.show, follows=True),
    View("new", N_("Digits nobody wrote"), new.show),
    View("noise", N_("Noise"), noise.show, follows=True),
)
