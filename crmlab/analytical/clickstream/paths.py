"""Which pages did a session see, one after the other? Page views as paths and as counts.

A first-order Markov chain looks at nothing but how often each page followed each other one,
so that a session, however long, is one row of counts: where it began, what followed what, and
from which page it left (Cadez, Heckerman, Meek, Smyth and White 2003, Data Mining and
Knowledge Discovery 7).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

_NEEDED = ("session_id", "view", "page_type")


@dataclass(frozen=True)
class Paths:
    """Sessions as paths of page codes.

    Attributes
    ----------
    session_id : Index
        One a session, ascending.
    first : array of int, shape (n_sessions,)
        Place of the session's first view in ``page``.
    page : array of int, shape (n_views,)
        Codes of the views, session by session, in their order.
    dwell_s : array of float, shape (n_views,)
        Seconds on each of them; empty where the table does not say.
    ended : array of bool, shape (n_sessions,)
        Whether the session was seen to leave.
    pages : tuple of str
        What the codes mean.
    """

    session_id: pd.Index
    first: NDArray[np.int64]
    page: NDArray[np.int64]
    dwell_s: NDArray[np.float64]
    ended: NDArray[np.bool_]
    pages: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.session_id)

    @property
    def length(self) -> NDArray[np.int64]:
        """Pages seen in each session."""
        return np.diff(self.first, append=len(self.page))

    @property
    def session(self) -> NDArray[np.int64]:
        """The place of the session that each view is of."""
        return np.repeat(np.arange(len(self)), self.length)

    def after(self, clicks: int) -> Paths:
        """The same sessions as they stood after so many pages: nobody has left yet."""
        keep = np.arange(len(self.page)) - self.first[self.session] < clicks
        length = np.minimum(self.length, clicks)
        dwell_s = self.dwell_s[keep] if len(self.dwell_s) else self.dwell_s
        return replace(
            self, first=np.cumsum(length) - length, page=self.page[keep], dwell_s=dwell_s,
            ended=np.zeros(len(self), dtype=bool),
        )  # fmt: skip


def read_paths(page_views: pd.DataFrame, pages: tuple[str, ...] | None = None) -> Paths:
    """The table `page_views` as paths, whatever the order of its rows.

    Parameters
    ----------
    page_views : DataFrame
        ``session_id``, ``view`` (1, 2, ... within the session) and ``page_type``;
        ``dwell_seconds`` where known.
    pages : tuple of str, optional
        The kinds of page; by default the categories of ``page_type``, or what occurs.

    Returns
    -------
    Paths

    Raises
    ------
    ValueError
        A column is missing or has gaps, a view stands there twice, or a page is of no known kind.

    Examples
    --------
    >>> views = pd.DataFrame(
    ...     {"session_id": [8, 8, 5], "view": [2, 1, 1], "page_type": ["product", "home", "home"]}
    ... )
    >>> paths = read_paths(views)
    >>> paths.pages, paths.page.tolist(), paths.length.tolist()
    (('home', 'product'), [0, 0, 1], [1, 2])
    """
    _check(page_views)
    codes, session_id = pd.factorize(page_views["session_id"], sort=True)
    view = page_views["view"].to_numpy()
    page, pages = _page_codes(page_views["page_type"], pages)
    dwell_s = _dwell(page_views)
    if not _in_order(codes, view):
        order = np.lexsort((view, codes))
        codes, view, page = codes[order], view[order], page[order]
        dwell_s = dwell_s[order] if len(dwell_s) else dwell_s
    _check_once(session_id, codes, view)
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    ended = np.ones(len(session_id), dtype=bool)
    return Paths(pd.Index(session_id, name="session_id"), first, page, dwell_s, ended, pages)


def transition_counts(paths: Paths) -> Any:
    """How often each page followed each other one, session by session.

    Parameters
    ----------
    paths : Paths

    Returns
    -------
    sparse array, shape (n_sessions, (p + 1) ** 2)
        Column ``i * (p + 1) + j``: from page ``i`` to page ``j``; ``i = p`` is the start of the
        session, ``j = p`` its end.

    Examples
    --------
    >>> views = pd.DataFrame(
    ...     {"session_id": [5, 5], "view": [1, 2], "page_type": ["home", "product"]}
    ... )
    >>> transition_counts(read_paths(views)).toarray().reshape(3, 3)
    array([[0., 1., 0.],
           [0., 0., 1.],
           [1., 0., 0.]])
    """
    view, cells = _moves(paths)
    shape = (len(paths), (len(paths.pages) + 1) ** 2)
    return sparse.csr_array((np.ones(len(view)), (paths.session[view], cells)), shape=shape)


def moves_by_view(paths: Paths) -> Any:
    """The move away from every view, as `transition_counts` has it: sparse, one row a view.

    The first view of a session counts its start too.
    """
    view, cells = _moves(paths)
    shape = (len(paths.page), (len(paths.pages) + 1) ** 2)
    return sparse.csr_array((np.ones(len(view)), (view, cells)), shape=shape)


def seconds_by_page(paths: Paths, row: NDArray[np.int64]) -> Any:
    """Seconds by kind of page (columns), summed by ``row``, which has one number a view.

    The page that a session is still on does not count: nobody knows yet for how long.
    """
    if not len(paths.dwell_s):
        raise ValueError(
            "page_views must have the column 'dwell_seconds'. Or leave time out: dwell=False."
        )
    left = np.ones(len(paths.page), dtype=bool)
    left[(paths.first + paths.length - 1)[~paths.ended]] = False
    shape = (int(row[-1]) + 1, len(paths.pages))
    return sparse.csr_array((paths.dwell_s * left, (row, paths.page)), shape=shape)


def _moves(paths: Paths) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every move: the view that it leads away from (a start: its first view), and its cell."""
    n, view = len(paths.pages), np.arange(len(paths.page))
    before, away = np.roll(paths.page, 1), view - 1
    before[paths.first], away[paths.first] = n, paths.first
    leaving = (paths.first + paths.length - 1)[paths.ended]
    cells = np.concatenate([before * (n + 1) + paths.page, paths.page[leaving] * (n + 1) + n])
    return np.concatenate([away, leaving]), cells


def _page_codes(
    page_type: pd.Series, pages: tuple[str, ...] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    kinds = page_type.astype("category") if page_type.dtype != "category" else page_type
    known = tuple(kinds.cat.categories)
    codes = kinds.cat.codes.to_numpy().astype(np.int64)
    if pages is None or pages == known:
        return codes, known
    place = pd.Index(pages).get_indexer(pd.Index(known))
    strange = [k for k, p in zip(known, place, strict=True) if p < 0]
    if strange and page_type.isin(strange).any():
        raise ValueError(
            f"page_type must be one of {', '.join(map(repr, pages))}, got {strange[0]!r}. "
            "Fit the model again with page views that hold it."
        )
    return place[codes], pages


def _dwell(page_views: pd.DataFrame) -> NDArray[np.float64]:
    if "dwell_seconds" not in page_views:
        return np.empty(0)
    seconds = page_views["dwell_seconds"].to_numpy(dtype=np.float64)
    wrong = ~(np.isfinite(seconds) & (seconds >= 0))
    if wrong.any():
        raise ValueError(f"dwell_seconds must be finite and >= 0, got {seconds[wrong][0]}.")
    return seconds


def _in_order(codes: NDArray, view: NDArray) -> bool:
    step = np.diff(codes)
    return bool(((step > 0) | ((step == 0) & (np.diff(view) > 0))).all())


def _check(page_views: pd.DataFrame) -> None:
    missing = [c for c in _NEEDED if c not in page_views]
    if missing:
        raise ValueError(f"page_views must have the column {missing[0]!r}, got {list(page_views)}.")
    if not len(page_views):
        raise ValueError("page_views must hold one view at least, got an empty table.")
    for name in _NEEDED:
        gaps = int(page_views[name].isna().sum())
        if gaps:
            raise ValueError(f"{name} must not be missing; {gaps} rows have none. Drop them first.")


def _check_once(session_id: Any, codes: NDArray, view: NDArray) -> None:
    again = np.flatnonzero((np.diff(codes) == 0) & (np.diff(view) == 0))
    if len(again):
        at = again[0]
        raise ValueError(
            "page_views must have one row a session and view, got "
            f"session {session_id[codes[at]]} with view {view[at]} twice."
        )
