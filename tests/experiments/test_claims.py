"""Claims can fail, and say so."""

import dataclasses
import inspect

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments import claims as rooms
from crmlab.experiments import keys
from crmlab.experiments.claims import Claim, margin_gain, verdict_of
from crmlab.experiments.projects import Project
from crmlab.policies import newsletter

ALL = crm.claims()["id"].tolist()


@pytest.mark.parametrize(
    ("low", "high", "sign", "verdict"),
    [
        (0.2, 0.6, 1, "supported"),
        (0.05, 0.6, 1, "not supported"),
        (-0.6, -0.2, 1, "reversed"),
        (-0.6, -0.05, 1, "not supported"),
        (-0.6, -0.2, -1, "supported"),
        (0.2, 0.6, -1, "reversed"),
        (float("nan"), float("nan"), 1, "not supported"),
    ],
)
def test_one_rule_serves_all_conditions(low, high, sign, verdict):
    """The near bound must lie beyond the smallest difference worth mentioning."""
    assert verdict_of(low, high, 0.1, sign) == verdict


@pytest.mark.parametrize("id", ALL)
def test_no_claim_is_supported_in_its_null(id):
    """The stored verdict over many worlds; every other verdict is recorded, whatever it is."""
    table = crm.claim(id).stored().table
    assert table["condition"].tolist() == ["textbook", "hostile", "null"]
    assert (table["worlds"] >= 20).all()
    assert crm.claim(id).stored().null != "supported"


def test_no_stored_verdict_is_stale():
    """Stored results are of this code and this market; else run make claims."""
    assert rooms.stale() == []


def test_a_key_leaves_out_the_digits_in_which_computers_differ():
    """A fee that a claim computes; the tenth digit still counts."""
    one, same, other = (
        keys.key("crmlab.experiments.labs.lab_20", [Project().replace(fee_eur=fee)], ())
        for fee in (39.754263017382115, 39.75426301738213, 39.754264)
    )
    assert one == same != other


@pytest.mark.parametrize(("added", "stale"), [('"""More words."""\n', False), ("MORE = 1\n", True)])
def test_a_key_follows_the_models_that_a_claim_tries(monkeypatch, added, stale):
    """A changed policy makes the claims about it stale, and another docstring does not."""
    source, code = inspect.getsource, keys._code_of.__wrapped__
    before = code("crmlab.experiments.labs.lab_22")

    def changed(module):
        return source(module) + (added if module.__name__ == "crmlab.strategic.reap" else "")

    monkeypatch.setattr(keys.inspect, "getsource", changed)
    assert (code("crmlab.experiments.labs.lab_22") != before) == stale


@pytest.mark.parametrize("id", ALL)
def test_every_claim_names_what_it_needs(id):
    """Concept, sentence, source, unit, and what breaks it."""
    claim = crm.claim(id)
    assert claim.concepts and claim.source and claim.unit and claim.sentence.endswith(".")
    assert claim.breaks and claim.scenario("hostile") != claim.scenario("textbook")
    assert claim.scenario("null") != claim.scenario("textbook")
    assert len(claim.sensitivity()) == 3


def test_a_response_claim_measures_zero_where_nobody_reacts():
    """Exactly: the two runs are the same."""
    measure = margin_gain(newsletter(1), customers=200, weeks=20)
    assert measure(crm.scenario("retail/null"), 3) == 0.0


def test_a_check_runs_every_condition_and_reads_well():
    """Three rows, three verdicts, a readable answer."""
    verdict = dataclasses.replace(
        crm.claim("contact-raises-sales"), measure=margin_gain(newsletter(2), None, 300, 26)
    ).check(worlds=3)
    assert {verdict.textbook, verdict.hostile, verdict.null} <= {
        "supported", "not supported", "reversed",
    }  # fmt: skip
    assert "newsletter" in repr(verdict) and "<table" in verdict._repr_html_()
    with pytest.raises(AttributeError, match="textbook, hostile, null"):
        _ = verdict.calibrated


