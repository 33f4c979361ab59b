"""How does a firm see, and how does it act?

Once a week the engine shows a policy a `View` (only what the firm can know by then) and
takes a `Decision` back: rows of `Actions` for this week, and `Standing` orders that the
market's mechanisms carry out in event time until they are replaced. This is the only way
in which a decision reaches the market.

A policy is any object with ``start(seed) -> state`` and
``decide(view, state) -> (Decision, state)``; a plain function ``view -> actions`` will do.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.chance import Chance
from crmlab.tables import CAPABILITIES, CHANNELS, CONSENT, MESSAGE_KINDS, OBSERVED, TARGET_KINDS

MINUTES_PER_WEEK = 7 * 24 * 60
EVENTS = ("cart abandoned", "first order", "order", "lapsed")
"""Events that a standing rule can wait for."""


class PolicyError(RuntimeError):
    """A policy raised, or returned something that is not a decision."""


def _nearest(name: object, known: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.4)
    return f" Did you mean {near[0]!r}?" if near else ""


def one_of(argument: str, value: object, known: Sequence[str]) -> None:
    """Raise `ValueError` unless ``value`` is one of ``known``; name the nearest."""
    if value not in known:
        raise ValueError(
            f"{argument} must be one of {', '.join(map(repr, known))}, got {value!r}."
            + _nearest(value, known)
        )


@dataclass(frozen=True)
class Prices:
    """What acting costs, in EUR: one message by each channel, one request for consent."""

    email_eur: float
    post_eur: float
    phone_eur: float
    ask_eur: float

    def of_channel(self) -> NDArray[np.float64]:
        """The price of one message, in the order of `tables.CHANNELS`."""
        return np.array([self.email_eur, self.post_eur, self.phone_eur])


_NUMBERS: dict[str, tuple[type, float, float]] = {
    # column: dtype, least, most
    "target_id": (np.int64, -(2.0**62), 2.0**62),
    "product_id": (np.int16, 0, 32_767),
    "offer_eur": (np.float64, 0, np.inf),
    "minute": (np.int32, 0, MINUTES_PER_WEEK - 1),
    "spend_eur": (np.float64, 0, np.inf),
    "priority": (np.float64, -np.inf, np.inf),
    "cell": (np.int16, -32_768, 32_767),
}
_WORDS = ("target_kind", "kind", "channel")


@dataclass(frozen=True, eq=False)
class Actions:
    """What the firm wants to do this week, one row each; a scalar stands for every row.

    Parameters
    ----------
    target_id : array of int, shape (n,)
        Whom: a ``customer_id``, a ``pool_id``, ...; for ``"firm"`` the name of a capability.
    kind : str or array of str
        ``"newsletter"``, ``"triggered"``, ``"conversion"``, ``"ask_consent"``,
        ``"acquire"``, ``"invest"``, ...
    target_kind : str or array of str
        One of `tables.TARGET_KINDS`.
    channel : str or array of str
        One of `tables.CHANNELS`.
    product_id : int or array of int
        The product shown; 0 for the whole assortment.
    offer_eur : float or array of float
        EUR off the next order, charged when redeemed; for ``"ask_consent"`` the incentive.
    minute : int or array of int
        Minute of the week, 0 to 10,079.
    spend_eur : float or array of float
        EUR to spend on a pool or a capability.
    priority : float or array of float
        Rows with more priority are admitted first when the budget is short.
    cell : int or array of int
        The cell of the policy's own experiment, kept in the records.
    propensity : float or array of float
        The probability with which the policy chose the row; NaN where it did not draw.

    Raises
    ------
    ValueError
        Names the column, quotes the value and gives the remedy.
    """

    target_id: Any = ()
    kind: Any = "newsletter"
    target_kind: Any = "customer"
    channel: Any = "email"
    product_id: Any = 0
    offer_eur: Any = 0.0
    minute: Any = 0
    spend_eur: Any = 0.0
    priority: Any = 0.0
    cell: Any = 0
    propensity: Any = np.nan

    def __post_init__(self) -> None:
        if isinstance(self.target_id, str):
            one_of("target_id", self.target_id, tuple(CAPABILITIES))
            object.__setattr__(self, "target_id", [list(CAPABILITIES).index(self.target_id)])
        for name, (dtype, low, high) in _NUMBERS.items():
            self._set(name, _number(name, getattr(self, name), dtype, low, high))
        self._set("propensity", np.asarray(self.propensity, dtype=np.float64))
        if self.target_id.ndim != 1:
            raise ValueError(
                f"target_id must be a one-dimensional array of ids, got {self.target_id!r}. "
                "Put a single id into a list: [id]."
            )
        for name in (*_NUMBERS, "propensity"):
            self._fits(name, np.shape(getattr(self, name)))
        for name in _WORDS:
            value = getattr(self, name)
            if not isinstance(value, str):
                value = np.asarray(value, dtype=object)
                self._set(name, value)
                self._fits(name, value.shape)
        for name, known in (("target_kind", TARGET_KINDS), ("channel", CHANNELS)):
            value = getattr(self, name)
            for word in [value] if isinstance(value, str) else pd.unique(value):
                one_of(name, word, known)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _fits(self, name: str, shape: tuple[int, ...]) -> None:
        if shape not in ((), (len(self),)):
            raise ValueError(
                f"{name} must be one value or {len(self)} values (as many as target_id), "
                f"got shape {shape}."
            )

    def __len__(self) -> int:
        return len(self.target_id)

    def column(self, name: str) -> NDArray:
        """One column as an array of length ``len(self)``."""
        return np.broadcast_to(np.asarray(getattr(self, name), dtype=None), (len(self),))

    def where(self, mask: ArrayLike) -> Actions:
        """The rows where ``mask`` is true."""
        mask = np.asarray(mask)
        values = {}
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            values[f.name] = value[mask] if np.ndim(value) else value
        return Actions(**values)

    @classmethod
    def concat(cls, parts: Iterable[Actions]) -> Actions:
        """Several sets of rows as one."""
        parts = [p for p in parts if len(p)]
        if not parts:
            return cls()
        if len(parts) == 1:
            return parts[0]
        names = [f.name for f in dataclasses.fields(cls)]
        return cls(**{n: np.concatenate([p.column(n) for p in parts]) for n in names})

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Actions:
        """Rows of a DataFrame; ``target_id`` or ``customer_id`` is needed, the rest optional."""
        frame = frame.rename(columns={"customer_id": "target_id"})
        known = [f.name for f in dataclasses.fields(cls)]
        for name in frame.columns:
            one_of("a column of the actions", name, known)
        if "target_id" not in frame:
            raise ValueError(
                f"actions need a column 'target_id' or 'customer_id', got {list(frame.columns)}."
            )
        target = frame["target_id"]
        if len(target) and target.map(lambda v: isinstance(v, str)).all():
            names = list(CAPABILITIES)
            for name in target.unique():
                one_of("target_id", name, names)
            frame = frame.assign(target_id=[names.index(v) for v in target])
        return cls(**{name: frame[name].to_numpy() for name in frame.columns})

    def to_frame(self) -> pd.DataFrame:
        """The rows as a DataFrame, every column in full."""
        return pd.DataFrame({f.name: self.column(f.name) for f in dataclasses.fields(self)})


def _number(name: str, value: object, dtype: type, low: float, high: float) -> NDArray:
    array = np.asarray(value)
    if array.size == 0:
        return array.astype(dtype)
    if array.dtype.kind not in "iufb":
        raise ValueError(f"{name} must hold numbers, got {array.ravel()[0]!r}.")
    as_float = array.astype(np.float64)
    if not np.isfinite(as_float).all():
        raise ValueError(f"{name} must be finite, got {as_float[~np.isfinite(as_float)][0]}.")
    if dtype is not np.float64 and (as_float != np.floor(as_float)).any():
        bad = as_float[as_float != np.floor(as_float)].ravel()[0]
        raise ValueError(f"{name} must hold whole numbers, got {bad}.")
    if as_float.min() < low or as_float.max() > high:
        bad = as_float[(as_float < low) | (as_float > high)].ravel()[0]
        raise ValueError(f"{name} must be in [{low:g}, {high:g}], got {bad:g}.")
    return array.astype(dtype)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Condition:
    """A test on one column of the customer's profile, as it stands when the week begins."""

    column: str
    operator: str
    value: float

    def __post_init__(self) -> None:
        numeric = [
            c.name for c in OBSERVED["profiles"].columns if c.unit in ("orders", "messages", "EUR")
        ]
        one_of("column", self.column, numeric)
        one_of("operator", self.operator, tuple(_OPERATORS))

    def holds(self, column: NDArray) -> NDArray[np.bool_]:
        """Where the test holds."""
        return _OPERATORS[self.operator](column, self.value)


