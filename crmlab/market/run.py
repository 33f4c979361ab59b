"""What came of it? `simulate` lets the weeks pass; a `Run` holds records, truth and ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.market.accounts.run import records_of as account_records
from crmlab.market.accounts.run import run_accounts
from crmlab.market.accounts.run import truth_of as account_truth
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.acquisition import MOST_PEOPLE, pools
from crmlab.market.catalogue import products
from crmlab.market.engine import BLOCK, Engine
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.preferences import preferences
from crmlab.market.scenario import Scenario
from crmlab.market.traces import copies
from crmlab.market.truth import Truth, identity_table, people_in_parts, truth_of
from crmlab.policy import as_policy
from crmlab.records import Records
from crmlab.tables import PEOPLE_TABLES

_MOST_WEEKS = 5_000


@dataclass(frozen=True, eq=False)
class Run:
    """What happened: ``records`` (the firm's), ``truth`` (the simulator's), ``ledger`` (EUR).

    Attributes
    ----------
    scenario : Scenario or AccountScenario
    ledger : DataFrame
        One row a week and cause: week, cause, eur (income positive), rows.
    profit : float
        EUR over the whole run.
    """

    scenario: Any
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
    scenario: Scenario | AccountScenario | str = "retail",
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
    scenario : Scenario, AccountScenario or str
        A market, or the name of one (`scenarios` lists them).
    customers : int
        People who come of themselves; a policy can win more from pools. In a market between
        firms: the accounts that are customers at the start.
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
    sc: Scenario | AccountScenario,
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
    without: Iterable[int] = (),
) -> Run:
    """`simulate` with people and luck apart, so that the same people can have other luck.

    ``without`` names accounts that have never existed (markets between firms only).
    """
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
    if isinstance(sc, AccountScenario):
        limit = np.inf if budget_eur is None else float(budget_eur)
        accounts = run_accounts(
            sc, customers, weeks, traits, luck, acting, coin, limit, without, progress
        )
        records, truth = account_records(accounts, folder), account_truth(accounts)
        return Run(sc, customers, weeks, seed, acting, records, truth, accounts.ledger())
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
        truth_of(engine),
        engine.log.ledger(),
    )


def _static_tables(engine: Engine) -> dict[str, Callable[[], pd.DataFrame]]:
    known = engine.known_files()
    return {
        "customers": lambda: engine.sight.frame("customers", known),
        "profiles": lambda: engine.sight.frame("profiles", known),
        "products": lambda: products(engine.world.scenario),
        "pools": lambda: pools(engine.world.scenario),
        "preferences": lambda: preferences(engine.world),
        "copies": lambda: copies(engine.world, engine.sight.frame("customers", known)),
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
    _save(people_in_parts(engine), writer.partial / "truth" / "people.parquet")
    _save([identity_table(engine)], writer.partial / "truth" / "identity.parquet")
    _save([engine.ability.history()], writer.partial / "truth" / "capabilities.parquet")


def _customers_in_parts(engine: Engine) -> Iterator[pd.DataFrame]:
    """The table of customers by customer_id, so many at a time: names take much memory."""
    known = engine.known_files()
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
    makers = {name: static.get(name) or partial(engine.log.frame, name) for name in PEOPLE_TABLES}
    return Records(makers)
