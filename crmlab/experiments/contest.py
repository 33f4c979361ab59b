"""What does a wrong model lose? Estimators of value on worlds that break one assumption each.

All of them see one year of orders and say what each customer will bring in the next. The decision
is to keep the best tenth by that; the regret is what those who should have been kept instead
would have brought, per customer of the base. Peers stand in the table where they are installed.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from crmlab import policies
from crmlab.analytical.backtest import rfm_quintiles, same_again, same_rate
from crmlab.analytical.btyd import BGNBD, MBGCNBD, MBGNBD, NBD, ParetoNBD, interval_logs
from crmlab.analytical.rfm_table import rfm
from crmlab.analytical.spend import GammaGamma
from crmlab.analytical.validation import capture
from crmlab.checks import one_of, whole_number
from crmlab.experiments.compare import interval, world_seeds
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.tables import EPOCH

_WEEK = np.timedelta64(7 * 86_400, "s")
_BEST = 0.1

Scorer = Callable[[pd.DataFrame, pd.DataFrame, float], pd.Series]
"""``(table, orders, weeks)`` -> value to come of each customer, EUR; only the past is shown."""


def _worth(model: Callable[[], object], logs: bool = False) -> Scorer:
    def score(table: pd.DataFrame, orders: pd.DataFrame, weeks: float) -> pd.Series:
        if logs:
            table = table.assign(log_intervals=interval_logs(orders, table.attrs["end"]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = model().fit(table).expected_purchases(table, weeks)  # type: ignore[attr-defined]
            return expected * GammaGamma().fit(table).expected_value(table)

    return score


def _heuristic(forecast: Callable[..., pd.DataFrame]) -> Scorer:
    def score(table: pd.DataFrame, orders: pd.DataFrame, weeks: float) -> pd.Series:
        return forecast(table, orders, weeks)["value"]

    return score


def contestants() -> dict[str, Scorer]:
    """Models and heuristics that give each customer a value to come; peers where installed."""
    return own_methods() | _peers()


def own_methods() -> dict[str, Scorer]:
    """The same without peers."""
    return {
        "Pareto/NBD": _worth(ParetoNBD),
        "BG/NBD": _worth(BGNBD),
        "MBG/NBD": _worth(MBGNBD),
        "MBG/CNBD-k": _worth(partial(MBGCNBD, most_regular=3), logs=True),
        "NBD": _worth(NBD),
        "same as last time": _heuristic(same_again),
        "own rate for ever": _heuristic(same_rate),
        "RFM quintiles": _heuristic(rfm_quintiles),
    }


def _peers() -> dict[str, Scorer]:
    """Lifetimes and pymc-marketing, each where it can be imported."""
    import importlib.util

    found: dict[str, Scorer] = {}
    if importlib.util.find_spec("lifetimes"):
        found["BG/NBD of lifetimes"] = _lifetimes
    if importlib.util.find_spec("pymc_marketing"):
        found["BG/NBD of pymc-marketing"] = _pymc
    return found


def _lifetimes(table: pd.DataFrame, orders: pd.DataFrame, weeks: float) -> pd.Series:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes

        past = [table[c] for c in ("frequency", "recency", "age")]
        again = table[table["frequency"] > 0]
        model = lifetimes.BetaGeoFitter().fit(*past)
        spend = lifetimes.GammaGammaFitter().fit(again["frequency"], again["monetary_value"])
        value = spend.conditional_expected_average_profit(
            table["frequency"], table["monetary_value"]
        )
        return model.conditional_expected_number_of_purchases_up_to_time(weeks, *past) * value


def _pymc(table: pd.DataFrame, orders: pd.DataFrame, weeks: float) -> pd.Series:
    from pymc_marketing.clv import BetaGeoModel

    data = table.rename(columns={"age": "T"}).reset_index(names="customer_id")
    model = BetaGeoModel(data=data[["customer_id", "frequency", "recency", "T"]])
    model.fit(method="map", progressbar=False)
    expected = model.expected_purchases(data, future_t=weeks).mean(("chain", "draw"))
    value = GammaGamma().fit(table).expected_value(table)
    return pd.Series(expected.to_numpy().ravel(), index=table.index) * value


@dataclass(frozen=True)
class Trial:
    """A world for the contest: a scenario, what the firm does, and what is wrong with it."""

    scenario: Scenario
    what: str
    policy: object = None
    returning: bool = False


def trials() -> dict[str, Trial]:
    """The textbook market, and worlds that break one assumption each."""
    retail = named_scenario("retail")
    return {
        "Pareto/NBD market": Trial(retail, "as the textbook has it"),
        "BG/NBD market": Trial(
            retail.replace(process="bg/nbd", rate_shape=0.2426, rate_scale_weeks=4.4136),
            "customers leave after an order, not at any moment",
        ),
        "spend goes with rate": Trial(
            retail.replace(correlation_rate_value=0.6), "who orders often spends more"
        ),
        "regular timing": Trial(
            retail.replace(process="regular", regularity=3), "intervals are Erlang-3"
        ),
        "season": Trial(retail.replace(season_amplitude=0.6), "a yearly wave of order rates"),
        "campaigns": Trial(
            retail.replace(optin_at_registration=0.7),
            "a fortnightly newsletter moves rates and lifetimes",
            policies.newsletter(every_weeks=2),
        ),
        "leavers come back": Trial(
            retail, "half of those who left come back as if they were new", returning=True
        ),
    }


def contest(
    worlds: int = 5,
    customers: int = 2_000,
    seed: int = 1,
    seen_weeks: int = 52,
    ahead_weeks: int = 52,
    progress: Callable[[str], object] | None = None,
) -> pd.DataFrame:
    """What does each estimator lose in each world, against knowing what comes?

    Parameters
    ----------
    worlds, customers : int
        Draws of every trial, and people in each.
    seen_weeks, ahead_weeks : int
        What is known, and how far ahead the decision looks.

    Returns
    -------
    DataFrame
        One row a trial and contestant: ``bias`` (value forecast over value that came, less 1),
        ``capture`` (share of the coming margin brought by the best tenth by score), ``best``
        (the same for a ranking by what came: nobody can do better), ``regret_eur`` (margin per
        customer that the choice leaves on the table, against ``best``), with ``low`` and
        ``high``, its 95 % interval over worlds, ``seconds`` of one fit and forecast, ``worlds``
        (those in which nobody failed, the same for all) and ``failed`` (worlds in which this
        contestant gave up).
    """
    whole_number("worlds", worlds, 2, 10_000)
    rows = []
    for name, trial in trials().items():
        for world, s in enumerate(world_seeds(seed, worlds)):
            rows += [
                {"trial": name, "world": world} | row
                for row in losses(trial, customers, s, (seen_weeks, ahead_weeks))
            ]
        if progress is not None:
            progress(name)
    return _contest_table(pd.DataFrame(rows))


def losses(
    trial: Trial,
    customers: int,
    seed: int,
    weeks: tuple[int, int] = (52, 52),
    names: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """What each contestant, or those named, loses in one world: one row of `contest` each."""
    run = simulate(trial.scenario, customers, sum(weeks), seed, trial.policy)
    orders = _coming_back(run) if trial.returning else run.records.orders
    now = EPOCH + weeks[0] * _WEEK
    end = now - np.timedelta64(1, "D")  # the last day of what is seen
    past = orders[orders["ordered_at"] < now]
    table = rfm(past, end, "W")
    table.attrs |= {"end": end, "unit": "W"}
    later = orders[orders["ordered_at"] >= now].groupby("customer_id")
    came = later[["value_eur", "margin_eur"]].sum().reindex(table.index).fillna(0.0)
    known = contestants()
    for name in names or ():
        one_of("names", name, list(known))
    return [
        _one_contestant(name, known[name], table, past, came, weeks[1]) for name in names or known
    ]


def _one_contestant(
    name: str,
    scorer: Scorer,
    table: pd.DataFrame,
    past: pd.DataFrame,
    came: pd.DataFrame,
    weeks: int,
) -> dict[str, Any]:
    began = time.process_time()
    try:
        score = scorer(table, past, float(weeks))
    except Exception as error:  # a peer that gives up is a result too
        return {"contestant": name, "failed": type(error).__name__}
    took, margin = time.process_time() - began, came["margin_eur"]
    # Less than a cent is no difference between customers, only the last digits of a fit.
    best, got = (capture(by, margin, _BEST) for by in (margin, score.round(2)))
    return {
        "contestant": name,
        "bias": float(score.sum() / came["value_eur"].sum() - 1.0),
        "capture": got,
        "best": best,
        "regret_eur": (best - got) * float(margin.sum()) / len(table),
        "seconds": took,
    }


def _coming_back(run: Run, returning: float = 0.5) -> pd.DataFrame:
    """Orders in which a share of those who left comes back under the old number.

    A later customer's orders are booked under somebody who had left before that one came: as
    the firm sees it, a customer who was gone has returned.
    """
    people = run.truth.people.merge(run.truth.identity, on="person_id")
    gone = people[people["left_at"].notna()].sort_values("left_at")
    gone = gone.iloc[: int(len(gone) * returning)]
    late = people[~people["person_id"].isin(gone["person_id"])].sort_values("born_at")
    pairs = min(len(gone), len(late))
    gone, late = gone.iloc[:pairs], late.iloc[:pairs]
    pause = gone["left_at"].to_numpy() - late["born_at"].to_numpy()
    orders = run.records.orders.copy()
    shift = pd.Series(np.maximum(pause, np.timedelta64(0, "s")) + 8 * _WEEK, late["customer_id"])
    moved = orders["customer_id"].isin(late["customer_id"])
    orders.loc[moved, "ordered_at"] += orders.loc[moved, "customer_id"].map(shift)
    names = pd.Series(gone["customer_id"].to_numpy(), late["customer_id"].to_numpy())
    orders.loc[moved, "customer_id"] = orders.loc[moved, "customer_id"].map(names)
    end = EPOCH + run.weeks * _WEEK
    return orders[orders["ordered_at"] < end].sort_values("ordered_at", ignore_index=True)


def _contest_table(rows: pd.DataFrame) -> pd.DataFrame:
    return averaged(rows, ["bias", "capture", "best", "regret_eur"])


def averaged(rows: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    """Means over the worlds of each trial in which nobody failed, the same for all contestants.

    Parameters
    ----------
    rows : DataFrame
        One row a ``trial``, ``world`` and ``contestant``: the measures, ``regret_eur``,
        ``seconds``, and ``failed`` (the name of an error; missing where there was none).
    measures : list of str
        What to average.

    Returns
    -------
    DataFrame
        One row a trial and contestant: the measures, ``low`` and ``high`` of ``regret_eur``,
        ``seconds`` (median), ``worlds`` (averaged over), ``failed`` (worlds in which the
        contestant gave up).
    """
    failed = rows["failed"].notna() if "failed" in rows else pd.Series(False, rows.index)
    lost = failed.groupby([rows["trial"], rows["world"]]).transform("any")
    names = ["trial", "contestant"]
    groups = rows[~lost].groupby(names, sort=False)
    table = groups[measures].mean()
    ends = [interval(values) for _, values in groups["regret_eur"]]
    table["low"], table["high"] = [low for low, _ in ends], [high for _, high in ends]
    table["seconds"], table["worlds"] = groups["seconds"].median(), groups.size()
    table["failed"] = failed.groupby([rows[name] for name in names]).sum()
    order = pd.MultiIndex.from_frame(rows[names].drop_duplicates())
    return table.reindex(order).reset_index()
