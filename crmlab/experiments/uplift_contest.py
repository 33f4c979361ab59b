"""What does a learner of uplift lose? Learners and rules after one pilot, against the truth.

All of them see the same pilot, drawn by lot, and rank the customers outside it. A letter goes to
the best tenth by score times the value of an order; the regret is what the best tenth by the true
effects would have brought besides, per customer who could be chosen. Peers (scikit-uplift,
causalml) stand in the table where they are installed.
"""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from crmlab.analytical.uplift import DRLearner, TLearner, XLearner
from crmlab.analytical.uplift.targeting import straight_lines
from crmlab.checks import whole_number
from crmlab.experiments.compare import world_seeds
from crmlab.experiments.contest import averaged
from crmlab.experiments.treatment import LOT, NEED, PROJECTED, RISK, Firm, gains, scores
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.scenario import Scenario

_HALF = 0.5  # of the pilot get the letter

Learner = Callable[[pd.DataFrame, pd.Series, pd.Series, pd.DataFrame], np.ndarray]
"""``(X, bought, letter, X_new)`` -> estimated rise of the probability to buy, one a row."""


def contestants() -> dict[str, Learner]:
    """Learners that every firm can have, and peers where they are installed."""
    lines = straight_lines
    return {
        "T, straight lines": _ours(lambda: TLearner(lines())),
        "X, straight lines": _ours(lambda: XLearner(lines(), lines(), _HALF)),
        "DR, straight lines": _ours(lambda: DRLearner(lines(), lines(), propensity=_HALF)),
        "T, trees": _ours(TLearner),
        "DR, trees": _ours(lambda: DRLearner(propensity=_HALF)),
    } | _peers()


def _ours(make: Callable[[], TLearner | XLearner | DRLearner]) -> Learner:
    def learn(
        X: pd.DataFrame, bought: pd.Series, letter: pd.Series, new: pd.DataFrame
    ) -> np.ndarray:
        return np.asarray(make().fit(X, bought, treatment=letter).predict(new))

    return learn


def _chances() -> Pipeline:
    """The same straight lines, for learners that want a classifier."""
    return make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(C=0.1, max_iter=500)
    )


def _peers() -> dict[str, Learner]:
    found: dict[str, Learner] = {}
    if importlib.util.find_spec("sklift"):
        found |= {f"{name} of scikit-uplift": _sklift(name) for name in _SKLIFT}
    if importlib.util.find_spec("causalml"):
        found |= {f"{name} of causalml": _causalml(name) for name in _CAUSALML}
    return found


_SKLIFT = ("SoloModel", "TwoModels", "ClassTransformation")
_CAUSALML = ("BaseTRegressor", "BaseXRegressor", "BaseDRRegressor", "UpliftRandomForestClassifier")


def _sklift(name: str) -> Learner:
    def learn(
        X: pd.DataFrame, bought: pd.Series, letter: pd.Series, new: pd.DataFrame
    ) -> np.ndarray:
        from sklift import models

        base = (_chances(), _chances()) if name == "TwoModels" else (_chances(),)
        model = getattr(models, name)(*base)
        return np.asarray(model.fit(X, bought.astype(int), letter.astype(int)).predict(new))

    return learn


def _causalml(name: str) -> Learner:
    def learn(
        X: pd.DataFrame, bought: pd.Series, letter: pd.Series, new: pd.DataFrame
    ) -> np.ndarray:
        if name == "UpliftRandomForestClassifier":
            from causalml.inference.tree import UpliftRandomForestClassifier

            forest = UpliftRandomForestClassifier(
                control_name="0", n_estimators=50, min_samples_leaf=100, random_state=0, n_jobs=1
            )
            group = letter.astype(int).astype(str).to_numpy(dtype=object)
            forest.fit(X.to_numpy(float), group, bought.to_numpy(int))
            return np.asarray(forest.predict(new.to_numpy(float))).ravel()
        from causalml.inference import meta

        model = getattr(meta, name)(learner=straight_lines())
        half, new_half = (np.full(len(table), _HALF) for table in (X, new))
        known = {} if name == "BaseTRegressor" else {"p": half}
        model.fit(X.to_numpy(float), letter.to_numpy(int), bought.to_numpy(float), **known)
        asked = {} if name == "BaseTRegressor" else {"p": new_half}
        return np.asarray(model.predict(new.to_numpy(float), **asked)).ravel()

    return learn


