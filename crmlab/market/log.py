"""What is kept of a run? Raw events as arrays, dressed into the contract's tables on demand.

The weekly loop appends only whose, when and which; values, lines, pages and ids follow from
the keyed luck at any later time, so they are made when somebody looks, when the backlog is
large, or at the end. With ``folder`` the dressed tables go to Parquet part by part and
leave memory.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.market.baskets import fill_baskets
from crmlab.market.codes import ORDER_END, WON
from crmlab.market.orders import Events
from crmlab.market.serving import Work, draw_service
from crmlab.market.value import weekly_discount
from crmlab.market.visits import dress_sessions, won_order
from crmlab.market.world import World
from crmlab.tables import OBSERVED, TRUTH, WEEK_SECONDS, Column, Table, seconds_to_time

Columns = dict[str, NDArray]
_DRESSED_FROM = {
    "orders": "orders", "order_lines": "orders", "returns": "orders", "services": "orders",
    "sessions": "sessions", "page_views": "sessions", "true_sessions": "sessions",
}  # fmt: skip
BACKLOG = 200_000
_CHUNK = 65_536


class Log:
    """Events of a run, raw and dressed.

    Attributes
    ----------
    raw : rows that wait to be dressed, by source (``orders``, ``sessions``).
    done : dressed columns in parts, by table.
    money : ``(week, cause)`` -> ``[cents, rows]``.
    """

    def __init__(self, world: World, folder: Path | None = None) -> None:
        self.world = world
        self.raw: dict[str, list[tuple[Events, int]]] = defaultdict(list)
        self.waiting: dict[str, int] = defaultdict(int)
        self.done: dict[str, list[Columns]] = defaultdict(list)
        self.money: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0, 0])
        self.realised = np.zeros(len(world.people))
        self.turnover = np.zeros(len(world.files))
        self.cost = np.zeros(len(world.people))
        self.rows: dict[str, int] = defaultdict(int)
        self.won: list[NDArray[np.int64]] = []
        self.work = Work(world) if world.scenario.serves else None
        self.writer = None
        if folder is not None:
            from crmlab.market.stream import PartWriter

            self.writer = PartWriter(folder)

    def add(self, source: str, events: Events, week: int) -> None:
        """Append raw events of one week; dress the backlog when it has grown large."""
        if len(events.position):
            self.raw[source].append((events, week))
            self.waiting[source] += len(events.position)
            if self.writer and self.waiting[source] > BACKLOG:
                self.dress(source)

    def win(self, orders: Events, week: int) -> None:
        """Remember orders that were won in a visit: the visit's session is theirs."""
        self.won.append(_place(orders.position, week, orders.code))

    def put(self, table: str, columns: Columns) -> None:
        """Append finished columns of a table; those left out are filled with one value."""
        rows = len(next(iter(columns.values())))
        if not rows:
            return
        self.rows[table] += rows
        if self.writer:
            self.writer.write(table, columns)
        else:
            self.done[table].append(columns)

    def pay(self, week: int, cause: str, cents: float, rows: int) -> None:
        """Book money (income positive) under a cause."""
        entry = self.money[week, cause]
        entry[0] += cents
        entry[1] += rows

    def dress(self, source: str) -> None:
        """Turn the waiting raw events of a source into rows of its tables."""
        parts = self.raw.pop(source, [])
        self.waiting[source] = 0
        if not parts:
            return
        events = Events.concat([p for p, _ in parts])
        week = np.repeat([w for _, w in parts], [len(p.position) for p, _ in parts])
        maker = self._dress_orders if source == "orders" else self._dress_sessions
        for begin in range(0, len(week), _CHUNK):
            piece = slice(begin, begin + _CHUNK)
            maker(events.where(piece), week[piece])  # type: ignore[arg-type]

    def _dress_orders(self, events: Events, week: NDArray) -> None:
        world = self.world
        b = fill_baskets(world, events, week)
        file = world.order_file(events.position, week, events.code)
        ids = world.event_id(file, week, events.code)
        self.put(
            "orders",
            {
                "order_id": ids,
                "customer_id": world.customer_id[file],
                "ordered_at": events.second,
                "value_eur": b.value,
                "margin_eur": b.margin,
            },
        )
        self.put(
            "order_lines",
            {
                "order_id": ids[b.order],
                "line": b.line,
                "product_id": b.product_id,
                "quantity": b.quantity,
                "value_eur": b.line_value,
                "margin_eur": b.line_margin,
            },
        )
        back = np.flatnonzero(b.back & (b.back_s < world.weeks * WEEK_SECONDS))
        self.put(
            "returns",
            {
                "order_id": ids[b.order[back]],
                "line": b.line[back],
                "returned_at": b.back_s[back],
                "refund_eur": b.line_value[back],
                "margin_eur": b.line_margin[back],
            },
        )
        if self.work is not None:
            service = draw_service(world, events, week)
            self.work.book(events, b, service)
            seen = np.flatnonzero(service.second < world.weeks * WEEK_SECONDS)
            self.put(
                "services",
                {
                    "order_id": ids[service.order[seen]],
                    "kind": service.kind[seen],
                    "place": service.place[seen],
                    "customer_id": world.customer_id[file[service.order[seen]]],
                    "asked_at": service.second[seen],
                },
            )
        self.make_room()
        np.add.at(self.turnover, file, b.value)
        self._book(events, week, b.margin, b.margin_back)
        for w, lost in _by_week(b.back_s[back] // WEEK_SECONDS, b.line_margin[back]):
            self.pay(w, "returns", -lost[0], lost[1])

    def _book(self, events: Events, week: NDArray, margin: NDArray, lost: NDArray) -> None:
        world, who = self.world, events.position
        for w, total in _by_week(week, margin):
            self.pay(w, "gross margin", *total)
        age_weeks = (events.second - world.people.born_s[who]) / WEEK_SECONDS
        kept = (margin - lost) * np.exp(-weekly_discount(world.scenario) * age_weeks)
        # Whole micro-cents add up to the same sum in any order.
        micro = np.rint(kept * 1e6)
        np.add.at(self.realised, who, micro)

    def make_room(self) -> None:
        """Give people won meanwhile their place in the sums by person."""
        missing = len(self.world.people) - len(self.cost)
        if missing:
            for name in ("realised", "cost"):
                setattr(self, name, np.pad(getattr(self, name), (0, missing)))
            self.turnover = np.pad(self.turnover, (0, missing * self.world.room))

    def charge(self, who: NDArray, eur: NDArray | float) -> None:
        """Remember, for the truth, what acting on each of these people cost."""
        self.make_room()
        np.add.at(self.cost, who, np.rint(np.asarray(eur) * 1e4))

    def _dress_sessions(self, events: Events, week: NDArray) -> None:
        world = self.world
        s = dress_sessions(world, events, week)
        file = world.order_file(events.position, week, events.code)
        ids = world.event_id(file, week, events.code)
        self.put(
            "sessions",
            {
                "session_id": ids,
                "customer_id": world.customer_id[file],
                "started_at": s.start_s,
                "source": s.source,
                "pages": s.pages,
                "cart": s.cart,
                "order_id": np.where(events.code < ORDER_END, ids, self._won_in(events, week)),
            },
        )
        self.put(
            "page_views",
            {
                "session_id": ids[s.session],
                "view": s.view,
                "page_type": s.page_type,
                "dwell_seconds": s.dwell_s,
            },
        )
        self.put(
            "true_sessions",
            {
                "session_id": ids,
                "person_id": world.people.person_id[events.position],
                "user_type": s.user_type,
                "buying_stage": s.stage,
                "need": s.need,
            },
        )

    def _won_in(self, visits: Events, week: NDArray) -> NDArray[np.int64]:
        """The order that was won in each of these visits; 0 where none."""
        order = np.zeros(len(week), dtype=np.int64)
        if self.won:
            code = won_order(visits.code)
            won = np.isin(_place(visits.position, week, code), np.concatenate(self.won))
            won &= (code >= WON) & (code < ORDER_END)
            file = self.world.first_file(visits.position[won])
            order[won] = self.world.event_id(file, week[won], code[won])
        return order

    def frame(self, table: str) -> pd.DataFrame:
        """Everything of one table so far, in the contract's order and dtypes."""
        if table in _DRESSED_FROM:
            self.dress(_DRESSED_FROM[table])
        contract = contract_of(table)
        if table == "time_sheets" and self.work is not None:
            self.dress("orders")
            return to_frame(contract, self.work.sheets())
        if self.writer:
            return self.writer.read(table, contract)
        parts = self.done.get(table, [])
        if not parts:
            return contract.empty()
        columns = {
            c: np.concatenate([p[c] for p in parts]) if len(parts) > 1 else parts[0][c]
            for c in contract.column_names
        }
        self.done[table] = [columns]
        return to_frame(contract, columns)

    def finish(self) -> None:
        """Dress what has to be known at the end: the orders, and all that goes to disk."""
        self.dress("orders")
        if self.work is not None:
            self._pay_for_work(self.work)
        if self.writer:
            self.dress("sessions")
            if self.work is not None:
                self.put("time_sheets", self.work.sheets())

    def _pay_for_work(self, work: Work) -> None:
        cents = np.rint(work.minutes().sum(axis=0) * self.world.scenario.work_minute_eur * 100)
        for week, pieces in enumerate(work.pieces.sum(axis=0).tolist()):
            if pieces:
                self.pay(week, "serving customers", -float(cents[week]), pieces)

    def ledger(self) -> pd.DataFrame:
        """The money: one row a week and cause."""
        rows = [(w, c, v[0] / 100.0, int(v[1])) for (w, c), v in sorted(self.money.items())]
        frame = pd.DataFrame(rows, columns=["week", "cause", "eur", "rows"])
        return frame.astype({"week": "int64", "cause": "str", "eur": "float64", "rows": "int64"})


def _place(position: NDArray, week: NDArray | int, code: NDArray) -> NDArray[np.int64]:
    """Person, week and code as one number."""
    return (position * 10_000 + week) * 10_000 + code


def _by_week(week: NDArray, cents: NDArray) -> list[tuple[int, tuple[float, int]]]:
    if not len(week):
        return []
    first = int(week.min())
    total = np.bincount(week - first, cents.astype(np.float64))
    number = np.bincount(week - first)
    return [(first + i, (float(total[i]), int(number[i]))) for i in np.flatnonzero(number).tolist()]


def contract_of(table: str) -> Table:
    """The contract of a table of the log; ``true_sessions`` is the truth's ``sessions``."""
    return TRUTH[table.removeprefix("true_")] if table.startswith("true_") else OBSERVED[table]


def to_frame(contract: Table, columns: dict[str, Any]) -> pd.DataFrame:
    """Raw columns (seconds, cents, codes) as a table of the contract, sorted."""
    keys = [columns[name] for name in reversed(contract.sort_by)]
    order = np.lexsort(keys)
    return pd.DataFrame(
        {c.name: finish(c, np.asarray(columns[c.name])[order]) for c in contract.columns}
    )


def finish(column: Column, raw: Any) -> Any:
    """One raw column (seconds, cents, codes) with the dtype and unit of the contract."""
    if isinstance(column.dtype, tuple):
        return pd.Categorical.from_codes(raw, list(column.dtype))
    if column.dtype == "datetime64[s]":
        return seconds_to_time(raw)
    if column.dtype == "text":
        return pd.array(raw, dtype="str")
    if column.unit == "EUR" and raw.dtype.kind == "i":
        return raw / 100.0
    return raw.astype(np.dtype(column.dtype))
