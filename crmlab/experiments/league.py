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

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from importlib import resources

import pandas as pd

from crmlab.checks import one_of, whole_number
from crmlab.experiments.compare import gross_margin_eur, interval, world_seeds
from crmlab.market.packs import DESK, firm
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
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
    one_of("pack", pack, PACKS)
    one_of("condition", condition, CONDITIONS)
    one_of("season", season, SEASONS)
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
        One row a world and model: ``seed``, ``model``, ``profit_eur`` and ``cost_eur`` (per
        customer; what acting and serving cost, which profit has paid).
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
            cost = gross_margin_eur(run) - run.profit
            rows.append((int(seed), name, run.profit / customers, cost / customers))
            if progress is not None:
                progress(len(rows))
    return pd.DataFrame(rows, columns=["seed", "model", "profit_eur", "cost_eur"])


def lives(
    scenario: Scenario, seed: int, customers: int = CUSTOMERS, weeks: int = WEEKS
) -> dict[str, Run]:
    """One world as all models lived through it, by name; see `spent` and `one_customer`."""
    budget = WEEKLY_EUR * customers
    return {
        name: simulate(scenario, customers, weeks, seed, policy, budget)
        for name, policy in models().items()
    }


def spent(lived: Mapping[str, Run]) -> pd.DataFrame:
    """What each model spent its budget on, and what came back: EUR per customer over nothing.

    Parameters
    ----------
    lived : dict of name to Run
        As `lives` gives it; ``nothing`` must be among them.

    Returns
    -------
    DataFrame
        Index: the models but ``nothing``. Columns: the causes of cost that any of them had (> 0 is
        spent), ``margin`` (gross, less returns), and ``profit``, which is margin less all cost.
    """
    _needs("lived", lived, NOTHING)
    books = pd.DataFrame(
        {name: run.ledger.groupby("cause")["eur"].sum() for name, run in lived.items()}
    ).fillna(0.0)
    books = books.sub(books[NOTHING], axis=0).drop(columns=NOTHING).T / lived[NOTHING].customers
    brought = books.columns.intersection(["gross margin", "returns"])
    margin = books[brought].sum(axis=1)
    costs = -books.drop(columns=brought)
    costs = costs.loc[:, costs.abs().sum() > 0]
    found = costs.assign(margin=margin, profit=margin - costs.sum(axis=1))
    return (found + 0.0).rename_axis("model")


def one_customer(lived: Mapping[str, Run], customer_id: int) -> pd.DataFrame:
    """One customer's lives: what each model did to this customer, and what the customer did.

    Returns
    -------
    DataFrame
        Index: the models. Messages by channel, ``orders`` and ``margin_eur``.
    """
    _needs("lived", lived, NOTHING)
    rows = {}
    for name, run in lived.items():
        sent, orders = (
            frame[frame["customer_id"] == customer_id]
            for frame in (run.records.messages, run.records.orders)
        )
        counts = sent["channel"].astype(str).value_counts()
        rows[name] = {**counts, "orders": len(orders), "margin_eur": orders["margin_eur"].sum()}
    found = pd.DataFrame.from_dict(rows, orient="index").fillna(0.0)
    last = ["orders", "margin_eur"]
    found = found[[*sorted(set(found) - set(last)), *last]].rename_axis("model")
    return found.astype(dict.fromkeys(found.columns.drop("margin_eur"), int))


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
        came first, doing nothing included), and ``spent_eur`` (what it cost more than doing
        nothing, EUR per customer) where the costs are known.
    """
    gains = over_nothing(played)
    best = gains.round(4).idxmax(axis=1)
    index = gains.columns.drop(NOTHING)
    rows = [
        (gains[name].mean(), *interval(gains[name]), int((best == name).sum())) for name in index
    ]
    found = pd.DataFrame(rows, index, columns=["gain_eur", "low", "high", "first"])
    if "cost_eur" in played:
        costs = played.groupby("model")["cost_eur"].mean()
        found["spent_eur"] = costs[index] - costs[NOTHING]
    return found.sort_values("gain_eur", ascending=False, kind="stable")


def over_nothing(played: pd.DataFrame) -> pd.DataFrame:
    """Gains world by world: profit less that of doing nothing in the same world.

    Parameters
    ----------
    played : DataFrame
        One row a world and model, as `play` returns it; ``nothing`` must be among the models.

    Returns
    -------
    DataFrame
        Index: the seeds, in the order of playing. Columns: the models. EUR per customer.
    """
    _needs("played", played, "seed", "model", "profit_eur")
    wide = played.pivot(index="seed", columns="model", values="profit_eur")
    _needs("the models of played", wide, NOTHING)
    return wide.sub(wide[NOTHING], axis=0).loc[played["seed"].unique()]


def leader(gains: pd.DataFrame) -> dict[str, object]:
    """Who leads, doing nothing included, and is that sure?

    Parameters
    ----------
    gains : DataFrame
        As `over_nothing` gives it; at least two models.

    Returns
    -------
    dict
        ``model`` and ``second`` (by the mean), ``gain_eur``, ``lead_eur`` (over the second, paired
        by world), ``sure`` (whether the 95 % interval of its lead over *each* other model, paired
        by world, lies above 0).
    """
    mean = gains.mean().round(4).sort_values(ascending=False, kind="stable")
    first, second = mean.index[:2]
    behind = gains.drop(columns=first).rsub(gains[first], axis=0)
    sure = all(interval(behind[name].round(6))[0] > 0 for name in behind)
    return {
        "model": str(first),
        "second": str(second),
        "gain_eur": float(mean.iloc[0]),
        "lead_eur": float(mean.iloc[0] - mean.iloc[1]),
        "sure": sure,
    }


def gains(season: str) -> pd.DataFrame:
    """What each model gained in each market of a season, from the stored worlds.

    Parameters
    ----------
    season : str
        One of `SEASONS`.

    Returns
    -------
    DataFrame
        Index: the models, ``nothing`` first. Columns: (pack, condition). Mean gain over doing
        nothing, EUR per customer.
    """
    found = {market: worlds.mean() for market, worlds in _worlds_of(season).items()}
    return pd.DataFrame(found).reindex(list(models()))


def leaders(season: str) -> pd.DataFrame:
    """Who leads in each market of a season: one row a (pack, condition), as `leader` says it."""
    found = {market: leader(worlds) for market, worlds in _worlds_of(season).items()}
    return pd.DataFrame.from_dict(found, orient="index").astype({"sure": bool})


def _worlds_of(season: str) -> dict[tuple[str, str], pd.DataFrame]:
    """The gains over nothing in each stored world, by (pack, condition)."""
    return {
        (pack, condition): over_nothing(played(pack, condition, season))
        for pack in PACKS
        for condition in CONDITIONS
    }


def _needs(name: str, held: Collection[str], *needed: str) -> None:
    missing = [each for each in needed if each not in held]
    if missing:
        raise ValueError(f"{name} must hold {missing[0]!r}, got {list(held)}.")


# --- the map ---------------------------------------------------------------------------------

TOLERATED = (0.175, 0.35, 0.7, 1.4)
"""Messages a week that half of all customers take without getting tired (textbook: 0.7)."""
DEARER = (1.0, 2.0, 4.0, 10.0)
"""What prospects cost, in times of the textbook's prices."""
MAP_WORLDS = 20
"""The same in all cells of the map, and other ones than in the tables."""
BUY_NO_PROSPECTS = (NOTHING, "sense and respond", "IDIC")
"""What these do does not depend on the price of prospects."""


