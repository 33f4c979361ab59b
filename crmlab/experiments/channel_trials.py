"""Does choosing each customer's channel pay? A bandit against one channel for all, same customers.

Everybody who agreed gets one message a fortnight; only the channel differs. The
rivals of the bandit are the single channels, and the best of them is known only when the year is
over: a hard rival, since no firm can choose it beforehand.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.experiments.compare import gross_margin_eur
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.crm_types import ChannelBandit, OneChannel
from crmlab.tables import CHANNELS

RIVALS = ("email", "post", "web", "social")
"""Single channels that the bandit is held against in every world."""
ALIKE = {
    "preference_shape": (300.0, 300.0, 300.0),
    "other_preference_shape": (300.0,) * 4,
    "other_reach": (1.0,) * 4,
    "other_read_rate": (0.28,) * 4,
    "other_eur": (0.004,) * 4,
    "post_open_rate": 0.28,
    "post_eur": 0.004,
    "phone_open_rate": 0.28,
    "phone_eur": 0.004,
}
"""All channels reach alike, are liked alike and cost alike: nothing is left to choose."""


def channel_market(**changes: object) -> Scenario:
    """The retail market in which channels are tried.

    >>> channel_market(post_eur=0.1).post_eur
    0.1
    """
    return named_scenario("retail").replace(**changes)


def lived(
    scenario: Scenario, policy: object, customers: int = 1_000, weeks: int = 52, seed: int = 1
) -> Run:
    """A year of one firm; parameters as in `crmlab.simulate`."""
    return simulate(scenario, customers, weeks, seed, policy)


def channels_tried(
    scenario: Scenario | None = None,
    customers: int = 1_000,
    weeks: int = 52,
    seed: int = 1,
    channels: tuple[str, ...] = CHANNELS,
    explore: float = 0.1,
) -> pd.DataFrame:
    """What one channel for all brings, and what the bandit brings.

    Returns
    -------
    DataFrame
        One row a policy: ``sent`` (messages), ``read`` (share of them), ``margin_eur`` and
        ``profit_eur`` per customer, against writing to nobody.
    """
    market = channel_market() if scenario is None else scenario
    nobody = lived(market, None, customers, weeks, seed)
    policies = {name: OneChannel(name) for name in channels} | {"bandit": ChannelBandit(explore)}
    rows = {name: _told(lived(market, policy, customers, weeks, seed), nobody, customers)
            for name, policy in policies.items()}  # fmt: skip
    columns = ["sent", "read", "margin_eur", "profit_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def bandit_gain(scenario: Scenario, seed: int, customers: int = 1_000, weeks: int = 52) -> float:
    """Profit of the bandit less that of the best single channel of `RIVALS`, EUR per customer."""
    found = channels_tried(scenario, customers, weeks, seed, RIVALS)["profit_eur"]
    return float(found["bandit"] - found.drop("bandit").max())


def shares_over_time(run: Run) -> pd.DataFrame:
    """How the bandit's messages were shared out: share by channel, early and late in the year.

    Returns
    -------
    DataFrame
        One row a channel; ``first``, ``last``: share of the messages of the first and of the last
        thirteen weeks.
    """
    mails = run.records.messages
    week = (mails["sent_at"] - mails["sent_at"].min()).dt.days // 7
    parts = {"first": week < 13, "last": week >= week.max() - 12}
    shares = {name: mails.loc[mask, "channel"].value_counts(normalize=True, sort=False)
              for name, mask in parts.items()}  # fmt: skip
    return pd.DataFrame(shares).reindex(list(CHANNELS)).fillna(0.0)


def _told(run: Run, nobody: Run, customers: int) -> tuple[int, float, float, float]:
    sent = len(run.records.messages)
    read = int((run.records.responses["event"] == "open").sum())
    share = read / sent if sent else np.nan
    margin = (gross_margin_eur(run) - gross_margin_eur(nobody)) / customers
    return sent, share, margin, (run.profit - nobody.profit) / customers
