"""What will the open deals bring? Each deal's value, weighted by how often its stage was won.

A stage's probability is read off deals that were decided: of those that reached the stage, the
share that was won. It assumes that open deals are like decided ones; quick decisions are
decided first, so a pipeline of slow deals looks better or worse than it is. What reps enter
themselves is the foil.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from crmlab.analytical.forecast.result import Forecast, t_quantile

_DEALS = ["deal_id", "stage", "value_eur"]


def stage_probabilities(history: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """How often deals that reached a stage were won.

    Parameters
    ----------
    history : DataFrame
        One row a deal and stage that it reached: ``deal_id``, ``stage``, ``won`` (True or
        False; rows of open deals, where it is missing, are left out).
    level : float
        Of the interval of the probability (Jeffreys: Brown, Cai and DasGupta 2001, Statistical
        Science 16(2), section 4.1).

    Returns
    -------
    DataFrame
        One row a stage (index ``stage``, in order of appearance): ``deals``, ``won``,
        ``probability``, ``low``, ``high``.

    Raises
    ------
    ValueError
        A column is missing, a deal stands in a stage twice, or none was decided.

    Examples
    --------
    >>> history = pd.DataFrame(
    ...     {
    ...         "deal_id": [1, 1, 2, 2, 3, 4],
    ...         "stage": ["lead", "offer", "lead", "offer", "lead", "lead"],
    ...         "won": [True, True, False, False, False, None],
    ...     }
    ... )
    >>> stage_probabilities(history)[["deals", "won", "probability"]]
           deals  won  probability
    stage
    lead       3    1     0.333333
    offer      2    1     0.500000
    """
    _check_columns("history", history, ["deal_id", "stage", "won"])
    _check_level(level)
    decided = history[history["won"].notna()]
    if not len(decided):
        raise ValueError("history must hold a deal that was decided, 'won' is missing in all rows.")
    twice = decided[decided.duplicated(["deal_id", "stage"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(
            f"history must have one row a deal and stage, deal {row['deal_id']} is in "
            f"{row['stage']!r} twice. Keep its first time."
        )
    groups = decided["won"].astype(bool).groupby(decided["stage"], sort=False, observed=True)
    table = groups.agg(deals="size", won="sum")
    n, k, tail = table["deals"], table["won"], (1 - level) / 2
    low = np.where(k > 0, betaincinv(k + 0.5, n - k + 0.5, tail), 0.0)
    high = np.where(k < n, betaincinv(k + 0.5, n - k + 0.5, 1 - tail), 1.0)
    return table.assign(probability=k / n, low=low, high=high)


def weighted_pipeline(
    deals: pd.DataFrame, stages: pd.DataFrame | pd.Series, level: float = 0.8
) -> Forecast:
    """Expected value of the open deals by their stage's probability.

    Parameters
    ----------
    deals : DataFrame
        One row an open deal: ``deal_id``, ``stage``, ``value_eur``, and ``week`` where it is
        known when it should be decided.
    stages : DataFrame or Series
        ``probability`` by stage: what `stage_probabilities` gives, or numbers of your own.
    level : float
        Of the interval: deals are won or lost independently, and probabilities of a table with
        ``deals`` are uncertain. Those of all stages come from the same deals, and are taken to
        be wrong together. Normal approximation, rough where few large deals make the sum.

    Returns
    -------
    Forecast
        One row a week of ``deals``, or a single row "all"; ``detail`` has one row a stage:
        ``deals``, ``value_eur``, ``probability``, ``expected_eur``.

    Raises
    ------
    ValueError
        A column or the probability of a stage is missing, or a number is impossible.

    Examples
    --------
    >>> deals = pd.DataFrame(
    ...     {"deal_id": [1, 2], "stage": ["lead", "offer"], "value_eur": [1000.0, 400.0]}
    ... )
    >>> weighted_pipeline(deals, pd.Series({"lead": 0.1, "offer": 0.5})).table["forecast"].tolist()
    [300.0]
    """
    _check_deals(deals, level)
    table = stages.to_frame("probability") if isinstance(stages, pd.Series) else stages
    _check_columns("stages", table, ["probability"])
    unknown = deals.loc[~deals["stage"].isin(table.index), "stage"]
    if len(unknown):
        raise ValueError(
            f"stages must have every stage of deals, {unknown.iloc[0]!r} is not in "
            f"{table.index.tolist()}."
        )
    chance = deals["stage"].map(table["probability"]).astype(float)
    doubt = pd.Series(0.0, index=deals.index)
    if "deals" in table:
        p = (table["probability"] * table["deals"] + 0.5) / (table["deals"] + 1)
        doubt = deals["stage"].map(np.sqrt(p * (1 - p) / table["deals"])).astype(float)
    return _pipeline("stage-weighted pipeline", deals.assign(p=chance, doubt=doubt), level)


def rep_weighted_pipeline(deals: pd.DataFrame, level: float = 0.8) -> Forecast:
    """The same by the probability that reps entered for each deal: the foil.

    Parameters
    ----------
    deals : DataFrame
        As in `weighted_pipeline`, with ``rep_probability`` in [0, 1].
    level : float
        Of the interval, as if the reps were right.

    Examples
    --------
    >>> deals = pd.DataFrame({"deal_id": [1], "stage": ["offer"], "value_eur": [400.0]})
    >>> rep_weighted_pipeline(deals.assign(rep_probability=0.9)).table["forecast"].tolist()
    [360.0]
    """
    _check_deals(deals, level)
    _check_columns("deals", deals, ["rep_probability"])
    chance = deals["rep_probability"].astype(float)
    return _pipeline("rep-weighted pipeline", deals.assign(p=chance, doubt=0.0), level)


def _pipeline(method: str, deals: pd.DataFrame, level: float) -> Forecast:
    p, value = deals["p"], deals["value_eur"].astype(float)
    if not ((p >= 0) & (p <= 1)).all():
        bad = p[~((p >= 0) & (p <= 1))].iloc[0]
        raise ValueError(f"probability must be in [0, 1], got {bad}. Is this a percentage?")
    week = deals["week"] if "week" in deals else pd.Series("all", index=deals.index)
    luck = p * (1 - p) * value**2
    shared = (deals["doubt"] * value).groupby(week).sum() ** 2
    variance = luck.groupby(week).sum() + shared
    mean = (p * value).groupby(week).sum()
    width = t_quantile(level) * np.sqrt(variance)
    most = value.groupby(week).sum()
    table = pd.DataFrame(
        {"forecast": mean, "low": (mean - width).clip(lower=0),
         "high": (mean + width).clip(upper=most)}
    ).rename_axis("week")  # fmt: skip
    parts = deals.assign(expected_eur=p * value).groupby("stage", sort=False, observed=True)
    detail = parts.agg(
        deals=("value_eur", "size"), value_eur=("value_eur", "sum"), probability=("p", "mean"),
        expected_eur=("expected_eur", "sum"),
    )  # fmt: skip
    return Forecast(method, table, level, f"{len(deals):,} open deals", detail)


def _check_deals(deals: pd.DataFrame, level: float) -> None:
    _check_level(level)
    _check_columns("deals", deals, _DEALS)
    if not len(deals):
        raise ValueError("deals must hold at least one open deal, got an empty table.")
    if deals["deal_id"].duplicated().any():
        twice = deals.loc[deals["deal_id"].duplicated(), "deal_id"].iloc[0]
        raise ValueError(f"deals must have one row a deal, got deal {twice} twice.")
    value = deals["value_eur"]
    if not (np.isfinite(value.to_numpy(dtype=float)) & (value >= 0)).all():
        raise ValueError("deals must have a finite value_eur >= 0; some are missing or negative.")


def _check_columns(name: str, table: pd.DataFrame, needed: list[str]) -> None:
    missing = [c for c in needed if c not in table]
    if missing:
        raise ValueError(f"{name} must have the column {missing[0]!r}, got {list(table)}.")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1), got {level!r}. Is this a percentage?")
