"""How good are the links? Against the gold, and without one by looking at the groups.

Pairwise measures count pairs, so that one large group outweighs many small ones; B-cubed asks of
each record how pure and how complete its group is (Bagga and Baldwin 1998, LREC workshop on
linguistic coreference, 563-566). Precision suffers from people merged, recall from people split.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from crmlab.analytical.linkage.clusters import cluster
from crmlab.analytical.linkage.fields import need_columns, shown


@dataclass(frozen=True)
class Agreement:
    """Precision, recall and their harmonic mean F1, each in [0, 1]."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """2 P R / (P + R); 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __repr__(self) -> str:
        return f"precision {self.precision:.4f}, recall {self.recall:.4f}, F1 {self.f1:.4f}"


def true_pairs(
    records: pd.DataFrame, truth: pd.Series, key: str = "customer_id", across: str | None = None
) -> int:
    """How many pairs of records really are of one person.

    Parameters
    ----------
    records : DataFrame
    truth : Series
        Index record key, value person.
    key : str
    across : str, optional
        Count only pairs that differ in this column.

    Examples
    --------
    >>> records = pd.DataFrame({"customer_id": [1, 2, 3], "file": ["a", "a", "b"]})
    >>> truth = pd.Series(["x", "x", "x"], index=[1, 2, 3])
    >>> true_pairs(records, truth), true_pairs(records, truth, across="file")
    (3, 2)
    """
    people = persons(records[key], truth)
    total = _pairs_in(people.groupby(people.to_numpy()).size())
    if across is None:
        return total
    return total - _pairs_in(people.groupby([people.to_numpy(), records[across].to_numpy()]).size())


def _pairs_in(sizes: pd.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def persons(keys: pd.Series, truth: pd.Series) -> pd.Series:
    """The person behind each key; an error names a key that the truth does not know."""
    if not truth.index.is_unique:
        raise ValueError("truth must have one person a record; its index holds a key twice.")
    unknown = ~keys.isin(truth.index)
    if unknown.any():
        one = shown(keys[unknown].iloc[0])
        raise ValueError(f"truth knows no record {one}. Is its index the key?")
    return truth.loc[keys].reset_index(drop=True)


def pair_quality(pairs: pd.DataFrame, truth: pd.Series, existing: int) -> Agreement:
    """Precision and recall of a table of linked pairs.

    Parameters
    ----------
    pairs : DataFrame
        left and right of the pairs that are called one person.
    truth : Series
        Index record key, value person.
    existing : int
        How many true pairs there are (`true_pairs`).

    Examples
    --------
    >>> truth = pd.Series(["x", "x", "y"], index=[1, 2, 3])
    >>> pair_quality(pd.DataFrame({"left": [1, 2], "right": [2, 3]}), truth, existing=1)
    precision 0.5000, recall 1.0000, F1 0.6667
    """
    right = int((persons(pairs["left"], truth) == persons(pairs["right"], truth)).sum())
    return Agreement(
        right / len(pairs) if len(pairs) else 1.0, right / existing if existing else 1.0
    )


def pairwise(links: pd.DataFrame, truth: pd.Series) -> Agreement:
    """Precision and recall over all pairs of records within groups.

    Parameters
    ----------
    links : DataFrame
        What `cluster` returns: a record key and its golden_id.
    truth : Series
        Index record key, value person.
    """
    both, groups, people = _crossed(links, truth)
    right, found, existing = (_pairs_in(x) for x in (both, groups, people))
    return Agreement(right / found if found else 1.0, right / existing if existing else 1.0)


def b_cubed(links: pd.DataFrame, truth: pd.Series) -> Agreement:
    """Precision and recall as the average record sees them.

    Precision: which share of my group is me? Recall: which share of me is in my group?

    Examples
    --------
    >>> links = pd.DataFrame({"customer_id": [1, 2, 3], "golden_id": [1, 1, 1]})
    >>> b_cubed(links, pd.Series(["x", "x", "y"], index=[1, 2, 3]))
    precision 0.5556, recall 1.0000, F1 0.7143
    """
    both, groups, people = _crossed(links, truth)
    in_group = both / groups.loc[both.index.get_level_values(0)].to_numpy()
    in_person = both / people.loc[both.index.get_level_values(1)].to_numpy()
    n = max(len(links), 1)
    return Agreement(float((both * in_group).sum() / n), float((both * in_person).sum() / n))


def _crossed(links: pd.DataFrame, truth: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Records by group and person, by group, by person."""
    group = pd.Series(pd.factorize(golden_of(links).array)[0])
    person = pd.Series(pd.factorize(persons(links[key_of(links)], truth).array)[0])
    return group.groupby([group, person]).size(), group.value_counts(), person.value_counts()


def key_of(links: pd.DataFrame) -> str:
    """The name of the column of the records' keys."""
    return str(next(c for c in links.columns if c != "golden_id"))


def golden_of(links: pd.DataFrame) -> pd.Series:
    """The golden id of each record, index record key."""
    need_columns("links", links, "golden_id")
    return links.set_index(key_of(links))["golden_id"]


def cluster_sizes(links: pd.DataFrame) -> pd.DataFrame:
    """How many customers have how many records.

    Returns
    -------
    DataFrame
        One row a size: ``records`` (of a customer), ``customers``. A group of dozens is a
        shared switchboard number, or a mistake.

    Examples
    --------
    >>> cluster_sizes(pd.DataFrame({"customer_id": [1, 2, 3], "golden_id": [1, 1, 3]}))
       records  customers
    0        1          1
    1        2          1
    """
    sizes = golden_of(links).value_counts().value_counts().sort_index()
    return sizes.rename_axis("records").rename("customers").reset_index()


def threshold_curve(
    pairs: pd.DataFrame,
    truth: pd.Series,
    thresholds: Sequence[float] = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999),
    ids: pd.Series | None = None,
    group: Callable[[pd.DataFrame, pd.Series, float], pd.DataFrame] = cluster,
) -> pd.DataFrame:
    """What the choice of the threshold does: to precision, recall, and the number of customers.

    Parameters
    ----------
    pairs : DataFrame
        left, right, probability.
    truth : Series
        Index record key, value person.
    thresholds : sequence of float
        Probabilities, in [0, 1].
    ids : Series, optional
        The records' keys; by default those of the truth.
    group : function
        `cluster` or `cautious_clusters`.

    Returns
    -------
    DataFrame
        One row a threshold: threshold, precision, recall, f1 (pairwise, after grouping),
        b_cubed_f1, customers.
    """
    keys = pd.Series(truth.index, name="customer_id") if ids is None else ids
    rows = []
    for threshold in thresholds:
        links = group(pairs, keys, threshold)
        pair, record = pairwise(links, truth), b_cubed(links, truth)
        rows.append((threshold, pair.precision, pair.recall, pair.f1, record.f1,
                     links["golden_id"].nunique()))  # fmt: skip
    names = ["threshold", "precision", "recall", "f1", "b_cubed_f1", "customers"]
    return pd.DataFrame(rows, columns=names)
