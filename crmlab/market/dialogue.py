"""What does a customer say when asked? One question, or several at once, and what comes back.

Somebody who is asked for the category they like (next) best answers with probability
``answer_rate``, more if they trust the firm and care little about privacy, less when they are
tired, and by ``exp(-question_effort)`` less for each further question of the same week: a form
is filled in as a whole or not at all. Answers are drawn without replacement with the shares of
the person's needs (Plackett 1975, Applied Statistics 24(2)), so the first says most; a share
``answer_slips`` says, or is noted down as, anything. What was said is *taught*: a rival does not
know it (`rivals.py`). "Drip irrigation" is Peppers and Rogers's word for one question at a time.
Care is money spent on a customer for nothing in return; it is remembered for some weeks and
lowers the hazard of leaving (`attrition.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, uniform
from crmlab.market.attrition import irritation
from crmlab.tables import CATEGORIES, WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.world import World

_MEAN_DELAY_S = 12 * 3600  # until an answer comes; assumed
_EMAIL = 0
NO_ANSWER = len(CATEGORIES)


def ask(world: World, file: NDArray, channel: NDArray, week: int) -> dict[str, NDArray]:
    """Put these questions, one a row; the raw columns of the table `questions`."""
    who, inverse, number = np.unique(world.owner(file), return_inverse=True, return_counts=True)
    order = np.argsort(inverse, kind="stable")
    rank = np.empty(len(file), dtype=np.int64)
    rank[order] = np.arange(len(file)) - np.repeat(np.cumsum(number) - number, number)
    asked_s = week * WEEK_SECONDS + _minute(world, who, week) * 60
    answers = _answer(world, who, number, channel[order[np.cumsum(number) - number]], asked_s, week)
    delay = exponential(world.base("answer delay")[who], week) * _MEAN_DELAY_S
    answered_s = np.minimum(asked_s + 60 + delay.astype(np.int64), (week + 1) * WEEK_SECONDS - 1)
    said = _sayings(world, who[inverse], world.state.answered[who][inverse] + rank)
    said = np.where(answers[inverse] & (said >= 0), said, NO_ANSWER)
    given = np.bincount(inverse, said < NO_ANSWER, minlength=len(who)).astype(np.int64)
    state = world.state
    state.fatigue[who] += world.scenario.fatigue * world.scenario.question_fatigue * number
    state.answered[who] += given
    state.taught[who] += given
    return {
        "question_id": world.event_id(file, week, 6_000 + rank),
        "customer_id": world.customer_id[file],
        "asked_at": asked_s[inverse],
        "place": rank + 1,
        "of": number[inverse],
        "answer": said.astype(np.int8),
        "answered_at": np.where(said < NO_ANSWER, answered_s[inverse], -1),
    }


def _minute(world: World, who: NDArray, week: int) -> NDArray[np.int64]:
    return np.floor(uniform(world.base("question at")[who], week) * 4 * 24 * 60).astype(np.int64)


def _answer(
    world: World, who: NDArray, number: NDArray, channel: NDArray, asked_s: NDArray, week: int
) -> NDArray[np.bool_]:
    """Who of these people fills in the form of this week."""
    s, people, state = world.scenario, world.people, world.state
    rest = 1.0 / (1.0 + irritation(s, state.fatigue[who], people.tolerance[who]))
    openness = 2.0 * (1.0 - people.privacy[who])
    rate = s.answer_rate * rest * openness * state.trust[who] / s.trust_mean
    rate *= np.exp(-s.question_effort * (number - 1))
    there = (people.born_s[who] <= asked_s) & (state.death_s[who] > asked_s)
    there &= (channel != _EMAIL) | (state.address_dead_s[who] > asked_s)
    return there & (uniform(world.base("answers")[who], week) < rate)


def _sayings(world: World, who: NDArray, rank: NDArray) -> NDArray[np.int64]:
    """The ``rank``-th best liked category (from 0) as it is said; -1 when all were named."""
    n = len(CATEGORIES)
    base = world.traits.base("liking", world.people.person_id[who])
    needs = np.maximum(world.people.needs[who], 1e-300)
    race = np.argsort(exponential(base[:, None], np.arange(n)) / needs, axis=1)
    place = np.minimum(rank, n - 1)
    said = race[np.arange(len(who)), place]
    slip = uniform(base, 16 + place) < world.scenario.answer_slips
    anything = np.floor(uniform(base, 32 + place) * n).astype(np.int64)
    return np.where(rank < n, np.where(slip, anything, said), -1)
