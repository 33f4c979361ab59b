"""What holds a customer who has taught the firm something? The discount that a rival would need.

Pine, Peppers and Rogers (1995, Harvard Business Review 73(2)) say that a customer who has taught
a firm what they like would have to teach a rival anew, and stays for that: a *switching cost*
(Klemperer 1987; Farrell and Klemperer 2007, Handbook of Industrial Organization 3). Measured in
the rival's own money it is the discount at which a taught customer is as likely to leave as
one who has taught nothing is at the full price.

Whoever counts the customers who left by how much they had taught, counts time as well: only those
who stay for long can teach much. So here leavers are counted *per customer-week spent* at each
number of taught things, in which every customer begins at 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.checks import whole_number
from crmlab.tables import WEEK_SECONDS


def discount_to_leave(
    taught: ArrayLike, hold: float, pull: float, price_sensitivity: float = 1.0
) -> np.ndarray:
    """The rival's discount that makes up for so many taught preferences.

    If teaching ``n`` things divides the hazard of leaving to a rival by ``(1 + n) ** hold``, and
    a discount ``d`` multiplies it by ``exp(pull * d * price_sensitivity)``, both are even at
    ``hold * log(1 + n) / (pull * price_sensitivity)``.

    Parameters
    ----------
    taught : array
        Things taught, >= 0.
    hold : float
        Fall of the log hazard per unit of ``log(1 + taught)``.
    pull : float
        Rise of the log hazard by a full discount, > 0.
    price_sensitivity : float
        1 for the average customer, > 0.

    Returns
    -------
    array
        Shares off the price; above 1 where no discount would do.

    Examples
    --------
    >>> discount_to_leave([0, 1, 3], hold=0.6, pull=5.0).round(3).tolist()
    [0.0, 0.083, 0.166]
    """
    n = np.asarray(taught, dtype=float)
    if (n < 0).any():
        raise ValueError(f"taught must be >= 0, got {n.min()}.")
    for name, value in (("pull", pull), ("price_sensitivity", price_sensitivity)):
        if not value > 0:
            raise ValueError(f"{name} must be > 0, got {value}: no discount would move anybody.")
    return hold * np.log1p(n) / (pull * price_sensitivity)


def taught_at(questions: pd.DataFrame, configurations: pd.DataFrame) -> pd.DataFrame:
    """When each customer taught the firm something: an answer, or a remembered configuration.

    Returns
    -------
    DataFrame
        One row a thing taught: ``customer_id``, ``at``; in order of time.
    """
    said = questions.loc[questions["answered_at"].notna(), ["customer_id", "answered_at"]]
    made = configurations.loc[configurations["finished"], ["customer_id", "at"]]
    both = pd.concat([said.rename(columns={"answered_at": "at"}), made], ignore_index=True)
    return both.sort_values(["at", "customer_id"], ignore_index=True)


def spells(taught: pd.DataFrame, lives: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """The time that each customer spent at each number of taught things, and whether they left.

    Parameters
    ----------
    taught : DataFrame
        As `taught_at` gives it.
    lives : DataFrame
        One row per customer (index ``customer_id``): ``since``, ``until`` (times; the end of
        the watch for those who stayed) and ``left``.
    most : int
        This many things and more are one class, at least 1.

    Returns
    -------
    DataFrame
        One row a spell: ``customer_id``, ``taught`` (0 to ``most``), ``weeks``, ``left``.

    Examples
    --------
    >>> time = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-29"])
    >>> lives = pd.DataFrame({"since": time[:1], "until": time[2:], "left": [True]}, index=[7])
    >>> taught = pd.DataFrame({"customer_id": [7], "at": time[1:2]})
    >>> spells(taught, lives)[["taught", "weeks", "left"]].values.tolist()
    [[0, 2.0, False], [1, 2.0, True]]
    """
    whole_number("most", most, 1, 1_000)
    until = lives["until"].reindex(taught["customer_id"]).to_numpy()
    rows = taught[(taught["at"].to_numpy() < until) & ~np.isnat(until)]
    begin = pd.concat(
        [
            pd.DataFrame({"customer_id": lives.index, "at": lives["since"].to_numpy()}),
            rows[["customer_id", "at"]],
        ],
        ignore_index=True,
    ).sort_values(["customer_id", "at"], ignore_index=True, kind="stable")
    who = begin["customer_id"].to_numpy()
    last = np.r_[who[1:] != who[:-1], True] if len(who) else np.zeros(0, dtype=bool)
    own_end = lives["until"].loc[who].to_numpy().astype("datetime64[s]")
    at = begin["at"].to_numpy().astype("datetime64[s]")
    end = np.where(last, own_end, np.r_[at[1:], own_end[-1:]])
    weeks = (end - at).astype("timedelta64[s]").astype(float) / WEEK_SECONDS
    left = last & lives["left"].loc[who].to_numpy()
    number = begin.groupby("customer_id").cumcount().clip(upper=most).to_numpy()
    return pd.DataFrame({"customer_id": who, "taught": number, "weeks": weeks, "left": left})


def leaving_rates(spent: pd.DataFrame) -> pd.DataFrame:
    """Leavers per 100 customer-weeks, by what had been taught.

    Parameters
    ----------
    spent : DataFrame
        As `spells` gives it.

    Returns
    -------
    DataFrame
        One row a number of taught things (index ``taught``): ``weeks`` spent, ``left``
        (leavers) and ``rate`` (per 100 customer-weeks).
    """
    table = spent.groupby("taught").agg(weeks=("weeks", "sum"), left=("left", "sum"))
    return table.assign(rate=100.0 * table["left"] / table["weeks"])


def even_discount(discounts: ArrayLike, rates: ArrayLike, free: float) -> float:
    """The discount at which a rate of leaving comes up to ``free``, the one without any hold.

    The log rate is taken for a straight line that begins at the smallest discount's.

    Parameters
    ----------
    discounts : array
        Of the rival, shares; at least two different ones.
    rates : array
        Rate of leaving at each.
    free : float
        Rate of leaving at no discount of customers whom nothing holds, > 0.

    Raises
    ------
    ValueError
        If leaving does not rise with the discount: then no discount makes up for anything.

    Examples
    --------
    >>> even_discount([0.0, 0.2], [1.0, 4.0], free=2.0)
    0.1
    """
    d, log_rate = np.asarray(discounts, dtype=float), np.log(np.asarray(rates, dtype=float))
    if len(np.unique(d)) < 2:
        raise ValueError(f"discounts must hold at least two different ones, got {d.tolist()}.")
    first = d.argmin()
    run, rise = d - d[first], log_rate - log_rate[first]
    slope = (run * rise).sum() / (run * run).sum()
    if not slope > 0:
        raise ValueError(
            f"rates must rise with the discount, got a slope of {slope:.3g}. Try larger discounts."
        )
    return float(round(d[first] + (np.log(free) - log_rate[first]) / slope, 12))


@dataclass(frozen=True)
class Leaving:
    """How customers leave: ``own`` hazard a week, and a rival's that teaching and price move.

    ``own + rival * exp(pull * discount) / (1 + taught) ** hold``
    """

    own: float
    rival: float
    pull: float
    hold: float

    def rate(self, taught: ArrayLike, discount: ArrayLike) -> np.ndarray:
        """Hazard of leaving per week."""
        n, d = np.asarray(taught, dtype=float), np.asarray(discount, dtype=float)
        return self.own + self.rival * np.exp(self.pull * d - self.hold * np.log1p(n))

    def discount(self, taught: ArrayLike) -> np.ndarray:
        """The discount that makes up for so many taught things; see `discount_to_leave`."""
        return discount_to_leave(taught, self.hold, self.pull)


def fit_leaving(cells: pd.DataFrame) -> Leaving:
    """Estimate, from leaving data alone, what teaching holds and what a discount pulls.

    Maximum likelihood of Poisson counts. The discounts have to differ for reasons that have
    nothing to do with the customers (by region, by lot), and customers must be alike but for
    what they taught: where some are loyal by nature, they teach more *because* they stay, and
    the hold comes out too large.

    Parameters
    ----------
    cells : DataFrame
        One row a cell: ``taught``, ``discount``, ``weeks`` (customer-weeks) and ``left``.

    Raises
    ------
    ValueError
        If a column is missing, nobody has left, or the discounts are all the same.
    """
    from scipy.optimize import minimize

    for name in ("taught", "discount", "weeks", "left"):
        if name not in cells:
            raise ValueError(f"cells must have a column {name!r}, got {list(cells)}.")
    if cells["discount"].nunique() < 2:
        raise ValueError("discount must differ between cells: else its pull cannot be told.")
    n, d, weeks, left = (cells[c].to_numpy(float) for c in ("taught", "discount", "weeks", "left"))
    if not left.sum() > 0:
        raise ValueError("left must add up to more than 0: nobody left, so nothing can be told.")
    mean = left.sum() / weeks.sum()

    def loss(x: np.ndarray) -> float:
        expected = weeks * Leaving(np.exp(x[0]), np.exp(x[1]), x[2], x[3]).rate(n, d)
        return float((expected - left * np.log(np.maximum(expected, 1e-300))).sum())

    start = np.array([np.log(mean / 2), np.log(mean / 2), 3.0, 0.3])
    bounds = [(-15, 2), (-15, 2), (0, 50), (-5, 5)]
    x = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    return Leaving(float(np.exp(x[0])), float(np.exp(x[1])), float(x[2]), float(x[3]))
