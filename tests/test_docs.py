"""The generated pages of docs/ agree with the code."""

import pytest

from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.scenario import Scenario
from tools import docs


def test_generated_pages_are_up_to_date():
    """`python -m tools.docs` would change nothing."""
    assert docs.main(["--check"]) == 0


@pytest.mark.parametrize("kind", [Scenario, AccountScenario])
def test_every_parameter_has_a_meaning_and_a_source(kind):
    """No number of a market is unexplained: a source, or the word assumed."""
    rows = [line for line in docs.parameters(kind).splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")[1:-1]]
        assert cells[4] and cells[5], row
