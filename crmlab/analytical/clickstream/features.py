"""What does a session look like, and do sessions fall into groups? Moe's features and k-means.

Numbers a session: how long, on which kinds of pages, how repetitive, from where. Groups are
formed by k-means on them, as in Moe (2003), Journal of Consumer Psychology 13(1-2), who found
buying, browsing, searching and knowledge-building visits. It is the foil of the mixture of
chains (`chains`): k-means counts pages and forgets their order, and it knows no probabilities.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

from crmlab.analytical.clickstream.paths import Paths, read_paths
from crmlab.checks import whole_number


def session_features(
    page_views: pd.DataFrame, sessions: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What each session looks like, in numbers.

    Parameters
    ----------
    page_views : DataFrame
        ``session_id``, ``view``, ``page_type``; ``dwell_seconds`` where known. A firm that logs
        ``category`` or ``product_id`` of a page gets Moe's measures of variety too.
    sessions : DataFrame, optional
        ``session_id`` and ``source``.

    Returns
    -------
    DataFrame
        One row a session (index ``session_id``): ``pages``; ``kinds`` of pages seen;
        ``repeats``, the share of pages of the same kind as the one before; ``share_<kind>`` of
        the pages, by kind; ``seconds_per_page``; ``categories`` and ``most_of_a_category``,
        ``products`` and ``most_of_a_product`` (how often the most frequent was seen) where the
        columns are there; ``from_<source>`` as 0 or 1.

    Raises
    ------
    ValueError
        A column is missing, or a session is not among ``sessions``.

    Examples
    --------
    >>> views = pd.DataFrame(
    ...     {"session_id": 5, "view": [1, 2, 3, 4], "page_type": ["home", "a", "a", "a"]}
    ... )
    >>> session_features(views).T
    session_id     5
    pages       4.00
    kinds       2.00
    repeats     0.50
    share_a     0.75
    share_home  0.25
    """
    paths = read_paths(page_views)
    length = paths.length
    counts = _count_pages(paths)
    same = np.diff(paths.page, prepend=-1) == 0
    same[paths.first] = False
    table = pd.DataFrame({"pages": length.astype(np.float64)}, paths.session_id)
    table["kinds"] = (counts > 0).sum(axis=1).astype(np.float64)
    table["repeats"] = np.bincount(paths.session, same, minlength=len(paths)) / length
    for place, name in enumerate(paths.pages):
        table[f"share_{name}"] = counts[:, place] / length
    if len(paths.dwell_s):
        table["seconds_per_page"] = np.bincount(paths.session, paths.dwell_s) / length
    parts = [table, *_varieties(page_views)]
    if sessions is not None:
        parts.append(_sources(sessions, paths.session_id))
    return pd.concat(parts, axis=1)


def kmeans_types(features: pd.DataFrame, types: int = 5, seed: int = 0) -> pd.Series:
    """The group of each session, by k-means on standardised features.

    Parameters
    ----------
    features : DataFrame
        As `session_features` gives it. ``pages`` and ``seconds_per_page`` count by their
        logarithm: both have long tails.
    types : int
        How many groups.
    seed : int
        Of the ten starts.

    Returns
    -------
    Series
        Group of each session, same index; 0 is the largest.

    Raises
    ------
    ValueError
        A feature is missing somewhere, or there are fewer sessions than groups.

    Examples
    --------
    >>> features = pd.DataFrame({"share_offers": [0.9, 0.8, 0.1]}, index=[1, 2, 3])
    >>> kmeans_types(features, types=2).tolist()
    [0, 0, 1]
    """
    whole_number("types", types, 1, 1_000)
    if len(features) < types:
        raise ValueError(f"types must not exceed the {len(features)} sessions, got {types}.")
    if features.isna().any(axis=None):
        name = features.columns[features.isna().any()][0]
        raise ValueError(f"features must not be missing; {name!r} is in places. Fill it first.")
    tails = [c for c in ("pages", "seconds_per_page") if c in features]
    scaled = StandardScaler().fit_transform(
        features.assign(**{c: np.log1p(features[c]) for c in tails})
    )
    found = KMeans(types, n_init=10, random_state=seed).fit_predict(scaled)
    rank = np.argsort(np.argsort(-np.bincount(found, minlength=types), kind="stable"))
    return pd.Series(rank[found], features.index, name="type")


def _count_pages(paths: Paths) -> np.ndarray:
    n = len(paths.pages)
    cells = paths.session * n + paths.page
    return np.bincount(cells, minlength=len(paths) * n).reshape(-1, n)


def _varieties(page_views: pd.DataFrame) -> list[pd.DataFrame]:
    """Moe's measures: how many categories and products, and how often the same again."""
    found = []
    for column, name in (("category", "categories"), ("product_id", "products")):
        if column in page_views:
            seen = page_views.groupby(["session_id", column], observed=True).size()
            by_session = seen.groupby(level=0)
            thing = column.removesuffix("_id")
            columns = {name: by_session.size(), f"most_of_a_{thing}": by_session.max()}
            every = pd.Index(np.sort(page_views["session_id"].unique()), name="session_id")
            found.append(pd.DataFrame(columns).reindex(every, fill_value=0).astype(float))
    return found


def _sources(sessions: pd.DataFrame, session_id: pd.Index) -> pd.DataFrame:
    for name in ("session_id", "source"):
        if name not in sessions:
            raise ValueError(f"sessions must have the column {name!r}, got {list(sessions)}.")
    own = sessions.set_index("session_id")["source"].reindex(session_id)
    if own.isna().any():
        raise ValueError(
            "sessions must hold every session of page_views with its source, "
            f"session {own.index[own.isna()][0]} has none."
        )
    return pd.get_dummies(own, prefix="from", dtype=float)
