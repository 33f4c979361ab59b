"""STARTS in numbers, each by hand."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.linkage import Evidence, scorecard
from crmlab.analytical.linkage.starts import (
    accurate,
    k_anonymity,
    relevant,
    shareable,
    timely,
    transportable,
    violations,
)

RECORDS = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4],
        "city": ["Ayr", "Rye", None, "Bath"],
        "postcode": ["01067", "01067", "80331", "80331"],
        "birth_year": [1950, 1950, 1979, 1980],
        "registered_at": pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"]),
    }
)
RIGHTS = pd.DataFrame({"role": ["sales", "sales", "clerk"], "column": ["city", "postcode", "city"]})
LOG = pd.DataFrame(
    {"role": ["sales", "clerk", "clerk", "spy"], "column": ["city", "city", "postcode", "city"]}
)
TRUTH = RECORDS[["customer_id", "city"]].assign(city=["Ayr", "Hove", "Deal", "Bath"])


def test_each_number_by_hand():
    assert shareable(RIGHTS, ["city", "postcode"]) == 0.75
    assert relevant(["city", "postcode", "birth_year"], LOG) == pytest.approx(2 / 3)
    assert accurate(RECORDS, TRUTH)["city"] == pytest.approx(2 / 3)
    assert timely(RECORDS, "2024-01-29") == 2.5
    assert violations(LOG, RIGHTS)["role"].tolist() == ["clerk", "spy"]
    assert k_anonymity(RECORDS) == 1
    assert k_anonymity(RECORDS, ["postcode"]) == 2


def test_a_csv_file_loses_leading_zeros_and_dates_but_not_names():
    assert transportable(RECORDS[["city"]]) == 1
    assert transportable(RECORDS[["postcode"]]) == 0
    assert transportable(RECORDS[["registered_at"]]) == 0
    assert transportable(RECORDS[["birth_year"]]) == 1
    assert transportable(RECORDS[["city", "postcode"]]) == 0.5


def test_the_scorecard_holds_all_six_and_says_what_nobody_measured():
    card = scorecard(RECORDS, Evidence(RIGHTS, LOG, TRUTH, "2024-01-29"))
    assert (card.secure, card.timely_weeks, card.k_anonymity) == (0.5, 2.5, 1)
    assert card.shareable == 3 / 8
    assert card.relevant == 0.5
    assert card.table["value"].notna().all()
    bare = scorecard(RECORDS, Evidence())
    assert np.isnan([bare.shareable, bare.accurate, bare.relevant, bare.secure]).all()
    assert "timely_weeks" in repr(bare)


def test_errors_lower_the_accuracy_by_as_much_as_they_are(draw):
    """Of the invented e-mails, 8 % have a typing error (few of them without effect)."""
    clean, _ = draw(2000, 3, errors=0.0, gaps=0.0)
    rng = np.random.default_rng(1)
    wrong = rng.random(len(clean)) < 0.08
    stored = clean.assign(email=clean["email"].where(~wrong, clean["email"] + "x"))
    assert accurate(stored, clean)["email"] == pytest.approx(1 - wrong.mean())


def test_fewer_rights_never_make_it_safer_or_more_shared():
    fewer = RIGHTS[RIGHTS["column"] == "city"]
    assert shareable(fewer, ["city", "postcode"]) < shareable(RIGHTS, ["city", "postcode"])
    assert len(violations(LOG, fewer)) >= len(violations(LOG, RIGHTS))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="rights and columns must not be empty"):
        shareable(RIGHTS, [])
    with pytest.raises(ValueError, match="log has no column 'column'"):
        violations(LOG[["role"]], RIGHTS)
    with pytest.raises(ValueError, match="nobody can hide in an empty table"):
        k_anonymity(RECORDS.head(0))
