"""How wrong may the data be, and how cheap must a rival be? Two views on one-to-one marketing."""

from __future__ import annotations

import math

from crmlab.experiments.data_errors import break_even, filled, gain
from crmlab.experiments.handcuffs import MOST, rivalled, taken_in_a_year
from crmlab.experiments.one_to_one_lives import Firm
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.plots.kept import KeptBars, KeptLines
from crmlab.plots.style import euros
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

SHARES = tuple(i / 10 for i in range(11))
PENALTIES = {"nobody minds": 0.0, "it puts off somewhat": 0.5, "it puts off a lot": 1.0}
_GAIN, _PLAIN = "one product by past orders", "nothing"
_TRIED = "tried now"


def wrong_data(customers: int = 1_500, weeks: int = 52, seed: int = 7) -> LiveView:
    """Spoil what the firm believes, and see what personalised mails still gain.

    Every setting lets the same customers live the year again; the line joins the shares tried
    so far, to begin with none and all. What was seen before is remembered.

    Parameters
    ----------
    customers, weeks, seed
        As in `crmlab.simulate`.
    """
    firms = {
        penalty: Firm(Firm().market.replace(miss_penalty=penalty), customers, weeks, seed)
        for penalty in PENALTIES.values()
    }
    tried: dict[float, dict[float, float]] = {penalty: {} for penalty in firms}
    percent = [100 * share for share in SHARES]
    kept = KeptLines(
        percent,
        [_PLAIN, _GAIN, _TRIED],
        "customers whose record is spoilt (%)",
        "gain (EUR per customer)",
    )
    kept.lines[_PLAIN].set_label("the assortment for all")
    kept.figure.legends[0].get_texts()[0].set_text("the assortment for all")
    kept.lines[_TRIED].set(linestyle="", markersize=13, markevery=1)

    def update(wrong: int, penalty: float) -> Reading:
        share, known = SHARES[wrong // 10], tried[penalty]
        for point in (SHARES[0], SHARES[-1], share):
            if point not in known:
                known[point] = gain(firms[penalty], point)
        line = filled(known, SHARES)
        kept.lines[_GAIN].set_markevery([s in known for s in SHARES])
        kept.show(
            {
                _GAIN: line,
                _PLAIN: [0.0] * len(SHARES),
                _TRIED: line.where(line.index == share),
            }
        )
        return _read(wrong, known[share], break_even(line), len(known))

    controls = {
        "wrong": slider("customers whose record is spoilt (%)", 0, 100, 20, 10, slow=True),
        "penalty": choice("a product that is not wanted", list(PENALTIES.items()), 0.5),
    }
    return LiveView(controls, update, kept.figure)


def _read(wrong: int, eur: float, even: float, points: int) -> Reading:
    verb = "gain" if eur >= 0 else "lose"
    title = (
        f"{wrong}% spoilt: mails with one product {verb} {euros(abs(eur))} per customer "
        "against the same mails for all"
    )
    where = (
        "the gain never falls to zero"
        if math.isnan(even)
        else f"the gain is gone with some {100 * even:.0f}% spoilt"
    )
    return Reading(title, f"On the line through the {points} shares tried so far, {where}.")


def rivals_discount(
    scenario: Scenario | str = "retail", customers: int = 5_000, seed: int = 7
) -> LiveView:
    """Let a rival ask less, and see whom it takes, by what they have taught the firm.

    Parameters
    ----------
    scenario : Scenario or str
        Without a rival, it gets the assumed one of `handcuffs.RIVAL`.
    customers, seed
        As in `crmlab.simulate`.
    """
    market = rivalled(scenario)
    people = simulate(market, customers, 1, seed).truth.people
    names = [str(n) for n in range(MOST + 1)]
    kept = KeptBars(
        names, "things that all customers had taught", "taken by the rival (% a year)", (0.0, 100.0)
    )
    stranger = float(taken_in_a_year(people, market, 0.0).iloc[0])

    def update(discount: int) -> Reading:
        taken = taken_in_a_year(people, market, discount / 100)
        kept.show((100 * taken).round())
        title = (
            f"At {discount}% off, a rival takes {taken[0]:.0%} of those who taught nothing in a "
            f"year, and {taken[2]:.0%} of those who taught two things"
        )
        safe = [n for n in taken.index if taken[n] <= stranger]
        who = f"At least {safe[0]} taught" if safe else f"Not even {MOST} taught"
        text = (
            f"At its full price it would take {stranger:.0%} of those who taught nothing. {who} "
            "things hold a customer as well as that."
        )
        return Reading(title, text)

    controls = {"discount": slider("the rival's discount (%)", 0, 40, 10, 1)}
    return LiveView(controls, update, kept.figure)
