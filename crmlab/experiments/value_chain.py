"""How good are the outputs of the chain really? The truth beside what the firm can count.

A firm counts filled fields and agreeing departments; whether what it believes of a customer is true
only the market knows. The same for the best tier, and for what its messages show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.asof import moment
from crmlab.experiments.idic_trials import true_needs
from crmlab.market.run import Run
from crmlab.strategic.believed_needs import favourite
from crmlab.strategic.value_chain import evidence_by_category, expected_margin, portfolio
from crmlab.strategic.value_chain.portfolio import contract
from crmlab.tables import CATEGORIES, EPOCH

_EDGES = (0.0, 1.0, 2.0, 4.0, 8.0, np.inf)
_BEST = "most valuable"


def known_and_true(run: Run) -> pd.DataFrame:
    """What the firm believes that each customer likes best, and what is true.

    Returns
    -------
    DataFrame
        One row a customer of whom anything is known (index ``customer_id``): ``evidence`` (order
        lines, answers counted in lines), ``believed``, ``true`` (categories), ``right``.
    """
    evidence = evidence_by_category(run.records)
    believed = favourite(evidence)
    needs = true_needs(run).reindex(believed.index).to_numpy()
    true = np.array(CATEGORIES, dtype=object)[needs.argmax(axis=1)]
    right = believed.to_numpy(object) == true
    table = {"evidence": evidence.sum(axis=1), "believed": believed, "true": true, "right": right}
    return pd.DataFrame(table, index=believed.index)


def accuracy(run: Run) -> float:
    """Knowledge accuracy: of whom anything is known, the share whose true favourite is believed."""
    return float(known_and_true(run)["right"].mean())


def accuracy_by_evidence(run: Run) -> pd.DataFrame:
    """How much must be known of customers until what is believed is right?

    Returns
    -------
    DataFrame
        One row a class of evidence (in order lines): ``customers``, ``right`` (share).
    """
    known = known_and_true(run)
    names = ["1", "2", "3-4", "5-8", "9+"]
    group = pd.cut(known["evidence"].round(9), _EDGES, labels=names)
    by = known["right"].groupby(group, observed=False).agg(["size", "mean"])
    return by.set_axis(["customers", "right"], axis=1).rename_axis("order lines known")


def true_margin(run: Run, week: int) -> pd.Series:
    """What each customer really brings a week at that time if left alone; 0 if gone for good.

    By ``customer_id`` of all who are known by then, EUR of margin.
    """
    now = np.datetime64(moment(week, EPOCH))
    people = run.truth.people.set_index("person_id")
    files = run.truth.identity.drop_duplicates("customer_id").set_index("customer_id")
    here = run.records.customers.set_index("customer_id")["registered_at"] < now
    person = files["person_id"].reindex(here.index[here])
    p = people.loc[person.to_numpy()]
    alive = p["left_at"].isna() | (p["left_at"] > now)
    eur = (p["order_rate"] * p["basket_eur"] * p["margin_rate"]).where(alive, 0.0)
    return pd.Series(eur.to_numpy(), person.index, name="margin_per_week_eur")


def misclassified(run: Run, week: int) -> float:
    """Share of the most valuable tier that is not among as many truly best customers."""
    now = np.datetime64(moment(week, EPOCH))
    orders = run.records.orders
    found = portfolio(
        expected_margin(orders[orders["ordered_at"] < now], now, contract(run.records))
    )
    top = found.index[found["tier"] == _BEST]
    if not len(top):
        return float("nan")
    true = true_margin(run, week).reindex(found.index).fillna(0.0).round(9)
    best = true.sort_values(ascending=False, kind="stable").index[: len(top)]
    return float(1.0 - top.isin(best).mean())


def fit(run: Run, since_week: int = 0) -> float:
    """Proposition fit: how relevant is what messages show to those who got them, on average?

    The need for the shown category over the reader's greatest need; for the whole assortment the
    mean over categories. In [0, 1]; NaN if nothing was sent.
    """
    sent = run.records.messages
    sent = sent[sent["sent_at"] >= moment(since_week, EPOCH)]
    if sent.empty:
        return float("nan")
    needs = true_needs(run).reindex(sent["customer_id"]).to_numpy()
    relevance = needs / needs.max(axis=1, keepdims=True)
    category = run.records.products.set_index("product_id")["category"].astype(object)
    shown = pd.Index(CATEGORIES).get_indexer(category.reindex(sent["product_id"]))
    one = relevance[np.arange(len(sent)), np.maximum(shown, 0)]
    return float(np.where(shown >= 0, one, relevance.mean(axis=1)).mean())


def beside_the_truth(run: Run, week: int) -> pd.DataFrame:
    """What the firm can count at three stages, and what is true of the same.

    Returns
    -------
    DataFrame
        One row a stage: ``the firm counts``, ``counted``, ``the truth``, ``true``; shares.
    """
    from crmlab.strategic.value_chain import agreement, clicks_per_open, completeness

    rows = [
        ("intimacy", "profile fields filled", completeness(run.records).mean(),
         "favourite category believed", accuracy(run)),
        ("intimacy", "departments record alike", agreement(run.records),
         "favourite category believed", accuracy(run)),
        ("portfolio", "called most valuable", 1.0,
         "truly among the best", 1.0 - misclassified(run, week)),
        ("proposition", "opened mails clicked", clicks_per_open(run.records),
         "relevance of what is shown", fit(run)),
    ]  # fmt: skip
    columns = ["stage", "the firm counts", "counted", "the truth", "true"]
    return pd.DataFrame(rows, columns=columns).set_index("stage")
