"""Claims of the capstone: lecture models as policies against each other (lab X22)."""

from __future__ import annotations

from collections.abc import Callable

from crmlab.experiments import league
from crmlab.experiments.claims import Claim, register
from crmlab.market.packs import _NOBODY_REACTS
from crmlab.market.scenario import Scenario

OWN_CUSTOMERS = {"pool_prospects": 0}


def over(model: str, other: str) -> Callable[[Scenario, int], float]:
    """A measure: profit with one model less profit with another, EUR per customer."""

    def measure(scenario: Scenario, seed: int) -> float:
        played = league.play(scenario, [seed], (model, other))
        ours, theirs = played["profit_eur"]
        return float(ours - theirs)

    return measure


register(
    Claim(
        id="idic-beats-mass-marketing",
        concepts=("B01",),
        sentence="Treating different customers differently earns more than treating all alike on "
        "the same budget.",
        source="IDIC against mass marketing: Peppers and Rogers 1993, 2004; lecture notes, CRM "
        "models",
        kind="operation",
        measure=over("IDIC", "mass marketing"),
        unit="EUR per customer",
        least=0.25,
        textbook=OWN_CUSTOMERS,
        null=_NOBODY_REACTS,
        breaks="contact is not welcome: people tire soon, and half of them buy less after a "
        "message",
    )
)
register(
    Claim(
        id="a-framework-beats-a-trigger",
        concepts=("B02",),
        sentence="A framework that plans the whole relationship earns more than answering to "
        "events alone.",
        source="value chain: Buttle 2004; sense and respond, lecture notes, CRM models",
        kind="operation",
        measure=over("value chain", "sense and respond"),
        unit="EUR per customer",
        least=0.25,
        textbook=OWN_CUSTOMERS,
        null=_NOBODY_REACTS,
        breaks="contact is not welcome: people tire soon, and half of them buy less after a "
        "message",
    )
)
register(
    Claim(
        id="every-lever-beats-known-customers-alone",
        concepts=("B04",),
        sentence="A budget that may go to every lever, new customers included, earns more than the "
        "same budget spent on known customers alone.",
        source="REAP planning: SCHEMA, Stone and Woodcock; customer equity as acquisition and "
        "retention, Blattberg and Deighton 1996",
        kind="operation",
        measure=over("REAP", "IDIC"),
        unit="EUR per customer",
        least=0.25,
        hostile={"pool_contact_eur": (9.0, 5.0, 3.0, 8.0)},
        null=OWN_CUSTOMERS,
        breaks="prospects cost ten times as much",
    )
)
