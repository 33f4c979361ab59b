"""Whom to win, whom to call, whom to save, and what models promise: lifecycle rules compared.

Each function lets the same people live under several rules, or holds a model against what came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.lifecycle_allocation import (
    TRIAL_WEEKS,
    customer_worth,
    discount_a_term,
)
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Decision, View
from crmlab.strategic.lifecycle.allocation import customer_value
from crmlab.strategic.lifecycle.leads import FollowUp, calls_made, win_rates
from crmlab.strategic.lifecycle.markov import RecencyChain, predicted_total, silent_periods
from crmlab.strategic.lifecycle.moves import care_cell, care_trial
from crmlab.strategic.lifecycle.offers import WHOM, save_offers
from crmlab.strategic.lifecycle.pools import RULES, select_pool
from crmlab.strategic.lifecycle.renewals import renewals
from crmlab.tables import WEEKS_PER_YEAR

RETENTION, MIGRATION = "retention model", "migration model"
CARDS_EUR = {1: 150.0, 2: 80.0}
"""EUR a week for cards, by pool: search and social."""
CALL_WEEKS = 26


def pools_compared(
    scenario: Scenario | str, customers: int = 2_000, budget_eur: float = 6_000.0, seed: int = 7
) -> pd.DataFrame:
    """What a budget brings in a year if the pool is chosen by price, or by worth.

    Returns
    -------
    DataFrame
        One row a rule: ``pool_id`` (chosen), ``won`` (customers), ``margin_eur`` (what they
        brought by the end of the second year), ``margin_per_eur`` (spent).
    """
    rows = {}
    for rule in RULES:
        run = simulate(scenario, customers, 104, seed, select_pool(rule, budget_eur))
        later = run.records["customers"]["registered_at"] >= run.records.as_of(52).now
        ids = run.records["customers"].loc[later, "customer_id"]
        orders = run.records["orders"]
        margin = float(orders.loc[orders["customer_id"].isin(ids), "margin_eur"].sum())
        person = run.truth.people
        pool = person.loc[person["born_at"] >= run.records.as_of(52).now, "pool_id"]
        chosen = int(pool.iloc[0]) if len(pool) else 0
        rows[rule] = (chosen, len(ids), margin, margin / budget_eur)
    names = ["pool_id", "won", "margin_eur", "margin_per_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("rule")


def offers_compared(
    scenario: Scenario | str,
    customers: int = 2_000,
    weeks: int = 104,
    seed: int = 7,
    offer_eur: float = 10.0,
    rules: Sequence[str] = WHOM,
) -> pd.DataFrame:
    """What save offers bring and cost, by whom they go to; against no offers.

    Returns
    -------
    DataFrame
        One row a rule, EUR per customer of the base but for the first and the last:
        ``letters`` (number), ``redeemed_eur``, ``margin_eur`` (gained), ``profit_eur``
        (gained, after letters and offers), ``per_eur`` (margin gained per EUR redeemed).
    """
    quiet = simulate(scenario, customers, weeks, seed)
    rows = {}
    for rule in rules:
        busy = simulate(scenario, customers, weeks, seed, save_offers(rule, offer_eur))
        redeemed = -_paid(busy, "offers redeemed")
        margin = gross_margin_eur(busy) - gross_margin_eur(quiet)
        rows[rule] = (
            len(busy.records["messages"]),
            redeemed / customers,
            margin / customers,
            (busy.profit - quiet.profit) / customers,
            margin / redeemed if redeemed else 0.0,
        )
    names = ["letters", "redeemed_eur", "margin_eur", "profit_eur", "per_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("offers to")


def leads_compared(
    scenario: Scenario | str,
    orders: Sequence[str] = ("first come", "newest", "by lot", "urgent"),
    calls: int = 25,
    weeks: int = 78,
    seed: int = 7,
    chance: dict[tuple[str, int], float] | None = None,
) -> pd.DataFrame:
    """What the same cards and as many calls bring, by whom is called first.

    Cards are bought, and calls are made, in the first half year, for `CARDS_EUR` a week.

    Returns
    -------
    DataFrame
        One row an order: ``calls`` (number), ``won`` (customers), ``margin_eur``,
        ``per_call_eur`` (margin), ``profit_per_call_eur`` (after the calls). Margin is discounted
        to the start, calls are not.
    """
    rows = {}
    for by in orders:
        policy = FollowUp(by, calls, CARDS_EUR, CALL_WEEKS, chance)
        run = simulate(scenario, 1, weeks, seed, policy)
        made = int(run.ledger.loc[run.ledger["cause"] == "calls to leads", "rows"].sum())
        people = run.truth.people
        margin = float(people.loc[people["pool_id"] > 0, "realised_value_eur"].sum())
        cost = -_paid(run, "calls to leads")
        each = max(made, 1)
        rows[by] = (made, int((people["pool_id"] > 0).sum()), margin, margin / each,
                    (margin - cost) / each)  # fmt: skip
    names = ["calls", "won", "margin_eur", "per_call_eur", "profit_per_call_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("called first")


def learned_chances(
    scenario: Scenario | str, calls: int = 25, seed: int = 8
) -> dict[tuple[str, int], float]:
    """What half a year of calls by lot teaches: the share won by urgency and age of the card."""
    return win_rates(pilot_calls(scenario, calls, seed))


def pilot_calls(scenario: Scenario | str, calls: int = 25, seed: int = 8) -> pd.DataFrame:
    """Half a year of calls by lot: one row a call, as `calls_made` gives it."""
    made: dict[int, np.datetime64] = {}
    policy = _Noted(FollowUp("by lot", calls, CARDS_EUR, CALL_WEEKS), made)
    return calls_made(simulate(scenario, 1, CALL_WEEKS + 1, seed, policy).records, made)


@dataclass(frozen=True)
class _Noted:
    """A policy whose calls are written down, as a call centre would."""

    policy: FollowUp
    made: dict[int, np.datetime64]

    def start(self, seed: int) -> Any:
        return self.policy.start(seed)

    def decide(self, view: View, state: Any) -> tuple[Decision, Any]:
        decision, called = self.policy.decide(view, state)
        self.made.update({int(lead): view.now for lead in called[len(state) :]})
        return decision, called


def models_compared(
    scenario: Scenario | str,
    customers: int = 3_000,
    known_weeks: int = 52,
    weeks: int = 52,
    seed: int = 7,
    period_weeks: int = 4,
    states: int = 12,
) -> pd.DataFrame:
    """What both of Dwyer's models expect of the base for the coming year, and what came.

    Returns
    -------
    DataFrame
        One row a model: ``expected_eur``, ``came_eur`` (margin of these customers in these
        weeks, in whole periods), ``error`` (share of what came; a minus is too little). Nothing
        is discounted.
    """
    periods = weeks // period_weeks
    weeks = periods * period_weeks
    run = simulate(scenario, customers, known_weeks + weeks, seed)
    orders = run.records["orders"]
    now, end = run.records.as_of(known_weeks).now, run.records.as_of(known_weeks + weeks).now
    silent = silent_periods(orders, known_weeks, period_weeks)
    later = (orders["ordered_at"] >= now) & (orders["ordered_at"] < end)
    came = float(orders.loc[later, "margin_eur"].sum())
    rows = {}
    for name, k in ((RETENTION, 1), (MIGRATION, states)):
        chain = RecencyChain.fit(orders, known_weeks, period_weeks=period_weeks, states=k)
        expected = predicted_total(chain, silent, 0.0, periods)
        rows[name] = (expected, came, expected / came - 1.0)
    names = ["expected_eur", "came_eur", "error"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("model")


def worth_with_retention(
    scenario: Scenario, points: float, renewals: int, customers: int = 4_000, seed: int = 7
) -> pd.Series:
    """What points of retention are worth: the true lifetime value before and after.

    Every customer's chance of cancelling is scaled until so many points more of them are there
    after so many renewals (13 for a year of four-week terms, 1 for a single month), or, where
    fewer than twice as many points leave at all, until half of those who leave stay.

    Parameters
    ----------
    scenario : Scenario
        With contracts.
    points : float
        Percentage points.
    renewals : int
        Over which retention is measured.
    customers, seed
        Who they are.

    Returns
    -------
    Series
        ``kept`` and ``kept_more`` (shares after so many renewals), ``value_eur`` and
        ``value_more_eur`` (expected discounted margin of a customer, for ever), ``rise`` (share).
    """
    people = simulate(scenario, customers, scenario.intake_weeks, seed).truth.people
    theta = people["dropout_probability"].to_numpy()
    kept = float(((1 - theta) ** renewals).mean())
    target = min(kept + points / 100.0, (1 + kept) / 2)
    factor = brentq(lambda f: float(((1 - f * theta) ** renewals).mean()) - target, 0.0, 1.0)
    before, after = (_lifetime_value(scenario, people, f * theta) for f in (1.0, factor))
    return pd.Series(
        {"kept": kept, "kept_more": target, "value_eur": before, "value_more_eur": after,
         "rise": after / before - 1.0}
    )  # fmt: skip


def _lifetime_value(scenario: Scenario, people: pd.DataFrame, theta: np.ndarray) -> float:
    """Mean of the expected discounted margin if these were the chances of cancelling, EUR.

    One invoice a term, and extras at each person's rate until the next renewal.
    """
    term = scenario.contract_weeks
    week = np.log1p(scenario.discount_per_year) / WEEKS_PER_YEAR
    ratio = (1 - theta) * np.exp(-week * term)
    terms = 1.0 / (1.0 - ratio)
    extras = people["order_rate"] * people["basket_eur"] * -np.expm1(-week * term) / week
    return float((people["margin_rate"] * (scenario.fee_eur + extras) * terms).mean())


def care_reckoned_and_true(
    scenario: Scenario, care_eur: float = 1.0, customers: int = 20_000, seed: int = 7
) -> pd.Series:
    """What care seems to be worth by one retention rate, and what it is worth; EUR per customer.

    Half of the customers, drawn by lot, are cared for in a trial of `TRIAL_WEEKS`, and the share
    of renewals made in either half goes into the formula. Both look three years ahead.

    Returns
    -------
    Series
        ``reckoned`` and ``true``: gain in the value of a customer, net of the care.
    """
    term, weeks = scenario.contract_weeks, 156
    policy = care_trial((0.0, care_eur), term)
    orders = simulate(scenario, customers, TRIAL_WEEKS, seed, policy).records["orders"]
    due = renewals(orders, TRIAL_WEEKS, term)
    kept = due.groupby(care_cell(due["customer_id"].to_numpy(), 2))["made"].mean().to_numpy()
    margin_eur = orders["margin_eur"].sum() / (due["made"].sum() + orders["customer_id"].nunique())
    value = customer_value(
        margin_eur, kept, [0.0, care_eur], discount_a_term(scenario), (weeks - 1) // term
    )
    true = [customer_worth(scenario, 1, weeks, seed, eur) for eur in (0.0, care_eur)]
    return pd.Series({"reckoned": value[1] - value[0], "true": true[1] - true[0]})


def _paid(run: Run, cause: str) -> float:
    return float(run.ledger.loc[run.ledger["cause"] == cause, "eur"].sum())
