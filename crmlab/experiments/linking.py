"""What does it cost to be wrong about who is who? The same people, the same luck, other links.

A firm of several systems has a year of records and then writes by one policy: an e-mail every
second week to all who agreed, and every fourth week a letter to its best customers. Who these
are, and who is written to twice, depends on which records it takes for one customer. Here the
policy runs once for each belief: no links, links of a linker at several thresholds, one customer
for each address (over-merged), and the truth.
Lab X01 has the hypothesis that merging two people costs more than missing a link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.actions import Actions
from crmlab.analytical.linkage import (
    Cleaner,
    FellegiSunter,
    MatchRule,
    cluster,
    match_by_rules,
    normalise,
    threshold_curve,
)
from crmlab.checks import whole_number
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Decision, Plain, View
from crmlab.records import Records
from crmlab.standing import Standing
from crmlab.tables import EPOCH

PAST_WEEKS, CAMPAIGN_WEEKS = 52, 26
TOP_SHARE = 0.1
NONE, OVER_MERGED, TRUE = "none", "one address, one customer", "true"
_YEAR = int(str(EPOCH)[:4])


@dataclass(frozen=True, eq=False)
class LinkedFirm:
    """A firm with a year of records that is about to decide who is who, and then to write.

    Parameters
    ----------
    scenario : Scenario or str
    customers : int
        People, not records.
    seed : int
    campaign_weeks : int
        How long it writes after the 52 weeks of its past.

    Examples
    --------
    >>> import crmlab as crm
    >>> market = crm.scenario("retail").replace(duplicate_share=0.4, record_errors=1.0)
    >>> firm = LinkedFirm(market, customers=300, seed=7)
    >>> bool(len(firm.truth) > firm.truth.nunique())
    True
    """

    scenario: Scenario | str = "retail"
    customers: int = 2_000
    seed: int = 7
    campaign_weeks: int = CAMPAIGN_WEEKS

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 20, 10**6)
        whole_number("campaign_weeks", self.campaign_weeks, 4, 520)

    @cached_property
    def past(self) -> Run:
        """The 52 weeks in which the firm wrote to nobody."""
        return simulate(self.scenario, self.customers, PAST_WEEKS, self.seed)

    @property
    def records(self) -> Records:
        """What the firm holds when it decides who is who."""
        return self.past.records

    @cached_property
    def truth(self) -> pd.Series:
        """The person behind each record (index ``customer_id``): what no firm has."""
        return self.past.truth.identity.set_index("customer_id")["person_id"]

    @cached_property
    def clean(self) -> pd.DataFrame:
        """The records with their fields written alike."""
        return normalise(self.records.customers, Cleaner(year=_YEAR)).records

    @cached_property
    def linker(self) -> FellegiSunter:
        """Fellegi and Sunter's model with households, fitted to the clean records."""
        return FellegiSunter(random_pairs=50_000).fit(self.clean)

    def linked(self, threshold: float = 0.5) -> pd.DataFrame:
        """Links of the pairs that the linker takes for one person with this probability."""
        return cluster(self.linker.pairs_, self.clean["customer_id"], threshold)

    def over_merged(self) -> pd.DataFrame:
        """Links of a hasty firm: all who share last name and street are one customer."""
        rule = MatchRule(("last_name", "street"))
        return cluster(match_by_rules(self.clean, [rule]), self.clean["customer_id"])

    def true_links(self) -> pd.DataFrame:
        """Links as they should be."""
        return self.truth.rename("golden_id").reset_index()

    def campaign(self, links: pd.DataFrame | None = None) -> Run:
        """Past and campaign under these links; None takes each record for a customer."""
        policy = best_customers_campaign(links, round(TOP_SHARE * self.customers))
        weeks = PAST_WEEKS + self.campaign_weeks
        return simulate(self.scenario, self.customers, weeks, self.seed, policy)


def best_customers_campaign(links: pd.DataFrame | None, letters: int) -> Plain:
    """E-mail every second week to who agreed; every fourth, letters to the best customers.

    Parameters
    ----------
    links : DataFrame, optional
        customer_id and golden_id; installed as the firm's belief when the campaign begins, and
        used to add up the value of a customer's records.
    letters : int
        How many believed customers get a letter at a time: those of most value so far.
    """

    def act(view: View) -> Decision | None:
        week = view.week - PAST_WEEKS
        if week < 0:
            return None
        if week % 4 == 1:
            ids, value = (view.column("profiles", c) for c in ("customer_id", "value_eur"))
            best = best_records(pd.Series(value, index=ids), links, letters)
            actions = Actions(np.sort(best), kind="conversion", channel="post")
        else:
            actions = Actions(view.agreed() if week % 2 == 0 else ())
        return Decision(actions, Standing(links=links))

    return Plain(act, f"best_customers_campaign(letters={letters})")


