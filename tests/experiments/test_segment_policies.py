"""Segmentations by profit: one pilot for all, foils that are known, and luck that is the same."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.segments import Clusters, OneSegment, RFMCells, TreeSegments
from crmlab.experiments.offer_pilot import Pilot, offers, trial
from crmlab.experiments.segment_policies import segment_profit
from crmlab.market.packs import scenario
from crmlab.operational.rules import together

PILOT = Pilot(start_week=14, weeks=8, every_weeks=4, offer_eur=5.0)
SMALL = {"customers": 500, "weeks": 8, "worlds": 2, "seed": 3, "pilot": PILOT, "draws": 3}
TRIED = {"one": OneSegment(), "cells": RFMCells(groups=2), "clusters": Clusters(3),
         "tree": TreeSegments(leaves=3)}  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return segment_profit("retail", TRIED, **SMALL)


@pytest.fixture(scope="module")
def welcome():
    """Everybody buys more after a mail, and mails carry no offer that could cost anything."""
    sc = scenario("retail").replace(responsiveness_mean=12.0, responsiveness_sd=0.0)
    return segment_profit(sc, TRIED, **SMALL | {"pilot": Pilot(14, 8, 0.5, 4, 0.0)})


def profits(found, policy):
    rows = found.worlds[found.worlds["policy"] == policy]
    return rows["profit_eur_per_customer"].to_numpy()


def test_every_policy_has_one_row_and_every_world_all_policies(found):
    names = ["no pilot", "nobody", "everybody", "oracle", *TRIED]
    assert found.table.index.tolist() == names
    assert found.worlds.groupby("world")["policy"].agg(list).tolist() == [names] * 2


def test_foils_are_the_runs_that_their_names_say(found):
    """By hand: the same worlds, simulated on their own."""
    for world, seed in enumerate(found.worlds["seed"].unique()):
        for name, policy in (
            ("no pilot", None),
            ("nobody", trial(PILOT)),
            ("everybody", together(trial(PILOT), offers(PILOT))),
        ):
            alone = crm.simulate("retail", 500, 30, int(seed), policy).profit / 500
            assert profits(found, name)[world] == pytest.approx(alone), name


def test_the_pilot_is_the_same_however_long_the_world_goes_on():
    """What is learned from the pilot alone is what a longer run's records would teach."""
    short, long = (crm.simulate("retail", 300, w, 5, trial(PILOT)).records for w in (22, 40))
    for name in ("orders", "messages", "redemptions", "returns", "sessions"):
        pd.testing.assert_frame_equal(short.as_of(22)[name], long.as_of(22)[name])


def test_the_lot_takes_the_share_that_it_should_and_the_same_people_each_time():
    run = crm.simulate("retail", 2_000, 22, 5, trial(PILOT))
    start = run.records.as_of(14).profiles
    agreed = start.loc[start["consent"] == "opt-in", "customer_id"]
    sent = run.records.messages
    first = sent.loc[sent["sent_at"] == sent["sent_at"].min(), "customer_id"]
    assert first.nunique() / len(agreed) == pytest.approx(0.5, abs=0.05)
    assert set(sent["customer_id"]) == set(first) <= set(agreed)
    assert (sent["cell"] == 1).all()
    assert sent["customer_id"].value_counts().max() == 2


def test_offers_go_to_the_chosen_alone_and_leave_all_others_as_they_were():
    """The same luck: whom the roll-out leaves alone orders exactly what they did without it."""
    quiet = crm.simulate("retail", 300, 40, 5)
    some = quiet.records.customers["customer_id"].to_numpy()[:150]
    busy = crm.simulate("retail", 300, 40, 5, offers(PILOT, some))
    assert set(busy.records.messages["customer_id"]) <= set(some)
    assert (busy.records.messages["sent_at"] >= np.datetime64("2024-06-03")).all()
    one, other = (
        run.records.orders[lambda t: ~t["customer_id"].isin(some)].reset_index(drop=True)
        for run in (quiet, busy)
    )
    pd.testing.assert_frame_equal(one, other)


