"""Effects of single customers: by hand, as scikit-learn has it, and found again where known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.estimator_checks import estimator_checks_generator

from crmlab import datasets
from crmlab.analytical.uplift import DRLearner, TLearner, XLearner, average_effect, qini

LINEAR = {
    "T": TLearner(LinearRegression()),
    "X": XLearner(LinearRegression(), LinearRegression()),
    "DR": DRLearner(LinearRegression(), LinearRegression()),
}
LOGISTIC = {
    "T": TLearner(LogisticRegression()),
    "X": XLearner(LogisticRegression(), LinearRegression()),
    "DR": DRLearner(LogisticRegression(), LinearRegression()),
}
DEFAULT = {"T": TLearner(), "X": XLearner(), "DR": DRLearner()}
each = pytest.mark.parametrize("name", ["T", "X", "DR"])


def trial(n, seed, share=0.5):
    """A trial with known effects: visits of .1 to .3 without, moved by up to a tenth."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    effect = 0.1 * np.tanh(X["a"])
    treated = rng.random(n) < share
    visit = rng.random(n) < 0.2 + 0.1 * np.tanh(X["b"]) + effect * treated
    return X, visit.astype(int), treated, effect


# --- as scikit-learn has it ----------------------------------------------------------------


class _Lots:
    """A learner as an estimator of X and y alone: every second customer counts as treated."""

    def fit(self, X, y):
        lots = None if y is None else np.arange(len(y)) % 2
        return super().fit(X, y, treatment=lots)


class LotsT(_Lots, TLearner):
    pass


class LotsX(_Lots, XLearner):
    pass


class LotsDR(_Lots, DRLearner):
    pass


WITH_LOTS = [
    LotsT(LinearRegression()),
    LotsX(LinearRegression(), LinearRegression()),
    LotsDR(LinearRegression(), LinearRegression()),
]


@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        pytest.param(estimator, check, id=f"{type(learner).__name__}-{i}-{check.func.__name__}")
        for learner in WITH_LOTS
        for i, (estimator, check) in enumerate(estimator_checks_generator(learner))
        if check.func.__name__ != "check_array_api_input"
    ],
)
def test_scikit_learns_own_checks_pass(estimator, check):
    """All of them but the array API, which scikit-learn tries only where it is switched on."""
    check(estimator)


@each
def test_a_learner_can_be_cloned_and_fitted_twice(name):
    X, visit, treated, _ = trial(400, 1)
    learner = DEFAULT[name]
    first = clone(learner).fit(X, visit, treatment=treated).predict(X)
    again = clone(learner).fit(X, visit, treatment=treated).predict(X)
    pd.testing.assert_series_equal(first, again)


# --- by hand -------------------------------------------------------------------------------


@each
def test_straight_lines_are_found_exactly(name):
    """Untreated 1 + x, treated 1 + 2x: the effect is x, and the baseline 1 + x."""
    x = np.arange(12.0)
    treated = np.arange(12) % 2 == 0
    learner = clone(LINEAR[name]).set_params(**{} if name == "T" else {"propensity": 0.5})
    learner.fit(x[:, None], 1 + x + treated * x, treatment=treated)
    assert learner.predict([[5.0], [20.0]]) == pytest.approx([5.0, 20.0])
    assert learner.baseline([[5.0]]) == pytest.approx([6.0])


def test_a_pseudo_outcome_by_hand():
    """Outcome models that say 0: phi is y / e of the treated and -y / (1 - e) of the others."""
    from sklearn.dummy import DummyRegressor

    nothing = DummyRegressor(strategy="constant", constant=0.0)
    learner = DRLearner(nothing, LinearRegression(), propensity=0.25, folds=2)
    learner.fit(np.zeros((8, 1)), np.full(8, 3.0), treatment=[1, 1, 0, 0, 0, 0, 0, 0])
    assert learner.pseudo_outcomes_.tolist() == pytest.approx([12.0] * 2 + [-4.0] * 6)
    assert learner.average_effect_ == pytest.approx(0.0)


