"""Which stage is the weakest link, and what does a condition do about it? One view on the chain."""

from __future__ import annotations

import pandas as pd

from crmlab.experiments.value_chain_links import (
    CONDITIONS,
    ELEMENTS,
    MIXES,
    multipliers,
    profit,
    uneven_firm,
    with_reality,
)
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.strategic.value_chain import STAGES, weakest
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

DATA = CONDITIONS[1]


def weakest_stage(
    condition: str = DATA, firm: int = 3, customers: int = 600, seed: int = 7
) -> LiveView:
    """Set how real one supporting condition is: what each stage makes, and what it earns.

    The bars are the outputs of the five stages, in percent of what the same chain gets in a fully
    able firm. Every setting lets the same customers live the year again; settings seen before are
    remembered.

    Parameters
    ----------
    condition : str
        One of `value_chain_links.CONDITIONS`.
    firm, customers, seed : int
        Which of the peers, as in `peers.draw_firm`; and as in `crmlab.simulate`.
    """
    kept = KeptBars(list(STAGES), "stage", "output (% of a fully able firm's)", (0.0, 118.0))
    before = {mix: profit(uneven_firm(firm, mix), seed, customers=customers) for mix in MIXES[:1]}

    def update(reality: int, mix: str) -> Reading:
        market = uneven_firm(firm, mix)
        changed = with_reality(market, ELEMENTS[condition], reality / 100)
        shares = multipliers(changed, seed, customers)
        kept.show((100 * shares).round())
        if mix not in before:
            before[mix] = profit(market, seed, customers=customers)
        more = profit(changed, seed, customers=customers) - before[mix]
        return _read(condition, reality, mix, shares, more)

    controls = {
        "reality": slider(f"{condition}: reality (%)", 0, 100, 40, 20, slow=True),
        "mix": choice("capabilities", list(MIXES), MIXES[1]),
    }
    return LiveView(controls, update, kept.figure)


def _read(condition: str, reality: int, mix: str, shares: pd.Series, more: float) -> Reading:
    link = weakest({str(s): min(float(v), 1.0) for s, v in shares.items() if v == v})
    title = (
        f"{condition.capitalize()} at {reality}%: the lowest stage is {link}, "
        f"at {shares[link]:.0%} of an able firm's output"
    )
    text = (
        f"With capabilities that are {mix}, profit is {euros(more, signed=True)} per customer "
        f"against the firm as it is. {reality}% is the reality of {_named(ELEMENTS[condition])}."
    )
    return Reading(title, text.replace("are weakest link,", "are worth their weakest link,"))


def _named(capabilities: tuple[str, ...]) -> str:
    *most, last = (name.replace("_", " ") for name in capabilities)
    return f"{', '.join(most)} and {last}" if most else last
