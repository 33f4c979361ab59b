"""The same customers, the same luck, under another decision."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab import policies
from crmlab.experiments.compare import interval
from crmlab.market.run import simulate


def test_pairing_cuts_the_variance_of_a_newsletters_effect_at_least_eightfold():
    """Against independent seeds at the same cost (as many runs), the issue's case."""
    worlds, news = 24, policies.newsletter(every_weeks=2)
    paired = crm.compare(
        {"nothing": None, "newsletter": news}, customers=2_000, weeks=52, worlds=worlds, seed=3
    ).difference("newsletter")
    quiet = [simulate("retail", 2_000, 52, 50_000 + i).profit / 2_000 for i in range(worlds)]
    busy = [simulate("retail", 2_000, 52, 60_000 + i, news).profit / 2_000 for i in range(worlds)]
    independent = np.var(busy, ddof=1) + np.var(quiet, ddof=1)
    assert independent / np.var(paired, ddof=1) >= 8


def test_a_comparison_says_per_policy_what_the_contract_promises():
    """Columns, baseline, wins and the runs behind the first world."""
    cmp = crm.compare(
        {"nothing": None, "weekly": policies.newsletter(every_weeks=1)}, "retail",
        customers=200, weeks=20, worlds=4, seed=2,
    )  # fmt: skip
    assert list(cmp.table.columns) == [
        "policy", "profit_eur_per_customer", "difference_eur_per_customer", "low", "high", "wins",
    ]  # fmt: skip
    first = cmp.table.iloc[0]
    assert first["difference_eur_per_customer"] == 0 and first["wins"] == 0
    row = cmp.table.iloc[1]
    assert row["low"] <= row["difference_eur_per_customer"] <= row["high"]
    assert 0 <= row["wins"] <= 4
    run = simulate("retail", 200, 20, 2_000)
    assert cmp.worlds.iloc[0]["profit_eur_per_customer"] == pytest.approx(run.profit / 200)
    assert "weekly" in repr(cmp) and "<table" in cmp._repr_html_()


def test_one_world_has_no_interval():
    """A single difference says nothing of its own uncertainty."""
    cmp = crm.compare({"a": None, "b": policies.newsletter(4)}, customers=50, weeks=8, worlds=1)
    assert cmp.table["low"].isna().all()


def test_the_interval_is_students_t_by_hand():
    """Mean 2, standard deviation 1, three worlds: 2 -+ 4.3027 / sqrt(3)."""
    low, high = interval(np.array([1.0, 2.0, 3.0]))
    assert (low, high) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"policies": {}}, "policies is empty"),
        ({"policies": None}, "policies must be a dict"),
        ({"policies": [None, None]}, "two policies have the same name"),
        ({"worlds": 0}, "worlds must be between 1"),
        ({"worlds": 2.0}, "worlds must be a whole number"),
        ({"seed": -1}, "seed must be between 0"),
        ({"budget_eur": -1}, "budget_eur must be"),
        ({"scenario": "shop"}, "scenario must be one of"),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    """The message that a student sees."""
    with pytest.raises((ValueError, TypeError), match=words):
        crm.compare(**{"policies": {"nothing": None}, "customers": 10, "weeks": 2} | arguments)


@given(st.integers(1, 30), st.integers(1, 16), st.integers(1, 4), st.integers(0, 2**40))
@settings(max_examples=15, deadline=None)
def test_any_small_comparison_adds_up(customers, weeks, worlds, seed):
    """Whatever the size: paired differences average to the table, wins are counted."""
    cmp = crm.compare(
        {"nothing": None, "weekly": policies.newsletter(1)},
        customers=customers, weeks=weeks, worlds=worlds, seed=seed,
    )  # fmt: skip
    difference = cmp.difference("weekly")
    row = cmp.table.iloc[1]
    assert row["difference_eur_per_customer"] == pytest.approx(difference.mean())
    assert row["wins"] == (difference > 0).sum()
    assert len(cmp.worlds) == 2 * worlds
