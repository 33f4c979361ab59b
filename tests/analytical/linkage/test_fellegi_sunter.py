"""Linkage finds the people again without labels, and both linkers speak one language."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from crmlab.analytical.linkage import (
    FellegiSunter,
    NaiveEM,
    SplinkLinker,
    cluster,
    explain,
    pair_quality,
    pairwise,
    plan_for,
    true_pairs,
)


def quality(linker, records, truth):
    found = linker.pairs_[linker.pairs_["probability"] >= 0.5]
    across, key = linker.plan_.across, linker.plan_.key
    return pair_quality(found, truth, true_pairs(records, truth, key, across))


@pytest.fixture(scope="module")
def ours(linked):
    return linked


@pytest.fixture(scope="module")
def splinks(firm):
    return SplinkLinker().fit(firm[0])


def test_people_are_found_again_among_households_and_errors(firm, ours):
    assert quality(ours, *firm).f1 > 0.95


def test_splink_finds_them_as_well(firm, splinks):
    assert quality(splinks, *firm).f1 > 0.95


def test_without_the_household_neighbours_are_merged(firm, ours):
    """Address, surname and phone agree together: independence fails, precision goes."""
    plan = replace(plan_for(firm[0]), shared=())
    classical = FellegiSunter(plan).fit(firm[0])
    assert quality(classical, *firm).precision < 0.75 < quality(ours, *firm).precision


def test_u_from_blocked_pairs_is_worse(firm, ours):
    naive = NaiveEM().fit(firm[0])
    assert quality(naive, *firm).f1 < quality(ours, *firm).f1 - 0.1


def test_the_number_of_true_pairs_is_estimated(firm, ours):
    existing = true_pairs(*firm)
    assert ours.pairs_["probability"].sum() == pytest.approx(existing, rel=0.06)


def test_probabilities_mean_what_they_say(firm, ours):
    """Of the pairs called 90 to 100 %, about as many are one person's."""
    truth, pairs = firm[1], ours.pairs_
    sure = pairs[pairs["probability"] > 0.9]
    right = truth.loc[sure["left"]].to_numpy() == truth.loc[sure["right"]].to_numpy()
    assert right.mean() == pytest.approx(sure["probability"].mean(), abs=0.03)


def test_both_linkers_give_the_same_tables(ours, splinks):
    for name in ("pairs_", "weights_"):
        a, b = getattr(ours, name), getattr(splinks, name)
        assert list(a.columns) == list(b.columns)
        pd.testing.assert_frame_equal(a.iloc[:, :2], b.iloc[:, :2])
    both = np.corrcoef(ours.pairs_["weight"], splinks.pairs_["weight"])[0, 1]
    assert both > 0.98


def test_splinks_weight_is_the_sum_of_its_bits(firm, splinks):
    """What splink computes in SQL equals m and u as we read them out of its model."""
    again = FellegiSunter(splinks.plan_)
    again.plan_, again.model_ = splinks.plan_, splinks.model_
    pd.testing.assert_frame_equal(again.score_pairs(firm[0]), splinks.pairs_)


@pytest.mark.parametrize("kind", [FellegiSunter, SplinkLinker])
def test_the_same_seed_gives_the_same_bytes(firm, kind):
    linker, records = kind(random_pairs=20_000, seed=5), firm[0].head(300)
    first, second = (clone(linker).fit(records).pairs_ for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_scoring_the_records_of_fit_gives_its_pairs(firm, ours, splinks):
    for linker in (ours, splinks):
        pd.testing.assert_frame_equal(linker.score_pairs(firm[0]), linker.pairs_)


def test_the_order_of_rows_does_not_change_who_is_who(firm, ours):
    records, truth = firm
    shuffled = records.sample(frac=1, random_state=2)
    links = [
        cluster(linker.pairs_, records["customer_id"], 0.5)
        for linker in (ours, FellegiSunter().fit(shuffled))
    ]
    assert pairwise(links[1], links[0].set_index("customer_id")["golden_id"]).f1 > 0.99


def test_the_waterfall_of_a_pair_ends_at_its_probability(firm, ours, splinks):
    for linker in (ours, splinks):
        pair = linker.pairs_.iloc[7]
        falls = explain(linker, firm[0], pair["left"], pair["right"])
        assert falls["probability"].iloc[-1] == pytest.approx(pair["probability"])
        assert falls["bits"].iloc[1:].sum() == pytest.approx(pair["weight"])
        missing = falls["level"] == "missing"
        assert (falls.loc[missing, "bits"] == 0).all()


def test_agreement_is_worth_more_than_its_opposite(ours):
    for _, levels in ours.weights_.groupby("comparison"):
        assert levels["bits"].iloc[0] > 0 > levels["bits"].iloc[-1]
        assert levels["m"].sum() == pytest.approx(1)


def test_other_names_of_columns_do(firm):
    names = {"last_name": "nachname", "first_name": "vorname", "email": "mail"}
    records = firm[0].rename(columns=names | {"customer_id": "nr"})
    fields = {"nachname": "family", "vorname": "given", "mail": "email", "birth_year": "birth_year"}
    linker = FellegiSunter(plan_for(records, fields, key="nr")).fit(records)
    assert quality(linker, records, firm[1]).f1 > 0.85


@pytest.mark.parametrize("kind", [FellegiSunter, NaiveEM, SplinkLinker])
def test_tiny_tables_do_not_crash(kind):
    names = {"first_name": ["x", "x"], "last_name": ["y", "y"], "email": ["z@x.org"] * 2}
    records = pd.DataFrame({"customer_id": ["a", "b"], "birth_year": [1950, 1950]} | names)
    assert len(kind().fit(records).pairs_) == 1
    other = {"first_name": ["x", "k"], "last_name": ["y", "n"], "email": ["z@x.org", None]}
    apart = kind().fit(records.assign(**other))
    assert apart.pairs_.empty
    assert list(apart.pairs_.columns) == ["left", "right", "weight", "probability"]


@pytest.mark.parametrize("kind", [FellegiSunter, NaiveEM, SplinkLinker])
def test_linkers_are_scikit_learns(kind):
    name, linker = kind.__name__, kind(seed=3)
    estimator_checks.check_no_attributes_set_in_init(name, linker)
    estimator_checks.check_parameters_default_constructible(name, linker)
    estimator_checks.check_get_params_invariance(name, linker)
    estimator_checks.check_set_params(name, linker)
    estimator_checks.check_estimator_repr(name, linker)
    assert clone(linker).get_params() == linker.get_params()


def test_bad_input_is_named(firm):
    records = firm[0]
    with pytest.raises(NotFittedError):
        FellegiSunter().score_pairs(records)
    with pytest.raises(TypeError, match="records must be a DataFrame, got ndarray"):
        FellegiSunter().fit(records.to_numpy())
    with pytest.raises(ValueError, match="no column 'customer_id'"):
        FellegiSunter().fit(records.drop(columns="customer_id"))
    with pytest.raises(ValueError, match="two rows at least, got 1"):
        FellegiSunter().fit(records.head(1))
    with pytest.raises(ValueError, match="random_pairs must be between 1,000"):
        FellegiSunter(random_pairs=10).fit(records)
    with pytest.raises(ValueError, match="make no blocking key"):
        FellegiSunter().fit(records[["customer_id", "city"]])
    with pytest.raises(ValueError, match="splink learns 'first_name' on pairs that share another"):
        SplinkLinker().fit(records[["customer_id", "first_name", "last_name"]])
    with pytest.raises(ValueError, match="shared must name comparisons"):
        replace(plan_for(records), shared=("hair",))