@dataclass(frozen=True)
class Rule:
    """Event, condition, action: what the firm's software does by itself.

    Parameters
    ----------
    event : str
        One of `EVENTS`. ``"lapsed"`` fires once when ``lapse_weeks`` have passed without an
        order.
    kind : str
        The kind of message that is sent.
    delay_minutes : int
        Minutes between the event and the message.
    conditions : tuple of Condition
        All must hold.
    cap_weeks : float
        No second message by this rule within so many weeks.
    unless_ordered : bool
        Whether an order between event and message cancels it.
    """

    event: str
    kind: str = "triggered"
    delay_minutes: int = 240
    conditions: tuple[Condition, ...] = ()
    channel: str = "email"
    offer_eur: float = 0.0
    cap_weeks: float = 1.0
    lapse_weeks: float = 8.0
    unless_ordered: bool = True
    reminders: int = 0
    reminder_minutes: int = 2880

    def __post_init__(self) -> None:
        one_of("event", self.event, EVENTS)
        one_of("kind", self.kind, MESSAGE_KINDS)
        one_of("channel", self.channel, CHANNELS)
        for name in ("delay_minutes", "offer_eur", "cap_weeks", "reminders", "reminder_minutes"):
            at_least_zero(name, getattr(self, name))
        if not self.lapse_weeks > 0:
            raise ValueError(f"lapse_weeks must be > 0, got {self.lapse_weeks}.")


