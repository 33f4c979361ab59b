"""Which steps of IDIC should a firm take? Switch them, and see what each adds to the others."""

from __future__ import annotations

import numpy as np

from crmlab.experiments.factorial import Factorial
from crmlab.experiments.idic_reveal import YOURS, contributions
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.widgets.controls import checkbox
from crmlab.widgets.live import LiveView, Reading


def idic_steps(found: Factorial) -> LiveView:
    """Switch the steps of a method on and off: what the version earns, and what each step adds.

    Every version has lived through the same worlds on the same budget before the first click, so
    the figure answers at once. The first bar is the version against none of the steps; the others
    say what each step adds to it, or would add.

    Parameters
    ----------
    found : Factorial
        As `crmlab.experiments.factorial.factorial` gives it.
    """
    largest = float(np.ptp(found.values().mean()))
    kept = KeptBars(
        [YOURS, *(f"{step}\nadds" for step in found.steps)],
        "",
        "profit (EUR per customer)",
        (-0.3 * largest, 1.15 * largest),
    )

    def update(**on: bool) -> Reading:
        chosen = [step for step in found.steps if on[step]]
        adds = contributions(found, chosen)
        kept.show(adds)
        return _read(chosen, adds.drop(YOURS).to_dict(), float(adds[YOURS]))

    controls = {step: checkbox(step, step == "customise") for step in found.steps}
    return LiveView(controls, update, kept.figure)


def _read(chosen: list[str], adds: dict[str, float], earned: float) -> Reading:
    name = " + ".join(chosen)
    name = name[:1].upper() + name[1:] if chosen else "No step"
    verb = "earns" if len(chosen) < 2 else "earn"
    title = f"{name}: {euros(earned, signed=True)} per customer" if chosen else "No step yet"
    missing = {step: eur for step, eur in adds.items() if step not in chosen}
    parts = [f"{name} {verb} {euros(earned, signed=True)} against no step."] if chosen else []
    if missing:
        next_step = max(missing, key=lambda step: missing[step])
        parts.append(f"Next, {next_step} would add most: {euros(missing[next_step], signed=True)}.")
    for step in chosen:
        if adds[step] < 0:
            parts.append(f"Without {step} it would be {euros(-adds[step])} more.")
    return Reading(title, " ".join(parts))
