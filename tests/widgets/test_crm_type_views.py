"""The views on types of CRM say what the stored tables hold."""

import pytest

from crmlab.experiments.crm_type_firms import CHOICES, regrets, stored_firms
from crmlab.experiments.crm_type_versions import stored_versions
from crmlab.experiments.idic_reveal import contributions
from crmlab.widgets import crm_switches, first_type


@pytest.fixture
def switches():
    return crm_switches(stored_versions())


def heights(view):
    return [bar.get_height() for bar in view.figure.axes[0].patches]


def test_bars_are_what_the_version_earns_and_what_each_type_adds(switches):
    switches.controls["strategic"].value = True
    expected = contributions(stored_versions(), ["strategic", "operational", "analytical"])
    assert heights(switches) == pytest.approx(expected.tolist())
    assert switches.reading.title.startswith("Strategic + operational + analytical: ")
    assert "bought apart" in switches.reading.title


def test_no_type_is_told(switches):
    for control in switches.controls.values():
        control.value = False
    assert switches.reading.title == "No type yet"
    assert "Next, " in switches.reading.text or "repay" in switches.reading.text


def test_each_firm_has_its_advice_and_its_regret():
    firms = stored_firms()
    view = first_type(firms, 2)
    view.controls["firm"].value = 5
    assert heights(view) == pytest.approx(firms.loc[5, list(CHOICES)].astype(float).tolist())
    assert f"the notes advise {firms.loc[5, 'advice']}" in view.reading.title
    regret = regrets(firms, firms["advice"])[5]
    assert ("that is best" in view.reading.title) == (regret == 0)
    assert firms.loc[5, "kind"] in view.reading.text
