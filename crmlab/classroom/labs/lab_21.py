"""What is asked in notebook 21: two numbers by hand, two mistakes, and which programme to continue.

In q3 a consultant reports before and after of letters to the worst customers, half of whom a lot
left out. In q4 every department counts its own driver with the others as they are now. In q5 three
programmes were evaluated by three designs; a programme's worth is its true effect, from a second
life of the same customers.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.programmes import Tried
    from crmlab.strategic.performance import Drivers

TREATED, UNTREATED = (20.0, 26.0), (31.0, 34.0)
"""Mean margin before and after, EUR, of q1."""
CUSTOMERS, EUR_EACH = (200, 240), (30.0, 35.0)
"""Before and after, of q2."""
OPTIONS = ("A", "B", "C", "none")
CONTINUED, PASS_EUR = 10_000, 2_000.0


@cache
def trial() -> Tried:
    """The firm of q3."""
    from crmlab.experiments.programmes import Tried

    return Tried(customers=6_000, seed=21)


@cache
def report() -> tuple[Drivers, Drivers]:
    """The two half-years of q4."""
    from crmlab.strategic.performance import Drivers

    before = Drivers(800, 100, orders=2.0, lines=1.5, price=20.0, margin_rate=0.3, cost=0.0)
    after = Drivers(840, 180, orders=2.3, lines=1.7, price=21.0, margin_rate=0.31, cost=4_000.0)
    return before, after


@cache
def programmes() -> dict[str, Tried]:
    """The three of q5. A: the worst. B: drawn by lot. C: the worst, half of it by lot."""
    from crmlab.experiments.programmes import Programme, Tried

    aims = {"A": 1.0, "B": 0.0, "C": 0.5}
    return {
        name: Tried(Programme().replace(aim=aim), 6_000, seed)
        for seed, (name, aim) in enumerate(aims.items(), start=51)
    }


@cache
def continued(name: str) -> float:
    """What a programme brings if it is continued for 10,000 customers, EUR."""
    if name == "none":
        return 0.0
    firm = programmes()[name]
    return CONTINUED * (firm.truth - firm.cost_eur)


@question(
    "21-evaluating-crm/q1",
    hints=(
        "Before and after looks at the treated alone, the second at the time since alone.",
        "The untreated rose by 3 EUR without any letter: take that off the change of the treated.",
    ),
)
def by_three_designs() -> dict[str, float]:
    """What do before and after, treated against untreated, and the differences say?"""
    (before, after), (their_before, their_after) = TREATED, UNTREATED
    return {
        "before and after": after - before,
        "treated against untreated": after - their_after,
        "difference in differences": (after - before) - (their_after - their_before),
    }


@question(
    "21-evaluating-crm/q2",
    hints=(
        "There are two orders: customers first, or margin first. Take the mean of both.",
        "Customers first: 40 x 30 EUR; customers last: 40 x 35 EUR.",
    ),
)
def two_drivers() -> dict[str, float]:
    """How much of the change is due to each driver (Shapley)?"""
    (old, new), (low, high) = CUSTOMERS, EUR_EACH
    return {
        "customers": (new - old) * (low + high) / 2,
        "margin": (high - low) * (old + new) / 2,
    }


@question(
    "21-evaluating-crm/q3",
    points=2,
    absolute=0.5,
    hints=(
        "Would the worst customers have stayed as bad as they were, without a letter?",
        "A lot left half of them out. What did those bring since?",
        "randomised(trial).estimate: the mean of after, treated less untreated.",
    ),
)
def effect_by_lot() -> float:
    """What did the letters bring, EUR of margin for each treated customer?"""
    from crmlab.analytical.evaluation import randomised

    return randomised(trial().trial_panel).estimate


@question(
    "21-evaluating-crm/q4",
    points=2,
    hints=(
        "Add up what the departments claim, and compare with the change of the profit.",
        "What two drivers did together, both departments have counted in full.",
        "by_lever(decompose(before, after)) adds up to the change.",
    ),
)
def contributions() -> dict[str, float]:
    """What did each lever contribute, so that nothing counts twice?"""
    from crmlab.strategic.performance import by_lever, decompose

    return {str(lever): float(eur) for lever, eur in by_lever(decompose(*report())).items()}


@question(
    "21-evaluating-crm/q5",
    points=3,
    hints=(
        "Which of the three estimates needs the fewest assumptions?",
        "A's and C's customers were chosen for a bad spell: both designs take the recovery for "
        "an effect.",
        "B's number is less exact, and that is all that is wrong with it.",
    ),
)
def which_to_continue() -> Regret:
    """Which programme should be continued: A, B, C or none?"""
    return Regret.among(OPTIONS, continued, PASS_EUR)
