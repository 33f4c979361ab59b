"""What did the firm hold then? Tables as they stood at a moment, nothing later in them.

An analysis that is to predict must not see what it predicts. Rows are dated by the time
column of their contract; rows without one follow their parents; profiles are computed again.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from crmlab import storage
from crmlab.tables import OBSERVED, WEEK_SECONDS

When = int | str | datetime.date | np.datetime64
PARENTS = {"order_lines": "orders", "page_views": "sessions"}
"""Tables whose rows have no time of their own, and the table that they follow."""


class Tables(Protocol):
    """Anything that holds tables by name, such as `Records`."""

    def __getitem__(self, name: str) -> pd.DataFrame: ...

    def __contains__(self, name: object) -> bool: ...


def moment(when: object, clock: object) -> np.datetime64:
    """The first whole second that is not before ``when``."""
    if isinstance(when, int | np.integer) and not isinstance(when, bool):
        if not 0 <= when < 100_000:
            raise ValueError(
                f"when must be a week number in [0, 100000), got {when}. "
                "Write a date as text: '1997-09-30'."
            )
        return _time("clock", clock) + np.timedelta64(int(when) * WEEK_SECONDS, "s")
    return _time("when", when)


def _time(argument: str, value: object) -> np.datetime64:
    fits = isinstance(value, str | datetime.date | np.datetime64)
    try:
        time = pd.Timestamp(value) if fits else None
    except ValueError:
        time = None
    if time is None or pd.isna(time):
        also = "a week number or " * (argument == "when")
        raise ValueError(f"{argument} must be {also}a time such as '2024-03-01', got {value!r}.")
    if time.tzinfo is not None:
        time = time.tz_convert("UTC").tz_localize(None)
    return time.ceil("s").to_datetime64().astype("datetime64[s]")


def before(name: str, now: np.datetime64, held: Tables, view: Tables) -> pd.DataFrame:
    """One table of ``held`` as it stood at ``now``; ``view`` has the others as of then."""
    if name == "profiles":
        return _profiles_then(now, held, view)
    if name == "page_views":
        return _pages_begun(now, _earlier(held["sessions"], "started_at", now), held[name])
    if name == "sessions":
        return _sessions_so_far(_earlier(held[name], "started_at", now), held, view)
    if name == "order_lines":
        known = held[name]["order_id"].isin(view["orders"]["order_id"])
        return held[name][known].reset_index(drop=True)
    time = OBSERVED[name].time
    return held[name] if time is None else _earlier(held[name], time, now)


def _earlier(frame: pd.DataFrame, time: str, now: np.datetime64) -> pd.DataFrame:
    return frame[frame[time].to_numpy() < now].reset_index(drop=True)


def _profiles_then(now: np.datetime64, held: Tables, view: Tables) -> pd.DataFrame:
    events = {n: view[n] for n in ("orders", "messages", "responses", "consents") if n in view}
    if "customers" in view:
        return profiles_of(view["customers"], **events)
    return profiles_of(_earlier(held["profiles"], "registered_at", now), **events)


def _pages_begun(now: np.datetime64, started: pd.DataFrame, pages: pd.DataFrame) -> pd.DataFrame:
    """The pages that began before now, the last one of a session as far as it has lasted."""
    pages = storage.canonical(pages, OBSERVED["page_views"])
    session = pd.Index(started["session_id"]).get_indexer(pages["session_id"])
    since_start = (now - started["started_at"].to_numpy()).astype(np.int64)
    so_far = np.append(since_start, 0)[session] - _dwell_before(pages)
    seen = (session >= 0) & (so_far > 0)
    dwell = np.minimum(pages["dwell_seconds"].to_numpy(), so_far)[seen]
    pages = pages[seen].reset_index(drop=True)
    return pages.assign(dwell_seconds=dwell.astype(np.int32))


def _dwell_before(pages: pd.DataFrame) -> np.ndarray:
    """Seconds from the start of the session to each page; the pages of a session in order."""
    dwell = pages["dwell_seconds"].to_numpy(np.int64)
    before = np.cumsum(dwell) - dwell
    session = pages["session_id"].to_numpy()
    first = np.append(True, session[1:] != session[:-1])[: len(session)]
    return before - before[first][np.cumsum(first) - 1]


def _sessions_so_far(started: pd.DataFrame, held: Tables, view: Tables) -> pd.DataFrame:
    """Sessions without what they became later."""
    over = pd.Series(True, index=started.index)
    if "page_views" in held:
        seen, all_pages = _visits(started, view["page_views"]), _visits(started, held["page_views"])
        over = (seen == all_pages).all(axis=1)
        started = started.assign(
            pages=np.where(over, started["pages"], seen["pages"]).astype(np.int16),
            cart=started["cart"] & (over | (seen["cart"] > 0)),
        )
    placed = started["order_id"].isin(view["orders"]["order_id"]) if "orders" in view else over
    return started.assign(order_id=started["order_id"].where(placed, 0))


def _visits(sessions: pd.DataFrame, pages: pd.DataFrame) -> pd.DataFrame:
    """Of each session: pages seen, seconds spent on them, and how many lead to the till."""
    at = pd.Index(sessions["session_id"]).get_indexer(pages["session_id"])
    pages, at = pages[at >= 0], at[at >= 0]
    till = pages["page_type"].isin(["cart", "checkout"])
    weights = {"pages": None, "seconds": pages["dwell_seconds"], "cart": till}
    n = len(sessions)
    return pd.DataFrame({c: np.bincount(at, weights=w, minlength=n) for c, w in weights.items()})


# --- profiles ------------------------------------------------------------------------------


def profiles_of(
    customers: pd.DataFrame,
    orders: pd.DataFrame | None = None,
    messages: pd.DataFrame | None = None,
    responses: pd.DataFrame | None = None,
    consents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What the firm's screen shows of each customer after these events.

    Parameters
    ----------
    customers : DataFrame
        With ``customer_id`` and ``registered_at``.
    orders, messages, responses, consents : DataFrame, optional
        Tables of the contract; None where the firm has none. Rows of customers who are not
        in ``customers`` are left out.

    Returns
    -------
    DataFrame
        The table ``profiles``: one row a customer, by ``customer_id``. Messages of every
        channel are counted; ``bounced`` is about the last one by e-mail. Consent and cap are
        those of the last change, ``"none"`` and -1 without one.

    Examples
    --------
    >>> customers = pd.DataFrame(
    ...     {"customer_id": [1, 2], "registered_at": np.array(["2024-01-01"] * 2, "datetime64[s]")}
    ... )
    >>> orders = pd.DataFrame(
    ...     {
    ...         "order_id": [10],
    ...         "customer_id": [2],
    ...         "value_eur": [9.5],
    ...         "ordered_at": np.array(["2024-01-05"], "datetime64[s]"),
    ...     }
    ... )
    >>> profiles_of(customers, orders)[["customer_id", "consent", "orders", "value_eur"]]
       customer_id consent  orders  value_eur
    0            1    none       0        0.0
    1            2    none       1        9.5
    """
    base = customers[["customer_id", "registered_at"]].sort_values("customer_id", ignore_index=True)
    bought = _events("orders", orders, base)
    sent = _events("messages", messages, base)
    reacted = _events("responses", responses, base)
    asked = _events("consents", consents, base)
    opened, emailed = reacted.where("event", "open"), sent.where("channel", "email")
    returned = reacted.where("event", "bounce").frame["message_id"]
    columns: dict[str, Any] = {
        "consent": asked.last("status", "none"),
        "cap_per_4_weeks": asked.last("cap_per_4_weeks", -1),
        "orders": bought.count(),
        "value_eur": bought.total_eur("value_eur"),
        "last_ordered_at": bought.last("ordered_at"),
        "messages": sent.count(),
        "opens": opened.count(),
        "clicks": reacted.where("event", "click").count(),
        "last_messaged_at": sent.last("sent_at"),
        "last_opened_at": opened.last("at"),
        "bounced": emailed.last(emailed.frame["message_id"].isin(returned), False),
    }
    return storage.restore(base.assign(**columns), OBSERVED["profiles"])


