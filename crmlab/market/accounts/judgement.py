"""What does the firm hear and believe? Managers' judgements, suggestions, testimonials, counts.

At the end of a quarter every manager puts down how strong each relationship is, how attractive
the rival, which share of the wallet comes to us, and how large the wallet is, with errors and a
bias of the manager's own. Inspirations make suggestions that engineers adopt; others complain
too. Followers sometimes say whom they look at. `data_error` scales all errors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import normal, poisson, uniform
from crmlab.market.accounts.world import ABSENT, CUSTOMER, AccountWorld
from crmlab.tables import MANAGERS, WEEK_SECONDS

Columns = dict[str, NDArray]
_TESTIMONIAL = 0.25  # followers who say so in half a year (assumed)
_WRONG_NAME = 0.02  # others who name somebody (assumed)
_IDEAS = 0.06  # suggestions of an inspiration a week; others a twelfth of it (assumed)
_ADOPTED = (0.15, 0.7)  # share adopted: of others, of inspirations (assumed)
_HOUSE = (0.04, 0.9)  # called a leading house: others, door openers (assumed)


def assess(world: AccountWorld, week: int) -> Columns:
    """The table `assessments` for the end of this week."""
    s, firms, state = world.scenario, world.firms, world.state
    known = np.flatnonzero(state.status != ABSENT)
    error = s.data_error
    ours = (state.status == CUSTOMER)[known]
    return {
        "customer_id": world.customer_id[known],
        "at": np.full(len(known), (week + 1) * WEEK_SECONDS - 1),
        "relationship": np.where(ours, _points(world, "relation", state.relation, week)[known], 0),
        "rival": _points(world, "rival", firms.rival, week)[known],
        "share": np.clip(
            state.share + error * s.share_error * normal(world.base("share seen"), week), 0, 1
        )[known] * ours,
        "wallet_eur": np.rint(
            world.wallet(week)[known]
            * np.exp(
                error * s.wallet_error * np.where(ours, 1.0, 2.0)
                * normal(world.base("wallet seen"), 0)[known]
            )
        ),
    }  # fmt: skip


def _points(world: AccountWorld, what: str, truth: NDArray, week: int) -> NDArray[np.int64]:
    """A judgement from 1 to 7: the truth, the manager's bias, and an error each time."""
    s = world.scenario
    sd = s.data_error * s.judgement_sd * np.sqrt(0.5)
    bias = normal(world.traits.base(f"bias: {what}", np.arange(len(MANAGERS))))
    own = normal(world.base(f"judged: {what}"), week)
    return np.clip(np.rint(1 + 6 * truth + sd * (bias[world.firms.manager] + own)), 1, 7)


def suggestions(world: AccountWorld, week: int) -> Columns:
    """The table `suggestions` for this week."""
    inspires, base = world.firms.inspiration, world.base("suggestion")
    rate = np.where(inspires, _IDEAS, _IDEAS / 12 * np.minimum(world.firms.demandingness, 5))
    who = np.flatnonzero(world.buys & (poisson(uniform(base, 4 * week), rate) > 0))
    second = np.floor(uniform(base[who], 4 * week + 1) * WEEK_SECONDS).astype(np.int64)
    adopted = np.array(_ADOPTED)[inspires[who].astype(int)]
    return {
        "customer_id": world.customer_id[who],
        "at": week * WEEK_SECONDS + second,
        "adopted": uniform(base[who], 4 * week + 2) < adopted,
    }


def testimonials(world: AccountWorld, week: int) -> Columns:
    """Who says this week whose choice of supplier it looks at; some of it is wrong."""
    firms, base = world.firms, world.base("testimonial")
    there = world.state.status != ABSENT
    follows = (firms.follows >= 0) & there & there[np.maximum(firms.follows, 0)]
    unit = uniform(base, 2 * week) * 26
    says = follows & (unit < _TESTIMONIAL)
    wrong = ~says & there & (unit > 26 - _WRONG_NAME * world.scenario.data_error)
    other = np.floor(uniform(base, 2 * week + 1) * len(firms)).astype(np.int64)
    wrong &= there[other]
    who = np.flatnonzero(says | wrong)
    named = np.where(says, firms.follows, other)[who]
    return {
        "customer_id": world.customer_id[who],
        "at": np.full(len(who), week * WEEK_SECONDS + 3 * 86_400),
        "names_id": world.customer_id[named],
    }


def counted(world: AccountWorld, pieces: NDArray[np.int64], week: int) -> NDArray[np.int64]:
    """Numbers of activities as they are written down, shape like ``pieces``."""
    s = world.scenario
    sd = s.data_error * s.count_error
    t = week * 8 + np.arange(len(pieces))[:, None]
    return np.rint(pieces * np.exp(sd * normal(world.base("counting"), t))).astype(np.int64)


def called_leading(world: AccountWorld) -> NDArray[np.bool_]:
    """Whom the trade press calls a leading house."""
    unit = uniform(world.traits.base("leading house", world.ids))
    other = min(_HOUSE[0] * world.scenario.data_error, 1.0)
    return unit < np.where(world.firms.door, _HOUSE[1], other)