def test_where_everybody_welcomes_mail_every_policy_learns_to_send_it(welcome):
    table = welcome.table
    assert (table["difference"].drop(["no pilot", "nobody"]) > 0.2).all()
    assert table.loc["one", "treated_share"] == 1
    assert np.array_equal(profits(welcome, "one"), profits(welcome, "everybody"))
    sent_to = welcome.segments.query("policy == 'one'")
    assert (sent_to["true_effect_eur"] > 0).all()
    assert table.loc["no pilot", "difference"] < 0


def test_where_nothing_that_the_firm_does_changes_anybody_nothing_beats_nothing():
    table = segment_profit("retail/null", TRIED, **SMALL).table
    assert (table["difference"].drop("no pilot") <= 0).all()
    assert table.loc["everybody", "difference"] < 0
    assert table.loc["oracle", "difference"] == 0
    assert (table["if_known"].drop(["no pilot", "everybody"]) == 0).all()


def test_known_effects_of_one_segment_mean_everybody_or_nobody(found):
    for world, row in enumerate(found.segments.query("policy == 'one'").itertuples()):
        best = "everybody" if row.true_effect_eur > 0 else "nobody"
        known = found.worlds.query("policy == 'one' and world == @world")["if_known"].item()
        assert known == profits(found, best)[world]


def test_a_policy_treats_the_segments_that_its_table_says(found):
    shown = found.segments.query("policy == 'tree'")
    treated = shown["treat"] * shown["customers"]
    share = treated.groupby(shown["world"]).sum() / shown.groupby("world")["customers"].sum()
    row = found.worlds.query("policy == 'tree'").set_index("world")["treated_share"]
    assert share.to_numpy() == pytest.approx(row.to_numpy())


def test_differences_against_another_foil_are_paired(found):
    table = found.against("everybody")
    assert table.loc["everybody", ["difference", "wins"]].tolist() == [0, 0]
    by_hand = profits(found, "tree") - profits(found, "everybody")
    assert table.loc["tree", "difference"] == pytest.approx(by_hand.mean())
    assert table.loc["tree", "wins"] == (by_hand > 0).sum()
    assert table.loc["tree", "low"] <= by_hand.mean() <= table.loc["tree", "high"]


def test_the_same_seed_gives_the_same_table_and_another_another(found):
    again = segment_profit("retail", {"one": OneSegment()}, **SMALL)
    names = ["nobody", "everybody", "oracle", "one"]
    pd.testing.assert_frame_equal(again.table.loc[names], found.table.loc[names])
    other = segment_profit("retail", {"one": OneSegment()}, **SMALL | {"seed": 4, "worlds": 1})
    assert other.table.loc["everybody", "difference"] != found.table.loc["everybody", "difference"]
    assert other.table["low"].isna().all()


def test_the_repr_says_what_was_tried(found):
    assert "retail/textbook, 2 worlds of 500 customers, 8 weeks after the pilot" in repr(found)
    assert "clusters" in repr(found)


def test_progress_counts_the_worlds():
    seen = []
    options = SMALL | {"customers": 200, "weeks": 2, "draws": 2}
    segment_profit("retail", {"one": OneSegment()}, **options, progress=seen.append)
    assert seen == [1, 2]


def test_bad_input_is_named(found):
    with pytest.raises(ValueError, match="start_week must be between 13 and 4,000, got 5"):
        Pilot(start_week=5)
    with pytest.raises(ValueError, match="treated_share must lie between 0 and 1, got 50"):
        Pilot(treated_share=50)
    with pytest.raises(ValueError, match="offer_eur must be a finite number >= 0, got -1"):
        Pilot(offer_eur=-1)
    with pytest.raises(ValueError, match=r"foil must be one of \['no pilot', .*, got 'chance'"):
        found.against("chance")
    with pytest.raises(TypeError, match="segmentations must be a dict of name to segmenter"):
        segment_profit("retail", [Clusters()])
    with pytest.raises(ValueError, match="segmentations must not be named 'oracle'"):
        segment_profit("retail", {"oracle": Clusters()})
    with pytest.raises(TypeError, match="'x' must have fit and segment, got str"):
        segment_profit("retail", {"x": "k-means"})
    with pytest.raises(ValueError, match="draws must be between 2"):
        segment_profit("retail", TRIED, draws=1)
    with pytest.raises(ValueError, match="weeks must be between 1 and 1,000, got 0"):
        segment_profit("retail", TRIED, weeks=0)
