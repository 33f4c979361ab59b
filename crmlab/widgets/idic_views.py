"""Which steps of IDIC should a firm take? Switch them, and see what each adds to the others."""

from __future__ import annotations

import numpy as np

from crmlab.experiments.factorial import Factorial
from crmlab.experiments.idic_reveal import YOURS, apart, contributions
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
        [YOURS.replace(" ", "\n"), *(f"{step}\nadds" for step in found.steps)],
        "",
        "profit (EUR per customer)",
        (-0.3 * largest, 1.15 * largest),
    )

    def update(**on: bool) -> Reading:
        chosen = [step for step in found.steps if on[step]]
        adds = contributions(found, chosen)
        kept.show(adds)
        earned, alone = float(adds[YOURS]), apart(found, chosen)
        return _read(chosen, adds.drop(YOURS).to_dict(), earned, alone)

    controls = {step: checkbox(step, step == "customise") for step in found.steps}
    return LiveView(controls, update, kept.figure)


def _read(chosen: list[str], adds: dict[str, float], earned: float, alone: float) -> Reading:
    name = " + ".join(chosen).capitalize() or "No step"
    title = f"{name}: {euros(earned, signed=True)} per customer" if chosen else "No step yet"
    if len(chosen) > 1:
        title += f", apart {euros(alone, signed=True)}"
    parts = [f"{name}: {euros(earned, signed=True)} per customer against no step."]
    missing = {step: eur for step, eur in adds.items() if step not in chosen}
    if missing:
        following = max(missing, key=lambda step: missing[step])
        parts.append(
            f"Next, {following} would add most: {euros(missing[following], signed=True)}."
            if missing[following] > 0
            else "No other step would add anything."
        )
    parts += [
        f"Without {step} it would be {euros(-adds[step])} more."
        for step in chosen
        if adds[step] < 0
    ]
    return Reading(title, " ".join(parts))