def map_market(tolerance: float, dearer: float) -> Scenario:
    """The retail textbook market, prospects for sale, with two assumptions moved.

    Parameters
    ----------
    tolerance : float
        Median of messages a week that do not tire (`Scenario.tolerance_median`), > 0.
    dearer : float
        By what the prices of prospects are multiplied, > 0.
    """
    base = market("retail", "textbook", OPEN)
    prices = tuple(float(dearer * price) for price in base.pool_contact_eur)
    return base.replace(tolerance_median=tolerance, pool_contact_eur=prices)


def winners(played: pd.DataFrame) -> pd.DataFrame:
    """Who leads in each market of the map, and by how much.

    Parameters
    ----------
    played : DataFrame
        As `played_map` gives it.

    Returns
    -------
    DataFrame
        One row a market: ``tolerance``, ``dearer``, and as `leader` says it.
    """
    _needs("played", played, "tolerance", "dearer")
    rows = [
        {"tolerance": tolerance, "dearer": dearer, **leader(over_nothing(part))}
        for (tolerance, dearer), part in played.groupby(["tolerance", "dearer"])
    ]
    return pd.DataFrame(rows)


# --- what is stored --------------------------------------------------------------------------


def played(pack: str, condition: str, season: str = CLOSED) -> pd.DataFrame:
    """The stored worlds of one table, as `play` returns them."""
    one_of("pack", pack, PACKS)
    one_of("condition", condition, CONDITIONS)
    one_of("season", season, SEASONS)
    rows = _stored("league.csv")
    mine = (rows["pack"] == pack) & (rows["condition"] == condition) & (rows["season"] == season)
    return rows.loc[mine, ["seed", "model", "profit_eur", "cost_eur"]].reset_index(drop=True)


def played_map() -> pd.DataFrame:
    """The stored worlds of the map: ``tolerance``, ``dearer``, and as `play` returns."""
    return _stored("league_map.csv").copy()


@cache
def _stored(name: str) -> pd.DataFrame:
    with (resources.files("crmlab.experiments") / name).open("r", encoding="utf-8") as text:
        return pd.read_csv(text, keep_default_na=False)


def season_of(job: tuple[str, str, str, int]) -> pd.DataFrame:
    """One world of one table: pack, condition, season, seed."""
    pack, condition, season, seed = job
    rows = play(market(pack, condition, season), [seed]).round(4)
    return rows.assign(pack=pack, condition=condition, season=season)


def row_of_map(job: tuple[float, int]) -> pd.DataFrame:
    """One world of the markets of one tolerance: tolerance, seed."""
    tolerance, seed = job
    buyers = [name for name in models() if name not in BUY_NO_PROSPECTS]
    others = play(map_market(tolerance, DEARER[0]), [seed], BUY_NO_PROSPECTS)
    parts = []
    for dearer in DEARER:
        buying = play(map_market(tolerance, dearer), [seed], buyers)
        parts.append(pd.concat([others, buying]).assign(tolerance=tolerance, dearer=dearer))
    return pd.concat(parts).round(4)


def build(jobs: int = 1) -> None:
    """Play all tables and the map, and store them beside this file (90 min on a core)."""
    from concurrent.futures import ProcessPoolExecutor
    from itertools import product
    from pathlib import Path

    tables = list(product(PACKS, CONDITIONS, SEASONS, world_seeds(1, WORLDS)))
    spots = list(product(TOLERATED, world_seeds(2, MAP_WORLDS)))
    folder = Path(__file__).parent
    with ProcessPoolExecutor(jobs) as several:
        for name, make, work in (
            ("league_map.csv", row_of_map, spots), ("league.csv", season_of, tables)
        ):  # fmt: skip
            rows = pd.concat(several.map(make, work), ignore_index=True)
            rows.to_csv(folder / name, index=False, lineterminator="\n")


if __name__ == "__main__":
    import os

    build(os.cpu_count() or 1)
