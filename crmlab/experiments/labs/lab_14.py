"""Claims of lab 14, the customer portfolio between firms (Buttle 2004, 2019; lab X04)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from crmlab.experiments.claims import Claim, register
from crmlab.experiments.portfolio_models import (
    grade_models,
    silent_accounts,
    varying_portfolio,
    who_leaves,
)
from crmlab.experiments.significance import FLAGGED, TWINS, VALUABLE, Firm, losses
from crmlab.market.run import simulate
from crmlab.strategic.portfolio.tarasi import Tarasi

CUSTOMERS, SINCE, AHEAD = 150, 52, 78
NO_EXTERNALITY = {
    "influence": 0.0,
    "inspiration_gain": 0.0,
    "locked_factor": 1.0,
    "scale_economy": 0.0,
}
"""Nobody follows, teaches, opens or carries anybody."""
ALIKE = {
    "wallet_log_sd": 0.0,
    "share_logit_sd": 0.0,
    "discount_sd": 0.0,
    "discount_by_size": 0.0,
    "demandingness_log_sd": 0.0,
    "growth_sd": 0.0,
    "relation_concentration": 1e4,
    "rival_concentration": 1e4,
}
"""Every account is the same but for its luck."""


@lru_cache(maxsize=256)
def others(scenario: Any, seed: int) -> pd.Series:
    """What others lose by the absence of each group, EUR k for each account in it."""
    firm = Firm(scenario, CUSTOMERS, SINCE, AHEAD, seed)
    return losses(firm)["others_eur"] / 1_000


def flagged_over_twins(scenario: Any, seed: int) -> float:
    """EUR k an account: what others lose by those flagged, less by their twins in sales."""
    eur = others(scenario, seed)
    return float(eur[FLAGGED] - eur[TWINS])


def flagged_over_valuable(scenario: Any, seed: int) -> float:
    """EUR k an account: what others lose by those flagged, less by the best by lifetime value."""
    eur = others(scenario, seed)
    return float(eur[FLAGGED] - eur[VALUABLE])


def best_fifth(scenario: Any, seed: int) -> float:
    """Share of the profit before fixed cost that the best fifth brings, above 0.8."""
    firm = Firm(scenario, CUSTOMERS, SINCE, 1, seed)
    profit = firm.table.query("status == 'customer'")["profit_eur"].sort_values()
    return float(profit.iloc[-round(0.2 * len(profit)) :].sum() / profit.sum() - 0.8)


@lru_cache(maxsize=256)
def grades(scenario: Any, seed: int) -> pd.DataFrame:
    """How the models grade in one world."""
    return grade_models(Firm(scenario, CUSTOMERS, SINCE, SINCE, seed))


def three_over_two_captured(scenario: Any, seed: int) -> float:
    """Share of the best value: captured by Turnbull and Zolkiewski, less by Fiocca."""
    found = grades(scenario, seed)["captured"]
    return float(found["Turnbull and Zolkiewski"] - found["Fiocca"])


def three_over_two_told_apart(scenario: Any, seed: int) -> float:
    """Share of the variance of ranks by true value between the cells, the same difference."""
    found = grades(scenario, seed)["told_apart"]
    return float(found["Turnbull and Zolkiewski"] - found["Fiocca"])


def steadier(scenario: Any, seed: int) -> float:
    """Share by which the efficient portfolio varies less afterwards than the one there is."""
    run = simulate(scenario, CUSTOMERS, 4 * SINCE, seed)
    _, after = varying_portfolio(run, 2 * SINCE, Tarasi(keep=0.95))
    return float(1 - after["variability"]["efficient"] / after["variability"]["as it is"])


def migration_over_retention(scenario: Any, seed: int) -> float:
    """Share of the buying accounts: error of the retention view less that of migration."""
    table = silent_accounts(scenario, CUSTOMERS, 2 * SINCE, 4, seed)
    error = table[["retention", "migration"]].sub(table["true"], axis=0).abs().mean()
    return float((error["retention"] - error["migration"]) / max(table["true"].mean(), 1.0))


def judged_over_booked(scenario: Any, seed: int) -> float:
    """AUC of who will leave: judged by managers less read from the order book."""
    auc = who_leaves(scenario, 2 * CUSTOMERS, AHEAD, SINCE, seed)
    return float(auc["judged"] - auc["order book"])


register(
    Claim(
        id="significance-is-not-in-lifetime-value",
        concepts=("F08",),
        sentence="Benchmarks, inspirations and door openers do more for others than customers "
        "with the highest lifetime value.",
        source="Buttle and Maklan 2019, Customer Relationship Management, ch. 5; lecture notes",
        kind="measurement",
        measure=flagged_over_valuable,
        unit="EUR k per account",
        least=2.0,
        pack="b2b",
        hostile={"influence": 0.2, "inspiration_gain": 0.05, "locked_factor": 0.8},
        null=NO_EXTERNALITY,
        breaks="others hardly follow, complaints hardly teach, doors stand open: what is left is "
        "volume",
    )
)
register(
    Claim(
        id="records-show-the-significant",
        concepts=("F08", "C01"),
        sentence="Customers that the records flag do more for others than customers of the same "
        "sales that they do not.",
        source="Buttle and Maklan 2019, ch. 5; the flags are ours",
        kind="measurement",
        measure=flagged_over_twins,
        unit="EUR k per account",
        least=2.0,
        pack="b2b",
        hostile={"data_error": 3.0},
        null=NO_EXTERNALITY,
        breaks="records are three times as wrong: whom others name, and whom the press calls a "
        "leading house",
    )
)
register(
    Claim(
        id="a-fifth-of-the-accounts-brings-80-percent",
        concepts=("F01", "F07"),
        sentence="The best 20 % of the customers bring at least 80 % of the profit.",
        source="Yorke and Droussiotis 1994, J. of Business & Industrial Marketing 9(3)",
        kind="measurement",
        measure=best_fifth,
        unit="share above 0.8",
        least=0.02,
        pack="b2b",
        hostile={"wallet_log_sd": 0.3, "discount_by_size": 0.0},
        null=ALIKE,
        breaks="the accounts are of nearly one size",
    )
)
register(
    Claim(
        id="three-dimensions-find-value",
        concepts=("F07",),
        sentence="Three dimensions (cost to serve, net price, relationship value) pick more "
        "of the true value than Fiocca's two steps.",
        source="Turnbull and Zolkiewski 1997; Fiocca 1982; Yorke and Droussiotis 1994",
        kind="measurement",
        measure=three_over_two_captured,
        unit="share of the best fifth's value",
        least=0.02,
        pack="b2b",
        hostile={"data_error": 3.0},
        null=ALIKE,
        breaks="judgements and counts are three times as wrong",
    )
)
register(
    Claim(
        id="three-dimensions-tell-apart",
        concepts=("F07",),
        sentence="The cells of three dimensions tell good customers from bad ones better than "
        "Fiocca's.",
        source="Turnbull and Zolkiewski 1997; Fiocca 1982; Yorke and Droussiotis 1994",
        kind="measurement",
        measure=three_over_two_told_apart,
        unit="share of the variance of ranks",
        least=0.02,
        pack="b2b",
        hostile={"data_error": 3.0},
        null=ALIKE,
        breaks="judgements and counts are three times as wrong",
    )
)
register(
    Claim(
        id="an-efficient-portfolio-varies-less",
        concepts=("F01", "F07"),
        sentence="A portfolio made efficient from two years' cash flows varies less in the two "
        "years after.",
        source="Tarasi, Bolton, Hutt and Walker 2011, J. Marketing 75(3)",
        kind="measurement",
        measure=steadier,
        unit="share of the variability",
        least=0.02,
        pack="b2b",
        hostile={"order_shape": 0.5, "orders_per_quarter": 2.0},
        null=ALIKE,
        breaks="orders are few and of very different size: the past of a segment is mostly luck",
    )
)
register(
    Claim(
        id="silence-is-a-pause",
        concepts=("F07",),
        sentence="Where accounts pause and return, the migration view expects the number of "
        "buyers better than the retention view.",
        source="Dwyer 1989, 1997, J. Direct Marketing 11(4); Pfeifer and Carraway 2000",
        kind="measurement",
        measure=migration_over_retention,
        unit="share of the buying accounts",
        least=0.005,
        pack="b2b",
        hostile={"orders_per_quarter": 60.0, "winback_odds": -20.0},
        null={"orders_per_quarter": 60.0, "leaving_rate": 0.0},
        breaks="accounts order every week, and who has left never returns: silence is leaving",
    )
)
register(
    Claim(
        id="managers-see-who-leaves",
        concepts=("F07",),
        sentence="Managers' judgements tell who will leave better than the order book does.",
        source="Turnbull and Zolkiewski 1997, on mixing hard and judgemental data",
        kind="measurement",
        measure=judged_over_booked,
        unit="AUC",
        least=0.02,
        pack="b2b",
        hostile={"data_error": 3.0},
        null={"relation_on_leaving": 0.0, "rival_on_leaving": 0.0, "influence": 0.0},
        breaks="judgements are three times as wrong",
    )
)
