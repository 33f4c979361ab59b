"""A change is shared out so that it adds up, whatever changed."""

from dataclasses import asdict, replace

import numpy as np
import pytest

import crmlab as crm
from crmlab.strategic.performance import (
    DRIVERS,
    LEVERS,
    Drivers,
    by_benefit,
    by_direct_benefit,
    by_lever,
    counted_one_by_one,
    decompose,
    drivers_of,
    elasticities,
    lmdi,
    owners,
    shapley,
)

BEFORE = Drivers(800, 100, 2.0, 1.5, 20.0, 0.3, 100.0)


def random_drivers(rng):
    return Drivers(*(rng.uniform(0, 900, 2)), *rng.uniform(0.5, 5, 2), rng.uniform(5, 50),
                   rng.uniform(0, 0.6), rng.uniform(0, 5_000))  # fmt: skip


def test_contributions_add_up_to_the_cent():
    rng = np.random.default_rng(1)
    for _ in range(50):
        one, two = random_drivers(rng), random_drivers(rng)
        parts = decompose(one, two)
        assert (100 * parts).round().sum() == round(100 * (two.profit_eur - one.profit_eur))


def test_what_did_not_change_contributes_nothing():
    parts = decompose(BEFORE, replace(BEFORE, orders=3.0))
    assert parts.drop("orders").abs().sum() == 0


def test_swapping_the_periods_turns_the_signs():
    after = replace(BEFORE, orders=3.0, price=25.0, cost=0.0)
    assert decompose(BEFORE, after).tolist() == (-decompose(after, BEFORE) + 0.0).tolist()


def test_alike_drivers_get_alike_shares():
    parts = shapley(lambda v: v["a"] * v["b"], {"a": 1, "b": 1}, {"a": 3, "b": 3})
    assert parts["a"] == parts["b"] == 4.0


def test_the_logarithmic_mean_is_near_shapley_and_adds_up():
    before, after = {"a": 10.0, "b": 4.0, "c": 2.0}, {"a": 12.0, "b": 3.0, "c": 2.5}
    log = lmdi(before, after)
    value = shapley(lambda v: v["a"] * v["b"] * v["c"], before, after)
    assert log.sum() == pytest.approx(10.0) == value.sum()
    assert (log - value).abs().max() < 0.5


def test_one_by_one_counts_twice_what_two_did_together():
    after = replace(BEFORE, orders=3.0, price=25.0)
    change = after.profit_eur - BEFORE.profit_eur
    assert counted_one_by_one(BEFORE, after).sum() > change
    one = replace(BEFORE, orders=3.0)
    assert counted_one_by_one(BEFORE, one).sum() == pytest.approx(
        one.profit_eur - BEFORE.profit_eur
    )


def test_every_driver_has_one_lever_and_one_benefit():
    parts = decompose(BEFORE, Drivers(900, 50, 2.2, 1.4, 22.0, 0.31, 800.0))
    assert set(LEVERS) == set(DRIVERS) == set(asdict(BEFORE)) == set(owners().index)
    assert owners().notna().all(axis=None)
    for grouped in (by_lever(parts), by_benefit(parts), by_direct_benefit(parts)):
        assert grouped.sum() == pytest.approx(parts.sum())


def test_drivers_multiply_to_the_margin_in_the_books():
    records = crm.simulate("retail", 200, 40, 5).records
    found = drivers_of(records, 20, 40)
    orders = records.orders
    inside = orders["ordered_at"].to_numpy() >= records.as_of(20).now
    assert found.margin_eur == pytest.approx(orders.loc[inside, "margin_eur"].sum())
    assert found.new == 0  # everybody came in the first weeks


def test_factors_of_a_product_govern_alike():
    found = elasticities(replace(BEFORE, new=0.0, cost=0.0))
    assert found[["kept", "orders", "lines", "price", "margin_rate"]].round(9).tolist() == [1.0] * 5


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: Drivers(1, 1, 1, 1, 1, 30.0), "margin_rate must be in .* Is this a percentage"),
        (lambda: Drivers(-1, 1, 1, 1, 1, 0.3), "kept must be a finite number >= 0"),
        (lambda: shapley(len, {"a": 1}, {"b": 2}), "must name the same"),
        (lambda: lmdi({"a": 0.0}, {"a": 2.0}), "all above 0"),
        (lambda: drivers_of(crm.simulate("retail", 5, 3, 1).records, 300, 301), "no order between"),
    ],
)
def test_bad_input_is_explained(make, words):
    with pytest.raises(ValueError, match=words):
        make()
