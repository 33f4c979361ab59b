"""Which page for whom, and after how many clicks? Ways of choosing templates on the same visits.

One template for all; what the visit's first clicks recommend; what the person's earlier visits
recommend, typed once and for all; and the market's own knowledge of what the visit is for. Each
sees the same visits with the same luck. Waiting teaches, and visitors leave meanwhile: Hauser,
Liberali and Urban (2014), Management Science 60(6), ask when to morph.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.clickstream import TemplateBandit
from crmlab.experiments.page_trial import Trial
from crmlab.experiments.web_users import LAUNCH_WEEK, WebShop
from crmlab.tables import PAGE_TEMPLATES, USER_TYPES

PLAIN, SINGLE, PERSON = "plain pages", "one template for all", "by the person's usual kind"
VISIT, ORACLE = "by the visit's clicks", "knowing what the visit is for"
WAYS = (PLAIN, SINGLE, PERSON, VISIT, ORACLE)


def lasting(trial: Trial) -> pd.Index:
    """The visits of the third quarter that last until a template is chosen."""
    visits = trial.shop.adaptable
    return visits.index[(visits["week"] >= LAUNCH_WEEK) & (visits["pages"] >= trial.clicks)]


def templates(trial: Trial, way: str) -> pd.Series:
    """The template of each visit of the third quarter that lasts (index ``session_id``)."""
    index = lasting(trial)
    if way == VISIT:
        return trial.best_for(trial.guesses(index))
    if way == PERSON:
        return by_person(trial, index)
    if way == ORACLE:
        right = dict(zip(USER_TYPES, PAGE_TEMPLATES[1:], strict=True))
        return trial.shop.visits.loc[index, "user_type"].astype(object).map(right)
    if way in (SINGLE, PLAIN):
        return pd.Series("plain" if way == PLAIN else trial.best_single, index)
    raise ValueError(f"way must be one of {', '.join(map(repr, WAYS))}, got {way!r}.")


def by_person(trial: Trial, index: pd.Index) -> pd.Series:
    """The template of the kind that most visits of a person were of, in the first two quarters.

    As a field of a customer profile would hold it: one kind a person, typed once and for all.
    Whoever did not visit in these quarters gets the template that is best for all.
    """
    usual = trial.shop.usual_kind
    kinds = trial.shop.model.classes_
    typed = pd.DataFrame(np.eye(len(kinds))[usual], usual.index, kinds)
    owner = trial.shop.visits.loc[index, "customer_id"]
    return owner.map(trial.best_for(typed)).fillna(trial.best_single)


def won(shop: WebShop, shown: pd.Series) -> pd.Series:
    """What each of these visits brings with the template that it is shown, EUR of margin."""
    margin = shop.margin_eur.loc[shown.index]
    place = pd.Index(PAGE_TEMPLATES).get_indexer(shown)
    return pd.Series(margin.to_numpy()[np.arange(len(shown)), place], shown.index)


def earnings(trial: Trial, ways: Sequence[str] = WAYS) -> pd.DataFrame:
    """What each way earns in the third quarter.

    Returns
    -------
    DataFrame
        One row a way: ``orders`` won, ``conversion`` (share of *all* visits that end in an order,
        those that order anyway among them), ``eur_per_customer`` (margin won).
    """
    shop = trial.shop
    held = shop.quiet.records.sessions
    late = held[held["started_at"] >= shop.launch]
    anyway, rows = (late["order_id"] > 0).sum(), {}
    for way in ways:
        eur = won(shop, templates(trial, way))
        orders = int((eur > 0).sum())
        rows[way] = (orders, (anyway + orders) / len(late), eur.sum() / shop.customers)
    names = ["orders", "conversion", "eur_per_customer"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("pages")


def by_clicks(shop: WebShop, clicks: Sequence[int], ways: Sequence[str] = WAYS[1:]) -> pd.DataFrame:
    """What each way earns if the template is chosen sooner or later, each after its own trial.

    Returns
    -------
    DataFrame
        One row a number of clicks: ``clicks``, and a column a way, EUR of margin per customer.
    """
    found = {k: earnings(Trial(shop, k), ways)["eur_per_customer"] for k in clicks}
    return pd.DataFrame(found).T.rename_axis("clicks").reset_index()


def by_mismatch(shop: WebShop, values: Sequence[float], clicks: int = 4) -> pd.DataFrame:
    """What waiting is worth, by how much a template sells to those whom it does not suit.

    Returns
    -------
    DataFrame
        One row a value of ``page_mismatch``; EUR of margin per customer for one template from
        the first click on, and for pages by the visit after one click and after ``clicks``.
    """
    rows = []
    for value in values:
        other = shop.where(page_mismatch=value)
        late, once = (earnings(Trial(other, k), (SINGLE, VISIT)) for k in (clicks, 1))
        eur = "eur_per_customer"
        rows.append((value, once.loc[SINGLE, eur], once.loc[VISIT, eur], late.loc[VISIT, eur]))
    names = [f"{SINGLE} at once", f"{VISIT}, after 1", f"{VISIT}, after {clicks}"]
    return pd.DataFrame(rows, columns=["page_mismatch", *names])


def learning(trial: Trial, rule: str = "thompson") -> pd.DataFrame:
    """Orders won week by week while a bandit learns, with no trial before.

    It starts with the second quarter and knows nothing of templates; what it shows, and what
    comes of it, changes what it shows next week.

    Returns
    -------
    DataFrame
        One row a week: ``week``; orders won so far by a bandit that knows kinds of visits, by
        one that takes all visits for one kind, and by templates drawn by lot for ever.
    """
    shop, visits = trial.shop, trial.shop.adaptable
    index = visits.index[visits["pages"] >= trial.clicks]
    kinds, week = trial.guesses(index), visits.loc[index, "week"]
    alike = pd.DataFrame(1.0, index, [0])
    found = {
        "kinds of visits": _learn(trial, kinds, week, rule),
        "all alike": _learn(trial, alike, week, rule),
        "by lot": (shop.margin_eur.loc[index] > 0).mean(axis=1).groupby(week).sum(),
    }
    return pd.DataFrame(found).cumsum().rename_axis("week").reset_index()


def _learn(trial: Trial, kinds: pd.DataFrame, week: pd.Series, rule: str) -> pd.Series:
    bandit = TemplateBandit.new(kinds.shape[1], len(PAGE_TEMPLATES), rule=rule)
    bought = (trial.shop.margin_eur > 0).loc[kinds.index].to_numpy()
    orders = {}
    for now in np.unique(week):
        rows = np.flatnonzero(week.to_numpy() == now)
        known = kinds.iloc[rows].to_numpy()
        shown = bandit.choose(known, seed=1_000 * trial.shop.seed + int(now))
        bandit = bandit.update(known, shown, bought[rows, shown])
        orders[now] = bought[rows, shown].sum()
    return pd.Series(orders)
