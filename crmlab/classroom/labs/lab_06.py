"""What is asked in notebook 06: four kinds by hand, a Qini by hand, two mistakes, and a list.

In q3 the analyst compares those who were chosen with those who were not; in q4 the learner is
graded on the customers who taught it. The list of q5 is judged by what it is expected to bring,
so that luck neither punishes nor rewards.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.classroom import plain
from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.treatment import Firm

KINDS = pd.DataFrame(
    {"buys_without": [0.10, 0.80, 0.02, 0.50], "buys_with": [0.40, 0.80, 0.02, 0.35]},
    index=pd.Index(["persuadable", "sure thing", "lost cause", "sleeping dog"], name="kind"),
)
"""Probability of an order by kind, without and with a letter that holds a voucher."""
ORDER_EUR, LETTER_EUR, VOUCHER_EUR = 12.0, 0.75, 3.0
TRIAL = pd.DataFrame(
    {"letters": [200, 1_000], "buyers_with_letter": [50, 100],
     "no_letter": [100, 500], "buyers_without": [10, 30]},
    index=["best scores", "everybody"],
)  # fmt: skip
"""A trial: customers and buyers among the best scores, and among everybody in it."""
CUSTOMERS, PILOT, SEED, HALF = 12_000, 6_000, 61, 3_000
SHARE = 0.2
SHARES = (0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3)
PASS_EUR = 100.0


@cache
def market(pilot: int = PILOT) -> Firm:
    """The firm of q4 and q5; without a pilot, that of q3."""
    from crmlab.experiments.treatment import Firm

    return Firm("retail", CUSTOMERS, pilot, SEED)


def chosen_and_drawn() -> tuple[pd.Index, pd.Index]:
    """The fifth of q3 that has bought most, and those of it who get the letter by lot."""
    from crmlab.experiments.treatment import best

    firm = market(pilot=0)
    chosen = best(firm.now.loc[firm.others, "bought_eur"], SHARE)
    return chosen, chosen[firm.lot.loc[chosen, "letter"]]


def margins_after() -> pd.Series:
    """Margin of each customer of q3 in the four weeks after the letters, EUR."""
    from crmlab.analytical.segments import margin_between

    run = market(pilot=0).lived(chosen_and_drawn()[1])
    return margin_between(run.records, 28, 32)


def coefficient(taught: pd.DataFrame, graded: pd.DataFrame) -> float:
    """Qini coefficient of the tree of q4, buyers for 1,000 customers."""
    from sklearn.tree import DecisionTreeClassifier

    from crmlab.analytical.uplift import TLearner, qini

    X = market().then
    tree = TLearner(DecisionTreeClassifier(min_samples_leaf=10, random_state=0))
    y = taught["bought"].astype(float)
    effect = tree.fit(X.loc[taught.index], y, treatment=taught["letter"]).predict(
        X.loc[graded.index]
    )
    return 1_000 * qini(effect, graded["bought"], graded["letter"]).coefficient


def list_profit(customers: set[Any]) -> float:
    """What letters to these customers are expected to earn, EUR."""
    firm = market()
    unknown = sorted(map(str, customers - set(firm.others)))
    if unknown:
        raise ValueError(f"{unknown[0]} is not one of firm.others ({len(unknown):,} are not).")
    margin = firm.truth.loc[list(customers), "margin_eur"].sum()
    return float(margin - firm.letter_eur * len(customers))


def best_rule_profit() -> float:
    """The best that a rule of the notebook earns with any of `SHARES`, EUR."""
    from crmlab.experiments.treatment import best, scores

    table = scores(market())
    return max(list_profit(set(best(table[rule], share))) for rule in table for share in SHARES)


@question(
    "06-uplift/q1",
    points=2,
    hints=(
        "What does the letter change, and who takes the voucher? Whoever buys after the letter.",
        "12 x (with - without) - 0.75 - 3 x with.",
        "Sure things: 12 x 0 - 0.75 - 3 x 0.8.",
    ),
)
def gain_by_kind() -> dict[str, float]:
    """How much does a letter with a voucher gain with one customer of each kind, EUR?"""
    change = KINDS["buys_with"] - KINDS["buys_without"]
    gain = ORDER_EUR * change - LETTER_EUR - VOUCHER_EUR * KINDS["buys_with"]
    return {str(kind): float(eur) for kind, eur in gain.items()}


@question(
    "06-uplift/q2",
    hints=(
        "How many of the buyers with a letter would have bought anyway? The others tell.",
        "Among the best scores 10 of 100 buy without a letter: 20 of 200 would have. That leaves "
        "30 added buyers.",
        "Everybody: 100 less 30 x 1,000 / 500. Then divide.",
    ),
)
def share_reached() -> float:
    """What share of all added buyers is found among the best scores?"""
    added = TRIAL["buyers_with_letter"] - TRIAL["buyers_without"] * (
        TRIAL["letters"] / TRIAL["no_letter"]
    )
    return float(added["best scores"] / added["everybody"])


@question(
    "06-uplift/q3",
    points=2,
    hints=(
        "Had the letters not been sent, would the two groups have bought the same?",
        "Whom did a lot keep from getting the letter? They are in `chosen`, not in `got`.",
        "margin[got].mean() - margin[chosen.difference(got)].mean()",
    ),
)
def letter_effect() -> float:
    """How much margin did a letter bring, EUR?"""
    chosen, got = chosen_and_drawn()
    margin = margins_after()
    return float(margin[got].mean() - margin[chosen.difference(got)].mean())


@question(
    "06-uplift/q4",
    points=2,
    hints=(
        "On whom was the tree graded, and who taught it?",
        "Teach it with pilot.iloc[:3_000], and grade it on pilot.iloc[3_000:].",
    ),
)
def honest_coefficient() -> float:
    """What is the tree's Qini coefficient, buyers for 1,000 customers, on the second half?"""
    pilot = market().pilot_group
    return coefficient(pilot.iloc[:HALF], pilot.iloc[HALF:])


@question(
    "06-uplift/q5",
    points=3,
    hints=(
        "Which rule did best in the notebook? It needs no pilot.",
        "How many letters? A letter costs 0.75 EUR, and the last one on the list must earn it.",
        "treatment.scores(firm) has a column for each rule, treatment.best(score, share) the list.",
    ),
)
def whom() -> Regret:
    """Which customers of `firm.others` should get the letter?"""
    return Regret(best_rule_profit(), list_profit, PASS_EUR, plain.ids)
