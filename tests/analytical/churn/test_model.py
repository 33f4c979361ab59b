"""Four models of churn behind one interface: as scikit-learn has it, and against the truth."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import estimator_checks_generator

import crmlab as crm
from crmlab.analytical.churn import KINDS, ChurnModel, evaluate, snapshot

each = pytest.mark.parametrize("kind", KINDS)


class Watched(ChurnModel):
    """A survival model as an estimator of X and y alone: the times are made up."""

    def fit(self, X, y, weeks=None):
        n = 0 if y is None else len(np.asarray(y))
        return super().fit(X, y, weeks=1 + np.arange(n) % 25)


# Groups by one feature cannot rank as well as these checks ask of every classifier.
TOO_SIMPLE = {"check_classifiers_train": "groups by one feature only"}
CHECKED = [ChurnModel("logistic"), ChurnModel("boosting"), Watched("cox"), Watched("kaplan-meier")]


@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        pytest.param(estimator, check, id=f"{model.kind}-{i}-{check.func.__name__}")
        for model in CHECKED
        for i, (estimator, check) in enumerate(estimator_checks_generator(model))
        if check.func.__name__ != "check_array_api_input"
        and not (model.kind == "kaplan-meier" and check.func.__name__ in TOO_SIMPLE)
    ],
)
def test_scikit_learns_own_checks_pass(estimator, check):
    """All but the array API, which is tried only where it is switched on, and `TOO_SIMPLE`."""
    check(estimator)


@pytest.fixture(scope="module")
def run():
    return crm.simulate("retail", 2_000, 104, 5)


@pytest.fixture(scope="module")
def shots(run):
    return snapshot(run.records, 48, 26), snapshot(run.records, 76, 26)


def fitted(kind, shot):
    return ChurnModel(kind, horizon_weeks=26).fit(shot.X, shot.churned, weeks=shot.weeks)


@each
def test_risks_come_by_customer_between_0_and_1(kind, shots):
    risk = fitted(kind, shots[0]).risk(shots[1].X)
    assert risk.index.equals(shots[1].X.index)
    assert risk.between(0, 1).all()
    assert risk.nunique() > 1


@each
def test_a_later_year_is_foreseen(kind, shots):
    """Better than the churn rate alone, and than silence alone where more than it is used."""
    grades = evaluate(ChurnModel(kind, horizon_weeks=26), *shots)
    assert grades.brier < 0.75 * grades.brier_of_rate
    assert grades.auc > 0.8
    if kind != "kaplan-meier":
        silence = roc_auc_score(shots[1].churned, shots[1].X["weeks_since_order"])
        assert grades.auc > silence


@each
def test_those_who_have_left_have_the_higher_risk(kind, run, shots):
    """The truth of the market: who had left by the day, whatever the label says."""
    people = run.truth.identity.merge(run.truth.people[["person_id", "left_at"]])
    left = people.set_index("customer_id")["left_at"].reindex(shots[1].X.index)
    gone = (left < shots[1].when).to_numpy()
    risk = fitted(kind, shots[0]).risk(shots[1].X)
    assert 0.2 < gone.mean() < 0.9
    assert roc_auc_score(gone, risk) > (0.7 if kind == "kaplan-meier" else 0.85)


@each
def test_risks_are_calibrated_on_those_whom_it_learned_from(kind, shots):
    risk = fitted(kind, shots[0]).risk(shots[0].X)
    assert risk.mean() == pytest.approx(shots[0].churned.mean(), abs=0.03)


def test_kaplan_meier_without_censoring_is_the_share_by_hand():
    """Two groups of four: three of four and one of four churned."""
    X = np.array([[0.0]] * 4 + [[9.0]] * 4)
    churned = np.array([True, True, True, False, True, False, False, False])
    weeks = np.where(churned, 10.0, 5.0)
    model = ChurnModel("kaplan-meier", horizon_weeks=10, by=0).fit(X, churned, weeks=weeks)
    assert model.risk(np.array([[0.0], [9.0]])) == pytest.approx([0.75, 0.25])
    silent = model.still_silent(np.array([[0.0]]), [4, 5, 10])
    assert silent.to_numpy()[0] == pytest.approx([1.0, 0.75, 0.75])


def test_silence_never_grows_less_with_waiting(shots):
    for kind in ("kaplan-meier", "cox"):
        silent = fitted(kind, shots[0]).still_silent(shots[1].X, [1, 4, 13, 26])
        assert (silent.diff(axis=1).iloc[:, 1:] <= 1e-12).all(axis=None)
        assert silent.columns.tolist() == [1, 4, 13, 26]


def test_cox_learns_from_customers_who_were_watched_for_a_part_only():
    """Orders at a rate that depends on x, many censored early: the risk at the end is right."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4_000, 1))
    order = rng.exponential(1 / (0.05 * np.exp(np.sign(x[:, 0]) * np.log1p(np.abs(x[:, 0])))))
    watched = np.where(rng.random(4_000) < 0.5, 26.0, rng.uniform(2, 26, 4_000))
    model = ChurnModel("cox", horizon_weeks=26)
    model.fit(x, order > watched, weeks=np.minimum(order, watched))
    ask = np.array([[-2.0], [0.0], [2.0]])
    true = np.exp(-26 * 0.05 * np.exp(np.sign(ask) * np.log1p(np.abs(ask))))[:, 0]
    assert model.risk(ask) == pytest.approx(true, abs=0.04)
    plain = ChurnModel("logistic").fit(x, order > watched).risk(ask)
    assert abs(plain - true).max() > 0.1


def test_constant_and_doubled_features_do_no_harm(shots):
    X = shots[0].X.assign(one=1.0, twice=shots[0].X["orders"])
    for kind in KINDS:
        model = ChurnModel(kind).fit(X, shots[0].churned, weeks=shots[0].weeks)
        assert np.isfinite(model.risk(X)).all()


def test_customers_with_text_as_ids_and_labels_are_fine(shots):
    X = shots[0].X.set_axis([f"c{i}" for i in range(len(shots[0].X))])
    label = np.where(shots[0].churned, "lost", "kept")
    model = ChurnModel().fit(X, label)
    assert model.classes_.tolist() == ["kept", "lost"]
    assert model.risk(X).index[0] == "c0"
    assert set(model.predict(X)) == {"kept", "lost"}
    assert model.risk(X).to_numpy() == pytest.approx(
        ChurnModel().fit(X, shots[0].churned).risk(X).to_numpy()
    )


def test_bad_input_is_answered_with_a_remedy(shots):
    X, churned = shots[0].X, shots[0].churned
    with pytest.raises(ValueError, match="kind must be one of .*got 'coxx'.*Did you mean 'cox'"):
        ChurnModel("coxx").fit(X, churned)
    with pytest.raises(ValueError, match="weeks must say when the next order came.*weeks=shot"):
        ChurnModel("cox").fit(X, churned)
    with pytest.raises(ValueError, match="one class only: True"):
        ChurnModel().fit(X, np.ones(len(X), dtype=bool))
    with pytest.raises(ValueError, match="horizon_weeks must be a finite number > 0, got 0"):
        ChurnModel(horizon_weeks=0).fit(X, churned)
    with pytest.raises(ValueError, match="by must be a feature, got 'silence'"):
        ChurnModel("kaplan-meier", by="silence").fit(X, churned, weeks=shots[0].weeks)
    with pytest.raises(ValueError, match="which tells whether"):
        ChurnModel().fit(X, churned).still_silent(X, [4])
    with pytest.raises(ValueError, match="weeks must have one value a customer|equally long"):
        ChurnModel("cox").fit(X, churned, weeks=[1.0])
