"""How often to remind, and how soon? What that gains, beside what two reports would claim."""

from __future__ import annotations

import pandas as pd

from crmlab import policies
from crmlab.experiments.credit import claimed_and_gained, credit
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.policy import Policy
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

GAINED, CLICKS, OPENS = "really gained", "last click claims", "last open claims"
DELAYS = {"1 hour": 60, "4 hours": 240, "1 day": 1_440, "3 days": 4_320}
MOST_REMINDERS = 4


def reminders(
    scenario: Scenario | str = "retail", customers: int = 10_000, weeks: int = 52, seed: int = 7
) -> LiveView:
    """Remind of abandoned carts, and see what it gains and what a report would say.

    Every setting lets the same customers live the year again; settings that were seen before
    are remembered. Margin is before returns and before the cost of messages.

    Parameters
    ----------
    scenario, customers, weeks, seed
        As in `crmlab.simulate`.
    """
    quiet = simulate(scenario, customers, weeks, seed)
    kept = KeptBars([GAINED, CLICKS, OPENS], "", "gross margin (EUR a year)")
    seen: dict[tuple[int, str], tuple[pd.Series, Reading]] = {}

    def update(reminders: int, delay: str) -> Reading:
        if (reminders, delay) not in seen:
            run = simulate(scenario, customers, weeks, seed, cart_mails(reminders, delay))
            margins = margins_of(run, quiet)
            seen[reminders, delay] = margins, _told(margins, run, reminders, delay)
        margins, reading = seen[reminders, delay]
        kept.show(margins)
        return reading

    controls = {
        "reminders": slider("reminders after the first mail", 0, MOST_REMINDERS, 4, slow=True),
        "delay": choice("first mail after", list(DELAYS), "4 hours"),
    }
    return LiveView(controls, update, kept.figure)


def cart_mails(reminders: int, delay: str) -> Policy:
    """The policy that the two controls stand for.

    >>> cart_mails(2, "1 day")
    2 reminders after 1 day
    """
    rule = policies.cart_rule(reminders, DELAYS[delay])
    number = f"{reminders} reminder{'s' * (reminders != 1)}"
    return policies.standing((rule,), f"{number} after {delay}")


def margins_of(run: Run, quiet: Run) -> pd.Series:
    """What the messages gained, and what last click and last open claim for them, EUR."""
    clicks, gained = claimed_and_gained(credit(run, quiet))
    opens, _ = claimed_and_gained(credit(run, quiet, event="open"))
    return pd.Series({GAINED: gained, CLICKS: clicks, OPENS: opens})


def _told(margins: pd.Series, run: Run, reminders: int, delay: str) -> Reading:
    sent = len(run.records.messages)
    left = int(run.records.responses["event"].isin(["unsubscribe", "complaint"]).sum())
    number = f"{reminders} reminder{'s' * (reminders != 1)}" if reminders else "no reminder"
    title = (
        f"A mail after {delay} and {number} gain {euros(margins[GAINED])}; "
        f"last click claims {euros(margins[CLICKS])}"
    )
    each = euros(margins[GAINED] / sent) if sent else "nothing"
    text = (
        f"{sent:,} messages, {each} of margin gained by each; after {left:,} of them somebody "
        f"unsubscribed or reported spam. Last open would claim {euros(margins[OPENS])}."
    )
    return Reading(title, text)
