"""What do the seven strategies do? Admission, cost, and what happens at once.

A strategy holds for a quarter and costs once. *Protect* takes part of the rival's attraction away
and strengthens the relationship; *enhance* raises the share to which the account tends, as far as
the relationship carries; *harvest* raises the price, makes no visits, and lets the relationship
decay; *re-engineer* saves work for good at the price of a shock; *end* stops serving, and the
neighbours hear of it; *win back* and *start* succeed, or not, with the account's own luck of that
week. All laws and numbers are *assumed*; the meaning is Buttle's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from crmlab.chance import uniform
from crmlab.market.accounts.life import welcome
from crmlab.market.accounts.world import (
    CUSTOMER,
    END,
    ENDED,
    LOST,
    NO_STRATEGY,
    PROSPECT,
    REENGINEER,
    START,
    WIN_BACK,
    AccountWorld,
)
from crmlab.market.admission import codes_of
from crmlab.policy import Actions
from crmlab.tables import QUARTER_WEEKS, STRATEGIES, TARGET_KINDS, WEEK_SECONDS

REASONS = (
    "", "unknown target", "nothing in this market does that", "beyond the budget",
    "another strategy was chosen for it", "is no customer", "has not left", "is no prospect",
)  # fmt: skip
OK, UNKNOWN, NO_MECHANISM, OVER_BUDGET, ANOTHER, NO_CUSTOMER, NOT_LEFT, NO_PROSPECT = range(8)
_NEEDS = np.array([CUSTOMER] * 5 + [LOST, PROSPECT])
_REFUSED = np.array([NO_CUSTOMER] * 5 + [NOT_LEFT, NO_PROSPECT])


@dataclass(frozen=True)
class Chosen:
    """Strategies that are carried out this week: for whom, which, at what cost, and the rest."""

    row: NDArray[np.int64]
    place: NDArray[np.int64]
    strategy: NDArray[np.int64]
    cost_eur: NDArray[np.float64]
    reason: NDArray[np.int64]


def admit(world: AccountWorld, actions: Actions, budget_eur: float) -> Chosen:
    """Judge every row of a decision: target, status, one strategy an account, budget."""
    n = len(actions)
    kind = codes_of(actions.kind, STRATEGIES, n)
    target = codes_of(actions.target_kind, TARGET_KINDS, n)
    reason = np.where(
        (kind >= 0) & (target == TARGET_KINDS.index("account")), OK, NO_MECHANISM
    ).astype(np.int64)
    place = np.full(n, -1, dtype=np.int64)
    meant = reason == OK
    place[meant] = world.place_of(actions.column("target_id")[meant])
    reason[meant & (place < 0)] = UNKNOWN
    row = np.flatnonzero(reason == OK)
    status = world.state.status[place[row]]
    left = (kind[row] == WIN_BACK) & (status == ENDED)
    fits = (status == _NEEDS[kind[row]]) | left
    reason[row[~fits]] = _REFUSED[kind[row[~fits]]]
    row = row[fits]
    row = row[np.argsort(-actions.column("priority")[row], kind="stable")]
    first = np.unique(place[row], return_index=True)[1]
    again = np.ones(len(row), dtype=bool)
    again[first] = False
    reason[row[again]] = ANOTHER
    row = row[~again]
    cost = np.array(world.scenario.strategy_eur)[kind[row]]
    within = np.cumsum(np.rint(cost * 100)) <= np.floor(budget_eur * 100 + 1e-6)
    reason[row[~within]] = OVER_BUDGET
    row = np.sort(row[within])
    cost = np.array(world.scenario.strategy_eur)[kind[row]]
    return Chosen(row, place[row], kind[row].astype(np.int64), cost, reason)


@dataclass(frozen=True)
class Outcome:
    """Accounts that were ended, won back and won at once."""

    ended: NDArray[np.int64]
    back: NDArray[np.int64]
    won: NDArray[np.int64]


def expire(world: AccountWorld, week: int) -> None:
    """Let strategies end whose quarter is over."""
    world.state.strategy[world.state.until <= week] = NO_STRATEGY


def carry_out(world: AccountWorld, chosen: Chosen, week: int) -> Outcome:
    """Put strategies in place, and let happen what happens at once."""
    s, state = world.scenario, world.state
    expire(world, week)
    lasting = chosen.strategy < END
    state.strategy[chosen.place[lasting]] = chosen.strategy[lasting]
    state.until[chosen.place[lasting]] = week + QUARTER_WEEKS
    new = chosen.place[chosen.strategy == REENGINEER]
    new = new[~state.streamlined[new]] if s.effect > 0 else new[:0]
    state.streamlined[new] = True
    state.relation[new] = np.maximum(state.relation[new] - s.reengineer_shock, 0.0)
    ended = chosen.place[chosen.strategy == END]
    _end(world, ended, week)
    back = chosen.place[chosen.strategy == WIN_BACK]
    back = back[uniform(world.base("win back")[back], week) < winning_back(world, back, week)]
    won = chosen.place[chosen.strategy == START]
    won = won[uniform(world.base("start")[won], week) < starting(world, won)]
    welcome(world, np.concatenate([back, won]), week)
    return Outcome(ended, back, won)


def _end(world: AccountWorld, place: NDArray[np.int64], week: int) -> None:
    s, state = world.scenario, world.state
    state.status[place] = ENDED
    state.share[place] = 0.0
    state.strategy[place] = NO_STRATEGY
    state.left_s[place] = week * WEEK_SECONDS
    state.since[place] = week
    heard = np.bincount(world.firms.neighbours[place].ravel(), minlength=len(world.firms))
    state.relation *= (1.0 - s.effect * s.word_of_mouth) ** heard


def winning_back(world: AccountWorld, place: NDArray[np.int64], week: int) -> NDArray[np.float64]:
    """The chance that each of these comes back within the quarter."""
    s, state = world.scenario, world.state
    odds = s.winback_odds + s.relation_on_leaving * (state.relation[place] - s.relation_mean)
    odds = odds - s.winback_cools * (week - state.since[place])
    odds = odds - 2.0 * (state.status[place] == ENDED)  # who was shown the door (assumed)
    return s.effect * expit(odds + s.influence * world.led()[place])


def starting(world: AccountWorld, place: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chance that each of these prospects is won within the quarter."""
    s, firms = world.scenario, world.firms
    odds = s.start_odds - s.rival_on_leaving * (firms.rival[place] - s.rival_mean)
    odds = odds + s.influence * world.led()[place]
    free = world.shared.open[place] | firms.door[place]
    return s.effect * expit(odds) * np.where(free, 1.0, s.locked_factor)
