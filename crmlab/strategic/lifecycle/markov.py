"""What is a customer worth who has been silent for so long? A chain of recency states.

Dwyer (1989, J. Direct Marketing 3(4)) tells two kinds of customer apart. *Always-a-share*
customers buy from several firms: who is silent may come back, with a chance that falls with the
silence (the *migration* model). *Lost-for-good* customers have a contract: who is silent is gone
(the *retention* model). Pfeifer and Carraway (2000, J. Interactive Marketing 14(2)) write both as
one Markov chain with the states "bought this period", "one period ago", ..., and an absorbing
"gone", whose values follow from one equation:

    V = (I - P/(1+d))^-1 R.

The retention model is the chain with a single recency state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.asof import When, moment
from crmlab.checks import at_least_zero, whole_number
from crmlab.tables import EPOCH, WEEK_SECONDS

GONE = "gone"


def chain_value(
    matrix: ArrayLike, reward: ArrayLike, discount: float, periods: int | None = None
) -> NDArray[np.float64]:
    """What each state of a Markov chain is worth, its own reward included.

    Parameters
    ----------
    matrix : array, shape (n, n)
        Chances of moving from state (row) to state (column) in one period; rows add up to 1.
    reward : array, shape (n,)
        EUR in each period spent in a state.
    discount : float
        A period, >= 0: 0.02 for 2 %. Above 0 if ``periods`` is None.
    periods : int, optional
        How many periods count, the present one among them; None for ever.

    Returns
    -------
    array, shape (n,)
        EUR.

    Raises
    ------
    ValueError
        Rows that do not add up to 1, or shapes that do not fit.

    Notes
    -----
    Pfeifer and Carraway (2000): V = (I - P/(1+d))^-1 R.

    Examples
    --------
    A customer stays with 0.8 and brings 10 EUR a period; who has gone brings nothing:

    >>> chain_value([[0.8, 0.2], [0.0, 1.0]], [10.0, 0.0], discount=0.25).round(2)
    array([27.78,  0.  ])
    """
    P, R = np.asarray(matrix, dtype=float), np.asarray(reward, dtype=float)
    if P.ndim != 2 or P.shape != (len(R), len(R)):
        raise ValueError(f"matrix must have shape ({len(R)}, {len(R)}), got {P.shape}.")
    off = np.abs(P.sum(axis=1) - 1.0)
    if off.max() > 1e-9 or P.min() < 0:
        row = int(off.argmax())
        raise ValueError(
            f"each row of matrix must hold chances that add up to 1, row {row} adds up to "
            f"{P[row].sum():g}. Is a state missing, such as {GONE!r}?"
        )
    at_least_zero("discount", discount)
    step = P / (1.0 + discount)
    if periods is None:
        if discount == 0:
            raise ValueError("discount must be > 0 if periods is None, got 0.")
        return np.linalg.solve(np.eye(len(R)) - step, R)
    whole_number("periods", periods, 0, 100_000)
    total, ahead = np.zeros(len(R)), R
    for _ in range(periods):
        total, ahead = total + ahead, step @ ahead
    return total


@dataclass(frozen=True)
class RecencyChain:
    """Customers who buy with a chance that depends on how long they have been silent.

    Parameters
    ----------
    buys : sequence of float
        Chance of buying in the coming period after 0, 1, 2, ... silent periods. Who is silent
        beyond the last of them counts as gone.
    margin_eur : float
        Of a period with a purchase, EUR.
    contact_eur : float
        Spent in every period on everybody who is not gone, EUR, >= 0.

    Examples
    --------
    >>> chain = RecencyChain([0.5, 0.2], margin_eur=30.0, contact_eur=1.0)
    >>> chain.values(discount=0.1).round(2)
    state
    bought      61.68
    silent 1    10.21
    gone         0.00
    Name: value_eur, dtype: float64
    """

    buys: tuple[float, ...]
    margin_eur: float
    contact_eur: float = 0.0

    def __post_init__(self) -> None:
        chances = tuple(float(p) for p in self.buys)
        object.__setattr__(self, "buys", chances)
        if not chances or min(chances) < 0 or max(chances) > 1:
            raise ValueError(
                f"buys must hold at least one chance, each in [0, 1], got {chances}. "
                "Are these percentages?"
            )
        at_least_zero("contact_eur", self.contact_eur)

    @property
    def states(self) -> pd.Index:
        """The states: bought this period, silent for 1, 2, ... periods, gone."""
        silent = [f"silent {k}" for k in range(1, len(self.buys))]
        return pd.Index(["bought", *silent, GONE], name="state")

    @property
    def matrix(self) -> pd.DataFrame:
        """Chances of moving from state (row) to state (column) in one period."""
        n = len(self.buys)
        P = np.zeros((n + 1, n + 1))
        P[:n, 0] = self.buys
        P[np.arange(n), np.arange(1, n + 1)] = 1.0 - np.array(self.buys)
        P[n, n] = 1.0
        return pd.DataFrame(P, self.states, self.states)

    @property
    def rewards(self) -> pd.Series:
        """EUR in a period spent in each state."""
        R = np.full(len(self.states), -float(self.contact_eur))
        R[0] += self.margin_eur
        R[-1] = 0.0
        return pd.Series(R, self.states, name="reward_eur")

    def values(self, discount: float, periods: int | None = None) -> pd.Series:
        """What a customer in each state is worth, the present period included; `chain_value`."""
        found = chain_value(self.matrix.to_numpy(), self.rewards.to_numpy(), discount, periods)
        return pd.Series(found, self.states, name="value_eur")

    def residual(self, discount: float, periods: int | None = None) -> pd.Series:
        """The same without the present period: what is still to come, in so many periods."""
        later = None if periods is None else periods + 1
        return (self.values(discount, later) - self.rewards).rename("residual_eur")

    def stop_after(self, discount: float) -> int:
        """Silent periods after which a customer is not worth the contact any more.

        Pfeifer and Carraway's use of the chain: the number of states that makes the first one
        worth most; of equals, the largest. Never fewer than 1.

        >>> RecencyChain([0.3, 0.2, 0.15, 0.05], 40.0, 4.0).stop_after(0.2)
        3
        """
        worth = [
            RecencyChain(self.buys[:n], self.margin_eur, self.contact_eur).values(discount).iloc[0]
            for n in range(len(self.buys), 0, -1)
        ]
        return len(self.buys) - int(np.argmax(np.round(worth, 9)))

    @classmethod
    def fit(
        cls,
        orders: pd.DataFrame,
        until: When,
        *,
        period_weeks: int,
        states: int,
        contact_eur: float = 0.0,
    ) -> RecencyChain:
        """Count how often customers bought after so many silent periods.

        Parameters
        ----------
        orders : DataFrame
            ``customer_id``, ``ordered_at``, ``margin_eur``; what comes later is not read.
        until : When
            The end of the last period: a week number or a time.
        period_weeks : int
            Length of a period, weeks.
        states : int
            Recency states to tell apart; 1 for the retention model, in which the first silent
            period is the end.
        contact_eur : float
            As for the chain.
        """
        whole_number("states", states, 1, 1_000)
        silent, bought, margin_eur = _moves(orders, until, period_weeks)
        chances = [float(bought[silent == k].mean()) if (silent == k).any() else 0.0
                   for k in range(states)]  # fmt: skip
        return cls(tuple(chances), margin_eur, contact_eur)


def silent_periods(
    orders: pd.DataFrame, now: When, period_weeks: int, clock: np.datetime64 = EPOCH
) -> pd.Series:
    """For how many whole periods each customer has been silent, by ``customer_id``.

    0 for those who bought in the period that ends ``now``.

    >>> days = pd.to_datetime(["2024-01-02", "2024-01-30"])
    >>> orders = pd.DataFrame({"customer_id": [1, 2], "ordered_at": days})
    >>> silent_periods(orders, 8, period_weeks=4).to_dict()
    {1: 1, 2: 0}
    """
    whole_number("period_weeks", period_weeks, 1, 5_200)
    end = moment(now, clock)
    known = orders[orders["ordered_at"] < end]
    last = known.groupby("customer_id")["ordered_at"].max()
    weeks = (end - last).dt.total_seconds() / WEEK_SECONDS
    return np.ceil(weeks / period_weeks).astype(int).sub(1).clip(lower=0).rename("silent")


def predicted_total(chain: RecencyChain, silent: pd.Series, discount: float, periods: int) -> float:
    """What these customers will bring in the coming periods by the chain, discounted, EUR.

    Parameters
    ----------
    chain : RecencyChain
    silent : Series
        As `silent_periods` gives it.
    discount : float
        A period, >= 0.
    periods : int
        How many periods to come.
    """
    value = chain.residual(discount, periods).to_numpy()
    return float(value[np.minimum(silent.to_numpy(), len(chain.buys))].sum())


def _moves(
    orders: pd.DataFrame, until: When, period_weeks: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_], float]:
    """Every customer in every whole period after their first: silent before, bought in it."""
    whole_number("period_weeks", period_weeks, 1, 5_200)
    end = moment(until, EPOCH)
    known = orders[orders["ordered_at"] < end]
    if known.empty:
        raise ValueError(f"orders must hold some before {end}, got none.")
    age = (end - known["ordered_at"]).dt.total_seconds() / (WEEK_SECONDS * period_weeks)
    back = np.ceil(age.to_numpy()).astype(np.int64) - 1  # 0 for the last period
    last = int(back.max())
    who, ids = pd.factorize(known["customer_id"])
    grid = np.zeros((len(ids), last + 1), dtype=bool)
    grid[who, last - back] = True
    first = grid.argmax(axis=1)
    latest = np.full(len(ids), -1)
    silent, bought = [], []
    for t in range(last + 1):
        here = first < t
        silent.append((t - 1 - latest)[here])
        bought.append(grid[here, t])
        latest = np.where(grid[:, t], t, latest)
    margin_eur = float(known["margin_eur"].sum() / grid.sum())
    return np.concatenate(silent), np.concatenate(bought), margin_eur


def chances_by_silence(
    orders: pd.DataFrame, until: When, period_weeks: int, states: Sequence[int] = range(6)
) -> pd.DataFrame:
    """How often customers bought after 0, 1, 2, ... silent periods, with how many were seen.

    Returns
    -------
    DataFrame
        Index ``silent`` (periods); ``seen`` (customers times periods), ``bought`` (share).
    """
    silent, bought, _ = _moves(orders, until, period_weeks)
    rows = [(int((silent == k).sum()), float(bought[silent == k].mean())) for k in states
            if (silent == k).any()]  # fmt: skip
    index = pd.Index([k for k in states if (silent == k).any()], name="silent")
    return pd.DataFrame(rows, index, ["seen", "bought"])
