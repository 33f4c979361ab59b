"""Which customers are key, and what to do with them? Fiocca's two steps.

Fiocca (1982, Industrial Marketing Management 11(1), 53-62) asks twice. Step 1, of all customers:
how *important* is the account strategically, and how *difficult* is it to manage? Step 2, of the
key accounts only: how *attractive* is the customer's business, and how *strong* the relationship?
The factors are his; which column stands for each, the weights and the borders are ours. His
approach leaves profitability out (Yorke and Droussiotis 1994): no column here is a profit.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crmlab.checks import share
from crmlab.strategic.portfolio.factors import Factor, customers, sides, thirds, weighted

STEP_1 = ("key, difficult", "key, easy", "non-key, difficult", "non-key, easy")
STRENGTH = ("weak", "medium", "strong")
ATTRACTIVENESS = ("low", "medium", "high")


@dataclass(frozen=True)
class Fiocca:
    """Weights and borders of the two steps.

    Attributes
    ----------
    importance, difficulty : tuple of Factor
        Step 1.
    attractiveness, strength : tuple of Factor
        Step 2.
    key_share : float
        Share of the customers, the most important, that are key accounts, in (0, 1).
    difficult_from : float
        Difficulty from which on an account is difficult, in [0, 1]; one half is the middle.
    """

    importance: tuple[Factor, ...] = (
        Factor("volume of purchases", "sales_eur", 2.0),
        Factor("potential", "wallet_eur"),
        Factor("prestige", "leading_house"),
        Factor("market leadership", "employees"),
        Factor("overall desirability", "named_by"),
    )
    difficulty: tuple[Factor, ...] = (
        Factor("competition for the account", "rival"),
        Factor("buying behaviour", "net_price", -1.0),
        Factor("characteristics of the product", "cost_ratio"),
    )
    attractiveness: tuple[Factor, ...] = (
        Factor("growth of its market", "growth"),
        Factor("what it buys elsewhere", "headroom_eur"),
        Factor("margin", "net_price"),
    )
    strength: tuple[Factor, ...] = (
        Factor("length of the relationship", "since", -1.0),
        Factor("importance of the customer", "share"),
        Factor("friendship and co-operation", "relationship"),
        Factor("social distance", "contacts"),
    )
    key_share: float = 0.3
    difficult_from: float = 0.5

    def __post_init__(self) -> None:
        share("key_share", self.key_share)
        share("difficult_from", self.difficult_from)


def fiocca(table: pd.DataFrame, model: Fiocca | None = None) -> pd.DataFrame:
    """Fiocca's grids: four kinds of customers, and nine cells of key accounts.

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it; only customers with sales are placed.
    model : Fiocca, optional

    Returns
    -------
    DataFrame
        One row a customer: the scores ``importance``, ``difficulty``, ``attractiveness`` and
        ``strength`` (0 to 1, by rank); ``step_1`` (one of `STEP_1`); ``cell``: for key accounts
        ``"key: high, strong"`` (attractiveness, strength; nine of them), for the others
        ``step_1``; ``score``, for choosing: importance, key accounts first by attractiveness
        and strength (the mean of all three; ours).

    Raises
    ------
    ValueError
        There are no customers with sales, or a factor asks for a column that is not there.
    """
    m, held = model or Fiocca(), customers(table)
    found = pd.DataFrame(
        {
            axis: weighted(held, getattr(m, axis))
            for axis in ("importance", "difficulty", "attractiveness", "strength")
        }
    )
    key = found["importance"].rank(ascending=False, method="first") <= m.key_share * len(found)
    hard = sides(found["difficulty"], m.difficult_from, "easy", "difficult")
    found["step_1"] = key.map({True: "key, ", False: "non-key, "}) + hard
    words = (
        thirds(found.loc[key, "attractiveness"], ATTRACTIVENESS)
        + ", "
        + thirds(found.loc[key, "strength"], STRENGTH)
    )
    found["cell"] = found["step_1"].where(~key, "key: " + words.reindex(found.index))
    second = (found["importance"] + found["attractiveness"] + found["strength"]) / 3
    found["score"] = (1 + second).where(key, found["importance"])
    return found
