"""Which lecture model earns most, and where? Each as a full policy on the same worlds and budget.

Every model is turned into what a firm would do by it: whom to write to, what to show, when to
act, what to spend the rest of a weekly budget on. All live through the same worlds with the same
luck, so differences are those of the models as they are read here, not of the customers. In half
of the seasons prospects are for sale, in the other half a firm has only the customers that it
has: otherwise the table would mostly say who buys prospects. Results are stored, since a season
takes an hour; one world can be played again at once. No single winner is the point: the *map*
moves two assumptions, and shows which model leads where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources

import pandas as pd

from crmlab.checks import one_of, whole_number
from crmlab.experiments.compare import interval, world_seeds
from crmlab.market.packs import DESK, firm
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.rules import sense_and_respond
from crmlab.strategic.five_processes import FiveProcesses
from crmlab.strategic.idic import IDIC
from crmlab.strategic.mass import MassMarketing
from crmlab.strategic.reap_policy import REAP
from crmlab.strategic.tiers import PortfolioTiers
from crmlab.strategic.value_chain import ValueChain

NOTHING = "nothing"
PACKS = ("retail", "subscription")
UNREADY = "unready firm"
CONDITIONS = ("textbook", "hostile", UNREADY, "null")
"""Three conditions of a pack, and the textbook market with a desk and a firm at 35 %."""
CUSTOMERS, WEEKS, WEEKLY_EUR = 1_000, 104, 0.02
"""Size of a world, its length, and the budget, EUR a week and customer."""
WORLDS = 20
CLOSED, OPEN = "own customers only", "prospects for sale"
SEASONS = (CLOSED, OPEN)


def models() -> dict[str, object]:
    """The lecture models as policies, by name; the first does nothing."""
    return {
        NOTHING: None,
        "mass marketing": MassMarketing(),
        "sense and respond": sense_and_respond(2),
        "IDIC": IDIC(),
        "portfolio strategies": PortfolioTiers(),
        "value chain": ValueChain(),
        "five processes": FiveProcesses(),
        "REAP": REAP(),
    }


def market(pack: str, condition: str, season: str = CLOSED) -> Scenario:
    """The market of one table: a pack in a condition, with prospects for sale or without."""
    one_of("season", season, SEASONS)
    one_of("condition", condition, CONDITIONS)
    name = "textbook" if condition == UNREADY else condition
    base = named_scenario(f"{pack}/{name}")
    if condition == UNREADY:
        base = base.replace(**DESK, firm=firm())
    return base if season == OPEN else base.replace(pool_prospects=0)


def play(
    scenario: Scenario,
    seeds: Iterable[int],
    names: Iterable[str] | None = None,
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """Let the models live through these worlds.

    Returns
    -------
    DataFrame
        One row a world and model: ``seed``, ``model``, ``profit_eur`` (per customer).
    """
    known = models()
    chosen = list(known) if names is None else list(names)
    for name in chosen:
        one_of("a model of names", name, tuple(known))
    whole_number("customers", customers, 1, 10**6)
    rows = []
    for seed in seeds:
        for name in chosen:
            run = simulate(
                scenario, customers, weeks, int(seed), known[name], WEEKLY_EUR * customers
            )
            rows.append((int(seed), name, run.profit / customers))
            if progress is not None:
                progress(len(rows))
    return pd.DataFrame(rows, columns=["seed", "model", "profit_eur"])


def table(played: pd.DataFrame) -> pd.DataFrame:
    """A league table from worlds that have been played.

    Parameters
    ----------
    played : DataFrame
        One row a world and model, as `play` returns it; ``nothing`` must be among the models.

    Returns
    -------
    DataFrame
        One row a model, the best first: ``gain_eur`` (over doing nothing, EUR per customer),
        ``low``, ``high`` (95 % interval over worlds; NaN for one), ``first`` (worlds in which it
        came first, doing nothing included).
    """
    wide = played.pivot(index="seed", columns="model", values="profit_eur")
    if NOTHING not in wide:
        raise ValueError(f"played must hold the model {NOTHING!r}, got {list(wide)}.")
    gains = wide.sub(wide[NOTHING], axis=0)
    best = gains.round(4).idxmax(axis=1)
    rows = [
        (gains[name].mean(), *interval(gains[name]), int((best == name).sum()))
        for name in wide
        if name != NOTHING
    ]
    index = pd.Index([name for name in wide if name != NOTHING], name="model")
    found = pd.DataFrame(rows, index, columns=["gain_eur", "low", "high", "first"])
    return found.sort_values("gain_eur", ascending=False, kind="stable")


# --- the map ---------------------------------------------------------------------------------

WELCOME, ALIKE = "contact that is tolerated", "how alike needs are"
TOLERATED = (0.175, 0.35, 0.7, 1.4)
CONCENTRATION = (0.2, 0.6, 2.0, 20.0)
MAP_WORLDS = 3


def map_market(tolerance: float, concentration: float, season: str = CLOSED) -> Scenario:
    """The retail textbook market with two assumptions moved.

    ``tolerance`` is the median of messages a week that do not tire, ``concentration`` how alike the
    needs of people are (`Scenario.need_concentration`).
    """
    return market("retail", "textbook", season).replace(
        tolerance_median=tolerance, need_concentration=concentration
    )


def winners(played: pd.DataFrame) -> pd.DataFrame:
    """Who leads in each market of the map, and by how much.

    Parameters
    ----------
    played : DataFrame
        As `played_map` gives it.

    Returns
    -------
    DataFrame
        One row a market: ``tolerance``, ``concentration``, ``model`` (the largest mean gain over
        doing nothing), ``gain_eur``, ``lead_eur`` (over the second), ``sure`` (whether the
        second is behind in every world).
    """
    rows = []
    for (tolerance, concentration), part in played.groupby(["tolerance", "concentration"]):
        wide = part.pivot(index="seed", columns="model", values="profit_eur")
        gains = wide.sub(wide[NOTHING], axis=0)
        mean = gains.mean().round(4).sort_values(ascending=False, kind="stable")
        first, second = mean.index[:2]
        sure = bool((gains[first] > gains[second]).all())
        rows.append((tolerance, concentration, first, mean.iloc[0], mean.iloc[0] - mean.iloc[1],
                     sure))  # fmt: skip
    names = ["tolerance", "concentration", "model", "gain_eur", "lead_eur", "sure"]
    return pd.DataFrame(rows, columns=names)


# --- what is stored --------------------------------------------------------------------------


def played(pack: str, condition: str, season: str = CLOSED) -> pd.DataFrame:
    """The stored worlds of one table, as `play` returns them."""
    one_of("pack", pack, PACKS)
    one_of("condition", condition, CONDITIONS)
    one_of("season", season, SEASONS)
    rows = _stored("league.csv")
    mine = (rows["pack"] == pack) & (rows["condition"] == condition) & (rows["season"] == season)
    return rows.loc[mine, ["seed", "model", "profit_eur"]].reset_index(drop=True)


def played_map() -> pd.DataFrame:
    """The stored worlds of the map: ``tolerance``, ``concentration``, and as `play` returns."""
    return _stored("league_map.csv")


@cache
def _stored(name: str) -> pd.DataFrame:
    with (resources.files("crmlab.experiments") / name).open("r", encoding="utf-8") as text:
        return pd.read_csv(text, keep_default_na=False)


def season_of(job: tuple[str, str, str, int]) -> pd.DataFrame:
    """One world of one table: pack, condition, season, seed."""
    pack, condition, season, seed = job
    rows = play(market(pack, condition, season), [seed]).round(4)
    return rows.assign(pack=pack, condition=condition, season=season)


def spot_of(job: tuple[float, float, int]) -> pd.DataFrame:
    """One world of one market of the map: tolerance, concentration, seed."""
    tolerance, concentration, seed = job
    rows = play(map_market(tolerance, concentration), [seed]).round(4)
    return rows.assign(tolerance=tolerance, concentration=concentration)


def build(jobs: int = 1) -> None:
    """Play all tables and the map, and store them beside this file: hours on one core."""
    from concurrent.futures import ProcessPoolExecutor
    from itertools import product
    from pathlib import Path

    tables = list(product(PACKS, CONDITIONS, SEASONS, world_seeds(1, WORLDS)))
    spots = list(product(TOLERATED, CONCENTRATION, world_seeds(2, MAP_WORLDS)))
    folder = Path(__file__).parent
    with ProcessPoolExecutor(jobs) as several:
        for name, make, work in (
            ("league_map.csv", spot_of, spots), ("league.csv", season_of, tables)
        ):  # fmt: skip
            rows = pd.concat(several.map(make, work), ignore_index=True)
            rows.to_csv(folder / name, index=False, lineterminator="\n")


if __name__ == "__main__":
    import os

    build(os.cpu_count() or 1)
