"""Which markets are there? The packs and their conditions, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crmlab.checks import nearest, one_of
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.scenario import Scenario
from crmlab.tables import CAPABILITIES

_RETAIL = Scenario(
    name="retail/textbook",
    what="a web shop whose customers come and go without a contract; the lecture's assumptions "
    "hold: independent traits, people welcome relevant messages",
)

_NOBODY_REACTS = {
    "email_effect": 0.0,
    "click_visits": 0.0,
    "ask_acceptance": 0.0,
    "cart_recovery": 0.0,
    "page_gain": 0.0,
    "pool_conversion": (0.0,) * 4,
    "answer_rate": 0.0,
    "configure_start": 0.0,
}
"""Changes with which nothing that the firm does changes what anybody does."""

_SUBSCRIPTION = Scenario(
    name="subscription/textbook",
    what="a monthly box by contract, with extras ordered in between: who cancels at a renewal is "
    "lost for good; people welcome relevant messages, and offers save some of those who cancel",
    process="contract",
    cancel_alpha=0.8,
    cancel_beta=9.0,
    rate_shape=0.5,
    rate_scale_weeks=25.0,
    return_rate=0.0,
    visits_per_order=1.0,
    channel_cost_eur=(30.0, 22.0, 10.0, 35.0),
    pool_contact_eur=(2.4, 1.2, 0.9, 2.0),
)

_B2B = AccountScenario(
    what="a supplier of firms: accounts with a wallet shared with rivals, seven strategies that do "
    "what the lecture says, and some accounts that matter more than their own profit",
)
_ACCOUNTS = (
    _B2B,
    _B2B.replace(
        name="b2b/hostile",
        what="the same accounts, but relationships carry nothing: who buys what, and who leaves, "
        "is decided by the rival's offer alone",
        relation_on_share=0.0,
        relation_on_leaving=0.0,
        protect_shield=0.0,
        enhance_lift=0.2,
    ),
    _B2B.replace(
        name="b2b/null",
        what="the same accounts, but no strategy changes what an account does; one can only stop "
        "serving it",
        effect=0.0,
    ),
    _B2B.replace(
        name="b2b/calibrated",
        what="the same accounts with costs fitted to Kanthal's customers (Cooper and Kaplan 1991): "
        "after fixed cost by use of work, the best fifth brings 225 % of the profit, the worst "
        "tenth loses 125 %",
        demandingness_log_sd=1.7,
        calls_per_order=1.2,
        rush_per_order=0.75,
        fixed_eur=2_200.0,
    ),
)

# Maximum likelihood on frequency, recency and age of the CDNOW sample to 30 June 1998 (log
# likelihood -17135.836); the published estimates, from 39 weeks, order too little afterwards.
# First purchases in the weeks of 1997 from 1 January, counted in the CDNOW sample.
_CDNOW_ARRIVALS = (157, 164, 182, 193, 216, 220, 202, 204, 219, 217, 204, 179)

_SCENARIOS = {
    s.name: s
    for s in (
        _RETAIL,
        _RETAIL.replace(
            name="retail/hostile",
            what="the same shop, but contact is not welcome: people tire at a quarter of the "
            "messages, and as many buy less after a message as buy more",
            tolerance_median=_RETAIL.tolerance_median / 4,
            responsiveness_mean=0.0,
        ),
        _RETAIL.replace(
            name="retail/null",
            what="the same shop, but nothing that the firm does changes anybody's behaviour",
            **_NOBODY_REACTS,
        ),
        _RETAIL.replace(
            name="retail/calibrated",
            what="the CDNOW cohort of 1997: Pareto/NBD orders by maximum likelihood on all 78 "
            "weeks, gamma-gamma spend as published, and the cohort's own weeks of arrival",
            rate_shape=0.5630,
            rate_scale_weeks=12.559,
            dropout_shape=0.4081,
            dropout_scale_weeks=10.514,
            intake_profile=tuple(n / sum(_CDNOW_ARRIVALS) for n in _CDNOW_ARRIVALS),
        ),
        _SUBSCRIPTION,
        _SUBSCRIPTION.replace(
            name="subscription/hostile",
            what="the same boxes, but cheap customers do not stay: those who come through social "
            "media and affiliates cancel at three times the hazard, and contact is not welcome",
            channel_dropout=(1.0, 3.0, 0.5, 3.0),
            tolerance_median=_SUBSCRIPTION.tolerance_median / 4,
            responsiveness_mean=0.0,
        ),
        _SUBSCRIPTION.replace(
            name="subscription/null",
            what="the same boxes, but nothing that the firm does changes anybody's behaviour",
            **_NOBODY_REACTS,
        ),
        _SUBSCRIPTION.replace(
            name="subscription/calibrated",
            what="a yearly contract whose renewals are the published sBG of the High End customers "
            "(Fader and Hardie 2007); everything else as in the textbook",
            contract_weeks=52,
            cancel_alpha=0.668,
            cancel_beta=3.806,
            fee_eur=240.0,
        ),
        *_ACCOUNTS,
    )
}


SERVING = {
    "service_per_order": (0.2, 0.08, 0.05, 0.1),
    "work_minutes": (4.0, 1.5, 9.0, 6.0, 8.0, 14.0, 10.0),
}
"""Changes that make serving customers work, all *assumed*; the best customers then bring some 140 %
of the profit that is left, the low end of what is published (Kaplan and Narayanan 2001)."""
VOICES = {"taste_strength": 1.0, "preference_form_share": 0.5}
"""Changes that give people tastes within a category, and half of them a say; all *assumed*."""


DESK = {
    "enquiries_per_order": (0.06, 0.02, 0.06),
    "complaints_per_order": (0.01, 0.02, 0.03),
}
"""Changes with which customers turn to a service desk, all *assumed*: with the late deliveries that
are complained of, about one case for four or five orders."""


def firm(
    reality: float | Mapping[str, float] = 0.35, intention: float = 0.6
) -> tuple[tuple[str, float, float], ...]:
    """A firm for `Scenario.firm`: all capabilities, each as real as said and as much intended.

    The default reality is the mean of assessments published by CMAT's makers, 35 % (the best 67 %,
    the worst 17 %: QCi, as quoted in Woodcock, Stone and Foss 2003).

    Parameters
    ----------
    reality : float or dict
        In [0, 1]; a dict names some capabilities, and the others are at 0.35.
    intention : float
        In [0, 1], of all; never less than the reality.

    Examples
    --------
    >>> firm({"analysis": 0.8})[5]
    ('analysis', 0.8, 0.8)
    """
    given = reality if isinstance(reality, Mapping) else dict.fromkeys(CAPABILITIES, reality)
    for name in given:
        one_of("a capability in reality", name, tuple(CAPABILITIES))
    real = {name: float(given.get(name, 0.35)) for name in CAPABILITIES}
    return tuple((name, max(intention, at), at) for name, at in real.items())


def scenarios() -> pd.DataFrame:
    """Every named market: name, pack, condition, and what it is."""
    rows = [(s.name, s.pack, s.condition, s.what) for s in _SCENARIOS.values()]
    return pd.DataFrame(rows, columns=["name", "pack", "condition", "what it is"])


def scenario(name: str | Scenario | AccountScenario) -> Any:
    """A market by its name; ``"retail"`` is short for ``"retail/textbook"``.

    Raises
    ------
    ValueError
        An unknown name; the message lists the known ones and the nearest.
    """
    if isinstance(name, Scenario | AccountScenario):
        return name
    full = name if isinstance(name, str) and "/" in name else f"{name}/textbook"
    if full not in _SCENARIOS:
        raise ValueError(
            f"scenario must be one of {', '.join(_SCENARIOS)}, got {name!r}."
            + nearest(full, _SCENARIOS)
        )
    return _SCENARIOS[full]
