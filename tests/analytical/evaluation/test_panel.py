"""The panel holds what was known, window by window, for those who were there all the time."""

import pandas as pd
import pytest

from crmlab.analytical.evaluation import panel, periods
from crmlab.records import Records


@pytest.fixture(scope="module")
def records():
    """Three customers: one from the start, one late, one with an order in each window."""
    rows = [
        (1, "2024-01-01", 10.0), (2, "2024-03-01", 50.0), (3, "2024-01-01", 4.0),
        (3, "2024-01-03", 20.0), (3, "2024-01-20", 30.0), (3, "2024-01-31", 40.0),
        (3, "2024-02-06", 60.0), (1, "2024-02-07", 8.0),
    ]  # fmt: skip
    log = pd.DataFrame(rows, columns=["who", "on", "eur"])
    return Records.from_transactions(log, "who", "on", "eur", margin_rate=0.5)


def test_windows_are_summed_around_the_start(records):
    table = panel(records, [1], "2024-01-30", weeks=2)
    assert table.index.tolist() == [1, 3]  # customer 2 came later
    assert table.loc[3, ["earlier", "before", "after"]].tolist() == [10.0, 15.0, 50.0]
    assert table["treated"].tolist() == [True, False]


def test_covariates_are_as_of_the_start(records):
    table = panel(records, [1], "2024-01-30", weeks=2)
    assert table["orders"].tolist() == [1, 3]


def test_periods_count_from_the_start(records):
    table = periods(records, "2024-01-30", weeks=1, before=3, after=2)
    assert table.columns.tolist() == [-3, -2, -1, 0, 1]
    assert table.loc[3].tolist() == [0.0, 15.0, 0.0, 20.0, 30.0]


@pytest.mark.parametrize(
    "treated, more, words",
    [
        ([9], {}, "treated must be customers, got 9"),
        ([1, 3], {}, "treated must be some of the 2 customers"),
        ([1], {"score": pd.Series({1: 2.0})}, "score must have a number for every customer"),
    ],
)
def test_bad_input_is_explained(records, treated, more, words):
    with pytest.raises(ValueError, match=words):
        panel(records, treated, "2024-01-30", weeks=2, **more)
