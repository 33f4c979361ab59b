"""What happens to the accounts in a week? The loop of the market between firms.

As in `market.engine`, each week begins with a barrier: the market sums up what everybody feels,
the policy sees the firm's tables and decides, and then every account lives through the week with
its own luck. Three hundred accounts and two years take about a tenth of a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import Chance, uniform
from crmlab.market.accounts import judgement, life, strategies, trade
from crmlab.market.accounts.names import account_names
from crmlab.market.accounts.world import AccountWorld
from crmlab.market.admission import codes_of
from crmlab.market.log import to_frame
from crmlab.policy import Decision, Policy, View, asked
from crmlab.tables import (
    ACCOUNT_EVENTS,
    ACTIVITIES,
    OBSERVED,
    QUARTER_WEEKS,
    STRATEGIES,
    TARGET_KINDS,
    WEEK_SECONDS,
    WEEKS_PER_YEAR,
)

_CUSTOMER, _WON, _LOST, _ENDED, _BACK = range(len(ACCOUNT_EVENTS))
_MONTH = 4
"""Weeks after which activities are counted and pools are closed."""
_FIRST_CONTACTS = 8


class AccountEngine:
    """One run of an account market in the making."""

    def __init__(
        self, world: AccountWorld, policy: Policy, coin: Chance, budget_eur: float
    ) -> None:
        self.world, self.policy, self.coin, self.budget = world, policy, coin, budget_eur
        self.tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.money: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0, 0])
        self.pieces = np.zeros((len(ACTIVITIES), len(world.firms)), dtype=np.int64)
        self.by_account = np.zeros((3, len(world.firms)))  # margin, serving, strategies: discounted
        self._frames: dict[str, tuple[int, pd.DataFrame]] = {}
        self.memory: Any = asked(policy, None, None, coin.seed)[1]
        self._open_files()

    # -- the week

    def step(self, week: int) -> None:
        """Let one week pass."""
        world = self.world
        world.look_around()
        decision = self._decide(week)
        self._act(decision, week)
        who, left = life.drift(world, week)
        self._contacts_leave(who, left, week)
        orders = trade.draw_orders(world, week)
        gone = life.leave(world, week)
        orders = self._before_leaving(orders, gone)
        come = life.come(world, week)
        self._note(gone, _LOST)
        self._note(come, _WON)
        self._book_orders(orders, week)
        self._serve(trade.draw_activities(world, orders, week), week)
        self._put("suggestions", judgement.suggestions(world, week))
        self._put("testimonials", judgement.testimonials(world, week))
        if week % QUARTER_WEEKS == QUARTER_WEEKS - 1:
            self._put("assessments", judgement.assess(world, week))

    def _decide(self, week: int) -> Decision:
        world = self.world
        view = View(
            week, world.scenario.prices, self.budget, self.coin.split(f"week {week}"), self.source()
        )
        decision, self.memory = asked(self.policy, week, self.memory, view)
        return decision

    def _act(self, decision: Decision, week: int) -> None:
        world, actions = self.world, decision.actions
        if not len(actions):
            strategies.expire(world, week)
            return
        chosen = strategies.admit(world, actions, self.budget)
        self._refuse(actions, chosen.reason, week)
        self._put(
            "treatments",
            {
                "customer_id": world.customer_id[chosen.place],
                "at": np.full(len(chosen.place), week * WEEK_SECONDS),
                "strategy": chosen.strategy,
                "cost_eur": chosen.cost_eur,
                "cell": actions.column("cell")[chosen.row],
                "propensity": actions.column("propensity")[chosen.row],
            },
        )
        for code, name in enumerate(STRATEGIES):
            paid = chosen.cost_eur[chosen.strategy == code]
            if len(paid):
                self._pay(week, f"strategy: {name}", -100 * float(paid.sum()), len(paid))
        np.add.at(self.by_account[2], chosen.place, chosen.cost_eur * self._worth(week))
        outcome = strategies.carry_out(world, chosen, week)
        for place, event in ((outcome.ended, _ENDED), (outcome.back, _BACK), (outcome.won, _WON)):
            at = np.full(len(place), week * WEEK_SECONDS + 1)
            self._note(life.Changes(place, at, np.zeros(len(place), dtype=np.int64)), event)

    def _refuse(self, actions: Any, reason: NDArray, week: int) -> None:
        row = np.flatnonzero(reason)
        target = codes_of(actions.target_kind, TARGET_KINDS, len(actions))
        start = sum(len(part["refusal_id"]) for part in self.tables["refusals"])
        self._put(
            "refusals",
            {
                "refusal_id": week * 10**9 + start + np.arange(len(row)),
                "at": np.full(len(row), week * WEEK_SECONDS),
                "target_kind": target[row],
                "target_id": actions.column("target_id")[row],
                "kind": actions.column("kind")[row].astype(object),
                "reason": np.array(strategies.REASONS, dtype=object)[reason[row]],
            },
        )
        for code, number in enumerate(np.bincount(reason[row])):
            if number:
                self._pay(week, f"refused: {strategies.REASONS[code]}", 0.0, int(number))

    # -- what is written down

    def _open_files(self) -> None:
        world = self.world
        known = np.flatnonzero(world.state.status != 4)
        self._put(
            "accounts",
            {
                "customer_id": world.customer_id[known],
                "registered_at": np.zeros(len(known), dtype=np.int64),
                "name": account_names(world.traits, known),
                "industry": world.firms.industry[known],
                "leading_house": judgement.called_leading(world)[known],
                "employees": world.firms.employees[known],
                "manager": world.firms.manager[known],
            },
        )
        first = np.flatnonzero(world.buys)
        zero = np.zeros(len(first), dtype=np.int64)
        self._note(life.Changes(first, zero, zero), _CUSTOMER)
        number = world.firms.contacts[first]
        place = np.repeat(first, number)
        chair = np.arange(len(place)) - np.repeat(np.cumsum(number) - number, number)
        self._contact_events(place, np.zeros(len(place), dtype=np.int64), chair, 0, 0)

    def _contacts_leave(self, who: NDArray, number: NDArray, week: int) -> None:
        place = np.repeat(who, number)
        rank = np.arange(len(place)) - np.repeat(np.cumsum(number) - number, number)
        unit = uniform(self.world.base("chair")[place], week)
        chairs = self.world.firms.contacts[place]
        chair = (np.floor(unit * chairs).astype(np.int64) + rank) % np.maximum(chairs, 1)
        second = week * WEEK_SECONDS + np.floor(
            uniform(self.world.base("contact time")[place], week) * (WEEK_SECONDS - 1)
        ).astype(np.int64)
        self._contact_events(place, second, chair, 1, week)
        self._contact_events(place, second + 1, chair, 0, week + 1)

    def _contact_events(
        self, place: NDArray, second: NDArray, chair: NDArray, event: int, turn: int
    ) -> None:
        self._put(
            "contacts",
            {
                "customer_id": self.world.customer_id[place],
                "at": second,
                "event": np.full(len(place), event),
                "role": (chair + place) % 4,
                "place": chair + 1,
            },
        )

    def _note(self, changes: life.Changes, event: int) -> None:
        self._put(
            "account_events",
            {
                "customer_id": self.world.customer_id[changes.place],
                "at": changes.second,
                "event": np.full(len(changes.place), event),
                "reason": changes.reason,
            },
        )

    def _before_leaving(self, orders: trade.Orders, gone: life.Changes) -> trade.Orders:
        end = np.full(len(self.world.firms), 2**62)
        end[gone.place] = gone.second
        kept = orders.second < end[orders.place]
        return trade.Orders(
            *(getattr(orders, f)[kept] for f in ("place", "second", "code", "value", "margin"))
        )

    def _book_orders(self, orders: trade.Orders, week: int) -> None:
        world = self.world
        keys = world.customer_id[orders.place]
        self._put(
            "orders",
            {
                "order_id": (keys * 10_000 + week) * 10_000 + orders.code,
                "customer_id": keys,
                "ordered_at": orders.second,
                "value_eur": orders.value,
                "margin_eur": orders.margin,
            },
        )
        self._pay(week, "gross margin", float(orders.margin.sum()), len(orders.place))
        worth = orders.margin / 100 * self._worth(week)
        np.add.at(self.by_account[0], orders.place, worth)

    def _serve(self, pieces: NDArray[np.int64], week: int) -> None:
        world = self.world
        cost = np.array(world.scenario.activity_eur)[:, None] * pieces
        self._pay(week, "serving accounts", -100 * float(cost.sum()), int(pieces.sum()))
        self.by_account[1] += cost.sum(axis=0) * self._worth(week)
        fixed = world.scenario.fixed_eur / QUARTER_WEEKS * world.customers
        self._pay(week, "fixed cost", -round(100 * fixed), 1)
        self.pieces += pieces
        if week % _MONTH == _MONTH - 1 or week == world.weeks - 1:
            self._close_month(week)

    def _close_month(self, week: int) -> None:
        world = self.world
        at = (week + 1) * WEEK_SECONDS - 1
        kind, place = np.nonzero(self.pieces)
        number = judgement.counted(world, self.pieces, week)[kind, place]
        self._put(
            "activities",
            {
                "customer_id": world.customer_id[place],
                "at": np.full(len(place), at),
                "kind": kind,
                "number": number,
            },
        )
        weeks = week % _MONTH + 1
        fixed = world.scenario.fixed_eur / QUARTER_WEEKS * world.customers * weeks
        spent = [*(self.pieces.sum(axis=1) * np.array(world.scenario.activity_eur)), fixed]
        self._put(
            "cost_pools",
            {
                "at": np.full(len(spent), at),
                "pool": np.arange(len(spent)),
                "eur": np.rint(spent * np.array(100)).astype(np.int64),
            },
        )
        self.pieces[:] = 0

    def _put(self, table: str, columns: dict[str, Any]) -> None:
        if len(next(iter(columns.values()))):
            self.tables[table].append(columns)

    def _pay(self, week: int, cause: str, cents: float, rows: int) -> None:
        entry = self.money[week, cause]
        entry[0] += cents
        entry[1] += rows

    def _worth(self, week: int) -> float:
        """What a euro of this week is worth at the start."""
        return float((1 + self.world.scenario.discount_per_year) ** (-week / WEEKS_PER_YEAR))

    # -- what is seen

    def source(self) -> Callable[[str, str | None], Any]:
        """The firm's tables as they stand, as ``source(table, column or None)``."""

        def look(table: str, column: str | None) -> Any:
            frame = self.frame(table)
            return frame if column is None else frame[column].array

        return look

    def frame(self, table: str) -> pd.DataFrame:
        """One table so far, in the contract's order."""
        parts = self.tables.get(table, [])
        if table in self._frames and self._frames[table][0] == len(parts):
            return self._frames[table][1]
        contract = OBSERVED[table]
        if not parts:
            frame = contract.empty()
        else:
            names = contract.column_names
            columns = {c: np.concatenate([np.asarray(p[c]) for p in parts]) for c in names}
            frame = to_frame(contract, columns)
        self._frames[table] = (len(parts), frame)
        return frame

    def ledger(self) -> pd.DataFrame:
        """The money: one row a week and cause."""
        rows = [(w, c, v[0] / 100.0, int(v[1])) for (w, c), v in sorted(self.money.items())]
        frame = pd.DataFrame(rows, columns=["week", "cause", "eur", "rows"])
        return frame.astype({"week": "int64", "cause": "str", "eur": "float64", "rows": "int64"})
