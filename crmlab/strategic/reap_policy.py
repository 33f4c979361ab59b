"""What does a firm do that follows REAP? A pilot on every lever, then the budget where it pays.

In the pilot some customers fall by lot into cells: a little or more *care* (retention), few or more
*letters* (penetration); all others are the control. Each pool is tried in turn (acquisition: more
customers than come in the other months), and some money goes into technology and discipline
(efficiency: what a message costs afterwards is seen in the prices). The pilot takes no more than
the week's budget, so a poor firm learns from few. From what the cells brought the firm fits a curve
for each lever (`reap.LeverCurve`), shrunk towards nothing as far as chance could have made it, and
splits its budget (`reap.allocate`) for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.policy import Actions, Decision, View
from crmlab.strategic.mass import spending
from crmlab.strategic.one_to_one import OBSERVED, Mails, Memory
from crmlab.strategic.reap import (
    ACQUISITION,
    EFFICIENCY,
    LEVERS,
    PENETRATION,
    RETENTION,
    LeverCurve,
    allocate,
)
from crmlab.tables import CAPABILITIES, WEEK_SECONDS

MONTH = 4
CELLS = ((RETENTION, 0.5), (RETENTION, 1.5), (PENETRATION, 0.5), (PENETRATION, 1.0))
"""What is done to each cell every four weeks: EUR of care, or letters."""
_MOST_OF_BASE, _POOL_PART, _CHEAPER_PART = 2 / 3, 0.25, 0.05
CHEAPER = tuple(list(CAPABILITIES).index(n) for n in ("technology_reach", "process_discipline"))
_ACTIVE_WEEKS, _HORIZON_WEEKS = 26.0, 52.0


@dataclass(frozen=True)
class ReapState:
    """What the firm remembers: its lot, the prices before, and what it learned."""

    luck: Chance
    mails: Memory
    first_price: float = float("nan")
    invested_eur: float = 0.0
    cell_share: float = 0.0
    curves: Mapping[str, LeverCurve] = field(default_factory=dict)
    pool: int = 1


@dataclass(frozen=True)
class REAP:
    """Pilot every lever, then spend where the next EUR brings most.

    Parameters
    ----------
    begin, pilot_weeks : int
        When the pilot begins, and how long it lasts.
    eur_per_customer : float
        A week's budget for each customer, where none is given, > 0.
    shares : tuple of float, optional
        Fixed parts of the budget for retention, efficiency, acquisition, penetration, in place of
        what the pilot says; they add up to 1.

    Raises
    ------
    ValueError
        Names the argument, quotes the value and gives the remedy.

    Examples
    --------
    >>> REAP()
    REAP(pilot in weeks 14 to 40)
    """

    begin: int = 14
    pilot_weeks: int = 26
    eur_per_customer: float = 0.05
    shares: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        whole_number("begin", self.begin, 0, 5_000)
        whole_number("pilot_weeks", self.pilot_weeks, MONTH, 520)
        if not self.eur_per_customer > 0:
            raise ValueError(f"eur_per_customer must be > 0, got {self.eur_per_customer}.")
        given = self.shares
        if given is not None and (
            len(given) != len(LEVERS) or min(given) < 0 or abs(sum(given) - 1) > 1e-9
        ):
            raise ValueError(
                f"shares must be {len(LEVERS)} numbers >= 0 ({', '.join(LEVERS)}) that add up to "
                f"1, got {given}."
            )

    def __repr__(self) -> str:
        if self.shares is not None:
            parts = ", ".join(f"{n} {s:.0%}" for n, s in zip(LEVERS, self.shares, strict=True))
            return f"fixed shares ({parts})"
        return f"REAP(pilot in weeks {self.begin} to {self.begin + self.pilot_weeks})"

    def start(self, seed: int) -> ReapState:
        """Before the first week."""
        luck = Chance(seed).split("reap")
        return ReapState(luck, Memory(luck.split("mails")))

    def decide(self, view: View, state: ReapState) -> tuple[Decision, ReapState]:
        """Mails all year; beside them the pilot, and after it the split of the budget."""
        if state.mails.products is None:
            state = replace(state, mails=Memory(state.mails.luck, view.frame("products")))
        mails = Mails(OBSERVED).act(view, state.mails).actions
        end = self.begin + self.pilot_weeks
        if view.week < self.begin:
            return Decision(mails), state
        if view.week == end:
            state = self.learn(view, state)
        budget = self.budget(view) - len(mails) * view.prices.email_eur
        if view.week < end:
            actions, state = self._pilot(view, state, budget)
        else:
            actions = self._spend(view, state, budget)
        return Decision(Actions.concat([mails, actions])), state

    def budget(self, view: View) -> float:
        """EUR for this week."""
        return spending(view, self.eur_per_customer)

    # -- the pilot

    def cells(self, state: ReapState, ids: NDArray) -> NDArray[np.int64]:
        """The cell of each customer by lot: places in `CELLS`, -1 for the control."""
        unit = state.luck.uniform("cell", np.asarray(ids))
        cell = np.floor(unit / max(state.cell_share, 1e-12))
        return np.where(cell < len(CELLS), cell, -1).astype(np.int64)

    def _begin(self, view: View, state: ReapState, budget: float) -> ReapState:
        """So many customers in the cells as the budget pays for, four fifths of it at most."""
        prices = {RETENTION: 1.0, PENETRATION: view.prices.post_eur}
        a_month = sum(dose * prices[lever] for lever, dose in CELLS)
        rest = (1.0 - _POOL_PART - len(CHEAPER) * _CHEAPER_PART) * budget * MONTH
        share = min(rest / max(len(active(view)), 1) / a_month, _MOST_OF_BASE / len(CELLS))
        return replace(state, first_price=view.prices.phone_eur, cell_share=0.9 * share)

    def _pilot(self, view: View, state: ReapState, budget: float) -> tuple[Actions, ReapState]:
        since = view.week - self.begin
        if since == 0:
            state = self._begin(view, state, budget)
        ids, rows = np.sort(active(view)), []
        cell = self.cells(state, ids)
        turn = np.floor(state.luck.uniform("turn", ids) * 2 * MONTH).astype(np.int64)
        for number, (lever, dose) in enumerate(CELLS):
            every = MONTH if lever == RETENTION else round(MONTH / dose)
            due = ids[(cell == number) & ((since + turn) % every == 0)]
            if lever == RETENTION:
                rows.append(Actions(due, "care", spend_eur=dose, cell=number))
            else:
                rows.append(Actions(due, "conversion", channel="post", cell=number))
        pool = 1 + (since // MONTH) % 4
        spend, cheaper = _POOL_PART * budget, _CHEAPER_PART * budget
        rows.append(Actions([pool], "acquire", "pool", spend_eur=spend, priority=1.0))
        rows.append(Actions(list(CHEAPER), "invest", "firm", spend_eur=cheaper, priority=1.0))
        state = replace(state, invested_eur=state.invested_eur + cheaper * len(CHEAPER))
        return Actions.concat(rows), state

    # -- learning

    def learn(self, view: View, state: ReapState) -> ReapState:
        """A curve for each lever from the records of the pilot."""
        brought = self.brought(view, state)
        curves = {
            lever: self._cell_curve(view, brought, lever) for lever in (RETENTION, PENETRATION)
        }
        pool, slope = self._best_pool(view)
        wide = 20.0 * self.budget(view)
        curves[ACQUISITION] = LeverCurve(slope * wide, wide)
        curves[EFFICIENCY] = LeverCurve(self._saved(view, state) * wide, wide)
        return replace(state, curves=curves, pool=pool)

    def brought(self, view: View, state: ReapState) -> pd.DataFrame:
        """Each customer known before the pilot: ``cell``, and ``margin_eur`` a week during it."""
        begin = view.now - np.timedelta64(7 * self.pilot_weeks, "D")
        customers, orders = view.frame("customers"), view.frame("orders")
        known = customers.loc[customers["registered_at"] < begin, "customer_id"]
        late = orders[orders["ordered_at"] >= begin].groupby("customer_id")["margin_eur"].sum()
        margin = late.reindex(known, fill_value=0.0) / self.pilot_weeks
        return pd.DataFrame({"cell": self.cells(state, known.to_numpy()), "margin_eur": margin})

    def _cell_curve(self, view: View, brought: pd.DataFrame, lever: str) -> LeverCurve:
        """What a week's care or letters for all customers bring, by the cells of the pilot."""
        control = brought.loc[brought["cell"] < 0, "margin_eur"]
        price = view.prices.post_eur if lever == PENETRATION else 1.0
        spend, gain = [], []
        for number, (name, dose) in enumerate(CELLS):
            if name == lever:
                treated = brought.loc[brought["cell"] == number, "margin_eur"]
                spend.append(dose * price / MONTH * len(brought))
                gain.append(_shrunk(treated, control) * len(brought))
        return LeverCurve.through(spend, gain)

    def _best_pool(self, view: View) -> tuple[int, float]:
        """The pool whose customers bring most for an EUR, and how much they bring in a year."""
        customers, orders = view.frame("customers"), view.frame("orders")
        weeks = (view.now - customers["registered_at"]).dt.total_seconds() / WEEK_SECONDS
        margin = orders.groupby("customer_id")["margin_eur"].sum()
        margin = margin.reindex(customers["customer_id"], fill_value=0.0).to_numpy()
        month = np.floor((self.pilot_weeks - weeks) / MONTH)
        tried = (month % 4).where((month >= 0) & (weeks <= self.pilot_weeks), -1)
        spent = _POOL_PART * self.budget(view) * self.pilot_weeks / 4
        channel, worth = customers["channel"].astype(str), {}
        for pool, name in zip(
            view.column("pools", "pool_id"), view.column("pools", "channel"), strict=True
        ):
            mine = channel == str(name)
            a_year = margin[mine].sum() / max(weeks[mine].clip(4.0).sum(), 1.0) * _HORIZON_WEEKS
            others = (mine & (tried >= 0) & (tried != pool - 1)).sum() / 3
            won = (mine & (tried == pool - 1)).sum() - others
            worth[int(pool)] = float(max(won, 0.0) * a_year / max(spent, 1e-9))
        best = max(worth, key=lambda pool: (round(worth[pool], 6), -pool))
        return best, worth[best]

    def _saved(self, view: View, state: ReapState) -> float:
        """EUR saved in a year by an EUR that was put into technology: what messages cost now."""
        fall = max(1.0 - view.prices.phone_eur / state.first_price, 0.0)
        price = view.prices.of_channel()
        recent = view.frame("messages")
        recent = recent[recent["sent_at"] >= view.now - np.timedelta64(7 * self.pilot_weeks, "D")]
        codes = recent["channel"].cat.codes.to_numpy()
        a_year = price[codes].sum() / self.pilot_weeks * _HORIZON_WEEKS
        return float(fall * a_year / max(state.invested_eur, 1e-9))

    # -- spending

    def _spend(self, view: View, state: ReapState, budget: float) -> Actions:
        """This week's part of the split; care and letters go out once a month."""
        if self.shares is None:
            split = allocate(state.curves, budget)["spend_eur"].to_dict()
        else:
            split = {n: s * budget for n, s in zip(LEVERS, self.shares, strict=True)}
        ids, rows = np.sort(active(view)), []
        if view.week % MONTH == 0 and len(ids):
            each = MONTH * split[RETENTION] / len(ids)
            if each > 0.01:
                rows.append(Actions(ids, "care", spend_eur=round(each, 2)))
        if split[PENETRATION] > 0 and len(ids):
            letters = int(split[PENETRATION] / view.prices.post_eur)
            turn = np.argsort(state.luck.uniform("turn", ids), kind="stable")
            begin = (view.week * letters) % len(ids)
            chosen = ids[np.roll(turn, -begin)[:letters]]
            rows.append(Actions(chosen, "conversion", channel="post"))
        if split[ACQUISITION] > 0:
            spend = split[ACQUISITION]
            rows.append(Actions([state.pool], "acquire", "pool", spend_eur=spend))
        if split[EFFICIENCY] > 0:
            spend = split[EFFICIENCY] / len(CHEAPER)
            rows.append(Actions(list(CHEAPER), "invest", "firm", spend_eur=spend))
        return Actions.concat(rows)


def active(view: View) -> NDArray[np.int64]:
    """The customers who have ordered in the last half year."""
    ids = view.column("profiles", "customer_id")
    last = view.column("profiles", "last_ordered_at")
    quiet = (view.now - last).astype("timedelta64[s]").astype(np.int64) / WEEK_SECONDS
    return ids[quiet <= _ACTIVE_WEEKS]


def _shrunk(treated: pd.Series, control: pd.Series) -> float:
    """A difference of means, less so far as chance alone could have made it (James and Stein)."""
    if len(treated) < 2 or len(control) < 2:
        return 0.0
    gain = treated.mean() - control.mean()
    noise = treated.var(ddof=1) / len(treated) + control.var(ddof=1) / len(control)
    return float(gain * max(1.0 - noise / max(gain**2, 1e-12), 0.0))
