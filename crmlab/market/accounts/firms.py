"""Which firms are there? Latent traits, drawn once per account, and who looks at whom.

Every trait belongs to an ``account_id`` and a named stream. Accounts 0 to ``customers - 1`` are
customers at the start, the rest prospects. In each industry some accounts are *benchmarks*: others
follow one of them in their choice of supplier. Some are *inspirations*: they complain, and their
complaints improve the product. In the closed industries a few *door openers* are the leading
houses without which nobody there buys. None of the three can be seen in an account's own profit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from crmlab.chance import Chance, beta, normal, poisson, uniform
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.tables import CLOSED_INDUSTRIES, INDUSTRIES, MANAGERS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEIGHBOURS = 5
_CLOSED = np.array([name in CLOSED_INDUSTRIES for name in INDUSTRIES])


@dataclass
class Firms:
    """Traits of the accounts, shape ``(n,)`` each; ``neighbours`` has shape ``(n, 5)``.

    ``taste`` is an account's own part of the log odds of our share, ``follows`` the place of the
    benchmark that it looks at, -1 for none.
    """

    industry: Ints
    manager: Ints
    wallet: Floats
    growth: Floats
    order_rate: Floats
    taste: Floats
    relation: Floats
    rival: Floats
    discount: Floats
    demandingness: Floats
    contacts: Ints
    employees: Ints
    benchmark: NDArray[np.bool_]
    inspiration: NDArray[np.bool_]
    door: NDArray[np.bool_]
    follows: Ints
    neighbours: Ints

    def __len__(self) -> int:
        return len(self.wallet)

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Whether an account's industry has to be opened."""
        return _CLOSED[self.industry]


def draw_firms(s: AccountScenario, chance: Chance, number: int) -> Firms:
    """The accounts 0 to ``number - 1``."""
    ids = np.arange(number)

    def unit(stream: str, t: int = 0) -> Floats:
        return uniform(chance.base(stream, ids), t)

    def gauss(stream: str) -> Floats:
        return normal(chance.base(stream, ids))

    def share(stream: str, mean: float, strength: float) -> Floats:
        return beta(chance.base(stream, ids), mean * strength, (1 - mean) * strength)

    size = gauss("wallet")
    industry = np.floor(unit("industry") * len(INDUSTRIES)).astype(np.int64)
    wallet = s.wallet_median_eur * np.exp(s.wallet_log_sd * size)
    discount = s.discount_mean + s.discount_by_size * size + s.discount_sd * gauss("discount")
    bulk = (wallet / s.wallet_median_eur) ** (1 / 3)
    sd = s.demandingness_log_sd
    benchmark = unit("benchmark") < s.benchmark_share
    return Firms(
        industry=industry,
        manager=np.floor(unit("manager") * len(MANAGERS)).astype(np.int64),
        wallet=wallet,
        growth=s.growth_sd * gauss("growth"),
        order_rate=s.orders_per_quarter / 13 * bulk,
        taste=logit(s.share_middle / s.share_ceiling if s.share_middle < s.share_ceiling else 0.999)
        + s.share_logit_sd * gauss("taste"),
        relation=share("relation", s.relation_mean, s.relation_concentration),
        rival=share("rival", s.rival_mean, s.rival_concentration),
        discount=np.clip(discount, 0.0, 0.4),
        demandingness=np.exp(sd * gauss("demandingness") - sd**2 / 2),
        contacts=1 + np.minimum(poisson(unit("contacts"), s.extra_contacts), 8),
        employees=np.maximum(np.rint(wallet / 400 * np.exp(0.6 * gauss("staff"))), 1).astype(int),
        benchmark=benchmark,
        inspiration=unit("inspiration") < s.inspiration_share,
        door=(unit("door") < s.door_share) & _CLOSED[industry],
        follows=_followed(s, chance, industry, benchmark),
        neighbours=_neighbours(chance, industry),
    )


def _followed(
    s: AccountScenario, chance: Chance, industry: Ints, benchmark: NDArray[np.bool_]
) -> Ints:
    """The benchmark of the own industry that each account follows, or -1."""
    base = chance.base("follows", np.arange(len(industry)))
    follows = np.full(len(industry), -1, dtype=np.int64)
    for place in range(len(INDUSTRIES)):
        known = np.flatnonzero(benchmark & (industry == place))
        mine = np.flatnonzero(~benchmark & (industry == place))
        mine = mine[uniform(base[mine], 0) < s.follow_share]
        if len(known):
            choice = np.floor(uniform(base[mine], 1) * len(known)).astype(np.int64)
            follows[mine] = known[choice]
    return follows


def _neighbours(chance: Chance, industry: Ints) -> Ints:
    """Five others of the own industry whom each account talks to; itself where there is nobody."""
    ids = np.arange(len(industry))
    base = chance.base("neighbours", ids)
    talk = np.repeat(ids[:, None], NEIGHBOURS, axis=1)
    for place in range(len(INDUSTRIES)):
        mine = np.flatnonzero(industry == place)
        if len(mine) > 1:
            unit = uniform(base[mine][:, None], np.arange(NEIGHBOURS))
            step = 1 + np.floor(unit * (len(mine) - 1)).astype(np.int64)
            talk[mine] = mine[(np.arange(len(mine))[:, None] + step) % len(mine)]
    return talk
