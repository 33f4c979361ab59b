"""What if overhead is simply spread by revenue? The usual way, and how far each way is right.

Spreading by revenue says that every euro of sales costs the same to serve. Nobody can then lose
money whose gross margin rate is fair, so loss makers vanish from the books, not from the firm.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero


def allocate_by_revenue(cost_eur: float, revenue_eur: pd.Series) -> pd.Series:
    """Each customer's part of a cost, in proportion to revenue.

    Parameters
    ----------
    cost_eur : float
        To be spread, >= 0.
    revenue_eur : Series
        One value a customer, EUR. Somebody who sent back more than was bought counts as 0.

    Returns
    -------
    Series
        Index as ``revenue_eur``; adds up to ``cost_eur``.

    Raises
    ------
    ValueError
        A revenue is missing, or nobody has any.

    Examples
    --------
    >>> allocate_by_revenue(30.0, pd.Series([100.0, 200.0, 0.0])).tolist()
    [10.0, 20.0, 0.0]
    """
    at_least_zero("cost_eur", cost_eur)
    if not np.isfinite(revenue_eur.to_numpy(dtype=float)).all():
        raise ValueError(
            f"revenue_eur must be finite, {int(revenue_eur.isna().sum())} are missing. Fill in 0."
        )
    revenue = revenue_eur.clip(lower=0)
    if not revenue.sum() > 0:
        raise ValueError("revenue_eur must be above 0 for somebody, there is nothing to spread by.")
    return (cost_eur * revenue / revenue.sum()).rename("cost_eur")


def compare_profits(profits: pd.DataFrame, true_profit: pd.Series) -> pd.DataFrame:
    """How near each way of costing comes to the truth.

    Parameters
    ----------
    profits : DataFrame
        One row a customer, one column a way of costing: profit as it says, EUR.
    true_profit : Series
        The same customers, by index, in any order.

    Returns
    -------
    DataFrame
        One row a way (index ``costing``): ``sign_accuracy``, share of the customers put on the
        right side of 0; ``loss_makers`` that it shows, share; ``loss_makers_found``, share of
        the true ones; ``worst_decile_found`` and ``best_decile_found``, share of the true
        worst and best tenth that is in its own; ``correlation`` and ``rank_correlation``.

    Raises
    ------
    ValueError
        The two do not hold the same customers, or there are fewer than ten.

    Examples
    --------
    >>> true = pd.Series(range(-5, 5))
    >>> table = compare_profits(pd.DataFrame({"same": true, "reversed": -true}), true)
    >>> table[["sign_accuracy", "worst_decile_found", "correlation"]]
              sign_accuracy  worst_decile_found  correlation
    costing
    same                1.0                 1.0          1.0
    reversed            0.1                 0.0         -1.0
    """
    _check(profits, true_profit)
    true = true_profit.reindex(profits.index).astype(float)
    rows = {name: _compare(profits[name].astype(float), true) for name in profits}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("costing")


def _compare(profit: pd.Series, true: pd.Series) -> dict[str, float]:
    lost = true < 0
    return {
        "sign_accuracy": float((np.sign(profit) == np.sign(true)).mean()),
        "loss_makers": float((profit < 0).mean()),
        "loss_makers_found": float((profit[lost] < 0).mean()),
        "worst_decile_found": _decile_found(profit, true),
        "best_decile_found": _decile_found(-profit, -true),
        "correlation": _correlation(profit, true),
        "rank_correlation": _correlation(profit.rank(), true.rank()),
    }


def _decile_found(profit: pd.Series, true: pd.Series) -> float:
    """Ties are broken by the order of the rows, the same for both."""
    k = len(true) // 10
    said, worst = (np.argsort(s.to_numpy(), kind="stable")[:k] for s in (profit, true))
    return len(np.intersect1d(said, worst)) / k


def _correlation(a: pd.Series, b: pd.Series) -> float:
    """NaN where one of the two does not vary."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else np.nan


def _check(profits: pd.DataFrame, true_profit: pd.Series) -> None:
    if len(profits) < 10:
        raise ValueError(f"profits must hold ten customers at least, got {len(profits)}.")
    for name, index in (("profits", profits.index), ("true_profit", true_profit.index)):
        if not index.is_unique:
            raise ValueError(
                f"{name} must have one row a customer, got "
                f"{index[index.duplicated()].tolist()[0]!r} twice."
            )
    apart = profits.index.symmetric_difference(true_profit.index)
    if len(apart):
        raise ValueError(
            "profits and true_profit must hold the same customers, by index; "
            f"{len(apart)} are in one only, {apart.tolist()[0]!r} for instance."
        )
    numbers = profits.assign(true=true_profit)
    if not np.isfinite(numbers.to_numpy(dtype=float)).all():
        raise ValueError("profits and true_profit must be finite, some are missing. Fill them in.")
