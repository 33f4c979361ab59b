"""What happens in a week? The loop that lets the firm decide and the market answer.

Each week begins with a barrier: the policy sees the whole base as it stands and decides.
Then people step in blocks of 65,536, independently of each other; totals of the week (the
sender's reputation) are read by everybody in the next one. Nothing here draws anew: luck is
keyed by person and week (`chance.py`), so a decision changes only those whom it touches.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Chance
from crmlab.market import (
    acquisition,
    configure,
    consent,
    contracts,
    dialogue,
    identity,
    leads,
    messages,
    pages,
)
from crmlab.market.ability import Ability
from crmlab.market.addresses import new_addresses, update_addresses
from crmlab.market.admission import Admitted, Purchase, admit, codes_of
from crmlab.market.attrition import disturb
from crmlab.market.codes import FIRST, RENEWAL, WON
from crmlab.market.desk import Desk
from crmlab.market.entries import log_consent, log_refusals
from crmlab.market.execution import carried_out
from crmlab.market.log import Log
from crmlab.market.orders import Events, draw_orders
from crmlab.market.people import People
from crmlab.market.post import Post
from crmlab.market.scenario import Scenario
from crmlab.market.shocks import order_rate_factors
from crmlab.market.sight import Sight
from crmlab.market.traces import log_routines
from crmlab.market.visits import BROWSE, carts_before_orders, draw_visits
from crmlab.market.world import (
    MOST_RECORDS,
    OPT_IN,
    World,
    first_files,
    first_state,
    secret_of,
)
from crmlab.policy import Actions, Decision, Policy, View, asked
from crmlab.tables import TARGET_KINDS, WEEK_SECONDS

BLOCK = 65_536


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
        people = acquisition.draw_base(scenario, traits, customers)
        self.ability = Ability(scenario, customers)
        self.world = World(
            self.ability.scenario,
            weeks,
            customers,
            traits,
            luck,
            people,
            first_state(people, luck),
            first_files(customers, 1 if scenario.duplicate_share == 0 else MOST_RECORDS),
            order_rate_factors(scenario, luck, weeks),
            secret_of(traits),
            pool_used=np.zeros(len(scenario.pool_conversion), dtype=np.int64),
        )
        self.log = Log(self.world, folder)
        self.sight = Sight(self.world, self.log)
        self.policy, self.coin, self.block = policy, coin, block
        self.budget = np.inf if budget_eur is None else float(budget_eur)
        self.owed_eur = 0.0
        self.post = Post(self.world, self.log)
        self.desk = Desk(self.world, self.log) if scenario.has_desk else None
        born_week = people.born_s // WEEK_SECONDS
        self.by_birth = np.argsort(born_week, kind="stable")
        self.birth_edges = np.searchsorted(born_week[self.by_birth], np.arange(weeks + 1))
        self.memory: Any = asked(policy, None, None, coin.seed)[1]

    def step(self, week: int) -> None:
        """Let one week pass."""
        left = max(self.budget - self.owed_eur, 0.0)
        self.owed_eur = 0.0
        self.world.week = week
        decision = self._decide(week, left)
        self.world.standing = self.world.standing.then(decision.standing)
        self._fade(week)
        actions, lost, why = carried_out(self.world, decision.actions, week)
        self._refuse(decision.actions.where(lost), np.full(len(lost), why), week)
        admitted = admit(self.world, actions, week, left)
        self._refuse(actions, admitted.reason, week)
        self._invest(admitted, week)
        left -= admitted.spent_eur
        births = [self.by_birth[self.birth_edges[week] : self.birth_edges[week + 1]]]
        for purchase in admitted.pools:
            births.append(self._acquire(purchase, week))
        births.append(self._follow_up(admitted.leads, week))
        self._ask(admitted, week)
        self._talk(admitted, week)
        post = self.post
        post.open_week()
        post.send(admitted.messages, week)
        newborn = np.concatenate(births)
        self._register(newborn, week)
        orders, visits = self._live(newborn, week)
        post.fire_rules(orders, visits, newborn, week)
        self._take_orders(post.send_due(orders, week, left), week)
        post.close_week()
        if self.desk is not None:
            self.desk.work(week)

    def known_files(self) -> NDArray[np.int64]:
        """The files that were opened in the run."""
        return self.world.files_before(self.world.weeks * WEEK_SECONDS)

    # -- deciding

    def _decide(self, week: int, budget: float) -> Decision:
        view = View(
            week,
            self.world.scenario.prices,
            budget,
            self.coin.split(f"week {week}"),
            self.sight.at(week),
        )
        decision, self.memory = asked(self.policy, week, self.memory, view)
        return decision

    def _fade(self, week: int) -> None:
        if not self.world.touched:
            return
        s, state = self.world.scenario, self.world.state
        state.taught *= s.teaching_memory
        if s.care_habit > 0:
            state.habit += s.care_habit * (state.care - state.habit)
        state.care *= s.care_carryover
        state.grudge *= s.grudge_carryover
        state.nudge *= s.carryover
        state.fatigue *= s.fatigue_carryover
        state.recent[:, week % 4] = 0

    def _refuse(self, actions: Actions, reason: NDArray, week: int) -> None:
        row = np.flatnonzero(reason)
        if not len(row):
            return
        log_refusals(
            self.log,
            week,
            codes_of(actions.target_kind, TARGET_KINDS, len(actions))[row],
            actions.column("target_id")[row],
            actions.column("kind")[row].astype(object),
            reason[row],
        )

    def _invest(self, admitted: Admitted, week: int) -> None:
        """Put money into capabilities; what they are able to do changes slowly."""
        if not self.world.scenario.firm:
            return
        log_routines(self.world, self.log, self.ability, week)
        if len(admitted.improved):
            cents = -100.0 * float(admitted.improve_eur.sum())
            self.log.pay(week, "improving capabilities", cents, len(admitted.improved))
            self.ability.invest(admitted.improved, admitted.improve_eur)
        self.ability.improve(week)
        self.world.scenario = self.ability.scenario

    # -- acting

    def _acquire(self, wish: Purchase, week: int) -> NDArray[np.int64]:
        world, pool = self.world, wish.pool
        s = world.scenario
        used = int(world.pool_used[pool - 1])
        each = s.pool_contact_eur[pool - 1] + wish.extra_eur
        number = acquisition.next_prospects(each, wish.spend_eur, s.pool_prospects - used)
        world.pool_used[pool - 1] += number
        self.log.pay(week, "acquisition", -100.0 * (number * each), number)
        ids = acquisition.prospects(pool, used, number)
        if wish.for_cards:
            place = leads.leave_cards(world, pool, ids, week)
            self.log.put("leads", leads.cards(world, place))
            return np.zeros(0, dtype=np.int64)
        return self._join(
            acquisition.win_prospects(s, world.traits, world.luck, pool, ids, week, wish.extra_eur)
        )

    def _follow_up(self, place: NDArray[np.int64], week: int) -> NDArray[np.int64]:
        """Call leads; those who buy become customers."""
        world = self.world
        if not len(place):
            return np.zeros(0, dtype=np.int64)
        cents = -100.0 * world.scenario.phone_eur * len(place)
        self.log.pay(week, "calls to leads", cents, len(place))
        won = leads.who_buys(world, place, week)
        ids, pool = world.leads.person_id[won], world.leads.pool[won]
        return self._join(
            acquisition.newcomers(world.scenario, world.traits, world.luck, pool, ids, week)
        )

    def _join(self, won: People) -> NDArray[np.int64]:
        """Give new people their place; the places."""
        world = self.world
        start = len(world.people)
        world.people.extend(won)
        world.state.extend(first_state(won, world.luck))
        world.files.extend(first_files(len(won), world.room))
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
            world.luck.uniform("asked at", world.people.person_id[world.owner(who)], week)
            * (WEEK_SECONDS - 3600)
        ).astype(np.int64)
        log_consent(
            self.world,
            self.log,
            who[agreed],
            (week * WEEK_SECONDS + minute)[agreed],
            "asked",
            consent.ASKED,
            week,
            incentive[agreed],
        )

    def _talk(self, admitted: Admitted, week: int) -> None:
        """Put questions, and spend on care."""
        world, who = self.world, admitted.questions
        if len(who):
            world.touched = True
            by_channel = world.scenario.prices.of_channel()[admitted.question_channel]
            price = world.scenario.question_eur + by_channel
            cents = -100.0 * float(np.rint(price * 1e4).sum() / 1e4)
            self.log.pay(week, "questions", cents, len(who))
            self.log.charge(world.owner(who), price)
            self.log.put("questions", dialogue.ask(world, who, admitted.question_channel, week))
        if len(admitted.cared):
            world.touched = True
            np.add.at(world.state.care, admitted.cared, admitted.care_eur)
            cents = -100.0 * float(np.rint(admitted.care_eur * 1e4).sum() / 1e4)
            self.log.pay(week, "care", cents, len(admitted.cared))
            self.log.charge(admitted.cared, admitted.care_eur)

    # -- living

    def _register(self, newborn: NDArray, week: int) -> None:
        """Open the records of this week's new customers, each with a first order."""
        if not len(newborn):
            return
        world, born = self.world, self.world.people.born_s[newborn]
        self._open_files(world.first_file(newborn), born, week)
        self._log_addresses(newborn, born, new_addresses(world, newborn, born))
        own = newborn[newborn < world.base_size]
        cost = np.array(world.scenario.channel_cost_eur)[world.people.channel[own]]
        if len(own):
            self.log.pay(
                week, "acquisition", -100.0 * float(np.rint(cost * 100).sum() / 100), len(own)
            )

    def _open_files(self, file: NDArray, second: NDArray, week: int) -> None:
        """Open records, each with the permission given at its registration."""
        world = self.world
        world.files.opened_s[file] = second
        agreed = consent.register(world, file) == OPT_IN
        log_consent(
            world,
            self.log,
            file[agreed],
            second[agreed],
            "registration",
            consent.REGISTERED,
            week,
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
                draw_orders(world, block, week, self.post.open_s[block], self.post.pull[block])
            )
            all_visits.append(draw_visits(world, block, week))
        orders, visits = Events.concat(all_orders), Events.concat(all_visits)
        if world.scenario.process == "contract":
            self._give_notice(week)
        self.log.add("sessions", visits, week)
        if world.scenario.cart_before_order > 0:
            carts, _ = carts_before_orders(world, orders, week)
            self.log.add("sessions", carts, week)
        self._take_orders(orders, week)
        won = []
        if world.standing.page is not None:
            won.append(self._adapt_pages(visits, week))
        if world.standing.configurator is not None:
            won.append(self._configure(visits, Events.concat(won), week))
        return Events.concat([orders, *won]), visits

    def _give_notice(self, week: int) -> None:
        who, ends = contracts.notices(self.world, week)
        if len(who):
            at = self.world.luck.uniform("notice at", self.world.people.person_id[who], week)
            self.log.put(
                "notices",
                {
                    "customer_id": self.world.customer_id[self.world.first_file(who)],
                    "at": week * WEEK_SECONDS + np.floor(at * WEEK_SECONDS).astype(np.int64),
                    "ends_at": ends,
                },
            )

    def _configure(self, visits: Events, won: Events, week: int) -> Events:
        """Let visitors put products together; the orders that they end in."""
        world, rule = self.world, self.world.standing.configurator
        assert rule is not None
        world.touched = True
        already = won.position * 10_000 + (won.code - WON + BROWSE)
        columns, orders = configure.configure(world, visits, already, week, rule)
        self.log.put("configurations", columns)
        self.log.win(orders, week)
        self._take_orders(orders, week)
        n = len(orders.position)
        if n:
            self.log.pay(week, "configured orders", -100.0 * world.scenario.configure_eur * n, n)
        return orders

    def _adapt_pages(self, visits: Events, week: int) -> Events:
        """Show templates to this week's visits; the orders that they win."""
        world, rule = self.world, self.world.standing.page
        assert rule is not None
        adapted = pages.adapt(world, visits, week, rule)
        shown = adapted.visits
        file = world.order_file(shown.position, week, shown.code)
        self.log.put(
            "adaptations",
            {
                "session_id": world.event_id(file, week, shown.code),
                "customer_id": world.customer_id[file],
                "at": shown.second,
                "clicks": np.full(len(file), rule.after_clicks),
                "template": adapted.template,
                "propensity": adapted.propensity,
            },
        )
        self.log.win(adapted.orders, week)
        self._take_orders(adapted.orders, week)
        return adapted.orders

    def _take_orders(self, orders: Events, week: int) -> None:
        """Book orders: logs, the firm's counters, offers redeemed, addresses renewed."""
        if not len(orders.position):
            return
        world, state = self.world, self.world.state
        self.log.add("orders", orders, week)
        seen = (orders.code < WON) & (orders.code != RENEWAL)
        self.log.add("sessions", orders.where(seen), week)
        file = world.order_file(orders.position, week, orders.code)
        if self.desk is not None:
            self.desk.notice(orders, file, week)
        if world.room > 1:
            self._open_files(*identity.new_files(world, file, orders.second), week)
        np.add.at(world.files.orders, file, 1)
        np.maximum.at(world.files.last_order_s, file, orders.second)
        self._log_addresses(*update_addresses(world, orders, week))
        row, eur = messages.redeem(world, orders)
        if len(row):
            who = orders.position[row]
            self.log.put(
                "redemptions",
                {
                    "order_id": world.event_id(file[row], week, orders.code[row]),
                    "message_id": state.offer_message[who].copy(),
                    "redeemed_at": orders.second[row],
                    "offer_eur": eur,
                },
            )
            self.log.charge(who, eur)
            total = float(np.rint(eur * 100).sum())
            self.log.pay(week, "offers redeemed", -total, len(row))
            self.owed_eur += total / 100
