"""How sure must a firm be that two records are one person? Links as the threshold moves."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from crmlab.analytical.linkage import Agreement, pairwise
from crmlab.experiments.linking import LinkedFirm, duplicate_mailings, silenced
from crmlab.market.scenario import Scenario
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import applied, number
from crmlab.widgets.controls import slider
from crmlab.widgets.live import LiveView, Reading

BITS = np.arange(-16, 17, 2)
"""Log odds, in bits, at which the curve is drawn: -10 is 1 in 1,000, 0 is even odds."""
PRECISION, RECALL = "precision: links that are right", "recall: true links that are found"
START = -16
_LABEL = "least evidence for a link (bits: log2 of the odds)"


def probability_of(bits: float) -> float:
    """The probability that so many bits of odds make.

    >>> probability_of(0), round(probability_of(10), 3)
    (0.5, 0.999)
    """
    return float(1 / (1 + 2.0**-bits))


def _odds(bits: int) -> str:
    odds = f"{2**bits:,} to 1" if bits >= 0 else f"1 to {2**-bits:,}"
    return f"{number(bits)} bits (odds of {odds})"


def curve(firm: LinkedFirm, bits: np.ndarray = BITS) -> pd.DataFrame:
    """Precision and recall over pairs at each threshold (index: bits)."""
    found = [pairwise(firm.linked(probability_of(b)), firm.truth) for b in bits]
    rows = {"precision": [f.precision for f in found], "recall": [f.recall for f in found]}
    return pd.DataFrame(rows, index=bits)


def link_threshold(
    scenario: Scenario | str = "retail", customers: int = 1_000, seed: int = 7
) -> LiveView:
    """Choose how sure the firm must be, and see precision, recall, customers and double mail.

    Each setting runs the firm's half year of campaign again, on the same people.

    Parameters
    ----------
    scenario, customers, seed
        As in `crmlab.experiments.linking.LinkedFirm`.
    """
    firm = LinkedFirm(scenario, customers, seed)
    unlinked = duplicate_mailings(firm.campaign())
    shares = 100 * curve(firm)
    kept = KeptLines(BITS, [PRECISION, RECALL], _LABEL, "% of links", (0, 105))
    kept.show({PRECISION: shares["precision"], RECALL: shares["recall"]})
    with applied():
        mark = kept.figure.axes[0].axvline(START, color="black", linewidth=1, linestyle=(0, (1, 2)))

    @cache
    def tried(bits: int) -> tuple[str, str]:
        links = firm.linked(probability_of(bits))
        doubles = duplicate_mailings(firm.campaign(links))
        merged = silenced(links, firm.truth)
        return _read(firm, links, pairwise(links, firm.truth), (merged, doubles, unlinked))

    def update(bits: int) -> Reading:
        mark.set_xdata([bits, bits])
        title, text = tried(bits)
        return Reading(title, f"From {_odds(bits)} on, {text}")

    controls = {"bits": slider(_LABEL, int(BITS[0]), int(BITS[-1]), START, 2, slow=True)}
    return LiveView(controls, update, kept.figure)


def _read(
    firm: LinkedFirm, links: pd.DataFrame, found: Agreement, counts: tuple[int, int, int]
) -> tuple[str, str]:
    merged, doubles, unlinked = counts
    customers, people = links["golden_id"].nunique(), firm.truth.nunique()
    title = (
        f"{customers:,} customers counted, {people:,} are there: {merged:,} merged into somebody "
        f"else, {doubles:,} duplicate mailings"
    )
    text = (
        f"{found.precision:.0%} of the links are right and {found.recall:.0%} of the true "
        f"links are found. Without any links there are {len(links):,} customers and "
        f"{unlinked:,} duplicate mailings in half a year."
    )
    return title, text
