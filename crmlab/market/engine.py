"""What happens in a week? The loop that lets the firm decide and the market answer.

Each week begins with a barrier: the policy sees the whole base as it stands and decides.
Then people step in blocks of 65,536, independently of each other; totals of the week (the
sender's reputation) are read by everybody in the next one. Nothing here draws anew: luck is
keyed by person and week (`chance.py`), so a decision changes only those whom it touches.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Chance
from crmlab.market import acquisition, consent, messages, triggers
from crmlab.market.addresses import new_addresses, update_addresses
from crmlab.market.admission import Admitted, admit
from crmlab.market.attrition import disturb
from crmlab.market.consent import OVER_BUDGET, REASONS
from crmlab.market.log import Log
from crmlab.market.messages import Batch, Reactions
from crmlab.market.orders import FIRST, Events, draw_orders
from crmlab.market.scenario import Scenario
from crmlab.market.shocks import order_rate_factors
from crmlab.market.sight import Sight
from crmlab.market.visits import CLICK, carts_before_orders, draw_visits
from crmlab.market.world import DOWN, OPT_IN, World, first_state, secret_of
from crmlab.policy import Decision, Policy, PolicyError, View, as_decision
from crmlab.tables import CHANNELS, MESSAGE_KINDS, TARGET_KINDS, WEEK_SECONDS

BLOCK = 65_536
_MESSAGE, _RULE_PLACE = 4_000, 32
_CHUNK = 65_536


class Engine:
    """One run in the making: a world, a policy, and what is kept of them."""

    def __init__(
        self,
        scenario: Scenario,
        customers: int,
        weeks: int,
        traits: Chance,
        luck: Chance,
        coin: Chance,
        policy: Policy,
        budget_eur: float | None,
        folder: Path | None,
        block: int = BLOCK,
    ) -> None:
        people = acquisition.draw_base(scenario, traits, customers, weeks)
        self.world = World(
            scenario,
            weeks,
            customers,
            traits,
            luck,
            people,
            first_state(people, luck),
            order_rate_factors(scenario, luck, weeks),
            secret_of(traits),
            pool_used=np.zeros(len(scenario.pool_conversion), dtype=np.int64),
        )
        self.log = Log(self.world, folder)
        self.sight = Sight(self.world, self.log)
        self.policy, self.coin, self.block = policy, coin, block
        self.budget = np.inf if budget_eur is None else float(budget_eur)
        self.owed_eur = 0.0
        self.plan = triggers.Schedule()
        self.rule_last: dict[int, NDArray[np.int64]] = {}
        self.refused = 0
        born_week = people.born_s // WEEK_SECONDS
        self.by_birth = np.argsort(born_week, kind="stable")
        self.birth_edges = np.searchsorted(born_week[self.by_birth], np.arange(weeks + 1))
        self.memory: Any = policy.start(coin.seed)

    def step(self, week: int) -> None:
        """Let one week pass."""
        left = max(self.budget - self.owed_eur, 0.0)
        self.owed_eur = 0.0
        decision = self._decide(week, left)
        self.world.standing = self.world.standing.then(decision.standing)
        self._fade(week)
        admitted = admit(self.world, decision.actions, week, left)
        self._refuse(decision, admitted, week)
        left -= admitted.spent_eur
        births = [self.by_birth[self.birth_edges[week] : self.birth_edges[week + 1]]]
        for pool, spend in admitted.pools:
            births.append(self._acquire(pool, spend, week))
        self._ask(admitted, week)
        self._open_s = np.full(len(self.world.people), -1, dtype=np.int64)
        self._pull = np.zeros(len(self.world.people))
        self._totals = np.zeros(3, dtype=np.int64)
        self._rule_places = np.zeros(len(self.world.people), dtype=np.int16)
        self._send(admitted.messages, week)
        self._spent_by_rules = 0.0
        early = self._send_due(week, left)
        newborn = np.concatenate(births)
        self._register(newborn, week)
        orders, visits = self._live(newborn, week)
        self._take_orders(early, week)
        self._fire_rules(orders, visits, newborn, week)
        self._take_orders(self._send_due(week, left), week)
        self.world.state.nudge += self._pull
        sent, bounced, complaints = self._totals.tolist()
        self.world.reputation = messages.next_reputation(self.world, sent, bounced, complaints)

    # -- deciding

    def _decide(self, week: int, budget: float) -> Decision:
        view = View(
            week,
            self.world.scenario.prices,
            budget,
            self.coin.split(f"week {week}"),
            self.sight.at(week),
        )
        try:
            answer = self.policy.decide(view, self.memory)
        except PolicyError:
            raise
        except Exception as error:
            raise PolicyError(
                f"the policy {self.policy!r} raised {type(error).__name__} in week {week}: {error}"
            ) from error
        if not (isinstance(answer, tuple) and len(answer) == 2):
            raise PolicyError(
                f"the policy {self.policy!r} must return (Decision, state) from decide, "
                f"got {answer!r:.80} in week {week}."
            )
        try:
            decision = as_decision(answer[0])
        except (TypeError, ValueError) as error:
            raise PolicyError(f"week {week}: {error}") from error
        self.memory = answer[1]
        return decision

    def _fade(self, week: int) -> None:
        if not self.world.touched:
            return
        s, state = self.world.scenario, self.world.state
        state.nudge *= s.carryover
        state.fatigue *= s.fatigue_carryover
        state.recent[:, week % 4] = 0

    def _refuse(self, decision: Decision, admitted: Admitted, week: int) -> None:
        row = np.flatnonzero(admitted.reason)
        if not len(row):
            return
        actions = decision.actions
        kinds = actions.column("kind")[row].astype(object)
        target = actions.column("target_kind")[row]
        codes = np.searchsorted(np.array(sorted(TARGET_KINDS)), target.astype(str))
        to_code = np.array([TARGET_KINDS.index(k) for k in sorted(TARGET_KINDS)])
        self._log_refusals(
            week, to_code[codes], actions.column("target_id")[row], kinds, admitted.reason[row]
        )

    def _log_refusals(
        self, week: int, target: NDArray, ids: NDArray, kinds: NDArray, reason: NDArray
    ) -> None:
        n = len(ids)
        self.log.put(
            "refusals",
            {
                "refusal_id": week * 10**9 + self.refused + np.arange(n),
                "at": np.full(n, week * WEEK_SECONDS),
                "target_kind": target,
                "target_id": ids,
                "kind": kinds,
                "reason": np.array(REASONS, dtype=object)[reason],
            },
        )
        self.refused += n
        for code, number in enumerate(np.bincount(reason)):
            if number:
                self.log.pay(week, f"refused: {REASONS[code]}", 0.0, int(number))

    # -- acting

    def _acquire(self, pool: int, spend_eur: float, week: int) -> NDArray[np.int64]:
        world = self.world
        s = world.scenario
        used = int(world.pool_used[pool - 1])
        number = acquisition.next_prospects(
            s.pool_contact_eur[pool - 1], spend_eur, s.pool_prospects - used
        )
        world.pool_used[pool - 1] += number
        cost = number * s.pool_contact_eur[pool - 1]
        self.log.pay(week, "acquisition", -100.0 * cost, number)
        won = acquisition.win_prospects(s, world.traits, world.luck, pool, used, number, week)
        start = len(world.people)
        world.people.extend(won)
        world.state.extend(first_state(won, world.luck))
        return np.arange(start, len(world.people))

    def _ask(self, admitted: Admitted, week: int) -> None:
        who, incentive = admitted.asked, admitted.incentive_eur
        if not len(who):
            return
        world = self.world
        world.touched = True
        agreed = consent.ask(world, who, incentive, week)
        self.log.pay(
            week, "asking for consent", -100.0 * world.scenario.ask_eur * len(who), len(who)
        )
        if agreed.any():
            self.log.pay(
                week,
                "incentives for consent",
                -100.0 * float(incentive[agreed].sum()),
                int(agreed.sum()),
            )
        minute = 60 + np.floor(
            world.luck.uniform("asked at", world.people.person_id[who], week)
            * (WEEK_SECONDS - 3600)
        ).astype(np.int64)
        self._log_consent(
            who[agreed],
            (week * WEEK_SECONDS + minute)[agreed],
            "asked",
            consent.ASKED,
            week,
            incentive[agreed],
        )

    def _log_consent(
        self,
        who: NDArray,
        second: NDArray,
        origin: str,
        code: int,
        week: int,
        incentive: NDArray | float = 0.0,
        place: NDArray | int = 0,
    ) -> None:
        state = self.world.state
        self.log.put(
            "consents",
            {
                "consent_id": self.world.event_id(who, week, np.full(len(who), code) + place),
                "customer_id": self.world.customer_id[who],
                "at": second,
                "status": state.consent[who].copy(),
                "origin": np.full(len(who), consent.ORIGIN[origin], dtype=np.int8),
                "incentive_eur": np.broadcast_to(np.asarray(incentive, dtype=float), (len(who),)),
                "cap_per_4_weeks": state.cap[who].copy(),
            },
        )

    def _send(self, batch: Batch, week: int) -> NDArray[np.int64]:
        """Send messages, the n-th to a person after the (n-1)-th; when each was clicked."""
        clicked = np.full(len(batch), -1, dtype=np.int64)
        if not len(batch):
            return clicked
        self.world.touched = True
        for channel in range(len(CHANNELS)):
            number = int((batch.channel == channel).sum())
            if number:
                price = float(self.world.scenario.prices.of_channel()[channel])
                self.log.pay(
                    week, f"messages by {CHANNELS[channel]}", -100.0 * price * number, number
                )
        self.log.charge(batch.position, self.world.scenario.prices.of_channel()[batch.channel])
        turns = np.unique(batch.place) if batch.place.any() else [0]
        for turn in turns:
            rows = np.flatnonzero(batch.place == turn)
            for begin in range(0, len(rows), _CHUNK):
                part = rows[begin : begin + _CHUNK]
                clicked[part] = self._send_part(batch.where(part), week)
        return clicked

    def _send_part(self, batch: Batch, week: int) -> NDArray[np.int64]:
        world, who = self.world, batch.position
        reactions = messages.send(world, batch, week)
        world.state.recent[who, week % 4] += 1
        first = (self._open_s[who] < 0) | (
            (reactions.open_s >= 0) & (reactions.open_s < self._open_s[who])
        )
        self._open_s[who] = np.where(first, reactions.open_s, self._open_s[who])
        self._pull[who] += reactions.pull
        ids = world.event_id(who, week, _MESSAGE + batch.place)
        offered = (reactions.open_s >= 0) & (batch.offer_eur > 0)
        world.state.offer_message[who[offered]] = ids[offered]
        self._log_messages(batch, ids, reactions)
        events = np.bincount(reactions.event, minlength=5)
        email = int((batch.channel == 0).sum())
        self._totals += (email, events[messages.BOUNCE], events[messages.COMPLAINT])
        self._after_reactions(batch, reactions, week)
        return reactions.click_s

    def _log_messages(self, batch: Batch, ids: NDArray, reactions: Reactions) -> None:
        customer = self.world.customer_id[batch.position]
        self.log.put(
            "messages",
            {
                "message_id": ids,
                "customer_id": customer,
                "sent_at": batch.second,
                "channel": batch.channel,
                "kind": batch.kind,
                "product_id": batch.product_id,
                "offer_eur": batch.offer_eur,
                "cell": batch.cell,
                "propensity": batch.propensity,
            },
        )
        self.log.put(
            "responses",
            {
                "message_id": ids[reactions.row],
                "event": reactions.event,
                "customer_id": customer[reactions.row],
                "at": reactions.second,
            },
        )

    def _after_reactions(self, batch: Batch, reactions: Reactions, week: int) -> None:
        """Log withdrawn permissions, and the visits that clicks open."""
        world = self.world
        if world.scenario.email_effect > 0:
            for event, origin in (
                (messages.COMPLAINT, "spam button"),
                (messages.UNSUBSCRIBE, "unsubscribe link"),
            ):
                mine = reactions.event == event
                who, second = batch.position[reactions.row[mine]], reactions.second[mine]
                place = batch.place[reactions.row[mine]]
                down = world.state.consent[who] == DOWN
                if event == messages.UNSUBSCRIBE and down.any():
                    self._log_consent(
                        who[down],
                        second[down],
                        "preference centre",
                        consent.CHANGED,
                        week,
                        place=place[down],
                    )
                    who, second, place = who[~down], second[~down], place[~down]
                self._log_consent(who, second, origin, consent.LEFT, week, place=place)
        clicked = reactions.event == messages.CLICK
        if world.scenario.click_visits > 0 and clicked.any():
            row = reactions.row[clicked]
            visits = Events(
                batch.position[row], reactions.second[clicked], CLICK + batch.place[row]
            )
            opens = world.luck.uniform(
                "click visit", world.people.person_id[visits.position], week * 64 + batch.place[row]
            )
            self.log.add("sessions", visits.where(opens < world.scenario.click_visits), week)

    # -- living

    def _register(self, newborn: NDArray, week: int) -> None:
        """Open the records of this week's new customers, each with a first order."""
        if not len(newborn):
            return
        world, born = self.world, self.world.people.born_s[newborn]
        consent.register(world, newborn)
        agreed = world.state.consent[newborn] == OPT_IN
        self._log_consent(newborn[agreed], born[agreed], "registration", consent.REGISTERED, week)
        self._log_addresses(newborn, born, new_addresses(world, newborn, born))
        own = newborn[newborn < world.base_size]
        cost = np.array(world.scenario.channel_cost_eur)[world.people.channel[own]]
        if len(own):
            self.log.pay(
                week, "acquisition", -100.0 * float(np.rint(cost * 100).sum() / 100), len(own)
            )

    def _log_addresses(self, who: NDArray, since: NDArray, until: NDArray) -> None:
        end = self.world.weeks * WEEK_SECONDS
        self.log.put(
            "true_addresses",
            {
                "person_id": self.world.people.person_id[who],
                "valid_from": since,
                "valid_to": np.where(until < end, until, -1),
            },
        )

    def _live(self, newborn: NDArray, week: int) -> tuple[Events, Events]:
        """Leaving, orders and visits of everybody, block by block."""
        world = self.world
        first = Events(
            newborn, world.people.born_s[newborn], np.full(len(newborn), FIRST, dtype=np.int64)
        )
        all_orders, all_visits = [first], []
        for begin in range(0, len(world.people), self.block):
            block = slice(begin, min(begin + self.block, len(world.people)))
            if world.touched and world.scenario.email_effect > 0:
                disturb(world, block, week)
            all_orders.append(
                draw_orders(world, block, week, self._open_s[block], self._pull[block])
            )
            all_visits.append(draw_visits(world, block, week))
        orders, visits = Events.concat(all_orders), Events.concat(all_visits)
        self.log.add("sessions", visits, week)
        if world.scenario.cart_before_order > 0:
            carts, _ = carts_before_orders(world, orders, week)
            self.log.add("sessions", carts, week)
        self._take_orders(orders, week)
        return orders, visits

    def _take_orders(self, orders: Events, week: int) -> None:
        """Book orders: logs, the firm's counters, offers redeemed, addresses renewed."""
        if not len(orders.position):
            return
        world, state = self.world, self.world.state
        self.log.add("orders", orders, week)
        self.log.add("sessions", orders, week)
        np.add.at(state.orders, orders.position, 1)
        np.maximum.at(state.last_order_s, orders.position, orders.second)
        self._log_addresses(*update_addresses(world, orders, week))
        row, eur = messages.redeem(world, orders)
        if len(row):
            who = orders.position[row]
            self.log.put(
                "redemptions",
                {
                    "order_id": world.event_id(who, week, orders.code[row]),
                    "message_id": state.offer_message[who].copy(),
                    "redeemed_at": orders.second[row],
                    "offer_eur": eur,
                },
            )
            self.log.charge(who, eur)
            total = float(np.rint(eur * 100).sum())
            self.log.pay(week, "offers redeemed", -total, len(row))
            self.owed_eur += total / 100

    # -- standing rules

    def _fire_rules(self, orders: Events, visits: Events, newborn: NDArray, week: int) -> None:
        for number, rule in enumerate(self.world.standing.rules or ()):
            last = self.rule_last.get(number)
            missing = len(self.world.people) - (0 if last is None else len(last))
            if last is None or missing:
                old = np.zeros(0, dtype=np.int64) if last is None else last
                last = np.concatenate([old, np.full(missing, -1, dtype=np.int64)])
                self.rule_last[number] = last
            fired = triggers.firings(self.world, rule, week, orders, visits, newborn)
            triggers.schedule(self.world, rule, number, fired, self.plan, last)

    def _send_due(self, week: int, left: float) -> Events:
        """Send what rules have scheduled up to the end of the week; the orders won back."""
        batch = self.plan.due(self.world, (week + 1) * WEEK_SECONDS)
        if batch is None:
            return Events.concat([])
        reason = consent.refusals(self.world, batch.position, batch.channel)
        price = self.world.scenario.prices.of_channel()[batch.channel]
        by_time = np.lexsort((batch.position, batch.second))
        by_time = by_time[reason[by_time] == 0]
        running = np.cumsum(np.rint(price[by_time] * 1e4)) / 1e4
        within = running <= left - self._spent_by_rules + 1e-9
        reason[by_time[~within]] = OVER_BUDGET
        self._spent_by_rules += float(running[within].max(initial=0.0))
        row = np.flatnonzero(reason)
        if len(row):
            self._log_refusals(
                week,
                np.zeros(len(row), dtype=np.int8),
                self.world.customer_id[batch.position[row]],
                np.array(MESSAGE_KINDS, dtype=object)[batch.kind[row]],
                reason[row],
            )
        batch = self._with_places(batch.where(reason == 0))
        return triggers.recovered_orders(self.world, batch, self._send(batch, week), week)

    def _with_places(self, batch: Batch) -> Batch:
        """Number the rules' messages to each person within the week, in order of time."""
        order = np.lexsort((batch.second, batch.position))
        batch = batch.where(order)
        first = np.searchsorted(batch.position, batch.position)
        rank = np.arange(len(batch)) - first
        place = np.minimum(_RULE_PLACE + self._rule_places[batch.position] + rank, 63)
        np.add.at(self._rule_places, batch.position, 1)
        return replace(batch, place=place.astype(np.int64))