def at_least_zero(name: str, value: float) -> None:
    """Raise `ValueError` unless ``value`` is a finite number of at least 0."""
    if not isinstance(value, int | float | np.number) or not 0 <= value < np.inf:
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}.")


@dataclass(frozen=True)
class ConsentPage:
    """What somebody meets who wants fewer e-mails.

    ``"plain"`` unsubscribes with one click; ``"preference centre"`` offers fewer first;
    ``"obstructed"`` hides the link (unlawful in many countries: here to be measured).
    """

    path: str = "plain"
    double_opt_in: bool = False

    def __post_init__(self) -> None:
        one_of("path", self.path, ("plain", "preference centre", "obstructed"))


@dataclass(frozen=True)
class Queue:
    """How waiting cases are served: the order, who gets which, and how many agents."""

    discipline: str = "first come, first served"
    routing: str = "any"
    agents: int = 1

    def __post_init__(self) -> None:
        known = ("first come, first served", "priority", "value")
        one_of("discipline", self.discipline, known)
        one_of("routing", self.routing, ("any", "skill"))
        at_least_zero("agents", self.agents)


@dataclass(frozen=True)
class PageRule:
    """Which page template a session gets after so many clicks: ``template[user type]``."""

    after_clicks: int = 4
    template: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        at_least_zero("after_clicks", self.after_clicks)


@dataclass(frozen=True)
class Standing:
    """Orders carried out in event time until replaced; None keeps what was there."""

    rules: tuple[Rule, ...] | None = None
    consent_page: ConsentPage | None = None
    queue: Queue | None = None
    page: PageRule | None = None
    links: pd.DataFrame | None = None

    def then(self, newer: Standing) -> Standing:
        """These orders with the newer ones in their place where there are any."""
        changed = {
            f.name: getattr(newer, f.name)
            for f in dataclasses.fields(newer)
            if getattr(newer, f.name) is not None
        }
        return dataclasses.replace(self, **changed) if changed else self


@dataclass(frozen=True)
class Decision:
    """This week's actions, and standing orders to put in place."""

    actions: Actions = field(default_factory=Actions)
    standing: Standing = Standing()


