"""Can the seven strategies be used on a million consumers? Cells of customers instead of accounts.

Buttle's core strategies are meant for accounts (`strategic.portfolio`); a shop has too many
customers to judge each, so each quarter it sorts them by what they brought and how long they have
been silent, and has one strategy for each cell: *protect* the best (care), *enhance* the good
(letters with the product that they like), *harvest* the small (mails only), *re-engineer* those
who are written to and do not answer (no more letters), *win back* the good who have gone silent
(a letter with an offer), *end* with those long gone (nothing at all), and *start* with prospects
from the pool whose customers brought most for their price. Borders and doses are *assumed*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.policy import Actions, Decision, View
from crmlab.strategic.believed_needs import best_sellers, favourite
from crmlab.strategic.mass import spending
from crmlab.strategic.one_to_one import OBSERVED, evidence
from crmlab.tables import QUARTER_WEEKS, WEEK_SECONDS

PROTECT, ENHANCE, HARVEST, REENGINEER, WIN_BACK, END = CELLS = (
    "protect",
    "enhance",
    "harvest",
    "re-engineer",
    "win back",
    "end",
)
_SILENT, _GONE = 13.0, 39.0  # weeks without an order


def strategies_for(margin_eur: pd.Series, silent_weeks: pd.Series, unread: pd.Series) -> pd.Series:
    """One of the seven strategies for each customer (all but *start*, which is for prospects).

    Parameters
    ----------
    margin_eur : Series
        What each customer has brought, EUR.
    silent_weeks : Series
        Weeks since the last order.
    unread : Series
        Messages in a row that the customer did not open.

    Examples
    --------
    >>> import pandas as pd
    >>> margin = pd.Series([90.0, 60.0, 5.0, 70.0, 55.0, 5.0])
    >>> silent, unread = pd.Series([2.0, 2, 2, 20, 60, 20]), pd.Series([0, 0, 0, 0, 0, 0])
    >>> strategies_for(margin, silent, unread).tolist()
    ['protect', 'enhance', 'harvest', 'win back', 'end', 'harvest']
    """
    best, good = margin_eur.quantile(0.8), margin_eur.quantile(0.5)
    valued = margin_eur >= good
    cell = np.select(
        [
            silent_weeks > _GONE,
            (silent_weeks > _SILENT) & valued,
            silent_weeks > _SILENT,
            unread >= 8,
            margin_eur >= best,
            valued,
        ],
        [END, WIN_BACK, HARVEST, REENGINEER, PROTECT, ENHANCE],
        HARVEST,
    )
    return pd.Series(cell, margin_eur.index, name="strategy")


@dataclass(frozen=True)
class TierState:
    """The strategies of this quarter, what each customer is shown, and the pool for starting."""

    luck: Chance
    products: pd.DataFrame | None = None
    table: pd.DataFrame | None = None
    pool: int = 1


@dataclass(frozen=True)
class PortfolioTiers:
    """Sort customers into cells each quarter, and treat each cell by its strategy.

    Parameters
    ----------
    care_eur : float
        EUR of care for a protected customer, every four weeks, >= 0.
    offer_eur : float
        The offer in a letter that is to win somebody back, >= 0.
    prospects : float
        The part of the budget for starting relationships, in [0, 1].
    eur_per_customer : float
        A week's budget for each customer, where none is given, > 0.

    Examples
    --------
    >>> PortfolioTiers()
    portfolio strategies
    """

    care_eur: float = 1.0
    offer_eur: float = 3.0
    prospects: float = 0.5
    eur_per_customer: float = 0.05

    def __post_init__(self) -> None:
        for name in ("care_eur", "offer_eur"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be >= 0, got {getattr(self, name)}.")
        if not 0 <= self.prospects <= 1:
            raise ValueError(
                f"prospects must be in [0, 1], got {self.prospects}. Is this a percentage?"
            )

    def __repr__(self) -> str:
        return "portfolio strategies"

    def start(self, seed: int) -> TierState:
        """Before the first quarter."""
        return TierState(Chance(seed).split("tiers"))

    def decide(self, view: View, state: TierState) -> tuple[Decision, TierState]:
        """Sort at the start of a quarter; then a part of the letters and the care each week."""
        if state.products is None:
            state = replace(state, products=view.frame("products"))
        if view.week % QUARTER_WEEKS == 0 and view.week:
            state = replace(state, table=self.sort(view, state), pool=best_pool(view))
        if state.table is None:
            return Decision(Actions(np.sort(view.agreed()) if view.week % 2 == 0 else [])), state
        return Decision(self._act(view, state, state.table)), state

    def sort(self, view: View, state: TierState) -> pd.DataFrame:
        """One row a customer: ``strategy``, ``margin_eur``, ``product_id``; the best first."""
        orders = view.frame("orders")
        ids = pd.Index(np.sort(view.column("profiles", "customer_id")), name="customer_id")
        profiles = view.frame("profiles").set_index("customer_id").reindex(ids)
        margin = orders.groupby("customer_id")["margin_eur"].sum().reindex(ids, fill_value=0.0)
        since = (view.now - profiles["last_ordered_at"]).dt.total_seconds() / WEEK_SECONDS
        unread = profiles["messages"].where(profiles["opens"] == 0, 0)
        assert state.products is not None
        shelf = best_sellers(view.frame("order_lines"), state.products)
        liked = favourite(evidence(view, OBSERVED, state.products)).reindex(ids).map(shelf)
        table = pd.DataFrame(
            {
                "strategy": strategies_for(margin, since.fillna(_GONE + 1), unread),
                "margin_eur": margin.round(2),
                "product_id": liked.fillna(0).astype(np.int64),
            }
        )
        return table.sort_values("margin_eur", ascending=False, kind="stable")

    def _act(self, view: View, state: TierState, table: pd.DataFrame) -> Actions:
        budget, rows, four = spending(view, self.eur_per_customer), [], view.week % 4
        if view.week % 2 == 0:
            reached = table.index[table["strategy"] != END]
            mails = reached[np.isin(reached, view.agreed())]
            shown = table.loc[mails, "product_id"].to_numpy()
            rows.append(Actions(mails.to_numpy(), product_id=shown, priority=3.0))
            budget -= len(mails) * view.prices.email_eur
        start = self.prospects * budget
        if view.column("pools", "prospects").max(initial=0) > 0 and start > 0:
            rows.append(Actions([state.pool], "acquire", "pool", spend_eur=start, priority=2.0))
            budget -= start
        turn = np.floor(4 * state.luck.uniform("turn", table.index.to_numpy())).astype(int)
        mine = table[turn == four]
        care = mine.index[mine["strategy"] == PROTECT].to_numpy()
        letters = mine[mine["strategy"].isin([ENHANCE, WIN_BACK])]
        if self.care_eur > 0:
            care = care[: int(0.5 * max(budget, 0.0) / self.care_eur)]
            rows.append(Actions(care, "care", spend_eur=self.care_eur, priority=1.0))
            budget -= self.care_eur * len(care)
        letters = letters.iloc[: int(max(budget, 0.0) / view.prices.post_eur)]
        back = (letters["strategy"] == WIN_BACK).to_numpy()
        rows.append(
            Actions(
                letters.index.to_numpy(),
                "conversion",
                channel="post",
                product_id=letters["product_id"].to_numpy(),
                offer_eur=np.where(back, self.offer_eur, 0.0),
            )
        )
        return Actions.concat(rows)


def best_pool(view: View) -> int:
    """The pool whose channel has brought most margin per customer, for its price."""
    customers, orders = view.frame("customers"), view.frame("orders")
    margin = orders.groupby("customer_id")["margin_eur"].sum()
    brought = margin.reindex(customers["customer_id"], fill_value=0.0).to_numpy()
    each = pd.Series(brought).groupby(customers["channel"].astype(str).to_numpy()).mean()
    pools = view.frame("pools").set_index("pool_id")
    rate = pools["channel"].astype(str).map(each).fillna(0.0) / pools["cost_eur"]
    return int(rate.round(6).idxmax())
