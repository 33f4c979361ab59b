"""What came of it? `simulate` lets the weeks pass; a `Run` holds records, truth and ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.market import identity, value
from crmlab.market.acquisition import MOST_PEOPLE, pools
from crmlab.market.catalogue import products
from crmlab.market.engine import BLOCK, Engine
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.preferences import preferences
from crmlab.market.scenario import Scenario
from crmlab.policy import as_policy
from crmlab.records import Records
from crmlab.tables import (
    CATEGORIES,
    CHANNELS,
    OBSERVED,
    TASTES,
    TRUTH,
    WEEK_SECONDS,
    seconds_to_time,
)

_MOST_WEEKS = 5_000


class Truth:
    """What only the simulator knows, as tables: people, identity, sessions, addresses."""

    def __init__(self, makers: dict[str, Callable[[], pd.DataFrame]]) -> None:
        self._makers = makers
        self._tables: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._makers:
            raise KeyError(f"the truth has no table {name!r}; it has {', '.join(self._makers)}.")
        if name not in self._tables:
            self._tables[name] = self._makers[name]()
        return self._tables[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._makers]

    def tables(self) -> pd.DataFrame:
        """The tables: name, number of rows, and what a row is."""
        rows = [(n, len(self[n]), TRUTH[n].row) for n in self._makers]
        return pd.DataFrame(rows, columns=["table", "rows", "row"])

    def __repr__(self) -> str:
        return f"Truth({', '.join(self._makers)})"


@dataclass(frozen=True, eq=False)
class Run:
    """What happened: ``records`` (the firm's), ``truth`` (the simulator's), ``ledger`` (EUR).

    Attributes
    ----------
    ledger : DataFrame
        One row a week and cause: week, cause, eur (income positive), rows.
    profit : float
        EUR over the whole run.
    """

    scenario: Scenario
    customers: int
    weeks: int
    seed: int
    policy: object
    records: Records
    truth: Truth
    ledger: pd.DataFrame

    @property
    def profit(self) -> float:
        """EUR in total: gross margin less returns, messages, offers and acquisition."""
        return float(np.rint(self.ledger["eur"].sum() * 1e4) / 1e4)

    @cached_property
    def person_value(self) -> pd.Series:
        """Realised discounted margin of each person, EUR, by person_id."""
        return self.truth.people.set_index("person_id")["realised_value_eur"]

    def __repr__(self) -> str:
        return (
            f"Run of {self.scenario.name}: {self.customers:,} customers, {self.weeks} weeks, "
            f"seed {self.seed}, policy {self.policy!r}, profit {self.profit:,.0f} EUR"
        )


def simulate(
    scenario: Scenario | str = "retail",
    customers: int = 5_000,
    weeks: int = 104,
    seed: int = 1,
    policy: object = None,
    budget_eur: float | None = None,
    out: str | Path | None = None,
    progress: Callable[[int], object] | None = None,
) -> Run:
    """Let a market run, and keep what the firm would hold beside what is true.

    Parameters
    ----------
    scenario : Scenario or str
        A market, or the name of one (`scenarios` lists them).
    customers : int
        People who come of themselves; a policy can win more from pools.
    weeks : int
        Length of the run.
    seed : int
        The world: who the people are, their luck, and the policy's own coin.
    policy : Policy, function or None
        What the firm does; None is nothing.
    budget_eur : float or None
        EUR that can be spent a week; None for no limit.
    out : str or Path or None
        A new folder: tables are streamed there as Parquet instead of being held in memory.
    progress : callable, optional
        Called with the number of each finished week.

    Returns
    -------
    Run

    Raises
    ------
    ValueError, TypeError
        A bad argument; the message names it, quotes the value and gives the remedy.
    PolicyError
        The policy raised, or returned something that is not a decision.

    Examples
    --------
    >>> run = simulate("retail", customers=100, weeks=12, seed=7)
    >>> len(run.records.customers), run.records.orders.columns[0]
    (100, 'order_id')
    """
    sc = named_scenario(scenario)
    whole_number("customers", customers, 1, MOST_PEOPLE)
    whole_number("weeks", weeks, 1, _MOST_WEEKS)
    whole_number("seed", seed, -(2**63), 2**63 - 1)
    root = Chance(int(seed))
    return run_market(
        sc,
        int(customers),
        int(weeks),
        int(seed),
        root.split("people"),
        root.split("luck"),
        policy,
        budget_eur,
        out,
        progress,
    )


def run_market(
    sc: Scenario,
    customers: int,
    weeks: int,
    seed: int,
    traits: Chance,
    luck: Chance,
    policy: object,
    budget_eur: float | None = None,
    out: str | Path | None = None,
    progress: Callable[[int], object] | None = None,
    block: int = BLOCK,
) -> Run:
    """`simulate` with people and luck apart, so that the same people can have other luck."""
    if budget_eur is not None:
        ok = isinstance(budget_eur, int | float | np.number) and 0 <= budget_eur < np.inf
        if not ok or isinstance(budget_eur, bool):
            raise ValueError(
                f"budget_eur must be None or a finite number >= 0, got {budget_eur!r}. "
                "None means no limit."
            )
    acting = as_policy(policy)
    coin = Chance(seed).split("policy")
    folder = None if out is None else Path(out)
    engine = Engine(sc, customers, weeks, traits, luck, coin, acting, budget_eur, folder, block)
    try:
        for week in range(weeks):
            engine.step(week)
            if progress is not None:
                progress(week + 1)
        engine.log.finish()
        static = _static_tables(engine)
        if engine.log.writer is not None:
            _save_static(engine, static)
            engine.log.writer.close()
    except BaseException:
        if engine.log.writer is not None:
            engine.log.writer.abandon()
        raise
    return Run(
        sc,
        customers,
        weeks,
        seed,
        acting,
        _records(engine, static),
        _truth(engine),
        engine.log.ledger(),
    )


def _known(engine: Engine) -> np.ndarray:
    """The files that were opened in the run."""
    return engine.world.files_before(engine.world.weeks * WEEK_SECONDS)


def _static_tables(engine: Engine) -> dict[str, Callable[[], pd.DataFrame]]:
    known = _known(engine)
    return {
        "customers": lambda: engine.sight.frame("customers", known),
        "profiles": lambda: engine.sight.frame("profiles", known),
        "products": lambda: products(engine.world.scenario),
        "pools": lambda: pools(engine.world.scenario),
        "preferences": lambda: preferences(engine.world),
    }


def _save_static(engine: Engine, static: dict[str, Callable[[], pd.DataFrame]]) -> None:
    writer = engine.log.writer
    assert writer is not None
    engine.world.forget_luck()
    for name, make in static.items():
        if name != "customers":
            _save([make()], writer.partial / f"{name}.parquet")
    _save(_customers_in_parts(engine), writer.partial / "customers.parquet")
    (writer.partial / "truth").mkdir(exist_ok=True)
    _save(_people_in_parts(engine), writer.partial / "truth" / "people.parquet")
    _save([_identity(engine)], writer.partial / "truth" / "identity.parquet")


def _customers_in_parts(engine: Engine) -> Iterator[pd.DataFrame]:
    """The table of customers by customer_id, so many at a time: names take much memory."""
    known = _known(engine)
    known = known[np.argsort(engine.world.customer_id[known])]
    for begin in range(0, max(len(known), 1), BLOCK):
        yield engine.sight.customers(known[begin : begin + BLOCK])


def _save(parts: Iterable[pd.DataFrame], file: Path) -> None:
    """One table in one file; numbers that hardly repeat gain nothing from dictionaries."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for part in parts:
        table = pa.Table.from_pandas(part, preserve_index=False)
        if writer is None:
            few = [c for c in part if isinstance(part[c].dtype, pd.CategoricalDtype)]
            writer = pq.ParquetWriter(
                file, table.schema, compression="snappy", use_dictionary=few or False,
                write_statistics=False,
            )  # fmt: skip
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _records(engine: Engine, static: dict[str, Callable[[], pd.DataFrame]]) -> Records:
    if engine.log.writer is not None:
        return Records.from_parquet(engine.log.writer.folder)
    makers = {name: static.get(name) or partial(engine.log.frame, name) for name in OBSERVED}
    return Records(makers)


