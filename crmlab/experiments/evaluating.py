"""How far is each design from the truth? Designs held against the same customers, lived again.

The designs themselves read records only (`crmlab.analytical.evaluation`); here their estimates
stand beside what the letters really did, in one world or in many.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache

import pandas as pd

from crmlab.analytical.evaluation import (
    Evaluation,
    adjusted,
    before_after,
    difference_in_differences,
    evaluations,
    imbens_kalyanaraman,
    matched,
    regression_discontinuity,
    treated_against_untreated,
    weighted,
)
from crmlab.checks import one_of
from crmlab.experiments.programmes import START, WEEKS, Programme, Tried
from crmlab.strategic.performance import Drivers, drivers_of

KNOWN = ["score", "earlier", "before", "weeks_since_order", "orders", "mean_order_eur"]
"""What the firm evens out by: all that its score was made of, and more."""
BEFORE_AFTER, AGAINST = "before and after", "treated against untreated"
DID, JUMP = "difference in differences", "regression discontinuity"
WEIGHTED, LOT = "weighted by propensity", "by lot, adjusted"
DESIGNS = (BEFORE_AFTER, AGAINST, DID, JUMP, WEIGHTED, LOT)


@lru_cache(maxsize=6)
def tried(programme: Programme, customers: int, seed: int) -> Tried:
    """One firm, kept while its designs are compared."""
    return Tried(programme, customers, seed)


def judged(firm: Tried, design: str) -> tuple[Evaluation, float]:
    """What a design says, and what it should have found, EUR for each treated customer.

    The discontinuity is held against the effect at the threshold, and the lot against the effect on
    those whom it drew; the others against the effect on all treated.

    Examples
    --------
    >>> says, truth = judged(Tried(customers=500, seed=1), BEFORE_AFTER)
    >>> says.design
    'before and after'
    """
    one_of("design", design, DESIGNS)
    if design == JUMP:
        return at_threshold(firm)
    if design == LOT:
        return adjusted(firm.trial_panel), firm.trial_truth
    if design == WEIGHTED:
        return weighted(firm.panel, KNOWN), firm.truth
    simple = {
        BEFORE_AFTER: before_after,
        AGAINST: treated_against_untreated,
        DID: difference_in_differences,
    }
    return simple[design](firm.panel), firm.truth


def error(programme: Programme, design: str, customers: int, seed: int) -> float:
    """The error of a design in one world, EUR for each treated customer; positive flatters."""
    says, truth = judged(tried(programme, customers, seed), design)
    return says.estimate - truth


def held_against(firm: Tried) -> pd.DataFrame:
    """Every design that fits, with the truth that it should have found; see `judged`.

    Where the score alone decided, nobody is alike and untreated, so that there is nothing to
    weight; where it did not, there is no threshold.

    Returns
    -------
    DataFrame
        One row a design (index ``design``): estimate, low, high, truth, error.

    Examples
    --------
    >>> held_against(Tried(customers=500, seed=1)).columns.tolist()
    ['estimate', 'low', 'high', 'truth', 'error']
    """
    unfit = WEIGHTED if decided_by_score(firm.programme) else JUMP
    found = [judged(firm, design) for design in DESIGNS if design != unfit]
    held = evaluations([says for says, _ in found])[["estimate", "low", "high"]]
    held["truth"] = [truth for _, truth in found]
    return held.assign(error=held["estimate"] - held["truth"])


def decided_by_score(programme: Programme) -> bool:
    """Whether a threshold of the score alone decides who is treated."""
    return programme.aim == 1 and programme.unseen == 0


def at_threshold(firm: Tried, share: float = 1.0) -> tuple[Evaluation, float]:
    """The discontinuity's estimate, and the effect at the threshold.

    ``share`` is of the bandwidth of Imbens and Kalyanaraman.
    """
    table, cut = firm.panel, firm.threshold
    x, y = (table["score"] - cut).to_numpy(), table["after"].to_numpy()
    width = share * imbens_kalyanaraman(x, y)
    return regression_discontinuity(table, cut, width), firm.truth_at(cut, width)


def matched_too(firm: Tried) -> pd.DataFrame:
    """Matching and weighting beside each other, with the truth."""
    found = evaluations([matched(firm.panel, KNOWN), weighted(firm.panel, KNOWN)])
    return found[["estimate", "low", "high"]].assign(truth=firm.truth)


def two_halves(firm: Tried) -> tuple[Drivers, Drivers]:
    """The drivers of the half-year before the programme, and of that since: by the books."""
    records, cost = firm.run.records, letters_eur(firm)
    early = drivers_of(records, START - WEEKS, START)
    return early, drivers_of(records, START, START + WEEKS, cost)


def with_and_without(firm: Tried) -> tuple[Drivers, Drivers]:
    """The drivers of the half-year since: as it would have been without letters, and as it was."""
    until = START + WEEKS
    without = drivers_of(firm.quiet.records, START, until)
    return without, drivers_of(firm.run.records, START, until, letters_eur(firm))


def letters_eur(firm: Tried) -> float:
    """What the firm paid for letters in the half-year, EUR."""
    return firm.cost_eur * len(firm.chosen)


def as_table(before: Drivers, after: Drivers, names: tuple[str, str]) -> pd.DataFrame:
    """Two sets of drivers beside each other: one row a driver, and the profit."""
    frame = pd.DataFrame({names[0]: asdict(before), names[1]: asdict(after)})
    frame.loc["profit"] = [before.profit_eur, after.profit_eur]
    return frame.rename_axis("driver")
