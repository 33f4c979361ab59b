"""What is kept between sessions, and does it survive crashes and typos?"""

import importlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import crmlab as crm
from crmlab.classroom import progress, store

NAME = "01-market/q1"


def marks(home):
    return json.loads((home / "progress.json").read_text())["questions"]


def test_tries_right_answers_and_hints_are_kept(home):
    crm.check(NAME, 5)
    crm.check(NAME, 3.23)
    crm.check(NAME, None)
    crm.hint(NAME)
    table = crm.progress()
    assert table.index.name == "question"
    assert list(table.columns) == ["asks", "points", "tries", "right", "hints"]
    row = table.loc[NAME]
    assert (row.tries, row.right, row.hints, row.points) == (3, True, 1, 1)
    assert table.drop(NAME).tries.sum() == 0
    assert marks(home) == {NAME: {"tries": 3, "right": True, "hints": 1}}


def test_questions_come_by_lab_and_number(ask):
    for number in (10, 9, 2):
        ask(1, f"99-test/q{number}")
    assert list(crm.progress().index[-3:]) == ["99-test/q2", "99-test/q9", "99-test/q10"]


def test_hints_come_one_at_a_time_and_the_last_one_stays():
    hints = [crm.hint(NAME) for _ in range(4)]
    assert [h.number for h in hints] == [1, 2, 3, 3]
    assert repr(hints[0]).startswith("01-market/q1, hint 1 of 3: If nobody")
    assert crm.progress().loc[NAME, "hints"] == 3


def test_a_new_session_begins_with_the_first_hint_and_forgets_no_count():
    crm.hint(NAME)
    crm.hint(NAME)
    progress._given.clear()  # what a restarted kernel has
    assert crm.hint(NAME).number == 1
    assert crm.progress().loc[NAME, "hints"] == 2


def test_a_question_without_hints_says_so(ask):
    assert repr(crm.hint(ask(1))) == "99-test/q1: There are no hints for this question."


def test_replies_do_not_depend_on_what_has_been_kept():
    assert repr(crm.check(NAME, 5)) == repr(crm.check(NAME, 5))


def test_nothing_is_written_before_the_first_check(home):
    crm.progress()
    assert not home.exists()


def test_without_a_named_home_the_working_folder_has_the_file(tmp_path, monkeypatch):
    monkeypatch.delenv("CRMLAB_HOME")
    monkeypatch.chdir(tmp_path)
    crm.check(NAME, 1)
    assert (tmp_path / ".crmlab" / "progress.json").is_file()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"version": 2, "questions": {}}',
        b'{"version": 1}',
        b'{"version": 1, "questions": {"01-market/q1": {"tries": "3", "right": true, "hints": 0}}}',
        b'{"version": 1, "questions": {"01-market/q1": {"tries": -3, "right": true, "hints": 0}}}',
        b'{"version": 1, "questions": {"01-market/q1": [1, 2]}}',
    ],
)
def test_a_damaged_file_is_put_aside_and_counting_starts_again(home, content):
    home.mkdir()
    (home / "progress.json").write_bytes(content)
    result = crm.check(NAME, 3.23)
    assert result.right
    assert "was damaged. It is kept as progress.damaged.json" in repr(result)
    assert "was damaged" in result._repr_html_()
    assert (home / "progress.damaged.json").read_bytes() == content
    assert marks(home)[NAME]["tries"] == 1
    assert crm.check(NAME, 3.23).note == ""


def test_a_second_damaged_file_does_not_replace_the_first(home):
    home.mkdir()
    for content in ("{1", "{2"):
        (home / "progress.json").write_text(content)
        crm.check(NAME, 1)
    assert (home / "progress.damaged.json").read_text() == "{1"
    assert (home / "progress.damaged-2.json").read_text() == "{2"


def test_progress_warns_of_a_damaged_file(home):
    home.mkdir()
    (home / "progress.json").write_text("{")
    with pytest.warns(UserWarning, match="was damaged"):
        assert crm.progress().tries.sum() == 0