def _truth(engine: Engine) -> Truth:
    return Truth(
        {
            "people": lambda: _people(engine),
            "identity": lambda: _identity(engine),
            "sessions": lambda: engine.log.frame("true_sessions"),
            "addresses": lambda: engine.log.frame("true_addresses"),
        }
    )


def _identity(engine: Engine) -> pd.DataFrame:
    world, known = engine.world, _known(engine)
    person = world.people.person_id[world.owner(known)]
    frame = pd.DataFrame({"customer_id": world.customer_id[known], "person_id": person})
    return frame.sort_values("customer_id", ignore_index=True)


def _known_people(engine: Engine) -> np.ndarray:
    """Places of those who became customers in the run, by person_id."""
    known = engine.world.born_before(engine.world.weeks * WEEK_SECONDS)
    return known[np.argsort(engine.world.people.person_id[known], kind="stable")]


def _people(engine: Engine) -> pd.DataFrame:
    return _people_at(engine, _known_people(engine))


def _people_in_parts(engine: Engine) -> Iterator[pd.DataFrame]:
    known = _known_people(engine)
    for begin in range(0, max(len(known), 1), BLOCK):
        yield _people_at(engine, known[begin : begin + BLOCK])


def _people_at(engine: Engine, who: np.ndarray) -> pd.DataFrame:
    """The truth of the people at these places, in this order."""
    world, state, log = engine.world, engine.world.state, engine.log
    people = world.people.at(who)
    horizon = world.weeks - people.born_s / WEEK_SECONDS
    death_s = state.death_s[who]
    left = np.where(death_s < world.weeks * WEEK_SECONDS, death_s, -1.0).astype(np.int64)
    forever = np.full(len(people), np.inf)
    factors = world.rate_factors
    log.make_room()
    columns: dict[str, np.ndarray] = {
        "person_id": people.person_id,
        "household_id": identity.household_of(world.scenario, world.traits, people.person_id),
        "pool_id": people.pool_id.astype(np.int16),
        "born_at": seconds_to_time(people.born_s),
        "left_at": seconds_to_time(left),
        "order_rate": people.order_rate,
        "dropout_rate": people.dropout_rate,
        "dropout_probability": people.dropout_probability,
        "basket_eur": value.basket_eur(world.scenario, people),
        "margin_rate": value.margin_rate(world.scenario, people),
        **{f"need_{c}": people.needs[:, i] for i, c in enumerate(CATEGORIES)},
        "responsiveness": people.responsiveness,
        "tolerance": people.tolerance,
        "trust": state.trust[who],
        "fatigue": state.fatigue[who],
        "privacy": people.privacy,
        "incentive_sensitivity": people.incentive_sensitivity,
        "price_sensitivity": people.price_sensitivity,
        "patience": people.patience,
        **{f"prefers_{c}": people.prefers[:, i] for i, c in enumerate(CHANNELS)},
        "visit_rate": people.visit_rate,
        **{f"taste_{i + 1}": people.tastes[:, i] for i in range(TASTES)},
        "demandingness": people.demandingness,
        "expected_value_eur": value.expected_value_eur(world.scenario, people, horizon, factors),
        "expected_lifetime_value_eur": value.expected_value_eur(world.scenario, people, forever),
        "realised_value_eur": log.realised[who] / 1e8,
        "contact_cost_eur": log.cost[who] / 1e4,
        "serving_cost_eur": np.zeros(len(who)) if log.work is None else log.work.cost_eur(who),
    }
    return pd.DataFrame({c.name: columns[c.name] for c in TRUTH["people"].columns})
