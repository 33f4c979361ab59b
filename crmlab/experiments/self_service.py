"""Whom to send to self-service? By each customer's own figures, or by segments that were mined.

A firm that knows what customers cost wants to close its service desk to some of them: they find
answers, order and complain on the web. That saves a part of the desk's work for them, and puts
them off, so that a part of their margin is lost. Both parts are *assumed*, and the market does not
know the measure: what a choice earns is worked out from what each customer did in the year
afterwards. The same customers, the same year, for every choice.

The firm may look at each customer's own figures so far, at segments (each is sent as a whole, if
that had paid in the half year before), or at what its costing says about profit. The *oracle*
knows each customer's traits, but no luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.base import clone

from crmlab.analytical.costing import (
    TEAM_DRIVERS,
    allocate_by_revenue,
    customer_margins,
    times_from_sheets,
    work_log,
)
from crmlab.analytical.segments import (
    Segmenter,
    behaviour,
    margin_between,
    methods,
)
from crmlab.checks import share, whole_number
from crmlab.experiments.serving_costs import Firm, rough
from crmlab.market.scenario import Scenario
from crmlab.records import Records
from crmlab.tables import EPOCH, SERVICE_KINDS, WEEK_SECONDS, WORK_DRIVERS

MID, NOW, END = 26, 52, 104
"""Weeks: segments are learned from MID to NOW; the firm decides at NOW, and is judged until END."""
SAVED, LOST = 0.7, 0.15
"""Of the desk's work for a customer and of the customer's margin; both *assumed*."""
DESK = list(TEAM_DRIVERS["service desk"])
OWN = "own figures"
LOSS_BY_REVENUE, LOSS_BY_TIME = "loss by revenue", "loss by time"


@dataclass(frozen=True, eq=False)
class Desk:
    """A firm with a service desk, about to close it to some.

    Parameters
    ----------
    scenario, customers, seed
        As in `Firm`.
    saved, lost : float
        Shares in [0, 1]: of the desk's work for a customer who is sent to self-service, and of
        that customer's margin.
    count_error : float
        How far off the firm's counts of work are; see `Firm.profits`.

    Examples
    --------
    >>> desk = Desk(customers=300)
    >>> desk.earned(desk.customers_now[:0])
    0.0
    """

    scenario: Scenario | None = None
    customers: int = 2_000
    seed: int = 7
    saved: float = SAVED
    lost: float = LOST
    count_error: float = 0.0

    def __post_init__(self) -> None:
        share("saved", self.saved)
        share("lost", self.lost)

    @cached_property
    def firm(self) -> Firm:
        """The firm up to the end of the year by which choices are judged."""
        return Firm(self.scenario, self.customers, END, self.seed)

    @cached_property
    def records(self) -> Records:
        """What the firm holds when it decides."""
        return self.firm.records.as_of(NOW)

    @cached_property
    def customers_now(self) -> pd.Index:
        """Those who could be sent: all who have ordered by then."""
        return pd.Index(np.unique(self.records["orders"]["customer_id"]), name="customer_id")

    @cached_property
    def times(self) -> pd.DataFrame:
        """Minutes a piece of work, as the time sheets up to the decision tell."""
        return times_from_sheets(self.records)

    @cached_property
    def minute_eur(self) -> float:
        """What a minute cost so far: what was paid over the minutes written down."""
        ledger = self.firm.run.ledger
        paid = ledger[(ledger["cause"] == "serving customers") & (ledger["week"] < NOW)]
        return float(-paid["eur"].sum() / self.records["time_sheets"]["minutes"].sum())

    @cached_property
    def figures(self) -> pd.DataFrame:
        """What the firm believes of each customer so far; see `figures_between`."""
        return self.figures_between(0, NOW)

    def figures_between(self, since: int, until: int) -> pd.DataFrame:
        """What the firm believes of each customer between two weeks, none after NOW.

        Returns
        -------
        DataFrame
            One row a customer: ``orders``; ``margin_eur`` after returns; ``desk_eur``, the desk's
            work; ``gain_eur``, what self-service would have brought.
        """
        whole_number("until", until, since + 1, NOW)
        pieces = _pieces(self._log, self.customers_now, since, until)
        counted = rough(pieces, self.count_error, self.seed)[DESK]
        minutes = self.times.set_index("driver")["minutes"][DESK]
        desk = (counted * minutes).sum(axis=1) * self.minute_eur
        margin = margin_between(self.records, since, until).reindex(pieces.index, fill_value=0.0)
        table = pd.DataFrame({"orders": pieces["orders"], "margin_eur": margin, "desk_eur": desk})
        return table.assign(gain_eur=gain(table, self.saved, self.lost))

    @cached_property
    def features_then(self) -> pd.DataFrame:
        """What segments are learned from: the customers as they were at MID."""
        return self._features(MID)

    @cached_property
    def features_now(self) -> pd.DataFrame:
        """The same at the decision: behaviour, and margin and desk work per order."""
        return self._features(NOW)

    @cached_property
    def lesson(self) -> pd.Series:
        """What self-service would have brought from MID to NOW, EUR, of the customers of MID."""
        return self.figures_between(MID, NOW)["gain_eur"].loc[self.features_then.index]

    @cached_property
    def year_to_come(self) -> pd.DataFrame:
        """``margin_eur`` and ``desk_eur`` of each customer from NOW to END, as they really were."""
        sc = self.firm.run.scenario
        minutes = pd.Series(sc.work_minutes, list(WORK_DRIVERS))[DESK]
        pieces = _pieces(self._log, self.customers_now, NOW, END)[DESK]
        margin = margin_between(self.firm.records, NOW, END).loc[self.customers_now]
        desk = (pieces * minutes).sum(axis=1) * sc.work_minute_eur
        return pd.DataFrame({"margin_eur": margin, "desk_eur": desk})

    @cached_property
    def true_gain(self) -> pd.Series:
        """What sending each customer to self-service earns in the year to come, EUR."""
        return gain(self.year_to_come, self.saved, self.lost)

    @cached_property
    def oracle(self) -> pd.Index:
        """Those whom it pays to send, by their true traits: what the best firm could choose."""
        sc, firm = self.firm.run.scenario, self.firm
        minutes = pd.Series(sc.work_minutes, list(WORK_DRIVERS))
        pieces = pd.Series(sc.service_per_order, list(SERVICE_KINDS))
        an_order = (minutes * pieces).reindex(DESK).sum() * sc.work_minute_eur
        margin = firm.trait("basket_eur") * firm.trait("margin_rate")
        desk = firm.demandingness * an_order
        an_order_each = pd.DataFrame({"margin_eur": margin, "desk_eur": desk})
        return where_above_zero(gain(an_order_each.loc[self.customers_now], self.saved, self.lost))

    def earned(self, sent: pd.Index) -> float:
        """What sending these customers earns in the year to come, EUR for each customer."""
        return float(self.true_gain.loc[sent].sum() / len(self.true_gain))

    def own_figures(self) -> pd.Index:
        """Those for whom it would have paid so far, each by their own figures."""
        return where_above_zero(self.figures["gain_eur"])

    def segment_gain(self, method: Segmenter) -> pd.Series:
        """What the firm expects of each customer: the mean of the segment from MID to NOW, EUR."""
        fitted = clone(method).fit(self.features_then, self.lesson)
        mean = self.lesson.groupby(fitted.segment(self.features_then), observed=True).mean()
        now = fitted.segment(self.features_now).astype(str)
        return now.map(mean.rename(index=str)).fillna(0.0).rename("gain_eur")

    def by_segment(self, method: Segmenter) -> pd.Index:
        """The customers in the segments where it would have paid."""
        return where_above_zero(self.segment_gain(method))

    def losses(self) -> pd.DataFrame:
        """How much each customer lost the firm so far, by two ways of costing, EUR (minus: won)."""
        margins = customer_margins(self.records).loc[self.customers_now]
        pieces = rough(_pieces(self._log, margins.index, 0, NOW), self.count_error, self.seed)
        minutes = self.times.set_index("driver")["minutes"]
        cost = (pieces[minutes.index] * minutes).sum(axis=1) * self.minute_eur
        spread = allocate_by_revenue(float(cost.sum()), margins["revenue_eur"])
        return pd.DataFrame(
            {LOSS_BY_REVENUE: spread - margins["margin_eur"],
             LOSS_BY_TIME: cost - margins["margin_eur"]}
        )  # fmt: skip

    def scores(self, tried: Mapping[str, Segmenter] | None = None) -> pd.DataFrame:
        """How each way ranks the customers, one column a way, those to be sent first higher."""
        by_segment = {n: self.segment_gain(m) for n, m in (tried or methods()).items()}
        return self.losses().assign(**{OWN: self.figures["gain_eur"]}, **by_segment)

    def _features(self, week: int) -> pd.DataFrame:
        X = behaviour(self.records, week)
        so_far = self.figures_between(0, week).loc[X.index]
        per_order = so_far[["margin_eur", "desk_eur"]].div(so_far["orders"], axis=0)
        return X.join(per_order.add_suffix("_per_order"))

    @cached_property
    def _log(self) -> pd.DataFrame:
        """All work until END; whoever reads it for the firm stops at NOW."""
        return work_log(self.firm.records)


def gain(figures: pd.DataFrame, saved: float = SAVED, lost: float = LOST) -> pd.Series:
    """What self-service brings with each customer, EUR: work saved less margin lost.

    Parameters
    ----------
    figures : DataFrame
        ``desk_eur`` and ``margin_eur`` of each customer.
    saved, lost : float
        As in `Desk`.

    Examples
    --------
    >>> gain(pd.DataFrame({"desk_eur": [10.0, 1.0], "margin_eur": [20.0, 20.0]})).tolist()
    [4.0, -2.3]
    """
    return (saved * figures["desk_eur"] - lost * figures["margin_eur"]).rename("gain_eur")


def where_above_zero(values: pd.Series) -> pd.Index:
    """The customers with a value above zero.

    >>> where_above_zero(pd.Series([1.5, -2.0], index=[11, 12])).tolist()
    [11]
    """
    return values.index[values > 0]


def _pieces(log: pd.DataFrame, customers: pd.Index, since: int, until: int) -> pd.DataFrame:
    """Pieces of work of each customer between two weeks, one column a driver."""
    start, end = (EPOCH + np.timedelta64(week * WEEK_SECONDS, "s") for week in (since, until))
    part = log[(log["at"] >= start) & (log["at"] < end)]
    counts = pd.crosstab(part["customer_id"], part["driver"])
    return counts.reindex(index=customers, columns=list(WORK_DRIVERS), fill_value=0)
