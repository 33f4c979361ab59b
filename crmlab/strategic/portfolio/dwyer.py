"""When a customer stops buying, has it left? Dwyer's two kinds of customer, and their models.

Dwyer (1989; J. Direct Marketing 11(4), 1997), after Jackson (1985): a *lost-for-good* customer
buys all from one supplier, and leaves it wholly or not at all: a *retention model* counts who is
left. An *always-a-share* customer has several suppliers and may come back after a pause: a
*migration model* follows it through cells of *recency*, quarters since its last order, each with
its own chance of buying next. Pfeifer and Carraway (2000) show that this is a Markov chain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import share, whole_number
from crmlab.strategic.portfolio.books import Tables
from crmlab.strategic.portfolio.factors import customers
from crmlab.tables import QUARTER_WEEKS, WEEK_SECONDS

KINDS = ("lost for good", "always a share")


@dataclass(frozen=True)
class Dwyer:
    """What tells the two kinds apart, and how fine recency is looked at.

    Attributes
    ----------
    whole_from : float
        Share of the wallet (judged) from which on a customer has, in effect, one supplier.
    cells : int
        Of recency: bought last quarter, one before, ...; the last holds all longer silences.
    """

    whole_from: float = 0.6
    cells: int = 4

    def __post_init__(self) -> None:
        share("whole_from", self.whole_from)
        whole_number("cells", self.cells, 2, 40)


def dwyer(table: pd.DataFrame, model: Dwyer | None = None) -> pd.DataFrame:
    """Which customers are which kind?

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it; only customers with sales are placed.
    model : Dwyer, optional

    Returns
    -------
    DataFrame
        One row a customer: ``share`` (of its wallet, judged), ``cell`` (one of `KINDS`),
        ``score``, for choosing: the share.
    """
    m, held = model or Dwyer(), customers(table)
    cell = np.where(held["share"] >= m.whole_from, KINDS[0], KINDS[1])
    return pd.DataFrame({"share": held["share"], "cell": cell, "score": held["share"]})


def buying(held: Tables, now: np.datetime64, quarters: int = 8) -> pd.DataFrame:
    """Who bought in which of the last quarters?

    Parameters
    ----------
    held : Records or the like
        With ``orders``.
    now : datetime64
        Nothing later is used.
    quarters : int
        Looked back.

    Returns
    -------
    DataFrame of bool
        One row an account that has bought in any of them, one column a quarter: ``-quarters``
        (the oldest) to -1.
    """
    orders = held["orders"]
    orders = orders[orders["ordered_at"] < now]
    quarter = np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
    ago = ((now - orders["ordered_at"].to_numpy()) // quarter).astype(int) + 1
    recent = orders.assign(quarter=-ago)[ago <= quarters]
    count = pd.crosstab(recent["customer_id"], recent["quarter"])
    return count.reindex(columns=range(-quarters, 0), fill_value=0) > 0


def migration(bought: pd.DataFrame, cells: int = Dwyer.cells) -> pd.DataFrame:
    """How likely does an account buy next quarter, by quarters since it last did?

    Parameters
    ----------
    bought : DataFrame of bool
        As `buying` gives it.
    cells : int
        The last one holds all longer silences.

    Returns
    -------
    DataFrame
        One row a cell (index ``recency``, 0: bought in the quarter before): ``cases``,
        ``buys`` (share that bought next; nearly that of all where there are few cases).

    Examples
    --------
    >>> two = pd.DataFrame([[True, True, True], [True, False, True]])
    >>> migration(two, cells=2)["cases"].tolist()
    [3, 1]
    """
    silence = _silence(bought.to_numpy(dtype=bool))
    before, after = silence[:, :-1], bought.to_numpy(dtype=bool)[:, 1:]
    known = before >= 0
    place = np.minimum(before[known], cells - 1)
    cases = np.bincount(place, minlength=cells)
    yes = np.bincount(place, weights=after[known], minlength=cells)
    overall = after[known].mean() if known.any() else 0.0
    table = pd.DataFrame({"cases": cases, "buys": (yes + overall) / (cases + 1)})
    return table.rename_axis("recency")


def _silence(bought: np.ndarray) -> np.ndarray:
    """Quarters since the last purchase, at the end of each quarter; -1 before the first."""
    place = np.arange(bought.shape[1])
    last = np.maximum.accumulate(np.where(bought, place, -1), axis=1)
    return np.where(last >= 0, place - last, -1)


def migration_view(bought: pd.DataFrame, ahead: int, cells: int = Dwyer.cells) -> np.ndarray:
    """How many of these accounts buy in each quarter to come, if silence is a pause?

    Parameters
    ----------
    bought : DataFrame of bool
        As `buying` gives it.
    ahead : int
        Quarters, at least 1.
    cells : int
        Of recency.

    Returns
    -------
    array, shape (ahead,)
        Expected numbers of buying accounts.
    """
    buys = migration(bought, cells)["buys"].to_numpy()
    silence = _silence(bought.to_numpy(dtype=bool))[:, -1]
    state = np.bincount(np.minimum(silence[silence >= 0], cells - 1), minlength=cells).astype(float)
    found = np.empty(ahead)
    for quarter in range(ahead):
        found[quarter] = state @ buys
        silent = state * (1 - buys)
        state = np.concatenate([[found[quarter]], silent[:-1]])
        state[-1] += silent[-1]
    return found


def retention_view(bought: pd.DataFrame, ahead: int) -> np.ndarray:
    """How many of these accounts buy in each quarter to come, if silence is leaving?

    Whoever bought last quarter is still there, and stays with the share of buyers that bought
    again in the quarter after.

    Returns
    -------
    array, shape (ahead,)
        Expected numbers of buying accounts.

    Examples
    --------
    >>> retention_view(pd.DataFrame([[True, True], [True, False]]), 2).tolist()
    [0.5, 0.25]
    """
    held = bought.to_numpy(dtype=bool)
    again = (held[:, :-1] & held[:, 1:]).sum() / max(held[:, :-1].sum(), 1)
    return held[:, -1].sum() * again ** np.arange(1, ahead + 1)
