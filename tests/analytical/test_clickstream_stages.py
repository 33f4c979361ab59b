"""Buying stages behind visits: found where they follow one another, and not where they do not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import crmlab as crm
from crmlab.analytical.clickstream import MarkovRecogniser, StageHMM, match_types


def process(customers=400, visits=8, seed=1):
    """Customers who go through three stages; each visit's pages lean to its stage's own kind."""
    chance = np.random.default_rng(seed)
    go = np.array([[0.7, 0.25, 0.05], [0.05, 0.7, 0.25], [0.2, 0.05, 0.75]])
    lean = np.array([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]])
    stage = np.zeros((customers, visits), dtype=int)
    for t in range(1, visits):
        edges = go[stage[:, t - 1]].cumsum(axis=1)
        stage[:, t] = np.minimum((chance.random(customers)[:, None] > edges).sum(axis=1), 2)
    pages = np.repeat(stage.ravel(), 4)
    page = np.minimum((chance.random(len(pages))[:, None] > lean[pages].cumsum(1)).sum(1), 2)
    session_id = np.arange(customers * visits)
    views = pd.DataFrame({"session_id": np.repeat(session_id, 4)})
    views["view"] = np.tile([1, 2, 3, 4], len(session_id))
    views["page_type"] = np.array(["a", "b", "c"])[page]
    sessions = pd.DataFrame({"session_id": session_id})
    sessions["customer_id"] = np.repeat(np.arange(customers), visits)
    days = np.tile(np.arange(visits), customers) * np.timedelta64(1, "D")
    sessions["started_at"] = np.datetime64("2024-01-01", "s") + days
    return views, sessions, pd.Series(stage.ravel(), session_id), go


@pytest.fixture(scope="module")
def drawn():
    return process()


@pytest.fixture(scope="module")
def market():
    run = crm.simulate("retail", 800, 104, 7)
    truth = run.truth.sessions.set_index("session_id")["buying_stage"]
    return run.records.page_views, run.records.sessions, truth


def agreement(guess, truth):
    return (guess.astype(object) == truth.reindex(guess.index).astype(object)).mean()


def test_labelled_stages_are_counted_by_hand():
    """One customer, three visits: early, early, late."""
    views = pd.DataFrame({"session_id": [3, 1, 2], "view": 1, "page_type": ["x", "x", "y"]})
    sessions = pd.DataFrame(
        {"session_id": [1, 2, 3], "customer_id": 9,
         "started_at": np.array(["2024-01-01", "2024-01-03", "2024-01-02"], "datetime64[s]")}
    )  # fmt: skip
    labels = pd.Series(["early", "late", "early"], index=[1, 2, 3])
    model = StageHMM(dwell=False, smoothing=1e-9).fit(views, sessions, labels)
    assert model.moves_.loc["early"].tolist() == pytest.approx([0.5, 0.5])
    assert model.start_["early"] == pytest.approx(1)
    assert model.predict(views, sessions).tolist() == ["early", "late", "early"]


def test_moves_between_stages_are_found_again_with_labels(drawn):
    views, sessions, stage, go = drawn
    model = StageHMM(dwell=False).fit(views, sessions, stage)
    assert np.abs(model.moves_.to_numpy() - go).max() < 0.05


def test_moves_between_stages_are_found_again_without_labels(drawn):
    views, sessions, stage, go = drawn
    model = StageHMM(stages=3, starts=6, dwell=False, seed=1).fit(views, sessions)
    guess = model.predict(views, sessions)
    match = match_types(guess, stage)
    back = [k for k, _ in sorted(match.names.items(), key=lambda pair: pair[1])]
    assert match.accuracy > 0.8
    assert np.abs(model.moves_.loc[back, back].to_numpy() - go).max() < 0.1


def test_a_sequence_tells_more_than_a_visit_where_stages_follow_each_other(drawn):
    views, sessions, stage, _ = drawn
    model = StageHMM(dwell=False).fit(views, sessions, stage)
    alone = agreement(MarkovRecogniser().fit(views, stage).predict(views), stage)
    so_far = agreement(model.filter_proba(views, sessions).idxmax(axis=1), stage)
    whole = agreement(model.predict_proba(views, sessions).idxmax(axis=1), stage)
    assert alone + 0.05 < so_far < whole


def test_in_the_market_a_sequence_tells_nothing_beyond_the_visit(market):
    """Its stages are drawn anew for each visit: rows of the moves are alike, and no gain."""
    views, sessions, stage = market
    model = StageHMM().fit(views, sessions, stage)
    whole = agreement(model.predict_proba(views, sessions).idxmax(axis=1), stage)
    alone = agreement(MarkovRecogniser(dwell=True).fit(views, stage).predict(views), stage)
    assert abs(whole - alone) < 0.01
    assert whole > 1.5 * stage.value_counts(normalize=True).iloc[0]
    assert (model.moves_.std() < 0.03).all()


def test_comparing_takes_longer_than_looking_around(market):
    """The market's rule, found in the fitted times."""
    views, sessions, stage = market
    dwell_s = StageHMM().fit(views, sessions, stage).dwell_s_
    assert (dwell_s.loc["evaluate and select"] > dwell_s.loc["unaware"])[
        ["product", "article"]
    ].all()


def test_baum_welch_never_goes_down(market):
    views, sessions, _ = market
    model = StageHMM(stages=4, starts=2).fit(views[:15_000], sessions)
    assert np.diff(model.path_).min() >= -1e-6
    assert model.path_[-1] > model.path_[0]


def test_without_sessions_the_steps_are_pages():
    """Within a session the mode of use does not change, so hardly any stage is left."""
    views = crm.simulate("retail", 150, 52, 7).records.page_views
    model = StageHMM(stages=2, starts=2, dwell=False).fit(views)
    assert np.diag(model.moves_).min() > 0.8
    path = model.predict(views)
    assert path.index.names == ["session_id", "view"]
    assert len(path) == len(views)


def test_rows_of_the_tables_may_come_in_any_order(drawn):
    views, sessions, stage, _ = drawn
    model = StageHMM(dwell=False).fit(views, sessions, stage)
    mixed = StageHMM(dwell=False).fit(
        views.sample(frac=1, random_state=1), sessions.sample(frac=1, random_state=2), stage
    )
    assert mixed.log_likelihood_ == pytest.approx(model.log_likelihood_)
    assert np.array_equal(mixed.moves_, model.moves_)


def test_bad_input_is_answered_with_a_remedy(drawn):
    views, sessions, stage, _ = drawn
    model = StageHMM(dwell=False).fit(views, sessions, stage)
    assert clone(model).get_params() == model.get_params()
    with pytest.raises(ValueError, match="fitted with sessions: pass them likewise"):
        model.predict(views)
    with pytest.raises(ValueError, match="sessions must have the column 'started_at'"):
        model.predict(views, sessions.drop(columns="started_at"))
    with pytest.raises(ValueError, match="session 0 is missing"):
        model.predict(views, sessions[sessions["session_id"] > 0])
    with pytest.raises(ValueError, match="labels must name every session"):
        StageHMM(dwell=False).fit(views, sessions, stage.iloc[1:])
    with pytest.raises(ValueError, match="must have the column 'dwell_seconds'"):
        StageHMM().fit(views, sessions, stage)