@dataclass(frozen=True)
class Trial:
    """A market and a pilot to learn from, and what is hard about it."""

    scenario: Scenario
    pilot: int
    what: str


def trials() -> dict[str, Trial]:
    """The textbook market with a small and a large pilot, and one where contact is unwelcome."""
    retail, hostile = named_scenario("retail"), named_scenario("retail/hostile")
    return {
        "small pilot": Trial(retail, 2_000, "a thousand letters to learn from"),
        "large pilot": Trial(retail, 16_000, "eight thousand letters to learn from"),
        "unwelcome": Trial(hostile, 8_000, "as many buy less after a letter as buy more"),
    }


def uplift_contest(
    worlds: int = 5,
    others: int = 4_000,
    seed: int = 1,
    progress: Callable[[str], object] | None = None,
) -> pd.DataFrame:
    """What does each learner lose after a pilot, against knowing what the letter does?

    Parameters
    ----------
    worlds : int
        Draws of every trial.
    others : int
        Customers outside the pilot, a tenth of whom get the letter.
    progress : callable, optional
        Called with the name of each finished trial.

    Returns
    -------
    DataFrame
        One row a trial and contestant (rules that need no learner included): ``bias`` (mean
        estimated less mean true rise of the probability to buy; NaN for rules), ``rank`` (Spearman
        correlation with the true rises), ``margin_eur`` (what letters to the tenth bring per
        customer who could be chosen), ``regret_eur`` (what the best tenth brings besides), with
        ``low`` and ``high``, its 95 % interval over worlds, ``seconds`` of learning, ``worlds`` and
        ``failed`` as in `contest.averaged`.
    """
    whole_number("worlds", worlds, 2, 10_000)
    rows = []
    for name, trial in trials().items():
        for s in world_seeds(seed, worlds):
            firm = Firm(trial.scenario, others + trial.pilot, trial.pilot, s)
            rows += [{"trial": name, "world": s} | row for row in _one_firm(firm)]
        if progress is not None:
            progress(name)
    return averaged(pd.DataFrame(rows), ["bias", "rank", "margin_eur", "regret_eur"])


def _one_firm(firm: Firm) -> list[dict[str, object]]:
    X, new, pilot = (
        firm.then.loc[firm.pilot_group.index],
        firm.now.loc[firm.others],
        firm.pilot_group,
    )
    order_eur = firm.worth.loc[firm.others, "order_eur"]
    ranked = scores(firm)[[LOT, RISK, PROJECTED, NEED]]
    rows: list[dict[str, object]] = []
    for name, learn in contestants().items():
        began = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                effect = learn(X, pilot["bought"].astype(float), pilot["letter"], new)
            except Exception as error:  # a peer that gives up is a result too
                rows.append({"contestant": name, "failed": type(error).__name__})
                continue
        took = time.process_time() - began
        rows.append(_graded(firm, name, effect * order_eur, effect) | {"seconds": took})
    rows += [_graded(firm, str(rule), ranked[rule]) for rule in ranked]
    return rows


def _graded(
    firm: Firm, name: str, score: pd.Series, effect: np.ndarray | None = None
) -> dict[str, object]:
    true = firm.truth.loc[firm.others, "buys_more"]
    margin = gains(firm, score.to_frame(name))["margin_eur"]
    by = score if effect is None else pd.Series(effect, firm.others)
    return {
        "contestant": name,
        "bias": np.nan if effect is None else float(np.mean(effect) - true.mean()),
        "rank": float(by.corr(true, method="spearman")),
        "margin_eur": float(margin[name]),
        "regret_eur": float(margin.max() - margin[name]),
        "seconds": 0.0,
    }
