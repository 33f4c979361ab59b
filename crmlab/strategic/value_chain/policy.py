"""The CRM value chain as a policy: five stages, at each of which the chain can be cut.

Buttle (2004; 2009). Every stage uses what the stages before it have found:

- without *portfolio analysis* all customers count as the same, and letters go by turns;
- without *customer intimacy* nobody is asked, and one proposition is made to all;
- without *network development* prospects are bought from all partners alike, and the firm's own
  capabilities stay as they are;
- without *value proposition development* mails and letters show the whole assortment;
- without *managing the lifecycle* nobody is won, reminded, written a letter, or held back.

Whatever is cut, everybody who agreed gets the newsletter. So *portfolio*, *intimacy* and *network*
are pure cost until a later stage uses them: that is how the model is built, not a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from crmlab.operational.rules import cart_rule, stage_of
from crmlab.policy import Actions, Decision, Queue, Standing, View
from crmlab.strategic import one_to_one
from crmlab.strategic.lifecycle.offers import under_notice
from crmlab.strategic.value_chain.partners import improvements, is_described, worth_per_eur
from crmlab.strategic.value_chain.plan import ChainPlan
from crmlab.strategic.value_chain.portfolio import LETTER_EVERY, expected_margin, portfolio
from crmlab.strategic.value_chain.proposition import believed, one_for_all
from crmlab.tables import CAPABILITIES

STAGES = ("portfolio", "intimacy", "network", "proposition", "lifecycle")
"""The five primary stages, by short names."""
_IMPROVE, _ASK, _MAIL, _WIN = 4.0, 3.0, 2.0, 1.0  # priorities; letters have less, in their order
_SERVED = ("most valuable", "most growable", "other")
_AT_RISK = 2  # of `operational.rules.STAGES`


@dataclass(frozen=True)
class Memory:
    """What the chain carries from week to week; every week makes a new one."""

    products: pd.DataFrame | None = None
    known: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["product_id"]))
    """What was known of each customer's needs a few weeks ago; empty without *intimacy*."""
    standard: int = 0
    """The product that is shown to all where nobody is known; 0 for the whole assortment."""
    tiers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["tier", "gain_eur"]))
    """The portfolio of the last quarter; empty without *portfolio*."""
    lettered: pd.Series = field(default_factory=lambda: pd.Series(dtype=np.int64))
    """The week of the last letter to each customer."""
    base: int = 0
    """Customers when the firm began: all sums are set by it, so that versions spend alike."""
    spent_eur: tuple[float, ...] = ()
    """On each pool so far."""
    pool: int = -1
    """The place of the pool that was chosen; -1 for all alike."""
    plan: dict[str, float] = field(default_factory=dict)
    """EUR a week for capabilities, this quarter."""


