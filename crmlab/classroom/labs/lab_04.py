"""What is asked in notebook 04: bits, an F1, two mistakes, and how sure a link must be.

Weights of evidence: Fellegi and Sunter (1969), J. American Statistical Association 64(328),
1183-1210. Bits add up to the log2 of the odds; who knows what either mistake costs knows which
odds to ask for.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.experiments.linking import LinkedFirm

ONE_IN = 1_024  # odds that two random records are one person, 1 to this
SURNAME, EMAIL, PHONE = (0.64, 0.01), (0.5, 0.0), (0.512, 0.004)  # m and u of agreeing
PEOPLE, GROUPS = "AAABBC", (1, 1, 2, 2, 3, 3)
SEED, NOW, SILENT_WEEKS, AUDIT_SEED = 21, "2024-12-30", 26, 22
THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
WRONG_EUR, MISSED_EUR = 40.0, 2.0
PASS_EUR = 50.0


@cache
def firm(seed: int = SEED) -> LinkedFirm:
    """The firm of q3 and q4, and with another seed that of q5."""
    from crmlab.experiments.linking import LinkedFirm
    from crmlab.market.packs import scenario

    market = scenario("retail").replace(duplicate_share=0.4, record_errors=1.0, household_share=0.3)
    return LinkedFirm(market, 2_000, seed)


def found_and_true(of_candidates: bool = False) -> tuple[int, int]:
    """True pairs that the analyst's e-mail blocks hold, and all that there are.

    ``of_candidates`` takes the former for the latter, as the analyst does.
    """
    from crmlab.analytical.linkage import block, true_pairs

    pairs = block(firm().clean, [("email",)])
    person = firm().truth
    same = person.loc[pairs["left"]].to_numpy() == person.loc[pairs["right"]].to_numpy()
    found = int(same.sum())
    return found, found if of_candidates else true_pairs(firm().clean, person)


def mistakes(threshold: float, seed: int = AUDIT_SEED) -> pd.Series:
    """Wrong and missed pairs of records with links at a threshold."""
    from crmlab.analytical.linkage import pairwise

    asked, links = firm(seed), firm(seed).linked(threshold)
    sizes, existing = (x.value_counts().to_numpy() for x in (links["golden_id"], asked.truth))
    linked, true = (int((n * (n - 1) // 2).sum()) for n in (sizes, existing))
    right = round(pairwise(links, asked.truth).recall * true)
    return pd.Series({"wrong": linked - right, "missed": true - right})


def minus_cost(threshold: float) -> float:
    """What the mistakes of a threshold cost, as minus EUR."""
    made = mistakes(threshold)
    return -float(WRONG_EUR * made["wrong"] + MISSED_EUR * made["missed"])


@question(
    "04-identify/q1",
    hints=(
        "Agreement is worth log2(m / u) bits, disagreement log2((1 - m) / (1 - u)).",
        "-10 bits to begin with; +6 for the surname, -1 for the e-mail, +7 for the phone.",
        "2 bits are odds of 4 to 1.",
    ),
)
def probability() -> float:
    """How probable is it that these two records are of one person?"""
    bits = -np.log2(ONE_IN)
    bits += np.log2(SURNAME[0] / SURNAME[1]) + np.log2(PHONE[0] / PHONE[1])
    bits += np.log2((1 - EMAIL[0]) / (1 - EMAIL[1]))
    return float(1 / (1 + 2.0**-bits))


@question(
    "04-identify/q2",
    hints=(
        "Count pairs: which pairs does the firm link, and which pairs are really one person?",
        "Linked: 1-2, 3-4, 5-6. True: 1-2, 1-3, 2-3, 4-5. In both: 1-2.",
        "Precision 1/3, recall 1/4; F1 = 2 P R / (P + R).",
    ),
)
def f1() -> float:
    """What is F1 over pairs of records?"""
    from crmlab.analytical.linkage import pairwise

    ids = range(1, len(PEOPLE) + 1)
    links = pd.DataFrame({"customer_id": ids, "golden_id": GROUPS})
    return pairwise(links, pd.Series(list(PEOPLE), index=ids)).f1


@question(
    "04-identify/q3",
    points=2,
    hints=(
        "Which true pairs can the analyst's table not hold, whatever the linker says?",
        "Two records of one person with different e-mails share no block. They are missed, too.",
        "lk.true_pairs(clean, truth) counts all true pairs: divide by that.",
    ),
)
def recall() -> float:
    """Which share of all true pairs has the analyst found?"""
    found, true = found_and_true()
    return found / true


@question(
    "04-identify/q4",
    points=2,
    hints=(
        "Who is silent, the record or the customer?",
        "lk.reengage(profiles, now, 26, links) lists the silent customers, by golden_id.",
        "Take the golden_id of each record on the analyst's list. How many are not on the other?",
    ),
)
def not_silent() -> int:
    """How many records on the list are of customers who have been active, by the links?"""
    from crmlab.analytical.linkage import reengage

    profiles, links = firm().records.profiles, firm().linked(0.5)
    alone = reengage(profiles, NOW, SILENT_WEEKS)
    linked = reengage(profiles, NOW, SILENT_WEEKS, links)
    golden = links.set_index("customer_id")["golden_id"].loc[alone["golden_id"]]
    return int((~golden.isin(linked["golden_id"])).sum())


@question(
    "04-identify/q5",
    points=3,
    hints=(
        "Which mistake is dearer? A link must be surer, the dearer a wrong one is.",
        "Link if the probability times 2 EUR is more than its complement times 40 EUR.",
        "p > 40 / 42 is about 0.95. Which thresholds are near, on either side?",
    ),
)
def threshold() -> Regret:
    """From which probability on should the firm link two records?"""
    return Regret.among(THRESHOLDS, minus_cost, PASS_EUR)
