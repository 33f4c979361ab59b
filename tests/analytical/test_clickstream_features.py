"""Sessions in numbers, and k-means as the foil."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.clickstream import kmeans_types, match_types, session_features

VIEWS = pd.DataFrame(
    {"session_id": [2, 2, 2, 1], "view": [1, 2, 3, 1],
     "page_type": ["search", "product", "product", "home"], "dwell_seconds": [10, 20, 30, 5],
     "category": [None, "toys", "toys", None], "product_id": [pd.NA, 3, 4, pd.NA]}
)  # fmt: skip


def test_features_by_hand():
    sessions = pd.DataFrame({"session_id": [1, 2], "source": ["direct", "link"]})
    f = session_features(VIEWS, sessions)
    assert f.index.tolist() == [1, 2]
    assert f.loc[2, ["pages", "kinds", "seconds_per_page"]].tolist() == [3, 2, 20]
    assert f.loc[2, "repeats"] == pytest.approx(1 / 3)
    assert f.loc[2, ["share_search", "share_product", "share_home"]].tolist() == pytest.approx(
        [1 / 3, 2 / 3, 0]
    )
    assert f.loc[2, ["categories", "most_of_a_category"]].tolist() == [1, 2]
    assert f.loc[2, ["products", "most_of_a_product"]].tolist() == [2, 1]
    assert f.loc[1, ["categories", "products"]].tolist() == [0, 0]
    assert f["from_link"].tolist() == [0, 1]


def test_shares_of_the_pages_add_up_to_one():
    r = crm.simulate("retail", 200, 26, 7).records
    f = session_features(r.page_views, r.sessions)
    assert f.filter(like="share_").sum(axis=1).to_numpy() == pytest.approx(1)
    assert f["pages"].to_numpy() == pytest.approx(
        r.sessions.set_index("session_id")["pages"].reindex(f.index).to_numpy()
    )
    assert f.notna().all(axis=None)


def test_groups_that_lie_apart_are_found():
    chance = np.random.default_rng(1)
    true = pd.Series(np.repeat(["a", "b", "c"], [50, 30, 20]))
    middle = true.map({"a": 0.0, "b": 5.0, "c": 10.0})
    features = pd.DataFrame(
        {"x": middle + chance.normal(size=100), "y": middle - chance.normal(size=100)}
    )
    found = kmeans_types(features, types=3, seed=1)
    assert match_types(found, true).accuracy > 0.95
    assert found.value_counts().index.tolist() == [0, 1, 2]


def test_in_the_market_k_means_finds_far_less_than_the_chains():
    """Above chance, and below the 70 % and more that a mixture of chains finds."""
    run = crm.simulate("retail", 400, 104, 7)
    f = session_features(run.records.page_views.drop(columns="dwell_seconds"))
    labels = run.truth.sessions.set_index("session_id")["user_type"]
    match = match_types(kmeans_types(f, 5, seed=1), labels)
    assert match.largest < match.accuracy < 0.65
    assert match.rand > 0.05


def test_bad_input_is_named():
    f = session_features(VIEWS)
    with pytest.raises(ValueError, match="types must not exceed the 2 sessions, got 5"):
        kmeans_types(f)
    with pytest.raises(ValueError, match="'pages' is in places"):
        kmeans_types(f.assign(pages=np.nan), types=2)
    with pytest.raises(ValueError, match="session 2 has none"):
        session_features(VIEWS, pd.DataFrame({"session_id": [1], "source": ["link"]}))
    with pytest.raises(ValueError, match="sessions must have the column 'source'"):
        session_features(VIEWS, pd.DataFrame({"session_id": [1, 2]}))
