"""Does a better recommendation bring more margin? Hit rates offline, and the same customers again.

A *hit rate* asks whether a list names what a customer bought by themselves. It says nothing of
what a list *changes*: that takes the same customers with the same luck, once with each
recommender and once without a mail. Offline measures that reward what is bought anyway are a
known trap (Herlocker, Konstan, Terveen and Riedl 2004, ACM TOIS 22(1), on what to measure
instead).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.analytical.recommend import (
    Recommender,
    Split,
    hits_by_case,
    last_order_out,
    purchases,
)
from crmlab.checks import one_of, whole_number
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.next_product import (
    ASSORTMENT,
    BEST,
    Calendar,
    Recommending,
    Showing,
    kinds,
    taught,
)
from crmlab.experiments.true_relevance import true_relevance
from crmlab.market.packs import VOICES
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Policy
from crmlab.records import Records
from crmlab.tables import EPOCH, WEEK_SECONDS

WEEKS = 78


@dataclass(frozen=True, eq=False)
class Shop:
    """A shop that will write to everybody who agreed, with one product in each mail.

    Parameters
    ----------
    scenario : Scenario or str, optional
        By default the retail market whose people have tastes, and fill in a form.
    customers, weeks, seed : int
        The world, and until when it is watched.
    calendar : Calendar
        When the mails go out.

    Examples
    --------
    >>> shop = Shop(customers=300, weeks=30, seed=7)
    >>> shop.offline(("best-sellers", "behaviour-based"), ks=(1, 10)).columns.tolist()
    ['hit@1', 'hit@10']
    """

    scenario: Scenario | str | None = None
    customers: int = 6_000
    weeks: int = WEEKS
    seed: int = 7
    calendar: Calendar = Calendar()

    def __post_init__(self) -> None:
        whole_number("weeks", self.weeks, self.calendar.begin + 1, 5_000)

    @cached_property
    def market(self) -> Scenario:
        """The market that it is in."""
        if self.scenario is None:
            return named_scenario("retail").replace(**VOICES)
        return named_scenario(self.scenario)

    @cached_property
    def quiet(self) -> Run:
        """What happens without any mail."""
        return simulate(self.market, self.customers, self.weeks, self.seed)

    @cached_property
    def records(self) -> Records:
        """What the firm holds before the first mail."""
        return self.quiet.records.as_of(self.calendar.begin)

    @cached_property
    def split(self) -> Split:
        """What it holds, with everybody's last order held back."""
        return last_order_out(purchases(self.records.order_lines, self.records.orders))

    def taught(self, names: Sequence[str] | None = None) -> dict[str, Recommender]:
        """Recommenders fitted to what is known without the last orders; all kinds by default."""
        return taught(self.split, self.records, names)

    def offline(
        self, names: Sequence[str] | None = None, ks: Sequence[int] = (1, 10)
    ) -> pd.DataFrame:
        """Hit rate of each kind on the held-out orders: one row a kind, one column a length."""
        models = self.taught(names)
        found = {f"hit@{k}": hits_by_case(models, self.split, k)[list(models)].mean() for k in ks}
        return pd.DataFrame(found).rename_axis("kind")

    def policy(self, name: str) -> Policy:
        """The mails with products of this kind; `ASSORTMENT` names none, `BEST` knows all."""
        known = kinds()
        one_of("name", name, (*known, ASSORTMENT, BEST))
        if name == ASSORTMENT:
            return Showing(0, self.calendar)
        if name == BEST:
            return Showing(self.relevance.idxmax(axis=1), self.calendar)
        return Recommending(known[name], self.calendar)

    def lived(self, name: str) -> Run:
        """The same customers with the same luck, with mails of this kind."""
        return simulate(self.market, self.customers, self.weeks, self.seed, self.policy(name))

    def gain_eur(self, run: Run) -> float:
        """What a life brings more than one without mails: gross margin, EUR per customer."""
        return (gross_margin_eur(run) - gross_margin_eur(self.quiet)) / self.customers

    @cached_property
    def relevance(self) -> pd.DataFrame:
        """The true relevance of each product (columns) to each customer (index), 0 to 1."""
        return true_relevance(self.market, self.customers, self.weeks, self.seed)

    def shown(self, run: Run) -> pd.DataFrame:
        """Every mail that showed a product: ``customer_id``, ``week``, ``relevance`` (true)."""
        sent = run.records.messages
        sent = sent[sent["product_id"] > 0]
        place = self.relevance.index.get_indexer(sent["customer_id"])
        true = self.relevance.to_numpy()[place, sent["product_id"].to_numpy() - 1]
        week = (sent["sent_at"].to_numpy() - EPOCH) // np.timedelta64(WEEK_SECONDS, "s")
        columns = {"customer_id": sent["customer_id"], "week": week, "relevance": true}
        return pd.DataFrame(columns).reset_index(drop=True)
