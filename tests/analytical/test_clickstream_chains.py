"""Types of web users: found by EM and held against the truth, learned from labels by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_get_params_invariance,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
)

import crmlab as crm
from crmlab.analytical.clickstream import (
    MarkovMixture,
    MarkovRecogniser,
    compare_types,
    match_types,
)
from crmlab.analytical.clickstream.evidence import Chains, Evidence
from crmlab.analytical.clickstream.paths import read_paths

VIEWS = pd.DataFrame(
    {"session_id": [1, 1, 2, 2, 3], "view": [1, 2, 1, 2, 1],
     "page_type": ["offers", "offers", "home", "article", "offers"],
     "dwell_seconds": [10, 20, 60, 90, 30]}
)  # fmt: skip
LABELS = pd.Series(["hunter", "reader", "hunter"], index=[1, 2, 3])


@pytest.fixture(scope="module")
def market():
    """Page views, and the true type of every session."""
    run = crm.simulate("retail", 800, 104, 7)
    return run.records.page_views, run.truth.sessions.set_index("session_id")["user_type"]


@pytest.fixture(scope="module")
def found(market):
    return MarkovMixture(types=5, starts=10, seed=1).fit(market[0])


def drawn(sessions, seed):
    """Sessions of two types whose chains are written down here; the types as a Series."""
    chance = np.random.default_rng(seed)
    types = (chance.random(sessions) < 0.3).astype(int)
    go = np.array([[[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]], [[0.7, 0.1, 0.2], [0.3, 0.5, 0.2]]])
    page, rows = np.zeros(sessions, dtype=int), []
    on = np.arange(sessions)
    for view in range(1, 100):
        rows.append(pd.DataFrame({"session_id": on, "view": view, "page_type": page[on]}))
        edges = go[types[on], page[on]].cumsum(axis=1)
        following = (chance.random(len(on))[:, None] > edges).sum(axis=1)
        page[on] = np.minimum(following, 1)
        on = on[following < 2]
        if not len(on):
            break
    table = pd.concat(rows)
    return table.assign(page_type=np.array(["a", "b"])[table["page_type"]]), types, go


def test_labelled_chains_are_counted_by_hand():
    """Two hunters' sessions: offers, offers, gone; offers, gone. One move on, two leaves."""
    model = MarkovRecogniser(smoothing=1e-9, dwell=True).fit(VIEWS, LABELS)
    offers = model.pages_.index("offers")
    moves = model.transition_matrices_[0, offers]
    assert moves[offers] == pytest.approx(1 / 3)
    assert moves[-1] == pytest.approx(2 / 3)
    assert model.type_shares_["hunter"] == pytest.approx(2 / 3)
    assert model.dwell_s_.loc["hunter", "offers"] == pytest.approx(20)
    assert model.dwell_s_.loc["reader", "article"] == pytest.approx(90)


def test_the_posterior_is_bayes_rule_by_hand():
    """Shares 1/2; the page is offers with 0.8 under one type and 0.2 under the other."""
    go = np.array([[[1 / 3] * 3, [1 / 3] * 3, [0.8, 0.2, 0]], [[1 / 3] * 3] * 2 + [[0.2, 0.8, 0]]])
    model = MarkovRecogniser()
    model.pages_, model.classes_ = ("offers", "home"), np.array(["x", "y"])
    model.chains_ = Chains(np.array([0.5, 0.5]), go, np.ones((2, 2)))
    seen = model.predict_proba(VIEWS[VIEWS["session_id"] == 3])
    assert seen.loc[3].tolist() == pytest.approx([0.8, 0.2])


def test_time_on_a_page_speaks_for_the_type_that_takes_it():
    """By hand: one page of mean 1 or 2 s, seen for 2 s: densities e^-2 against e^-1 / 2."""
    views = VIEWS[VIEWS["session_id"] == 3].assign(dwell_seconds=2)
    paths = read_paths(views)
    flat = np.array([[[0.5, 0.5], [1.0, 0.0]]] * 2)
    chains = Chains(np.array([0.5, 0.5]), flat, np.array([[1.0], [2.0]]))
    scores = chains.scores(Evidence.of_sessions(paths, True))[0]
    assert scores[0] - scores[1] == pytest.approx(-2 - (-1 - np.log(2)))


def test_the_chains_that_drew_the_sessions_are_found_again():
    views, types, go = drawn(8_000, seed=3)
    model = MarkovMixture(types=2, starts=10, seed=0).fit(views)
    assert np.abs(model.transition_matrices_ - go).max() < 0.06
    assert abs(model.type_shares_[1] - types.mean()) < 0.04
    assert model.start_["a"].tolist() == pytest.approx([1, 1], abs=0.001)


def test_types_of_the_market_are_found_about_as_well_as_labels_would_teach_them(market, found):
    views, labels = market
    match = match_types(found.predict(views), labels)
    taught = MarkovRecogniser().fit(views, labels).predict(views)
    ceiling = (taught == labels.reindex(taught.index).astype(object)).mean()
    assert match.accuracy > ceiling - 0.05
    assert match.accuracy > 2 * match.largest
    assert match.rand > 0.4


