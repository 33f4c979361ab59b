"""What does each way of choosing earn? Customers sent to self-service, one by one or in segments.

All ways choose from the same customers of one firm (`self_service.Desk`), know what it
knew at the decision, and are judged by the same year afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.segments import Segmenter, TreeSegments, compare_by_fit, methods
from crmlab.experiments.compare import world_seeds
from crmlab.experiments.self_service import LOSS_BY_TIME, OWN, Desk, gain, where_above_zero

NOBODY, EVERYBODY, ORACLE = "nobody", "everybody", "oracle"


def earned_by_share(score: pd.Series, gain: pd.Series) -> NDArray[np.float64]:
    """What sending the first 0, 1, ..., 100 % on a list earns, EUR for each customer.

    Parameters
    ----------
    score : Series
        Those with the highest are sent first; of equal scores each counts with their mean.
    gain : Series
        What sending each customer earns, EUR, by the same index.

    Examples
    --------
    >>> gain = pd.Series([4.0, 2.0, -6.0, 0.0])
    >>> earned_by_share(pd.Series([9, 9, 1, 0]), gain)[[0, 25, 50, 75, 100]].tolist()
    [0.0, 0.75, 1.5, 0.0, 0.0]
    """
    by_score = gain.groupby(score).agg(["size", "sum"]).sort_index(ascending=False)
    sent, earned = (np.append(0, by_score[name].cumsum()) for name in ("size", "sum"))
    return np.interp(np.arange(101) / 100 * len(gain), sent, earned) / len(gain)


def choices(desk: Desk, tried: Mapping[str, Segmenter] | None = None) -> dict[str, pd.Index]:
    """Whom each way of choosing sends to self-service.

    Returns
    -------
    dict of str to Index
        Nobody, everybody, all loss makers (two ways of costing), each by their own figures, by each
        segmentation, and the oracle's.
    """
    losses = desk.losses()
    nobody, everybody = desk.customers_now[:0], desk.customers_now
    plain = {NOBODY: nobody, EVERYBODY: everybody}
    makers = {name: where_above_zero(losses[name]) for name in losses}
    mined = {name: desk.by_segment(m) for name, m in (tried or methods()).items()}
    return {**plain, **makers, **mined, OWN: desk.own_figures(), ORACLE: desk.oracle}


def earnings(desk: Desk, tried: Mapping[str, Segmenter] | None = None) -> pd.DataFrame:
    """What each way of choosing earns in the year to come.

    Returns
    -------
    DataFrame
        One row a way (index ``choice``): ``sent``, share of the customers; ``earned_eur``, EUR
        for each customer of the firm.
    """
    chosen = choices(desk, tried)
    rows = {name: (len(ids) / len(desk.customers_now), desk.earned(ids))
            for name, ids in chosen.items()}  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["sent", "earned_eur"])
    return table.rename_axis("choice")


def fit_and_earnings(desk: Desk, tried: Mapping[str, Segmenter] | None = None) -> pd.DataFrame:
    """How well each segmentation fits, and what its choice earns.

    Returns
    -------
    DataFrame
        One row a segmentation (index ``method``): the columns of `compare_by_fit`, on customers
        from whom nothing was learned, and ``earned_eur`` for each customer.
    """
    ways = methods() if tried is None else tried
    fit = compare_by_fit(ways, desk.features_then, desk.lesson)
    return fit.assign(earned_eur=[desk.earned(desk.by_segment(m)) for m in ways.values()])


def by_lost_share(
    lost: Iterable[float], worlds: int = 3, seed: int = 7, customers: int = 2_000
) -> pd.DataFrame:
    """What choices earn if self-service costs more or less of the margin, mean over worlds.

    Returns
    -------
    DataFrame
        One row a share lost: ``lost``; EUR per customer of `EVERYBODY`, `LOSS_BY_TIME` (all loss
        makers) and `OWN`.

    Examples
    --------
    >>> by_lost_share([0.0], worlds=1, customers=300)[OWN].iloc[0] > 0
    np.True_
    """
    rows = []
    for desk in _desks(worlds, seed, customers):
        makers = where_above_zero(desk.losses()[LOSS_BY_TIME])
        for part in lost:
            true = gain(desk.year_to_come, desk.saved, part)
            own = where_above_zero(gain(desk.figures, desk.saved, part))
            sums = (true.sum(), true.loc[makers].sum(), true.loc[own].sum())
            rows.append((part, *(eur / len(true) for eur in sums)))
    table = pd.DataFrame(rows, columns=["lost", EVERYBODY, LOSS_BY_TIME, OWN])
    return table.groupby("lost", as_index=False).mean()


def by_size(
    sizes: Iterable[int], worlds: int = 3, seed: int = 7, customers: int = 2_000
) -> pd.DataFrame:
    """What a tree's choice earns as its segments get smaller and more, mean over worlds.

    Parameters
    ----------
    sizes : sequence of int
        Customers in a segment at least; the tree grows as far as that lets it.

    Returns
    -------
    DataFrame
        One row a size: ``size``; EUR per customer of the ``tree``, of `OWN` and of the `ORACLE`,
        which have no segments.

    Examples
    --------
    >>> by_size([20, 50], worlds=1, customers=300).columns.tolist()
    ['size', 'tree', 'own figures', 'oracle']
    """
    rows = []
    for desk in _desks(worlds, seed, customers):
        own, best = desk.earned(desk.own_figures()), desk.earned(desk.oracle)
        for size in sizes:
            tree = TreeSegments(leaves=customers, least_customers=size)
            rows.append((size, desk.earned(desk.by_segment(tree)), own, best))
    table = pd.DataFrame(rows, columns=["size", "tree", OWN, ORACLE])
    return table.groupby("size", as_index=False).mean()


def _desks(worlds: int, seed: int, customers: int) -> Iterator[Desk]:
    return (Desk(None, customers, one) for one in world_seeds(seed, worlds))