def test_own_propensities_go_before_the_parameter():
    x, y = np.zeros((8, 1)), np.arange(8.0)
    lots = [1, 0] * 4
    own = DRLearner(LinearRegression(), LinearRegression(), propensity=0.9, folds=2)
    own.fit(x, y, treatment=lots, propensity=np.full(8, 0.5))
    same = DRLearner(LinearRegression(), LinearRegression(), propensity=0.5, folds=2)
    same.fit(x, y, treatment=lots)
    assert own.pseudo_outcomes_ == pytest.approx(same.pseudo_outcomes_)


# --- properties ----------------------------------------------------------------------------


@each
def test_effects_keep_the_index_of_the_customers(name):
    X, visit, treated, _ = trial(300, 2)
    X.index = [f"c{i}" for i in range(300)]
    learner = clone(LINEAR[name]).fit(X, visit, treatment=treated)
    assert learner.predict(X.iloc[5:9]).index.tolist() == ["c5", "c6", "c7", "c8"]
    array = clone(learner).fit(X.to_numpy(), visit, treatment=treated)
    assert isinstance(array.predict(X.to_numpy()), np.ndarray)


@each
def test_swapping_treated_and_untreated_turns_the_sign(name):
    X, visit, treated, _ = trial(500, 3)
    fit = clone(LINEAR[name]).fit
    one = fit(X, visit, treatment=treated).predict(X)
    other = fit(X, visit, treatment=~treated).predict(X)
    assert one.to_numpy() == pytest.approx(-other.to_numpy(), abs=0.02)


@each
def test_missing_values_and_outcomes_in_eur_are_taken_as_they_are(name):
    X, visit, treated, _ = trial(600, 4)
    X.loc[::3, "c"] = np.nan
    effects = clone(DEFAULT[name]).fit(X, visit * 25.5, treatment=treated).predict(X)
    assert np.isfinite(effects).all()


@each
def test_an_outcome_that_never_happens_has_no_effect(name):
    X, _, treated, _ = trial(300, 5)
    for learner in (DEFAULT[name], LOGISTIC[name]):
        effects = clone(learner).fit(X, np.zeros(300), treatment=treated).predict(X)
        assert np.abs(effects).max() < 1e-9


@each
def test_pipelines_take_text(name):
    X, visit, treated, _ = trial(300, 6)
    X = X.assign(city=np.where(X["a"] > 0, "Graz", "Wien"))
    encode = make_column_transformer((OneHotEncoder(), ["city"]), remainder="passthrough")
    model = make_pipeline(encode, LinearRegression())
    rest = {} if name == "T" else {"effect_model": model, "propensity": 0.5}
    learner = clone(DEFAULT[name]).set_params(model=model, **rest)
    assert np.isfinite(learner.fit(X, visit, treatment=treated).predict(X)).all()


# --- found again ---------------------------------------------------------------------------


@each
def test_known_effects_are_found_again(name):
    """Of 6,000 customers: the right order, no bias, and half of the spread explained."""
    X, visit, treated, _ = trial(6_000, 7)
    new, _, _, effect = trial(4_000, 8)
    found = clone(LOGISTIC[name]).fit(X, visit, treatment=treated).predict(new)
    assert np.corrcoef(found, effect)[0, 1] > 0.8
    assert found.mean() == pytest.approx(effect.mean(), abs=3 * 0.011)
    assert np.mean((found - effect) ** 2) < 0.5 * effect.var()


@each
def test_the_default_models_find_them_too(name):
    X, visit, treated, _ = trial(6_000, 7)
    new, _, _, effect = trial(4_000, 8)
    found = clone(DEFAULT[name]).fit(X, visit, treatment=treated).predict(new)
    assert np.corrcoef(found, effect)[0, 1] > 0.6


def test_more_customers_teach_more():
    """The squared error over five trials each falls with their size."""
    new, _, _, effect = trial(4_000, 8)
    errors = []
    for n in (600, 3_000, 15_000):
        trials = [trial(n, seed) for seed in range(20, 25)]
        found = [
            TLearner(LogisticRegression()).fit(X, visit, treatment=treated).predict(new)
            for X, visit, treated, _ in trials
        ]
        errors.append(float(np.mean([(f - effect) ** 2 for f in found])))
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 5 * errors[2]


