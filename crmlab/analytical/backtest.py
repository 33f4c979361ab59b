"""Would the forecast have been right? Models refitted at several moments, beside heuristics.

A model is fitted to the orders up to an *origin*, asked about the time after it, and compared with
what happened then. Heuristics that cost nothing stand beside it: what managers do is often
nearly as good (Wübben and von Wangenheim 2008, J. Marketing 72(3)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.rfm_table import UNITS, When, rfm
from crmlab.analytical.spend import GammaGamma
from crmlab.analytical.validation import capture
from crmlab.checks import one_of

Forecaster = Callable[[pd.DataFrame, pd.DataFrame, float], pd.DataFrame]
"""``(table, orders, periods)`` -> ``purchases`` and, if there are values, ``value`` by customer.

``orders`` ends where the table does: nothing after the origin is ever shown.
"""


def from_model(model: RepeatModel, spend: bool = True) -> Forecaster:
    """A model of repeat buying, refitted at every origin, with gamma-gamma spend."""

    def forecast(table: pd.DataFrame, orders: pd.DataFrame, periods: float) -> pd.DataFrame:
        fitted = clone(model)._estimate(table)
        found = pd.DataFrame({"purchases": fitted.expected_purchases(table, periods)})
        if spend and "monetary_value" in table.columns:
            value = GammaGamma()._estimate(table).expected_value(table)
            found["value"] = found["purchases"] * value
        return found

    return forecast


def same_again(table: pd.DataFrame, orders: pd.DataFrame, periods: float) -> pd.DataFrame:
    """Everybody buys as in the time of the same length before: last year's revenue."""
    return _recent(table, orders, periods)


def same_rate(table: pd.DataFrame, orders: pd.DataFrame, periods: float) -> pd.DataFrame:
    """Everybody goes on at the own rate since the first purchase: nobody ever leaves."""
    rate = (table["frequency"] / table["age"].clip(lower=1e-9)).where(table["age"] > 0, 0.0)
    found = pd.DataFrame({"purchases": rate * periods})
    if "monetary_value" in table.columns:
        found["value"] = found["purchases"] * table["monetary_value"]
    return found


def rfm_quintiles(table: pd.DataFrame, orders: pd.DataFrame, periods: float) -> pd.DataFrame:
    """Everybody buys as customers of the same RFM cell did last time (Hughes 1994).

    Cells are fifths of silence, frequency and value as they stood one horizon before the origin;
    what their customers bought since then is what today's customers of that cell will buy. In a
    log shorter than two horizons the look back is half of the log, and purchases are scaled up.
    """
    unit, end = table.attrs["unit"], pd.Timestamp(table.attrs["end"])
    known = (end - orders["ordered_at"].min()).total_seconds() / UNITS[unit]
    back = min(periods, known / 2)
    before = end - pd.Timedelta(seconds=back * UNITS[unit])
    then = rfm(orders, before, unit, holdout=end)
    cells, today = _cells(then, then), _cells(table, then)
    names = ["holdout_frequency"]
    if "holdout_value" in then.columns:
        then["holdout_total"] = then["holdout_frequency"] * then["holdout_value"]
        names.append("holdout_total")
    means = then.groupby(cells)[names].mean() * (periods / back)
    everybody = then[names].mean() * (periods / back)
    found = means.reindex(today).fillna(everybody).set_axis(table.index)
    return found.rename(columns={"holdout_frequency": "purchases", "holdout_total": "value"})


BASELINES: Mapping[str, Forecaster] = {
    "same as last time": same_again,
    "own rate for ever": same_rate,
    "RFM quintiles": rfm_quintiles,
}
"""Heuristics that every model should beat."""


def _cells(table: pd.DataFrame, reference: pd.DataFrame) -> NDArray[np.int64]:
    """RFM cell of each customer, by fifths of the reference."""
    code = np.zeros(len(table), dtype=np.int64)
    for name in ("silence", "frequency", "monetary_value"):
        if name == "silence":
            values, edges = (t["age"] - t["recency"] for t in (table, reference))
        elif name in table.columns and name in reference.columns:
            values, edges = table[name], reference[name]
        else:
            continue
        cuts = np.quantile(edges, [0.2, 0.4, 0.6, 0.8])
        code = code * 5 + np.searchsorted(cuts, values.to_numpy(), side="right")
    return code


