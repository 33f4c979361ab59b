"""What does a trial teach of pages? Templates by lot, then orders by kind of visit and template.

Once a visit has shown so many pages, a lot decides which template its other pages follow; what is
counted is whether it ends in an order. Each visit counts for every kind by how probable that
kind was after those pages (Hauser, Urban, Liberali and Braun 2009, Marketing Science 28(2)).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.clickstream import TemplateBandit
from crmlab.checks import whole_number
from crmlab.experiments.web_users import LAUNCH_WEEK, TRIAL_WEEK, WebShop
from crmlab.market.run import Run
from crmlab.policy import PageRule
from crmlab.tables import PAGE_TEMPLATES, PAGE_TYPES


@dataclass(frozen=True, eq=False)
class Trial:
    """The shop's second quarter: a template by lot for each visit that lasts so many pages.

    Parameters
    ----------
    shop : WebShop
    clicks : int
        Pages seen before the template is chosen, in the trial and afterwards.

    Examples
    --------
    >>> import crmlab as crm
    >>> from crmlab.experiments.web_users import VISITS
    >>> shop = WebShop(crm.scenario("retail").replace(**VISITS), customers=100, seed=7)
    >>> Trial(shop, clicks=2).bandit.conversion.shape
    (5, 6)
    """

    shop: WebShop
    clicks: int = 4

    def __post_init__(self) -> None:
        whole_number("clicks", self.clicks, 1, 40)

    @cached_property
    def run(self) -> Run:
        """Plain pages in the first quarter, and the trial in the second."""
        return self.shop.lived(PageRule(self.clicks), TRIAL_WEEK, LAUNCH_WEEK)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The trial on record: ``customer_id``, ``template``, ``won`` (index ``session_id``)."""
        held = self.run.records
        shown = held.adaptations.merge(held.sessions[["session_id", "order_id"]], on="session_id")
        shown = shown.assign(won=shown["order_id"] > 0).set_index("session_id").sort_index()
        return shown[["customer_id", "template", "won"]]

    @cached_property
    def posterior(self) -> pd.DataFrame:
        """How probable each kind was for each visit of the trial when the template was chosen."""
        return self.guesses(self.table.index)

    def guesses(self, visits: pd.Index) -> pd.DataFrame:
        """How probable each kind is for these visits after `clicks` pages."""
        views = self.shop.views
        first = views[views["session_id"].isin(visits) & (views["view"] <= self.clicks)]
        return self.shop.model.posterior_after(first, self.clicks)

    @cached_property
    def bandit(self) -> TemplateBandit:
        """What the trial teaches of each template among each kind of visit."""
        return self.taught_by(self.table.index)

    def taught_by(self, visits: pd.Index) -> TemplateBandit:
        """What these visits of the trial teach, each counting for every kind by its probability."""
        return _taught(self.table.loc[visits], self.posterior.loc[visits].to_numpy())

    @cached_property
    def single(self) -> TemplateBandit:
        """What the trial teaches if all visits are taken for one kind."""
        return _taught(self.table, np.ones((len(self.table), 1)))

    @property
    def best_single(self) -> str:
        """The template that won most in the trial, whoever was there."""
        return PAGE_TEMPLATES[int(self.single.conversion.to_numpy().argmax())]

    def best_for(self, posterior: pd.DataFrame) -> pd.Series:
        """The template that the trial recommends, given how probable each kind is."""
        return recommended(self.bandit, posterior)

    @property
    def rule(self) -> PageRule:
        """Adapt: each visit gets what the trial recommends for its first pages."""
        return PageRule(self.clicks, self._recommend, np.eye(len(PAGE_TEMPLATES)))

    def _recommend(self, pages: NDArray[np.uint8]) -> NDArray[np.float64]:
        known = self.shop.model.posterior_after(page_table(pages), self.clicks)
        names = self.best_for(known).to_numpy()
        return np.asarray(names[:, None] == np.array(PAGE_TEMPLATES), dtype=np.float64)


def recommended(bandit: TemplateBandit, posterior: pd.DataFrame) -> pd.Series:
    """The template of the highest expected conversion for each visit.

    Parameters
    ----------
    bandit : TemplateBandit
        Kinds by templates, these in the order of `PAGE_TEMPLATES`.
    posterior : DataFrame
        How probable each kind is: one row a visit (or a person), one column a kind.

    Examples
    --------
    >>> bandit = TemplateBandit.new(1, 6).update([[1.0]], [4], [1])
    >>> recommended(bandit, pd.DataFrame([[1.0]], index=[11])).to_dict()
    {11: 'deals'}
    """
    expected = posterior.to_numpy() @ bandit.conversion.to_numpy()
    names = np.array(PAGE_TEMPLATES)[expected.argmax(axis=1)]
    return pd.Series(names, posterior.index, name="template")


def page_table(pages: NDArray[np.uint8]) -> pd.DataFrame:
    """Page codes, one row a visit, as a table of page views; visits are numbered from 0.

    >>> page_table(np.array([[0, 2]], dtype=np.uint8))["page_type"].tolist()
    ['home', 'product']
    """
    visits, clicks = pages.shape
    return pd.DataFrame(
        {
            "session_id": np.repeat(np.arange(visits), clicks),
            "view": np.tile(np.arange(1, clicks + 1), visits),
            "page_type": pd.Categorical.from_codes(pages.ravel(), list(PAGE_TYPES)),
        }
    )


def _taught(table: pd.DataFrame, kinds: NDArray[np.float64]) -> TemplateBandit:
    ignorant = TemplateBandit.new(kinds.shape[1], len(PAGE_TEMPLATES))
    shown = table["template"].cat.codes.to_numpy()
    return ignorant.update(kinds, shown, table["won"].to_numpy())