@dataclass(frozen=True)
class ValueChain:
    """The five stages as a policy, each with a switch.

    Parameters
    ----------
    portfolio, intimacy, network, proposition, lifecycle : bool
    plan : ChainPlan
        Calendar, money and beliefs.

    Examples
    --------
    >>> import crmlab as crm
    >>> run = crm.simulate("retail", 200, 30, seed=7, policy=ValueChain(), budget_eur=20.0)
    >>> len(run.records.questions) > 0
    True
    >>> ValueChain(portfolio=False, network=False)
    value chain (intimacy, proposition, lifecycle)
    """

    portfolio: bool = True
    intimacy: bool = True
    network: bool = True
    proposition: bool = True
    lifecycle: bool = True
    plan: ChainPlan = ChainPlan()

    def __repr__(self) -> str:
        on = [stage for stage in STAGES if getattr(self, stage)]
        return "value chain" + ("" if len(on) == 5 else f" ({', '.join(on) or 'no stage'})")

    def start(self, seed: int) -> Memory:
        """Nothing is known yet."""
        return Memory()

    def decide(self, view: View, state: Memory) -> tuple[Decision, Memory]:
        """Learn every month, look at the whole every quarter, and do what the stages say."""
        if state.products is None:
            pools = view.frame("pools")
            state = Memory(view.frame("products"), spent_eur=(0.0,) * len(pools))
        if view.week % self.plan.learn_every == 0:
            state = self._learn(view, state)
        since = view.week - self.plan.begins_week
        if since >= 0 and not state.base:
            state = replace(state, base=len(view.column("customers", "customer_id")))
        if since >= 0 and since % self.plan.look_every == 0:
            state = self._look(view, state)
        actions = [self._improve(state), self._ask(view, state), self._mail(view, state)]
        standing = Standing()
        if self.lifecycle:
            discipline = "value" if self.portfolio else "first come, first served"
            standing = Standing(rules=(cart_rule(),), queue=Queue(discipline))
            if since >= 0:
                won, state = self._win(view, state)
                actions += [won, self._hold(view, state)]
            if since >= 0 and since % self.plan.letters_every == 0:
                letters, state = self._letters(view, state)
                actions.append(letters)
        return Decision(Actions.concat(actions), standing), state

    # -- analysis: portfolio, intimacy; resources: network

    def _learn(self, view: View, state: Memory) -> Memory:
        """What customers like: each of them, or all together."""
        assert state.products is not None
        if self.intimacy:
            return replace(state, known=believed(view, state.products))
        if self.proposition:
            return replace(state, standard=one_for_all(view, state.products))
        return state

    def _look(self, view: View, state: Memory) -> Memory:
        """Sort the customers into tiers, choose partners, and plan improvements."""
        if self.portfolio:
            clear = state.known["clearness"] if self.intimacy else None
            contract = len(view.frame("notices")) > 0
            margin = expected_margin(view.frame("orders"), view.now, contract)
            tiers = portfolio(margin, clear, self.plan.letter_lift, view.prices.post_eur)
            state = replace(state, tiers=tiers)
        if not self.network:
            return state
        if sum(state.spent_eur) > 0:
            worth = worth_per_eur(view, self.plan.begins_week, np.array(state.spent_eur))
            state = replace(state, pool=int(worth.round(9).to_numpy().argmax()))
        return replace(state, plan=self._improvements(view, state.base))

    def _improvements(self, view: View, base: int) -> dict[str, float]:
        """EUR a week until the next look; once a year, in the first quarter, they are decided."""
        if (view.week - self.plan.begins_week) % 52 or not is_described(view):
            return {}
        most = min(self.plan.improve_eur * base, view.budget_eur * self.plan.look_every / 2)
        wanted = improvements(view, most)
        return {name: eur / self.plan.look_every for name, eur in wanted.items()}

    def _improve(self, state: Memory) -> Actions:
        if not state.plan:
            return Actions()
        places = [list(CAPABILITIES).index(name) for name in state.plan]
        eur = list(state.plan.values())
        return Actions(places, "invest", "firm", spend_eur=eur, priority=_IMPROVE)

    def _ask(self, view: View, state: Memory) -> Actions:
        """One question at a time, to those whom the firm would serve better."""
        if not self.intimacy:
            return Actions()
        asked = one_to_one.AskNeeds().act(view, one_to_one.Memory(view.chance)).actions
        if not len(asked):
            return Actions()
        ids = asked.column("target_id")
        tier = state.tiers["tier"].reindex(ids).astype(object).fillna(_SERVED[2])
        return Actions(ids[tier.isin(_SERVED).to_numpy()], "ask_need", priority=_ASK)

    # -- implementation: proposition, lifecycle

    def _shown(self, ids: np.ndarray, state: Memory) -> np.ndarray | int:
        """What messages to these customers show: a product for each, one for all, or all."""
        if not (self.proposition and self.intimacy):
            return state.standard
        shown = state.known["product_id"].reindex(ids)
        return shown.fillna(0).to_numpy(dtype=np.int64)

    def _mail(self, view: View, state: Memory) -> Actions:
        if view.week % self.plan.mail_every:
            return Actions()
        ids = np.sort(view.agreed())
        return Actions(ids, product_id=self._shown(ids, state), priority=_MAIL)

    def _win(self, view: View, state: Memory) -> tuple[Actions, Memory]:
        """Buy prospects: from the partner that was chosen, or from all for the same money."""
        pools = view.column("pools", "pool_id")
        eur = min(self.plan.win_eur * state.base, self.plan.win_share * view.budget_eur)
        part = np.full(len(pools), 1.0 / max(len(pools), 1))
        if state.pool >= 0:
            part = np.eye(len(pools))[state.pool]
        chosen = np.flatnonzero(part * eur > 0)
        if not chosen.size:
            return Actions(), state
        spend = part * eur
        spent = tuple((np.array(state.spent_eur) + spend).tolist())
        won = Actions(pools[chosen], "acquire", "pool", spend_eur=spend[chosen], priority=_WIN)
        return won, replace(state, spent_eur=spent)

    def _letters(self, view: View, state: Memory) -> tuple[Actions, Memory]:
        """Letters for a sum: to those who are worth it, or by turns."""
        ids = np.sort(view.column("profiles", "customer_id"))
        last = state.lettered.reindex(ids, fill_value=-520).to_numpy()
        rested = view.week - last >= LETTER_EVERY
        if self.portfolio:
            gain = state.tiers["gain_eur"].astype(float).reindex(ids).fillna(0.0).to_numpy()
            order = np.argsort(-gain.round(9), kind="stable")
            order = order[rested[order] & (gain[order] > view.prices.post_eur)]
        else:
            order = np.argsort(last, kind="stable")
            order = order[rested[order]]
        most = self.plan.care_share * view.budget_eur
        money = min(self.plan.care_eur * self.plan.letters_every * state.base, most)
        chosen = ids[order[: int(money / max(view.prices.post_eur, 1e-9))]]
        if not chosen.size:
            return Actions(), state
        weeks = pd.Series(view.week, chosen, dtype=np.int64)
        lettered = pd.concat([state.lettered.drop(chosen, errors="ignore"), weeks])
        letters = Actions(
            chosen,
            "conversion",
            channel="post",
            product_id=self._shown(chosen, state),
            offer_eur=self._offers(view, chosen, state),
            priority=-np.arange(len(chosen), dtype=float),
        )
        return letters, replace(state, lettered=lettered)

    def _offers(self, view: View, ids: np.ndarray, state: Memory) -> np.ndarray:
        """An offer for the most valuable who have fallen silent; it takes stages 1 and 4."""
        if not (self.portfolio and self.proposition):
            return np.zeros(len(ids))
        place = pd.Index(view.column("profiles", "customer_id")).get_indexer(ids)
        silent = stage_of(view)[place] == _AT_RISK
        best = (state.tiers["tier"].reindex(ids) == "most valuable").to_numpy()
        return np.where(silent & best, self.plan.offer_eur, 0.0)

    def _hold(self, view: View, state: Memory) -> Actions:
        """An offer to those who have given notice; with a portfolio, if they are worth it."""
        ids = under_notice(view)
        if self.portfolio and len(state.tiers):
            worth = state.tiers["margin_per_week_eur"].reindex(ids).fillna(0.0).to_numpy()
            ids = ids[worth * self.plan.horizon_weeks > self.plan.save_eur]
        return Actions(ids, "conversion", channel="post", offer_eur=self.plan.save_eur)
