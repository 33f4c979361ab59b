"""What can the firm see? Columns of its own tables as they stand, made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.market import identity
from crmlab.market.acquisition import pools
from crmlab.market.catalogue import products
from crmlab.market.log import Log, finish, to_frame
from crmlab.market.preferences import preferences
from crmlab.market.traces import copies
from crmlab.market.world import World
from crmlab.tables import OBSERVED, WEEK_SECONDS, seconds_to_time

_FILES = {
    "consent": "consent", "cap_per_4_weeks": "cap", "orders": "orders", "messages": "messages",
    "opens": "opens", "clicks": "clicks", "bounced": "bounced",
    "last_ordered_at": "last_order_s", "last_messaged_at": "last_message_s",
    "last_opened_at": "last_open_s",
}  # fmt: skip
_AHEAD = (
    "returns", "services", "time_sheets", "preferences", "deliveries", "cases", "interactions",
    "surveys", "copies",
)  # fmt: skip
"""Tables with rows that the log knows before the firm does."""


class Sight:
    """Reads the firm's tables out of a running world, and nothing of the truth.

    Customers come in the order of the engine's arrays, the same for every column of one
    week; all other tables in their contract's order.
    """

    def __init__(self, world: World, log: Log) -> None:
        self.world, self.log = world, log
        self._contacts: tuple[int, dict[str, Any]] | None = None

    def at(self, week: int) -> Callable[[str, str | None], Any]:
        """What is known when ``week`` begins, as ``source(table, column or None)``."""
        now_s = week * WEEK_SECONDS
        known: list[NDArray] = []
        frames: dict[str, pd.DataFrame] = {}

        def source(table: str, column: str | None) -> Any:
            if not known:
                known.append(self.world.files_before(now_s))
            if table in ("customers", "profiles"):
                if column is None:
                    return self.frame(table, known[0])
                return self.column(table, column, known[0])
            if table not in frames:
                frames[table] = self._events(table, now_s)
            frame = frames[table]
            return frame if column is None else frame[column].array

        return source

    def _events(self, table: str, now_s: int) -> pd.DataFrame:
        if table == "products":
            return products(self.world.scenario)
        if table == "pools":
            return pools(self.world.scenario)
        if table == "preferences":
            frame = preferences(self.world)
        elif table == "copies":
            known = self.world.files_before(now_s)
            frame = copies(self.world, self.frame("customers", known))
        else:
            frame = self.log.frame(table)
        if table in _AHEAD:
            frame = frame[frame[OBSERVED[table].time] < seconds_to_time(np.array(now_s))]
            frame = frame.reset_index(drop=True)
        return frame

    def frame(self, table: str, known: NDArray) -> pd.DataFrame:
        """The whole table of customers or profiles, for these files."""
        if table == "customers":
            return self.customers(known[np.argsort(self.world.customer_id[known])])
        contract = OBSERVED[table]
        return to_frame(
            contract, {c.name: self._raw(table, c.name, known) for c in contract.columns}
        )

    def customers(self, file: NDArray) -> pd.DataFrame:
        """The table of customers for these files, in this order."""
        world = self.world
        raw = {"customer_id": world.customer_id[file], "registered_at": world.files.opened_s[file],
               "channel": world.people.channel[world.owner(file)],
               **identity.record_columns(world, file)}  # fmt: skip
        return pd.DataFrame({c.name: finish(c, raw[c.name]) for c in OBSERVED["customers"].columns})

    def column(self, table: str, name: str, known: NDArray) -> Any:
        """One column, as an array or, for categories, a pandas Categorical."""
        return finish(OBSERVED[table][name], self._raw(table, name, known))

    def _raw(self, table: str, name: str, known: NDArray) -> Any:
        world = self.world
        if name == "customer_id":
            return world.customer_id[known]
        if name == "registered_at":
            return world.files.opened_s[known]
        if table == "profiles" and name == "value_eur":
            self.log.dress("orders")
            self.log.make_room()
            return self.log.turnover[known].astype(np.int64)
        if table == "profiles":
            return getattr(world.files, _FILES[name])[known].copy()
        if name == "channel":
            return world.people.channel[world.owner(known)]
        return self._contact(name)[known]

    def _contact(self, name: str) -> Any:
        n = len(self.world.files)
        if self._contacts is None or self._contacts[0] != n:
            self._contacts = (n, identity.record_columns(self.world, np.arange(n)))
        return self._contacts[1][name]
