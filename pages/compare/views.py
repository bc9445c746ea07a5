"""THE table of the views below the lanes, in the order of their menu.

A view has one function, ``show(scene, text)``: what the visitor compares, and the language.
"""

from __future__ import annotations

from pages.compare import (
    atoms,
    build_up,
    first_ten,
    invent,
    ladder,
    out_of_distribution,
    sparsity,
    subspace,
    table,
)
from ui.text import N_
from ui.views import View

VIEWS = (
    View("first_ten", N_("The first ten"), first_ten.show),
    View("ladder", N_("The ladder"), ladder.show, ladder.in_hall, follows=True),
    View("atoms", N_("Unit by unit"), atoms.show, follows=True),
    View("build_up", N_("Build-up"), build_up.show, follows=True),
    View("subspace", N_("Almost PCA?"), subspace.show),
    View("sparsity", N_("Zeros"), sparsity.show),
    View("table", N_("The table"), table.show),
    View("strangers", N_("What it never saw"), out_of_distribution.show),
    View("invent", N_("Why it cannot invent"), invent.show),
)