class View:
    """What the firm knows at the start of a week.

    Parameters
    ----------
    week : int
        The week that begins, from 0.
    prices : Prices
    budget_eur : float
        EUR that can be spent this week; ``inf`` without a budget.
    chance : Chance
        The policy's own luck, for pilots and bandits.
    source : callable
        ``source(table, column)`` gives an array; ``source(table, None)`` a DataFrame.
    """

    def __init__(
        self,
        week: int,
        prices: Prices,
        budget_eur: float,
        chance: Chance,
        source: Callable[[str, str | None], Any],
    ) -> None:
        self.week = week
        self.prices = prices
        self.budget_eur = budget_eur
        self.chance = chance
        self._source = source

    @property
    def now(self) -> np.datetime64:
        """The start of the week, as a time."""
        from crmlab.tables import EPOCH, WEEK_SECONDS

        return EPOCH + np.timedelta64(self.week * WEEK_SECONDS, "s")

    def column(self, table: str, name: str) -> NDArray:
        """One column of what is known by now; rows of one table line up between calls."""
        one_of("table", table, tuple(OBSERVED))
        one_of("name", name, OBSERVED[table].column_names)
        return np.asarray(self._source(table, name))

    def codes(self, table: str, name: str) -> NDArray[np.int8]:
        """A column of categories as the numbers of its words in the contract: fast."""
        one_of("table", table, tuple(OBSERVED))
        words = OBSERVED[table][name].dtype
        if not isinstance(words, tuple):
            raise ValueError(f"{table}.{name} has no categories; use column({table!r}, {name!r}).")
        return np.asarray(pd.Categorical(self._source(table, name), categories=list(words)).codes)

    def agreed(self) -> NDArray[np.int64]:
        """The customers who have agreed to be written to."""
        status = self.codes("profiles", "consent")
        yes = np.array(["opt-in" in word or word == "opt-down" for word in CONSENT])
        return self.column("profiles", "customer_id")[yes[status]]

    def frame(self, table: str) -> pd.DataFrame:
        """A whole table of what is known by now."""
        one_of("table", table, tuple(OBSERVED))
        return self._source(table, None)

    def __repr__(self) -> str:
        return f"View(week={self.week}, budget_eur={self.budget_eur:g})"


@runtime_checkable
class Policy(Protocol):
    """What the firm does. Neither method changes the policy itself: state travels."""

    def start(self, seed: int) -> Any:
        """The state before the first week."""
        ...

    def decide(self, view: View, state: Any) -> tuple[Decision, Any]:
        """The decision for this week, and the state for the next."""
        ...


@dataclass(frozen=True)
class Plain:
    """A plain function ``view -> actions`` as a policy without state."""

    function: Callable[[View], Any]
    name: str = ""

    def start(self, seed: int) -> None:
        """Nothing to remember."""

    def decide(self, view: View, state: None) -> tuple[Decision, None]:
        """Call the function, and accept whatever form its answer has."""
        return as_decision(self.function(view)), None

    def __repr__(self) -> str:
        return self.name or getattr(self.function, "__name__", "a function")


def as_decision(answer: object) -> Decision:
    """A `Decision` from a decision, actions, a DataFrame of actions, or None (do nothing)."""
    if answer is None:
        return Decision()
    if isinstance(answer, Decision):
        return answer
    if isinstance(answer, Actions):
        return Decision(answer)
    if isinstance(answer, Standing):
        return Decision(standing=answer)
    if isinstance(answer, pd.DataFrame):
        return Decision(Actions.from_frame(answer))
    raise TypeError(
        "a policy must return Actions, a Decision, a DataFrame of actions or None, "
        f"got {type(answer).__name__}: {answer!r:.80}."
    )


def as_policy(policy: object) -> Policy:
    """A policy from a policy, a plain function, or None (do nothing)."""
    if policy is None:
        return Plain(lambda view: None, "nothing")
    if isinstance(policy, type):
        raise TypeError(
            f"policy must be an instance, got the class {policy.__name__}. "
            f"Call it: {policy.__name__}()."
        )
    if isinstance(policy, Policy):
        return policy
    if callable(policy):
        return Plain(policy)
    raise TypeError(
        "policy must be None, a function view -> actions, or an object with start and decide, "
        f"got {type(policy).__name__}: {policy!r:.80}."
    )
