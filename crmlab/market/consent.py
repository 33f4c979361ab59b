"""May the firm write? Permission as a state of the person, with a log of every change.

People agree at registration, when asked (perhaps for an incentive), and withdraw when they
are tired of the messages; what they meet then is the firm's `ConsentPage`. Chaffey's
"don't make opt-out too easy" is here as ``"obstructed"``, to be measured and not advised.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from crmlab.chance import uniform
from crmlab.market.world import DOUBLE, DOWN, IMPLIED, NONE, OPT_IN, OUT, World
from crmlab.tables import CHANNELS, CONSENT_ORIGINS, WEEK_SECONDS

ORIGIN = {name: code for code, name in enumerate(CONSENT_ORIGINS)}
# Codes of consent events within the week.
REGISTERED, ASKED, LEFT, CHANGED = 1, 10, 100, 200
FREE = np.array([name in ("post", "web", "shop") for name in CHANNELS])
_FINISHES_DOUBLE_OPT_IN = 0.8  # share who click the confirmation (assumed)


REASONS = (
    "",
    "unknown target",
    "no consent",
    "more than the customer wished",
    "beyond the budget",
    "nothing in this market does that",
    "has agreed already",
    "has objected",
    "more than 32 messages to one customer in a week",
    "the same customer by the firm's links",
    "is a customer already",
    "not carried out",
    "put off",
    "held back during a complaint",
)
(
    OK, UNKNOWN, NO_CONSENT, CAPPED, OVER_BUDGET, NO_MECHANISM, AGREED, OBJECTED, TOO_MANY, LINKED,
    BOUGHT, NOT_DONE, PUT_OFF, HELD,
) = range(len(REASONS))  # fmt: skip


def _agreeing(world: World, who: NDArray, share: float, extra: NDArray | float) -> NDArray:
    s = world.scenario
    at_mean = logit(np.clip(share, 1e-12, 1 - 1e-12))
    return expit(at_mean + extra - s.privacy_pull * (world.people.privacy[who] - 0.5))


def register(world: World, file: NDArray) -> NDArray[np.int8]:
    """The permission with which these records are opened; sets it."""
    s, who = world.scenario, world.owner(file)
    agree = uniform(world.base("consent")[who], file % world.room) < _agreeing(
        world, who, s.optin_at_registration, 0.0
    )
    otherwise = IMPLIED if s.consent_law == "opt-out" else NONE
    status = np.where(agree, OPT_IN, otherwise).astype(np.int8)
    world.files.consent[file] = status
    return status


def may_write(world: World, file: NDArray, channel: NDArray) -> NDArray[np.bool_]:
    """Whom the firm may address by these channels (codes of `tables.CHANNELS`).

    E-mail, phone, a partner and messages in social media need permission (or, under an opt-out
    law, no objection); post does not, nor does what stands in one's own shop or web shop.
    """
    status = world.files.consent[file]
    agreed = (status == OPT_IN) | (status == DOUBLE) | (status == DOWN)
    if world.scenario.consent_law == "opt-out":
        agreed |= (status == IMPLIED) | (status == NONE)
    return agreed | FREE[channel]


def refusals(
    world: World, file: NDArray, channel: NDArray, place: NDArray | int = 0
) -> NDArray[np.int8]:
    """Why a message to each of these records is refused; 0 where it is not.

    ``place`` counts the messages of this week's decision that go to the person before.
    """
    reason = np.where(may_write(world, file, channel), OK, NO_CONSENT).astype(np.int8)
    cap = world.files.cap[file]
    capped = (reason == OK) & (channel == 0) & (cap >= 0)
    if capped.any():
        recent = world.state.recent[world.owner(file)].sum(axis=1) + place
        reason[capped & (recent >= cap)] = CAPPED
    if world.state.open_complaints.any():
        reason[(reason == OK) & _complains(world, world.owner(file))] = HELD
    return reason


def _complains(world: World, who: NDArray) -> NDArray[np.bool_]:
    """Who waits for an answer to a complaint of which the sender of a message knows, and minds."""
    s, state, now = world.scenario, world.state, world.week * WEEK_SECONDS
    known = state.complaint_s[who] + int(s.sharing_delay_weeks * WEEK_SECONDS) < now
    minds = uniform(world.base("complaint ignored")[who], state.complaint_s[who] + 1)
    return (state.open_complaints[who] > 0) & known & (minds >= s.complaint_ignored)


def wanted(world: World, file: NDArray) -> NDArray[np.bool_]:
    """Whether the person agreed, on this record, to be written to, whatever the law allows."""
    status = world.files.consent[file]
    return (status == OPT_IN) | (status == DOUBLE) | (status == DOWN)


def ask(world: World, file: NDArray, incentive_eur: NDArray, week: int) -> NDArray[np.bool_]:
    """Who of these agrees when asked this week; sets it. People who left do not answer."""
    s, people, who = world.scenario, world.people, world.owner(file)
    pull = s.incentive_pull * people.incentive_sensitivity[who] * incentive_eur
    agree = uniform(world.base("asked")[who], week) < _agreeing(world, who, s.ask_acceptance, pull)
    agree &= s.ask_acceptance > 0
    page = world.standing.consent_page
    status = OPT_IN
    if page is not None and page.double_opt_in:
        status = DOUBLE
        agree &= uniform(world.base("asked")[who], 10_000 + week) < _FINISHES_DOUBLE_OPT_IN
    agree &= world.state.death_s[who] > week * WEEK_SECONDS
    world.files.consent[file[agree]] = status
    world.files.cap[file[agree]] = -1
    return agree


def withdraw(world: World, file: NDArray, week: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What comes of people who want out of a record: who succeeds, who reports spam instead."""
    s, files, who = world.scenario, world.files, world.owner(file)
    page = world.standing.consent_page
    path = page.path if page is not None else "plain"
    unit = uniform(world.base("way out")[who], week)
    status = np.full(len(who), OUT, dtype=np.int8)
    done = np.ones(len(who), dtype=bool)
    spam = np.zeros(len(who), dtype=bool)
    if path == "preference centre":
        down = (unit < s.opt_down_share) & (files.consent[file] != DOWN)
        status[down] = DOWN
        tolerated = np.maximum(np.floor(4 * world.people.tolerance[who[down]]), 1)
        files.cap[file[down]] = np.minimum(tolerated, 28).astype(np.int16)
    elif path == "obstructed":
        spam = unit < s.obstruction_complaint
        done = spam.copy()
        stays = who[~done]
        world.state.trust[stays] *= 1.0 - 2 * s.trust_loss
    files.consent[file[done]] = status[done]
    return done, spam
