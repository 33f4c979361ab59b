"""Claims of lab 09, web users and pages that adapt (Lewis and Lewis 1997; Chaffey; lab X11).

No field of the market takes mode of use and stage out of the clicks. So the null of the two claims
about recognition is made by hand: pages, with the time spent on them, are dealt out anew among all
visits, and each visit keeps its length and nothing else.
"""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmlab.analytical.clickstream import MarkovMixture, MarkovRecogniser, match_types
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.page_trial import Trial
from crmlab.experiments.page_ways import PERSON, SINGLE, VISIT, earnings
from crmlab.experiments.web_users import LAUNCH_WEEK, TRIAL_WEEK, VISITS, WebShop
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario

WATCHED, CUSTOMERS, CLICKS = 1_000, 2_000, 4
ONLY_ORDERS = {"visits_per_order": 0.0, "visit_rate_floor": 0.0}
DEALT = {"name": "retail/null"}
AT_ONCE = "one template for all, from the first page"


@lru_cache(maxsize=64)
def watched(scenario: Scenario, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Half a year of page views, each with ``late``, its quarter; and the truth of each visit."""
    run = simulate(scenario, WATCHED, LAUNCH_WEEK, seed)
    views, sessions = run.records.page_views, run.records.sessions
    if scenario.condition == "null":
        views = dealt(views, seed)
    late = sessions["started_at"] >= run.records.as_of(TRIAL_WEEK).now
    views = views.assign(late=views["session_id"].isin(sessions.loc[late, "session_id"]))
    return views, run.truth.sessions.set_index("session_id")


def dealt(views: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same pages dealt out anew: what a visit saw says nothing of it any more."""
    what = ["page_type", "dwell_seconds"]
    mixed = views[what].sample(frac=1.0, random_state=seed % 2**32).set_axis(views.index)
    return views.assign(**{name: mixed[name] for name in what})


def recovery(scenario: Scenario, seed: int) -> float:
    """Percentage points: visits whose kind is their mode of use, less the largest mode."""
    views, truth = watched(scenario, seed)
    early = views[~views["late"]]
    kinds = MarkovMixture(types=5, starts=4, seed=seed).fit(early).predict(early)
    match = match_types(kinds, truth["user_type"])
    return 100 * (match.accuracy - match.largest)


def stage_recognition(scenario: Scenario, seed: int) -> float:
    """Percentage points: visits of a quarter whose stage is recognised, less the largest stage.

    Learnt from the quarter before, in which every visitor was asked for the stage.
    """
    views, truth = watched(scenario, seed)
    asked, late = views[~views["late"]], views[views["late"]]
    guess = MarkovRecogniser(dwell=True).fit(asked, truth["buying_stage"]).predict(late)
    stage = truth.loc[guess.index, "buying_stage"].astype(object)
    right = (guess.astype(object) == stage).mean()
    return 100 * float(right - stage.value_counts(normalize=True).iloc[0])


@lru_cache(maxsize=1_024)
def earned(scenario: Scenario, seed: int) -> pd.Series:
    """What ways of choosing pages earn in a quarter after a trial, EUR of margin per customer."""
    shop = WebShop(scenario, CUSTOMERS, seed)
    late = earnings(Trial(shop, CLICKS), (VISIT, PERSON, SINGLE))["eur_per_customer"]
    once = earnings(Trial(shop, 1), (SINGLE,))["eur_per_customer"]
    return pd.concat([late, once.rename({SINGLE: AT_ONCE})])


def visit_over_single(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: pages by the visit less one template, both after four clicks."""
    return float(earned(scenario, seed)[VISIT] - earned(scenario, seed)[SINGLE])


def visit_over_person(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: pages by the visit less by the person, both after four clicks."""
    return float(earned(scenario, seed)[VISIT] - earned(scenario, seed)[PERSON])


def waiting_over_at_once(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: by the visit after four clicks less one template at once."""
    return float(earned(scenario, seed)[VISIT] - earned(scenario, seed)[AT_ONCE])


register(
    Claim(
        id="web-users-are-found-without-labels",
        concepts=("B07",),
        sentence="Clicks alone show the five modes of use, though nobody has named them.",
        source="Lewis and Lewis 1997; Cadez et al. 2003; lecture notes 10",
        kind="measurement",
        measure=recovery,
        unit="percentage points of the visits",
        least=5.0,
        textbook=VISITS,
        hostile=ONLY_ORDERS,
        null=DEALT,
        breaks="people come only to order or to fill a cart: visits are few, and most are of one "
        "mode",
    )
)
register(
    Claim(
        id="clicks-and-times-tell-the-stage",
        concepts=("B08",),
        sentence="Pages and the time spent on them show where in the buying process a visitor is.",
        source="the six stages of the buying process: Chaffey; lab X11",
        kind="measurement",
        measure=stage_recognition,
        unit="percentage points of the visits",
        least=5.0,
        textbook=VISITS,
        hostile=ONLY_ORDERS,
        null=DEALT,
        breaks="people come only to order or to fill a cart, and nearly all are at one stage",
    )
)
register(
    Claim(
        id="adapted-pages-beat-one-template",
        concepts=("B07",),
        sentence="Pages adapted to the visit after four clicks sell more than the best single "
        "template, shown after four clicks.",
        source="Hauser, Urban, Liberali and Braun 2009, Marketing Science 28(2)",
        kind="response",
        measure=visit_over_single,
        unit="EUR per customer in a quarter",
        least=0.02,
        textbook=VISITS,
        hostile={"page_mismatch": 1.0},
        breaks="every template suits everybody as well as any other",
    )
)
register(
    Claim(
        id="typing-the-visit-beats-typing-the-person",
        concepts=("B07",),
        sentence="Pages adapted to the visit sell more than pages adapted to the person's usual "
        "mode of use.",
        source="modes of use, not kinds of people: Chaffey on Lewis and Lewis 1997",
        kind="response",
        measure=visit_over_person,
        unit="EUR per customer in a quarter",
        least=0.02,
        textbook=VISITS,
        hostile={"page_mismatch": 1.0},
        breaks="every template suits everybody as well as any other",
    )
)
register(
    Claim(
        id="adapting-is-worth-the-wait",
        concepts=("B07",),
        sentence="Waiting for four clicks and then adapting sells more than one template for all "
        "from the first page.",
        source="hypothesis of lab X11; when to morph: Hauser, Liberali and Urban 2014, "
        "Management Science 60(6)",
        kind="response",
        measure=waiting_over_at_once,
        unit="EUR per customer in a quarter",
        least=0.02,
        textbook=VISITS,
        hostile={"page_mismatch": 1.0},
        breaks="every template suits everybody as well as any other: who waits only loses visitors",
    )
)