def test_the_dr_learner_undoes_a_lot_that_favoured_buyers():
    """Who visits anyway is treated more often: the plain difference is wrong, DR is right."""
    rng = np.random.default_rng(10)
    X = rng.normal(size=(8_000, 2))
    chance = 1 / (1 + np.exp(-1.5 * X[:, 0]))
    treated = rng.random(8_000) < chance
    y = 2 * X[:, 0] + 0.5 * treated + rng.normal(size=8_000)
    assert average_effect(y, treated).effect > 1.5
    wrong_outcomes = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LinearRegression())
    for model, learned in ((LinearRegression(), None), (wrong_outcomes, chance)):
        x = X if learned is None else np.sign(X)
        dr = DRLearner(model, LinearRegression()).fit(x, y, treatment=treated, propensity=learned)
        assert dr.average_effect_ == pytest.approx(0.5, abs=4 * dr.standard_error_)
        assert dr.standard_error_ < 0.1


def test_the_interval_of_the_average_effect_covers_it():
    """Nominal 95 %; of 100 trials 88 to 100 must."""
    covered = 0
    for seed in range(100):
        X, visit, treated, effect = trial(800, 100 + seed)
        dr = DRLearner(LogisticRegression(), LinearRegression(), 0.5, folds=2)
        dr.fit(X, visit, treatment=treated)
        covered += abs(dr.average_effect_ - effect.mean()) < 1.96 * dr.standard_error_
    assert 88 <= covered <= 100


def test_in_the_simulated_mail_test_the_truth_overlays_the_curve():
    """One shipped market run: the mail works, and few features tell on whom."""
    mail = datasets.load("holdout_mail").set_index("customer_id")
    truth = datasets.truth("holdout_mail")["effects"].set_index("customer_id")["margin_eur"]
    X = pd.get_dummies(mail[["channel", "weeks_known", "weeks_since_order", "orders", "value_eur",
                             "visits"]], dtype=float)  # fmt: skip
    half = np.arange(len(X)) % 2 == 0
    learner = XLearner(propensity=0.5)
    learner.fit(X[half], mail["bought_4_weeks"][half], treatment=mail["treated"][half])
    rest = mail[~half]
    curve = qini(learner.predict(X[~half]), rest["bought_4_weeks"], rest["treated"], truth=truth)
    assert curve.table["true"].iloc[-1] == pytest.approx(truth[rest.index].mean())
    assert (curve.table["best"] >= curve.table["true"] - 1e-12).all()
    assert curve.true_coefficient < curve.best_coefficient


# --- bad input -----------------------------------------------------------------------------


def test_bad_input_is_answered_with_a_remedy():
    X, visit, treated, _ = trial(40, 11)
    with pytest.raises(ValueError, match="treatment must say who was treated"):
        TLearner().fit(X, visit)
    with pytest.raises(
        ValueError, match="y must hold 0 and 1 where model is a classifier, got [23]"
    ):
        TLearner(LogisticRegression()).fit(X, visit + 2, treatment=treated)
    with pytest.raises(ValueError, match="'city' is str.*get_dummies.*model and as effect_model"):
        XLearner().fit(X.assign(city="Wien"), visit, treatment=treated)
    with pytest.raises(ValueError, match="propensity must be between 0 and 1, .*got 50"):
        XLearner(propensity=50).fit(X, visit, treatment=treated)
    with pytest.raises(ValueError, match="from 0 to 0.*leave them out"):
        DRLearner().fit(X, visit, treatment=treated, propensity=np.zeros(40))
    with pytest.raises(ValueError, match="folds must be between 2 and"):
        DRLearner(folds=1).fit(X, visit, treatment=treated)
    with pytest.raises(TypeError, match="folds must be a whole number"):
        DRLearner(folds=2.5).fit(X, visit, treatment=treated)
    with pytest.raises(ValueError, match="one row a customer, got 39 and 40"):
        TLearner().fit(X.iloc[1:], visit, treatment=treated)