def test_a_table_of_verdicts_keeps_the_order_and_says_what_is_stored():
    """Claims down, conditions across; with and without the interval."""
    ids = ["list-beats-the-lot", "contact-raises-sales"]
    short, long = crm.verdicts(ids), crm.verdicts(ids, interval=True)
    assert short.index.tolist() == ids
    assert short.columns.tolist() == ["textbook", "hostile", "null", "unit"]
    for id in ids:
        for row in crm.claim(id).stored().table.to_dict("records"):
            said = long.loc[id, row["condition"]]
            number, bounds = said.split(" [")[0], said.split("[")[1].split("]")[0]
            least = 0.5 if abs(row["estimate"]) >= 100 else 0.005
            low, high = bounds.split(", ")
            for text, value in ((number, "estimate"), (low, "low"), (high, "high")):
                assert float(text.replace(",", "")) == pytest.approx(row[value], abs=least)
            assert said.endswith(row["verdict"])
            assert short.loc[id, row["condition"]] == f"{number} {row['verdict']}"
    assert short["unit"].tolist() == [crm.claim(id).unit for id in ids]


def test_a_sweep_moves_one_parameter():
    """One row a value, with the field's name."""
    claim = dataclasses.replace(
        crm.claim("contact-raises-sales"), measure=lambda scenario, seed: scenario.fatigue
    )
    sweep = claim.sweep("fatigue", [0.0, 2.0], worlds=2)
    assert sweep["fatigue"].tolist() == sweep["estimate"].tolist() == [0.0, 2.0]
    with pytest.raises(TypeError, match="Did you mean 'fatigue'"):
        claim.sweep("fatige", [1.0])


def test_a_screen_finds_the_parameter_that_matters():
    """A measure that reads one field hangs on that field alone."""
    claim = dataclasses.replace(
        crm.claim("contact-raises-sales"), measure=lambda scenario, seed: scenario.trust_gain
    )
    table = claim.screen(worlds=1)
    assert table["parameter"].iloc[0] == "trust_gain"
    assert np.allclose(table["change"].iloc[1:], 0)


def test_the_key_follows_code_scenario_and_market():
    """Another threshold or another scenario is another claim."""
    claim = crm.claim("contact-raises-sales")
    assert claim.key == dataclasses.replace(claim).key
    assert claim.key != dataclasses.replace(claim, least=0.2).key
    assert claim.key != dataclasses.replace(claim, hostile={"fatigue": 9.0}).key


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: crm.claim("permission-beats-interupt"), "Did you mean 'permission-beats"),
        (lambda: crm.verdicts(["list-beats-the-lots"]), "Did you mean 'list-beats-the-lot'"),
        (lambda: crm.verdicts(ALL[0]), "ids must be a list of ids of claims, got"),
        (lambda: dataclasses.replace(crm.claim(ALL[0]), kind="opinion"), "kind must be one of"),
        (lambda: dataclasses.replace(crm.claim(ALL[0]), least=0.0), "least must be > 0"),
        (lambda: dataclasses.replace(crm.claim(ALL[0]), sign=2), "sign must be 1 or -1"),
        (lambda: crm.claim(ALL[0]).check(worlds=0), "worlds must be between"),
        (lambda: rooms.register(dataclasses.replace(crm.claim(ALL[0]), least=9.0)),
         "there is a claim"),
    ],
)  # fmt: skip
def test_bad_input_is_explained(make, words):
    """The message that a student sees."""
    with pytest.raises(ValueError, match=words):
        make()


def test_a_claim_is_what_the_contract_says():
    """crm.claims() has the promised columns."""
    assert list(crm.claims().columns[:5]) == [
        "id", "concepts", "sentence", "source", "expected sign",
    ]  # fmt: skip
    assert isinstance(crm.claim("permission-beats-interruption"), Claim)
