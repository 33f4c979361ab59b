import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import crmlab
import crmlab as crm
from crmlab.cli import app
from crmlab.commands import claims, demo, lab, words
from crmlab.commands.screen import progress_bar
from crmlab.experiments.claims import CONDITIONS, claim
from crmlab.experiments.claims import claims as all_claims
from crmlab.experiments.compare import world_seeds

SMALL = ["--customers", "40", "--weeks", "4"]
COMMANDS = [
    [], ["simulate"], ["compare"], ["scenarios"], ["policies"], ["claims"], ["datasets"],
    ["datasets", "build"], ["datasets", "list"], ["datasets", "check"], ["demo"], ["lab"],
]  # fmt: skip


def crmlab_says(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def refused(*arguments):
    """The one line on the standard error of a command that ends with exit code 2."""
    result = crmlab_says(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("crmlab: ")
    assert "Traceback" not in result.output
    return result.stderr.strip()


# --- help and shape ------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_help_of_each_command_shows_an_example(command):
    result = crmlab_says(*command, "--help")
    assert result.exit_code == 0
    assert "Example: crmlab" in result.stdout


def test_without_a_command_the_help_is_shown():
    assert "simulate" in crmlab_says().stdout
    assert "build" in crmlab_says("datasets").stdout


def test_the_version_is_told():
    result = crmlab_says("--version")
    assert (result.exit_code, result.stdout) == (0, f"crmlab {crmlab.__version__}\n")


def test_importing_the_command_line_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "matplotlib", "duckdb", "pyarrow", "pooch", "jinja2")
    code = (
        f"import sys, json, crmlab.cli; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == []


# --- simulate and compare ------------------------------------------------------------------


def test_a_simulation_is_stored_in_both_forms(tmp_path):
    places = ["--out", tmp_path / "shop", "--duckdb", tmp_path / "shop.duckdb"]
    result = crmlab_says(
        "simulate", "retail", *SMALL, "--seed", 7, "--policy", "newsletter:every_weeks=2", *places
    )
    assert result.exit_code == 0, result.output
    run = crm.simulate("retail", 40, 4, 7, crm.policies.newsletter(2))
    assert f"{run.profit:,.2f}" in result.stdout
    for records in (
        crm.Records.from_parquet(tmp_path / "shop"),
        crm.Records.from_duckdb(tmp_path / "shop.duckdb"),
    ):
        pd.testing.assert_frame_equal(records.orders, run.records.orders)


def test_a_changed_market_is_simulated():
    result = crmlab_says("simulate", *SMALL, "--set", "intake_weeks=1", "--set", "process=bg/nbd")
    sc = crm.scenario("retail").replace(intake_weeks=1, process="bg/nbd")
    assert f"{crm.simulate(sc, 40, 4).profit:,.2f}" in result.stdout


@pytest.mark.parametrize("option", ["--out", "--duckdb"])
def test_a_place_that_is_taken_is_not_overwritten(tmp_path, option):
    taken = tmp_path / "taken"
    if option == "--out":
        taken.mkdir()
        (taken / "thesis.txt").write_text("dear")
    else:
        taken.write_text("dear")
    assert "Name a new" in refused("simulate", *SMALL, option, taken)
    assert "dear" in [f.read_text() for f in tmp_path.rglob("*") if f.is_file()]


def test_a_comparison_as_csv_is_the_table_of_compare():
    named = ["--policy", "nothing", "--policy", "permission:every_weeks=2,path=preference centre"]
    result = crmlab_says("compare", *named, *SMALL, "--worlds", 2, "--csv")
    table = pd.read_csv(io.StringIO(result.stdout))
    policies = {named[1]: None, named[3]: crm.policies.permission(2, path="preference centre")}
    expected = crm.compare(policies, customers=40, weeks=4, worlds=2).table
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)


def test_one_policy_is_held_against_nothing(tmp_path):
    place = tmp_path / "answer.html"
    result = crmlab_says(
        "compare", "--policy", "lifecycle", *SMALL, "--worlds", 2, "--report", place
    )
    assert "nothing" in result.stdout and "lifecycle" in result.stdout
    assert place.exists() and str(place) in result.stdout


def test_markets_and_policies_are_listed():
    assert "retail/hostile" in crmlab_says("scenarios").stdout
    listed = crmlab_says("policies").stdout
    assert "newsletter" in listed and "every_weeks=2" in listed
    assert "cart_rule" not in listed


# --- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["simulate", "retial"], "Did you mean 'retail"),
        (["simulate", "--policy", "newslettr"], "Did you mean 'newsletter'?"),
        (["simulate", "--policy", "cart_rule"], "--policy must be one of"),
        (["simulate", "--policy", "newsletter:every_week=2"], "Did you mean 'every_weeks'?"),
        (["simulate", "--policy", "newsletter:2"], "newsletter:every_weeks=2"),
        (["simulate", "--policy", "newsletter:every_weeks=0"], "got 0"),
        (["simulate", "--set", "fatig=1"], "Did you mean 'fatigue'?"),
        (["simulate", "--set", "fatigue"], "field=value"),
        (["simulate", "--set", "return_rate=8"], "Is this a percentage?"),
        (["simulate", "--customers", "0"], "customers must be between"),
        (["simulate", "--customers", "many"], "See: crmlab simulate --help"),
        (["simulate", "--budget", "nan"], "budget_eur must be"),
        (["simulat"], "See: crmlab --help"),
        (["compare", "--worlds", "0"], "worlds must be between"),
        (["compare", "--policy", "nothing", "--policy", "nothing"], "Leave one out"),
        (["compare", "--report", "answer.pdf"], "must end in .html"),
        (["claims", "permission-beats-interuption"], "permission-beats-interruption"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_that_names_the_remedy(arguments, remedy):
    assert remedy in refused(*arguments)


def test_a_traceback_can_be_asked_for():
    result = crmlab_says("--traceback", "simulate", "retial")
    assert isinstance(result.exception, ValueError)


def test_values_are_numbers_where_they_look_like_numbers():
    assert words.changes_of(["a=2", "b=0.5", "c=opt-out", "d=(1, 2)", "e=None"]) == {
        "a": 2, "b": 0.5, "c": "opt-out", "d": (1, 2), "e": None,
    }  # fmt: skip


def test_every_ready_policy_can_be_named():
    assert set(words.ready_policies()) <= set(crm.policies.__all__)
    for name in words.ready_policies():
        assert words.policy_of(name).decide


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def _heed_interrupts():
    """What a shell starts in the background ignores them, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_simulation_ends_with_130_and_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "crmlab.cli", "simulate", "--customers", "20000"]
    process = subprocess.Popen(
        [*command, "--weeks", "2000", "--out", str(tmp_path / "shop")],
        stderr=subprocess.PIPE, text=True, preexec_fn=_heed_interrupts,
    )  # fmt: skip
    began = time.monotonic()
    while not list(tmp_path.glob("*")) and time.monotonic() - began < 60:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "crmlab: interrupted"
    assert not (tmp_path / "shop").exists()


def test_the_progress_bar_is_silent_where_nobody_watches(capsys):
    with progress_bar(3, "Weeks") as step:
        for done in (1, 2, 3):
            step(done)
    assert capsys.readouterr() == ("", "")


# --- claims --------------------------------------------------------------------------------


def three_rows(task):
    """Verdicts that cost nothing."""
    id, worlds = task
    rows = {"claim": id, "condition": CONDITIONS, "worlds": worlds, "estimate": 1.23456, "low": 1.0,
            "high": 2.0, "least": 0.05, "unit": "EUR", "verdict": "supported", "seconds": 0.1,
            "key": claim(id).key}  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A stored table of its own, and claims that are measured at once."""
    file = tmp_path / "verdicts.csv"
    monkeypatch.setattr(claims, "table_file", lambda: file)
    monkeypatch.setattr(claims, "_measure", three_rows)
    return file


def test_every_claim_is_stored_with_three_rows_in_the_order_of_claims(stored):
    result = crmlab_says("claims", "--jobs", 1)
    assert result.exit_code == 0, result.output
    table = claims.read(stored)
    assert list(table) == claims.COLUMNS
    assert list(table["claim"].unique()) == list(all_claims()["id"])
    assert list(table["condition"]) == list(CONDITIONS) * len(all_claims())
    assert set(table["estimate"]) == {1.235}


def test_only_what_is_stale_is_measured_again(stored, monkeypatch):
    crmlab_says("claims", "--jobs", 1)
    assert crmlab_says("claims", "--check").exit_code == 0
    table = claims.read(stored)
    id = "past-predicts-future"
    table.loc[table["claim"] == id, "key"] = "old"
    table.to_csv(stored, index=False)
    check = crmlab_says("claims", "--check")
    assert (check.exit_code, check.stdout.splitlines()[0]) == (1, id)
    measured = []
    monkeypatch.setattr(claims, "_measure", lambda task: measured.append(task) or three_rows(task))
    crmlab_says("claims", "--jobs", 1)
    assert measured == [(id, 20)]
    assert crmlab_says("claims", "--check").exit_code == 0
    crmlab_says("claims", "--jobs", 1, "--all")
    assert len(measured) == 1 + len(all_claims())


def test_a_named_claim_changes_only_its_rows(stored):
    id, other = "past-predicts-future", "contact-raises-sales"
    crmlab_says("claims", "--jobs", 1)
    before = claims.read(stored)
    crmlab_says("claims", id, "--jobs", 1, "--worlds", 30)
    after = claims.read(stored)
    assert set(after.loc[after["claim"] == id, "worlds"]) == {30}
    rest = before["claim"] != id
    pd.testing.assert_frame_equal(after[rest.to_numpy()], before[rest])
    assert other not in crmlab_says("claims", "--check").stdout


def test_verdicts_of_few_worlds_are_stale(stored):
    crmlab_says("claims", "past-predicts-future", "--jobs", 1, "--worlds", 3)
    assert crmlab_says("claims", "past-predicts-future", "--check").exit_code == 1


def test_a_claim_that_is_gone_leaves_the_table_when_all_are_asked_for(stored):
    gone = three_rows(("past-predicts-future", 20)).assign(claim="the-earth-is-flat")
    gone.to_csv(stored, index=False)
    crmlab_says("claims", "past-predicts-future", "--jobs", 1)
    assert set(pd.read_csv(stored)["claim"]) == {"past-predicts-future", "the-earth-is-flat"}
    crmlab_says("claims", "--jobs", 1)
    assert "the-earth-is-flat" not in set(pd.read_csv(stored)["claim"])


def test_verdicts_that_another_process_stores_meanwhile_are_kept(stored, monkeypatch):
    def slowly(task):
        other = three_rows(("contact-raises-sales", 20))
        claims.write(claims.merged(claims.read(stored), other), stored)
        return three_rows(task)

    monkeypatch.setattr(claims, "_measure", slowly)
    crmlab_says("claims", "past-predicts-future", "--jobs", 1)
    assert set(claims.read(stored)["claim"]) == {"past-predicts-future", "contact-raises-sales"}


def test_an_interruption_keeps_what_was_measured(stored, monkeypatch):
    def measure(task):
        if task[0] == "contact-raises-sales":
            raise KeyboardInterrupt
        return three_rows(task)

    monkeypatch.setattr(claims, "_measure", measure)
    ids = ["past-predicts-future", "contact-raises-sales"]
    assert crmlab_says("claims", *ids, "--jobs", 1).exit_code == 130
    assert set(pd.read_csv(stored)["claim"]) == {"past-predicts-future"}


def test_two_processes_measure_two_claims():
    ids = ["few-customers-bring-most", "past-predicts-future"]
    tables = {t["claim"].iloc[0]: t for t in claims.measured(ids, worlds=1, jobs=2)}
    assert set(tables) == set(ids)
    one = claim(ids[0])
    alone = one.measure(one.scenario("textbook"), world_seeds(7, 1)[0])
    assert tables[ids[0]].set_index("condition").loc["textbook", "estimate"] == alone
    assert set(tables[ids[1]]["key"]) == {claim(ids[1]).key}


# --- demo and lab --------------------------------------------------------------------------


def test_the_demo_says_where_its_report_is(tmp_path, monkeypatch):
    for name, value in {"_CUSTOMERS": 60, "_WEEKS": 6, "_WORLDS": 2}.items():
        monkeypatch.setattr(demo, name, value)
    place = tmp_path / "out" / "demo.html"
    result = crmlab_says("demo", "--out", place)
    assert result.exit_code == 0, result.output
    assert str(place) in result.stdout
    assert place.read_text(encoding="utf-8").count("<svg") == 5


def test_the_lab_opens_the_first_notebook_from_a_folder_below_it(tmp_path, monkeypatch):
    notebook = tmp_path / lab.FIRST
    (tmp_path / "notes" / "deep").mkdir(parents=True)
    notebook.parent.mkdir()
    notebook.write_text("{}")
    opened = []
    monkeypatch.chdir(tmp_path / "notes" / "deep")
    monkeypatch.setattr(
        subprocess, "run", lambda c, **_: opened.append(c) or subprocess.CompletedProcess(c, 3)
    )
    assert crmlab_says("lab", "--no-browser").exit_code == 3
    assert opened == [[sys.executable, "-m", "jupyterlab", str(notebook), "--no-browser"]]


def test_the_lab_explains_where_notebooks_come_from(tmp_path, monkeypatch):
    monkeypatch.setattr(crmlab, "__file__", str(tmp_path / "site" / "crmlab" / "__init__.py"))
    monkeypatch.chdir(tmp_path)
    assert "clone it" in refused("lab")


def test_data_sets_are_listed_with_their_place():
    result = crmlab_says("datasets", "list")
    assert "own_log" in result.stdout and "withheld" in result.stdout
    assert Path(crmlab.__file__).parents[1].name in result.stdout
