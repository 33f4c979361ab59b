"""The live view of lab 02: frequency and way out, profit and list."""

import pytest

import crmlab as crm
from crmlab import policies
from crmlab.widgets.permission_views import WAYS_OUT, course, permission_plan

SMALL = {"customers": 200, "weeks": 20, "seed": 3}


@pytest.fixture
def view():
    return permission_plan("retail", **SMALL)


def test_lines_end_at_profit_and_list_of_the_run(view):
    view.controls["every_weeks"].value = 3
    run = crm.simulate("retail", **SMALL, policy=policies.permission(3, incentive_eur=0.0))
    quiet = crm.simulate("retail", **SMALL)
    gain, listed = (axes.get_lines()[0].get_ydata()[-1] for axes in view.figure.axes)
    assert gain == pytest.approx((run.profit - quiet.profit) / 200, abs=1e-3)  # cents
    status = run.records.profiles["consent"]
    assert listed == pytest.approx(100 * (status == "opt-in").mean())


def test_complaints_are_per_thousand_mails():
    run = crm.simulate("retail", **SMALL, policy=policies.permission(1, path="obstructed"))
    held = run.records
    reported = (held.responses["event"] == "complaint").sum()
    plan = course(run, crm.simulate("retail", **SMALL))
    assert plan.complaints == pytest.approx(1_000 * reported / len(held.messages))


def test_the_reference_plan_is_held_against_nothing(view):
    view.controls["every_weeks"].value = 2
    assert "hold other plans against it" in view.reading.title
    for axes in view.figure.axes:
        plan, reference = axes.get_lines()[:2]
        assert list(plan.get_ydata()) == list(reference.get_ydata())


@pytest.mark.parametrize("path", [value for _, value in WAYS_OUT])
def test_every_way_out_is_told_in_words(view, path):
    view.controls["path"].value = path
    assert "spam reports per 1,000 e-mails" in view.reading.text
    assert view.reading.title.startswith("Every week, ")


def test_what_is_unlawful_is_called_so(view):
    options = [label for label, value in view.controls["path"].options if value == "obstructed"]
    assert "unlawful" in options[0]


def test_a_run_without_mail_has_no_complaints():
    quiet = crm.simulate("retail", **SMALL)
    assert course(quiet, quiet).complaints == 0.0
