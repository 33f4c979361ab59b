"""With whom can a firm compare itself? Four hundred simulated firms, each with its own abilities.

A firm's mean reality is drawn around 35 %, as CMAT's makers published it (the best 67 %, the worst
17 %); single capabilities spread around it, and the intention lies above the reality (both
*assumed*). Every firm runs the usual business for a year with customers of its own. The table
is stored, since it takes minutes; `peer` makes one row anew, ``python -m crmlab.experiments.peers``
(a part of ``make claims``) all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from crmlab.chance import Chance, normal, uniform
from crmlab.experiments.capability_values import described_market
from crmlab.experiments.self_reports import self_reports, true_capabilities
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.assessment.evidence import evidence
from crmlab.strategic.usual import usual_business
from crmlab.tables import CAPABILITIES

PEERS, CUSTOMERS, WEEKS = 400, 1_000, 52
_MEAN, _SPREAD, _OWN = -0.65, 0.45, 0.8  # logits: of the mean firm, over firms, within a firm
_MOST_INTENDED = 0.6  # of what is missing, at most, is intended on top of the reality


def draw_firm(seed: int) -> tuple[tuple[str, float, float], ...]:
    """The capabilities of one firm, for `Scenario.firm`.

    >>> len(draw_firm(1)), draw_firm(1) == draw_firm(1)
    (20, True)
    """
    luck = Chance(seed).split("firm")
    n = np.arange(len(CAPABILITIES))
    level = _MEAN + _SPREAD * normal(luck.base("level", 0))[0]
    real = 1.0 / (1.0 + np.exp(-level - _OWN * normal(luck.base("reality", n))))
    more = _MOST_INTENDED * uniform(luck.base("intention", n))
    rows = zip(CAPABILITIES, np.round(real + more * (1 - real), 3), np.round(real, 3), strict=True)
    return tuple((name, float(intention), float(reality)) for name, intention, reality in rows)


def live(seed: int, market: Scenario | None = None, customers: int = CUSTOMERS) -> Run:
    """A year of one firm with its own customers, in a market with that firm's abilities."""
    scenario = described_market() if market is None else market
    return simulate(
        scenario.replace(firm=draw_firm(seed)), customers, WEEKS, seed, usual_business()
    )


def peer(seed: int) -> dict[str, float]:
    """One row of the table: profit, and by capability what is true, found and said."""
    run = live(seed)
    truth = true_capabilities(run, 0)
    said = self_reports(truth, seed).groupby("capability")["reality"].mean()
    row = {"profit_eur": round(run.profit / run.customers, 3)}
    found = evidence(run.records)["reality"]
    for kind, values in (("true", truth["reality"]), ("found", found), ("said", said)):
        row |= {f"{kind}_{name}": round(float(values[name]), 3) for name in CAPABILITIES}
    return row


def build(progress: Callable[[int], object] | None = None) -> pd.DataFrame:
    """All peers: one row a firm, by its seed."""
    rows = []
    for seed in range(PEERS):
        rows.append(peer(seed))
        if progress is not None:
            progress(seed + 1)
    return pd.DataFrame(rows, index=pd.RangeIndex(PEERS, name="firm"))


@cache
def _stored() -> pd.DataFrame:
    with (resources.files("crmlab.experiments") / "peers.csv").open("r", encoding="utf-8") as text:
        return pd.read_csv(text, index_col="firm")


def peers(kind: str | None = None) -> pd.DataFrame:
    """The stored peers: one row a firm.

    Parameters
    ----------
    kind : str, optional
        ``"true"``, ``"found"`` or ``"said"``: only those scores, with capabilities as columns.
        None gives ``profit_eur`` (a year's profit, EUR per customer) and all three.
    """
    table = _stored().copy()
    if kind is None:
        return table
    if kind not in ("true", "found", "said"):
        raise ValueError(f"kind must be 'true', 'found' or 'said', got {kind!r}.")
    columns = [c for c in table if c.startswith(f"{kind}_")]
    return table[columns].rename(columns=lambda c: c.removeprefix(f"{kind}_"))


if __name__ == "__main__":
    from pathlib import Path

    build().to_csv(Path(__file__).with_name("peers.csv"), lineterminator="\n")
