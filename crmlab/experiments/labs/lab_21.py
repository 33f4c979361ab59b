"""Claims of lab 21, evaluating CRM: designs against the truth, and projects against business.

*Flatters less* is a difference of errors with their signs: a design that understates a programme
counts as flattering less, however far off it is.
"""

from __future__ import annotations

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.crm_projects import Projects, projects
from crmlab.experiments.evaluating import (
    BEFORE_AFTER,
    DID,
    JUMP,
    LOT,
    WEIGHTED,
    error,
)
from crmlab.experiments.programmes import Programme
from crmlab.strategic.performance import association, goals_met, outcome_matrix, outcomes

CUSTOMERS = 4_000
STAY = {"dropout_scale_weeks": 1e6}
"""Nobody leaves."""
UNIT = "EUR of margin for each treated customer"


def before_after_flatters(world: Programme, seed: int) -> float:
    """Before and after less the truth."""
    return error(world, BEFORE_AFTER, CUSTOMERS, seed)


def did_flatters(world: Programme, seed: int) -> float:
    """Difference in differences less the truth."""
    return error(world, DID, CUSTOMERS, seed)


def lot_flatters_less(world: Programme, seed: int) -> float:
    """The error of difference in differences less that of a lot among those chosen."""
    return error(world, DID, CUSTOMERS, seed) - error(world, LOT, CUSTOMERS, seed)


def jump_flatters_less(world: Programme, seed: int) -> float:
    """The error of difference in differences less that of the jump at the threshold."""
    return error(world, DID, CUSTOMERS, seed) - error(world, JUMP, CUSTOMERS, seed)


def weighting_flatters_less(world: Programme, seed: int) -> float:
    """The error of before and after less that of weighting by propensity."""
    return error(world, BEFORE_AFTER, CUSTOMERS, seed) - error(world, WEIGHTED, CUSTOMERS, seed)


def delivery_tells(world: Projects, seed: int) -> float:
    """Projects that reach all goals: share among the delivered less share among the others."""
    return association(outcome_matrix(outcomes(projects(world, seed=seed))))


def one_goal_is_reached_more(world: Projects, seed: int) -> float:
    """Share of the goals reached: of projects with a single goal less of those with four."""
    found = goals_met(projects(world, seed=seed), most=4)["share_reached"]
    return float(found.loc[1] - found.loc[4])


register(
    Claim(
        id="before-and-after-flatters",
        concepts=("I01", "H06"),
        sentence="Before and after overstates a programme that is aimed at the worst customers.",
        source="Campbell and Kenny 1999, A Primer on Regression Artifacts; lab X21",
        kind="measurement",
        measure=before_after_flatters,
        unit=UNIT,
        least=1.0,
        world=Programme(),
        hostile={"aim": 0.0},
        null={"lasting": 1.0, **STAY},
        breaks="a lot decides who gets the letters, so that nobody recovers from being chosen",
    )
)
register(
    Claim(
        id="differences-flatter-too",
        concepts=("I01", "H06"),
        sentence="Difference in differences overstates it too.",
        source="Ashenfelter 1978, Review of Economics and Statistics 60(1); lab X21",
        kind="measurement",
        measure=did_flatters,
        unit=UNIT,
        least=1.0,
        world=Programme(),
        hostile={"lasting": 1.0, **STAY},
        null={"aim": 0.0},
        breaks="customers are chosen by what they usually bring, and nobody leaves: paths are "
        "parallel",
    )
)
register(
    Claim(
        id="a-lot-among-the-worst-flatters-less",
        concepts=("I01", "A11"),
        sentence="A lot drawn among the worst overstates it less than difference in differences.",
        source="Shadish, Cook and Campbell 2002; lab X21",
        kind="measurement",
        measure=lot_flatters_less,
        unit=UNIT,
        least=1.0,
        world=Programme(),
        hostile={"broken_lot": 1.0},
        null={"aim": 0.0},
        breaks="the staff decide who of the drawn gets the letters: those who will go on buying",
    )
)
register(
    Claim(
        id="the-threshold-flatters-less",
        concepts=("I01", "A11"),
        sentence="The jump at the threshold overstates the effect there less than difference in "
        "differences overstates the effect on all.",
        source="Thistlethwaite and Campbell 1960; Imbens and Kalyanaraman 2012, Review of Economic "
        "Studies 79(3); lab X21",
        kind="measurement",
        measure=jump_flatters_less,
        unit=UNIT,
        least=1.0,
        world=Programme(),
        hostile={"moved": 0.5},
        null={"lasting": 1.0, **STAY},
        breaks="the staff put the best of those just above the threshold below it",
    )
)
register(
    Claim(
        id="weighting-by-records-flatters-less",
        concepts=("I01", "H06"),
        sentence="Weighting by what the records hold overstates it less than before and after, if "
        "records and a lot decided who was chosen.",
        source="Rosenbaum and Rubin 1983, Biometrika 70(1); lab X21",
        kind="measurement",
        measure=weighting_flatters_less,
        unit=UNIT,
        least=1.0,
        world=Programme(),
        textbook={"aim": 0.5},
        hostile={"unseen": 0.5},
        null={"aim": 0.0, **STAY},
        breaks="the staff also go by what nobody wrote down: who will go on buying",
    )
)
register(
    Claim(
        id="delivery-tells-about-business",
        concepts=("I01",),
        sentence="Projects that are on time and within budget reach their goals more often.",
        source="lecture notes, phase 5: project and business outcomes; lab X21",
        kind="operation",
        measure=delivery_tells,
        unit="difference of two shares",
        least=0.1,
        world=Projects(),
        hostile={"cut": 0.7},
        null={"skill_in_business": 0.0, "late_by_goals": 0.0},
        breaks="most late projects become punctual by leaving out half of the work with people",
    )
)
register(
    Claim(
        id="a-single-goal-is-reached-more",
        concepts=("I01", "A11"),
        sentence="Of a single goal more is reached than of several.",
        source="Buttle: one goal as a success, several usually half met",
        kind="operation",
        measure=one_goal_is_reached_more,
        unit="difference of two shares",
        least=0.1,
        world=Projects(),
        hostile={"staffing": 1.0},
        null={"attention": 0.0},
        breaks="the team grows in step with the goals",
    )
)
