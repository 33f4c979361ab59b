"""What kind of market between firms is it? Every number that the account market uses.

The sister of `market.scenario.Scenario` for a supplier whose customers are firms: accounts with a
wallet that is shared with rivals, relationships, influence on each other, and costs of serving
them; seven strategies that act on one account for a quarter. All numbers are *assumed* unless a
source is given.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from crmlab.market.parameters import ASSUMED, Market, check_field, check_list
from crmlab.market.parameters import number as _p
from crmlab.policy import Prices
from crmlab.tables import ACTIVITIES, STRATEGIES

_BUY, _TIE, _LEAVE = "Accounts: buying", "Accounts: relationships", "Accounts: leaving and coming"
_NET, _COST, _DO, _SEE = (
    "Accounts: externalities", "Accounts: costs", "Accounts: strategies", "Accounts: what is seen"
)  # fmt: skip
KAPLAN = "assumed; the dispersion gives a whale curve as in Kaplan and Narayanan 2001"


def _list(default: tuple[float, ...], group: str, unit: str, meaning: str) -> Any:
    about = {"group": group, "unit": unit, "symbol": "", "source": ASSUMED, "meaning": meaning}
    return field(default=default, metadata=about)


@dataclass(frozen=True, repr=False)
class AccountScenario(Market):
    """A frozen description of a market between firms; `replace` makes another one.

    Examples
    --------
    >>> from crmlab.market.packs import scenario
    >>> scenario("b2b").replace(influence=0.0).influence
    0.0
    """

    name: str = "b2b/textbook"
    what: str = ""

    # -- buying
    prospect_share: float = _p(0.5, _BUY, "share", "prospects per customer at the start",
                               ASSUMED, 0, 10)  # fmt: skip
    wallet_median_eur: float = _p(
        30_000.0, _BUY, "EUR/quarter", "median wallet: what an account buys of such goods from "
        "anybody, at list price", ASSUMED, 1, 1e9, "W",
    )  # fmt: skip
    wallet_log_sd: float = _p(1.1, _BUY, "", "standard deviation of its logarithm", KAPLAN, 0, 3)
    growth_sd: float = _p(0.02, _BUY, "share/quarter", "standard deviation of a wallet's growth",
                          ASSUMED, 0, 0.5)  # fmt: skip
    orders_per_quarter: float = _p(6.0, _BUY, "orders", "mean number of an account with a median "
                                   "wallet; rises with the cube root of the wallet",
                                   ASSUMED, 0.01, 500)  # fmt: skip
    order_shape: float = _p(4.0, _BUY, "", "shape of the gamma of order values", ASSUMED, 0.1, 1e4)
    share_ceiling: float = _p(0.9, _BUY, "share", "most that an account buys from one supplier",
                              ASSUMED, 0.01, 1, "C")  # fmt: skip
    share_middle: float = _p(0.4, _BUY, "share", "of the wallet, at mean relationship and rival",
                             ASSUMED, 0.01, 0.99)  # fmt: skip
    share_logit_sd: float = _p(0.8, _BUY, "log odds", "standard deviation between accounts",
                               ASSUMED, 0, 5)  # fmt: skip
    share_speed: float = _p(0.03, _BUY, "1/week", "how fast the share goes where it tends",
                            ASSUMED, 0, 1)  # fmt: skip

    # -- relationships
    relation_mean: float = _p(0.5, _TIE, "0-1", "mean strength of a relationship",
                              ASSUMED, 0.01, 0.99)  # fmt: skip
    relation_concentration: float = _p(5.0, _TIE, "", "sum of the beta parameters of it",
                                       ASSUMED, 0.1, 1e4)  # fmt: skip
    relation_speed: float = _p(0.03, _TIE, "1/week", "how fast it goes where it tends",
                               ASSUMED, 0, 1)  # fmt: skip
    relation_on_share: float = _p(2.0, _TIE, "log odds", "of the share, from no relationship to a "
                                  "full one", ASSUMED, 0, 20)  # fmt: skip
    relation_on_leaving: float = _p(3.0, _TIE, "log rate", "fall of the log hazard of leaving, "
                                    "from none to a full one", ASSUMED, 0, 20)  # fmt: skip
    extra_contacts: float = _p(1.5, _TIE, "people", "mean number of contacts beyond the first",
                               ASSUMED, 0, 20)  # fmt: skip
    contact_leaves: float = _p(0.007, _TIE, "1/week", "hazard that a contact changes jobs",
                               ASSUMED, 0, 1)  # fmt: skip
    contact_shock: float = _p(0.5, _TIE, "share", "of the relationship that a contact carries away "
                              "who is the only one", ASSUMED, 0, 1)  # fmt: skip

    # -- leaving and coming
    leaving_rate: float = _p(0.0015, _LEAVE, "1/week", "hazard of leaving at mean relationship and "
                             "rival", ASSUMED, 0, 1, "h")  # fmt: skip
    rival_mean: float = _p(0.4, _LEAVE, "0-1", "mean attraction of the rival", ASSUMED, 0.01, 0.99)
    rival_concentration: float = _p(4.0, _LEAVE, "", "sum of the beta parameters of it",
                                    ASSUMED, 0.1, 1e4)  # fmt: skip
    rival_on_leaving: float = _p(3.0, _LEAVE, "log rate", "rise of the log hazard of leaving, from "
                                 "no attraction to a full one", ASSUMED, 0, 20)  # fmt: skip
    rival_on_share: float = _p(1.5, _LEAVE, "log odds", "fall of the share's log odds by the same",
                               ASSUMED, 0, 20)  # fmt: skip
    inbound_rate: float = _p(0.001, _LEAVE, "1/week", "hazard that a prospect comes by itself",
                             ASSUMED, 0, 1)  # fmt: skip

    # -- externalities
    benchmark_share: float = _p(0.04, _NET, "share", "accounts whose choice of supplier others "
                                "follow", ASSUMED, 0, 1)  # fmt: skip
    follow_share: float = _p(0.5, _NET, "share", "other accounts that follow one of their "
                             "industry's benchmarks", ASSUMED, 0, 1)  # fmt: skip
    influence: float = _p(1.0, _NET, "log rate", "rise of a follower's hazard of leaving while its "
                          "benchmark buys elsewhere; and of its hazard, or log odds, of coming "
                          "while it buys here", ASSUMED, 0, 10)  # fmt: skip
    inspiration_share: float = _p(0.03, _NET, "share", "accounts whose complaints improve the "
                                  "product for all", ASSUMED, 0, 1)  # fmt: skip
    defect_rate: float = _p(0.2, _NET, "calls/order", "service calls for defects if nobody taught "
                            "the firm better", ASSUMED, 0, 5, "d")  # fmt: skip
    inspiration_gain: float = _p(0.4, _NET, "share", "of defects that all of them together prevent",
                                 ASSUMED, 0, 1)  # fmt: skip
    defect_hurt: float = _p(0.25, _NET, "0-1", "what a relationship tends to lose if defects "
                            "double", ASSUMED, 0, 5)  # fmt: skip
    door_share: float = _p(0.08, _NET, "share", "accounts of the closed industries that open them",
                           ASSUMED, 0, 1)  # fmt: skip
    locked_factor: float = _p(0.05, _NET, "factor", "on the chance to win a prospect of a closed "
                              "industry that nobody has opened", ASSUMED, 0, 1)  # fmt: skip
    word_of_mouth: float = _p(0.06, _NET, "0-1", "lost by the relationships of five neighbours of "
                              "an account that was ended", ASSUMED, 0, 1)  # fmt: skip

    # -- costs
    discount_mean: float = _p(0.1, _COST, "share", "mean discount off the list price",
                              ASSUMED, 0, 0.9)  # fmt: skip
    discount_by_size: float = _p(0.04, _COST, "share", "more discount per standard deviation of "
                                 "the log wallet", ASSUMED, 0, 0.5)  # fmt: skip
    discount_sd: float = _p(0.05, _COST, "share", "standard deviation of the rest", ASSUMED, 0, 0.5)
    unit_cost: float = _p(0.55, _COST, "share", "of the list price that goods cost at the volume "
                          "of the start", ASSUMED, 0, 1, "c")  # fmt: skip
    scale_economy: float = _p(0.1, _COST, "", "elasticity by which that falls with volume",
                              ASSUMED, 0, 1, "eta")  # fmt: skip
    fixed_eur: float = _p(2_000.0, _COST, "EUR/quarter", "fixed cost per customer of the start; it "
                          "does not fall when customers leave", ASSUMED)  # fmt: skip
    activity_eur: tuple[float, ...] = _list(
        (60.0, 120.0, 150.0, 250.0), _COST, "EUR", f"of one {', '.join(ACTIVITIES)}"
    )
    calls_per_order: float = _p(0.4, _COST, "calls", "service calls per order, besides defects, at "
                                "mean demandingness", ASSUMED, 0, 50)  # fmt: skip
    rush_per_order: float = _p(0.25, _COST, "deliveries", "rush deliveries per order, likewise",
                               ASSUMED, 0, 50)  # fmt: skip
    visits_per_quarter: float = _p(3.0, _COST, "visits", "to a customer as a matter of course",
                                   ASSUMED, 0, 100)  # fmt: skip
    demandingness_log_sd: float = _p(1.0, _COST, "", "standard deviation of the logarithm of "
                                     "demandingness, whose mean is 1", KAPLAN, 0, 3)  # fmt: skip
    discount_per_year: float = _p(0.10, _COST, "share", "discount rate", ASSUMED, 0, 1)

    # -- strategies
    strategy_eur: tuple[float, ...] = _list(
        (1_500.0, 1_200.0, 1_500.0, 0.0, 300.0, 1_500.0, 2_500.0),
        _DO, "EUR/quarter", f"cost of one: {', '.join(STRATEGIES)}",
    )  # fmt: skip
    effect: float = _p(1.0, _DO, "factor", "on everything that strategies do to accounts",
                       ASSUMED, 0, 1)  # fmt: skip
    protect_shield: float = _p(0.6, _DO, "share", "of the rival's attraction that protecting takes "
                               "away", ASSUMED, 0, 1)  # fmt: skip
    protect_lift: float = _p(0.2, _DO, "0-1", "what a protected relationship tends to gain",
                             ASSUMED, 0, 1)  # fmt: skip
    reengineer_saving: float = _p(0.45, _DO, "share", "of calls, rush deliveries and visits that "
                                  "re-engineering saves, for good", ASSUMED, 0, 1)  # fmt: skip
    reengineer_shock: float = _p(0.06, _DO, "0-1", "that the relationship loses by it at once",
                                 ASSUMED, 0, 1)  # fmt: skip
    enhance_lift: float = _p(1.0, _DO, "log odds", "of the share, while enhanced, at a full "
                             "relationship; nothing at none", ASSUMED, 0, 10)  # fmt: skip
    harvest_price: float = _p(0.03, _DO, "share", "of the list price more, while harvested",
                              ASSUMED, 0, 1)  # fmt: skip
    harvest_drop: float = _p(0.25, _DO, "0-1", "what a harvested relationship tends to lose",
                             ASSUMED, 0, 1)  # fmt: skip
    winback_odds: float = _p(-1.2, _DO, "log odds", "of winning back within the quarter, at the "
                             "mean relationship it had", ASSUMED, -20, 20)  # fmt: skip
    winback_cools: float = _p(0.03, _DO, "log odds/week", "that these fall while it is away",
                              ASSUMED, 0, 5)  # fmt: skip
    start_odds: float = _p(-1.2, _DO, "log odds", "of winning a prospect within the quarter",
                           ASSUMED, -20, 20)  # fmt: skip
    start_share: float = _p(0.1, _DO, "share", "of the wallet that a new account begins with",
                            ASSUMED, 0, 1)  # fmt: skip

    # -- what is seen
    data_error: float = _p(1.0, _SEE, "factor", "on all errors of this group: 0.3 is good, 3 very "
                           "noisy", ASSUMED, 0, 20)  # fmt: skip
    judgement_sd: float = _p(0.6, _SEE, "points of 7", "error of a manager's judgement of a "
                             "relationship or a rival; half of it is the manager's own bias",
                             ASSUMED, 0, 10)  # fmt: skip
    share_error: float = _p(0.07, _SEE, "share", "error of a manager's estimate of our share",
                            ASSUMED, 0, 1)  # fmt: skip
    wallet_error: float = _p(0.25, _SEE, "", "log error of the estimate of a wallet; twice that of "
                             "a prospect's", ASSUMED, 0, 5)  # fmt: skip
    count_error: float = _p(0.1, _SEE, "", "log error of the counts of activities", ASSUMED, 0, 5)
    true_reasons: float = _p(0.7, _SEE, "share", "of reasons for leaving that are told truly",
                             ASSUMED, 0, 1)  # fmt: skip

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            check_field(f, getattr(self, f.name))
        check_list("activity_eur", self.activity_eur, len(ACTIVITIES))
        check_list("strategy_eur", self.strategy_eur, len(STRATEGIES))

    @property
    def prices(self) -> Prices:
        """What acting costs in this market: the strategies, EUR a quarter."""
        return Prices(0.0, 0.0, 0.0, 0.0, strategies=self.strategy_eur)
