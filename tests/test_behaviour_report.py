"""The report on customers and criteria: one page, from any firm's records."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.behaviour_report import answer, customer_page
from crmlab.strategic.performance import criteria


@pytest.fixture(scope="module")
def records():
    return crm.simulate("retail", 120, 40, 3).records


@pytest.fixture(scope="module")
def page(records):
    targets = {"turnover_eur": 1.0, "cost_eur": 0.0, "orders": 1e6}
    return customer_page(records, "Are <they> well?", 8, targets, message_eur=0.5)


def test_the_page_needs_nothing_else(page):
    """No scripts, no pictures from elsewhere, and drawings with a title."""
    assert "<script" not in page and "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<svg") == 2 and page.count("<title") >= 3


def test_every_table_has_a_caption_and_named_columns(page):
    assert page.count("<table>") == page.count("<caption>") == 5
    assert page.count('scope="col"') > 20


def test_text_is_escaped(page):
    assert "Are &lt;they&gt; well?" in page


def test_targets_are_judged(page):
    assert page.count("<td>met</td>") == 1 and page.count("<td>missed</td>") == 2
    assert "1 of 3 targets were met" in page


def test_numbers_of_the_page_are_those_of_the_criteria(records, page):
    last = criteria(records, 8, 0.5).iloc[-1]
    assert f"<td>{last['turnover_eur']:,.0f}</td>" in page
    assert f"<td>{last['orders']:,.0f}</td>" in page


def test_a_log_without_margins_has_a_page_without_them():
    log = pd.DataFrame({"who": [1, 2, 1, 2], "eur": 10.0})
    log["on"] = ["2024-01-01", "2024-01-09", "2024-01-20", "2024-02-10"]
    own = crm.Records.from_transactions(log, "who", "on", "eur")
    text = customer_page(own, "Ours", 2)
    assert "contribution (EUR)" not in text and "turnover (EUR)" in text and "nan" not in text


def test_the_answer_of_a_single_period_compares_with_nothing():
    table = pd.DataFrame({"customers": [5], "repeat_share": [0.0], "turnover_eur": [50.0]})
    text = answer(table.assign(contribution_eur=[9.0]), pd.DataFrame({"met": []}))
    assert "before:" not in text and "5 customers" in text


def test_a_file_is_written_whole(records, tmp_path):
    place = crm.customer_report(records, tmp_path / "customers.html", period_weeks=8)
    assert place.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "given, words",
    [
        (("not records", "x.html"), "records must be Records, got str"),
        ((None, "x.txt"), "path must end in .html"),
    ],
)
def test_bad_input_is_explained(records, given, words):
    first = records if given[0] is None else given[0]
    with pytest.raises((TypeError, ValueError), match=words):
        crm.customer_report(first, given[1])


def test_an_unknown_target_names_the_nearest(records):
    with pytest.raises(ValueError, match="Did you mean 'turnover_eur'"):
        customer_page(records, "x", 8, {"turnover": 5.0})
