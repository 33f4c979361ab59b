"""Widgets: a slider turns into a policy or a scenario, and a figure answers.

A `LiveView` joins one or two controls, a function and a figure that keeps its artists. The
function takes the controls' values, changes the figure and returns a `Reading`: what to see,
and the same in words. Arithmetic belongs into functions that work without a slider.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmlab.widgets.assessment_views import roadmap_within
    from crmlab.widgets.bench_views import which_estimator
    from crmlab.widgets.controls import checkbox, choice, slider
    from crmlab.widgets.cost_views import whale_from_counts, whom_to_send
    from crmlab.widgets.crm_type_views import crm_switches, first_type
    from crmlab.widgets.evaluation_views import aimed_at_the_worst
    from crmlab.widgets.forecast_views import budget_level
    from crmlab.widgets.game_view import portfolio_game
    from crmlab.widgets.granularity_views import segment_granularity
    from crmlab.widgets.identity_views import link_threshold
    from crmlab.widgets.idic_views import idic_steps
    from crmlab.widgets.league_views import LeagueView, league_table
    from crmlab.widgets.lifecycle_views import winning_and_keeping
    from crmlab.widgets.live import LiveView, Reading
    from crmlab.widgets.log_views import silence
    from crmlab.widgets.market_views import contact_pressure, pressure_grid, replay
    from crmlab.widgets.one_to_one_views import rivals_discount, wrong_data
    from crmlab.widgets.permission_views import permission_plan
    from crmlab.widgets.portfolio_views import portfolio_cells, whom_to_guard
    from crmlab.widgets.project_views import finish_chance, making_it_happen
    from crmlab.widgets.recommend_views import which_recommender
    from crmlab.widgets.response_views import reminders
    from crmlab.widgets.strategy_views import which_strategy
    from crmlab.widgets.uplift_views import whom_to_treat
    from crmlab.widgets.value_chain_views import weakest_stage
    from crmlab.widgets.value_views import whom_to_keep
    from crmlab.widgets.web_views import pages_that_adapt

_HOME = {
    "aimed_at_the_worst": "evaluation_views",
    "budget_level": "forecast_views",
    "checkbox": "controls",
    "choice": "controls",
    "slider": "controls",
    "LiveView": "live",
    "Reading": "live",
    "contact_pressure": "market_views",
    "crm_switches": "crm_type_views",
    "first_type": "crm_type_views",
    "idic_steps": "idic_views",
    "finish_chance": "project_views",
    "LeagueView": "league_views",
    "league_table": "league_views",
    "link_threshold": "identity_views",
    "making_it_happen": "project_views",
    "pages_that_adapt": "web_views",
    "permission_plan": "permission_views",
    "portfolio_game": "game_view",
    "portfolio_cells": "portfolio_views",
    "pressure_grid": "market_views",
    "reminders": "response_views",
    "replay": "market_views",
    "rivals_discount": "one_to_one_views",
    "roadmap_within": "assessment_views",
    "segment_granularity": "granularity_views",
    "silence": "log_views",
    "whale_from_counts": "cost_views",
    "weakest_stage": "value_chain_views",
    "which_estimator": "bench_views",
    "which_recommender": "recommend_views",
    "which_strategy": "strategy_views",
    "whom_to_guard": "portfolio_views",
    "whom_to_keep": "value_views",
    "whom_to_send": "cost_views",
    "whom_to_treat": "uplift_views",
    "wrong_data": "one_to_one_views",
    "winning_and_keeping": "lifecycle_views",
}

__all__ = [
    "LeagueView",
    "LiveView",
    "Reading",
    "aimed_at_the_worst",
    "budget_level",
    "checkbox",
    "choice",
    "contact_pressure",
    "finish_chance",
    "crm_switches",
    "first_type",
    "idic_steps",
    "league_table",
    "link_threshold",
    "making_it_happen",
    "pages_that_adapt",
    "permission_plan",
    "portfolio_game",
    "portfolio_cells",
    "pressure_grid",
    "reminders",
    "replay",
    "rivals_discount",
    "roadmap_within",
    "segment_granularity",
    "silence",
    "slider",
    "whale_from_counts",
    "weakest_stage",
    "which_estimator",
    "which_recommender",
    "which_strategy",
    "whom_to_guard",
    "whom_to_keep",
    "whom_to_send",
    "whom_to_treat",
    "wrong_data",
    "winning_and_keeping",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'crmlab.widgets' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"crmlab.widgets.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
