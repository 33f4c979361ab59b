"""Which types of CRM should a firm have, and which first? Switches, and firms to advise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.crm_type_firms import CHOICES, regrets
from crmlab.experiments.factorial import Factorial
from crmlab.experiments.idic_reveal import YOURS, apart, contributions
from crmlab.plots.kept import KeptBars
from crmlab.plots.style import euros
from crmlab.widgets.controls import checkbox, slider
from crmlab.widgets.live import LiveView, Reading


def crm_switches(found: Factorial, on: tuple[str, ...] = ("operational", "analytical")) -> LiveView:
    """Switch types of CRM on and off: what the version earns, and what each type adds to it.

    Parameters
    ----------
    found : Factorial
        As `crmlab.experiments.crm_types.type_factorial` gives it.
    on : tuple of str
        Types that are on to begin with.
    """
    largest = float(np.ptp(found.values().mean()))
    labels = [YOURS.replace(" ", "\n"), *(f"{name}\nadds" for name in found.steps)]
    kept = KeptBars(
        labels, "", "profit (EUR per customer and year)", (-0.5 * largest, 1.15 * largest)
    )

    def update(**ticked: bool) -> Reading:
        chosen = [name for name in found.steps if ticked[name]]
        adds = contributions(found, chosen)
        kept.show(adds)
        return _told(chosen, adds, apart(found, chosen))

    controls = {name: checkbox(name, name in on) for name in found.steps}
    return LiveView(controls, update, kept.figure)


def _told(chosen: list[str], adds: pd.Series, alone: float) -> Reading:
    if not chosen:
        title = "No type yet"
    else:
        earned = euros(float(adds[YOURS]), signed=True)
        title = f"{' + '.join(chosen).capitalize()}: {earned} per customer"
        if len(chosen) > 1:
            title += f", bought apart {euros(alone, signed=True)}"
    missing = adds.drop([YOURS, *chosen])
    parts = [f"{title}."]
    if len(missing):
        best = str(missing.idxmax())
        parts.append(
            f"Next, {best} would add most: {euros(float(missing[best]), signed=True)}."
            if missing[best] > 0
            else "No other type would repay its price."
        )
    parts += [
        f"Without {name} it would be {euros(-float(adds[name]))} more."
        for name in chosen
        if adds[name] < 0
    ]
    return Reading(title, " ".join(parts))


def first_type(firms: pd.DataFrame, firm: int = 0) -> LiveView:
    """Go from firm to firm: its profile, the lecture's advice, and what each type would add.

    Parameters
    ----------
    firms : DataFrame
        As `crmlab.experiments.crm_type_firms.stored_firms` gives it, numbered from 0.
    firm : int
        The first one shown.
    """
    kept = KeptBars(list(CHOICES), "the first type", "EUR a year, after its price")
    regret = regrets(firms, firms["advice"])

    def update(firm: int) -> Reading:
        row = firms.loc[firm]
        kept.show(row[list(CHOICES)].astype(float))
        return _advised(firm, row, float(regret[firm]))

    controls = {"firm": slider("firm", 0, len(firms) - 1, firm)}
    return LiveView(controls, update, kept.figure)


def _advised(firm: int, row: pd.Series, regret: float) -> Reading:
    values = row[list(CHOICES)].astype(float)
    best, advised = str(values.idxmax()), str(row["advice"])
    title = f"Firm {firm}: the notes advise {advised}, "
    title += "and that is best" if regret == 0 else f"{best} would bring EUR {regret:,.0f} more"
    values_data = "values" if row["data_driven"] else "does not value"
    text = (
        f"A firm ({row['kind']}) with {row['customers']:,} customers on file. Sites: "
        f"{row['sites']}; departments that write to customers: {row['departments']}; "
        f"{row['online']:.0%} of contacts online, {row['repetitive']:.0%} of the work repetitive; "
        f"it {values_data} data. The first type could bring between "
        f"{euros(float(values.min()), signed=True)} and {euros(float(values.max()), signed=True)} "
        f"a year."
    )
    if values.max() <= 0:
        text += " None repays its price."
    return Reading(title, text)
