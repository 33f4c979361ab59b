"""Which customers are strategically significant, and how would the records tell?

Buttle and Maklan (2019, ch. 5) name five kinds: *high future lifetime value*; *high volume*, which
carries the fixed cost and makes goods cheaper for all; *benchmarks*, whom others copy;
*inspirations*, whose complaints improve the product; *door openers*, who open a market. (Buttle's
white paper of about 2001 had four: with *cost magnets*, who absorb a disproportionate share of the
fixed cost, where the books have high volume and door openers.) Only the first shows in an
account's own profit. The borders below are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import one_of, share, whole_number

VALUE, VOLUME, BENCHMARK, INSPIRATION, DOOR = KINDS = (
    "high future lifetime value",
    "high volume",
    "benchmarks",
    "inspirations",
    "door openers",
)
"""The five kinds, in the order of the lecture."""
SIGNS = {
    VALUE: "lifetime_value_eur",
    VOLUME: "sales_eur",
    BENCHMARK: "named_by",
    INSPIRATION: "adopted",
    DOOR: "leading_house",
}
"""The column of the portfolio table in which each kind shows."""

GUARD_RULES = ("lifetime value", "signs of significance", "half by value, half by signs")
"""Ways to choose the customers whom one would guard first."""


@dataclass(frozen=True)
class Borders:
    """From where on a sign in the records counts.

    Attributes
    ----------
    value_share, volume_share : float
        The best customers by lifetime value, by sales, as a share of the customers, in (0, 1).
    named_by : int
        Other accounts that say they look at it, at least 1.
    adopted : int
        Suggestions that engineers took up, at least 1.
    """

    value_share: float = 0.1
    volume_share: float = 0.1
    named_by: int = 2
    adopted: int = 2

    def __post_init__(self) -> None:
        share("value_share", self.value_share)
        share("volume_share", self.volume_share)
        whole_number("named_by", self.named_by, 1, 10**6)
        whole_number("adopted", self.adopted, 1, 10**6)


def significant(table: pd.DataFrame, borders: Borders | None = None) -> pd.DataFrame:
    """Which kinds does each account belong to, by the records?

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it.
    borders : Borders, optional

    Returns
    -------
    DataFrame
        One row an account: a column of bool for each of `KINDS`; ``kinds`` (how many);
        ``reason``, in words, empty for the others. Value, volume and inspirations are kinds of
        customers; an account can be a benchmark or a door opener before it is a customer.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "status": ["customer", "prospect"],
    ...         "lifetime_value_eur": [9.0, 0.0],
    ...         "sales_eur": [5.0, 0.0],
    ...         "named_by": [0, 3],
    ...         "adopted": [0, 0],
    ...         "leading_house": [False, True],
    ...         "closed": [False, True],
    ...     }
    ... )
    >>> significant(table)["reason"].tolist()
    ['value top tenth; sales top tenth', 'named by 3; leading house']
    """
    b = borders or Borders()
    ours = table["status"] == "customer"
    flags = pd.DataFrame(
        {
            VALUE: _best(table["lifetime_value_eur"], ours, b.value_share),
            VOLUME: _best(table["sales_eur"], ours, b.volume_share),
            BENCHMARK: table["named_by"] >= b.named_by,
            INSPIRATION: ours & (table["adopted"] >= b.adopted),
            DOOR: table["leading_house"] & table["closed"],
        }
    )
    words = {
        VALUE: f"value top {_part(b.value_share)}",
        VOLUME: f"sales top {_part(b.volume_share)}",
        BENCHMARK: "named by " + table["named_by"].astype(str),
        INSPIRATION: table["adopted"].astype(str) + " ideas adopted",
        DOOR: "leading house",
    }
    reasons = pd.DataFrame({k: np.where(flags[k], words[k], "") for k in KINDS}, table.index)
    reason = reasons.apply(lambda row: "; ".join(w for w in row if w), axis=1)
    return flags.assign(kinds=flags.sum(axis=1), reason=reason)


def guard_first(
    table: pd.DataFrame, rule: str, count: int, borders: Borders | None = None
) -> pd.Index:
    """The customers that a rule would guard first.

    Parameters
    ----------
    table : DataFrame
        One row an account, as `portfolio` gives it.
    rule : str
        One of `GUARD_RULES`. By lifetime value; by signs: whoever is flagged as a benchmark, an
        inspiration or a door opener, the most kinds first, ties by lifetime value; or half the
        places by value and the others by signs. Places left over go by lifetime value.
    count : int
        How many.
    borders : Borders, optional

    Returns
    -------
    Index
        ``customer_id``, at most ``count``, the first to guard first.

    Raises
    ------
    ValueError
        An unknown rule.
    """
    one_of("rule", rule, GUARD_RULES)
    ours = table[table["status"] == "customer"]
    value = ours["lifetime_value_eur"].sort_values(ascending=False, kind="stable").index
    kinds = significant(table, borders).loc[value, [BENCHMARK, INSPIRATION, DOOR]].sum(axis=1)
    signs = kinds[kinds > 0].sort_values(ascending=False, kind="stable").index
    first = {GUARD_RULES[0]: value, GUARD_RULES[1]: signs}.get(rule, value[: (count + 1) // 2])
    order = first.append([signs, value] if rule == GUARD_RULES[2] else [value])
    return order[~order.duplicated()][:count]


def _best(values: pd.Series, among: pd.Series, part: float) -> pd.Series:
    """The highest values above 0 among these rows, as large a share as is asked, at least one."""
    count = max(round(part * int(among.sum())), 1)
    place = values.where(among & (values > 0)).rank(ascending=False, method="first")
    return place <= count


def _part(share: float) -> str:
    return {0.1: "tenth", 0.2: "fifth", 0.05: "twentieth"}.get(share, f"{100 * share:.0f} %")


def hits(found: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """How well were kinds found?

    Parameters
    ----------
    found, true : DataFrame of bool
        One row an account; the columns of ``true`` are looked up in ``found``.

    Returns
    -------
    DataFrame
        One row a kind: ``true`` and ``found`` (numbers of accounts), ``right`` (both),
        ``precision`` (right over found), ``recall`` (right over true); NaN where there are none.

    Examples
    --------
    >>> found, true = (pd.DataFrame({"a": v}) for v in ([True, True, False], [True, False, True]))
    >>> hits(found, true).loc["a", ["precision", "recall"]].tolist()
    [0.5, 0.5]
    """
    both = found[true.columns] & true
    counts = pd.DataFrame({"true": true.sum(), "found": found[true.columns].sum()})
    counts = counts.assign(right=both.sum()).rename_axis("kind").astype(int)
    return counts.assign(
        precision=counts["right"] / counts["found"].where(counts["found"] > 0),
        recall=counts["right"] / counts["true"].where(counts["true"] > 0),
    )
