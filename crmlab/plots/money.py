"""Where did the money come from, and where did it go?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmlab.plots.amounts import bars
from crmlab.plots.picture import Picture
from crmlab.plots.style import INK, euros


def ledger(entries: pd.DataFrame | Mapping[str, pd.DataFrame], title: str | None = None) -> Picture:
    """See what a run earned and spent, cause by cause, down to the profit.

    Parameters
    ----------
    entries : DataFrame, or dict of name to DataFrame
        A run's ledger (columns cause and eur; income above zero, costs below), or several to
        be laid side by side. Causes without money, such as refusals, are left out.
    title : str, optional
        What to see; by default the profit, or the highest of several.

    Examples
    --------
    >>> import pandas as pd
    >>> book = pd.DataFrame({"cause": ["gross margin", "acquisition"], "eur": [500.0, -200.0]})
    >>> print(ledger(book))
    A profit of 300 EUR. Bars (EUR): gross margin 500; acquisition −200; profit 300.
    """
    named = entries if isinstance(entries, Mapping) else {"EUR": entries}
    totals = pd.DataFrame({name: frame.groupby("cause")["eur"].sum()
                           for name, frame in named.items()}).fillna(0.0)  # fmt: skip
    totals = totals[(totals != 0).any(axis=1)]
    totals = totals.sort_values(list(totals.columns), ascending=False)
    profit = totals.sum()
    totals.loc["profit"] = profit
    if title is None and len(named) == 1:
        title = f"A profit of {euros(profit.iloc[0])}"
    elif title is None:
        title = f"{profit.idxmax()} leaves most: a profit of {euros(profit.max())}"
    figure = bars(totals, "EUR", title)
    figure.axes[0].axhline(len(totals) - 1.5, color=INK, linewidth=1)  # above the sum
    return figure
