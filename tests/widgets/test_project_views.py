"""The views on a project show what the functions below them give."""

import numpy as np
import pytest

from crmlab.experiments.project_lives import Way, finish_weeks, lived
from crmlab.experiments.projects import Project
from crmlab.strategic.implementation import chance_by
from crmlab.widgets import finish_chance, making_it_happen


@pytest.fixture
def chance():
    return finish_chance(projects=300, seed=3)


@pytest.fixture
def worth():
    return making_it_happen(projects=300, seed=3)


def test_the_lines_are_the_shares_that_are_finished(chance):
    chance.controls["wrong"].value = 40
    chance.controls["correlation"].value = 0.0
    project = Project(defect_mean=0.4, correlation=0.0)
    finish = finish_weeks(project, Way(), 300, 3)
    drawn = chance.figure.axes[0].get_lines()[0].get_ydata()
    assert drawn == pytest.approx(100 * chance_by(finish, np.arange(30, 81)))


def test_with_clean_data_an_audit_cuts_nothing(chance):
    assert "an audit cuts" in chance.reading.title
    chance.controls["wrong"].value = 0
    assert "an audit moves" in chance.reading.title
    assert "in it" in chance.reading.text


def test_the_bars_are_means_of_the_lives(worth):
    worth.controls["training"].value = True
    means = lived(Project(), Way(training=True), 300, 3).mean(numeric_only=True)
    bars = [bar.get_height() for bar in worth.figure.axes[0].patches]
    assert bars[0] == pytest.approx(means["use_eur"] / 1_000, abs=0.5)
    assert bars[1] == pytest.approx(-means["project_eur"] / 1_000, abs=0.5)
    assert bars[3] == pytest.approx(means["value_eur"] / 1_000, abs=0.5)


def test_title_and_words_follow_the_boxes(worth):
    assert worth.reading.title.startswith("Pilot: ")
    worth.controls["pilot"].value = False
    assert worth.reading.title.startswith("Straight ahead: ")
    assert "100 of 100 are rolled out" in worth.reading.title
    worth.controls["audit"].value = True
    assert worth.reading.title.startswith("Audit: ")
    assert "would pay" in worth.reading.text
