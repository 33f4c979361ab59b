"""What kind of market is it? Every number that the simulator uses, in one frozen place.

A `Scenario` is a pack (`retail`, ...) in a condition (`textbook`, `hostile`, `null`,
`calibrated`). Each field carries its symbol, unit, source and range; the page
``docs/rules.md`` is generated from them, so page and code cannot disagree.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np

from crmlab.checks import one_of
from crmlab.market.parameters import ASSUMED, check_field, check_list, check_shares
from crmlab.market.parameters import number as _p
from crmlab.market.parameters import words as _words
from crmlab.market.service_fields import ServiceFields
from crmlab.policy import Prices
from crmlab.tables import (
    ACQUISITION_CHANNELS,
    CAPABILITIES,
    CATEGORIES,
    DIRECT_CHANNELS,
    RECORD_SOURCES,
    SERVICE_KINDS,
    WORK_DRIVERS,
)

CDNOW_PNBD = "Pareto/NBD on the CDNOW sample (Fader, Hardie and Lee 2005, J. Marketing Res. 42)"
CDNOW_BG = "BG/NBD on the CDNOW sample (Fader, Hardie and Lee 2005, Marketing Science 24(2))"
SBG_HIGH_END = (
    "sBG on the High End customers of Fader and Hardie 2007, J. Interactive Marketing 21(1)"
)
CDNOW_GG = "gamma-gamma on the CDNOW sample (Fader and Hardie 2013), USD read as EUR"


_BUY, _SPEND, _ACQ = "Buying and leaving", "Baskets", "Acquisition"
_WANT, _CONTACT, _PERM = "Needs", "Contact", "Permission and e-mail"
_TERM, _TALK, _RIVAL = "Contracts", "Dialogue", "Rivals"
_WHO, _SERVE = "Identity", "Serving"
_WEB, _SHOCK, _MONEY = "Visits", "Common shocks", "Money"


@dataclass(frozen=True, repr=False)
class Scenario(ServiceFields):
    """A frozen description of a market; `replace` makes another one.

    Examples
    --------
    >>> from crmlab.market.packs import scenario
    >>> scenario("retail").replace(fatigue=0.0).fatigue
    0.0
    """

    name: str = "retail/textbook"
    what: str = ""

    # -- buying and leaving
    process: str = _words(
        "pareto/nbd",
        _BUY,
        "how people buy and leave: exponential lifetimes (pareto/nbd), leaving after an order "
        "(bg/nbd), orders at regular intervals (regular), one chance a period (bg/bb), an invoice "
        "a period until cancelled (contract)",
        ("pareto/nbd", "bg/nbd", "regular", "bg/bb", "contract"),
        "Schmittlein, Morrison and Colombo 1987; "
        "Fader, Hardie and Lee 2005; Platzer and Reutterer 2016; Fader, Hardie and Shang 2010; "
        "contract: Fader and Hardie 2007",
    )
    rate_shape: float = _p(
        0.5533, _BUY, "", "shape of the gamma of order rates", CDNOW_PNBD, 1e-3, 1e3, "r"
    )
    rate_scale_weeks: float = _p(
        10.578, _BUY, "weeks", "rate parameter of that gamma", CDNOW_PNBD, 1e-3, 1e5, "alpha"
    )
    dropout_shape: float = _p(
        0.6062, _BUY, "", "shape of the gamma of dropout rates", CDNOW_PNBD, 1e-3, 1e3, "s"
    )
    dropout_scale_weeks: float = _p(
        11.669, _BUY, "weeks", "rate parameter of that gamma", CDNOW_PNBD, 1e-3, 1e6, "beta"
    )
    dropout_a: float = _p(
        0.79292,
        _BUY,
        "",
        "first beta parameter of leaving after an order (bg/nbd)",
        CDNOW_BG,
        1e-3,
        1e4,
        "a",
    )
    dropout_b: float = _p(
        2.4259, _BUY, "", "second beta parameter of the same (bg/nbd)", CDNOW_BG, 1e-3, 1e6, "b"
    )
    regularity: int = _p(
        2,
        _BUY,
        "",
        "shape of the Erlang intervals (regular); 1 is random",
        "Platzer and Reutterer 2016, Marketing Science 35(5)",
        1,
        50,
        "k",
    )
    opportunity_weeks: int = _p(4, _BUY, "weeks", "length of a period (bg/bb)", ASSUMED, 1, 520)
    buy_alpha: float = _p(
        1.2035,
        _BUY,
        "",
        "first beta parameter of buying in a period (bg/bb)",
        "Fader, Hardie and Shang 2010, Marketing Science 29(6)",
        1e-3,
        1e4,
        "alpha",
    )
    buy_beta: float = _p(
        0.7497,
        _BUY,
        "",
        "second beta parameter of the same",
        "Fader, Hardie and Shang 2010",
        1e-3,
        1e4,
        "beta",
    )
    stop_gamma: float = _p(
        0.6567,
        _BUY,
        "",
        "first beta parameter of stopping in a period (bg/bb)",
        "Fader, Hardie and Shang 2010",
        1e-3,
        1e4,
        "gamma",
    )
    stop_delta: float = _p(
        2.7834,
        _BUY,
        "",
        "second beta parameter of the same",
        "Fader, Hardie and Shang 2010",
        1e-3,
        1e4,
        "delta",
    )
    correlation_rate_dropout: float = _p(
        0.0, _BUY, "", "of order rate and dropout rate (Gaussian copula)", ASSUMED, -0.95, 0.95
    )
    correlation_rate_value: float = _p(
        0.0, _BUY, "", "of order rate and basket value", ASSUMED, -0.95, 0.95
    )
    correlation_dropout_value: float = _p(
        0.0, _BUY, "", "of dropout rate and basket value", ASSUMED, -0.95, 0.95
    )

    # -- contracts
    contract_weeks: int = _p(
        4, _TERM, "weeks", "from one renewal to the next (contract)", ASSUMED, 1, 520
    )
    fee_eur: float = _p(25.0, _TERM, "EUR", "invoiced at the start and at each renewal", ASSUMED)
    cancel_alpha: float = _p(
        0.668,
        _TERM,
        "",
        "first beta parameter of cancelling at a renewal",
        SBG_HIGH_END,
        1e-3,
        1e4,
        "alpha",
    )
    cancel_beta: float = _p(
        3.806, _TERM, "", "second beta parameter of the same", SBG_HIGH_END, 1e-3, 1e6, "beta"
    )
    notice_share: float = _p(
        0.5,
        _TERM,
        "share",
        "of those about to cancel who say so in the week before the renewal",
        ASSUMED,
        0,
        1,
    )
    save_rate: float = _p(
        0.6, _TERM, "share", "of cancellations that a large offer prevents", ASSUMED, 0, 1
    )
    save_pull: float = _p(
        0.15,
        _TERM,
        "1/EUR",
        "how fast a save offer comes near that, at mean price sensitivity",
        ASSUMED,
        0,
        10,
    )

    # -- baskets
    value_shape: float = _p(
        6.25, _SPEND, "", "shape of the gamma of a person's order values", CDNOW_GG, 1e-2, 1e4, "p"
    )
    value_mix_shape: float = _p(
        3.74, _SPEND, "", "shape of the gamma of their rate parameter", CDNOW_GG, 1.01, 1e4, "q"
    )
    value_mix_scale_eur: float = _p(
        15.44, _SPEND, "EUR", "rate parameter of that gamma", CDNOW_GG, 1e-3, 1e7, "gamma"
    )
    margin_low: float = _p(
        0.22, _SPEND, "share", "gross margin of the poorest category", ASSUMED, 0, 1
    )
    margin_high: float = _p(
        0.42, _SPEND, "share", "gross margin of the richest category", ASSUMED, 0, 1
    )
    extra_lines: float = _p(
        0.8, _SPEND, "lines", "mean number of lines beyond the first", ASSUMED, 0, 20
    )
    return_rate: float = _p(0.08, _SPEND, "share", "order lines that are sent back", ASSUMED, 0, 1)
    return_days: float = _p(9.0, _SPEND, "days", "mean time until they arrive", ASSUMED, 0.01, 60)

    # -- acquisition
    intake_weeks: int = _p(
        12,
        _ACQ,
        "weeks",
        "the base arrives over so many weeks",
        "the CDNOW cohort arrived over 12 weeks",
        1,
        520,
    )
    intake_profile: tuple[float, ...] = field(
        default=(),
        metadata={
            "group": _ACQ,
            "unit": "share",
            "symbol": "",
            "source": "equal: assumed; calibrated: counted in the CDNOW sample",
            "meaning": "share of the base that arrives in each week; empty for equal shares",
        },
    )
    channel_share: tuple[float, ...] = field(
        default=(0.4, 0.25, 0.15, 0.2),
        metadata={
            "group": _ACQ,
            "unit": "share",
            "symbol": "",
            "source": ASSUMED,
            "meaning": f"of the base by channel: {', '.join(ACQUISITION_CHANNELS)}",
        },
    )
    channel_cost_eur: tuple[float, ...] = field(
        default=(9.0, 7.0, 3.0, 12.0),
        metadata={
            "group": _ACQ,
            "unit": "EUR",
            "symbol": "",
            "source": ASSUMED,
            "meaning": "paid for one customer of the base, by channel",
        },
    )
    pool_prospects: int = _p(
        100_000, _ACQ, "people", "prospects in each pool (one a channel)", ASSUMED, 0, 10**7
    )
    pool_contact_eur: tuple[float, ...] = field(
        default=(0.90, 0.50, 0.30, 0.80),
        metadata={
            "group": _ACQ,
            "unit": "EUR",
            "symbol": "",
            "source": ASSUMED,
            "meaning": "cost of addressing one prospect, by channel",
        },
    )
    pool_conversion: tuple[float, ...] = field(
        default=(0.08, 0.05, 0.10, 0.06),
        metadata={
            "group": _ACQ,
            "unit": "share",
            "symbol": "",
            "source": ASSUMED,
            "meaning": "addressed prospects who become customers, by channel",
        },
    )
    pool_rate: tuple[float, ...] = field(
        default=(1.0, 0.8, 1.3, 0.7),
        metadata={
            "group": _ACQ,
            "unit": "factor",
            "symbol": "",
            "source": ASSUMED,
            "meaning": "on the order rate of people won from the pool of each channel",
        },
    )
    pool_ceiling: float = _p(
        2.0,
        _ACQ,
        "factor",
        "on pool_conversion, however much is spent on one prospect",
        "assumed; the shape is Blattberg and Deighton 1996, Harvard Business Review 74(4)",
        1,
        100,
    )
    pool_pull: float = _p(
        0.8,
        _ACQ,
        "1/EUR",
        "how fast more spent on one prospect comes near that ceiling",
        ASSUMED,
        0,
        100,
    )
    channel_dropout: tuple[float, ...] = field(
        default=(1.0,) * len(ACQUISITION_CHANNELS),
        metadata={
            "group": _ACQ,
            "unit": "factor",
            "symbol": "",
            "source": ASSUMED,
            "meaning": "on the hazard of leaving of people acquired through each channel",
        },
    )
    lead_share: float = _p(
        4.0,
        _ACQ,
        "factor",
        "on pool_conversion: addressed prospects who leave their card instead of buying",
        ASSUMED,
        1,
        100,
    )
    lead_work: float = _p(
        1.5,
        _ACQ,
        "factor",
        "on pool_conversion: those who buy when their lead is followed up at once",
        ASSUMED,
        0,
        100,
    )
    lead_cools_weeks: float = _p(
        4.0, _ACQ, "weeks", "in which that factor falls by 1/e", ASSUMED, 0.01, 1e4
    )
    lead_signal: float = _p(
        0.6, _ACQ, "share", "of what a lead says of its urgency that is true", ASSUMED, 0, 1
    )

    # -- serving
    service_per_order: tuple[float, ...] = field(
        default=(0.0,) * len(SERVICE_KINDS),
        metadata={
            "group": _SERVE,
            "unit": "pieces",
            "symbol": "",
            "source": ASSUMED,
            "meaning": f"of work per order of an average customer: {', '.join(SERVICE_KINDS)}",
        },
    )
    work_minutes: tuple[float, ...] = field(
        default=(0.0,) * len(WORK_DRIVERS),
        metadata={
            "group": _SERVE,
            "unit": "minutes",
            "symbol": "",
            "source": ASSUMED,
            "meaning": f"that one of each takes: {', '.join(WORK_DRIVERS)}; all 0: work is free",
        },
    )
    work_minute_eur: float = _p(0.6, _SERVE, "EUR/minute", "what a minute of work costs", ASSUMED)
    demandingness_log_sd: float = _p(
        1.0,
        _SERVE,
        "",
        "standard deviation of the logarithm of demandingness, whose mean is 1",
        ASSUMED,
        0,
        3,
    )
    sheet_error: float = _p(
        0.1, _SERVE, "", "standard deviation of the log error of a time sheet", ASSUMED, 0, 3
    )

    # -- needs
    need_concentration: float = _p(
        0.6,
        _WANT,
        "",
        "Dirichlet parameter of needs over the categories: small means that people differ",
        ASSUMED,
        0.05,
        100,
    )

    taste_strength: float = _p(
        0.0,
        _WANT,
        "",
        "how far tastes within a category decide which product is bought; 0 for not at all",
        ASSUMED,
        0,
        10,
    )
    preference_form_share: float = _p(
        0.0, _WANT, "share", "who fill in the form of preferences when they register", ASSUMED, 0, 1
    )
    preferences_stated: int = _p(
        2, _WANT, "categories", "that are ticked on the form", ASSUMED, 1, len(CATEGORIES)
    )
    preference_slips: float = _p(
        0.2, _WANT, "share", "of forms that are filled in at random", ASSUMED, 0, 1
    )
    privacy_shape: float = _p(
        2.0, _WANT, "", "both beta parameters of privacy concern", ASSUMED, 0.05, 100
    )
    sensitivity_shape: float = _p(
        2.0,
        _WANT,
        "",
        "gamma shape of incentive and price sensitivity and of visiting, each with mean 1",
        ASSUMED,
        0.05,
        100,
    )
    patience_median_minutes: float = _p(
        10.0, _WANT, "minutes", "median time waited for an answer", ASSUMED, 0.01, 1e5
    )
    preference_shape: tuple[float, ...] = field(
        default=(3.0, 2.0, 1.0),
        metadata={
            "group": _WANT,
            "unit": "",
            "symbol": "",
            "source": ASSUMED,
            "meaning": "Dirichlet parameters of the preference for e-mail, post, phone",
        },
    )

    # -- dialogue
    answer_rate: float = _p(
        0.3, _TALK, "share", "who answer one question, at mean trust and privacy, rested",
        ASSUMED, 0, 1,
    )  # fmt: skip
    question_effort: float = _p(
        0.35, _TALK, "log share", "fall of that share for each further question asked at once",
        ASSUMED, 0, 10,
    )  # fmt: skip
    question_fatigue: float = _p(
        0.5, _TALK, "messages", "of which one question tires as much", ASSUMED, 0, 100
    )
    answer_slips: float = _p(
        0.1, _TALK, "share", "of answers that are given, or noted down, at random", ASSUMED, 0, 1
    )
    miss_penalty: float = _p(
        0.0,
        _TALK,
        "factor",
        "by which showing one product that is not wanted puts people off; 0 for not at all",
        ASSUMED,
        0,
        10,
    )
    care_pull: float = _p(
        1.0, _TALK, "log rate", "most that care can lower the log hazard of leaving", ASSUMED, 0, 10
    )
    care_scale_eur: float = _p(
        6.0, _TALK, "EUR", "of care, still remembered, that bring 63 % of that", ASSUMED, 1e-3, 1e6
    )
    care_carryover: float = _p(
        0.9, _TALK, "share", "of care that is remembered a week later", ASSUMED, 0, 0.9999
    )
    care_habit: float = _p(
        0.0, _TALK, "share", "by which what is expected follows the care of each week; only care "
        "beyond it keeps people, and care that falls short of it drives them away", ASSUMED, 0, 1,
    )  # fmt: skip
    configure_start: float = _p(
        0.06, _TALK, "share", "visits without an order in which a configurator is opened",
        ASSUMED, 0, 1,
    )  # fmt: skip
    configure_minutes: float = _p(
        6.0, _TALK, "minutes", "that it takes to put a product together", ASSUMED, 0, 1e4
    )
    configure_memory: float = _p(
        0.6, _TALK, "factor", "on these minutes each time that the firm has remembered the last",
        ASSUMED, 0, 1,
    )  # fmt: skip
    configure_eur: float = _p(
        1.5, _TALK, "EUR", "extra cost of making one configured order", ASSUMED
    )

    # -- rivals
    rival_rate: float = _p(
        0.0,
        _RIVAL,
        "1/week",
        "hazard of leaving to a rival, on top, at mean price sensitivity and no discount; "
        "0 for no rival",
        ASSUMED,
        0,
        10,
    )
    rival_discount: float = _p(
        0.0, _RIVAL, "share", "off the price that the rival asks", ASSUMED, 0, 1
    )
    rival_pull: float = _p(
        5.0,
        _RIVAL,
        "log rate",
        "rise of that hazard by a full discount, times price sensitivity",
        ASSUMED,
        0,
        50,
    )
    teaching_hold: float = _p(
        0.6,
        _RIVAL,
        "log rate",
        "fall of that hazard per unit of log(1 + what the firm was taught)",
        "assumed; the idea is Pine, Peppers and Rogers 1995, Harvard Business Review 73(2)",
        0,
        10,
    )
    teaching_memory: float = _p(
        0.99, _RIVAL, "share", "of what was taught that is still true a week later", ASSUMED, 0, 1
    )

    # -- identity
    duplicate_share: float = _p(
        0.0, _WHO, "share", "people who come to have several records; 0 for none", ASSUMED, 0, 1
    )
    extra_records: float = _p(
        0.5, _WHO, "records", "mean number of their records beyond the second", ASSUMED, 0, 5
    )
    record_use: float = _p(
        0.4, _WHO, "share", "their orders that go under a further record", ASSUMED, 0, 1
    )
    source_share: tuple[float, ...] = field(
        default=(0.7, 0.2, 0.1),
        metadata={
            "group": _WHO,
            "unit": "share",
            "meaning": "records opened in the web shop, in a shop, by the call centre",
            "source": ASSUMED,
            "symbol": "",
        },
    )
    record_errors: float = _p(
        0.0, _WHO, "factor", "on the next three rates; 0 for records without errors", ASSUMED, 0, 5
    )
    typo_rate: float = _p(0.06, _WHO, "share", "fields with a slip of the fingers", ASSUMED, 0, 1)
    missing_rate: float = _p(
        0.08, _WHO, "share", "e-mails, phones and years of birth left out", ASSUMED, 0, 1
    )
    short_name_rate: float = _p(
        0.08, _WHO, "share", "first names given as an initial", ASSUMED, 0, 1
    )
    moved_rate: float = _p(
        0.15, _WHO, "share", "further records under another address", ASSUMED, 0, 1
    )
    email_change_rate: float = _p(
        0.4, _WHO, "share", "further records under another e-mail", ASSUMED, 0, 1
    )
    household_share: float = _p(
        0.0, _WHO, "share", "people who live with somebody of the base", ASSUMED, 0, 1
    )
    shared_email_share: float = _p(
        0.25, _WHO, "share", "of these, who use the other one's e-mail", ASSUMED, 0, 1
    )

    # -- contact
    responsiveness_mean: float = _p(
        2.5,
        _CONTACT,
        "log rate",
        "mean rise of the log order rate by an ideal message, opened by somebody who trusts",
        "assumed; a newsletter then lifts orders by about a tenth over "
        "two weeks, less than Hillstrom's e-mail test (2008) with its 54 %",
        -20,
        20,
        "rho",
    )
    responsiveness_sd: float = _p(
        1.5,
        _CONTACT,
        "log rate",
        "its standard deviation: some react by buying less",
        ASSUMED,
        0,
        20,
    )
    carryover: float = _p(
        0.4, _CONTACT, "share", "of a message's pull that is left a week later", ASSUMED, 0, 0.99
    )
    conversion_strength: float = _p(
        1.4, _CONTACT, "factor", "pull of a conversion message against a newsletter", ASSUMED, 0, 10
    )
    triggered_strength: float = _p(
        1.2, _CONTACT, "factor", "pull of a triggered message", ASSUMED, 0, 10
    )
    offer_strength: float = _p(
        0.05,
        _CONTACT,
        "log rate/EUR",
        "extra pull of one EUR off, times price sensitivity",
        ASSUMED,
        0,
        5,
    )
    tolerance_median: float = _p(
        0.7,
        _CONTACT,
        "messages/week",
        "median contact that does not tire",
        ASSUMED,
        0.01,
        100,
        "tau",
    )
    tolerance_log_sd: float = _p(
        0.7, _CONTACT, "", "standard deviation of its logarithm", ASSUMED, 0, 3
    )
    fatigue: float = _p(
        1.0, _CONTACT, "messages", "fatigue left by one wanted message", ASSUMED, 0, 100, "f"
    )
    interruption_fatigue: float = _p(
        2.0, _CONTACT, "factor", "on fatigue by an unasked message", ASSUMED, 0, 100
    )
    fatigue_carryover: float = _p(
        0.7, _CONTACT, "share", "of fatigue that is left a week later", ASSUMED, 0, 0.99
    )
    fatigue_attrition: float = _p(
        0.35,
        _CONTACT,
        "log rate",
        "rise of the log dropout rate per unit of irritation",
        ASSUMED,
        0,
        10,
    )
    trust_mean: float = _p(0.6, _CONTACT, "0-1", "mean trust at the start", ASSUMED, 0.01, 0.99)
    trust_concentration: float = _p(
        10.0, _CONTACT, "", "sum of the beta parameters of trust at the start", ASSUMED, 0.1, 1e4
    )
    trust_gain: float = _p(
        0.03, _CONTACT, "share", "of missing trust won by a relevant message", ASSUMED, 0, 1
    )
    trust_loss: float = _p(
        0.04, _CONTACT, "share", "of trust lost by an unasked or irritating message", ASSUMED, 0, 1
    )
    trust_attrition: float = _p(
        0.8,
        _CONTACT,
        "log rate",
        "fall of the log dropout rate per unit of trust won",
        ASSUMED,
        0,
        10,
    )

    # -- permission and e-mail
    consent_law: str = _words(
        "opt-in",
        _PERM,
        "whom one may e-mail: those who agreed (opt-in) or all who did not object (opt-out)",
        ("opt-in", "opt-out"),
        "opt-in: Directive 2002/58/EC Art. 13; opt-out: US CAN-SPAM Act 2003",
    )
    optin_at_registration: float = _p(
        0.45, _PERM, "share", "who agree when they register, at mean privacy concern", ASSUMED, 0, 1
    )
    ask_acceptance: float = _p(
        0.15,
        _PERM,
        "share",
        "who agree when asked, at mean privacy concern and without incentive",
        ASSUMED,
        0,
        1,
    )
    incentive_pull: float = _p(
        0.35, _PERM, "log odds/EUR", "of one EUR of incentive at mean sensitivity", ASSUMED, 0, 10
    )
    privacy_pull: float = _p(
        3.0, _PERM, "log odds", "against agreeing, from no to full privacy concern", ASSUMED, 0, 20
    )
    open_rate: float = _p(
        0.28, _PERM, "share", "delivered e-mails opened at mean trust, rested", ASSUMED, 0, 1
    )
    click_rate: float = _p(
        0.18, _PERM, "share", "opened e-mails clicked if fully relevant", ASSUMED, 0, 1
    )
    post_open_rate: float = _p(0.5, _PERM, "share", "letters read", ASSUMED, 0, 1)
    phone_open_rate: float = _p(0.35, _PERM, "share", "calls taken", ASSUMED, 0, 1)
    unsubscribe_rate: float = _p(
        0.001, _PERM, "share", "of delivered e-mails, when rested", ASSUMED, 0, 1
    )
    unsubscribe_irritated: float = _p(
        0.03, _PERM, "share", "more per unit of irritation", ASSUMED, 0, 1
    )
    complaint_rate: float = _p(
        0.0002, _PERM, "share", "delivered e-mails reported as spam, when rested", ASSUMED, 0, 1
    )
    complaint_irritated: float = _p(
        0.006, _PERM, "share", "more per unit of irritation", ASSUMED, 0, 1
    )
    opt_down_share: float = _p(
        0.6,
        _PERM,
        "share",
        "who take fewer messages if a preference centre offers it",
        ASSUMED,
        0,
        1,
    )
    obstruction_complaint: float = _p(
        0.4,
        _PERM,
        "share",
        "who report spam if the way out is hidden; the rest stays, annoyed",
        ASSUMED,
        0,
        1,
    )
    address_decay_per_year: float = _p(
        0.25,
        _PERM,
        "share",
        "e-mail addresses that die within a year",
        "20 to 30 % a year by trade sources (MediaPost 2008)",
        0,
        0.99,
    )
    address_update: float = _p(
        0.7, _PERM, "share", "who leave a new address with their next order", ASSUMED, 0, 1
    )
    reputation_effect: float = _p(
        1.0,
        _PERM,
        "",
        "how strongly complaints and bounces bar the inbox; 0 for not at all",
        ASSUMED,
        0,
        10,
    )
    reputation_bounces: float = _p(
        5.0, _PERM, "", "log inbox share lost per share of bounces", ASSUMED, 0, 1e4
    )
    reputation_complaints: float = _p(
        150.0,
        _PERM,
        "",
        "log inbox share lost per share of complaints; trouble starts near 1 in 1,000",
        ASSUMED,
        0,
        1e5,
    )
    reputation_memory: float = _p(
        0.8, _PERM, "share", "of last week's reputation that is kept", ASSUMED, 0, 0.999
    )
    click_visits: float = _p(1.0, _PERM, "share", "clicks that open a session", ASSUMED, 0, 1)
    email_effect: float = _p(
        1.0,
        _PERM,
        "factor",
        "on everything that messages do to buying, leaving, trust and consent",
        ASSUMED,
        0,
        1,
    )

    # -- visits
    visits_per_order: float = _p(
        3.0, _WEB, "visits", "without an order per expected order", ASSUMED, 0, 100
    )
    visit_rate_floor: float = _p(
        0.02, _WEB, "1/week", "visits of a person who hardly orders", ASSUMED, 0, 10
    )
    cart_before_order: float = _p(
        0.3,
        _WEB,
        "share",
        "orders preceded by an abandoned cart in the same week: they would have returned anyway",
        ASSUMED,
        0,
        1,
    )
    lost_cart_share: float = _p(
        0.12, _WEB, "share", "visits without an order that leave a cart", ASSUMED, 0, 1
    )
    cart_click_rate: float = _p(
        0.5, _WEB, "share", "opened reminders of a cart that are clicked", ASSUMED, 0, 1
    )
    cart_recovery: float = _p(
        0.10,
        _WEB,
        "share",
        "lost carts ordered after a clicked reminder, per unit of responsiveness",
        ASSUMED,
        0,
        1,
    )

    page_gain: float = _p(
        0.03,
        _WEB,
        "share",
        "long visits that a page template which suits turns into an order",
        ASSUMED,
        0,
        1,
    )
    page_mismatch: float = _p(
        0.3, _WEB, "share", "of that, if the template suits another kind of visitor", ASSUMED, 0, 1
    )

    # -- common shocks
    season_amplitude: float = _p(
        0.0,
        _SHOCK,
        "log rate",
        "of the yearly wave of order rates, highest in December",
        ASSUMED,
        0,
        3,
    )
    economy_sd: float = _p(
        0.0, _SHOCK, "log rate", "standard deviation of the economy's slow wave", ASSUMED, 0, 2
    )
    economy_memory: float = _p(
        0.95, _SHOCK, "share", "of last week's economy that is kept", ASSUMED, 0, 0.999
    )

    # -- money
    email_eur: float = _p(0.004, _MONEY, "EUR", "one e-mail", ASSUMED)
    post_eur: float = _p(0.75, _MONEY, "EUR", "one letter", ASSUMED)
    phone_eur: float = _p(3.5, _MONEY, "EUR", "one call", ASSUMED)
    ask_eur: float = _p(
        0.02, _MONEY, "EUR", "one request for consent, without its incentive", ASSUMED
    )
    question_eur: float = _p(0.02, _MONEY, "EUR", "one question asked", ASSUMED)
    discount_per_year: float = _p(0.10, _MONEY, "share", "discount rate", ASSUMED, 0, 1)

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            check_field(f, getattr(self, f.name))
        check_shares("source_share", self.source_share, len(RECORD_SOURCES))
        check_shares("channel_share", self.channel_share, len(ACQUISITION_CHANNELS))
        check_list("preference_shape", self.preference_shape, len(DIRECT_CHANNELS))
        self.check_service()
        if min(self.preference_shape) <= 0:
            raise ValueError(f"preference_shape must be > 0, got {self.preference_shape}.")
        for name in (
            "channel_cost_eur", "pool_contact_eur", "pool_conversion", "pool_rate",
            "channel_dropout",
        ):  # fmt: skip
            check_list(name, getattr(self, name), len(ACQUISITION_CHANNELS))
        if max(self.pool_conversion) > 1:
            raise ValueError(
                f"pool_conversion must be in [0, 1], got {max(self.pool_conversion)}. "
                "Is this a percentage?"
            )
        if min(self.pool_contact_eur) <= 0:
            raise ValueError(f"pool_contact_eur must be > 0, got {min(self.pool_contact_eur)}.")
        check_list("service_per_order", self.service_per_order, len(SERVICE_KINDS))
        check_list("work_minutes", self.work_minutes, len(WORK_DRIVERS))
        if self.intake_profile:
            check_shares("intake_profile", self.intake_profile, self.intake_weeks)
        if self.margin_low > self.margin_high:
            raise ValueError(
                f"margin_low must not exceed margin_high, got {self.margin_low} and "
                f"{self.margin_high}."
            )
        named = [row[0] for row in self.firm]
        for capability, intention, reality in self.firm:
            one_of("a capability in firm", capability, tuple(CAPABILITIES))
            if named.count(capability) > 1:
                raise ValueError(f"firm must name {capability!r} once, got it twice.")
            for value in (intention, reality):
                if not 0 <= value <= 1:
                    raise ValueError(f"{capability} must be in [0, 1], got {value}.")
        if np.linalg.eigvalsh(self.correlations).min() < 1e-9:
            raise ValueError(
                "correlation_rate_dropout, correlation_rate_value and correlation_dropout_value "
                f"contradict each other: {self.correlations[np.triu_indices(3, 1)].tolist()}. "
                "Move one of them towards 0."
            )

    @property
    def serves(self) -> bool:
        """Whether serving customers makes work in this market."""
        return any(self.service_per_order) or any(self.work_minutes)

    @property
    def prices(self) -> Prices:
        """What acting costs in this market."""
        return Prices(
            self.email_eur,
            self.post_eur,
            self.phone_eur,
            self.ask_eur,
            self.question_eur,
            others=self.other_eur,
        )

    @property
    def mean_preference(self) -> np.ndarray:
        """Mean preference for each channel: shares of the direct ones, and of the others."""
        shapes = (np.array(self.preference_shape), np.array(self.other_preference_shape))
        return np.concatenate([shape / shape.sum() for shape in shapes])

    @property
    def correlations(self) -> np.ndarray:
        """Correlation matrix of (order rate, dropout rate, basket value), shape (3, 3)."""
        a, b, c = (
            self.correlation_rate_dropout,
            self.correlation_rate_value,
            self.correlation_dropout_value,
        )
        return np.array([[1, a, b], [a, 1, c], [b, c, 1]], dtype=float)

    @property
    def category_margins(self) -> np.ndarray:
        """Gross margin rate of each category, shape (n_categories,)."""
        return np.linspace(self.margin_low, self.margin_high, len(CATEGORIES))
