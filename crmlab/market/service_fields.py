"""How is the service desk staffed, what do contacts cost, and how able is the firm? Parameters.

The groups *Service*, *Channels* and *Ability* of `Scenario`. All are neutral by default: without
`enquiries_per_order` and `complaints_per_order` nobody turns to the desk, channels that nobody
uses cost nothing, and a firm that is not described (`Scenario.firm`) is able in everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crmlab.market.parameters import ASSUMED, Market, check_list, check_shares
from crmlab.market.parameters import number as _p
from crmlab.market.parameters import words as _words
from crmlab.tables import CASE_CAUSES, CHANNELS, DIRECT_CHANNELS, PARTNERS

_DESK, _WAYS, _ABLE = "Service", "Channels", "Ability"
OTHER_CHANNELS = CHANNELS[len(DIRECT_CHANNELS) :]


def _several(default: tuple[float, ...], group: str, unit: str, meaning: str) -> Any:
    about = {"group": group, "unit": unit, "symbol": "", "source": ASSUMED, "meaning": meaning}
    return field(default=default, metadata=about)


@dataclass(frozen=True, repr=False)
class ServiceFields(Market):
    """The fields of a market that are about service, channels and the firm's ability."""

    # -- service
    enquiries_per_order: tuple[float, ...] = _several(
        (0.0,) * 3,
        _DESK,
        "cases",
        f"questions per order about {', '.join(CASE_CAUSES)}; 0 for none",
    )
    complaints_per_order: tuple[float, ...] = _several(
        (0.0,) * 3, _DESK, "cases",
        f"complaints per order about {', '.join(CASE_CAUSES)}, with delivery in time; 0 for none",
    )  # fmt: skip
    late_share: tuple[float, ...] = _several(
        (0.05, 0.10, 0.20), _DESK, "share", f"deliveries that come late, by {', '.join(PARTNERS)}"
    )
    partner_share: tuple[float, ...] = _several(
        (0.5, 0.3, 0.2), _DESK, "share", f"orders delivered by {', '.join(PARTNERS)}"
    )
    late_complaint: float = _p(
        0.3, _DESK, "share", "late deliveries that are complained of", ASSUMED, 0, 1
    )
    case_days: tuple[float, ...] = _several(
        (3.0, 6.0, 10.0), _DESK, "days",
        f"mean time from the order to a case about {', '.join(CASE_CAUSES)}",
    )  # fmt: skip
    customers_per_agent: float = _p(
        6_000.0, _DESK, "customers", "of the base for one agent, unless a policy says how many; "
        "fewer for an agent who works shorter",
        ASSUMED, 1, 1e7,
    )  # fmt: skip
    shift_hours: float = _p(
        8.0, _DESK, "hours", "that an agent works on a working day", ASSUMED, 0.1, 9
    )
    agent_hour_eur: float = _p(25.0, _DESK, "EUR/hour", "what an agent costs", ASSUMED)
    handling_minutes: float = _p(
        12.0, _DESK, "minutes", "mean time to answer a case", ASSUMED, 0.01, 1e4
    )
    handling_log_sd: float = _p(
        0.6, _DESK, "", "standard deviation of its logarithm", ASSUMED, 0, 3
    )
    specialist_factor: float = _p(
        0.8,
        _DESK,
        "factor",
        "on that time if the case is the agent's own subject",
        ASSUMED,
        0.01,
        1,
    )
    answer_quality: float = _p(
        0.8, _DESK, "share", "answered cases that are solved, outside the agent's own subject",
        ASSUMED, 0, 1,
    )  # fmt: skip
    specialist_gain: float = _p(
        0.1, _DESK, "share", "more solved if the case is the agent's own subject", ASSUMED, 0, 1
    )
    complaint_quality: float = _p(
        1.0, _DESK, "factor", "on these shares for complaints", ASSUMED, 0, 1
    )
    closed_early: float = _p(
        0.0, _DESK, "share", "cases closed after half the time without being solved", ASSUMED, 0, 1
    )
    unseen_history: float = _p(
        0.0, _DESK, "share", "contacts in which the agent does not see what was said before",
        ASSUMED, 0, 1,
    )  # fmt: skip
    unseen_cost: float = _p(
        0.2, _DESK, "share", "longer to answer, and less often solved, where history is not seen",
        ASSUMED, 0, 1,
    )  # fmt: skip
    return_share: float = _p(
        0.5, _DESK, "share", "of customers who come again with what was not solved", ASSUMED, 0, 1
    )
    chase_opens_case: float = _p(
        0.0, _DESK, "share", "reminders by waiting customers that are taken for a new case",
        ASSUMED, 0, 1,
    )  # fmt: skip
    written_patience: float = _p(
        144.0, _DESK, "factor", "on patience (minutes, on the phone) for all other channels",
        ASSUMED, 1, 1e5,
    )  # fmt: skip
    gives_up_after: float = _p(
        4.0, _DESK, "factor", "on that patience, after which who wrote turns away", ASSUMED, 1, 1e3
    )
    coded_share: float = _p(
        1.0, _DESK, "share", "answered complaints whose root cause is written down", ASSUMED, 0, 1
    )
    wait_weight: float = _p(
        0.6, _DESK, "share", "of satisfaction lost by waiting without end; half at one's patience",
        ASSUMED, 0, 1,
    )  # fmt: skip
    enquiry_weight: float = _p(
        0.4, _DESK, "factor", "of what a bad answer does where it was only a question",
        ASSUMED, 0, 1,
    )  # fmt: skip
    case_hurt: float = _p(
        1.0, _DESK, "", "grudge left by a complaint that was handled as badly as can be",
        ASSUMED, 0, 10,
    )  # fmt: skip
    grudge_attrition: float = _p(
        0.6, _DESK, "log rate", "rise of the log hazard of leaving per unit of grudge",
        ASSUMED, 0, 10,
    )  # fmt: skip
    grudge_carryover: float = _p(
        0.9, _DESK, "share", "of a grudge that is left a week later", ASSUMED, 0, 0.9999
    )
    case_trust: float = _p(
        0.1, _DESK, "share", "of trust lost by the worst answer, of missing trust won by the best",
        ASSUMED, 0, 1,
    )  # fmt: skip
    mail_hurt: float = _p(
        0.3, _DESK, "", "grudge left by a message in the midst of an open complaint", ASSUMED, 0, 10
    )
    complaint_ignored: float = _p(
        0.0, _DESK, "share", "messages to customers with an open complaint that are not held back",
        ASSUMED, 0, 1,
    )  # fmt: skip
    sharing_delay_weeks: float = _p(
        0.0, _DESK, "weeks", "until other departments see a contact with the desk", ASSUMED, 0, 520
    )
    survey_share: float = _p(
        0.25, _DESK, "share", "answered cases whose customer fills in the survey", ASSUMED, 0, 1
    )
    proof_share: float = _p(
        1.0, _DESK, "share", "changes of permission of which a proof is kept", ASSUMED, 0, 1
    )

    # -- channels
    other_preference_shape: tuple[float, ...] = _several(
        (2.0, 1.5, 0.5, 1.0), _WAYS, "",
        f"Dirichlet parameters of the preference among {', '.join(OTHER_CHANNELS)}",
    )  # fmt: skip
    other_reach: tuple[float, ...] = _several(
        (0.6, 0.3, 0.15, 0.3),
        _WAYS,
        "share",
        f"people who can be met by {', '.join(OTHER_CHANNELS)}",
    )
    other_read_rate: tuple[float, ...] = _several(
        (0.12, 0.6, 0.2, 0.15), _WAYS, "share",
        f"messages taken notice of by those who can be met by {', '.join(OTHER_CHANNELS)}",
    )  # fmt: skip
    other_eur: tuple[float, ...] = _several(
        (0.01, 0.8, 0.25, 0.05), _WAYS, "EUR", f"one message by {', '.join(OTHER_CHANNELS)}"
    )
    case_channel: tuple[float, ...] = _several(
        (0.28, 0.02, 0.35, 0.2, 0.07, 0.02, 0.06), _WAYS, "share",
        f"of cases by {', '.join(CHANNELS)}, at mean preference",
    )  # fmt: skip
    contact_eur: tuple[float, ...] = _several(
        (0.1, 1.0, 0.6, 0.1, 2.0, 1.5, 0.3), _WAYS, "EUR",
        f"one contact with the desk by {', '.join(CHANNELS)}, beside the agent",
    )  # fmt: skip

    # -- ability
    capability_mix: str = _words(
        "independent",
        _ABLE,
        "what a capability is worth beside those that it rests on: itself (independent), no more "
        "than the weakest (weakest link), the mean of all (substitutes)",
        ("independent", "weakest link", "substitutes"),
    )
    ability_strength: float = _p(
        1.0, _ABLE, "factor", "on all that a missing capability does", ASSUMED, 0, 2
    )
    invest_eur_per_customer: float = _p(
        2.0, _ABLE, "EUR", "per customer of the base that bring 63 % of what a capability lacks",
        ASSUMED, 1e-3, 1e6,
    )  # fmt: skip
    invest_weeks: float = _p(
        13.0, _ABLE, "weeks", "in which 63 % of the money for a capability is put to work",
        ASSUMED, 1, 520,
    )  # fmt: skip
    invest_speed: float = _p(1.0, _ABLE, "factor", "on what that money does", ASSUMED, 0, 10)
    idle_weeks: float = _p(
        0.0, _ABLE, "share", "weeks in which a decision is put off and lost", ASSUMED, 0, 1
    )
    lost_rows: float = _p(
        0.0, _ABLE, "share", "messages decided upon that are not carried out", ASSUMED, 0, 1
    )
    wrong_target: float = _p(
        0.0, _ABLE, "share", "messages that go to somebody drawn by lot instead", ASSUMED, 0, 1
    )
    wrong_product: float = _p(
        0.0, _ABLE, "share", "messages about one product that show another one", ASSUMED, 0, 1
    )
    no_insight: float = _p(
        0.0, _ABLE, "share", "messages about one product that show the whole assortment instead",
        ASSUMED, 0, 1,
    )  # fmt: skip
    misaddressed: float = _p(0.0, _ABLE, "share", "messages that never arrive", ASSUMED, 0, 1)
    pull_strength: float = _p(1.0, _ABLE, "factor", "on the pull of every message", ASSUMED, 0, 10)
    wear_out: float = _p(
        0.0,
        _ABLE,
        "log factor/year",
        "fall of that pull where nothing new is tried",
        ASSUMED,
        0,
        10,
    )
    copies_disagree: float = _p(
        0.0, _ABLE, "share", "departments' copies of an e-mail, or of a city, that are out of step",
        ASSUMED, 0, 1,
    )  # fmt: skip
    copies_weeks: float = _p(
        1.0, _ABLE, "weeks", "mean time since such a copy was last checked", ASSUMED, 0, 520
    )

    manager_bias: float = _p(
        1.0, _ABLE, "factor", "on how far managers overstate what the firm can do", ASSUMED, 0, 3
    )

    firm: tuple[tuple[str, float, float], ...] = ()
    """Capabilities of the firm: (name, intention, reality), each in [0, 1]. Those not named are
    fully there."""

    @property
    def has_desk(self) -> bool:
        """Whether customers turn to a service desk in this market."""
        return any(self.enquiries_per_order) or any(self.complaints_per_order)

    @property
    def idle_groups(self) -> tuple[str, ...]:
        """Groups of parameters that play no part in this market."""
        asleep = {_DESK: not self.has_desk, _WAYS: not self.has_desk, _ABLE: not self.firm}
        return tuple(group for group, is_asleep in asleep.items() if is_asleep)

    def check_service(self) -> None:
        """Raise where one of the lists does not fit."""
        for name, length in (
            ("enquiries_per_order", len(CASE_CAUSES)), ("complaints_per_order", len(CASE_CAUSES)),
            ("case_days", len(CASE_CAUSES)), ("late_share", len(PARTNERS)),
            ("other_preference_shape", len(OTHER_CHANNELS)), ("other_reach", len(OTHER_CHANNELS)),
            ("other_read_rate", len(OTHER_CHANNELS)), ("other_eur", len(OTHER_CHANNELS)),
            ("contact_eur", len(CHANNELS)),
        ):  # fmt: skip
            check_list(name, getattr(self, name), length)
        check_shares("partner_share", self.partner_share, len(PARTNERS))
        check_shares("case_channel", self.case_channel, len(CHANNELS))
        for name in ("enquiries_per_order", "complaints_per_order", "late_share", "other_reach"):
            if max(getattr(self, name)) > 1:
                raise ValueError(
                    f"{name} must be in [0, 1], got {max(getattr(self, name))}. "
                    "Is this a percentage?"
                )
        if min(self.other_preference_shape) <= 0:
            raise ValueError(
                f"other_preference_shape must be > 0, got {self.other_preference_shape}."
            )
