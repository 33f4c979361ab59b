"""What would the firm lose with an account? True significance: the same years without it.

A strategically significant customer (Buttle and Maklan 2019, ch. 5) is one whose absence is felt.
So take it away: the same accounts with the same luck live the same years, except that it has
never existed. What the firm earns less is the account's true significance. It has two parts: its
*own* contribution, which activity-based costing and lifetime value can see, and what it did for
*others*: followers who stay because it does, an industry that it opened, goods that its volume
makes cheaper, defects that its complaints prevented. Fixed cost is the same with and without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from crmlab.chance import Chance, key, unshuffle_ids
from crmlab.checks import whole_number
from crmlab.market.accounts.engine import AccountEngine
from crmlab.market.accounts.firms import Firms, draw_firms
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.accounts.world import new_world
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.policy import as_policy
from crmlab.records import Records
from crmlab.strategic.portfolio.outlook import Horizon
from crmlab.strategic.portfolio.significance import (
    BENCHMARK,
    DOOR,
    INSPIRATION,
    VALUE,
    VOLUME,
    significant,
)
from crmlab.strategic.portfolio.table import portfolio
from crmlab.tables import INDUSTRIES, QUARTER_WEEKS, WEEKS_PER_YEAR

CHANNELS = ("followers_eur", "industry_eur", "goods_eur", "service_eur")
"""Ways in which an account's absence reaches others."""
FLAGGED, TWINS, VALUABLE = "flagged by the records", "twins by sales", "best by lifetime value"


