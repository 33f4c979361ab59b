"""What is asked in notebook 22: a small league by hand, two mistakes, and a model for a market.

In q3 seven branches tried one model each, so that models differ by their customers as well. In q4
the best of seven is chosen by three worlds, and promised by the same three. In q5 prospects are
dear, and nobody knows how soon customers tire; a model is worth its mean gain over the markets of
the map in which that may be so.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    import pandas as pd

WORLDS = {"nothing": (10.0, 20.0, 12.0), "A": (14.0, 19.0, 15.0), "B": (11.0, 22.0, 14.0)}
"""Profit in three worlds, EUR per customer, of q1 and q2."""
STUDENT_T = 4.303
"""97.5 % point of Student's t with two degrees of freedom."""
PROMISED = ("retail", "textbook", "prospects for sale")
"""The market of q4; its first three worlds were tried."""
TRIED = 3
DEAR = 4.0
CUSTOMERS, PASS_EUR = 1_000, 300.0


@cache
def gains(pack: str, condition: str, season: str) -> pd.DataFrame:
    """Gain over doing nothing by world and model, in the order in which worlds were played."""
    from crmlab.experiments import league

    return league.over_nothing(league.played(pack, condition, season))


@cache
def dear_markets() -> dict[str, float]:
    """Mean gain of each model where prospects are dear, EUR per customer (`DEAR` times and up)."""
    from crmlab.experiments import league

    chart = league.played_map()
    dear = chart[chart["dearer"] >= DEAR]
    markets = dear.groupby(["tolerance", "dearer"])
    means = [league.over_nothing(part).mean() for _, part in markets]
    return {str(name): sum(m[name] for m in means) / len(means) for name in means[0].index}


@question(
    "22-capstone/q1",
    hints=(
        "In each world, take the profit of doing nothing off first.",
        "A gained 4, -1 and 3 EUR.",
    ),
)
def mean_gains() -> dict[str, float]:
    """What did A and B gain over doing nothing, on average?"""
    nothing = WORLDS["nothing"]
    return {
        name: sum(a - b for a, b in zip(WORLDS[name], nothing, strict=True)) / len(nothing)
        for name in ("A", "B")
    }


@question(
    "22-capstone/q2",
    hints=(
        "Both lived through the same three worlds: first take B off A, world by world.",
        "The differences are 3, -3 and 1 EUR. Their standard deviation has n - 1 below the line.",
        "mean ± 4.303 x standard deviation / square root of 3",
    ),
    absolute=0.02,
)
def interval_of_the_lead() -> dict[str, float]:
    """Between what numbers does A's mean lead over B lie (95 % interval)?"""
    from statistics import mean, stdev

    lead = [a - b for a, b in zip(WORLDS["A"], WORLDS["B"], strict=True)]
    half = STUDENT_T * stdev(lead) / len(lead) ** 0.5
    return {"low": mean(lead) - half, "high": mean(lead) + half}


@question(
    "22-capstone/q3",
    points=2,
    absolute=0.1,
    hints=(
        "Branches differ by their model, and by what else?",
        "Every model has lived through each of the 20 worlds: compare within a world.",
        "wide['IDIC'] - wide['mass marketing'], then the mean.",
    ),
)
def idic_over_mass() -> float:
    """By how much does IDIC beat mass marketing, EUR per customer?"""
    wide = gains("retail", "textbook", "own customers only")
    return float((wide["IDIC"] - wide["mass marketing"]).mean())


@question(
    "22-capstone/q4",
    points=2,
    absolute=0.1,
    hints=(
        "The best of seven in three worlds was in part the luckiest in these three.",
        "Choose by the first three worlds, and judge by worlds that had no part in the choice.",
        "best = wide.iloc[:3].mean().idxmax(); wide.iloc[3:][best].mean()",
    ),
)
def an_honest_promise() -> float:
    """What should be promised, EUR per customer?"""
    wide = gains(*PROMISED)
    best = wide.iloc[:TRIED].mean().round(4).idxmax()
    return float(wide.iloc[TRIED:][best].mean())


@question(
    "22-capstone/q5",
    points=3,
    hints=(
        "Which markets of the map are still possible, once you know the price of prospects?",
        "A model that leads in the most markets of the whole map need not lead in these.",
        "Doing nothing is safe, and worth 0 EUR in all of them.",
    ),
)
def which_model() -> Regret:
    """Which model, where prospects are dear and nobody knows how soon customers tire?"""
    worth = dear_markets()
    return Regret.among(list(worth), lambda name: CUSTOMERS * worth[name], PASS_EUR)
