"""The work that customers make: who causes it, how long it takes, and what is written down."""

import numpy as np
import pandas as pd
import pytest

from crmlab.market.packs import SERVING, scenario
from crmlab.market.run import simulate
from crmlab.tables import SERVICE_KINDS, WORK_DRIVERS

SERVED = scenario("retail").replace(**SERVING)


@pytest.fixture(scope="module")
def run():
    return simulate(SERVED, 2_000, 52, 7)


def pieces(run):
    """Pieces of each driver that fell due in the run, by week."""
    lines = run.records.order_lines.merge(run.records.orders, on="order_id")
    when = {
        "orders": run.records.orders["ordered_at"],
        "lines": lines["ordered_at"],
        "returns": run.records.returns["returned_at"],
    }
    services = run.records.services
    when |= {kind: services.loc[services["kind"] == kind, "asked_at"] for kind in SERVICE_KINDS}
    week = {k: (t - pd.Timestamp("2024-01-01")).dt.days // 7 for k, t in when.items()}
    counts = {k: np.bincount(w, minlength=run.weeks) for k, w in week.items()}
    return pd.DataFrame(counts)[list(WORK_DRIVERS)]


def test_by_default_nobody_makes_work():
    quiet = simulate("retail", 300, 30, 7)
    assert not len(quiet.records.services) and not len(quiet.records.time_sheets)
    assert "serving customers" not in set(quiet.ledger["cause"])
    assert (quiet.truth.people["serving_cost_eur"] == 0).all()
    assert (quiet.truth.people["demandingness"] == 1).all()


def test_work_changes_nothing_that_customers_do(run):
    quiet = simulate("retail", 2_000, 52, 7)
    for table in ("orders", "order_lines", "returns", "sessions"):
        pd.testing.assert_frame_equal(run.records[table], quiet.records[table])


def test_the_cost_of_work_is_minutes_times_pieces(run):
    """By hand from the tables that the firm holds; the ledger and the truth agree."""
    cost = (pieces(run) * np.array(SERVED.work_minutes)).to_numpy().sum() * SERVED.work_minute_eur
    paid = run.ledger.loc[run.ledger["cause"] == "serving customers", "eur"].sum()
    assert paid == pytest.approx(-cost, abs=0.01 * run.weeks)
    assert run.truth.people["serving_cost_eur"].sum() == pytest.approx(cost)


def test_demanding_people_cause_more_service_in_proportion(run):
    services = run.records.services.merge(run.truth.identity).groupby("person_id").size()
    orders = run.records.orders.merge(run.truth.identity).groupby("person_id").size()
    people = run.truth.people.set_index("person_id")
    expected = people["demandingness"] * orders * sum(SERVED.service_per_order)
    half = people["demandingness"].rank(pct=True) > 0.5
    for group in (half, ~half):
        got = services.reindex(expected.index[group]).sum()
        assert got == pytest.approx(expected[group].sum(), rel=0.1)


def test_demandingness_has_mean_one_and_the_stated_spread(run):
    logs = np.log(run.truth.people["demandingness"])
    assert logs.std() == pytest.approx(SERVED.demandingness_log_sd, rel=0.05)
    assert run.truth.people["demandingness"].mean() == pytest.approx(1.0, abs=0.1)


def test_time_sheets_are_the_true_minutes_with_an_error():
    exact = simulate(SERVED.replace(sheet_error=0.0), 500, 30, 7)
    minutes = (pieces(exact) * np.array(SERVED.work_minutes)).to_numpy().sum()
    sheets = exact.records.time_sheets
    assert sheets["minutes"].sum() == pytest.approx(minutes, abs=len(sheets))
    noisy = simulate(SERVED.replace(sheet_error=0.3), 500, 30, 7).records.time_sheets
    busy = (sheets["minutes"] > 100).to_numpy()
    ratio = np.log(noisy["minutes"] / sheets["minutes"])[busy]
    assert ratio.std() == pytest.approx(0.3, rel=0.3)


def test_a_wrong_number_of_minutes_is_an_error():
    with pytest.raises(ValueError, match="work_minutes must have 7 values, got 2"):
        SERVED.replace(work_minutes=(1.0, 2.0))
