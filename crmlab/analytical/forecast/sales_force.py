"""How far can the reps' own estimates be trusted? Their record says in which direction they err.

Some reps promise too much, others leave themselves room to shine. Each one's past tells by what
factor, and the factor of a rep with a short or erratic past is pulled towards that of all
(a shrinkage estimator: Buehlmann 1967, Experience rating and credibility, ASTIN Bulletin 4(3)).
It assumes that reps go on as they did, also when they know that they are corrected.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.forecast.result import Forecast, check_horizon, forecast_of
from crmlab.analytical.forecast.series import check_series, coming

_NEEDED = ["rep_id", "week", "estimate_eur", "sales_eur"]


def sales_force(
    series: pd.Series, weeks: int, record: pd.DataFrame, level: float = 0.8
) -> Forecast:
    """The sum of the reps' estimates, each corrected by how that rep erred before.

    A rep's factor is past sales over past estimates, ``z r + (1 - z) R`` with ``r`` the rep's
    own ratio, ``R`` that of all, ``z = n / (n + k)`` over ``n`` past weeks, and ``k`` the
    variance of the ratios within reps over that between reps, by the method of moments.

    Parameters
    ----------
    series : Series
        Sales by week; says where the past ends. Any whole period will do for a week.
    weeks : int
        How many weeks ahead; the record must hold estimates for each.
    record : DataFrame
        One row a rep and week: ``rep_id``, ``week`` (as in the index of ``series``),
        ``estimate_eur``, made beforehand, and ``sales_eur``, what came of it. ``sales_eur`` of
        weeks after the end of ``series`` is not read, and may be missing.
    level : float
        Of the interval, from the errors of the corrected sums in the past.

    Returns
    -------
    Forecast
        ``detail`` has one row a rep: ``weeks``, ``ratio`` (sales over estimates), ``trust``
        (z), ``factor``.

    Raises
    ------
    ValueError
        An estimate for a coming week is missing, or the past holds fewer than 2 weeks.

    Examples
    --------
    >>> record = pd.DataFrame(
    ...     {
    ...         "rep_id": ["Al", "Bo"] * 4,
    ...         "week": [0, 0, 1, 1, 2, 2, 3, 3],
    ...         "estimate_eur": [100.0] * 8,
    ...         "sales_eur": [50.0, 120.0] * 3 + [np.nan, np.nan],
    ...     }
    ... )
    >>> forecast = sales_force(pd.Series([170.0] * 3), 1, record)
    >>> forecast.table["forecast"].tolist()
    [170.0]
    >>> forecast.detail["factor"].to_dict()
    {'Al': 0.5, 'Bo': 1.2}
    """
    past, future = _split(series, weeks, record, level)
    reps = _factors(past)
    known = past.assign(factor=past["rep_id"].map(reps["factor"]))
    known = known.assign(guess=known["estimate_eur"] * known["factor"])
    errors = known.groupby("week")[["sales_eur", "guess"]].sum()
    gap = errors["sales_eur"] - errors["guess"]
    # A rep without a past is taken for an average one.
    overall = past["sales_eur"].sum() / past["estimate_eur"].sum()
    factor = future["rep_id"].map(reps["factor"]).fillna(overall)
    mean = (future["estimate_eur"] * factor).groupby(future["week"]).sum()
    note = f"reps sell {overall:.0%} of what they estimate"
    table = _table(series, mean, gap, level)
    return Forecast("sales force, corrected", table, level, note, reps)


def sales_force_raw(
    series: pd.Series, weeks: int, record: pd.DataFrame, level: float = 0.8
) -> Forecast:
    """The sum of the reps' estimates as they stand: the foil.

    Parameters are those of `sales_force`; the interval comes from the errors around the raw
    sums, and is not moved by their bias.

    Examples
    --------
    >>> record = pd.DataFrame(
    ...     {"rep_id": 1, "week": [0, 1, 2], "estimate_eur": 100.0, "sales_eur": [50.0, 52.0, 0.0]}
    ... )
    >>> sales_force_raw(pd.Series([50.0, 52.0]), 1, record).table["forecast"].tolist()
    [100.0]
    """
    past, future = _split(series, weeks, record, level)
    sums = past.groupby("week")[["sales_eur", "estimate_eur"]].sum()
    mean = future.groupby("week")["estimate_eur"].sum()
    table = _table(series, mean, sums["sales_eur"] - sums["estimate_eur"], level)
    return Forecast("sales force, raw", table, level)


def _table(series: pd.Series, mean: pd.Series, gap: pd.Series, level: float) -> pd.DataFrame:
    mean = mean.reindex(coming(series, len(mean)))
    spread = np.full(len(mean), np.sqrt((gap**2).mean()))
    return forecast_of(series, mean, spread, level, len(gap))


def _factors(past: pd.DataFrame) -> pd.DataFrame:
    sums = past.groupby("rep_id")[["sales_eur", "estimate_eur"]].sum()
    n = past.groupby("rep_id").size()
    ratio = sums["sales_eur"] / sums["estimate_eur"].where(sums["estimate_eur"] > 0)
    overall = past["sales_eur"].sum() / past["estimate_eur"].sum()
    ratio = ratio.fillna(overall)
    k = _noise_over_signal(past, ratio, n, overall)
    trust = n / (n + k)
    factor = trust * ratio + (1 - trust) * overall
    return pd.DataFrame({"weeks": n, "ratio": ratio, "trust": trust, "factor": factor})


def _noise_over_signal(past: pd.DataFrame, ratio: pd.Series, n: pd.Series, overall: float) -> float:
    """The k of the credibility weights; infinite where reps do not differ beyond their noise."""
    weeks = past[past["estimate_eur"] > 0]
    gaps = weeks["sales_eur"] / weeks["estimate_eur"] - weeks["rep_id"].map(ratio)
    freedom = len(weeks) - weeks["rep_id"].nunique()
    within = float((gaps**2).sum() / freedom) if freedom > 0 else np.inf
    if within == 0 or not np.isfinite(within):
        return within
    between = float(((ratio - overall) ** 2).mean() - within * (1 / n).mean())
    return within / between if between > 0 else np.inf


def _split(
    series: pd.Series, weeks: int, record: pd.DataFrame, level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    check_horizon(weeks, level)
    check_series(series, 2)
    missing = [c for c in _NEEDED if c not in record]
    if missing:
        raise ValueError(f"record must have the column {missing[0]!r}, got {list(record)}.")
    past = record[record["week"].isin(series.index)]
    ahead = coming(series, weeks)
    future = record[record["week"].isin(ahead)]
    absent = ahead[~ahead.isin(future["week"])]
    if len(absent):
        raise ValueError(
            f"record must hold estimates for every coming week, {absent[0]} has none. "
            "Ask the reps, or forecast fewer weeks."
        )
    if past["week"].nunique() < 2 or not past["estimate_eur"].sum() > 0:
        raise ValueError(
            "record must hold estimates for at least 2 weeks of series, got "
            f"{past['week'].nunique()}: nobody's bias is known yet."
        )
    for column in ("estimate_eur", "sales_eur"):
        if not np.isfinite(past[column].to_numpy(dtype=float)).all():
            raise ValueError(f"record must have {column!r} in every past week, some are missing.")
    if not np.isfinite(future["estimate_eur"].to_numpy(dtype=float)).all():
        raise ValueError("record must have 'estimate_eur' in every coming week, some are missing.")
    return past, future
