"""Does treating customers as individuals pay, and which step of it? IDIC as one policy.

Identify, differentiate, interact, customise (Peppers and Rogers 2004), each of which can be
switched off:

- without *identify* every record is a customer;
- without *differentiate* letters go round by turns, and every customer counts as the average;
- without *interact* nobody is asked: needs are believed from orders only;
- without *customise* everybody is shown the whole assortment.

Whatever is switched, the firm sends a newsletter to all who agreed, and spends the rest of the
week's budget on letters, which need no permission. So what a step adds is its own increment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.checks import one_of, whole_number
from crmlab.policy import Actions, Decision, Standing, View
from crmlab.strategic.idic.customise import EVERYTHING, best_to_show, product_of
from crmlab.strategic.idic.differentiate import (
    RANKS,
    ValueModel,
    can_fit,
    first_for_letters,
    gain_of_contact,
)
from crmlab.strategic.idic.identify import cleaned, owners
from crmlab.strategic.idic.interact import after_each_answer, answer_rates, value_of_question
from crmlab.strategic.idic.needs import (
    answer_counts,
    believed,
    expected_relevance,
    need_counts,
    prior_strength,
)
from crmlab.strategic.idic.plan import Plan

STEPS = ("identify", "differentiate", "interact", "customise")
_QUESTIONS, _EMAILS = 2.0, 1.0  # priorities; letters have less, in their order
_MOST_ANSWERS = 4


@dataclass(frozen=True)
class Memory:
    """What the policy carries from week to week; every week makes a new one."""

    clean: pd.DataFrame | None = None
    """The records known at the last linking, written alike."""
    links: pd.DataFrame | None = None
    model: ValueModel | None = None
    known: pd.DataFrame | None = None
    """One row a believed customer; see `IDIC.insight`."""
    records: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """All records that were there at the last round of learning."""
    lettered: pd.Series = field(default_factory=lambda: pd.Series(dtype=np.int64))
    """The week of the last letter to each believed customer."""


@dataclass(frozen=True)
class IDIC:
    """The four steps as a policy, each with a switch.

    Parameters
    ----------
    identify, differentiate, interact, customise : bool
    plan : Plan
        Calendar and beliefs.
    rank : {"growth", "value"}
        By what *differentiate* shares out the letters.
    questions_at_once : int
        1 is one question at a time ("drip irrigation"); n is a form of n questions, n times as
        seldom.

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("retail", 200, 24, seed=7, policy=IDIC(), budget_eur=5.0)
    >>> set(run.records.messages["channel"]) == {"email", "post"}
    True
    >>> IDIC(interact=False)
    IDIC(identify, differentiate, customise)
    """

    identify: bool = True
    differentiate: bool = True
    interact: bool = True
    customise: bool = True
    plan: Plan = Plan()
    rank: str = "growth"
    questions_at_once: int = 1

    def __post_init__(self) -> None:
        one_of("rank", self.rank, RANKS)
        whole_number("questions_at_once", self.questions_at_once, 1, 6)

    def __repr__(self) -> str:
        return f"IDIC({', '.join(s for s in STEPS if getattr(self, s)) or 'no step'})"

    def start(self, seed: int) -> Memory:
        """Nothing is known yet."""
        return Memory()

    def decide(self, view: View, state: Memory) -> tuple[Decision, Memory]:
        """Learn every few weeks; then questions, newsletters, and letters for the rest."""
        week = view.week - self.plan.begins_week
        if week < 0:
            return Decision(), state
        questions, standing, left = Actions(), Standing(), view.budget_eur
        if week % self.plan.learn_every == 0:
            state = self.learn(view, state)
            standing = Standing(links=state.links)
        if self.interact and self._may_ask(week):
            questions = self._ask(view, state)
            left -= len(questions) * (view.prices.question_eur + view.prices.email_eur)
        emails = Actions()
        if week % self.plan.email_every == 0:
            emails = self._newsletter(view, state)
            left -= len(emails) * view.prices.email_eur
        letters, state = self._letters(view, state, left)
        return Decision(Actions.concat([questions, emails, letters]), standing), state

    def _may_ask(self, week: int) -> bool:
        """Half way between two rounds of learning: a question should not follow a newsletter."""
        rounds, since = divmod(week, self.plan.learn_every)
        return rounds % self.questions_at_once == 0 and since == self.plan.learn_every // 2

    # -- learning

    def learn(self, view: View, state: Memory) -> Memory:
        """Link the records, fit the values, and form beliefs, from what is known now."""
        weeks = self.plan.learn_every * self.plan.refit_every
        fresh = (view.week - self.plan.begins_week) % weeks == 0
        links, model, profiles = state.links, state.model, view.frame("profiles")
        clean = state.clean
        if fresh and self.identify:
            clean = _with_new_records(clean, view.frame("customers"))
            links = self.plan.linker(clean)
        owner = owners(profiles["customer_id"], links)
        if self.differentiate or self.interact:
            orders = view.frame("orders")
            orders = orders.assign(customer_id=owner.reindex(orders["customer_id"]).to_numpy())
            if (fresh or model is None) and can_fit(orders):
                model = ValueModel.fit(orders, view.now)
            margin = self._margin(orders, view.now, model)
        else:
            margin = pd.Series(dtype=float)
        known = self.insight(view, owner, margin)
        agreed = np.isin(profiles["customer_id"], view.agreed())
        return replace(
            state,
            clean=clean,
            links=links,
            model=model,
            known=_with_records(known, owner, profiles, agreed),
            records=owner.index.to_numpy(),
        )

    def insight(self, view: View, owner: pd.Series, margin: pd.Series) -> pd.DataFrame:
        """What the firm believes of each customer.

        Parameters
        ----------
        view : View
        owner : Series
            The believed customer behind each record.
        margin : Series
            EUR a week if left alone, of each customer; who is not there counts as 0.

        Returns
        -------
        DataFrame
            One row a believed customer: ``margin_per_week_eur``, ``product_id`` and ``relevance``
            (what its messages show, and how relevant that is believed to be),
            ``letter_gain_eur``, ``answers`` so far and, where the firm interacts,
            ``question_eur`` (the value of one question).
        """
        lines = need_counts(
            view.frame("order_lines"), view.frame("orders"), view.frame("products"), owner
        )
        asked = view.frame("questions")
        answers = answer_counts(asked, owner)
        alpha = believed(lines + answers, prior_strength(lines))
        relevance = expected_relevance(alpha)
        shown = best_to_show(relevance, self.plan.miss_penalty)
        if not self.customise:
            shown = shown.assign(show=EVERYTHING, relevance=relevance.mean(axis=1))
        eur = margin.reindex(lines.index, fill_value=0.0).to_numpy(dtype=float)
        table = {
            "margin_per_week_eur": eur,
            "product_id": product_of(shown["show"], view.frame("products")),
            "relevance": shown["relevance"].to_numpy(),
            "letter_gain_eur": gain_of_contact(eur, shown["relevance"], self.plan.letter_lift),
            "answers": answers.sum(axis=1).to_numpy(),
        }
        known = pd.DataFrame(table, index=lines.index)
        if self.interact:
            price = view.prices.question_eur + view.prices.email_eur
            rate = answer_rates(asked, owner, self.plan.answer_rate).reindex(known.index)
            worth, wear = eur * self.plan.worth_weeks, eur * self.plan.question_wear
            value = self._worth_asking(alpha, worth, rate.to_numpy(), price)
            known["question_eur"] = value - wear
        return known

    def _margin(
        self, orders: pd.DataFrame, now: np.datetime64, model: ValueModel | None
    ) -> pd.Series:
        """What each customer brings a week; the average of all without *differentiate*."""
        if model is None:
            return pd.Series(dtype=float)
        margin = model.margin_per_week(orders, now)
        return margin if self.differentiate else margin * 0.0 + margin.mean()

    def _worth_asking(
        self, alpha: NDArray, worth_eur: NDArray, rate: NDArray, price_eur: float
    ) -> NDArray[np.float64]:
        """Value of one more question to each customer."""

        def best(beliefs: NDArray) -> NDArray:
            known = expected_relevance(beliefs)
            return best_to_show(known, self.plan.miss_penalty)["relevance"].to_numpy()

        now, value = best(alpha), np.full(len(alpha), -price_eur)
        # No answer can teach more than all there is to know.
        row = np.flatnonzero(rate * worth_eur * (1.0 - now) > price_eur)
        known = alpha[row]
        chances = known / known.sum(axis=1, keepdims=True)
        after = after_each_answer(known, best)
        value[row] = value_of_question(
            now[row], after, chances, worth_eur[row], rate[row], price_eur
        )
        return value

    # -- acting

    def _ask(self, view: View, state: Memory) -> Actions:
        """One question, or one form, to each whose answer is worth more than it costs."""
        known = state.known
        assert known is not None
        due = known["agreed"] & (known["question_eur"] > 0) & (known["answers"] < _MOST_ANSWERS)
        rows = known[due].sort_values("question_eur", ascending=False, kind="stable")
        ids = np.repeat(rows["record"].to_numpy(), self.questions_at_once)
        price = view.prices.question_eur + view.prices.email_eur
        affordable = min(view.budget_eur / max(price, 1e-9), len(ids))
        whole = int(affordable // self.questions_at_once * self.questions_at_once)
        return Actions(ids[:whole], "ask_need", priority=_QUESTIONS)

    def _newsletter(self, view: View, state: Memory) -> Actions:
        """To all who agreed; with what each is to be shown."""
        agreed, known = view.agreed(), state.known
        assert known is not None
        if self.identify:
            # One record a customer; records opened since the last round stand for themselves.
            new = ~np.isin(agreed, state.records)
            agreed = np.concatenate([known.loc[known["agreed"], "record"], agreed[new]])
            agreed = agreed[np.isin(agreed, view.agreed())]
        shown = pd.Series(known["product_id"].to_numpy(), known["record"].to_numpy())
        product = shown.reindex(agreed, fill_value=0).to_numpy()
        return Actions(agreed, product_id=product, priority=_EMAILS)

    def _letters(self, view: View, state: Memory, left_eur: float) -> tuple[Actions, Memory]:
        """As many letters as the rest of the budget pays, to those next in the firm's order."""
        known = state.known
        assert known is not None
        last = state.lettered.reindex(known.index, fill_value=-520).to_numpy()
        rested = known[view.week - last >= self.plan.letter_every]
        if self.differentiate:
            margin, gain = (
                rested[c].to_numpy() for c in ("margin_per_week_eur", "letter_gain_eur")
            )
            order = first_for_letters(self.rank, margin, gain, view.prices.post_eur)
        else:
            order = np.argsort(last[known.index.get_indexer(rested.index)], kind="stable")
        many = int(np.clip(left_eur / view.prices.post_eur, 0, len(order)))
        chosen = rested.iloc[order[:many]]
        weeks = pd.Series(view.week, chosen.index, dtype=np.int64)
        lettered = pd.concat([state.lettered.drop(chosen.index, errors="ignore"), weeks])
        letters = Actions(
            chosen["record"].to_numpy(),
            "conversion",
            channel="post",
            product_id=chosen["product_id"].to_numpy(),
            priority=-np.arange(many, dtype=float),
        )
        return letters, replace(state, lettered=lettered)


def _with_new_records(clean: pd.DataFrame | None, customers: pd.DataFrame) -> pd.DataFrame:
    """Records are cleaned once, when they are new."""
    if clean is None:
        return cleaned(customers)
    new = customers[~customers["customer_id"].isin(clean["customer_id"])]
    return pd.concat([clean, cleaned(new)], ignore_index=True) if len(new) else clean


def _with_records(
    known: pd.DataFrame, owner: pd.Series, profiles: pd.DataFrame, agreed: NDArray[np.bool_]
) -> pd.DataFrame:
    """Add the record through which each customer is written to, and whether it has agreed.

    The first choice is a record that has agreed, then the one with most orders.
    """
    table = pd.DataFrame(
        {
            "record": profiles["customer_id"].to_numpy(),
            "golden": owner.to_numpy(),
            "agreed": agreed,
            "orders": profiles["orders"].to_numpy(),
        }
    )
    table = table.sort_values(
        ["agreed", "orders", "record"], ascending=[False, False, True], kind="stable"
    )
    chosen = table.drop_duplicates("golden").set_index("golden")[["record", "agreed"]]
    return known.join(chosen)
