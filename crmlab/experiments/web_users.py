"""What is this visitor here for? A web shop that learns modes of use, tries templates, and adapts.

For a quarter a firm only watches its visitors, and finds kinds of visits in their clicks without
being told (Cadez et al. 2003). For a second quarter it tries page templates (`page_trial`), in
the third it uses what it has learnt (`page_ways`). Visits that end in an order anyway are left
out: no template changes them. Kinds are *modes of use*: they belong to the visit, not to the person
(Chaffey on Lewis and Lewis 1997).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.analytical.clickstream import MarkovMixture
from crmlab.checks import one_of, whole_number
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Decision, PageRule, Plain, View
from crmlab.records import Records
from crmlab.standing import Standing
from crmlab.tables import EPOCH, PAGE_TEMPLATES

TRIAL_WEEK, LAUNCH_WEEK, LAST_WEEK = 13, 26, 39
VISITS = {"visits_per_order": 24.0}
"""A shop in which about one visit in twenty ends in an order, as in lab X11 (assumed)."""


@dataclass(frozen=True, eq=False)
class WebShop:
    """Three quarters of a web shop: watch, try, use.

    Parameters
    ----------
    scenario : Scenario or str
    customers : int
    seed : int
        The world, and the starts of the search for kinds.
    types : int
        How many kinds of visits the firm looks for.

    Examples
    --------
    >>> import crmlab as crm
    >>> shop = WebShop(crm.scenario("retail").replace(**VISITS), customers=100, seed=7)
    >>> shop.model.transition_matrices_.shape, shop.margin_eur.columns.tolist()[:2]
    ((5, 10, 11), ['plain', 'facts'])
    """

    scenario: Scenario | str = "retail"
    customers: int = 4_000
    seed: int = 7
    types: int = 5

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 20, 10**7)
        whole_number("types", self.types, 1, 20)

    @cached_property
    def quiet(self) -> Run:
        """What happens if all pages stay plain."""
        return simulate(self.scenario, self.customers, LAST_WEEK, self.seed)

    @property
    def launch(self) -> pd.Timestamp:
        """When the third quarter begins."""
        return pd.Timestamp(EPOCH) + pd.Timedelta(weeks=LAUNCH_WEEK)

    @cached_property
    def records(self) -> Records:
        """What the firm holds after the first quarter."""
        return self.quiet.records.as_of(TRIAL_WEEK)

    @cached_property
    def visits(self) -> pd.DataFrame:
        """One row a visit without an order, all quarters, with what only the market knows.

        Index ``session_id``; ``customer_id``, ``week``, ``pages``, and the truth: ``user_type``,
        ``buying_stage``.
        """
        held = self.quiet.records.sessions
        table = held[(held["order_id"] == 0) & (held["source"] != "e-mail")]
        week = (table["started_at"] - pd.Timestamp(EPOCH)).dt.days // 7
        table = table.assign(week=week).merge(self.quiet.truth.sessions, on="session_id")
        names = ["customer_id", "week", "pages", "user_type", "buying_stage"]
        return table.set_index("session_id")[names].sort_index()

    @cached_property
    def views(self) -> pd.DataFrame:
        """The page views of `visits`, with the week of the visit."""
        seen = self.quiet.records.page_views.join(self.visits["week"], on="session_id", how="inner")
        return seen.reset_index(drop=True)

    def views_between(self, first: int, last: int) -> pd.DataFrame:
        """The page views of visits in weeks ``first`` to ``last - 1``."""
        return self.views[self.views["week"].between(first, last - 1)]

    @cached_property
    def model(self) -> MarkovMixture:
        """Kinds of visits, found in the clicks of the first quarter; nobody named them."""
        mixture = MarkovMixture(types=self.types, starts=5, seed=self.seed)
        return mixture.fit(self.views_between(0, TRIAL_WEEK))

    @cached_property
    def usual_kind(self) -> pd.Series:
        """The kind that most of a person's visits were of before the launch, by ``customer_id``.

        Of kinds that are equally frequent, the one that is more frequent among all visits.
        """
        kind = self.model.predict(self.views_between(0, LAUNCH_WEEK))
        owner = self.visits["customer_id"].reindex(kind.index)
        count = pd.get_dummies(kind).groupby(owner.to_numpy()).sum()
        return count.idxmax(axis=1).rename("kind").rename_axis("customer_id")

    @cached_property
    def margin_eur(self) -> pd.DataFrame:
        """What each visit from the second quarter on brings under each template, EUR of margin.

        One row a visit that can be adapted (index ``session_id``): a cart that somebody returns
        to by themselves cannot. One column a template of `PAGE_TEMPLATES`; a firm sees one of the
        six. Less what is returned by the end of the run. As no visit changes another one, these
        lives tell of every way to choose templates.
        """
        lives = {name: self.lived(always(name), TRIAL_WEEK) for name in PAGE_TEMPLATES[1:]}
        shown = lives[PAGE_TEMPLATES[-1]].records.adaptations["session_id"]
        index = pd.Index(np.sort(shown.to_numpy()), name="session_id")
        found = {k: won_margin(life).reindex(index, fill_value=0.0) for k, life in lives.items()}
        return pd.DataFrame({"plain": 0.0, **found}, index=index)

    @property
    def adaptable(self) -> pd.DataFrame:
        """The rows of `visits` that are in `margin_eur`."""
        return self.visits.loc[self.margin_eur.index]

    def where(self, **changes: float) -> WebShop:
        """The same visitors in a market whose templates work otherwise.

        Parameters
        ----------
        **changes
            ``page_gain``, ``page_mismatch``: they act once a template is shown, so that all
            that was known before is shared.

        Raises
        ------
        ValueError
            Another field: the visitors would not be the same.
        """
        for name in changes:
            one_of("a change", name, ("page_gain", "page_mismatch"))
        scenario = named_scenario(self.scenario).replace(**changes)
        other = dataclasses.replace(self, scenario=scenario)
        shared = ("quiet", "records", "visits", "views", "model", "usual_kind")
        vars(other).update({name: vars(self)[name] for name in shared if name in vars(self)})
        return other

    def lived(self, rule: PageRule, week: int = LAUNCH_WEEK, weeks: int = LAST_WEEK) -> Run:
        """The same weeks again, with plain pages until a week and this page rule from then on."""

        def install(view: View) -> Decision | None:
            return Decision(standing=Standing(page=rule)) if view.week == week else None

        policy = Plain(install, "page templates")
        return simulate(self.scenario, self.customers, weeks, self.seed, policy)


def always(template: str, clicks: int = 1) -> PageRule:
    """One template for all visits, from so many pages on."""
    chances = np.array([[name == template for name in PAGE_TEMPLATES]], dtype=np.float64)
    return PageRule(clicks, chances=chances)


def won_margin(run: Run) -> pd.Series:
    """Margin of the order that each adapted visit became, EUR; index ``session_id``."""
    held = run.records
    won = held.adaptations[["session_id"]].merge(held.sessions[["session_id", "order_id"]])
    won = won[won["order_id"] > 0].set_index("session_id")["order_id"]
    returned = held.returns.groupby("order_id")["margin_eur"].sum()
    margin = held.orders.set_index("order_id")["margin_eur"].loc[won]
    left = margin - returned.reindex(margin.index, fill_value=0.0)
    return pd.Series(left.to_numpy(), won.index, name="margin_eur")
