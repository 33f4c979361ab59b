"""The command ``demo``: simulate, compare, and write a report, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmlab.commands.screen import progress_bar

if TYPE_CHECKING:
    import pandas as pd

EXAMPLE = "Example: crmlab demo --out out/demo.html"
POLICIES = (
    "nothing",
    "newsletter:every_weeks=1",
    "newsletter:every_weeks=4",
    "permission:every_weeks=2,path=preference centre",
    "sense_and_respond",
)
_NAMES = ("nothing", "weekly newsletter", "monthly newsletter", "ask first, then fortnightly",
          "answer what people do")  # fmt: skip
_CUSTOMERS, _WEEKS, _WORLDS, _SEED = 1_000, 52, 5, 7


def demo(
    out: Annotated[Path, typer.Option(help="The report, an HTML file.")] = Path("out/demo.html"),
) -> None:
    """Ask whether a shop should write to its customers, and write the answer as a report."""
    from crmlab.commands.words import policy_of
    from crmlab.experiments.compare import compare, world_seeds
    from crmlab.market.run import simulate
    from crmlab.report import report

    policies = dict(zip(_NAMES, map(policy_of, POLICIES), strict=True))
    runs = _WORLDS * len(policies)
    with progress_bar(runs + 2, "Simulating") as step:
        cmp = compare(policies, "retail", _CUSTOMERS, _WEEKS, _WORLDS, _SEED, progress=step)
        name = best(cmp.table)
        first_world = world_seeds(_SEED, _WORLDS)[0]
        run = simulate("retail", _CUSTOMERS, _WEEKS, first_world, policies[name])
        step(runs + 1)
        place = report(cmp, out, title="Should a shop write to its customers?", run=run)
    print(cmp)
    print(f"\nThe report is in {place}")


def best(table: pd.DataFrame) -> str:
    """The policy that earned most per customer."""
    return str(table.loc[table["profit_eur_per_customer"].idxmax(), "policy"])
