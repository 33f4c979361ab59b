"""The other decisions of a lifecycle: winning from pools, care, and messages drawn by lot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crmlab.chance import Chance, uniform
from crmlab.checks import at_least_zero, whole_number
from crmlab.policy import Actions, Plain, View
from crmlab.strategic.lifecycle.offers import due_this_week

MONTH_WEEKS = 4


def acquire(pools: Mapping[int, float], extra_eur: float = 0.0, weeks: int = 520) -> Plain:
    """Address prospects of these pools, for so much a week each.

    Parameters
    ----------
    pools : dict of int to float
        EUR a week, by ``pool_id``.
    extra_eur : float
        Spent on each prospect beyond what reaching one costs: it wins more of them.
    weeks : int
        In the first so many weeks.

    Examples
    --------
    >>> acquire({3: 90.0}, extra_eur=1.5)
    acquire({3: 90.0}, extra_eur=1.5)
    """
    at_least_zero("extra_eur", extra_eur)
    for eur in pools.values():
        at_least_zero("pools", eur)
    ids, spend = list(pools), np.array(list(pools.values()), dtype=float)

    def act(view: View) -> Actions | None:
        if view.week >= weeks or not ids:
            return None
        return Actions(ids, "acquire", "pool", spend_eur=spend, offer_eur=extra_eur)

    return Plain(act, f"acquire({dict(pools)}, extra_eur={extra_eur:g})")


def care(eur: float, first: float = np.inf, contract_weeks: int = 4) -> Plain:
    """Spend on every customer in the week in which the contract is due for renewal.

    Parameters
    ----------
    eur : float
        EUR for each customer and renewal.
    first : float
        Only before the first so many renewals of a customer.
    contract_weeks : int
        From one renewal to the next.

    Examples
    --------
    >>> care(2.0)
    care(2 EUR a renewal)
    """
    at_least_zero("eur", eur)

    def act(view: View) -> Actions | None:
        ids, made = due_this_week(view, contract_weeks)
        return Actions(ids[made < first], "care", spend_eur=eur) if eur else None

    return Plain(act, f"care({eur:g} EUR a renewal)")


def care_trial(cells: tuple[float, ...], contract_weeks: int = 4) -> Plain:
    """Care by lot: each customer gets one of these amounts before every renewal.

    Who got what is found again with `care_cell`.
    """
    for eur in cells:
        at_least_zero("cells", eur)

    def act(view: View) -> Actions:
        ids, _ = due_this_week(view, contract_weeks)
        spend = np.array(cells)[care_cell(ids, len(cells))]
        return Actions(ids[spend > 0], "care", spend_eur=spend[spend > 0])

    return Plain(act, f"care_trial{tuple(cells)}")


def care_cell(customer_id: np.ndarray, cells: int) -> np.ndarray:
    """The cell of each customer in a trial: their number, shuffled, decides.

    >>> care_cell(np.array([11, 12, 13]), 3).max() < 3
    np.True_
    """
    whole_number("cells", cells, 1, 1_000)
    lot = uniform(Chance(0).split("care trial").base("cell", np.asarray(customer_id, np.int64)), 0)
    return np.minimum((lot * cells).astype(int), cells - 1)


def split_budget(
    share: float, budget_eur: float, pool: int, prospects: int, contact_eur: float
) -> Plain:
    """Split a monthly budget between winning prospects and caring for customers.

    So many prospects come into sight each month of four weeks. Reaching them comes first; what is
    left of the share for winning is spent on each of them, and the rest of the budget on all
    customers alike, in the week in which their contracts are due.

    Parameters
    ----------
    share : float
        Of the budget, for winning, in [0, 1].
    budget_eur : float
        A month.
    pool : int
        The pool.
    prospects : int
        At most so many are addressed a month.
    contact_eur : float
        Of reaching one.

    Examples
    --------
    >>> split_budget(0.75, 1_600.0, pool=1, prospects=200, contact_eur=2.4)
    75% for winning
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be in [0, 1], got {share}. Is this a percentage?")
    at_least_zero("budget_eur", budget_eur)
    spend = share * budget_eur
    extra = max(spend / prospects - contact_eur, 0.0)

    def act(view: View) -> Actions | None:
        if view.week % MONTH_WEEKS:
            return None
        rows = [Actions([pool], "acquire", "pool", spend_eur=spend, offer_eur=extra)]
        ids, _ = due_this_week(view, MONTH_WEEKS)
        if len(ids) and share < 1:
            rows.append(Actions(ids, "care", spend_eur=(budget_eur - spend) / len(ids)))
        return Actions.concat(rows)

    return Plain(act, f"{share:.0%} for winning")


def at_random(policy: Plain) -> Plain:
    """As many messages of the same kinds in the same weeks, but to customers drawn by lot.

    A foil: what is left of a policy when it no longer matters who gets what.

    Parameters
    ----------
    policy : Plain
        One without state that writes to customers, such as `crmlab.policies.lifecycle`.
    """

    def act(view: View) -> Actions | None:
        rows = policy.decide(view, None)[0].actions
        agreed = view.agreed()
        if not len(rows):
            return None
        order = np.argsort(uniform(view.chance.base("lot", agreed), 0), kind="stable")
        drawn = agreed[order[: len(rows)]]
        place = np.argsort(drawn, kind="stable")
        frame = rows.to_frame().iloc[: len(drawn)].assign(target_id=drawn).iloc[place]
        return Actions.from_frame(frame.reset_index(drop=True))

    return Plain(act, f"at random as often as {policy!r}")
