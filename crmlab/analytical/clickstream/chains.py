"""What kinds of web users are there? Sessions as a mixture of Markov chains, by EM.

Every session is of one hidden type, and its type says how it moves from page to page and when
it leaves. Nobody told the firm the types: they are what explains the paths best. The
assumptions: within a session the type does not change, and the next page depends on the
present one alone. The model is that of Cadez, Heckerman, Meek, Smyth and White (2003), Data
Mining and Knowledge Discovery 7 (leaving is a state of its own); Montgomery, Li,
Srinivasan and Liechty (2004), Marketing Science 23(4), show that paths tell goals.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.clickstream.evidence import (
    Chains,
    Evidence,
    check_smoothing,
    free_parameters,
    log_prior,
    maximise,
    random_chains,
    shares_of,
)
from crmlab.analytical.clickstream.labels import codes_of, labels_of
from crmlab.analytical.clickstream.paths import Paths, read_paths
from crmlab.checks import whole_number

_SHORT, _LONG = 20, 2_000  # rounds of EM for every start, and for the best of them
_ENOUGH = 1e-7  # stop when a round gains less than that a session


class _ChainModel(BaseEstimator):
    """What a fitted set of chains says of sessions; the columns are ``classes_``."""

    def predict_proba(self, page_views: pd.DataFrame) -> pd.DataFrame:
        """How probable is each type for each session, after all of its pages?

        Parameters
        ----------
        page_views : DataFrame
            As for `fit`.

        Returns
        -------
        DataFrame
            One row a session (index ``session_id``, ascending), one column a type; rows add
            up to 1.
        """
        check_is_fitted(self)
        return self._posterior(read_paths(page_views, self.pages_))

    def predict(self, page_views: pd.DataFrame) -> pd.Series:
        """The most probable type of each session, as a Series by ``session_id``."""
        return self.predict_proba(page_views).idxmax(axis=1).rename("type")

    def posterior_after(self, page_views: pd.DataFrame, clicks: int) -> pd.DataFrame:
        """How probable is each type after the first pages, while the session goes on?

        Parameters
        ----------
        page_views : DataFrame
            As for `fit`.
        clicks : int
            How many pages are seen, at least 1. Shorter sessions count with all they have;
            that they leave is not known yet.

        Returns
        -------
        DataFrame
            As `predict_proba`.
        """
        check_is_fitted(self)
        whole_number("clicks", clicks, 1, 10**9)
        return self._posterior(read_paths(page_views, self.pages_).after(clicks))

    def _posterior(self, paths: Paths) -> pd.DataFrame:
        scores = self.chains_.scores(Evidence.of_sessions(paths, self.dwell))
        shares = shares_of(scores + np.log(self.chains_.shares))[0]
        return pd.DataFrame(shares, paths.session_id, self.classes_)

    def _keep(self, chains: Chains, paths: Paths) -> None:
        n = len(paths.pages)
        self.chains_, self.pages_ = chains, paths.pages
        self.type_shares_ = pd.Series(chains.shares, self.classes_, name="share")
        self.start_ = pd.DataFrame(chains.go[:, n, :n], self.classes_, pd.Index(paths.pages))
        self.transition_matrices_ = chains.go[:, :n, :]
        if self.dwell:
            self.dwell_s_ = pd.DataFrame(chains.dwell_s, self.classes_, pd.Index(paths.pages))


class MarkovMixture(_ChainModel):
    """The types of web users that explain the paths best, without anybody's labels.

    Parameters
    ----------
    types : int
        How many, from 1 on. `compare_types` helps to choose.
    starts : int
        Random starts. Each gets a few rounds of EM, the best of them runs to the end.
    smoothing : float
        Pseudo-count of every possible move, > 0: a move that was never seen stays possible.
    dwell : bool
        Whether the time on pages counts too, exponential with a mean by type and page.
    seed : int
        Of the starts.

    Attributes
    ----------
    type_shares_ : Series
        Share of each type in the sessions, the largest first.
    transition_matrices_ : array, shape (types, pages, pages + 1)
        Probability of the next page (columns as ``pages_``) and of leaving (last column).
    start_ : DataFrame
        Probability of the first page: one row a type, one column a page.
    pages_ : tuple of str
    dwell_s_ : DataFrame
        Mean seconds, types by pages; only with ``dwell``.
    log_likelihood_ : float
        Of the sessions, without the smoothing.
    path_ : array
        What EM climbs, round by round: log-likelihood plus the smoothing's log-prior.
    parameters_ : int
        Free parameters; moves that no session made do not count.
    bic_ : float
        Schwarz's criterion, ``-2 log L + parameters log(sessions)``: smaller is better.

    Examples
    --------
    >>> import crmlab as crm
    >>> views = crm.simulate("retail", 100, 26, 7).records.page_views
    >>> model = MarkovMixture(types=2, starts=3, seed=1).fit(views)
    >>> model.transition_matrices_.shape
    (2, 10, 11)
    >>> bool(np.allclose(model.predict_proba(views).sum(axis=1), 1))
    True
    """

    def __init__(
        self,
        types: int = 5,
        starts: int = 10,
        smoothing: float = 0.1,
        dwell: bool = False,
        seed: int = 0,
    ) -> None:
        self.types = types
        self.starts = starts
        self.smoothing = smoothing
        self.dwell = dwell
        self.seed = seed

    def fit(self, page_views: pd.DataFrame, y: object = None) -> MarkovMixture:
        """Find the types in these sessions.

        Parameters
        ----------
        page_views : DataFrame
            ``session_id``, ``view``, ``page_type``; ``dwell_seconds`` with ``dwell``.
        y : None
            Ignored: nobody knows the types.

        Raises
        ------
        ValueError
            A column is missing, or there are fewer sessions than types.
        """
        whole_number("types", self.types, 1, 1_000)
        whole_number("starts", self.starts, 1, 10_000)
        check_smoothing(self.smoothing)
        paths = read_paths(page_views)
        if len(paths) < self.types:
            raise ValueError(f"types must not exceed the {len(paths)} sessions, got {self.types}.")
        evidence = Evidence.of_sessions(paths, self.dwell).distinct()
        chains, path = self._best(evidence)
        self.classes_ = np.arange(self.types)
        self._keep(_largest_first(chains), paths)
        self.path_ = np.array(path)
        self.log_likelihood_ = path[-1] - _prior(chains, evidence, self.smoothing)
        self.parameters_ = free_parameters(evidence, self.types)
        self.bic_ = float(self.parameters_ * np.log(len(paths)) - 2.0 * self.log_likelihood_)
        return self

    def _best(self, evidence: Evidence) -> tuple[Chains, list[float]]:
        chance = np.random.default_rng(self.seed)
        tried = []
        for _ in range(self.starts):
            start = random_chains(evidence, self.types, chance)
            tried.append(_climb(evidence, start, self.smoothing, _SHORT))
        best, path = max(tried, key=lambda found: found[1][-1])
        best, rest = _climb(evidence, best, self.smoothing, _LONG)
        return best, path + rest


class MarkovRecogniser(_ChainModel):
    """Types that somebody labelled, recognised by their paths: a Bayes classifier of chains.

    Parameters
    ----------
    smoothing : float
        Pseudo-count of every possible move, > 0.
    dwell : bool
        Whether the time on pages counts too.

    Attributes
    ----------
    classes_ : array
        The labels, sorted.
    type_shares_, transition_matrices_, start_, pages_
        As in `MarkovMixture`.

    Examples
    --------
    >>> views = pd.DataFrame(
    ...     {
    ...         "session_id": [1, 1, 2, 2],
    ...         "view": [1, 2, 1, 2],
    ...         "page_type": ["offers", "offers", "home", "article"],
    ...     }
    ... )
    >>> model = MarkovRecogniser().fit(views, pd.Series(["hunter", "reader"], index=[1, 2]))
    >>> model.posterior_after(views, clicks=1).round(2)
                hunter  reader
    session_id
    1             0.92    0.08
    2             0.08    0.92
    """

    def __init__(self, smoothing: float = 0.1, dwell: bool = False) -> None:
        self.smoothing = smoothing
        self.dwell = dwell

    def fit(self, page_views: pd.DataFrame, labels: pd.Series) -> MarkovRecogniser:
        """Learn the chain of every label.

        Parameters
        ----------
        page_views : DataFrame
            As for `MarkovMixture.fit`.
        labels : Series
            The type of every session, index ``session_id``; others than these are not needed.

        Raises
        ------
        ValueError
            A session has no label.
        """
        check_smoothing(self.smoothing)
        paths = read_paths(page_views)
        own = labels_of(paths.session_id, labels)
        codes, self.classes_ = codes_of(own)
        sure = np.eye(len(self.classes_))[codes]
        evidence = Evidence.of_sessions(paths, self.dwell)
        self._keep(maximise(evidence, sure, self.smoothing), paths)
        return self


def compare_types(page_views: pd.DataFrame, most: int = 8, **options: Any) -> pd.DataFrame:
    """How many types do the paths speak for? The criteria of 1, 2, ... types.

    Parameters
    ----------
    page_views : DataFrame
        As for `MarkovMixture.fit`.
    most : int
        The largest number that is tried.
    **options
        Further parameters of `MarkovMixture`.

    Returns
    -------
    DataFrame
        One row a number of types: ``types``, ``log_likelihood``, ``parameters``, ``bic``
        (smaller is better), ``smallest_share``.

    Examples
    --------
    >>> import crmlab as crm
    >>> views = crm.simulate("retail", 100, 26, 7).records.page_views
    >>> compare_types(views, most=2, starts=2)["types"].tolist()
    [1, 2]
    """
    whole_number("most", most, 1, 1_000)
    rows = []
    for types in range(1, most + 1):
        m = MarkovMixture(types=types, **options).fit(page_views)
        rows.append((types, m.log_likelihood_, m.parameters_, m.bic_, m.type_shares_.min()))
    names = ["types", "log_likelihood", "parameters", "bic", "smallest_share"]
    return pd.DataFrame(rows, columns=names)


def _climb(
    evidence: Evidence, chains: Chains, smoothing: float, rounds: int
) -> tuple[Chains, list[float]]:
    """So many rounds of EM at most, and what was reached by each."""
    path: list[float] = []
    for _ in range(rounds):
        shares, logs = shares_of(chains.scores(evidence) + np.log(chains.shares))
        path.append(float(logs @ evidence.weight) + _prior(chains, evidence, smoothing))
        if len(path) > 1 and path[-1] - path[-2] < _ENOUGH * evidence.weight.sum():
            break
        chains = maximise(evidence, shares, smoothing)
    return chains, path


def _prior(chains: Chains, evidence: Evidence, smoothing: float) -> float:
    """The same with the prior of the shares."""
    return log_prior(chains, evidence, smoothing) + smoothing * float(np.log(chains.shares).sum())


def _largest_first(chains: Chains) -> Chains:
    order = np.argsort(-chains.shares, kind="stable")
    return Chains(chains.shares[order], chains.go[order], chains.dwell_s[order])
