"""Is a customer at the stage that the firm believes? Recency against the truth.

Lecture notes 8.2 send the right message at each stage: new, active, at risk. The firm infers
the stage from the time since the last order; whether somebody has left only the market knows.
"""

from __future__ import annotations

import pandas as pd

from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.operational.rules import STAGES, stage_of
from crmlab.policy import View


def stages_and_truth(
    scenario: Scenario | str = "retail", customers: int = 10_000, week: int = 15, seed: int = 1
) -> pd.DataFrame:
    """What the firm believes of each customer at the start of a week, and who had really gone.

    Parameters
    ----------
    scenario, customers, seed
        As in `simulate`; the firm does nothing.
    week : int
        The week, at least 1.

    Returns
    -------
    DataFrame
        One row a customer known by then, index ``customer_id``: stage (a category of
        `STAGES`), gone (whether the customer had left for good).

    Examples
    --------
    >>> table = stages_and_truth("retail", customers=200, week=15, seed=7)
    >>> table.columns.tolist()
    ['stage', 'gone']
    """
    if isinstance(week, bool) or not isinstance(week, int) or week < 1:
        raise ValueError(f"week must be a whole number >= 1, got {week!r}.")
    seen: dict[str, pd.Series] = {}

    def watch(view: View) -> None:
        if view.week == week:
            stage = pd.Categorical.from_codes(stage_of(view), STAGES, ordered=True)
            ids = pd.Index(view.column("profiles", "customer_id"), name="customer_id")
            seen["stage"], seen["now"] = pd.Series(stage, ids), pd.Series(view.now)

    truth = simulate(scenario, customers, week + 1, seed, watch).truth
    stage = seen["stage"]
    person = truth.identity.set_index("customer_id")["person_id"].reindex(stage.index)
    left_at = person.map(truth.people.set_index("person_id")["left_at"])
    return pd.DataFrame({"stage": stage, "gone": left_at < seen["now"].iloc[0]})
