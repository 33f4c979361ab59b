"""The commands that run markets: ``simulate``, ``compare``, and what can be named in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmlab.commands import words
from crmlab.commands.screen import print_table, progress_bar

if TYPE_CHECKING:
    from crmlab.market.run import Run
    from crmlab.market.scenario import Scenario

SIMULATE_EXAMPLE = (
    "Example: crmlab simulate retail --weeks 52 --policy newsletter:every_weeks=2 --out out/shop"
)
COMPARE_EXAMPLE = (
    "Example: crmlab compare retail/hostile --policy nothing --policy newsletter:every_weeks=1 "
    "--policy newsletter:every_weeks=4 --worlds 10"
)

Market = Annotated[str, typer.Argument(help="A market; crmlab scenarios lists them.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Change the market; can be repeated."),
]
Budget = Annotated[float | None, typer.Option(help="EUR that can be spent a week; else no limit.")]
Customers = Annotated[int, typer.Option(help="People who come of themselves.")]
Weeks = Annotated[int, typer.Option(help="Length of a run.")]


def simulate(
    scenario: Market = "retail",
    customers: Customers = 5_000,
    weeks: Weeks = 104,
    seed: Annotated[int, typer.Option(help="The world: who people are, and their luck.")] = 1,
    policy: Annotated[
        str, typer.Option(metavar="NAME[:ARG=VALUE,...]", help="crmlab policies lists them.")
    ] = "nothing",
    budget: Budget = None,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the records, as Parquet.")
    ] = None,
    duckdb: Annotated[
        Path | None, typer.Option(help="A new file for the records, as DuckDB.")
    ] = None,
    changes: Changes = None,
) -> None:
    """Let a market run, and show what the firm holds and what it earned."""
    from crmlab.market.run import simulate as run_market

    market, acting = _market(scenario, changes), words.policy_of(policy)
    _must_be_new("--duckdb", duckdb)
    with progress_bar(weeks, "Weeks") as step:
        run = run_market(market, customers, weeks, seed, acting, budget, out, step)
    if duckdb is not None:
        run.records.to_duckdb(duckdb)
    _show(run)
    for place in (out, duckdb):
        if place is not None:
            print(f"The records are in {place}")


def compare(
    scenario: Market = "retail",
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:ARG=VALUE,...]",
            help="Repeat it; the others are held against the first. crmlab policies lists them.",
        ),
    ] = None,
    customers: Customers = 2_000,
    weeks: Weeks = 52,
    worlds: Annotated[int, typer.Option(help="How many worlds each policy is tried in.")] = 20,
    seed: Annotated[int, typer.Option(help="Names the set of worlds.")] = 1,
    budget: Budget = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV.")] = False,
    report: Annotated[Path | None, typer.Option(help="An HTML report with figures.")] = None,
    changes: Changes = None,
) -> None:
    """Try policies on the same customers with the same luck, and say which earns more."""
    from crmlab.experiments.compare import compare as try_all

    named, market = _policies(policy or []), _market(scenario, changes)
    if report is not None:
        from crmlab.report import html_path
        from crmlab.report import report as write

        html_path(report)
    with progress_bar(worlds * len(named), "Runs") as step:
        cmp = try_all(named, market, customers, weeks, worlds, seed, budget, step)
    if csv:
        cmp.table.to_csv(sys.stdout, index=False)
    else:
        print(repr(cmp).split("\n", 1)[0])
        print_table(cmp.table)
    if report is not None:
        place = write(cmp, report)
        print(f"The report is in {place}", file=sys.stderr if csv else sys.stdout)


def scenarios() -> None:
    """List the markets."""
    from crmlab.market.packs import scenarios as listed

    print_table(listed()[["name", "what it is"]])


def policies() -> None:
    """List the policies that can be named, with their arguments."""
    import inspect

    import pandas as pd

    ready = words.ready_policies()
    rows = [
        (
            name,
            ", ".join(
                f"{p.name}={p.default}" for p in inspect.signature(maker).parameters.values()
            ),
            (maker.__doc__ or "").strip().split("\n")[0],
        )
        for name, maker in ready.items()
    ]
    print_table(pd.DataFrame(rows, columns=["name", "arguments", "what it does"]))


def _market(scenario: str, changes: list[str] | None) -> Scenario:
    from crmlab.market.packs import scenario as named

    return named(scenario).replace(**words.changes_of(changes or []))


def _policies(texts: list[str]) -> dict[str, Any]:
    """The policies by what was typed; nothing comes first where only one is named."""
    if len(texts) < 2:
        texts = ["nothing", *(texts or ["newsletter:every_weeks=2"])]
    if len(set(texts)) < len(texts):
        raise ValueError(f"--policy names one policy twice: {', '.join(texts)}. Leave one out.")
    return {text: words.policy_of(text) for text in texts}


def _must_be_new(option: str, path: Path | None) -> None:
    if path is not None and path.exists():
        raise FileExistsError(f"{option} {path} exists. Name a new one, or remove it first.")


def _show(run: Run) -> None:
    import pandas as pd

    print(run)
    print_table(run.records.tables())
    causes = run.ledger.groupby("cause")["eur"].sum()
    total = pd.Series({"profit": run.profit})
    table = pd.concat([causes[causes != 0].sort_values(ascending=False), total])
    print_table(table.rename("EUR").rename_axis("cause").reset_index())
