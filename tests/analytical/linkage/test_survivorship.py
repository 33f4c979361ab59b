"""One record a customer, and for every value the record that it came from."""

import pandas as pd
import pytest

from crmlab.analytical.linkage import Survivorship, golden

RECORDS = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4],
        "email": ["old@x.org", "new@x.org", None, "d@x.org"],
        "city": ["Ayr", "Rye", "Ayr", None],
        "birth_year": [1950, None, 1951, None],
        "source": ["shop", "web", "call centre", "web"],
        "registered_at": pd.to_datetime(["2020-01-01", "2023-01-01", "2022-01-01", "2021-01-01"]),
    }
)
LINKS = pd.DataFrame({"customer_id": [1, 2, 3, 4], "golden_id": [1, 1, 1, 4]})


def survivor(column, **how):
    return golden(RECORDS, LINKS, Survivorship(**how)).table.set_index("golden_id")[column]


def test_rules_by_hand():
    assert survivor("email")[1] == "new@x.org"
    assert survivor("city")[1] == "Rye"
    assert survivor("city", otherwise="frequent")[1] == "Ayr"
    trust = ("call centre", "shop", "web")
    assert survivor("birth_year", otherwise="trusted", trust=trust)[1] == 1951
    assert survivor("email", otherwise="trusted", trust=trust)[1] == "old@x.org"
    assert survivor("city", otherwise="complete")[1] == "Ayr"
    assert survivor("city", rules={"city": "frequent"})[1] == "Ayr"


def test_a_missing_value_never_beats_one_that_is_there(firm):
    records, truth = firm
    links = pd.DataFrame({"customer_id": truth.index, "golden_id": truth.to_numpy()})
    table = golden(records, links).table.set_index("golden_id")
    for column in ("email", "phone", "city"):
        known = records[column].notna().groupby(truth.to_numpy()).any()
        assert table[column].notna().equals(known.loc[table.index]), column


def test_every_value_comes_from_the_record_that_the_provenance_names():
    found = golden(RECORDS, LINKS)
    stored = RECORDS.set_index("customer_id")
    table = found.table.set_index("golden_id")
    for row in found.provenance.itertuples():
        assert table.loc[row.golden_id, row.column] == stored.loc[row.record, row.column]
    email = found.provenance.query("column == 'email' and golden_id == 1")
    assert email["rivals"].tolist() == [1]


def test_one_row_a_customer_with_the_number_of_its_records():
    table = golden(RECORDS, LINKS).table
    assert table[["golden_id", "records"]].to_numpy().tolist() == [[1, 3], [4, 1]]
    assert table["registered_at"].dtype == RECORDS["registered_at"].dtype
    assert table["city"].isna().tolist() == [False, True]


def test_without_duplicates_nothing_changes():
    alone = LINKS.assign(golden_id=LINKS["customer_id"])
    table = golden(RECORDS, alone).table.drop(columns=["golden_id", "records"])
    pd.testing.assert_frame_equal(table, RECORDS.drop(columns="customer_id"))


def test_it_says_how_much_was_merged():
    assert repr(golden(RECORDS, LINKS)).startswith("2 customers out of 4 records")


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="the rule of 'city' must be one of .*'freshest'"):
        Survivorship({"city": "fresh"})
    with pytest.raises(ValueError, match="trust must rank the systems"):
        Survivorship(otherwise="trusted")
    with pytest.raises(ValueError, match="no golden_id for record 4"):
        golden(RECORDS, LINKS.head(3))
    with pytest.raises(ValueError, match="no column 'source'"):
        how = Survivorship(otherwise="trusted", trust=("web",))
        golden(RECORDS.drop(columns="source"), LINKS, how)