@dataclass(frozen=True)
class _Events:
    """Events in order of time, and for each the place of its customer among ``n``."""

    frame: pd.DataFrame
    who: np.ndarray
    n: int

    def where(self, column: str, value: str) -> _Events:
        mask = (self.frame[column] == value).to_numpy()
        return _Events(self.frame[mask], self.who[mask], self.n)

    def count(self) -> np.ndarray:
        return np.bincount(self.who, minlength=self.n)

    def total_eur(self, column: str) -> np.ndarray:
        """Sums by customer; exact to the last digit where amounts are whole cents."""
        eur = self.frame[column].to_numpy()
        cents = np.rint(eur * 100)
        rest = eur - cents / 100
        whole = np.bincount(self.who, weights=cents, minlength=self.n) / 100
        return whole + np.bincount(self.who, weights=rest, minlength=self.n)

    def last(self, column: str | pd.Series, default: object = None) -> pd.Series:
        """The value at each customer's last event; ``default`` where there is none."""
        values = self.frame[column] if isinstance(column, str) else column
        place = np.full(self.n, -1)
        place[self.who] = np.arange(len(self.who))
        found = values.reset_index(drop=True).reindex(place).reset_index(drop=True)
        return found if default is None else found.where(place >= 0, default)


def _events(name: str, frame: pd.DataFrame | None, base: pd.DataFrame) -> _Events:
    frame = OBSERVED[name].empty() if frame is None else frame
    frame = storage.canonical(frame, OBSERVED[name])
    who = pd.Index(base["customer_id"]).get_indexer(frame["customer_id"])
    known = who >= 0
    return _Events(frame if known.all() else frame[known], who[known], len(base))
