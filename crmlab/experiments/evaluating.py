"""How far is each design from the truth? Designs held against the same customers, lived again.

The designs themselves read records only (`crmlab.analytical.evaluation`); here their estimates
stand beside what the letters really did, in one world or in many.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from crmlab.experiments.programmes import START, WEEKS, Programme, Tried
from crmlab.strategic.performance import Drivers, drivers_of

KNOWN = ["score", "earlier", "before", "weeks_since_order", "orders", "mean_order_eur"]
"""What the firm evens out by: all that its score was made of, and more."""
BEFORE_AFTER, AGAINST = "before and after", "treated against untreated"
DID, JUMP = "difference in differences", "regression discontinuity"
WEIGHTED, LOT = "weighted by propensity", "by lot, adjusted"


@lru_cache(maxsize=6)
def tried(programme: Programme, customers: int, seed: int) -> Tried:
    """One firm, kept while its designs are compared."""
    return Tried(programme, customers, seed)


def held_against(firm: Tried) -> pd.DataFrame:
    """Every design that fits, with the truth that it should have found, EUR for each treated.

    The discontinuity is held against the effect at the threshold, and the lot against the effect on
    those whom it drew; the others against the effect on all treated.

    Returns
    -------
    DataFrame
        One row a design (index ``design``): estimate, low, high, truth, error.

    Examples
    --------
    >>> held_against(Tried(customers=500, seed=1)).columns.tolist()
    ['estimate', 'low', 'high', 'truth', 'error']
    """
    table = firm.panel
    found = [before_after(table), treated_against_untreated(table)]
    found += [difference_in_differences(table)]
    truths = [firm.truth] * 3
    if decided_by_score(firm.programme):
        jump, truth = at_threshold(firm)
        found, truths = [*found, jump], [*truths, truth]
    else:
        found, truths = [*found, weighted(table, KNOWN)], [*truths, firm.truth]
    found, truths = [*found, adjusted(firm.trial_panel)], [*truths, firm.trial_truth]
    held = evaluations(found)[["estimate", "low", "high"]].assign(truth=truths)
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


def errors(programme: Programme, customers: int, seed: int) -> pd.Series:
    """The error of every design that fits, EUR for each treated; positive flatters."""
    return held_against(tried(programme, customers, seed))["error"]


def by_aim(
    aims: Sequence[float], programme: Programme | None = None, customers: int = 4_000, seed: int = 7
) -> pd.DataFrame:
    """Estimate and truth as the programme is aimed more and more at the worst.

    Returns
    -------
    DataFrame
        One row an aim (index ``aim``): the truth, and the estimates of before and after,
        difference in differences, weighting, and the lot.

    Examples
    --------
    >>> by_aim([0.0, 0.5], customers=500).shape
    (2, 5)
    """
    start = Programme() if programme is None else programme
    rows = {}
    for aim in aims:
        firm = tried(start.replace(aim=aim), customers, seed)
        table = firm.panel
        rows[aim] = {
            "truth": firm.truth,
            BEFORE_AFTER: before_after(table).estimate,
            DID: difference_in_differences(table).estimate,
            WEIGHTED: weighted(table, KNOWN).estimate,
            LOT: adjusted(firm.trial_panel).estimate,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("aim")


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
