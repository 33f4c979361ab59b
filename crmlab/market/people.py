"""Who are the customers? Latent traits, drawn once per person and known only to the truth.

Every trait belongs to a `person_id` and a named stream, so the same person is the same
whoever else is simulated, in whatever blocks. Distributions are those of ``docs/rules.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtr

from crmlab.chance import Chance, beta, gamma, log_gamma_variate, normal
from crmlab.market import rivals
from crmlab.market.scenario import Scenario
from crmlab.tables import CATEGORIES, TASTES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class People:
    """Traits of the people, one array of shape ``(n_people, ...)`` for each.

    ``needs`` and ``prefers`` have one column for each category and channel, ``tastes`` one for
    each direction; rates are per week; ``value_rate`` is the rate parameter of the person's
    gamma of order values (1/EUR).
    """

    person_id: Ints
    pool_id: Ints
    channel: Ints
    born_s: Ints
    order_rate: Floats
    dropout_rate: Floats
    dropout_probability: Floats
    value_rate: Floats
    needs: Floats
    responsiveness: Floats
    tolerance: Floats
    first_trust: Floats
    privacy: Floats
    incentive_sensitivity: Floats
    price_sensitivity: Floats
    patience: Floats
    prefers: Floats
    visit_rate: Floats
    tastes: Floats
    demandingness: Floats
    rival_share: Floats

    def __len__(self) -> int:
        return len(self.person_id)

    def at(self, who: Ints) -> People:
        """The people at these places."""
        return People(*(getattr(self, f.name)[who] for f in fields(self)))

    def extend(self, others: People) -> None:
        """Add the people of ``others`` at the end."""
        for f in fields(self):
            mine, theirs = getattr(self, f.name), getattr(others, f.name)
            setattr(self, f.name, np.concatenate([mine, theirs]))


def draw_people(
    scenario: Scenario,
    chance: Chance,
    person_id: Ints,
    born_s: Ints,
    channel: Ints,
    pool_id: Ints,
    rate_factor: Floats | float = 1.0,
) -> People:
    """The people with these ids: all their traits, from the streams of ``chance``."""
    s = scenario
    rate, leaving, value_rate = _buying_leaving_spending(s, chance, person_id)
    rate = rate * rate_factor
    if s.process == "bg/bb":
        rate = np.minimum(rate, 1.0) / s.opportunity_weeks
    by_chance = s.process in ("bg/nbd", "bg/bb", "contract")
    never = np.zeros(len(person_id))
    pull = s.sensitivity_shape
    price = gamma(chance.base("price", person_id), pull) / pull
    leaving = _by_channel(s, leaving, channel, by_chance)
    to_rival = never if by_chance else rivals.hazard(s, price)
    trust = s.trust_mean * s.trust_concentration
    return People(
        person_id=person_id,
        pool_id=pool_id,
        channel=channel,
        born_s=born_s,
        order_rate=rate,
        dropout_rate=never if by_chance else leaving + to_rival,
        dropout_probability=leaving if by_chance else never,
        value_rate=value_rate,
        needs=dirichlet(chance, "needs", person_id, (s.need_concentration,) * len(CATEGORIES)),
        responsiveness=s.responsiveness_mean
        + s.responsiveness_sd * normal(chance.base("responsiveness", person_id)),
        tolerance=s.tolerance_median
        * np.exp(s.tolerance_log_sd * normal(chance.base("tolerance", person_id))),
        first_trust=beta(chance.base("trust", person_id), trust, s.trust_concentration - trust),
        privacy=beta(chance.base("privacy", person_id), s.privacy_shape, s.privacy_shape),
        incentive_sensitivity=gamma(chance.base("incentives", person_id), pull) / pull,
        price_sensitivity=price,
        patience=s.patience_median_minutes
        * np.exp(0.6 * normal(chance.base("patience", person_id))),
        prefers=_channels(s, chance, person_id),
        visit_rate=s.visit_rate_floor
        + s.visits_per_order * rate * gamma(chance.base("visiting", person_id), pull) / pull,
        tastes=_tastes(s, chance, person_id),
        demandingness=_demandingness(s, chance, person_id),
        rival_share=never if by_chance else to_rival / np.maximum(leaving + to_rival, 1e-300),
    )


def _by_channel(s: Scenario, leaving: Floats, channel: Ints, by_chance: bool) -> Floats:
    """Leaving, times the factor of the channel through which people came; a hazard either way."""
    if all(factor == 1.0 for factor in s.channel_dropout):
        return leaving
    factor = np.array(s.channel_dropout)[channel]
    return 1.0 - (1.0 - leaving) ** factor if by_chance else leaving * factor


def _channels(s: Scenario, chance: Chance, ids: Ints) -> Floats:
    """Preference among the direct channels, and apart from it among the others."""
    direct = dirichlet(chance, "channels", ids, s.preference_shape)
    others = dirichlet(chance, "other channels", ids, s.other_preference_shape)
    return np.concatenate([direct, others], axis=1)


def _tastes(s: Scenario, chance: Chance, ids: Ints) -> Floats:
    """Standard normal in each direction; 0 where tastes play no part."""
    if s.taste_strength == 0:
        return np.zeros((len(ids), TASTES))
    return normal(chance.base("tastes", ids)[:, None], np.arange(TASTES))


def _demandingness(s: Scenario, chance: Chance, ids: Ints) -> Floats:
    """Log-normal with mean 1; 1 where nobody asks for service."""
    if not any(s.service_per_order) or s.demandingness_log_sd == 0:
        return np.ones(len(ids))
    sd = s.demandingness_log_sd
    return np.exp(sd * normal(chance.base("demandingness", ids)) - sd**2 / 2)


def dirichlet(chance: Chance, stream: str, ids: Ints, shapes: tuple[float, ...]) -> Floats:
    """Shares that add up to 1, shape ``(n, len(shapes))``: normalised gamma variates."""
    base = chance.base(stream, ids)
    logs = np.stack([log_gamma_variate(base, a, t) for t, a in enumerate(shapes)], axis=1)
    logs -= logs.max(axis=1, keepdims=True)
    shares = np.exp(logs)
    return shares / shares.sum(axis=1, keepdims=True)


def _margins(s: Scenario) -> tuple[tuple[bool, float, float], ...]:
    """Of buying, leaving and spending: whether a beta (else a gamma), and its parameters."""
    buying: tuple[bool, float, float] = (False, s.rate_shape, s.rate_scale_weeks)
    leaving: tuple[bool, float, float] = (False, s.dropout_shape, s.dropout_scale_weeks)
    if s.process == "bg/nbd":
        leaving = True, s.dropout_a, s.dropout_b
    elif s.process == "bg/bb":
        buying, leaving = (True, s.buy_alpha, s.buy_beta), (True, s.stop_gamma, s.stop_delta)
    elif s.process == "contract":
        leaving = True, s.cancel_alpha, s.cancel_beta
    return buying, leaving, (False, s.value_mix_shape, s.value_mix_scale_eur)


def _buying_leaving_spending(s: Scenario, chance: Chance, ids: Ints) -> list[Floats]:
    if s.correlations[np.triu_indices(3, 1)].any():
        return _correlated(s, chance, ids)
    bases = (chance.base(stream, ids) for stream in ("rate", "dropout", "value"))
    return [
        beta(base, a, b) if chances else gamma(base, a) / b
        for base, (chances, a, b) in zip(bases, _margins(s), strict=True)
    ]


def _correlated(s: Scenario, chance: Chance, ids: Ints) -> list[Floats]:
    """The same margins under a Gaussian copula; basket value falls with its rate parameter."""
    base = chance.base("copula", ids)
    z = np.stack([normal(base, t) for t in range(3)])
    z = np.linalg.cholesky(s.correlations) @ z
    z[2] *= -1.0
    unit = np.clip(ndtr(z), 1e-15, 1 - 1e-15)
    return [
        betaincinv(a, b, u) if chances else gammaincinv(a, u) / b
        for u, (chances, a, b) in zip(unit, _margins(s), strict=True)
    ]
