"""The command ``recovery``: which estimator of customer value to trust, on known truth."""

from __future__ import annotations

from typing import Annotated

import typer

from crmlab.commands.screen import print_table, progress_bar

EXAMPLE = "Example: crmlab recovery --worlds 200 --trials 5"


def recovery(
    worlds: Annotated[
        int, typer.Option(min=2, help="Worlds in which the model is right, for coverage.")
    ] = 200,
    trials: Annotated[
        int, typer.Option(min=2, help="Draws of every world that breaks an assumption.")
    ] = 5,
    customers: Annotated[int, typer.Option(min=50, help="People in each world.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the worlds.")] = 1,
) -> None:
    """Print how often intervals hold the truth, and what each estimator loses where it is wrong."""
    from crmlab.experiments.contest import contest
    from crmlab.experiments.contest import trials as kinds
    from crmlab.experiments.recovery import coverage, right_worlds, share_inside

    right, wrong = len(right_worlds()), len(kinds())
    with progress_bar(right + wrong, "Recovery") as step:
        done = 0

        def count(_: str) -> None:
            nonlocal done
            done += 1
            step(done)

        held = coverage(worlds, customers, seed, progress=count)
        lost = contest(trials, customers, seed, progress=count)
    inside = share_inside(held)
    print(f"95 % intervals over {worlds:,} worlds of {customers:,} customers: "
          f"{inside:.0%} of the parameters are held in 92 to 98 % of them")  # fmt: skip
    print_table(held, 3)
    print(f"\nChoosing the best tenth by value of the next year, {trials} draws of each world")
    print_table(lost, 3)
