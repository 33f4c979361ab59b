"""What would each design say, if the programme were aimed otherwise? One view on evaluating."""

from __future__ import annotations

import pandas as pd

from crmlab.experiments.evaluating import held_against
from crmlab.experiments.programmes import Programme, Tried
from crmlab.plots.designs import KeptEstimates, in_words
from crmlab.plots.style import euros
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

CHOOSERS = {"the score, and a lot": 0.0, "the score, a lot, and what the staff know": 0.5}
_SHOWN = ["before and after", "difference in differences", "weighted by propensity",
          "by lot, adjusted"]  # fmt: skip


def aimed_at_the_worst(customers: int = 3_000, seed: int = 7) -> LiveView:
    """Aim a programme at the worst customers more or less, and see what each design says.

    Every setting lets the same customers live again with and without the letters; what was seen
    before is remembered. Treated against untreated is left out, since it would need an axis of its
    own.

    Parameters
    ----------
    customers, seed
        As in `crmlab.simulate`.
    """
    cost = Tried(customers=customers).cost_eur
    kept = KeptEstimates(_SHOWN, "effect (EUR of margin for each treated customer)",
                         (cost, "cost of the letters"))  # fmt: skip
    seen: dict[tuple[int, float], pd.DataFrame] = {}

    def update(aim: int, unseen: float) -> Reading:
        setting = (aim, unseen)
        if setting not in seen:
            world = Programme().replace(aim=aim / 100, unseen=unseen)
            seen[setting] = held_against(Tried(world, customers, seed)).loc[_SHOWN]
        kept.show(seen[setting])
        return _read(aim, seen[setting], cost)

    controls = {
        "aim": slider("how far the score decides (%)", 0, 90, 80, 10, slow=True),
        "unseen": choice("who chooses", list(CHOOSERS.items()), 0.0),
    }
    return LiveView(controls, update, kept.figure)


def _read(aim: int, found: pd.DataFrame, cost: float) -> Reading:
    holds = (found["low"] <= found["truth"]) & (found["truth"] <= found["high"])
    off = found["error"].abs().idxmax()
    row = found.loc[off]
    title = (
        f"{int(holds.sum())} of {len(found)} intervals hold the truth; {off} is off by "
        f"{euros(row['error'], signed=True)}"
    )
    truth = found["truth"].iloc[0]
    worth = "more" if truth > cost else "less"
    text = (
        f"The score decides {aim} %. The letters bring {euros(truth)} for each treated customer, "
        f"{worth} than the {euros(cost)} that they cost. Estimates: {in_words(found)}."
    )
    return Reading(title, text)
