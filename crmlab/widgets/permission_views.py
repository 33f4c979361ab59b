"""How often to write, and how easily to let go? The same customers, once for every plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crmlab.analytical.permission import list_size, mail_quality
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.consent import permission
from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.style import WIDTH, applied, canvas, euros, legend_below, number, settle
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading
from crmlab.widgets.summaries import profit_so_far

PLAN, REFERENCE = "your plan", "every 2 weeks, one click"
SHORT = 13
WAYS_OUT = (
    ("one click, and they are off the list", "plain"),
    ("a preference centre offers fewer e-mails", "preference centre"),
    ("hidden (unlawful in many places)", "obstructed"),
)
_SHORT_NAME = {
    "plain": "one click out",
    "preference centre": "preference centre",
    "obstructed": "hidden way out",
}


@dataclass(frozen=True)
class Course:
    """How a plan went: gain over no e-mail (EUR per customer) and list size (share), by week.

    ``complaints`` are spam reports per 1,000 e-mails, over the whole run.
    """

    gain_eur: NDArray[np.float64]
    listed: NDArray[np.float64]
    complaints: float


def course(run: Run, quiet: Run) -> Course:
    """Follow a plan from week to week, against the same customers without e-mail.

    Parameters
    ----------
    run, quiet : Run
        The same scenario, customers, weeks and seed; ``quiet`` under no policy.
    """
    weeks, customers, held = run.weeks, run.customers, run.records
    gain = profit_so_far(run.ledger, weeks) - profit_so_far(quiet.ledger, weeks)
    whole = mail_quality(held.messages, held.responses, weeks)["complaints"]
    return Course(
        gain / customers,
        list_size(held.consents, weeks) / customers,
        float(whole.iloc[0]) if len(whole) else 0.0,
    )


def permission_plan(
    scenario: Scenario | str = "retail", customers: int = 1_000, weeks: int = 104, seed: int = 7
) -> LiveView:
    """Choose a frequency and a way out, and see profit and list as they go over two years.

    The firm asks twice, without an incentive. Each setting simulates the same customers again.

    Parameters
    ----------
    scenario, customers, weeks, seed
        As in `crmlab.simulate`.
    """
    quiet = simulate(scenario, customers, weeks, seed)

    @cache
    def tried(every_weeks: int, path: str) -> Course:
        policy = permission(every_weeks, incentive_eur=0.0, path=path)
        return course(simulate(scenario, customers, weeks, seed, policy), quiet)

    reference = tried(2, "plain")
    panels = _Panels(weeks)
    panels.show(REFERENCE, reference)

    def update(every_weeks: int, path: str) -> Reading:
        plan = tried(every_weeks, path)
        panels.show(PLAN, plan)
        return _read(every_weeks, path, plan, reference)

    controls = {
        "every_weeks": slider("one e-mail every n weeks", 1, 13, 1, slow=True),
        "path": choice("who wants out meets", WAYS_OUT, "plain"),
    }
    return LiveView(controls, update, panels.figure)


class _Panels:
    """Two panels that share their lines' names: gain by week, and list size by week."""

    def __init__(self, weeks: int) -> None:
        self.figure, first = canvas(WIDTH, 4.0)
        first.remove()
        with applied():
            self._axes = self.figure.subplots(1, 2)
        x, names = np.arange(1, weeks + 1), [PLAN, REFERENCE]
        labels = ("gain so far (EUR per customer)", "on the list (% of customers)")
        self._lines = []
        for axes, label in zip(self._axes, labels, strict=True):
            drawn = draw_lines(axes, x, [np.full(weeks, np.nan)] * 2, names)
            label_axes(axes, "week", label)
            self._lines.append(dict(zip(names, drawn, strict=True)))
        with applied():
            self._axes[0].axhline(0, color="black", linewidth=1)
            self._axes[0].axvline(SHORT, color="black", linewidth=1, linestyle=(0, (1, 2)))
            for axes in self._axes:
                axes.set_xlim(0, weeks + 1)
            self._axes[0].set_ylim(-1, 1)
            self._axes[1].set_ylim(0, 100)
        self._low, self._high = -0.4, 1.0
        legend_below(self.figure, list(self._lines[0].values()))
        settle(self.figure)

    def show(self, name: str, plan: Course) -> None:
        """Move both lines of a plan."""
        self._lines[0][name].set_ydata(plan.gain_eur)
        self._lines[1][name].set_ydata(100 * plan.listed)
        self._low = min(self._low, 1.1 * float(plan.gain_eur.min()))
        self._high = max(self._high, 1.1 * float(plan.gain_eur.max()))
        self._axes[0].set_ylim(self._low, self._high)


def _read(every_weeks: int, path: str, plan: Course, reference: Course) -> Reading:
    weeks = len(plan.gain_eur)
    ahead = plan.gain_eur - reference.gain_eur
    early = min(SHORT, weeks)
    often = "Every week" if every_weeks == 1 else f"Every {every_weeks} weeks"
    name = f"{often}, {_SHORT_NAME[path]}"
    title = (
        f"{name}: {euros(ahead[early - 1], signed=True)} per customer against the dashed plan "
        f"after {early} weeks, {euros(ahead[-1], signed=True)} after {weeks}"
    )
    if plan is reference:
        earned = euros(plan.gain_eur[-1], signed=True)
        title = f"{name}: {earned} per customer against no e-mail; hold other plans against it"
    text = (
        f"After {weeks} weeks the plan has earned {euros(plan.gain_eur[-1], signed=True)} per "
        f"customer against no e-mail, with {plan.listed[-1]:.0%} of the customers on the list and "
        f"{number(plan.complaints)} spam reports per 1,000 e-mails. Every two weeks with one "
        f"click out: {euros(reference.gain_eur[-1], signed=True)}, {reference.listed[-1]:.0%} "
        f"and {number(reference.complaints)}."
    )
    return Reading(title, text)