def _recent(table: pd.DataFrame, orders: pd.DataFrame, periods: float) -> pd.DataFrame:
    """Purchases and value of the last ``periods`` before the origin, by customer."""
    end = pd.Timestamp(table.attrs["end"]) + pd.Timedelta(days=1)
    since = end - pd.Timedelta(seconds=periods * UNITS[table.attrs["unit"]])
    recent = orders[orders["ordered_at"] >= since]
    day = recent["ordered_at"].dt.floor("D")
    groups = day.groupby(recent["customer_id"])
    found = pd.DataFrame({"purchases": groups.nunique().reindex(table.index).fillna(0.0)})
    if "value_eur" in recent.columns:
        value = recent["value_eur"].groupby(recent["customer_id"]).sum()
        found["value"] = value.reindex(table.index).fillna(0.0)
    return found


# --- backtest --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Backtest:
    """What every forecaster said at every origin, and what came.

    Attributes
    ----------
    scores : DataFrame
        One row an origin and forecaster: ``origin``, ``forecaster``, ``customers``,
        ``bias`` (forecast over actual purchases, less 1), ``mae`` and ``rmse`` (purchases a
        customer), ``rank`` (Spearman with actual purchases) and ``capture``, the share of the
        actual value that the best tenth by forecast value brought.
    forecasts : DataFrame
        One row an origin, forecaster and customer.
    """

    scores: pd.DataFrame
    forecasts: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Mean of the scores over the origins, the best capture first."""
        means = self.scores.groupby("forecaster").mean(numeric_only=True)
        return means.drop(columns="customers").sort_values("capture", ascending=False)

    def __repr__(self) -> str:
        origins = self.scores["origin"].nunique()
        return f"Backtest({self.scores['forecaster'].nunique()} forecasters, {origins} origins)"


def backtest(
    orders: pd.DataFrame,
    forecasters: Mapping[str, Forecaster | RepeatModel],
    origins: Iterable[When],
    periods: float,
    unit: str = "W",
) -> Backtest:
    """Fit at each origin, forecast the ``periods`` after it, and compare with what came.

    Parameters
    ----------
    orders : DataFrame
        All orders, those after the origins included: they are what came.
    forecasters : mapping
        Name to a model (refitted at every origin) or a `Forecaster`; `BASELINES` are always
        there too.
    origins : sequence of dates
        Last days of what is known; each horizon must lie in the log.
    periods : float
        Length of the horizon, in units.
    unit : str
        As in `rfm`.

    Raises
    ------
    ValueError
        A horizon that ends after the log does, or a forecaster named like a baseline.
    """
    double = set(forecasters) & set(BASELINES)
    if double:
        raise ValueError(f"forecasters must not be named {double.pop()!r}: that is a baseline.")
    ready: dict[str, Forecaster] = {
        name: f if callable(f) else from_model(f)
        for name, f in (dict(forecasters) | dict(BASELINES)).items()
    }
    scores, told = [], []
    for origin in origins:
        table, known = _as_of(orders, origin, periods, unit)
        for name, forecaster in ready.items():
            found = forecaster(table, known, periods)
            scores.append(
                {"origin": pd.Timestamp(origin), "forecaster": name} | _score(found, table)
            )
            told.append(found.assign(origin=pd.Timestamp(origin), forecaster=name))
    if not scores:
        raise ValueError("origins must name at least one date, got none.")
    return Backtest(pd.DataFrame(scores), pd.concat(told).reset_index())


def _as_of(
    orders: pd.DataFrame, origin: When, periods: float, unit: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of one origin with its holdout, and the orders known then."""
    one_of("unit", unit, tuple(UNITS))
    end = pd.Timestamp(origin).floor("D")
    until = end + pd.Timedelta(seconds=periods * UNITS[unit])
    last = orders["ordered_at"].max()
    if until.floor("D") > last.floor("D"):
        raise ValueError(
            f"origins must leave {periods:g} {unit} in the log, which ends on {last.date()}; "
            f"from {end.date()} on they end on {until.date()}."
        )
    table = rfm(orders, end, unit, holdout=until)
    table.attrs |= {"end": end, "unit": unit}
    return table, orders[orders["ordered_at"] < end + pd.Timedelta(days=1)]


def _score(found: pd.DataFrame, table: pd.DataFrame) -> dict[str, float]:
    from scipy.stats import spearmanr

    said, came = found["purchases"].to_numpy(), table["holdout_frequency"].to_numpy()
    error = said - came
    value, score = came.astype(np.float64), said
    if "value" in found.columns and "holdout_value" in table.columns:
        value, score = value * table["holdout_value"].to_numpy(), found["value"].to_numpy()
    constant = np.ptp(said) == 0 or np.ptp(came) == 0
    return {
        "customers": len(table),
        "bias": float(said.sum() / came.sum() - 1.0) if came.sum() else np.nan,
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "rank": np.nan if constant else float(spearmanr(said, came).statistic),
        "capture": capture(score, value) if value.sum() > 0 else np.nan,
    }
