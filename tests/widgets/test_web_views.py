"""The live view of lab 09: who sees what, and after how many clicks."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.page_ways import PERSON, SINGLE, VISIT, by_clicks
from crmlab.experiments.web_users import LAUNCH_WEEK, VISITS, WebShop
from crmlab.widgets import pages_that_adapt

EARNED = pd.DataFrame(
    {"clicks": [1, 2, 3, 4], SINGLE: [1.2, 1.0, 0.9, 0.7], PERSON: [1.1, 0.9, 0.8, 0.6],
     VISIT: [1.4, 1.3, 1.1, 1.0]}
)  # fmt: skip


@pytest.fixture(scope="module")
def shop():
    return WebShop(crm.scenario("retail").replace(**VISITS), customers=100, seed=3)


@pytest.fixture
def view(shop):
    return pages_that_adapt(shop, EARNED)


def test_it_starts_with_the_lecture_and_holds_it_against_one_template(view):
    assert view.values == {"way": VISIT, "clicks": 4}
    assert view.reading.title == (
        "By the visit's clicks, chosen after 4 clicks: 1.00 EUR per customer; "
        "one template for all, equally late: 0.70 EUR"
    )


def test_the_mark_and_the_line_follow_the_controls(view):
    view.controls["way"].value, view.controls["clicks"].value = PERSON, 2
    line, _, mark = view.figure.axes[0].get_lines()
    assert line.get_ydata().tolist() == EARNED[PERSON].tolist()
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2, 0.9)


def test_it_counts_who_is_still_there(view, shop):
    late = shop.visits[shop.visits["week"] >= LAUNCH_WEEK]
    view.controls["clicks"].value = 3
    assert f"{(late['pages'] >= 3).mean():.0%} of the visits last 3 clicks" in view.reading.text
    assert "from the first click on earns 1.20 EUR" in view.reading.text


def test_one_template_is_not_held_against_itself(view):
    view.controls["way"].value, view.controls["clicks"].value = SINGLE, 1
    assert view.reading.title == (
        "One template for all, chosen after 1 click: 1.20 EUR per customer"
    )


def test_without_a_table_it_computes_one(shop, monkeypatch):
    monkeypatch.setattr("crmlab.widgets.web_views.MOST_CLICKS", 4)
    view = pages_that_adapt(shop)
    told = by_clicks(shop, range(1, 5), (VISIT,))[VISIT]
    line = view.figure.axes[0].get_lines()[0]
    assert line.get_ydata() == pytest.approx(told)
