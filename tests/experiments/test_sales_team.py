"""A drawn sales team: shares and means as specified, luck apart from optimism, no foresight."""

import numpy as np
import pytest

from crmlab.analytical.forecast import stage_probabilities
from crmlab.experiments.sales_team import (
    STAGES,
    SalesTeam,
    correction_gain,
    draw_deals,
    lingering_sweep,
    monthly_estimates,
    open_deals,
    pipeline_against_truth,
    stage_history,
)

TEAM = SalesTeam()


@pytest.fixture(scope="module")
def deals():
    return draw_deals(SalesTeam(reps=40), months=60, seed=5)


def test_deals_pass_the_stages_as_specified(deals):
    offered, talked = deals["offer"].notna(), deals["negotiation"].notna()
    assert offered.mean() == pytest.approx(0.5, abs=0.02)
    assert talked[offered].mean() == pytest.approx(0.6, abs=0.02)
    assert deals["won"][talked].mean() == pytest.approx(0.6, abs=0.02)
    assert deals["won"].mean() == pytest.approx(TEAM.win_chance("lead"), abs=0.02)
    assert not deals["won"][~talked].any()


def test_times_and_values_are_as_specified(deals):
    stays = (deals["offer"] - deals["lead"]).dropna()
    assert stays.mean() == pytest.approx(3.0, rel=0.05)
    assert deals["value_eur"].median() == pytest.approx(1_500, rel=0.05)
    later = deals[["lead", "offer", "negotiation", "decided"]].T.ffill().T.to_numpy()
    assert (np.diff(later, axis=1) >= 0).all()


def test_optimism_changes_no_deal():
    """The same deals arise and end alike; only what is said of them differs."""
    cheerful = TEAM.replace(optimism_mean=1.0, judgement_sd=0.4)
    assert draw_deals(TEAM, 6, 3).equals(draw_deals(cheerful, 6, 3))


def test_reps_sell_what_a_month_brings_on_average():
    team = SalesTeam(reps=60)
    record = monthly_estimates(team, draw_deals(team, 24, 2), 24, 2)
    assert record["sales_eur"].mean() == pytest.approx(team.month_eur, rel=0.06)
    assert record.groupby("rep_id").size().eq(24).all()


def test_reps_without_optimism_are_right_on_average():
    team = SalesTeam(reps=60, optimism_mean=0.0, optimism_sd=0.0, judgement_sd=0.0)
    record = monthly_estimates(team, draw_deals(team, 24, 2), 24, 2)
    assert record["estimate_eur"].mean() == pytest.approx(record["sales_eur"].mean(), rel=0.05)


def test_a_fixed_optimism_stays_and_a_passing_one_does_not():
    def drift(memory):
        team = SalesTeam(reps=30, optimism_memory=memory, insight=0.0, judgement_sd=0.0)
        said = monthly_estimates(team, draw_deals(team, 12, 2), 12, 2)
        return np.log(said["estimate_eur"]).groupby(said["rep_id"]).std().mean()

    assert drift(1.0) == pytest.approx(0.0, abs=1e-5)
    assert drift(0.0) == pytest.approx(0.35, rel=0.15)


def test_the_pipeline_holds_open_deals_only(deals):
    team = SalesTeam(reps=40)
    now = open_deals(team, deals, 50.0, 5)
    known = deals.set_index("deal_id").loc[now["deal_id"]]
    assert (known["decided"] > 50).all() and (known["lead"] <= 50).all()
    assert set(now["stage"]) == set(STAGES)
    assert now["rep_probability"].between(0, 0.95).all()


def test_history_tells_nothing_of_open_deals(deals):
    history = stage_history(deals, 50.0)
    decided = deals.set_index("deal_id").loc[history["deal_id"], "decided"].to_numpy() <= 50
    assert history["won"].notna().to_numpy().tolist() == decided.tolist()
    found = stage_probabilities(history)["probability"]
    assert found["negotiation"] == pytest.approx(0.6, abs=0.05)


def test_correcting_helps_against_habits_and_not_against_moods():
    habit = np.mean([correction_gain(TEAM, seed) for seed in range(6)])
    honest = SalesTeam(optimism_mean=0.0, optimism_sd=0.0)
    assert habit > 0.05 > np.mean([correction_gain(honest, seed) for seed in range(6)])


def test_deals_that_linger_make_the_pipeline_look_rich():
    table = lingering_sweep([1.0, 3.0], firms=6)
    assert table.columns.tolist() == ["lingering", "by the reps", "by stage"]
    assert table["by stage"].iloc[1] > 30 > abs(table["by stage"].iloc[0])


def test_the_sums_of_a_pipeline_are_named():
    assert pipeline_against_truth(TEAM).index.tolist() == ["by the reps", "by stage", "came"]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"offer_rate": 50}, ValueError, r"offer_rate must be in \[0, 1\], got 50"),
        ({"lingring": 2.0}, TypeError, "Did you mean 'lingering'"),
        ({"reps": 2.5}, (TypeError, ValueError), "reps"),
    ],
)
def test_a_team_that_cannot_be_is_refused(change, error, words):
    with pytest.raises(error, match=words):
        TEAM.replace(**change)
