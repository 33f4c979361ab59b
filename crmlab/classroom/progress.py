"""Is it right, what would help, and how far am I? `check`, `hint` and `progress`.

What `check` and `hint` reply does not depend on earlier sessions: a notebook that runs again
from the top shows the same replies. Only `progress` tells what has been kept.
"""

from __future__ import annotations

import dataclasses
import sys
import warnings
from collections import Counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

from crmlab.classroom import questions, store
from crmlab.classroom.reply import Hint, Result

if TYPE_CHECKING:
    import pandas as pd

    from crmlab.classroom.verdict import Verdict

_given: Counter[str] = Counter()  # hints given in this session, by question


def check(question: str, answer: Any) -> Result:
    """Whether an answer is right and, if not, what is wrong with it.

    Parameters
    ----------
    question : str
        Such as ``"01-market/q1"``.
    answer : object
        A number, a word, ids, a dict, a table or a decision, as the question asks. Nothing
        that is handed in makes this function raise.

    Returns
    -------
    Result
        True if the answer is right; its text says whether type, shape, direction or size
        is wrong, and about how much.

    Raises
    ------
    ValueError
        If there is no such question; the message has the nearest name.

    Examples
    --------
    >>> check("01-market/q1", 5.2)  # 52 weeks at 0.1 a week, if nobody ever left
    01-market/q1: Too high, by about 60 %.
    """
    asked = questions.find(question)
    verdict = _judged(asked, answer)
    note = store.record(
        asked.name,
        lambda mark: dataclasses.replace(
            mark, tries=mark.tries + 1, right=mark.right or verdict.right
        ),
    )
    return Result(asked.name, verdict.right, verdict.kind, verdict.message, note)


def _judged(asked: questions.Question, answer: Any) -> Verdict:
    from crmlab.classroom.plain import Unreadable
    from crmlab.classroom.verdict import Verdict

    expected = asked.expected  # outside of the try: a mistake in the question must be seen
    try:
        return expected.judge(answer)
    except Unreadable as error:
        return Verdict(False, error.kind, error.message)
    except Exception as error:  # the answer may be an object that raises whatever it likes
        name = type(error).__name__
        return Verdict(False, "wrong type", f"The answer could not be read ({name}).")


def hint(question: str) -> Hint:
    """The next hint: one more at each call, until the last one stays.

    Parameters
    ----------
    question : str
        Such as ``"01-market/q1"``.

    Raises
    ------
    ValueError
        If there is no such question; the message has the nearest name.
    """
    asked = questions.find(question)
    of = len(asked.hints)
    if not of:
        return Hint(asked.name, 0, 0, "There are no hints for this question.")
    number = _given[asked.name] = min(_given[asked.name] + 1, of)
    note = store.record(
        asked.name, lambda mark: dataclasses.replace(mark, hints=max(mark.hints, number))
    )
    return Hint(asked.name, number, of, asked.hints[number - 1], note)


def progress() -> pd.DataFrame:
    """What has been tried, what was right, and how many hints it took.

    Returns
    -------
    DataFrame
        One row per question, by lab and number; index ``question``; columns ``asks``,
        ``points``, ``tries``, ``right`` (once right stays right), ``hints``.

    Warns
    -----
    UserWarning
        If the progress file was damaged or cannot be read.
    """
    import pandas as pd

    kept = store.read()
    if kept.note:
        warnings.warn(kept.note, UserWarning, stacklevel=2)
    rows = [
        (q.name, q.asks.splitlines()[0], float(q.points), mark.tries, mark.right, mark.hints)
        for q in questions.every()
        for mark in [kept.marks.get(q.name, store.Mark())]
    ]
    names = ["question", "asks", "points", "tries", "right", "hints"]
    return pd.DataFrame(rows, columns=names).set_index("question")


class _Callable(ModuleType):
    """A module that can be called like the function of its name."""

    def __call__(self) -> pd.DataFrame:
        return progress()


# Python binds every submodule to its package once it is imported, so `crmlab.classroom.progress`
# is this module, and would hide the function from whoever writes `crm.classroom.progress()`.
sys.modules[__name__].__class__ = _Callable
