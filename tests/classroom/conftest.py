"""Every test has a progress file and a registry of its own."""

import pytest

from crmlab.classroom import progress, questions


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The folder with the progress file of this test."""
    monkeypatch.setenv("CRMLAB_HOME", str(tmp_path))
    questions.every()  # the labs register once, whatever tests do
    monkeypatch.setattr(questions, "_questions", dict(questions._questions))
    progress._given.clear()
    return tmp_path / ".crmlab"


@pytest.fixture
def ask():
    """Register a question with this expected answer; gives its name."""

    def register(expected, name="99-test/q1", **options):
        def answer():
            """What is it?"""
            return expected

        questions._questions.pop(name, None)
        questions.question(name, **options)(answer)
        return name

    return register
