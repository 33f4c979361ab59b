import os
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.compare import Comparison, compare
from crmlab.report import answer, gains_and_costs, orders_by_week, page, report

POLICIES = {"nothing": None, "weekly": crm.policies.newsletter(1),
            "<b>bold & bad</b>": crm.policies.newsletter(4)}  # fmt: skip


@pytest.fixture(scope="module")
def cmp():
    return compare(POLICIES, "retail", customers=80, weeks=10, worlds=3)


@pytest.fixture(scope="module")
def run():
    return crm.simulate("retail", 80, 10, 1000)


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text outside of styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def made_up(differences, worlds=4):
    """A comparison with known differences: policy -> mean and spread over the worlds."""
    rows = [
        (w, 1000 + w, name, 10 + mean + spread * (-1) ** w, 10 + mean)
        for w in range(worlds)
        for name, (mean, spread) in {"nothing": (0.0, 0.0), **differences}.items()
    ]
    columns = ["world", "seed", "policy", "profit_eur_per_customer", "margin_eur_per_customer"]
    results = pd.DataFrame(rows, columns=columns)
    from crmlab.experiments.compare import _summary

    table = _summary(results, ["nothing", *differences])
    return Comparison(crm.scenario("retail"), 100, 52, table, results)


def test_a_report_needs_nothing_from_outside(cmp, run):
    html = page(cmp, "Which?", run)
    for attribute in ("src", "href", "xlink:href", "action"):
        links = [a[attribute] for _, a in Page(html).elements if attribute in a]
        assert all(link.startswith(("#", "data:")) for link in links)
    assert not re.search(r"url\((?!['\"]?#)|@import|<script", html)


def test_every_figure_is_described_in_words(cmp, run):
    found = Page(page(cmp, "Which?", run))
    figures = found.all("svg")
    assert len(figures) == 5
    for figure in figures:
        assert figure["role"] == "img"
        for name in figure["aria-labelledby"].split():
            assert {"id": name} in [{"id": a.get("id")} for _, a in found.elements]


def test_the_table_has_headings_for_rows_and_columns(cmp):
    found = Page(page(cmp, "Which?"))
    scopes = [heading["scope"] for heading in found.all("th")]
    assert scopes == ["col"] * 5 + ["row"] * len(POLICIES)
    assert len(found.all("caption")) == 1
    assert found.all("html")[0]["lang"] == "en"


def test_names_cannot_break_the_page(cmp):
    html = page(cmp, "Is 1 < 2 & 3?")
    assert "<b>bold" not in html
    assert "<b>bold & bad</b>" in Page(html).text
    assert "Is 1 < 2 & 3?" in Page(html).text


def test_the_report_says_what_was_asked():
    sc = crm.scenario("retail").replace(fatigue=0.25)
    text = Page(page(compare(POLICIES, sc, 50, 4, worlds=2, seed=3), "Which?")).text
    assert "retail/textbook" in text and "fatigue = 0.25" in text
    assert re.search(r"worlds=2, seed=3\)", text)


def test_a_sure_winner_is_called_one():
    text = answer(made_up({"weekly": (2.0, 0.1), "monthly": (1.0, 0.1)}))
    assert text.startswith(
        "“weekly” earned most: 2.00 EUR per customer more than “nothing” (95 % interval +1.82 to "
        "+2.18), and more in 4 of 4 worlds."
    )
    assert text.endswith("The next best, “monthly”, is 1.00 EUR behind it (+1.00 to +1.00).")


def test_a_lead_that_may_be_luck_is_called_that():
    assert answer(made_up({"weekly": (0.1, 1.0)})).endswith("holds zero, so it may be luck.")
    close = made_up({"weekly": (2.0, 0.5), "monthly": (1.9, 0.1)})
    assert "is 0.10 EUR behind it, which may be luck" in answer(close)


def test_nothing_can_be_the_best():
    assert (
        answer(made_up({"weekly": (-1.0, 0.1)})) == "None of the others earned more than “nothing”."
    )


def test_a_single_world_says_nothing_about_how_sure():
    single = compare(POLICIES, "retail", 50, 6, worlds=1, seed=5)
    assert "95 % interval +" not in answer(single)
    assert "nan" not in Page(page(single, "Which?")).text


def test_gains_less_costs_are_the_difference_in_profit(cmp):
    split = gains_and_costs(cmp)
    profit = cmp.table.set_index("policy")["difference_eur_per_customer"].iloc[1:]
    net = split["more gross margin"] - split["more cost"]
    assert np.allclose(net, profit)
    assert list(split.index) == list(profit.index)


def test_every_order_is_in_its_week(run):
    weeks = orders_by_week(run)
    assert weeks["orders"].sum() == len(run.records.orders)
    assert list(weeks["week"]) == list(range(10))


def test_an_interrupted_write_leaves_the_old_report(cmp, tmp_path, monkeypatch):
    place = tmp_path / "answer.html"
    report(cmp, place, title="The old one")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        report(cmp, place, title="The new one")
    assert "The old one" in place.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [place]


def test_bad_arguments_are_named(cmp, tmp_path):
    with pytest.raises(TypeError, match=r"must come from crm\.compare"):
        report(cmp.table, tmp_path / "a.html")
    with pytest.raises(ValueError, match=r"must end in \.html"):
        report(cmp, tmp_path / "a.pdf")
    with pytest.raises(ValueError, match="at least two policies"):
        report(compare({"nothing": None}, "retail", 20, 2, worlds=2), tmp_path / "a.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OSError, match="is a folder"):
        report(cmp, tmp_path / "folder.html")
