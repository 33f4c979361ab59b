"""What came of it? A run of an account market, with records, truth and ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.chance import Chance, key, shuffle_ids, unshuffle_ids
from crmlab.market.accounts.engine import AccountEngine
from crmlab.market.accounts.firms import draw_firms
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.accounts.world import new_world
from crmlab.policy import Policy
from crmlab.records import Records
from crmlab.tables import ACCOUNT_TABLES, INDUSTRIES, TRUTH, seconds_to_time

if TYPE_CHECKING:
    from crmlab.market.truth import Truth

MOST_ACCOUNTS = 1 << 20
_STATUS = ("prospect", "customer", "lost", "ended")


def run_accounts(
    s: AccountScenario,
    customers: int,
    weeks: int,
    traits: Chance,
    luck: Chance,
    policy: Policy,
    coin: Chance,
    budget_eur: float,
    without: Iterable[int] = (),
    progress: Callable[[int], object] | None = None,
) -> AccountEngine:
    """Let an account market run.

    ``without`` names accounts (the firm's ``customer_id``) that have never existed: all others
    keep their traits and their luck.
    """
    if customers * (1 + s.prospect_share) > MOST_ACCOUNTS:
        raise ValueError(
            f"customers must be at most {int(MOST_ACCOUNTS / (1 + s.prospect_share)):,} in a "
            f"market between firms, got {customers}."
        )
    number = customers + int(np.ceil(s.prospect_share * customers))
    firms = draw_firms(s, traits, number)
    secret = key(traits.seed, "customer_id")
    gone = unshuffle_ids(np.array(list(without), dtype=np.int64), secret)
    if ((gone < 0) | (gone >= number)).any():
        wrong = np.array(list(without))[(gone < 0) | (gone >= number)][0]
        raise ValueError(
            f"without must hold customer_ids of this market, got {wrong}. "
            "run.records.accounts lists them."
        )
    engine = AccountEngine(
        new_world(s, customers, weeks, traits, luck, firms, gone), policy, coin, budget_eur
    )
    for week in range(weeks):
        engine.step(week)
        if progress is not None:
            progress(week + 1)
    return engine


def records_of(engine: AccountEngine, folder: Path | None) -> Records:
    """What the firm holds; with ``folder`` as Parquet there."""
    records = Records({name: partial(engine.frame, name) for name in ACCOUNT_TABLES})
    if folder is None:
        return records
    records.to_parquet(folder)
    return Records.from_parquet(folder)


def truth_of(engine: AccountEngine) -> Truth:
    """What only the simulator knows."""
    from crmlab.market.truth import Truth

    return Truth(
        {"accounts": lambda: _accounts(engine), "account_identity": lambda: _identity(engine)}
    )


def _known(engine: AccountEngine) -> np.ndarray:
    return np.flatnonzero(engine.world.state.status < len(_STATUS))


def _identity(engine: AccountEngine) -> pd.DataFrame:
    known = _known(engine)
    keys = shuffle_ids(known, engine.world.secret)
    frame = pd.DataFrame({"customer_id": keys, "account_id": known})
    return frame.sort_values("customer_id", ignore_index=True)


def _accounts(engine: AccountEngine) -> pd.DataFrame:
    world, known = engine.world, _known(engine)
    firms, state = world.firms, world.state
    followers = np.bincount(firms.follows[known][firms.follows[known] >= 0], minlength=len(firms))
    margin, serving, strategy = np.round(engine.by_account, 4)
    first = new_world(
        world.scenario, world.customers, world.weeks, world.traits, world.luck, firms,
        np.flatnonzero(state.status == len(_STATUS)),
    ).state.share  # fmt: skip
    columns = {
        "account_id": world.ids,
        "industry": pd.Categorical.from_codes(firms.industry, list(INDUSTRIES)),
        "status": pd.Categorical.from_codes(np.minimum(state.status, 3), list(_STATUS)),
        "left_at": seconds_to_time(state.left_s),
        "wallet_eur": firms.wallet,
        "growth": firms.growth,
        "share": state.share,
        "first_share": first,
        "relation": state.relation,
        "first_relation": firms.relation,
        "rival": firms.rival,
        "discount": firms.discount,
        "demandingness": firms.demandingness,
        "contacts": firms.contacts,
        "is_benchmark": firms.benchmark,
        "is_inspiration": firms.inspiration,
        "is_door_opener": firms.door,
        "follows_id": firms.follows,
        "followers": followers,
        "margin_eur": margin,
        "serving_eur": serving,
        "strategy_eur": strategy,
        "contribution_eur": margin - serving - strategy,
    }
    frame = pd.DataFrame({c.name: columns[c.name] for c in TRUTH["accounts"].columns})
    return frame.iloc[known].reset_index(drop=True)
