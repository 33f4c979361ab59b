"""Was the firm right about its customers, and did it grow their worth?

IDIC held against the truth: what is believed of each customer, what each step adds to a version,
and the return on all customers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from crmlab.checks import one_of
from crmlab.experiments.factorial import NONE, PROFIT, Factorial
from crmlab.experiments.idic_trials import beliefs, cash_flow, true_equity, true_needs
from crmlab.market.run import Run
from crmlab.strategic.idic import IDIC, felt
from crmlab.strategic.return_on_customer import ReturnOnCustomer, return_on_customer
from crmlab.tables import CATEGORIES

YOURS = "your version"


def contributions(found: Factorial, on: Collection[str], measure: str = PROFIT) -> pd.Series:
    """What a version earns against no step, and what each step adds or would add to it.

    Parameters
    ----------
    found : Factorial
    on : collection of str
        Steps that are on.

    Returns
    -------
    Series
        `YOURS`, then one number a step: the version with it less the same version without it.
        EUR per customer, mean over worlds.
    """
    for step in on:
        one_of("on", step, found.steps)
    mean = found.values(measure).mean()

    def earned(steps: set[str]) -> float:
        return float(mean[" + ".join(s for s in found.steps if s in steps) or NONE])

    now = set(on)
    added = {step: earned(now | {step}) - earned(now - {step}) for step in found.steps}
    return pd.Series({YOURS: earned(now) - earned(set()), **added})


def apart(found: Factorial, on: Collection[str], measure: str = PROFIT) -> float:
    """What these steps would earn if each were taken alone, EUR per customer, added up."""
    mean = found.values(measure).mean()
    return float(sum(mean[step] - mean[NONE] for step in on))


def believed_and_true(run: Run, week: int, policy: IDIC) -> pd.DataFrame:
    """What the firm believes of each customer in a week, beside what is true.

    Returns
    -------
    DataFrame
        One row a believed customer: the columns of `IDIC.insight`, ``shown`` (category, or
        "everything") and ``true_relevance`` (of what is shown, as it is felt).
    """
    memory = beliefs(run.records, week, policy, run)
    assert memory.known is not None
    known = memory.known
    needs = true_needs(run).loc[known["record"]].to_numpy()
    relevance = needs / needs.max(axis=1, keepdims=True)
    products = run.records.products.set_index("product_id")["category"]
    shown = pd.Index(CATEGORIES).get_indexer(products.reindex(known["product_id"]))
    one = felt(relevance[np.arange(len(shown)), np.maximum(shown, 0)], policy.plan.miss_penalty)
    true = np.where(shown >= 0, one, relevance.mean(axis=1))
    names = np.append(CATEGORIES, "everything")[shown]
    return known.assign(shown=names, true_relevance=true)


def by_value(known: pd.DataFrame, groups: int = 4) -> pd.DataFrame:
    """How well the firm knows those who are worth much and those who are not.

    Parameters
    ----------
    known : DataFrame
        As `believed_and_true` gives it.
    groups : int
        Of customers, by value; the first is worth most.

    Returns
    -------
    DataFrame
        One row a group, its means: margin_per_week_eur, relevance, true_relevance, question_eur,
        asked (share of those who agreed for whom a question is worth more than its price).
    """
    rank = known["margin_per_week_eur"].rank(method="first", ascending=False)
    group = pd.cut(rank, groups, labels=range(1, groups + 1)).rename("group by value")
    asked = (known["question_eur"] > 0).where(known["agreed"]).astype(float)
    columns = ["margin_per_week_eur", "relevance", "true_relevance", "question_eur", "asked"]
    return known.assign(asked=asked).groupby(group, observed=True)[columns].mean()


def returns(runs: Mapping[str, Run], since: int, until: int) -> pd.DataFrame:
    """Return on Customer of several versions: as the firm can estimate it, and in truth.

    Parameters
    ----------
    runs : mapping from name to run
        Of the same people.
    since, until : int
        Weeks that begin and end the period.

    Returns
    -------
    DataFrame
        One row a version, in percent: ``as estimated then`` (the opening equity too),
        ``restated`` (the opening equity with hindsight), ``true``.
    """
    rows = {}
    for name, run in runs.items():
        cash = cash_flow(run, since, until)
        then, restated = (
            return_on_customer(run.records, since, until, cash, seen) for seen in (since, until)
        )
        true = ReturnOnCustomer(cash, true_equity(run, since), true_equity(run, until))
        rows[name] = [100 * found.rate for found in (then, restated, true)]
    columns = ["as estimated then", "restated", "true"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("version")
