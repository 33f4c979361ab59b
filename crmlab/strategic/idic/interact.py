"""Which question, to whom? The third step of IDIC: a dialogue that learns.

Asking costs money, tires, and is often left unanswered; it is worth its price only where the
answer can change what the firm does (Howard 1966, Information Value Theory, IEEE Transactions on
Systems Science and Cybernetics 2(1)). Peppers and Rogers (2004) advise *golden questions*, which
tell much, and *drip irrigation*: one question at a time, each dialogue continuing the last.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crmlab.checks import above_zero, at_least_zero
from crmlab.strategic.idic.customise import best_to_show
from crmlab.strategic.idic.needs import expected_relevance

_LIKE_THE_OTHERS = 2.0  # questions that the base's answer rate counts for in one customer's


def value_of_question(
    now: ArrayLike,
    after: ArrayLike,
    chances: ArrayLike,
    worth_eur: ArrayLike,
    answer_rate: ArrayLike,
    price_eur: float,
) -> NDArray[np.float64]:
    """What one question is expected to earn, less its price: its value of information.

    Parameters
    ----------
    now : array, shape (n,)
        Relevance of the best that can be shown to each customer as things stand.
    after : array, shape (n, k)
        The same after each possible answer.
    chances : array, shape (n, k)
        Probability of each answer, if one comes; rows add up to 1.
    worth_eur : array, shape (n,)
        What full relevance of all remaining contacts would bring, EUR.
    answer_rate : array, shape (n,)
        Probability that an answer comes, in [0, 1].
    price_eur : float
        Of one question, its message included.

    Returns
    -------
    array, shape (n,)
        EUR; ask where it is above zero.

    Examples
    --------
    Two likely answers, after which the best is 0.8 or 0.6 relevant instead of 0.5. All contacts
    to come are worth 2 EUR, three of ten answer, a question costs 3 cents:
    0.3 x 2 x (0.7 - 0.5) - 0.03 = 0.09.

    >>> value_of_question([0.5], [[0.8, 0.6]], [[0.5, 0.5]], [2.0], [0.3], 0.03).round(2).tolist()
    [0.09]
    """
    at_least_zero("price_eur", price_eur)
    rate = np.asarray(answer_rate, dtype=float)
    off = ~((rate >= 0) & (rate <= 1))
    if off.any():
        raise ValueError(
            f"answer_rate must be in [0, 1], got {rate[off][0]}. Is this a percentage?"
        )
    told = (np.asarray(chances, float) * np.asarray(after, float)).sum(axis=1)
    learnt = np.maximum(told - np.asarray(now, float), 0.0)
    return rate * np.asarray(worth_eur, float) * learnt - price_eur


def after_each_answer(
    alpha: NDArray[np.float64], best: Callable[[NDArray], NDArray], lines: float = 1.0
) -> NDArray[np.float64]:
    """How relevant the best would be after each possible answer, shape ``(n, k)``.

    Parameters
    ----------
    alpha : array, shape (n, k)
        Dirichlet beliefs; an answer adds ``lines`` to its category.
    best : callable
        ``best(alpha) -> array of shape (n,)``: relevance of the best under such beliefs.
    lines : float
        Order lines that an answer tells as much as, > 0.
    """
    above_zero("lines", lines)
    one_more = lines * np.eye(alpha.shape[1])
    return np.column_stack([best(alpha + row) for row in one_more])


def learnt_by_an_answer(
    alpha: NDArray[np.float64], miss_penalty: float = 0.0, lines: float = 1.0
) -> NDArray[np.float64]:
    """How much more relevant the best that can be shown is expected to be after one answer.

    Parameters
    ----------
    alpha : array, shape (n, k)
        Dirichlet beliefs about the needs of each customer.
    miss_penalty : float
        As in `best_to_show`.
    lines : float
        As in `after_each_answer`.

    Returns
    -------
    array, shape (n,)
        At least 0; times what full relevance is worth, and the answer rate, it is what a question
        earns before its price.

    Notes
    -----
    An answer that cannot change what is shown teaches nothing of use. Somebody of whom one line is
    known is shown its category whatever one more answer says; between two that were bought as
    often an answer decides.

    Examples
    --------
    Nothing known, one line known, one line of each of two categories:

    >>> alpha = np.full((3, 6), 0.6) + [[0] * 6, [1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]]
    >>> learnt_by_an_answer(alpha).round(2).tolist()
    [0.35, 0.0, 0.08]
    """

    def best(beliefs: NDArray) -> NDArray:
        return best_to_show(expected_relevance(beliefs), miss_penalty)["relevance"].to_numpy()

    chances = alpha / alpha.sum(axis=1, keepdims=True)
    told = (chances * after_each_answer(alpha, best, lines)).sum(axis=1)
    return np.maximum(told - best(alpha), 0.0)


def answer_rates(questions: pd.DataFrame, owner: pd.Series, prior: float) -> pd.Series:
    """How likely each customer is to answer: the base's share, and the customer's own record.

    Parameters
    ----------
    questions : DataFrame
        The table ``questions``.
    owner : Series
        The believed customer behind each record.
    prior : float
        What the firm expects before it has asked, in [0, 1]; counts for fifty questions.

    Returns
    -------
    Series
        One number a customer (index), in [0, 1].

    Examples
    --------
    Nobody asked yet but 1, twice and in vain:

    >>> asked = pd.DataFrame({"customer_id": [1, 1], "answer": ["no answer"] * 2})
    >>> answer_rates(asked, pd.Series([1, 2], index=[1, 2]), prior=0.3).round(3).tolist()
    [0.144, 0.288]
    """
    customers = pd.Index(np.unique(owner.to_numpy()), name="customer_id")
    who = customers.get_indexer(owner.reindex(questions["customer_id"]).to_numpy())
    known = who >= 0
    said = (questions["answer"] != "no answer").to_numpy()
    asked = np.bincount(who[known], minlength=len(customers))
    answered = np.bincount(who[known & said], minlength=len(customers))
    base = (answered.sum() + 50 * prior) / (asked.sum() + 50)
    rate = (answered + _LIKE_THE_OTHERS * base) / (asked + _LIKE_THE_OTHERS)
    return pd.Series(rate, customers, name="answer_rate")
