"""Where in the buying process is somebody? A hidden Markov model over stages.

A stage is never seen. It shows itself in where people click and for how long, and it leads to
the next one. What can be learned has limits that no algorithm lifts: a stage that looks like
another is not told from it; without labels stages have no names, and are told apart only as
far as paths and times differ; and a sequence helps only where stages follow one another. Where
each visit's stage is drawn anew, the model is no better than one that looks at a visit alone
(`MarkovRecogniser` with stages as labels): compare them. Baum-Welch as in Rabiner (1989),
Proceedings of the IEEE 77(2), section III; a chain of pages within a hidden state as in
Montgomery, Li, Srinivasan and Liechty (2004), Marketing Science 23(4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.clickstream.evidence import (
    Chains,
    Evidence,
    check_smoothing,
    log_prior,
    maximise,
    random_chains,
)
from crmlab.analytical.clickstream.hidden import (
    Beliefs,
    Chain,
    Packed,
    beliefs,
    likeliest_path,
    pack,
)
from crmlab.analytical.clickstream.labels import codes_of, labels_of
from crmlab.analytical.clickstream.paths import Paths, read_paths
from crmlab.checks import whole_number

_SHORT, _LONG = 15, 500
_ENOUGH = 1e-6  # stop when a round gains less than that a step
_STAY = 0.5  # a random start stays in its stage so often


class StageHMM(BaseEstimator):
    """Stages behind a customer's visits, or behind the pages of a visit.

    With the table `sessions`, a step is a session and a sequence is a customer's sessions in
    time. Without it, a step is a page view and a sequence is a session.

    Parameters
    ----------
    stages : int
        How many; with labels their number counts instead.
    starts : int
        Random starts of the fit without labels.
    smoothing : float
        Pseudo-count of every possible move, > 0.
    dwell : bool
        Whether the time on pages counts too.
    seed : int
        Of the starts.

    Attributes
    ----------
    classes_ : array
        The stages: labels, or numbers, the largest first.
    start_ : Series
        Probability of each stage at the first step.
    moves_ : DataFrame
        Probability of the next step's stage (columns) by this one's (rows).
    transition_matrices_ : array, shape (stages, pages, pages + 1)
        From page to page, last column leaving, in each stage.
    dwell_s_ : DataFrame
        Mean seconds by stage and page; only with ``dwell``.
    log_likelihood_ : float
    path_ : array
        What EM climbs (log-likelihood plus log-prior), round by round; empty with labels.

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("retail", 100, 26, 7)
    >>> views, sessions = run.records.page_views, run.records.sessions
    >>> labels = run.truth.sessions.set_index("session_id")["buying_stage"]
    >>> model = StageHMM().fit(views, sessions, labels)
    >>> model.moves_.shape
    (6, 6)
    >>> model.predict(views, sessions).isin(labels.unique()).all()
    np.True_
    """

    def __init__(
        self,
        stages: int = 6,
        starts: int = 5,
        smoothing: float = 0.1,
        dwell: bool = True,
        seed: int = 0,
    ) -> None:
        self.stages = stages
        self.starts = starts
        self.smoothing = smoothing
        self.dwell = dwell
        self.seed = seed

    def fit(
        self,
        page_views: pd.DataFrame,
        sessions: pd.DataFrame | None = None,
        labels: pd.Series | None = None,
    ) -> StageHMM:
        """Learn how stages follow each other and how each shows itself.

        Parameters
        ----------
        page_views : DataFrame
            ``session_id``, ``view``, ``page_type``; ``dwell_seconds`` with ``dwell``.
        sessions : DataFrame, optional
            ``session_id``, ``customer_id``, ``started_at``: the steps are then sessions.
        labels : Series, optional
            The stage of each session, index ``session_id``: the model is then counted, not
            searched for. All pages of a session are of its stage.

        Raises
        ------
        ValueError
            A column, a session or a label is missing.
        """
        whole_number("stages", self.stages, 1, 1_000)
        whole_number("starts", self.starts, 1, 10_000)
        check_smoothing(self.smoothing)
        steps = _Steps(page_views, sessions, self.dwell)
        if labels is None:
            self._search(steps)
        else:
            self._count(steps, labels)
        return self

    def predict(self, page_views: pd.DataFrame, sessions: pd.DataFrame | None = None) -> pd.Series:
        """The most probable stages of each sequence as a whole (Viterbi).

        Parameters
        ----------
        page_views, sessions : DataFrame
            As for `fit`: with ``sessions`` if that had it.

        Returns
        -------
        Series
            One entry a session (index ``session_id``), or a view (``session_id``, ``view``).
        """
        steps = self._steps(page_views, sessions)
        path = likeliest_path(self.chains_.scores(steps.evidence), steps.packed, self.chain_)
        return pd.Series(self.classes_[path], steps.index, name="stage").sort_index()

    def predict_proba(
        self, page_views: pd.DataFrame, sessions: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """How probable was each stage, with all that came before and after?

        Parameters
        ----------
        page_views, sessions : DataFrame
            As for `predict`.

        Returns
        -------
        DataFrame
            Rows as `predict`, one column a stage; rows add up to 1.
        """
        steps = self._steps(page_views, sessions)
        return self._table(self._beliefs(steps).smoothed, steps)

    def filter_proba(
        self, page_views: pd.DataFrame, sessions: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """How probable is each stage as of its step, with nothing that came later?

        Parameters
        ----------
        page_views, sessions : DataFrame
            As for `predict`.

        Returns
        -------
        DataFrame
            As `predict_proba`: what a decision at the time may use.
        """
        steps = self._steps(page_views, sessions)
        return self._table(self._beliefs(steps).filtered, steps)

    def _steps(self, page_views: pd.DataFrame, sessions: pd.DataFrame | None) -> _Steps:
        check_is_fitted(self)
        if (sessions is not None) != self.by_session_:
            known = "with" if self.by_session_ else "without"
            raise ValueError(f"the model was fitted {known} sessions: pass them likewise.")
        return _Steps(page_views, sessions, self.dwell, self.pages_)

    def _beliefs(self, steps: _Steps) -> Beliefs:
        return beliefs(self.chains_.scores(steps.evidence), steps.packed, self.chain_)

    def _table(self, rows: NDArray, steps: _Steps) -> pd.DataFrame:
        return pd.DataFrame(rows, steps.index, self.classes_).sort_index()

    def _count(self, steps: _Steps, labels: pd.Series) -> None:
        """Supervised: stages and moves between them are there to be counted."""
        own = labels_of(steps.paths.session_id, labels)
        codes, self.classes_ = codes_of(own)
        k, codes = len(self.classes_), codes[steps.session]
        sure = np.eye(k)[codes]
        goes_on = np.flatnonzero(~steps.is_last)
        pairs = np.bincount(codes[goes_on] * k + codes[goes_on + 1], minlength=k * k)
        first = sure[np.roll(steps.is_last, 1)].sum(axis=0)
        chain = _chain(first, pairs.reshape(k, k), self.smoothing)
        self._keep(steps, maximise(steps.evidence, sure, self.smoothing), chain)
        self.path_ = np.empty(0)
        self.log_likelihood_ = self._beliefs(steps).log_likelihood

    def _search(self, steps: _Steps) -> None:
        """Unsupervised: Baum-Welch from several starts, the best to the end."""
        chance = np.random.default_rng(self.seed)
        tried = []
        for _ in range(self.starts):
            start = random_chains(steps.evidence, self.stages, chance)
            go = np.full((self.stages, self.stages), (1 - _STAY) / self.stages)
            chain = Chain(start.shares, go + _STAY * np.eye(self.stages))
            tried.append(_climb(steps, start, chain, self.smoothing, _SHORT))
        best = max(tried, key=lambda found: found.path[-1])
        end = _climb(steps, best.chains, best.chain, self.smoothing, _LONG)
        order = np.argsort(-end.chains.shares, kind="stable")
        chains = Chains(*(part[order] for part in vars(end.chains).values()))
        chain = Chain(end.chain.start[order], end.chain.go[np.ix_(order, order)])
        self.classes_ = np.arange(self.stages)
        self._keep(steps, chains, chain)
        self.path_ = np.array(best.path + end.path)
        self.log_likelihood_ = self._beliefs(steps).log_likelihood

    def _keep(self, steps: _Steps, chains: Chains, chain: Chain) -> None:
        stages, n = pd.Index(self.classes_), len(steps.paths.pages)
        self.chains_, self.chain_, self.pages_ = chains, chain, steps.paths.pages
        self.by_session_ = steps.by_session
        self.start_ = pd.Series(chain.start, stages, name="start")
        self.moves_ = pd.DataFrame(chain.go, stages, stages)
        self.transition_matrices_ = chains.go[:, :n, :]
        if self.dwell:
            self.dwell_s_ = pd.DataFrame(chains.dwell_s, stages, pd.Index(self.pages_))


class _Steps:
    """The steps of all sequences, one sequence after the other, and what each shows."""

    def __init__(
        self,
        page_views: pd.DataFrame,
        sessions: pd.DataFrame | None,
        dwell: bool,
        pages: tuple[str, ...] | None = None,
    ) -> None:
        self.paths = paths = read_paths(page_views, pages)
        self.by_session = sessions is not None
        if sessions is None:
            lengths = paths.length
            self.evidence, self.session = Evidence.of_views(paths, dwell), paths.session
            view = np.arange(len(paths.page)) - paths.first[self.session] + 1
            ids = [paths.session_id[self.session], view]
            self.index = pd.MultiIndex.from_arrays(ids, names=["session_id", "view"])
        else:
            self.session, lengths = _visits_in_time(paths, sessions)
            self.evidence = Evidence.of_sessions(paths, dwell).at(self.session)
            self.index = paths.session_id[self.session]
        self.is_last = np.zeros(len(self.session), dtype=bool)
        self.is_last[np.cumsum(lengths) - 1] = True
        self.packed: Packed = pack(lengths)


@dataclass(frozen=True)
class _Found:
    """Where a climb ended."""

    chains: Chains
    chain: Chain
    path: list[float]


def _climb(steps: _Steps, chains: Chains, chain: Chain, smoothing: float, rounds: int) -> _Found:
    """So many rounds of Baum-Welch at most."""
    path: list[float] = []
    for _ in range(rounds):
        known = beliefs(chains.scores(steps.evidence), steps.packed, chain)
        prior = log_prior(chains, steps.evidence, smoothing) + _log_prior(chain, smoothing)
        path.append(known.log_likelihood + prior)
        if len(path) > 1 and path[-1] - path[-2] < _ENOUGH * len(steps.session):
            break
        chains = maximise(steps.evidence, known.smoothed, smoothing)
        chain = _chain(known.first, known.moves, smoothing)
    return _Found(chains, chain, path)


def _chain(first: NDArray, moves: NDArray, smoothing: float) -> Chain:
    start, go = first + smoothing, moves + smoothing
    return Chain(start / start.sum(), go / go.sum(axis=1, keepdims=True))


def _log_prior(chain: Chain, smoothing: float) -> float:
    """The log-prior whose pseudo-counts `_chain` adds, up to a constant."""
    return smoothing * float(np.log(chain.go).sum() + np.log(chain.start).sum())


def _visits_in_time(
    paths: Paths, sessions: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of the sessions, customer by customer in time, and how many each customer has."""
    for name in ("session_id", "customer_id", "started_at"):
        if name not in sessions:
            raise ValueError(f"sessions must have the column {name!r}, got {list(sessions)}.")
    known = sessions.drop_duplicates("session_id").set_index("session_id")
    own = known[["customer_id", "started_at"]].reindex(paths.session_id)
    if own.isna().any(axis=None):
        missing = own.index[own.isna().any(axis=1)][0]
        raise ValueError(
            "sessions must hold every session of page_views with its customer and time, "
            f"session {missing} is missing."
        )
    codes = pd.factorize(own["customer_id"], sort=True)[0]
    order = np.lexsort((paths.session_id.argsort().argsort(), own["started_at"].to_numpy(), codes))
    return order, np.bincount(codes)
