"""Why does somebody on the list not react? What the firm sees beside what is true.

To the firm three things look alike: the address died, the person is no customer any more, or
the person is still a customer who does not read (Chaffey's "emotionally unsubscribed").
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.permission import AGREED
from crmlab.market.run import Run
from crmlab.tables import EPOCH, WEEK_SECONDS

TRUE_STATES = ("address dead", "no customer any more", "still a customer")


def list_members(run: Run, quiet_weeks: float = 26.0) -> pd.DataFrame:
    """See of everybody who agrees to e-mail whether they read, and what they really are.

    Parameters
    ----------
    run : Run
        Seen at its end.
    quiet_weeks : float
        Weeks without an opened e-mail after which a customer counts as silent.

    Returns
    -------
    DataFrame
        One row per customer who agrees to e-mail at the end, index ``customer_id``: silent
        (bool, what the firm sees), bounced (bool, whether the last e-mail came back),
        really (one of `TRUE_STATES`, the first that is true).

    Raises
    ------
    ValueError
        ``quiet_weeks`` is not above 0.

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("retail", 200, 60, 7, crm.policies.newsletter(2))
    >>> list_members(run).columns.tolist()
    ['silent', 'bounced', 'really']
    """
    if not quiet_weeks > 0:
        raise ValueError(f"quiet_weeks must be > 0, got {quiet_weeks}.")
    profiles = run.records.profiles.set_index("customer_id")
    members = profiles[profiles["consent"].isin(AGREED)]
    since = members["last_opened_at"].fillna(members["registered_at"])
    end = EPOCH + np.timedelta64(run.weeks * WEEK_SECONDS, "s")
    silent = (end - since) / np.timedelta64(WEEK_SECONDS, "s") > quiet_weeks
    person = run.truth.identity.set_index("customer_id")["person_id"].loc[members.index]
    dead, gone = _dead_address(run).loc[person], _gone(run).loc[person]
    really = np.select([dead.to_numpy(), gone.to_numpy()], TRUE_STATES[:2], TRUE_STATES[2])
    return pd.DataFrame(
        {
            "silent": silent,
            "bounced": members["bounced"],
            "really": pd.Categorical(really, TRUE_STATES),
        },
        index=members.index,
    )


def _dead_address(run: Run) -> pd.Series:
    """Whether the last address that each person gave is dead, by person_id."""
    lives = run.truth.addresses.sort_values("valid_from")
    return (
        lives.drop_duplicates("person_id", keep="last").set_index("person_id")["valid_to"].notna()
    )


def _gone(run: Run) -> pd.Series:
    """Whether each person has ended the relationship, by person_id."""
    return run.truth.people.set_index("person_id")["left_at"].notna()
