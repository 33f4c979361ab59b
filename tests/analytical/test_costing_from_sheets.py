"""Minutes a piece of work, out of a firm's own sheets and tables."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.costing import (
    TEAM_DRIVERS,
    absorb,
    activity_volumes,
    sheet_volumes,
    times_from_sheets,
    work_log,
)
from crmlab.market.packs import SERVING
from crmlab.tables import WORK_DRIVERS

SHOP = crm.scenario("retail").replace(**SERVING)
TRUE = dict(zip(WORK_DRIVERS, SERVING["work_minutes"], strict=True))


@pytest.fixture(scope="module")
def records():
    return crm.simulate(SHOP, 2_000, 52, 7).records


def test_every_kind_of_work_has_one_team():
    assert sorted(d for drivers in TEAM_DRIVERS.values() for d in drivers) == sorted(WORK_DRIVERS)


def test_the_log_adds_up_to_the_volumes_of_each_customer(records):
    counts = pd.crosstab(work_log(records)["customer_id"], work_log(records)["driver"])
    volumes = activity_volumes(records)[list(WORK_DRIVERS)]
    assert (counts.reindex(volumes.index, fill_value=0)[list(WORK_DRIVERS)] == volumes).all(
        axis=None
    )


def test_weeks_add_up_to_the_year(records):
    weeks, log = sheet_volumes(records), work_log(records)
    assert len(weeks) == 52
    assert weeks.sum().to_dict() == log["driver"].value_counts().to_dict()


def test_a_piece_lies_in_the_week_whose_sheet_ends_next(records):
    first = records.time_sheets["at"].min()
    log = work_log(records)
    orders = log[(log["driver"] == "orders") & (log["at"] <= first)]
    assert sheet_volumes(records)["orders"].iloc[0] == len(orders) > 0


def test_exact_sheets_give_the_true_minutes_back():
    exact = crm.simulate(SHOP.replace(sheet_error=0.0), 2_000, 52, 7).records
    minutes = times_from_sheets(exact).set_index("driver")["minutes"]
    for driver, true in TRUE.items():
        assert minutes[driver] == pytest.approx(true, abs=0.1), driver


def test_the_truth_lies_within_four_standard_errors_or_so(records):
    times = times_from_sheets(records).set_index("driver")
    away = (times["minutes"] - pd.Series(TRUE)) / times["standard_error"]
    assert away.abs().max() < 4
    assert (times["minutes"] >= 0).all()


def test_a_team_without_work_takes_no_time():
    quiet = SHOP.replace(service_per_order=(0.0, 0.0, 0.0, 0.0))
    times = times_from_sheets(crm.simulate(quiet, 500, 26, 7).records)
    desk = times[times["pool"] == "service desk"]
    assert (desk["minutes"] == 0).all() and desk["standard_error"].isna().all()


def test_all_cost_is_spread_and_nothing_else():
    volumes = pd.DataFrame({"orders": [3, 1], "calls": [0, 2]}, index=["Ada", "Bo"])
    times = pd.DataFrame(
        {"activity": ["pack", "call"], "pool": ["staff", "desk"], "driver": ["orders", "calls"],
         "minutes": [4.0, 6.0]}
    )  # fmt: skip
    found = absorb(volumes, times, cost_eur=56.0)  # 28 minutes, 2 EUR each
    assert found.cost_eur.to_dict() == {"Ada": 24.0, "Bo": 32.0}
    assert found.unused_eur == pytest.approx(0.0)


def test_wrong_minutes_move_costs_and_never_lose_them(records):
    volumes, times = activity_volumes(records)[list(WORK_DRIVERS)], times_from_sheets(records)
    twice = times.assign(minutes=times["minutes"] * np.where(times["pool"] == "warehouse", 2, 1))
    for table in (times, twice):
        assert absorb(volumes, table, 1_000.0).cost_eur.sum() == pytest.approx(1_000.0)


def test_free_work_costs_nobody_anything():
    volumes = pd.DataFrame({"orders": [3, 1]})
    times = pd.DataFrame({"activity": ["p"], "pool": "s", "driver": "orders", "minutes": 4.0})
    assert (absorb(volumes, times, 0.0).cost_eur == 0).all()


def test_without_sheets_the_remedy_is_named():
    with pytest.raises(ValueError, match=r"time sheets, there are none.*SERVING"):
        times_from_sheets(crm.simulate("retail", 100, 10, 7).records)


def test_cost_without_minutes_is_an_error():
    volumes = pd.DataFrame({"orders": [0, 0]})
    times = pd.DataFrame({"activity": ["p"], "pool": "s", "driver": "orders", "minutes": 4.0})
    with pytest.raises(ValueError, match="add up to none"):
        absorb(volumes, times, 10.0)
