"""Into which cells does a class sort its accounts? The board of the portfolio game.

Ten cells: customers by what they bring (valuable, ordinary, losing) and how close the relationship
is; prospects and lost accounts by whether they promise much. A decision is made for a cell, as in
a portfolio meeting, not for an account.
"""

from __future__ import annotations

import pandas as pd

from crmlab.checks import one_of

CELLS = {
    "valuable, close": ("protect", "re-engineer", "enhance", "harvest", "end"),
    "valuable, loose": ("protect", "re-engineer", "enhance", "harvest", "end"),
    "ordinary, close": ("protect", "re-engineer", "enhance", "harvest", "end"),
    "ordinary, loose": ("protect", "re-engineer", "enhance", "harvest", "end"),
    "losing, close": ("protect", "re-engineer", "enhance", "harvest", "end"),
    "losing, loose": ("protect", "re-engineer", "enhance", "harvest", "end"),
    "prospects, promising": ("start",),
    "prospects, other": ("start",),
    "lost, worth it": ("win back",),
    "lost, other": ("win back",),
}
"""The cells of the board, and the strategies that fit the accounts in each."""
CLOSE = 5
"""Points of 7 from which on a relationship is called close."""
_VALUABLE = 0.25  # the best quarter of the customers by lifetime value
WORDS = (
    "valuable: the best quarter by lifetime value; losing: does not cover the cost of serving it; "
    "close: a relationship of 5 points of 7 or more; promising: a wallet in the largest third, or "
    "a leading house of a closed industry; worth it: brought a profit in its last year"
)
"""The words of the cells, for who plays."""


def cells(table: pd.DataFrame) -> pd.Series:
    """The cell of each account.

    *Losing* customers do not cover their cost to serve; *valuable* are the best quarter by lifetime
    value; a relationship is *close* from 5 points of 7. Prospects are *promising* if their wallet
    is in the largest third, or if the trade press calls them a leading house of a closed
    industry; lost accounts are *worth it* if they brought a profit in their last year.

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it.

    Returns
    -------
    Series
        By ``customer_id``: a category of `CELLS`.
    """
    customer = table["status"] == "customer"
    best = table.loc[customer, "lifetime_value_eur"].quantile(1 - _VALUABLE)
    worth = pd.Series("ordinary", table.index)
    worth[table["lifetime_value_eur"] > best] = "valuable"
    worth[table["profit_eur"] < 0] = "losing"
    close = table["relationship"].ge(CLOSE).map({True: "close", False: "loose"})
    cell = worth + ", " + close
    prospect = table["status"] == "prospect"
    large = table["wallet_eur"] > table.loc[prospect, "wallet_eur"].quantile(2 / 3)
    promising = large | (table["leading_house"] & table["closed"])
    lost = table["status"].isin(["lost", "ended"])
    cell[prospect] = promising.map({True: "prospects, promising", False: "prospects, other"})
    cell[lost] = (table["profit_eur"] > 0).map({True: "lost, worth it", False: "lost, other"})
    return pd.Series(pd.Categorical(cell, categories=list(CELLS)), table.index, name="cell")


def board(table: pd.DataFrame) -> pd.DataFrame:
    """What stands on the board: one row a cell.

    Returns
    -------
    DataFrame
        Index ``cell`` (all of `CELLS`): ``accounts``; per account and quarter ``sales_eur``,
        ``serving_eur`` and ``profit_eur``; means of ``lifetime_value_eur``, ``relationship`` and
        ``rival`` (1-7), ``leaving_risk`` (a quarter), and ``wallet_eur`` (a quarter). For lost
        accounts sales and profit are those of their last year.
    """
    grouped = table.groupby(cells(table), observed=False)
    columns = ["sales_eur", "serving_eur", "profit_eur", "lifetime_value_eur", "relationship",
               "rival", "leaving_risk", "wallet_eur"]  # fmt: skip
    return pd.concat([grouped.size().rename("accounts"), grouped[columns].mean()], axis=1)


def decisions_for(table: pd.DataFrame, by_cell: dict[str, str | None]) -> pd.DataFrame:
    """The decisions for cells as strategies for accounts.

    Within a cell, and between cells, the budget goes first to who promises most: by the larger
    of lifetime value and potential.

    Parameters
    ----------
    table : DataFrame
        As `portfolio` gives it.
    by_cell : dict of cell to strategy
        Cells that are left out, or None, are left alone.

    Returns
    -------
    DataFrame
        One row an account that is to be acted on: ``customer_id``, ``strategy``, ``priority``.

    Raises
    ------
    ValueError
        An unknown cell, or a strategy that does not fit the accounts in it; says what does.
    """
    for cell, strategy in by_cell.items():
        one_of("a cell", cell, tuple(CELLS))
        if strategy:
            one_of(f"the strategy for {cell!r}", strategy, CELLS[cell])
    chosen = cells(table).astype(str).map({c: s for c, s in by_cell.items() if s}).dropna()
    promise = table[["lifetime_value_eur", "potential_eur"]].max(axis=1)
    return pd.DataFrame(
        {
            "customer_id": chosen.index,
            "strategy": chosen.to_numpy(),
            "priority": promise[chosen.index].to_numpy(),
        }
    )
