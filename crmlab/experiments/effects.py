"""What does a policy do to each person? Expected over fresh luck, for the same people.

One run shows one outcome; the effect of a policy on a person is the difference of two
expectations. The same people live through many draws of luck, each under the policy and
under nothing, and the differences are averaged. Spill-overs (a sender's reputation spoilt
by others) are included.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import whole_number
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, run_market
from crmlab.market.scenario import Scenario


def effects(
    scenario: Scenario | AccountScenario | str,
    policy: object,
    customers: int = 2_000,
    weeks: int = 52,
    seed: int = 1,
    draws: int = 50,
    budget_eur: float | None = None,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """Each person's expected effect of a policy against doing nothing.

    Parameters
    ----------
    scenario, policy, customers, weeks, seed, budget_eur
        As in `simulate`; the people are those of ``simulate(..., seed=seed)``.
    draws : int
        Draws of luck, at least 2.

    Returns
    -------
    DataFrame
        One row per person, index ``person_id``: ``margin_eur`` (change of the discounted
        margin), ``cost_eur`` (spent on the person), ``effect_eur`` (the difference), and
        ``standard_error_eur`` over draws. People whom only the policy won from a pool are
        left out: without it they are nobody's customers. In a market between firms, one row per
        account, index ``account_id``; the cost of serving it is taken from its margin.

    Examples
    --------
    >>> from crmlab import policies
    >>> e = effects("retail", policies.newsletter(2), customers=50, weeks=8, draws=3)
    >>> e.columns.tolist()
    ['margin_eur', 'cost_eur', 'effect_eur', 'standard_error_eur']
    """
    sc = named_scenario(scenario)
    for name, value, low in (("customers", customers, 1), ("weeks", weeks, 1), ("draws", draws, 2)):
        whole_number(name, value, low, 10**7)
    whole_number("seed", seed, -(2**63), 2**63 - 1)
    root = Chance(int(seed))
    margins, costs = [], []
    for draw in range(draws):
        luck = root.split("luck").split(f"draw {draw}")
        quiet, busy = (
            _worth(
                run_market(
                    sc, customers, weeks, int(seed), root.split("people"), luck, p, budget_eur
                )
            )
            for p in (None, policy)
        )
        busy = busy.loc[quiet.index]
        margins.append((busy["margin_eur"] - quiet["margin_eur"]).to_numpy())
        costs.append(busy["cost_eur"].to_numpy())
        if progress is not None:
            progress(draw + 1)
    margin, cost = np.stack(margins), np.stack(costs)
    effect = margin - cost
    return pd.DataFrame(
        {
            "margin_eur": margin.mean(axis=0),
            "cost_eur": cost.mean(axis=0),
            "effect_eur": effect.mean(axis=0),
            "standard_error_eur": effect.std(axis=0, ddof=1) / np.sqrt(draws),
        },
        index=quiet.index,
    )


def _worth(run: Run) -> pd.DataFrame:
    """What each person or account brought, and what acting on it cost, EUR, discounted."""
    if isinstance(run.scenario, AccountScenario):
        table = run.truth.accounts.set_index("account_id")
        margin, cost = table["margin_eur"] - table["serving_eur"], table["strategy_eur"]
    else:
        table = run.truth.people.set_index("person_id")
        margin, cost = table["realised_value_eur"], table["contact_cost_eur"]
    return pd.DataFrame({"margin_eur": margin, "cost_eur": cost})
