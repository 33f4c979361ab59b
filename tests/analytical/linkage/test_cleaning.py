"""One thing is written in one way, nothing is lost, and the report counts what was done."""

import pandas as pd
import pytest

from crmlab.analytical.linkage import Cleaner, Country, normalise, undo
from crmlab.analytical.linkage.cleaning import fold
from crmlab.analytical.linkage.fields import as_text
from crmlab.analytical.linkage.validate import why_not_luhn


def cleaned(column, values, **cleaner):
    records = pd.DataFrame({"customer_id": range(len(values)), column: values})
    return normalise(records, Cleaner(**cleaner)).records[column].tolist()


def test_the_same_person_written_differently_becomes_the_same():
    assert len(set(cleaned("first_name", ["Bob", " bob ", "ROBERT", "Dr. Robert"]))) == 1
    assert len(set(cleaned("last_name", ["Müller", "MUELLER", "Mu\u0308ller"]))) == 1
    assert len(set(cleaned("street", ["12 Mill St.", "12 mill street", "12  MILL STREET"]))) == 1
    assert len(set(cleaned("street", ["Hauptstraße 3", "Hauptstrasse 3"]))) == 1
    assert len(set(cleaned("email", ["A.B@X.org", "a.b+news@x.org", " a.b@x.org"]))) == 1
    assert len(set(cleaned("postcode", ["XG6 5VC", "xg65vc"]))) == 1
    phones = ["07700 900705", "+44 7700 900705", "0044 (0)7700-900705"]
    assert set(cleaned("phone", phones, country="GB")) == {"07700900705"}


def test_what_cannot_be_true_is_refused_with_a_reason():
    records = pd.DataFrame(
        {
            "customer_id": [1, 2, 3, 4],
            "email": ["a@x.org", "a@x", "a..b@x.org", "a@x.org"],
            "postcode": ["01067", "1067", "01067", "O1067"],
            "birth_year": [1979, 1779, 2031, 1979],
            "phone": ["0351 4711080", "999999999", "n/a", "0351 4711080"],
        }
    )
    cleaning = normalise(records, Cleaner("DE", year=2024))
    refused = cleaning.changes[cleaning.changes["verdict"] == "refused"]
    assert refused.groupby("column")["customer_id"].agg(list).to_dict() == {
        "email": [2, 3],
        "postcode": [2, 4],
        "birth_year": [2, 3],
        "phone": [2, 3],
    }
    assert cleaning.records.loc[1, ["email", "postcode", "birth_year", "phone"]].isna().all()
    assert cleaning.report.set_index("column").loc["email", "refused"] == 2
    assert refused["reason"].notna().all()


def test_nothing_is_lost(firm):
    """Cleaned table and changes give the table back."""
    records, _ = firm
    messy = records.assign(
        first_name=records["first_name"].str.title(), phone=records["phone"].str[:6] + " x"
    )
    back = undo(normalise(messy, Cleaner("DE", year=2024)))
    for column in records:
        assert as_text(back[column]).equals(as_text(messy[column])), column


def test_cleaning_twice_changes_nothing_more(firm):
    once = normalise(firm[0]).records
    assert normalise(once).changes.empty


def test_the_report_counts_every_value_once(firm):
    report = normalise(firm[0]).report
    assert (report["values"] + report["missing"] == len(firm[0])).all()


def test_input_is_left_alone():
    records = pd.DataFrame({"customer_id": [1], "city": ["ÅRHUS"]})
    copy = records.copy()
    normalise(records)
    pd.testing.assert_frame_equal(records, copy)


def test_the_check_digit_finds_every_single_wrong_digit():
    good = "79927398713"
    wrong = [good[:i] + d + good[i + 1 :] for i in range(11) for d in "0123456789" if d != good[i]]
    assert why_not_luhn(pd.Series([good])).isna().all()
    assert why_not_luhn(pd.Series(wrong)).notna().all()


def test_a_check_of_ones_own_is_used():
    records = pd.DataFrame({"customer_id": [1, 2], "card_number": ["7992-7398-713", "7992739871"]})
    cleaning = normalise(records, Cleaner(checks={"card_number": why_not_luhn}))
    assert cleaning.records["card_number"].tolist()[0] == "79927398713"
    assert cleaning.records["card_number"].isna().tolist() == [False, True]


def test_accents_and_marks_fold():
    assert fold(pd.Series(["Éloïse d'Arc", "Łukasz", "Søren", "Straße"])).tolist() == [
        "eloise darc",
        "lukasz",
        "soeren",
        "strasse",
    ]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="country must be one of .*'GB'"):
        Cleaner("UK")
    with pytest.raises(ValueError, match="dialling_code must be digits"):
        Country("+44")
    with pytest.raises(ValueError, match="records has no column with a usual name"):
        normalise(pd.DataFrame({"customer_id": [1], "nachname": ["x"]}))
    with pytest.raises(ValueError, match="must be unique, got 1 twice"):
        normalise(pd.DataFrame({"customer_id": [1, 1], "city": ["x", "y"]}))
    with pytest.raises(ValueError, match="the role of 'city' must be one of"):
        normalise(pd.DataFrame({"customer_id": [1], "city": ["x"]}), fields={"city": "town"})


def test_the_present_year_is_that_of_the_last_record():
    """Somebody born in 1940 is alive in 2024; without dates nobody is taken for dead."""
    records = pd.DataFrame({"customer_id": [1, 2], "birth_year": [1940, 1890]})
    opened = records.assign(registered_at=pd.to_datetime(["2024-03-01", "2024-05-01"]))
    assert normalise(opened).records["birth_year"].tolist()[0] == "1940"
    assert normalise(opened).changes["reason"].tolist() == ["not alive"]
    early = opened.assign(registered_at=pd.to_datetime(["1995-03-01", "1995-05-01"]))
    assert normalise(early).changes.empty
    assert normalise(records).changes["row"].tolist() == [1]
