"""Data needs, trends and scenes are complete."""

import crmlab as crm
from crmlab.strategic.crm_types import TYPES, held, trends, vignettes
from crmlab.strategic.crm_types.data_needs import NEEDS
from crmlab.tables import OBSERVED


def test_every_need_of_the_notes_is_there_and_every_table_exists():
    assert [need for use, need in NEEDS if use == "strategic"] == [
        "markets", "offerings", "customers", "channels", "competitors", "performance", "potential",
    ]  # fmt: skip
    assert all(name in OBSERVED for tables in NEEDS.values() for name in tables)


def test_a_web_shop_holds_nothing_about_competitors():
    rows = held(crm.simulate("retail", 100, 8, 1).records).set_index("need")["rows"]
    assert rows["competitors"] == 0 and rows["customers"] > 0


def test_five_trends():
    assert len(trends()) == 5


def test_scenes_are_of_known_types_and_differ_by_seed():
    assert vignettes(6, seed=3)["type"].isin(TYPES).all()
    assert vignettes(6, seed=3)["scene"].tolist() != vignettes(6, seed=4)["scene"].tolist()
