"""Which recommender foretells the next order, for whom, and how narrow does it make the shop?

A hit is a product of the held-out order that stands among the first k of the list. It is no
proof of worth: a recommender scores by naming what would have been bought without it, so that
hits must not be read as sales; what a list *adds* takes an experiment (`experiments`). Hence the
other figures: how much of the catalogue is ever shown, how unevenly (Gini), and whether lists
are narrower than what their readers buy of their own accord. On hits, splits by time and
coverage: Herlocker, Konstan, Terveen and Riedl (2004), ACM TOIS 22(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.recommend.base import Recommender
from crmlab.analytical.recommend.history import Split, check_columns, to_matrix
from crmlab.analytical.recommend.hybrid import HISTORY, history_class
from crmlab.checks import whole_number

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Resample:
    """How intervals are made: draws of customers with replacement, and their seed."""

    draws: int = 400
    seed: int = 0


def hits_by_case(
    models: Mapping[str, Recommender], split: Split, k: int = 10, new_only: bool = False
) -> pd.DataFrame:
    """Which held-out products stood among the first k of their customer's list?

    Parameters
    ----------
    models : mapping of str to Recommender
        Fitted to ``split.known``.
    split : Split
    k : int
        Length of the lists.
    new_only : bool
        Whether products bought before are left out of lists; such cases then do not count.

    Returns
    -------
    DataFrame
        One row a held-out product: ``customer_id``, ``product_id``, ``history`` (lines known)
        and one column of booleans for each model.
    """
    if not len(split.held_out):
        raise ValueError("split.held_out must hold at least one line, got none.")
    cases = split.held_out[["customer_id", "product_id"]].reset_index(drop=True)
    if new_only:
        before = pd.MultiIndex.from_frame(split.known[["customer_id", "product_id"]])
        cases = cases[~pd.MultiIndex.from_frame(cases).isin(before)].reset_index(drop=True)
    lines = split.known["customer_id"].value_counts()
    cases["history"] = cases["customer_id"].map(lines).fillna(0).astype("int64")
    pairs = pd.MultiIndex.from_frame(cases[["customer_id", "product_id"]])
    for name, model in models.items():
        shown = model.recommend(cases["customer_id"].unique(), k, new_only)
        lists = pd.MultiIndex.from_frame(shown[["customer_id", "product_id"]])
        cases[name] = pairs.isin(lists)
    return cases


def hit_rates(cases: pd.DataFrame, baseline: str, resample: Resample | None = None) -> pd.DataFrame:
    """Hit rate of each recommender by history length, and its lead over a baseline.

    Parameters
    ----------
    cases : DataFrame
        What `hits_by_case` returns.
    baseline : str
        The model that the others are compared with, case by case.
    resample : Resample, optional
        Customers are drawn, not cases: those of one order belong together.

    Returns
    -------
    DataFrame
        One row a model and class of history (`HISTORY`, and "all"): ``model``, ``history``,
        ``cases``, ``hit_rate``, ``low``, ``high`` (95 %), ``lead`` over the baseline with
        ``lead_low``, ``lead_high``. Classes without a case are left out.

    Raises
    ------
    ValueError
        The baseline is none of the models.

    Examples
    --------
    >>> cases = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 2, 3],
    ...         "product_id": 5,
    ...         "history": [0, 1, 1],
    ...         "popularity": [True, False, False],
    ...         "items": [True, True, False],
    ...     }
    ... )
    >>> rates = hit_rates(cases, "popularity")
    >>> rates.loc[rates["history"] == "all", ["model", "hit_rate", "lead"]].round(2)
            model  hit_rate  lead
    0  popularity      0.33  0.00
    3       items      0.67  0.33
    """
    how = resample or Resample()
    whole_number("draws", how.draws, 10, 10**6)
    models = [c for c in cases if c not in ("customer_id", "product_id", "history")]
    if baseline not in models:
        raise ValueError(f"baseline must be one of {models}, got {baseline!r}.")
    classes = history_class(cases["history"].to_numpy())
    groups = [("all", np.ones(len(cases), dtype=bool))]
    groups += [(name, classes == c) for c, name in enumerate(HISTORY) if (classes == c).any()]
    rows = [
        (model, name, int(part.sum()), *_rate(cases[part], model, baseline, how))
        for model in models
        for name, part in groups
    ]
    columns = ["model", "history", "cases", "hit_rate", "low", "high", "lead", "lead_low",
               "lead_high"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def breadth(
    shown: pd.DataFrame, bought: pd.DataFrame, products: pd.DataFrame, least_lines: int = 5
) -> pd.Series:
    """How much of the shop do lists show, how evenly, and do they narrow what people buy?

    Parameters
    ----------
    shown : DataFrame
        What `Recommender.recommend` returns.
    bought : DataFrame
        Lines with ``customer_id`` and ``product_id``, for the people's own breadth.
    products : DataFrame
        ``product_id``, ``category``: the catalogue.
    least_lines : int
        Whoever bought fewer lines has no breadth of their own to compare with.

    Returns
    -------
    Series
        ``coverage``: share of the catalogue that is on any list; ``gini`` of how often products
        are shown (0 all alike, near 1 a few only); ``categories_shown`` and
        ``categories_bought``: mean effective number, the exponential of the entropy, over
        customers with enough lines; ``filter_bubble``: 1 less the ratio of the two (0: as broad
        as their own purchases, towards 1: one category only, below 0: broader).

    Raises
    ------
    ValueError
        Nothing is shown, or a column is missing.

    Examples
    --------
    >>> shown = pd.DataFrame({"customer_id": [1, 1], "product_id": [5, 6]})
    >>> bought = pd.DataFrame({"customer_id": 1, "product_id": [5, 5, 6, 6, 7, 7]})
    >>> products = pd.DataFrame({"product_id": [5, 6, 7, 8], "category": ["a", "a", "b", "b"]})
    >>> breadth(shown, bought, products).round(2).to_dict()["coverage"]
    0.5
    """
    check_columns("shown", shown, "customer_id", "product_id")
    check_columns("products", products, "product_id", "category")
    if not len(shown):
        raise ValueError("shown must hold at least one recommendation, got an empty table.")
    often = shown["product_id"].value_counts().reindex(products["product_id"], fill_value=0)
    own = effective_categories(bought, products)
    lines = bought["customer_id"].value_counts()
    enough = own.index[lines.reindex(own.index) >= least_lines]
    listed = effective_categories(shown, products)
    both = enough.intersection(listed.index)
    theirs, ours = own[both].mean(), listed[both].mean()
    return pd.Series(
        {"coverage": float((often > 0).mean()), "gini": gini(often.to_numpy()),
         "categories_shown": ours, "categories_bought": theirs, "filter_bubble": 1 - ours / theirs}
    )  # fmt: skip


def effective_categories(lines: pd.DataFrame, products: pd.DataFrame) -> pd.Series:
    """The effective number of categories of each customer: the exponential of the entropy.

    >>> products = pd.DataFrame({"product_id": [5, 6], "category": ["a", "b"]})
    >>> lines = pd.DataFrame({"customer_id": [1, 1, 2], "product_id": [5, 6, 5]})
    >>> effective_categories(lines, products).tolist()
    [2.0, 1.0]
    """
    matrix = to_matrix(lines, pd.Index(products["product_id"].to_numpy()))
    kinds = pd.get_dummies(products["category"].astype(object)).to_numpy(dtype=np.float64)
    share = matrix.counts @ kinds
    share = share / share.sum(axis=1, keepdims=True)
    entropy = -(share * np.log(np.where(share > 0, share, 1.0))).sum(axis=1)
    return pd.Series(np.exp(entropy), matrix.customers, name="categories")


def gini(amounts: NDArray) -> float:
    """How unequal are these amounts? 0: all alike; towards 1: one has everything.

    >>> gini(np.array([1, 1, 1, 1])), gini(np.array([0, 0, 0, 4]))
    (0.0, 0.75)
    """
    x = np.sort(np.asarray(amounts, dtype=np.float64))
    if not len(x) or x[0] < 0 or x.sum() <= 0:
        raise ValueError("amounts must be >= 0, and one of them > 0.")
    rank = np.arange(1, len(x) + 1)
    return float(2 * (rank @ x) / (len(x) * x.sum()) - (len(x) + 1) / len(x))


def _rate(cases: pd.DataFrame, model: str, baseline: str, how: Resample) -> list[float]:
    """Rate and lead, each with its bootstrap interval."""
    who, names = pd.factorize(cases["customer_id"])
    sums: Floats = np.column_stack(
        [np.bincount(who, cases[c].to_numpy(), len(names)) for c in (model, baseline)]
        + [np.bincount(who, minlength=len(names))]
    ).astype(np.float64)
    drawn = _resampled(sums, how)
    total = sums.sum(axis=0)
    found = []
    for value, draws in (
        (total[0] / total[2], drawn[:, 0] / drawn[:, 2]),
        ((total[0] - total[1]) / total[2], (drawn[:, 0] - drawn[:, 1]) / drawn[:, 2]),
    ):
        found += [float(value), *np.quantile(draws, [0.025, 0.975]).tolist()]
    return found


def _resampled(sums: Floats, how: Resample) -> Floats:
    """Column sums over as many rows drawn with replacement, one row a draw."""
    chance, n = np.random.default_rng(how.seed), len(sums)
    draws = [np.bincount(chance.integers(0, n, n), minlength=n) @ sums for _ in range(how.draws)]
    return np.array(draws)
