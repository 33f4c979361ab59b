"""How much does it tell that two records agree? Weights learnt without labels.

Among records of one person a field agrees with probability m, among records of two people with
probability u. Agreement is worth log2(m / u) bits, and the bits of all fields add up, as long as
fields agree or err independently of each other given whose the records are. u comes from random
pairs, m from the EM algorithm on the pairs that blocking left (`em.py`).

Independence breaks in a household: address, surname and phone agree all at once for several
people. So pairs are of three kinds here: strangers, one household, one person. Within a household
the fields that it shares agree as often as the data say, given name and birth as among strangers.
A plan with ``shared=()`` leaves the middle kind out: the model as it was published.

Fellegi and Sunter (1969), Journal of the American Statistical Association 64(328), 1183-1210.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.linkage.blocking import Rows, block_rows, possible_pairs
from crmlab.analytical.linkage.comparisons import levels_of
from crmlab.analytical.linkage.em import Candidates, Levels, Model, em, shares_of
from crmlab.analytical.linkage.plan import Plan, plan_for
from crmlab.checks import whole_number


def random_rows(side: NDArray | int, size: int, rng: np.random.Generator) -> Rows:
    """Rows of random pairs of records, which are of two people but for very few.

    ``side`` is the number of records, or an array in which the two must differ.
    """
    n = side if isinstance(side, int) else len(side)
    left, right = rng.integers(0, n, (2, 2 * size))
    good = left != right if isinstance(side, int) else side[left] != side[right]
    return left[good][:size], right[good][:size]


class FellegiSunter(BaseEstimator):
    """Which records are of one person? Probabilistic linkage, learnt from the records alone.

    Parameters
    ----------
    plan : Plan, optional
        Comparisons, blocking keys, the records' key; by default `plan_for` of the records.
    random_pairs : int
        How many random pairs u is learnt from, at least 1,000.
    seed : int
        Of the random pairs.

    Attributes
    ----------
    plan_ : Plan
    model_ : Model
    pairs_ : DataFrame
        What `score_pairs` returns for the records of `fit`.
    weights_ : DataFrame
        One row a level of a comparison: comparison, level, label, m, u, bits.

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {
    ...         "customer_id": range(80),
    ...         "last_name": list("abcd") * 20,
    ...         "email": [f"{i // 2 * 7919 % 1000}@example.org" for i in range(80)],
    ...     }
    ... )
    >>> linker = FellegiSunter().fit(records)
    >>> linker.pairs_[["left", "right"]].head(2).to_numpy().tolist()
    [[0, 1], [2, 3]]
    """

    def __init__(self, plan: Plan | None = None, random_pairs: int = 200_000, seed: int = 0):
        self.plan = plan
        self.random_pairs = random_pairs
        self.seed = seed

    def fit(self, records: pd.DataFrame, y: object = None) -> FellegiSunter:
        """Learn the weights from the records; ``y`` is ignored.

        Raises
        ------
        ValueError
            The key is missing or not unique, a column of the plan is not there, or there are
            fewer than two records.
        """
        whole_number("random_pairs", self.random_pairs, 1_000, 10**9)
        self.plan_ = plan_for(records) if self.plan is None else self.plan
        self.plan_.check(records)
        rows, levels = self._candidates(records)
        possible = possible_pairs(records, self.plan_.across)
        candidates = Candidates.of(levels, self.plan_.sizes, possible)
        self.model_ = self._learn(records, candidates)
        self.pairs_ = scored(records, rows, self.model_.weight(levels), self)
        self.weights_ = weight_table(self.plan_, self.model_)
        return self

    def score_pairs(self, records: pd.DataFrame, across: str | None = None) -> pd.DataFrame:
        """Weigh the candidate pairs of a table by what `fit` has learnt.

        Parameters
        ----------
        records : DataFrame
        across : str, optional
            Only pairs that differ in this column, instead of the plan's.

        Returns
        -------
        DataFrame
            One row a pair: left, right (keys, in the order of the table), weight (bits) and
            probability of being one person.
        """
        check_is_fitted(self)
        self.plan_.check(records)
        rows, levels = self._candidates(records, across)
        return scored(records, rows, self.model_.weight(levels), self)

    def _candidates(self, records: pd.DataFrame, across: str | None = None) -> tuple[Rows, Levels]:
        plan = self.plan_
        pairs = block_rows(records, plan.keys, across or plan.across, plan.largest)
        rows = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        return rows, levels_of(records, *rows, plan.comparisons)

    def _learn(self, records: pd.DataFrame, pairs: Candidates) -> Model:
        across = self.plan_.across
        side = len(records) if across is None else pd.factorize(records[across])[0]
        rows = random_rows(side, self.random_pairs, np.random.default_rng(self.seed))
        levels = levels_of(records, *rows, self.plan_.comparisons)
        u = shares_of(levels, self.plan_.sizes, np.ones(len(levels)))
        return em(pairs, u, self.plan_.is_shared)


def scored(
    records: pd.DataFrame, rows: Rows, weight: NDArray[np.float64], linker: BaseEstimator
) -> pd.DataFrame:
    """The table of scored pairs that every linker returns."""
    ids = records[linker.plan_.key].array
    table = {"left": ids[rows[0]], "right": ids[rows[1]], "weight": weight}
    return pd.DataFrame(table | {"probability": linker.model_.probability(weight)})


def weight_table(plan: Plan, model: Model) -> pd.DataFrame:
    """One row a level of a comparison, the strongest first: what it is worth in bits."""
    rows = [
        (c.name, level, c.label(level), m_k[level], u_k[level], np.log2(m_k[level] / u_k[level]))
        for c, m_k, u_k in zip(plan.comparisons, model.m, model.u, strict=True)
        for level in reversed(range(len(m_k)))
    ]
    return pd.DataFrame(rows, columns=["comparison", "level", "label", "m", "u", "bits"])
