"""Were the types recognised, and how early? Found types against true ones, click by click.

Found types have no names, so that they are matched with the true ones first, one to one, in
the way that makes most sessions agree (Kuhn's Hungarian method). Accuracy after k clicks has a
trap: sessions that last k clicks are not like the rest. A rising curve among "sessions that
are still there" mixes what clicks teach with who stays, and says nothing of those whom a page
can no longer be adapted for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from crmlab.analytical.clickstream.labels import labels_of
from crmlab.checks import whole_number


@dataclass(frozen=True)
class TypeMatch:
    """How found types agree with true ones.

    Attributes
    ----------
    accuracy : float
        Share of sessions whose found type is matched with their true one.
    rand : float
        Adjusted Rand index: 1 for the same partition, 0 for one by chance; needs no matching.
    largest : float
        Share of the largest true type: the accuracy of calling everybody that.
    names : dict
        True type of each found one; found types without a partner are left out.
    confusion : DataFrame
        Sessions by true type (rows) and found type (columns; matched ones carry the name).
    """

    accuracy: float
    rand: float
    largest: float
    names: dict[Any, Any]
    confusion: pd.DataFrame

    def __repr__(self) -> str:
        return (
            f"accuracy {self.accuracy:.3f} (largest type alone {self.largest:.3f}), "
            f"adjusted Rand {self.rand:.3f}\n{self.confusion.to_string()}"
        )


def match_types(found: pd.Series, labels: pd.Series) -> TypeMatch:
    """How well do found types agree with true ones, names aside?

    Parameters
    ----------
    found : Series
        Type of each session, index ``session_id``: what ``predict`` returns.
    labels : Series
        True type of each of these sessions, same index; more sessions do no harm.

    Returns
    -------
    TypeMatch

    Raises
    ------
    ValueError
        A session has no label.

    Examples
    --------
    >>> found = pd.Series([0, 0, 1, 1], index=[1, 2, 3, 4])
    >>> true = pd.Series(["buyer", "buyer", "buyer", "reader"], index=[1, 2, 3, 4])
    >>> match = match_types(found, true)
    >>> match.accuracy, match.names
    (0.75, {0: 'buyer', 1: 'reader'})
    """
    true = labels_of(found.index, labels).astype(object)
    table = pd.crosstab(true.to_numpy(), found.astype(object).to_numpy())
    row, column = linear_sum_assignment(-table.to_numpy())
    pairs = sorted(zip(table.columns[column], table.index[row], strict=True), key=str)
    names = dict(pairs)
    agree = table.to_numpy()[row, column].sum() / len(found)
    confusion = table.rename_axis(index="true", columns="found").rename(columns=names)
    front = [name for name in table.index if name in confusion.columns]
    rest = [name for name in confusion.columns if name not in front]
    return TypeMatch(
        float(agree), float(adjusted_rand_score(true, found)),
        float(true.value_counts(normalize=True).iloc[0]), names, confusion[front + rest],
    )  # fmt: skip


def recognition_by_click(
    model: Any, page_views: pd.DataFrame, labels: pd.Series, clicks: Sequence[int] = (1, 2, 4, 8)
) -> pd.DataFrame:
    """How soon is a session's type recognised, and for how many is that in time?

    Parameters
    ----------
    model : MarkovMixture or MarkovRecogniser
        Fitted, if possible to other sessions than these. Found types are matched with the
        labels by their guesses after whole sessions.
    page_views : DataFrame
        As for ``fit``.
    labels : Series
        True type of each session, index ``session_id``.
    clicks : sequence of int
        Numbers of pages after which a guess is made, at least 1.

    Returns
    -------
    DataFrame
        One row a number of clicks: ``clicks``; ``sessions_left``, the share that has seen so
        many pages; ``accuracy_of_those_left`` (survivors only); ``accuracy_of_the_longest``,
        always the same sessions, those that reach the last row: what the clicks alone teach;
        ``accuracy_of_all``, with sessions that ended before at their last guess;
        ``recognised_in_time``, the share of all sessions that are still there *and* recognised,
        that is, for which a page can be adapted rightly.

    Raises
    ------
    ValueError
        A session has no label, or a number of clicks is below 1.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.analytical.clickstream import MarkovRecogniser
    >>> run = crm.simulate("retail", 200, 26, 7)
    >>> views = run.records.page_views
    >>> labels = run.truth.sessions.set_index("session_id")["user_type"]
    >>> model = MarkovRecogniser().fit(views, labels)
    >>> found = recognition_by_click(model, views, labels, clicks=(1, 4))
    >>> bool(found["accuracy_of_all"].is_monotonic_increasing)
    True
    """
    for number in clicks:
        whole_number("clicks", number, 1, 10**9)
    length = page_views.groupby("session_id").size()
    names = _names(model, page_views, labels)
    true = labels_of(length.index, labels).astype(object).to_numpy()
    longest = length.to_numpy() >= max(clicks)
    rows = []
    for number in clicks:
        guess = model.posterior_after(page_views, number).idxmax(axis=1).map(names)
        right = guess.astype(object).to_numpy() == true
        left = length.to_numpy() >= number
        rows.append((number, left.mean(), _mean(right[left]), _mean(right[longest]),
                     right.mean(), (right & left).mean()))  # fmt: skip
    columns = ["clicks", "sessions_left", "accuracy_of_those_left", "accuracy_of_the_longest",
               "accuracy_of_all", "recognised_in_time"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _names(model: Any, page_views: pd.DataFrame, labels: pd.Series) -> dict[Any, Any]:
    if set(model.classes_) <= set(labels.unique()):
        return {name: name for name in model.classes_}
    return match_types(model.predict(page_views), labels).names


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan
