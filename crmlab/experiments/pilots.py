"""How much can be learned from a pilot? By its size, and by the learner.

An uplift is a small difference between two noisy shares, so a pilot that shows the average effect
hardly shows whose it is (Feit and Berman 2019, Marketing Science 38(6), on its size). The
truth grades what was learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmlab.analytical.uplift import qini
from crmlab.analytical.uplift.targeting import learn
from crmlab.experiments.compare import world_seeds
from crmlab.experiments.treatment import (
    PROJECTED,
    RISK,
    UPLIFT_VALUE,
    Firm,
    gains,
    scores,
)
from crmlab.market.scenario import Scenario


def grade_learners(
    learners: Mapping[str, Sequence[Any]],
    firm: Firm,
    first: pd.DataFrame,
    rest: pd.DataFrame,
    models: Sequence[str] = ("straight lines", "trees"),
) -> pd.DataFrame:
    """How well do learners rank those whom the letter makes buy, by the true effects?

    Parameters
    ----------
    learners : dict of name to learners
        For each name one learner a model.
    firm : Firm
    first, rest : DataFrame
        Rows of ``firm.pilot_group``: to learn from, and to be judged on.
    models : sequence of str
        What the learners of one name differ in.

    Returns
    -------
    DataFrame
        One row a name, one column a model: the Qini coefficient by the true effects, buyers
        for 1,000 customers; the last row is the best order.
    """
    true = firm.truth_then["buys_more"]
    rows, best_order = {}, 0.0
    for name, ways in learners.items():
        found = []
        for learner in ways:
            fitted = learner.fit(
                firm.then.loc[first.index], first["bought"].astype(float), treatment=first["letter"]
            )
            score = fitted.predict(firm.then.loc[rest.index])
            graded = qini(score, rest["bought"], rest["letter"], truth=true)
            found.append(1_000 * (graded.true_coefficient or 0.0))
            best_order = 1_000 * (graded.best_coefficient or 0.0)
        rows[name] = found
    rows["the best order"] = [best_order] * len(models)
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(models))


def by_pilot_size(
    sizes: Sequence[int] = (500, 1_000, 2_000, 4_000, 8_000),
    scenario: Scenario | str = "retail",
    others: int = 4_000,
    worlds: int = 3,
    seed: int = 7,
    repeats: int = 4,
) -> pd.DataFrame:
    """How large must the pilot be? What `UPLIFT_VALUE` brings, beside rules that need none.

    The largest pilot of a world is cut into smaller ones, up to ``repeats`` of each size.

    Returns
    -------
    DataFrame
        One row a size: ``pilot``, then by rule (`UPLIFT_VALUE`, `PROJECTED`, `RISK`) what the
        letters bring, EUR of margin for each of the others, mean over worlds.
    """
    rows = []
    for world_seed in world_seeds(seed, worlds):
        firm = Firm(scenario, others + max(sizes), max(sizes), world_seed)
        pilot, order_eur = firm.pilot_group, firm.worth["order_eur"]
        whole = gains(firm, scores(firm))["margin_eur"]
        for size in sizes:
            for start in range(0, min(repeats, len(pilot) // size) * size, size):
                effect = learn(firm.then, pilot.iloc[start : start + size]).predict(firm.now)
                score = (effect * order_eur).loc[firm.others].to_frame(UPLIFT_VALUE)
                margin = gains(firm, score).loc[UPLIFT_VALUE, "margin_eur"]
                rows.append((world_seed, size, margin, whole[PROJECTED], whole[RISK]))
    table = pd.DataFrame(rows, columns=["world", "pilot", UPLIFT_VALUE, PROJECTED, RISK])
    means = table.groupby(["pilot", "world"]).mean().groupby("pilot").mean()
    return means.reset_index()
