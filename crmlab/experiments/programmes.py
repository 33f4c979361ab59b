"""What did a programme really do, and what would each design have said? The same customers, twice.

A shop with regular customers writes to some of them every fourth week, from some week on. It
chooses by a score, *the margin so far, faded by half each quarter*, the worst first. The same
customers live through the same weeks with the same luck without the letters; the difference is the
truth, and every design is held against it.

What is assumed: how evenly and how faithfully the regulars buy. How people react to letters is the
retail market's own (`crmlab.market.scenario`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crmlab.analytical.evaluation import panel, periods
from crmlab.chance import Chance, uniform
from crmlab.checks import whole_number
from crmlab.experiments.treatment import letters
from crmlab.market.packs import scenario
from crmlab.market.parameters import ASSUMED, Market, check_field, number
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions, Plain, View
from crmlab.records import Records

START, WEEKS = 65, 26
"""The week in which the programme begins, and the weeks of each window."""
HALF_LIFE_WEEKS = 13.0
LETTERS_EVERY = 4
_WHO, _HOW = "Programme: who is chosen", "Programme: the customers"


@dataclass(frozen=True, repr=False)
class Programme(Market):
    """How a programme chooses its customers, and what customers they are.

    Examples
    --------
    >>> Programme().replace(aim=0.0)
    Scenario('programme/textbook', aim=0.0)
    """

    name: str = "programme/textbook"
    what: str = "letters every fourth week to the worst customers of a shop with regulars"
    share: float = number(0.3, _WHO, "share", "of the customers who get the letters",
                          ASSUMED, 0.01, 0.99)  # fmt: skip
    aim: float = number(1.0, _WHO, "share", "how far the score decides; a lot decides the rest",
                        "the programme", 0, 1)  # fmt: skip
    lasting: float = number(0.0, _WHO, "share", "of the score that is no record of a spell, but "
                            "what the customer usually brings", "the programme", 0, 1)  # fmt: skip
    unseen: float = number(0.0, _WHO, "share", "weight of what the staff know and nobody wrote "
                           "down: who will go on buying", "the programme", 0, 10)  # fmt: skip
    moved: float = number(0.0, _WHO, "share", "of the best customers just above the threshold "
                          "whose score the staff put below it", "the programme", 0, 1)  # fmt: skip
    broken_lot: float = number(0.0, _WHO, "share", "of a lot's decisions that the staff take over",
                               "the programme", 0, 1)  # fmt: skip
    reaction: float = number(1.0, _HOW, "factor", "on what letters do", ASSUMED, 0, 1)
    rate_shape: float = number(2.0, _HOW, "", "shape of the gamma of order rates: large means that "
                               "customers are alike", ASSUMED, 0.1, 100)  # fmt: skip
    rate_scale_weeks: float = number(10.0, _HOW, "weeks", "rate parameter of that gamma",
                                     ASSUMED, 0.1, 1e4)  # fmt: skip
    dropout_scale_weeks: float = number(400.0, _HOW, "weeks", "how slowly customers leave: rate "
                                        "parameter of the gamma (of shape 1) of dropout rates",
                                        ASSUMED, 1, 1e6)  # fmt: skip

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            check_field(f, getattr(self, f.name))

    @property
    def market(self) -> Scenario:
        """The market in which the customers live."""
        return scenario("retail").replace(
            rate_shape=self.rate_shape,
            rate_scale_weeks=self.rate_scale_weeks,
            dropout_shape=1.0,
            dropout_scale_weeks=self.dropout_scale_weeks,
            email_effect=self.reaction,
        )


@dataclass(frozen=True, eq=False)
class Tried:
    """One firm that tries the programme: what its records say, and what is true.

    Parameters
    ----------
    programme : Programme
    customers : int
    seed : int

    Examples
    --------
    >>> firm = Tried(customers=300, seed=1)
    >>> firm.panel["treated"].sum() <= 90, bool((firm.gain[~firm.panel["treated"]] == 0).all())
    (np.True_, True)
    """

    programme: Programme = Programme()
    customers: int = 8_000
    seed: int = 7

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 50, 10**6)

    # --- three lives ------------------------------------------------------------------------

    @cached_property
    def quiet(self) -> Run:
        """The weeks without any letter."""
        return simulate(self.programme.market, self.customers, START + WEEKS, self.seed)

    @cached_property
    def run(self) -> Run:
        """The weeks with letters to those who were chosen: what the firm sees."""
        return self._lived(self.chosen)

    @cached_property
    def trial(self) -> Run:
        """The weeks with letters to half of those who would be chosen, drawn by lot."""
        return self._lived(self.drawn)

    def _lived(self, ids: pd.Index) -> Run:
        sent = np.sort(ids.to_numpy())

        def write(view: View) -> Actions | None:
            due = view.week >= START and (view.week - START) % LETTERS_EVERY == 0
            return letters(sent) if due and len(sent) else None

        policy = Plain(write, "letters to the worst")
        return simulate(self.programme.market, self.customers, START + WEEKS, self.seed, policy)

    # --- who is chosen ----------------------------------------------------------------------

    @cached_property
    def score(self) -> pd.Series:
        """The firm's score, EUR, as it stands in the records; low is bad."""
        exact = self._blend()
        moved = self._moved(exact)
        return exact.where(~moved, 2 * self._cut(exact) - exact).rename("score")

    @property
    def threshold(self) -> float:
        """Whoever scores less than this is chosen, where the score alone decides."""
        return self._cut(self._blend())

    @cached_property
    def chosen(self) -> pd.Index:
        """The customers in the programme."""
        p = self.programme
        if p.aim == 1 and p.unseen == 0:
            return self.score.index[self.score < self.threshold]
        lot = self._lot("who")
        index = p.aim * self.score.rank(pct=True) + (1 - p.aim) * lot - p.unseen * self.insight
        return index.sort_values(kind="stable").index[: int(p.share * len(index))]

    @cached_property
    def drawn(self) -> pd.Index:
        """Half of the chosen: by lot, as far as the staff let it."""
        lot, broken = self._lot("trial")[self.chosen], self._lot("broken")[self.chosen]
        theirs = broken < self.programme.broken_lot
        index = lot.where(~theirs, 1 - self.insight[self.chosen])
        return index.sort_values(kind="stable").index[: len(index) // 2]

    @cached_property
    def insight(self) -> pd.Series:
        """What nobody wrote down: the rank of what each will lastingly bring, from 0 to 1."""
        return self._lasting_eur.where(self._here, 0.0).rank(pct=True, method="first")

    def _blend(self) -> pd.Series:
        p = self.programme
        spell = self._faded_eur
        if not p.lasting:
            return spell
        usual = self._lasting_eur * HALF_LIFE_WEEKS / np.log(2)
        return (1 - p.lasting) * spell + p.lasting * usual

    def _cut(self, score: pd.Series) -> float:
        return float(score.sort_values(kind="stable").iloc[int(self.programme.share * len(score))])

    def _moved(self, score: pd.Series) -> pd.Series:
        """Those just above the threshold, a tenth of all, whom the staff want to have."""
        place, p = score.rank(pct=True, method="first"), self.programme
        near = (place > p.share) & (place < p.share + 0.1)
        wanted = self.insight > self.insight[near].quantile(1 - p.moved) if near.any() else near
        return near & wanted & (p.moved > 0)

    def _lot(self, what: str) -> pd.Series:
        base = Chance(self.seed).split("programme").base(what, self._ids.to_numpy())
        return pd.Series(uniform(base), self._ids)

    # --- what is known, and what is true ----------------------------------------------------

    @cached_property
    def panel(self) -> pd.DataFrame:
        """One row a customer, by the firm's records; see `crmlab.analytical.evaluation.panel`."""
        return panel(books(self.run), self.chosen, START, WEEKS, self.score)

    @cached_property
    def trial_panel(self) -> pd.DataFrame:
        """The same of the trial: only customers among whom the lot was drawn."""
        table = panel(books(self.trial), self.drawn, START, WEEKS, self.score)
        return table[table.index.isin(self.chosen)]

    @cached_property
    def gain(self) -> pd.Series:
        """What the letters did to each customer of the panel, EUR of margin: the truth."""
        return self._gain(self.panel)

    @cached_property
    def trial_gain(self) -> pd.Series:
        """The same of the trial."""
        return self._gain(self.trial_panel)

    @property
    def truth(self) -> float:
        """The effect on a treated customer, EUR of margin in the window after the start."""
        return float(self.gain[self.panel["treated"]].mean())

    @property
    def trial_truth(self) -> float:
        """The same of the trial."""
        return float(self.trial_gain[self.trial_panel["treated"]].mean())

    def truth_at(self, threshold: float, width: float) -> float:
        """The effect on treated customers at a threshold of the score, EUR: a line through them.

        It is fitted as the design fits its own, with triangular weights within the width.
        """
        table = self.panel[self.panel["treated"]]
        x = table["score"] - threshold
        root = np.sqrt((1 - x.abs() / width).clip(lower=0.0).to_numpy())
        line = np.column_stack([np.ones(len(x)), x]) * root[:, None]
        return float(np.linalg.lstsq(line, self.gain[table.index] * root, rcond=None)[0][0])

    @property
    def cost_eur(self) -> float:
        """What the letters to one customer cost, EUR."""
        return self.programme.market.post_eur * len(range(0, WEEKS, LETTERS_EVERY))

    def _gain(self, table: pd.DataFrame) -> pd.Series:
        return (table["after"] - self._without.reindex(table.index)).rename("gain_eur")

    @cached_property
    def _without(self) -> pd.Series:
        return periods(books(self.quiet), START, WEEKS, before=2, after=1)[0]

    @cached_property
    def _ids(self) -> pd.Index:
        ids = self.quiet.records["customers"]["customer_id"]
        return pd.Index(np.sort(ids.to_numpy()), name="customer_id")

    @cached_property
    def _faded_eur(self) -> pd.Series:
        """Margin so far, each order faded by half in every quarter that has gone by."""
        then = self.quiet.records.as_of(START)
        assert then.now is not None
        orders = then["orders"]
        age = (then.now - orders["ordered_at"].to_numpy()) / np.timedelta64(7, "D")
        eur = orders["margin_eur"] * 0.5 ** (age / HALF_LIFE_WEEKS)
        faded = eur.groupby(orders["customer_id"].to_numpy()).sum()
        return faded.reindex(self._ids, fill_value=0.0).round(6)

    @cached_property
    def _people(self) -> pd.DataFrame:
        truth = self.quiet.truth
        owner = truth.identity.set_index("customer_id")["person_id"].loc[self._ids]
        return truth.people.set_index("person_id").loc[owner].set_index(self._ids)

    @property
    def _lasting_eur(self) -> pd.Series:
        people = self._people
        return people["order_rate"] * people["basket_eur"] * people["margin_rate"]

    @property
    def _here(self) -> pd.Series:
        return ~(self._people["left_at"] < self.quiet.records.as_of(START).now)


def books(run: Run) -> Records:
    """The tables that this firm evaluates with: orders and returns, and no visits."""
    return Records({name: run.records[name] for name in ("customers", "orders", "returns")})
