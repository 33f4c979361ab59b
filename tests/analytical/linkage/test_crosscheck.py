"""A new load is new, known, or doubtful."""

import pandas as pd
import pytest

from crmlab.analytical.linkage import (
    FellegiSunter,
    SplinkLinker,
    cluster,
    cross_check,
    extend_links,
    pairwise,
)


@pytest.fixture(scope="module")
def parts(firm):
    records, truth = firm
    load = records.sample(150, random_state=1)
    master = records.drop(load.index)
    return load, master, truth


@pytest.fixture(scope="module")
def linker(parts):
    return FellegiSunter().fit(parts[1])


@pytest.mark.parametrize("kind", [FellegiSunter, SplinkLinker])
def test_verdicts_are_right_where_they_are_given(parts, kind):
    load, master, truth = parts
    found = cross_check(load, master, kind().fit(master))
    assert found["customer_id"].tolist() == load["customer_id"].tolist()
    known = truth.loc[found["customer_id"]].isin(truth.loc[master["customer_id"]]).to_numpy()
    matched, new = found["verdict"] == "matched", found["verdict"] == "new"
    assert known[matched].mean() > 0.97
    assert (~known[new]).mean() > 0.9
    assert (~matched & ~new).mean() < 0.15
    right = (
        truth.loc[found["master_id"][matched]].to_numpy()
        == truth.loc[found["customer_id"][matched]].to_numpy()
    )
    assert right.mean() > 0.97
    assert found["master_id"][new].isna().all()


def test_an_exact_copy_is_matched(parts, linker):
    _, master, _ = parts
    full = master.dropna().head(20)
    found = cross_check(full.assign(customer_id=full["customer_id"] + 10**6), master, linker)
    assert (found["verdict"] == "matched").mean() > 0.9


def test_a_wider_margin_leaves_more_to_the_clerk(parts, linker):
    load, master, _ = parts
    doubts = [
        (cross_check(load, master, linker, certain, possible)["verdict"] == "doubtful").sum()
        for certain, possible in ((0.5, 0.5), (0.9, 0.1), (0.999, 0.001))
    ]
    assert doubts[0] == 0
    assert doubts == sorted(doubts)
    assert doubts[-1] > 0


def test_matched_records_join_the_masters_links(parts, linker):
    load, master, truth = parts
    links = cluster(linker.pairs_, master["customer_id"])
    longer = extend_links(links, cross_check(load, master, linker))
    assert len(longer) == len(load) + len(master)
    assert longer["golden_id"].dtype == links["golden_id"].dtype
    assert pairwise(longer, truth).f1 > 0.9


def test_bad_input_is_named(parts, linker):
    load, master, _ = parts
    with pytest.raises(ValueError, match="load and master share the key"):
        cross_check(pd.concat([load, master.head(1)]), master, linker)
    with pytest.raises(ValueError, match="possible=0.9, certain=0.1"):
        cross_check(load, master, linker, 0.1, 0.9)
