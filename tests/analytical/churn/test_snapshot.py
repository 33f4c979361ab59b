"""What was known, and what came: by hand, without the future, and with few tables."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab import Records
from crmlab.analytical.churn import ChurnModel, features, grade, snapshot
from crmlab.analytical.cohorts import came_back


def log(*rows):
    """Records of (customer, day, EUR) alone."""
    frame = pd.DataFrame(rows, columns=["who", "on", "eur"])
    return Records.from_transactions(frame, customer="who", date="on", value="eur")


@pytest.fixture(scope="module")
def market():
    return crm.simulate("retail", 1_500, 78, 4, crm.policies.newsletter(2)).records


def test_features_of_orders_by_hand():
    """Orders of 10 and 30 EUR twelve and two weeks before: five weeks a silence, two so far."""
    records = log((7, "2024-01-01", 10.0), (7, "2024-03-11", 30.0), (8, "2024-03-24", 5.0))
    found = features(records, "2024-03-25")
    assert found.loc[7].to_dict() == pytest.approx(
        {"weeks_since_order": 2, "weeks_known": 12, "orders": 2, "mean_order_eur": 20,
         "overdue": 2 * 2 / 12, "orders_recent": 1}
    )  # fmt: skip
    assert found.loc[8, "weeks_since_order"] == pytest.approx(1 / 7)


def test_features_of_every_table_by_hand():
    at = lambda *days: np.array(days, "datetime64[s]")  # noqa: E731
    records = Records(
        {
            "orders": pd.DataFrame({"order_id": [1], "customer_id": 7, "value_eur": 40.0,
                                    "margin_eur": 9.0, "ordered_at": at("2024-01-01")}),
            "returns": pd.DataFrame({"order_id": [1], "line": 1, "refund_eur": 10.0,
                                     "margin_eur": 2.0, "returned_at": at("2024-01-10")}),
            "sessions": pd.DataFrame(
                {"session_id": [1, 2, 3], "customer_id": 7, "source": "direct", "pages": 3,
                 "cart": [True, True, False], "order_id": [1, 0, 0],
                 "started_at": at("2024-01-01", "2024-03-01", "2024-03-11")}
            ),
            "messages": pd.DataFrame({"message_id": [1, 2], "customer_id": 7,
                                      "sent_at": at("2024-01-02", "2024-03-02")}),
            "responses": pd.DataFrame({"message_id": [2, 2], "customer_id": 7,
                                       "event": ["open", "click"],
                                       "at": at("2024-03-02", "2024-03-02 00:01")}),
        }
    )  # fmt: skip
    found = features(records, "2024-03-25").loc[7]
    assert found["returned_share"] == 0.25
    assert found[["visits_recent", "carts_left_recent", "weeks_since_visit"]].tolist() == [2, 1, 2]
    assert found[["messages_recent", "opens_recent", "clicks_recent"]].tolist() == [1, 1, 1]


def test_without_other_tables_their_features_are_left_out(market):
    few = features(log((1, "2024-01-01", 9.0)), "2024-02-01")
    assert few.shape == (1, 6)
    everything = features(market, 40)
    assert set(few) < set(everything)
    assert np.isfinite(everything.to_numpy()).all()
    orders_only = features(Records({"orders": market.orders}), 40)
    pd.testing.assert_frame_equal(orders_only, everything[orders_only.columns])


def test_a_label_by_hand():
    """An order in the very second of the moment is future; one at the end of it is too late."""
    records = log((1, "2024-01-01", 9.0), (2, "2024-01-01", 9.0), (3, "2024-01-01", 9.0),
                  (1, "2024-02-05", 9.0), (2, "2024-02-26", 9.0))  # fmt: skip
    shot = snapshot(records, "2024-02-05", horizon_weeks=3)
    assert shot.churned.to_dict() == {1: False, 2: True, 3: True}
    assert shot.weeks.to_dict() == {1: 0.0, 2: 3.0, 3: 3.0}
    assert shot.X["orders"].tolist() == [1, 1, 1]


def test_the_label_is_that_of_the_cohorts(market):
    shot = snapshot(market, 40, horizon_weeks=26)
    back = came_back(market, shot.when, 26)
    assert shot.churned.to_dict() == (~back.set_index("customer_id")["came_back"]).to_dict()
    assert ((shot.weeks < 26) == ~shot.churned).all()


def test_the_future_of_the_records_changes_no_feature(market):
    """Cut off whatever came at the moment or later: the features stay as they are."""
    now = market.as_of(40)
    pd.testing.assert_frame_equal(features(market, 40), features(now, 40))
    cut = Records({name: now[name] for name in now})
    pd.testing.assert_frame_equal(features(cut, 40), features(market, 40))


def test_features_that_know_the_future_make_a_useless_model_look_perfect(market):
    """The lesson of leakage: weeks of silence *at the end* of the horizon tell all of it."""
    shot = snapshot(market, 40, horizon_weeks=26)
    honest = ChurnModel().fit(shot.X, shot.churned)
    leaky_X = features(market, shot.until).loc[shot.X.index]
    leaky = ChurnModel().fit(leaky_X, shot.churned)
    assert grade(leaky.risk(leaky_X), shot.churned).auc > 0.995
    assert grade(honest.risk(shot.X), shot.churned).auc < 0.97
    in_use = leaky.risk(shot.X)  # on the day, only what is known then is there
    assert grade(in_use, shot.churned).brier > grade(honest.risk(shot.X), shot.churned).brier


def test_features_after_the_moment_are_refused(market):
    with pytest.raises(ValueError, match="features_as_of must not be after when.*leakage"):
        snapshot(market, 30, features_as_of=31)
    late = snapshot(market, 30, features_as_of=28)
    assert late.when == snapshot(market, 30).when
    assert late.X["weeks_known"].min() > 0
    assert len(late.X) <= len(snapshot(market, 30).X)


def test_a_horizon_that_is_not_over_is_refused(market):
    with pytest.raises(ValueError, match="the log ends on .*, before 26 weeks from 2025-05-05"):
        snapshot(market, 70)
    with pytest.raises(ValueError, match="before 26 weeks"):
        snapshot(market.as_of(60), 40)
    records = log((1, "2024-01-01", 9.0), (2, "2024-01-08", 9.0))
    with pytest.raises(ValueError, match="say until when \\(log_ends\\)"):
        snapshot(records, "2024-01-08", horizon_weeks=2)
    quiet = snapshot(records, "2024-01-08", horizon_weeks=2, log_ends="2024-02-01")
    assert quiet.churned.all()


def test_by_default_the_latest_moment_is_taken(market):
    shot = snapshot(market, horizon_weeks=12)
    assert shot.until >= market.orders["ordered_at"].max()
    assert repr(shot).startswith(f"{len(shot.X):,} customers on {str(shot.when)[:10]}")


def test_bad_input_is_named(market):
    with pytest.raises(ValueError, match="nobody had ordered before 2024-01-01"):
        features(market, 0)
    with pytest.raises(ValueError, match="horizon_weeks must be between 1 and 5,000, got 0"):
        snapshot(market, 40, horizon_weeks=0)
    with pytest.raises(ValueError, match="when must be a week number or a time"):
        features(market, "soon")