def best_records(value: pd.Series, links: pd.DataFrame | None, number: int) -> np.ndarray:
    """Whom the firm takes for its best customers: one record of each, that of most value.

    Parameters
    ----------
    value : Series
        EUR so far, index ``customer_id``.
    links : DataFrame, optional
        Records that it does not name are customers of their own.
    number : int
        How many believed customers.

    Examples
    --------
    >>> value = pd.Series([50.0, 40.0, 30.0], index=[1, 2, 3])
    >>> links = pd.DataFrame({"customer_id": [2, 3], "golden_id": [2, 2]})
    >>> best_records(value, None, 1).tolist(), best_records(value, links, 1).tolist()
    ([1], [2])
    """
    book = pd.DataFrame({"value": value.to_numpy(), "golden": value.index}, index=value.index)
    if links is not None:
        known = links.set_index("customer_id")["golden_id"]
        # Negative: a golden id must not meet the key of a record without links.
        own = pd.Series(-1 - value.index.to_numpy(), index=value.index)
        book["golden"] = known.reindex(value.index).fillna(own)
    book["total"] = book.groupby("golden")["value"].transform("sum")
    ranked = book.sort_values(["total", "value"], ascending=False, kind="stable")
    return ranked.drop_duplicates("golden").index[:number].to_numpy()


def recognised(records: Records, truth: pd.Series, links: pd.DataFrame | None) -> float:
    """Which share of the true top decile by value the firm finds with these links.

    Parameters
    ----------
    records : Records
    truth : Series
        The person behind each record.
    links : DataFrame, optional
        None: each record is a customer.

    Returns
    -------
    float
        In [0, 1]. The firm picks as many believed customers as the decile has people; a pick
        finds the person behind that record of it which holds the most value.
    """
    value = records.profiles.set_index("customer_id")["value_eur"]
    people = value.groupby(truth.reindex(value.index)).sum().sort_values(ascending=False)
    top = people.index[: max(round(TOP_SHARE * len(people)), 1)]
    picked = truth.loc[best_records(value, links, len(top))]
    return float(np.isin(top, picked.to_numpy()).mean())


def quality_of(
    ways: Mapping[str, pd.DataFrame], ids: pd.Series, truth: pd.Series, threshold: float = 0.5
) -> pd.DataFrame:
    """How well each way of linking tells who is who.

    Parameters
    ----------
    ways : mapping from name to pairs
        left, right, probability.
    ids : Series
        The keys of all records.
    truth : Series
        The person behind each record.
    threshold : float
        Links of at least this probability count.

    Returns
    -------
    DataFrame
        One row a way (index): customers (as counted), precision, recall, f1 (over pairs, after
        grouping), b_cubed_f1.
    """
    tables = {
        name: threshold_curve(pairs, truth, (threshold,), ids) for name, pairs in ways.items()
    }
    table = pd.concat(tables).droplevel(1).rename_axis("linked by")
    return table[["customers", "precision", "recall", "f1", "b_cubed_f1"]]


def duplicate_mailings(run: Run) -> int:
    """How many messages went to a person who had one already by the same channel that week."""
    held = run.records
    sent = held.messages.merge(run.truth.identity, on="customer_id")
    week = (sent["sent_at"] - pd.Timestamp(EPOCH)) // pd.Timedelta(weeks=1)
    return int(sent.assign(week=week).duplicated(["person_id", "week", "channel"]).sum())


def silenced(links: pd.DataFrame, truth: pd.Series) -> int:
    """How many people the links merge away: people less believed customers they are spread over.

    Counts, in each believed customer, the people beyond the first: one letter goes to all.

    Examples
    --------
    >>> links = pd.DataFrame({"customer_id": [1, 2, 3], "golden_id": [1, 1, 3]})
    >>> silenced(links, pd.Series(["ann", "bob", "bob"], index=[1, 2, 3]))
    1
    """
    people = truth.loc[links["customer_id"]].groupby(links["golden_id"].to_numpy()).nunique()
    return int((people - 1).sum())


def campaign_profit(run: Run) -> float:
    """What the firm earns from the beginning of the campaign on, EUR."""
    book = run.ledger
    return float(book.loc[book["week"] >= PAST_WEEKS, "eur"].sum())


def cost_of_links(firm: LinkedFirm, beliefs: Mapping[str, pd.DataFrame | None]) -> pd.DataFrame:
    """What each belief about who is who costs, on the same people with the same luck.

    Parameters
    ----------
    firm : LinkedFirm
    beliefs : mapping from name to links
        None for no links.

    Returns
    -------
    DataFrame
        One row a belief: links (the name), customers (as the firm counts them), merged (people
        who share a believed customer with somebody counted before them), top_found (share of
        the true top decile), duplicates (mailings), profit_eur (of the campaign, per person).
    """
    rows = []
    own = pd.DataFrame({"customer_id": firm.truth.index, "golden_id": firm.truth.index})
    for name, links in beliefs.items():
        run = firm.campaign(links)
        held = own if links is None else links
        rows.append((
            name, held["golden_id"].nunique(), silenced(held, firm.truth),
            recognised(firm.records, firm.truth, links), duplicate_mailings(run),
            campaign_profit(run) / firm.customers,
        ))  # fmt: skip
    names = ["links", "customers", "merged", "top_found", "duplicates", "profit_eur"]
    return pd.DataFrame(rows, columns=names)