def test_a_damaged_file_that_cannot_be_moved_is_left_alone(home, monkeypatch):
    home.mkdir()
    (home / "progress.json").write_text("{")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store.Path, "rename", refuse)
    assert "is damaged and cannot be moved (Permission denied)" in crm.check(NAME, 1).note
    assert (home / "progress.json").read_text() == "{"


def test_a_folder_in_the_place_of_the_file_stops_nobody(home):
    (home / "progress.json").mkdir(parents=True)
    result = crm.check(NAME, 3.23)
    assert result.right
    assert "Progress is not kept" in result.note


def test_a_file_in_the_place_of_the_folder_stops_nobody(home):
    home.write_text("in the way")
    assert "Progress is not kept" in crm.check(NAME, 3.23).note
    assert home.read_text() == "in the way"


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file(home, monkeypatch, step, error):
    crm.check(NAME, 1)
    before = (home / "progress.json").read_bytes()

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(store.os, step, fail)
        if isinstance(error, OSError):
            assert "No space left on device" in crm.check(NAME, 1).note
        else:
            with pytest.raises(KeyboardInterrupt):
                crm.check(NAME, 1)
    assert (home / "progress.json").read_bytes() == before
    assert [p.name for p in home.iterdir()] == ["progress.json"]
    assert crm.check(NAME, 1).note == ""


def test_threads_lose_no_try():
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crm.check(NAME, 1), range(40)))
    assert crm.progress().loc[NAME, "tries"] == 40


def test_a_question_that_is_gone_stays_in_the_file(home):
    crm.check(NAME, 1)
    kept = marks(home) | {"55-gone/q1": {"tries": 4, "right": True, "hints": 0}}
    (home / "progress.json").write_text(json.dumps({"version": 1, "questions": kept}))
    crm.check(NAME, 1)
    assert marks(home)["55-gone/q1"]["tries"] == 4
    assert "55-gone/q1" not in crm.progress().index


def test_replies_read_the_same_as_text_and_as_html(ask):
    right, wrong = crm.check(NAME, 3.23), crm.check(ask("a"), "<b>&")
    assert repr(right) == "01-market/q1: Right."
    assert "<strong>01-market/q1</strong>: Right." in right._repr_html_()
    assert "&lt;b&gt;&amp;" in wrong._repr_html_()
    assert "<b>" not in wrong._repr_html_()
    assert 'role="status"' in wrong._repr_html_()


def test_a_broken_question_is_not_taken_for_a_wrong_answer(ask):
    with pytest.raises(TypeError, match="question '99-test/q1': the expected answer must be"):
        crm.check(ask(None), 1)


@pytest.mark.parametrize(
    "code",
    [
        "import crmlab as crm; crm.check; table = crm.progress(); crm.classroom",
        "import crmlab as crm; table = crm.classroom.progress(); crm.classroom.check",
        "import crmlab.classroom.progress as p; p.check; p.hint; table = p.progress()",
        "from crmlab.classroom import check, hint, progress; table = progress()",
        "import crmlab.classroom.progress, crmlab as crm; table = crm.progress()",
    ],
)
def test_the_name_progress_works_in_every_order_of_imports(code, home):
    check = f"{code}\nassert table.index.name == 'question'"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=120)


def test_the_module_can_be_had_and_called():
    module = importlib.import_module("crmlab.classroom.progress")
    assert module.progress is crm.progress
    assert module().equals(crm.progress())
    assert set(dir(crm.classroom)) >= {"check", "hint", "progress"}
    with pytest.raises(AttributeError, match="no attribute 'grade'"):
        _ = crm.classroom.grade


def test_loading_the_classroom_loads_no_market():
    code = (
        "import sys, crmlab as crm\ncrm.check; crm.progress()\n"
        "heavy = {'crmlab.market.run', 'matplotlib', 'scipy.stats', 'sklearn'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
