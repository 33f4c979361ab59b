"""How much for winning customers, and how much for keeping them? The customer equity test.

Blattberg and Deighton (1996, Harvard Business Review 74(4)): spend on each prospect, and on each
customer, until customer equity is highest. Money brings the share won, or kept, towards a ceiling,

    rate(x) = floor + (ceiling - floor) (1 - exp(-pull x)),

and equity per prospect, with a the share won for A EUR a prospect, r the share kept for R EUR a
customer and period, m the margin of a period and r' = r/(1+d), is

    a m - A + a (m - R/r) (r'/(1 - r')).

The formula's assumption: all customers stay with *one* chance r.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import above_zero, at_least_zero, whole_number


@dataclass(frozen=True)
class ResponseCurve:
    """The share won (or kept) as more is spent on each prospect (or customer).

    Parameters
    ----------
    ceiling : float
        The share however much is spent, in [0, 1].
    pull : float
        How fast money comes near it, 1/EUR, > 0.
    floor : float
        The share where nothing is spent, in [0, ceiling].

    Examples
    --------
    >>> curve = ResponseCurve(ceiling=0.4, pull=0.2)
    >>> [round(float(curve.rate(eur)), 3) for eur in (0, 5, 10)]
    [0.0, 0.253, 0.346]
    """

    ceiling: float
    pull: float
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.floor <= self.ceiling <= 1:
            raise ValueError(
                f"floor and ceiling must satisfy 0 <= floor <= ceiling <= 1, got {self.floor} "
                f"and {self.ceiling}. Are these percentages?"
            )
        above_zero("pull", self.pull)

    def rate(self, spend_eur: ArrayLike) -> NDArray[np.float64]:
        """The share for this spending, EUR each."""
        spend = np.asarray(spend_eur, dtype=float)
        return self.floor - (self.ceiling - self.floor) * np.expm1(-self.pull * spend)

    def slope(self, spend_eur: ArrayLike) -> NDArray[np.float64]:
        """How much the next EUR adds to the share."""
        spend = np.asarray(spend_eur, dtype=float)
        return (self.ceiling - self.floor) * self.pull * np.exp(-self.pull * spend)

    @classmethod
    def from_judgement(
        cls, spend_eur: float, rate: float, ceiling: float, floor: float = 0.0
    ) -> ResponseCurve:
        """A manager's two answers as a curve: what we get now, and the most we could ever get.

        Blattberg and Deighton's decision calculus: "what do you spend, what share do you win,
        and what share would you win if there were no limit?"

        >>> ResponseCurve.from_judgement(5.0, rate=0.2, ceiling=0.4)
        ResponseCurve(ceiling=0.4, pull=0.1386, floor=0.0)
        """
        above_zero("spend_eur", spend_eur)
        if not floor < rate < ceiling:
            raise ValueError(
                f"rate must lie between floor and ceiling ({floor} and {ceiling}), got {rate}."
            )
        pull = -np.log((ceiling - rate) / (ceiling - floor)) / spend_eur
        return cls(ceiling, float(f"{pull:.4g}"), floor)

    @classmethod
    def fit(cls, trial: pd.DataFrame) -> ResponseCurve:
        """The curve that makes the outcome of a trial most likely.

        Parameters
        ----------
        trial : DataFrame
            One row a cell: ``spend_eur`` (on each), ``tried``, ``won`` (numbers). Three
            different amounts at least, 0 among them.

        Raises
        ------
        ValueError
            Columns or cells are missing, or more are won than tried.

        Examples
        --------
        >>> cells = pd.DataFrame(
        ...     {"spend_eur": [0, 2, 6], "tried": [2000] * 3, "won": [160, 287, 317]}
        ... )
        >>> ResponseCurve.fit(cells).rate([0, 2, 6]).round(3)
        array([0.08 , 0.143, 0.158])
        """
        from scipy.optimize import minimize

        spend, tried, won = _cells(trial)
        share = won / tried

        def cost(theta: NDArray) -> float:
            floor, room, pull = _unfold(theta)
            p = np.clip(floor - room * np.expm1(-pull * spend), 1e-9, 1 - 1e-9)
            return float(-(won @ np.log(p) + (tried - won) @ np.log1p(-p)))

        first = float(np.clip(share[spend.argmin()], 1e-4, 1 - 1e-4))
        room = float(np.clip((share.max() - first) / (1 - first), 1e-3, 1 - 1e-3))
        starts = [np.array([_logit(first), _logit(min(2 * room, 0.99)), np.log(pull)])
                  for pull in (0.1, 0.5, 2.0)]  # fmt: skip
        options = {"maxiter": 4_000, "xatol": 1e-7, "fatol": 1e-9}
        best = min((minimize(cost, s, method="Nelder-Mead", options=options) for s in starts),
                   key=lambda found: found.fun)  # fmt: skip
        floor, room, pull = _unfold(best.x)
        return cls(float(floor + room), float(pull), float(floor))

    def __repr__(self) -> str:
        return (
            f"ResponseCurve(ceiling={self.ceiling:.4g}, pull={self.pull:.4g}, "
            f"floor={self.floor:.4g})".replace("floor=0)", "floor=0.0)")
        )


def customer_value(
    margin_eur: float,
    kept: ArrayLike,
    care_eur: ArrayLike,
    discount: float,
    periods: int | None = None,
) -> NDArray[np.float64]:
    """What a customer won is worth if all stay with one chance: m + (m - R/r) (r'/(1 - r')).

    Parameters
    ----------
    margin_eur : float
        Of a period, EUR.
    kept : float or array
        The share kept from one period to the next, in [0, 1].
    care_eur : float or array
        Spent on each customer to keep that share, EUR a period.
    discount : float
        A period, > 0.
    periods : int, optional
        Periods after the first that count; None for ever.

    Examples
    --------
    >>> round(float(customer_value(10.0, kept=0.8, care_eur=1.0, discount=0.02)), 2)
    41.82
    """
    above_zero("discount", discount)
    share, care = np.asarray(kept, dtype=float), np.asarray(care_eur, dtype=float)
    ratio = share / (1.0 + discount)
    sums = 1.0 / ((1.0 + discount) * (1.0 - ratio))
    if periods is not None:
        sums = sums * (1.0 - ratio**periods)
    return np.asarray(margin_eur + (margin_eur * share - care) * sums)


@dataclass(frozen=True)
class CustomerEquity:
    """What a prospect is worth to a firm that spends so much on winning and on keeping.

    Parameters
    ----------
    winning : ResponseCurve
        Share of prospects won, by EUR more spent on each.
    keeping : ResponseCurve
        Share of customers kept a period, by EUR spent on each in it.
    margin_eur : float
        Of a customer in a period, EUR.
    discount : float
        A period, > 0.
    contact_eur : float
        Of reaching a prospect at all, EUR, >= 0.
    periods : int, optional
        Periods after the first that count; None for ever.

    Examples
    --------
    >>> firm = CustomerEquity(
    ...     ResponseCurve(0.4, 0.14), ResponseCurve(0.7, 0.1), margin_eur=50.0, discount=0.2
    ... )
    >>> round(float(firm.per_prospect(5.0, 10.0)), 2)
    8.29
    >>> firm.optimum().round(2).to_dict()
    {'extra_eur': 9.62, 'care_eur': 15.69, 'equity_eur': 10.69, 'won': 0.3, 'kept': 0.55}
    """

    winning: ResponseCurve
    keeping: ResponseCurve
    margin_eur: float
    discount: float
    contact_eur: float = 0.0
    periods: int | None = None

    def __post_init__(self) -> None:
        above_zero("margin_eur", self.margin_eur)
        above_zero("discount", self.discount)
        at_least_zero("contact_eur", self.contact_eur)
        if self.periods is not None:
            whole_number("periods", self.periods, 0, 100_000)

    def customer(self, care_eur: ArrayLike) -> NDArray[np.float64]:
        """Lifetime value of a customer won, net of care, EUR: m + (m - R/r) (r'/(1 - r'))."""
        kept = self.keeping.rate(care_eur)
        return customer_value(self.margin_eur, kept, care_eur, self.discount, self.periods)

    def per_prospect(self, extra_eur: ArrayLike, care_eur: ArrayLike) -> NDArray[np.float64]:
        """Customer equity for each prospect addressed, EUR."""
        extra = np.asarray(extra_eur, dtype=float)
        won = self.winning.rate(extra)
        return won * self.customer(care_eur) - self.contact_eur - extra

    def optimum(self, most_eur: float = 200.0) -> pd.Series:
        """The spending that makes equity highest.

        How much care is best does not depend on how customers were won, so it is found first;
        then money goes into winning until the next EUR wins just its own worth:
        a'(A) = 1/value of a customer.

        Parameters
        ----------
        most_eur : float
            The most that is considered for either.

        Returns
        -------
        Series
            ``extra_eur`` a prospect, ``care_eur`` a customer and period, ``equity_eur`` a
            prospect, ``won`` and ``kept`` (shares).
        """
        from scipy.optimize import minimize_scalar

        above_zero("most_eur", most_eur)
        grid = np.linspace(0.0, most_eur, 2_001)
        near = int(self.customer(grid).argmax())
        low, high = grid[max(near - 1, 0)], grid[min(near + 1, len(grid) - 1)]
        found = minimize_scalar(lambda x: -float(self.customer(x)), bounds=(low, high),
                                method="bounded", options={"xatol": 1e-6})  # fmt: skip
        care = float(found.x) if self.customer(found.x) > self.customer(low) else float(low)
        value = float(self.customer(care))
        steepest = float(self.winning.slope(0.0)) * value
        extra = 0.0 if steepest <= 1 else min(np.log(steepest) / self.winning.pull, most_eur)
        return pd.Series(
            {
                "extra_eur": extra,
                "care_eur": care,
                "equity_eur": float(self.per_prospect(extra, care)),
                "won": float(self.winning.rate(extra)),
                "kept": float(self.keeping.rate(care)),
            },
            name="optimum",
        )

    def with_retention(self, points: float) -> CustomerEquity:
        """The same firm with so many points more retention at every level of care.

        >>> curve = ResponseCurve(0.8, 0.1, floor=0.6)
        >>> firm = CustomerEquity(ResponseCurve(0.4, 0.1), curve, 10.0, 0.1)
        >>> firm.with_retention(5).keeping
        ResponseCurve(ceiling=0.85, pull=0.1, floor=0.65)
        """
        k, add = self.keeping, points / 100.0
        return replace(self, keeping=ResponseCurve(k.ceiling + add, k.pull, k.floor + add))


def _cells(trial: pd.DataFrame) -> tuple[NDArray, NDArray, NDArray]:
    for name in ("spend_eur", "tried", "won"):
        if name not in trial:
            raise ValueError(f"trial must have a column {name!r}, got {list(trial.columns)}.")
    spend, tried, won = (trial[c].to_numpy(dtype=float) for c in ("spend_eur", "tried", "won"))
    if len(np.unique(spend)) < 3 or spend.min() != 0:
        raise ValueError(
            "trial must hold three different amounts of spend_eur at least, 0 among them, got "
            f"{sorted(set(spend.tolist()))}. With fewer, judge the ceiling: from_judgement."
        )
    if (won > tried).any() or (tried <= 0).any() or (won < 0).any():
        raise ValueError("won must lie between 0 and tried in every cell, and tried be > 0.")
    return spend, tried, won


def _logit(share: float) -> float:
    return float(np.log(share / (1.0 - share)))


def _unfold(theta: NDArray) -> tuple[float, float, float]:
    """Floor, room up to the ceiling, and pull, all within their ranges."""
    floor = 1.0 / (1.0 + np.exp(-theta[0]))
    room = (1.0 - floor) / (1.0 + np.exp(-theta[1]))
    return float(floor), float(room), float(np.exp(np.clip(theta[2], -12.0, 6.0)))
