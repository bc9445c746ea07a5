"""What ``claims`` prints: the tutorial's claims, and what was measured of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

from ae.claims import CLAIMS, Claim, Verdict
from ae.cli.report import aligned, markdown

_WIDTH = 60  # of the sentences


def as_text(claims: Sequence[Claim]) -> str:
    """Give a table, aligned, for people: below each claim what was measured, and the command."""
    rows = [("chapter", "claim", "verdict", "")]
    for claim in claims:
        sentences = [claim.claim, _measured(claim)]
        lines = [line for sentence in sentences for line in wrap(sentence, _WIDTH)]
        cells = [(claim.chapter, claim.name, claim.verdict.value.lower())]
        rows += [
            (*words, line)
            for words, line in zip_longest(cells, [*lines, claim.command], fillvalue=("", "", ""))
        ]
    return "\n".join(aligned(rows, words=4))


def as_json(claims: Sequence[Claim]) -> str:
    """Give the same for programs, with the numbers in full."""
    record = [
        {
            "name": claim.name,
            "chapter": claim.chapter,
            "claim": claim.claim,
            "verdict": claim.verdict.name.lower(),
            "measured": _measured(claim),
            "numbers": {key: figure.value for key, figure in claim.numbers().items()},
            "command": claim.command,
        }
        for claim in claims
    ]
    return json.dumps(record, indent=2, allow_nan=False)


def as_markdown() -> str:
    """Give ``docs/claims.md``, of all claims."""
    counts = ", ".join(
        f"{verdict.value.lower()}: {sum(claim.verdict is verdict for claim in CLAIMS)}"
        for verdict in Verdict
    )
    table = markdown(
        ("chapter", "the tutorial says", "verdict", "measured", "again"),
        [
            (c.chapter, c.claim, c.verdict.value.lower(), _measured(c), f"`{c.command}`")
            for c in CLAIMS
        ],
    )
    return _PAGE.format(claims=len(CLAIMS), counts=counts, table=table)


def _measured(claim: Claim) -> str:
    return claim.measured.format(**claim.numbers())


_PAGE = """\
<!-- Written by `python -m ae claims --markdown`: change ae/claims.py, not this page. -->

# What the tutorial says

Gargalo grew out of a tutorial in Portuguese, "Construindo Autoencoders" (2017): Keras in R, MNIST,
three nets. It says {claims} things that can be measured
({counts}).

{table}

Both recipes stand in [weights/README.md](../weights/README.md); a net without a recipe beside it is
by the thorough one, and the tutorial's net is the shallow one by the tutorial's. Cross-entropies
are in nats per pixel and squared errors per pixel, averaged over MNIST's 10,000 test digits; those
of the half circle are squared distances. `python -m ae claims` prints this table from what ships,
and the command at the end of a row measures it again.
"""
