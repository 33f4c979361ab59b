"""Whom to win, whom to keep, and for how much? The customer lifecycle as things that run.

Select, acquire, retain, extend (Chaffey and Ellis-Chadwick 2019; lecture notes 10):

* `stages`: where each customer stands, as far as records show, and how they move on.
* `markov`: what a customer is worth at each stage (Pfeifer and Carraway 2000).
* `allocation`: how much for winning and for keeping (Blattberg and Deighton 1996).
* `conversion`: from prospects to repeat customers, step by step: conversion marketing.
* `leads`: which qualified lead to call first.
* `pools`: which pool to win from.
* `renewals`: who renewed, and who was lost.
* `offers`: who gets an offer before the contract runs out.
* `moves`: winning from pools, care, a budget split, messages at random: the other policies.
"""

from crmlab.strategic.lifecycle.allocation import CustomerEquity, ResponseCurve
from crmlab.strategic.lifecycle.conversion import funnel, steps_of
from crmlab.strategic.lifecycle.leads import FollowUp, win_rates
from crmlab.strategic.lifecycle.markov import RecencyChain, chain_value
from crmlab.strategic.lifecycle.moves import acquire, at_random, care, split_budget
from crmlab.strategic.lifecycle.offers import save_offers
from crmlab.strategic.lifecycle.pools import pool_table, select_pool
from crmlab.strategic.lifecycle.renewals import renewals, retention_by_tenure
from crmlab.strategic.lifecycle.stages import (
    LIFECYCLE,
    STAGES,
    history,
    standing_of,
    transitions,
)

__all__ = [
    "LIFECYCLE",
    "STAGES",
    "CustomerEquity",
    "FollowUp",
    "RecencyChain",
    "ResponseCurve",
    "acquire",
    "at_random",
    "care",
    "chain_value",
    "funnel",
    "history",
    "pool_table",
    "renewals",
    "retention_by_tenure",
    "save_offers",
    "select_pool",
    "split_budget",
    "standing_of",
    "steps_of",
    "transitions",
    "win_rates",
]
