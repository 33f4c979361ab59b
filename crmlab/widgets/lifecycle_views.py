"""How much for a prospect, and how much for a customer? What is reckoned, and what comes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.experiments.lifecycle_allocation import Firm
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import INK, applied, euros
from crmlab.widgets.controls import slider
from crmlab.widgets.live import LiveView, Reading

RECKONED, CAME = "reckoned with one retention rate", "what came of what you tried"
CARE = tuple(np.arange(0.0, 4.01, 0.5))
MOST_EXTRA = 6.0


def winning_and_keeping(firm: Firm, extra: float = 0.0, care: float = 3.0) -> LiveView:
    """Choose both amounts, and see customer equity as reckoned and as it came.

    The line of what came has a point for every amount of care that has been tried: the same
    customers with the same luck live through the years again.

    Parameters
    ----------
    firm : Firm
    extra : float
        EUR more on each prospect at the start, 0 to 6.
    care : float
        EUR of care before each renewal at the start, 0 to 4, by halves.
    """
    if care not in CARE:
        raise ValueError(f"care must be one of {', '.join(map(str, CARE))}, got {care!r}.")
    kept = KeptLines(CARE, [RECKONED, CAME], "care (EUR a customer and renewal)",
                     "equity (EUR a prospect)")  # fmt: skip
    axes = kept.figure.axes[0]
    with applied():
        axes.locator_params(axis="y", nbins=5, integer=True)  # labels that never outgrow the margin
        axes.axhline(0, color="black", linewidth=1)
        here = axes.axvline(care, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    tried: set[float] = set()
    best = firm.reckoning.optimum()
    for amount in (0.0, float(best["extra_eur"])):  # so that the range holds both ends
        kept.show({RECKONED: firm.reckoning.per_prospect(amount, CARE)})
    kept.show({CAME: [firm.true_equity(float(best["extra_eur"]), c) for c in CARE]})

    def update(extra: float, care: float) -> Reading:
        tried.add(care)
        kept.show({RECKONED: firm.reckoning.per_prospect(extra, CARE),
                   CAME: came_of(firm, extra, tried)})  # fmt: skip
        here.set_xdata([care, care])
        return _told(firm, extra, care)

    controls = {
        "extra": slider("more on each prospect (EUR)", 0.0, MOST_EXTRA, extra, 0.5),
        "care": slider("care before each renewal (EUR)", 0.0, CARE[-1], care, 0.5),
    }
    return LiveView(controls, update, kept.figure)


def came_of(firm: Firm, extra: float, tried: set[float]) -> NDArray[np.float64]:
    """Customer equity as it came, EUR a prospect, by care; NaN for amounts not tried."""
    return np.array([firm.true_equity(extra, c) if c in tried else np.nan for c in CARE])


def _told(firm: Firm, extra: float, care: float) -> Reading:
    reckoned = float(firm.reckoning.per_prospect(extra, care))
    came = firm.true_equity(extra, care)
    nothing = firm.true_equity(0.0, 0.0)
    best = firm.reckoning.optimum()
    won, kept = firm.reckoning.winning.rate(extra), firm.reckoning.keeping.rate(care)
    title = (
        f"{euros(extra)} more and {euros(care)} of care: reckoned {euros(reckoned)} a prospect, "
        f"came {euros(came)}"
    )
    text = (
        f"{euros(extra)} more on each prospect wins {1_000 * float(won):.0f} of 1,000, as far as "
        f"the trial tells; with {euros(care)} of care {float(kept):.1%} renew each time. Spending "
        f"nothing on either brings {euros(nothing)} a prospect. By the reckoning, "
        f"{euros(best['extra_eur'])} and {euros(best['care_eur'])} are best."
    )
    return Reading(title, text)
