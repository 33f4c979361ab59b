"""Who had really gone? The truth beside the stages that a firm infers, as a plain Series."""

from __future__ import annotations

import pandas as pd

from crmlab.market.run import Run
from crmlab.records import Records
from crmlab.strategic.lifecycle.renewals import renewals


def gone_by(run: Run, week: int) -> pd.Series:
    """Whether each customer had left for good when a week began, by ``customer_id``.

    Examples
    --------
    >>> from crmlab import simulate
    >>> run = simulate("retail", customers=50, weeks=30, seed=7)
    >>> gone_by(run, 1).sum() <= gone_by(run, 29).sum()
    np.True_
    """
    left = run.truth.people.set_index("person_id")["left_at"]
    owner = run.truth.identity.set_index("customer_id")["person_id"]
    return (owner.map(left) < run.records.as_of(week).now).rename("gone")


def one_life(
    records: Records, customer_id: int, until: int, contract_weeks: int = 4
) -> pd.DataFrame:
    """What the firm has on record of one subscriber up to a week, in order of time.

    Returns
    -------
    DataFrame
        One row an event: ``at``, ``what`` (first box, box, extra, gives notice, no renewal),
        ``margin_eur``.
    """
    orders = records["orders"][records["orders"]["customer_id"] == customer_id]
    due = renewals(orders, until, contract_weeks)
    box = orders["ordered_at"].isin(due.loc[due["made"], "due_at"])
    what = pd.Series("extra", orders.index).mask(box, "box")
    what[orders["ordered_at"] == orders["ordered_at"].min()] = "first box"
    parts = [pd.DataFrame({"at": orders["ordered_at"], "what": what,
                           "margin_eur": orders["margin_eur"]})]  # fmt: skip
    told = records["notices"][records["notices"]["customer_id"] == customer_id]
    parts.append(pd.DataFrame({"at": told["at"], "what": "gives notice"}))
    parts.append(pd.DataFrame({"at": due.loc[~due["made"], "due_at"], "what": "no renewal"}))
    return pd.concat([p for p in parts if len(p)]).sort_values("at", ignore_index=True)
