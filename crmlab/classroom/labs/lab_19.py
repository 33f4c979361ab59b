"""What is asked in notebook 19: six scenes, a synergy by hand, two mistakes, and three firms.

The analyst of q3 takes a share by Shapley's rule for what the first type brings. It is a mean over
all orders in which types could be bought, and the first one is bought into nothing. The analyst of
q4 takes the channel that is read most, and forgets what it costs.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

SCENES, SCENES_SEED = 6, 3
PROFIT_EUR = {"none": 2.0, "operational": 2.6, "analytical": 1.9, "both": 4.4}
CUSTOMERS, SEED = 1_000, 19
FIRMS = {"A": 20, "B": 22, "C": 16}
"""Numbers of the three firms of q5 in the stored table."""
PASS_EUR = 400.0


@cache
def tried() -> pd.DataFrame:
    """What each channel brought in the trial of q4."""
    from crmlab.experiments.channel_trials import channels_tried

    return channels_tried(customers=CUSTOMERS, seed=SEED).drop(index="bandit")


@cache
def gains() -> pd.DataFrame:
    """What each type would bring each of the three firms as its first, EUR a year."""
    from crmlab.experiments.crm_type_firms import CHOICES, stored_firms

    rows = stored_firms().loc[list(FIRMS.values()), list(CHOICES)]
    return rows.set_index(pd.Index(list(FIRMS)))


def named(answer: object) -> dict[str, str]:
    """The type named for each firm, out of texts such as "A strategic"."""
    given: dict[str, str] = {}
    for told in plain.ids(answer):
        firm, _, kind = plain.word(str(told)).partition(" ")
        if firm.upper() not in FIRMS or kind not in gains():
            raise Unreadable(
                "wrong",
                f"{str(told)!r} names no firm and type. Write for instance 'A operational'; types "
                f"are {', '.join(gains())}.",
            )
        given[firm.upper()] = kind
    if len(given) < len(FIRMS):
        raise Unreadable("wrong", f"Name a type for each of {', '.join(FIRMS)}.")
    return given


def earned(types: dict[str, str]) -> float:
    """What these first types bring the three firms together, EUR a year."""
    return float(sum(gains().loc[firm, kind] for firm, kind in types.items()))


@question(
    "19-crm-types/q1",
    points=2,
    hints=(
        "What is decided or done: whom to serve, a repeated task, a finding, a shared view, a talk "
        "among customers?",
        "Finding something in data is analytical, whoever acts on it later.",
        "One scene is social, one collaborative, one operational, one analytical, two strategic.",
    ),
)
def scenes() -> set[str]:
    """Which type of CRM is at work in each scene?"""
    from crmlab.strategic.crm_types import vignettes

    types = vignettes(SCENES, SCENES_SEED)["type"]
    return {f"{letter} {kind}" for letter, kind in zip("ABCDEF", types, strict=True)}


@question(
    "19-crm-types/q2",
    points=2,
    hints=(
        "Subtract what a firm earns with no type from each of the other three numbers.",
        "Synergy: both - operational - analytical + none.",
        "Shapley: the mean of what analytical adds when it comes first, and when it comes second.",
    ),
)
def by_hand() -> dict[str, float]:
    """What is the synergy, and what is the share of analytical CRM by Shapley's rule?"""
    p = PROFIT_EUR
    first, second = p["analytical"] - p["none"], p["both"] - p["operational"]
    return {"synergy": second - first, "analytical": (first + second) / 2}


@question(
    "19-crm-types/q3",
    points=2,
    hints=(
        "Which other types does the firm have when it buys its first?",
        "versions.gains() has what each type alone brings against none.",
        "The row of analytical alone, times 1,000 customers; mind the sign.",
    ),
)
def bought_into_nothing() -> float:
    """What does analytical CRM bring as the first type, EUR a year?"""
    from crmlab.experiments.crm_type_versions import stored_versions

    return float(CUSTOMERS * stored_versions().gains().loc["analytical", "eur"])


@question(
    "19-crm-types/q4",
    points=2,
    hints=(
        "How often a message is read says nothing about what it costs.",
        "Take the channel with the largest profit_eur, and the one with the largest read.",
        "Subtract their profit_eur, and multiply by 1,000 customers.",
    ),
)
def read_but_dear() -> float:
    """What does the analyst's channel cost the firm against the best one, EUR a year?"""
    profit = tried()["profit_eur"]
    return float(CUSTOMERS * (profit.max() - profit[tried()["read"].idxmax()]))


@question(
    "19-crm-types/q5",
    points=3,
    hints=(
        "What did each type bring as the first to firms of the same kind?",
        "crm_type_firms.value_by(others, 'kind') has the means; several departments matter too.",
        "Leave the lecture's advice aside: take the type with the highest mean of the firm's kind.",
    ),
)
def first_types() -> Regret:
    """Which type should each of the three firms buy first?"""
    best = {firm: str(gains().loc[firm].idxmax()) for firm in FIRMS}
    return Regret(earned(best), earned, PASS_EUR, named)