@dataclass(frozen=True, eq=False)
class Firm:
    """A supplier of firms after its first year, with the years that lie before it.

    Parameters
    ----------
    scenario : AccountScenario or str
    customers : int
        At the start; half as many prospects on top.
    since : int
        The week at which the records are looked at; at least a quarter.
    ahead : int
        Weeks that follow, in which value and significance are measured.
    seed : int
        The world.

    Examples
    --------
    >>> firm = Firm("b2b", customers=30, since=26, ahead=26, seed=7)
    >>> len(firm.table), firm.value().index.equals(firm.table.index)
    (45, True)
    """

    scenario: AccountScenario | str = "b2b"
    customers: int = 150
    since: int = 52
    ahead: int = 78
    seed: int = 7

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 10, 10**5)
        whole_number("since", self.since, QUARTER_WEEKS, 5_000)
        whole_number("ahead", self.ahead, 1, 5_000)

    @property
    def market(self) -> AccountScenario:
        """The scenario itself."""
        sc = named_scenario(self.scenario)
        assert isinstance(sc, AccountScenario)
        return sc

    @cached_property
    def run(self) -> Run:
        """What happened, up to the end."""
        return simulate(self.market, self.customers, self.since + self.ahead, self.seed)

    @cached_property
    def records(self) -> Records:
        """What the firm holds at ``since``."""
        return self.run.records.as_of(self.since)

    @property
    def now(self) -> np.datetime64:
        """The moment at which it is looked."""
        assert self.records.now is not None
        return self.records.now

    @cached_property
    def table(self) -> pd.DataFrame:
        """The portfolio table; lifetime value is looked ahead as far as it is measured."""
        return portfolio(self.records, self.now, Horizon(max(self.ahead // QUARTER_WEEKS, 1)))

    @cached_property
    def truth(self) -> pd.DataFrame:
        """Traits of the accounts, by ``customer_id``."""
        identity = self.run.truth.account_identity
        table = identity.merge(self.run.truth.accounts, on="account_id")
        return table.set_index("customer_id").sort_index()

    @cached_property
    def volume(self) -> pd.Series:
        """What each account buys a quarter when the records are looked at, EUR at list price."""
        life = self._whole(0)
        return pd.Series(life.volume, self._ids, name="volume_eur").reindex(self.table.index)

    def value(self, draws: int = 1) -> pd.Series:
        """What each account is to contribute in the weeks ahead, EUR, discounted to ``since``.

        Margin less the cost to serve it, before fixed cost; the mean over so many draws of luck,
        of which the first is what happens.
        """
        mean = np.mean([self._whole(d).contribution for d in range(draws)], axis=0)
        return pd.Series(mean, self._ids, name="value_eur").reindex(self.table.index)

    def kinds(self, draws: int = 1) -> pd.DataFrame:
        """Who truly is of each kind: one row an account, one column of bool a kind.

        Value and volume: the true best tenth of the customers. Benchmarks: with a follower.
        """
        ours = self.table["status"] == "customer"
        best = max(round(0.1 * ours.sum()), 1)

        def top(values: pd.Series) -> pd.Series:
            return values.where(ours).rank(ascending=False, method="first") <= best

        return pd.DataFrame(
            {
                VALUE: top(self.value(draws)),
                VOLUME: top(self.volume),
                BENCHMARK: self.truth["followers"] > 0,
                INSPIRATION: ours & self.truth["is_inspiration"],
                DOOR: self.truth["is_door_opener"],
            }
        )

    def significance(self, accounts: Iterable[int], draws: int = 1) -> pd.DataFrame:
        """What the firm would lose in the weeks ahead if one account had never existed.

        Parameters
        ----------
        accounts : iterable of int
            ``customer_id`` of the candidates; each is taken away alone.
        draws : int
            Of luck, at least 1.

        Returns
        -------
        DataFrame
            One row a candidate, the most significant first, EUR discounted to ``since``:
            ``own_eur``, ``others_eur`` and their sum ``significance_eur``; the parts of
            ``others_eur``: ``followers_eur`` (accounts that follow it), ``industry_eur`` (others
            of the industry that it opens), ``goods_eur`` (margin of the rest), ``service_eur``
            (cost of serving the rest); ``error_eur``, standard error of ``others_eur`` over
            draws (NaN for one).

        Raises
        ------
        ValueError
            An id that is not in the table.
        """
        whole_number("draws", draws, 1, 10**4)
        ids = self._checked(accounts)
        rows = {}
        for one in ids:
            found = np.array([self._parted(one, draw) for draw in range(draws)])
            error = found[:, 1:].sum(axis=1).std(ddof=1) / draws**0.5 if draws > 1 else np.nan
            rows[one] = [*found.mean(axis=0), error]
        names = ["own_eur", *CHANNELS, "error_eur"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
        table.index.name = "customer_id"
        others = table[list(CHANNELS)].sum(axis=1)
        table.insert(1, "others_eur", others)
        table.insert(2, "significance_eur", table["own_eur"] + others)
        return table.sort_values("significance_eur", ascending=False, kind="stable")

    def loss(self, accounts: Iterable[int], draws: int = 1) -> pd.Series:
        """What the firm would lose if none of these accounts had ever existed.

        Returns
        -------
        Series
            ``own_eur`` (what they contribute themselves) and ``others_eur``.
        """
        gone = self._checked(accounts)
        place = self._place(gone)
        own, others = [], []
        for draw in range(draws):
            whole, rest = self._whole(draw), self._life(draw, tuple(gone))
            own.append(whole.contribution[place].sum())
            others.append(whole.contribution.sum() - own[-1] - rest.contribution.sum())
        return pd.Series({"own_eur": np.mean(own), "others_eur": np.mean(others)})

    # -- the lives

    def _parted(self, one: int, draw: int) -> list[float]:
        """Own contribution, and what others lose by channel, in one draw of luck."""
        whole, without = self._whole(draw), self._life(draw, (one,))
        place = int(self._place([one])[0])
        firms = self._firms
        lost = whole.contribution - without.contribution
        follows = firms.follows == place
        opened = firms.door[place] & (firms.industry == firms.industry[place]) & ~follows
        rest = ~follows & ~opened
        rest[place] = opened[place] = False
        return [
            float(whole.contribution[place]),
            float(lost[follows].sum()),
            float(lost[opened].sum()),
            float((whole.margin - without.margin)[rest].sum()),
            float((without.serving - whole.serving)[rest].sum()),
        ]

    def _whole(self, draw: int) -> Life:
        return self._life(draw, ())

    def _life(self, draw: int, without: tuple[int, ...]) -> Life:
        return _lived(
            self.market, self.customers, self.since, self.since + self.ahead, self.seed, draw,
            tuple(int(i) for i in self._place(without)),
        )  # fmt: skip

    @property
    def _firms(self) -> Firms:
        return _firms(self.market, self.customers, self.seed)

    @cached_property
    def _ids(self) -> pd.Index:
        """``customer_id`` by place."""
        identity = self.run.truth.account_identity.sort_values("account_id")
        return pd.Index(identity["customer_id"], name="customer_id")

    def _place(self, ids: Sequence[int]) -> np.ndarray:
        secret = key(Chance(self.seed).split("people").seed, "customer_id")
        return unshuffle_ids(np.array(list(ids), dtype=np.int64), secret)

    def _checked(self, accounts: Iterable[int]) -> list[int]:
        ids = [int(i) for i in dict.fromkeys(accounts)]
        unknown = [i for i in ids if i not in self.table.index]
        if unknown:
            raise ValueError(
                f"accounts must hold customer_ids of this firm, got {unknown[0]}. "
                "firm.table.index lists them."
            )
        return ids


@dataclass(frozen=True, eq=False)
class Life:
    """What each place brought and cost from ``since`` on, EUR discounted to it; shape ``(n,)``."""

    margin: np.ndarray
    serving: np.ndarray
    volume: np.ndarray

    @property
    def contribution(self) -> np.ndarray:
        """Margin less the cost to serve."""
        return self.margin - self.serving


@lru_cache(maxsize=16)
def _firms(scenario: AccountScenario, customers: int, seed: int) -> Firms:
    number = customers + int(np.ceil(scenario.prospect_share * customers))
    return draw_firms(scenario, Chance(seed).split("people"), number)


@lru_cache(maxsize=2_048)
def _lived(
    scenario: AccountScenario, customers: int, since: int, weeks: int, seed: int, draw: int,
    without: tuple[int, ...],
) -> Life:  # fmt: skip
    """The weeks with everybody but these; draw 0 is the luck of `simulate`."""
    root = Chance(seed)
    luck = root.split("luck") if draw == 0 else root.split("luck").split(f"draw {draw}")
    firms = _firms(scenario, customers, seed)
    world = new_world(
        scenario, customers, weeks, root.split("people"), luck, firms,
        np.array(without, dtype=np.int64),
    )  # fmt: skip
    engine = AccountEngine(world, as_policy(None), root.split("policy"), np.inf)
    before, volume = np.zeros((3, len(firms))), np.zeros(len(firms))
    for week in range(weeks):
        if week == since:
            before = engine.by_account.copy()
            volume = np.where(world.buys, world.wallet(week) * world.state.share, 0.0)
        engine.step(week)
    scale = (1 + scenario.discount_per_year) ** (since / WEEKS_PER_YEAR)
    margin, serving, _ = (engine.by_account - before) * scale
    return Life(margin, serving, volume)


def groups_to_compare(firm: Firm) -> dict[str, pd.Index]:
    """Three groups of customers, equally many each, whose absence can be compared.

    Returns
    -------
    dict of name to Index
        `FLAGGED`: customers that the records show to be a benchmark, an inspiration or a door
        opener. `TWINS`: for each of them, in order of sales, the customer with the nearest sales
        and no such sign. `VALUABLE`: the customers with the highest lifetime value.
    """
    table = firm.table[firm.table["status"] == "customer"]
    signs = significant(firm.table).loc[table.index, [BENCHMARK, INSPIRATION, DOOR]].any(axis=1)
    flagged, free = table.index[signs], table.loc[~signs, "sales_eur"]
    twins = []
    for one in table.loc[flagged, "sales_eur"].sort_values(ascending=False).index[: len(free)]:
        nearest = (free - table.loc[one, "sales_eur"]).abs().idxmin()
        twins.append(nearest)
        free = free.drop(nearest)
    best = table["lifetime_value_eur"].nlargest(len(flagged)).index
    return {FLAGGED: flagged, TWINS: pd.Index(twins, dtype="int64"), VALUABLE: best}


def losses(firm: Firm, draws: int = 1) -> pd.DataFrame:
    """What the absence of each group of `groups_to_compare` would cost.

    Returns
    -------
    DataFrame
        One row a group: ``accounts``; ``own_eur`` and ``others_eur`` for each of them, as
        `Firm.loss` has it for all; 0 if the group is empty.
    """
    rows = {}
    for name, group in groups_to_compare(firm).items():
        eur = firm.loss(group, draws) / max(len(group), 1)
        rows[name] = (len(group), eur["own_eur"], eur["others_eur"])
    names = ["accounts", "own_eur", "others_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("group")


def industries(firm: Firm) -> pd.DataFrame:
    """Which industries are closed, and who could open them?

    Returns
    -------
    DataFrame
        One row an industry: ``closed``, ``customers`` and ``prospects`` at ``since``, true
        ``door openers``, and those of them that are ``customers already``.
    """
    known = firm.table.assign(door=firm.truth["is_door_opener"])
    ours = known["status"] == "customer"
    by = known["industry"].astype(str)
    count = {
        "closed": known["closed"].groupby(by).first(),
        "customers": ours.groupby(by).sum(),
        "prospects": (known["status"] == "prospect").groupby(by).sum(),
        "door openers": known["door"].groupby(by).sum(),
        "customers already": (known["door"] & ours).groupby(by).sum(),
    }
    return pd.DataFrame(count).reindex(INDUSTRIES).rename_axis("industry")
