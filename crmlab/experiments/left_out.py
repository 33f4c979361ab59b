"""What would a firm see that leaves some customers out by lot? A hold-out from two lives.

Whom messages leave alone lives exactly as without them: the market's luck belongs to persons.
So the records of those who are left out are those of the life without messages.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.credit import one_world
from crmlab.market.run import Run
from crmlab.records import Records

_NAMES = ("customers", "profiles", "orders", "sessions", "messages", "responses", "consents")


def leave_out(busy: Run, quiet: Run, customers: object) -> Records:
    """The records of a firm that leaves some customers out of its messages, by lot.

    Whom messages leave alone lives exactly as without them, so the records of those left out
    are those of the quiet run; what one customer's complaints do to the delivery of others'
    mail is not passed on. Messages carry the share that was not left out as propensity.

    Parameters
    ----------
    busy, quiet : Run
        The same world with the messages and without.
    customers : array of int
        The ids of those left out.
    """
    one_world(busy, quiet)
    out = pd.Index(np.unique(np.asarray(customers)))
    known = quiet.records.customers["customer_id"]
    if not out.isin(known).all():
        raise ValueError(f"customers must be known ids, got {out[~out.isin(known)][0]}.")

    def joined(name: str) -> pd.DataFrame:
        ours, theirs = busy.records[name], quiet.records[name]
        both = pd.concat([ours[~ours["customer_id"].isin(out)],
                          theirs[theirs["customer_id"].isin(out)]])  # fmt: skip
        return both.sort_values(list(both.columns[:1]), ignore_index=True)

    tables = {name: joined(name) for name in _NAMES}
    share = 1.0 - len(out) / len(known)
    tables["messages"] = tables["messages"].assign(propensity=share)
    return Records(tables)
