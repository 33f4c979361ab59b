"""What should a firm improve with its money? A budget, a way to judge, and where the money goes."""

from __future__ import annotations

from crmlab.experiments.improvement_contest import FOUND, LARGEST_GAP, SAID, Firm, planned
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.strategic.assessment import EIGHT_BLOCKS, mapping
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

MOST_EUR = 6.0
_WAYS = {
    "what managers say": SAID,
    "what is found": FOUND,
    "the gaps alone": LARGEST_GAP,
}
_SHORT = {
    "valued customer experience": "experi-\nence",
    "organisational collaboration": "collabo-\nration",
    "information": "infor-\nmation",
    "technology": "techno-\nlogy",
}


def roadmap_within(firm: Firm) -> LiveView:
    """Set a budget and a way to judge: how much goes into each of the eight building blocks.

    Parameters
    ----------
    firm : Firm
        Of `crmlab.experiments.improvement_contest`.
    """
    block_of = mapping(EIGHT_BLOCKS).set_index("capability")["element"]
    blocks = list(dict.fromkeys(block_of))
    labels = [_SHORT.get(block, block) for block in blocks]
    kept = KeptBars(labels, "", "improvement (EUR per customer)", (0.0, 0.57 * MOST_EUR))

    def update(judge: str, budget: float) -> Reading:
        found = planned(firm, judge, budget)
        each = {name: eur / firm.customers for name, eur in found.plan.items()}
        sums = dict.fromkeys(blocks, 0.0)
        for name, eur in each.items():
            sums[block_of[name]] += eur
        kept.show([sums[block] for block in blocks])
        most = max(blocks, key=lambda block: round(sums[block], 6))
        return _read(each, most, budget, judge)

    controls = {
        "judge": choice("judged by", list(_WAYS.items()), SAID),
        "budget": slider("budget, EUR per customer", 0, MOST_EUR, 2.0, 0.5),
    }
    return LiveView(controls, update, kept.figure)


def _read(steps: dict[str, float], block: str, budget: float, judge: str) -> Reading:
    by = {way: words for words, way in _WAYS.items()}[judge]
    if not steps:
        return Reading("Without money nothing is improved", f"Judged by {by}: nothing.")
    each = ", ".join(f"{name.replace('_', ' ')} {euros(eur)}" for name, eur in steps.items())
    text = f"Judged by {by}, with {euros(budget)} per customer, in order: {each}."
    return Reading(f"By {by}, most goes into {block}", text)
