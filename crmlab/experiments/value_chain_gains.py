"""What does raising each of the nine elements bring a firm like its peers? A stored table.

One year of firms drawn as their peers are, each with its own customers, is too dear for a
notebook, and one firm is no rule. So the gains of `WORLDS` firms under each capability mix are
stored; ``python -m crmlab.experiments.value_chain_gains`` makes them anew, and `world` one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

import pandas as pd

from crmlab.checks import one_of
from crmlab.experiments.compare import interval
from crmlab.experiments.value_chain_links import (
    CONDITIONS,
    ELEMENTS,
    MIXES,
    profit,
    raised_by,
    steps_for,
    uneven_firm,
    worlds,
)

WORLDS, STEP = 8, 0.3
ALL_FOUR = "all four conditions"


def world(seed: int, mix: str) -> dict[str, float]:
    """What raising each element by `STEP` adds to the profit of one firm, EUR per customer."""
    market = uneven_firm(seed, mix)
    plans = {element: steps_for(element, STEP) for element in ELEMENTS}
    plans[ALL_FOUR] = {k: v for name in CONDITIONS for k, v in plans[name].items()}
    base = profit(market, seed)
    return {
        name: round(profit(raised_by(market, plan), seed) - base, 4) for name, plan in plans.items()
    }


def build(progress: Callable[[int], object] | None = None) -> pd.DataFrame:
    """All firms: one row a mix and firm, one column an element."""
    rows = []
    for mix in MIXES:
        for seed in worlds(WORLDS):
            rows.append({"mix": mix, "seed": seed, **world(seed, mix)})
            if progress is not None:
                progress(len(rows))
    return pd.DataFrame(rows)


@cache
def _stored() -> pd.DataFrame:
    path = resources.files("crmlab.experiments") / "value_chain_gains.csv"
    with path.open("r", encoding="utf-8") as text:
        return pd.read_csv(text)


def stored(mix: str) -> pd.DataFrame:
    """The stored gains under one mix: one row a firm (index ``seed``), one column an element."""
    one_of("mix", mix, MIXES)
    table = _stored()
    return table[table["mix"] == mix].drop(columns="mix").set_index("seed")


def gains(mix: str) -> pd.DataFrame:
    """What raising each element brings, over all stored firms, EUR per customer.

    Returns
    -------
    DataFrame
        Index: element, in the order of the chain; ``eur``, ``low``, ``high`` (95 % interval).
    """
    table = stored(mix)[list(ELEMENTS)]
    rows = {name: (table[name].mean(), *interval(table[name])) for name in table}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["eur", "low", "high"])


def conditions_apart_and_together() -> pd.DataFrame:
    """The four conditions under each mix: the sum of each alone, all at once, and the difference.

    Returns
    -------
    DataFrame
        Index: mix; EUR per customer: ``alone, added up``, ``together``, ``more``, ``low``,
        ``high`` (95 % interval of the difference).
    """
    rows = {}
    for mix in MIXES:
        table = stored(mix)
        alone = table[list(CONDITIONS)].sum(axis=1)
        more = table[ALL_FOUR] - alone
        rows[mix] = (alone.mean(), table[ALL_FOUR].mean(), more.mean(), *interval(more))
    columns = ["alone, added up", "together", "more", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("mix")


if __name__ == "__main__":
    from pathlib import Path

    path = Path(__file__).with_name("value_chain_gains.csv")
    build().to_csv(path, index=False, lineterminator="\n")