def test_found_transition_matrices_lie_near_those_of_the_true_types(market, found):
    views, labels = market
    names = match_types(found.predict(views), labels).names
    true = MarkovRecogniser().fit(views, labels)
    rows = [list(true.classes_).index(names[k]) for k in found.classes_]
    kinds = [found.pages_.index(p) for p in ("category", "product", "article")]
    apart = (found.transition_matrices_ - true.transition_matrices_[rows])[:, kinds]
    seen = true.type_shares_.to_numpy()[rows] > 0.15
    assert np.abs(apart[seen]).mean() < 0.02


@pytest.mark.parametrize("dwell", [False, True])
def test_em_never_goes_down(market, dwell):
    model = MarkovMixture(types=3, starts=2, dwell=dwell, smoothing=0.5).fit(market[0][:20_000])
    assert np.diff(model.path_).min() >= -1e-6
    assert model.path_[-1] > model.path_[0]


def test_sessions_told_once_have_the_likelihood_of_all(market):
    """Equal sessions are put together: nothing may be lost by it."""
    paths = read_paths(market[0])
    every = Evidence.of_sessions(paths, False)
    once = every.distinct()
    model = MarkovRecogniser().fit(*market)
    assert once.weight.sum() == len(paths)
    assert len(once.weight) < 0.6 * len(paths)
    sums = every.cells.sum(axis=0)
    assert np.array_equal(once.cells.T @ once.weight, sums)
    assert once.weight @ model.chains_.scores(once) == pytest.approx(
        model.chains_.scores(every).sum(axis=0), rel=1e-10
    )


def test_one_type_is_the_pooled_chain():
    model = MarkovMixture(types=1, starts=1, smoothing=1e-9).fit(VIEWS)
    offers = model.pages_.index("offers")
    assert model.transition_matrices_[0, offers, -1] == pytest.approx(2 / 3)
    assert model.predict_proba(VIEWS)[0].tolist() == [1, 1, 1]
    # Starts 2/3, 1/3; offers goes on 1/3 and leaves 2/3: log-likelihood by hand.
    by_hand = np.log([2 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3, 2 / 3]).sum()
    assert model.log_likelihood_ == pytest.approx(by_hand, abs=1e-5)
    assert model.parameters_ == 2
    assert model.bic_ == pytest.approx(2 * np.log(3) - 2 * by_hand, abs=1e-4)


def test_bic_finds_two_types_where_there_are_two():
    views = drawn(4_000, seed=5)[0]
    table = compare_types(views, most=3, starts=4)
    assert table.loc[table["bic"].idxmin(), "types"] == 2
    assert table["log_likelihood"].is_monotonic_increasing


def test_more_clicks_are_known_better_and_a_started_session_has_not_left(market):
    views, labels = market
    model = MarkovRecogniser().fit(views, labels)
    true = labels.astype(object)
    after = [(model.posterior_after(views, k).idxmax(axis=1) == true).mean() for k in (1, 3, 40)]
    assert after[0] < after[1] < after[2]
    whole = model.predict_proba(views)
    assert not np.allclose(model.posterior_after(views, 10**6), whole)


def test_the_same_seed_finds_the_same(market):
    views = market[0][:10_000]
    one, two = (MarkovMixture(types=3, starts=2, seed=4).fit(views) for _ in range(2))
    assert np.array_equal(one.transition_matrices_, two.transition_matrices_)


def test_a_move_that_was_never_seen_stays_possible(found, market):
    """Checkout first has never happened; the posterior is still a probability."""
    strange = pd.DataFrame({"session_id": 1, "view": [1, 2], "page_type": ["checkout", "home"]})
    assert found.predict_proba(strange).sum(axis=1).tolist() == pytest.approx([1.0])


@pytest.mark.parametrize("model", [MarkovMixture(types=3), MarkovRecogniser(smoothing=0.5)])
def test_parameters_behave_as_scikit_learn_expects(model):
    name = type(model).__name__
    check_parameters_default_constructible(name, model)
    check_no_attributes_set_in_init(name, model)
    check_get_params_invariance(name, model)
    check_set_params(name, model)
    assert clone(model).get_params() == model.get_params()


def test_bad_input_is_answered_with_a_remedy():
    with pytest.raises(ValueError, match="types must be between 1 and 1,000, got 0"):
        MarkovMixture(types=0).fit(VIEWS)
    with pytest.raises(ValueError, match="types must not exceed the 3 sessions, got 5"):
        MarkovMixture(types=5).fit(VIEWS)
    with pytest.raises(ValueError, match="smoothing must be a finite number > 0, got 0"):
        MarkovMixture(types=2, smoothing=0).fit(VIEWS)
    with pytest.raises(ValueError, match="must have the column 'dwell_seconds'"):
        MarkovMixture(types=2, dwell=True).fit(VIEWS.drop(columns="dwell_seconds"))
    with pytest.raises(ValueError, match="1 of 3 have none, session 3 first"):
        MarkovRecogniser().fit(VIEWS, LABELS.drop(3))
    with pytest.raises(ValueError, match="labels must be a Series"):
        MarkovRecogniser().fit(VIEWS, LABELS.tolist())
    with pytest.raises(ValueError, match="got session 1 twice"):
        MarkovRecogniser().fit(VIEWS, pd.concat([LABELS, LABELS]))
    with pytest.raises(ValueError, match="clicks must be between 1"):
        MarkovRecogniser().fit(VIEWS, LABELS).posterior_after(VIEWS, 0)
