"""One table serves all frameworks."""

import pandas as pd
import pytest

from crmlab.strategic.assessment import FRAMEWORKS, blind_spots, mapping, seen_through
from crmlab.tables import CAPABILITIES

COUNTS = {
    "IDIC": {"step": 4},
    "value chain": {"primary stage": 5, "supporting condition": 4},
    "eight blocks": {"block": 8},
    "SCHEMA-style": {"foundation": 4, "enabler": 6, "lever": 4},
}


def test_every_capability_and_every_element_is_mapped():
    """No element without a capability; none of the twenty that no framework sees."""
    table = mapping()
    assert set(table["capability"]) == set(CAPABILITIES)
    for parts in FRAMEWORKS.values():
        assert all(
            capabilities for elements in parts.values() for capabilities in elements.values()
        )
    assert not table.duplicated(["framework", "part", "element", "capability"]).any()
    weights = table.groupby(["framework", "element"])["weight"].sum()
    assert weights.round(9).eq(1.0).all()


@pytest.mark.parametrize("framework", COUNTS)
def test_elements_are_as_many_as_the_sources_count(framework):
    """4; 5 + 4; 8; 4 + 6 + 4."""
    elements = mapping(framework).drop_duplicates(["part", "element"])
    assert elements["part"].value_counts().to_dict() == COUNTS[framework]


def test_the_five_processes_have_their_sub_elements():
    """Payne and Frow: two or more parts each, but for the ones that they keep whole."""
    parts = FRAMEWORKS["five processes"]
    assert list(parts) == [
        "strategy development",
        "value creation",
        "multichannel integration",
        "information management",
        "performance assessment",
    ]
    assert all(len(elements) == 2 for elements in parts.values())


def test_schema_and_the_blocks_see_everything_and_idic_does_not():
    """The older and larger the questionnaire, the fewer blind spots."""
    assert blind_spots("SCHEMA-style") == blind_spots("eight blocks") == []
    assert {"leadership", "culture", "partner_network"} <= set(blind_spots("IDIC"))


def test_an_element_is_the_mean_or_the_weakest_of_its_capabilities():
    """By hand: identify sees a single view of 0.1 and a data quality of 0.5."""
    scores = pd.Series(0.5, CAPABILITIES)
    scores["single_view"] = 0.1
    assert seen_through("IDIC", scores)["identify"] == pytest.approx(0.3)
    assert seen_through("IDIC", scores, weakest=True)["identify"] == pytest.approx(0.1)
    with pytest.raises(ValueError, match="'single_view' is missing"):
        seen_through("IDIC", scores.drop("single_view"))
    with pytest.raises(ValueError, match="framework must be one of"):
        mapping("six processes")
