"""What goes out, and what comes back? The post room: messages sent, rules carried out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crmlab.market import consent, messages, triggers
from crmlab.market.consent import OK, OVER_BUDGET, TOO_MANY
from crmlab.market.entries import log_consent, log_refusals
from crmlab.market.log import Log
from crmlab.market.messages import Batch, Reactions
from crmlab.market.orders import Events
from crmlab.market.visits import CLICK
from crmlab.market.world import DOWN, World
from crmlab.tables import CHANNELS, MESSAGE_KINDS, WEEK_SECONDS

_MESSAGE, _RULE_PLACE, _PLACES = 4_000, 32, 64
_CHUNK = 65_536


class Post:
    """The post of one run; `open_week` clears what counts for one week only.

    Attributes
    ----------
    open_s, pull : arrays over people
        When this week's first message was opened (-1 if none), and the log rate added.
    totals : array
        E-mails sent, bounced, reported as spam this week.
    """

    def __init__(self, world: World, log: Log) -> None:
        self.world, self.log = world, log
        self.plan = triggers.Schedule()
        self.rule_last: dict[int, NDArray[np.int64]] = {}

    def open_week(self) -> None:
        """Start a week with nothing sent."""
        n = len(self.world.people)
        self.open_s = np.full(n, -1, dtype=np.int64)
        self.pull = np.zeros(n)
        self.totals = np.zeros(3, dtype=np.int64)
        self.spent_eur = 0.0
        last = self.world.files.last_order_s
        self.last_order_s = last.reshape(n, self.world.room).max(axis=1) if n else last.copy()

    def close_week(self) -> None:
        """Let the pull of this week's messages last, and the sender's reputation follow."""
        self.world.state.nudge += self.pull
        sent, bounced, complaints = self.totals.tolist()
        self.world.reputation = messages.next_reputation(self.world, sent, bounced, complaints)

    def send(self, batch: Batch, week: int) -> NDArray[np.int64]:
        """Send messages, the n-th to a person after the (n-1)-th; when each was clicked.

        Who withdraws on the first message of a week does not get the second.
        """
        clicked = np.full(len(batch), -1, dtype=np.int64)
        if not len(batch):
            return clicked
        self.world.touched = True
        turns = np.unique(batch.place) if batch.place.any() else [0]
        for turn in turns:
            rows = np.flatnonzero(batch.place == turn)
            if turn != turns[0]:
                part = batch.where(rows)
                reason = consent.refusals(self.world, part.file, part.channel)
                self._refused(part, reason, week)
                rows = rows[reason == 0]
            self._charge(batch.where(rows), week)
            for begin in range(0, len(rows), _CHUNK):
                few = rows[begin : begin + _CHUNK]
                clicked[few] = self._send_part(batch.where(few), week)
        return clicked

    def _charge(self, batch: Batch, week: int) -> None:
        price = self.world.scenario.prices.of_channel()
        for channel, number in enumerate(np.bincount(batch.channel, minlength=len(CHANNELS))):
            if number:
                cents = -100.0 * float(price[channel]) * int(number)
                self.log.pay(week, f"messages by {CHANNELS[channel]}", cents, int(number))
        self.log.charge(batch.position, price[batch.channel])

    def _send_part(self, batch: Batch, week: int) -> NDArray[np.int64]:
        world, who = self.world, batch.position
        reactions = messages.send(world, batch, week)
        world.state.recent[who, week % 4] += 1
        first = (self.open_s[who] < 0) | (
            (reactions.open_s >= 0) & (reactions.open_s < self.open_s[who])
        )
        self.open_s[who] = np.where(first, reactions.open_s, self.open_s[who])
        self.pull[who] += reactions.pull
        ids = world.event_id(batch.file, week, _MESSAGE + batch.place)
        offered = (reactions.open_s >= 0) & (batch.offer_eur > 0)
        world.state.offer_message[who[offered]] = ids[offered]
        self._log_messages(batch, ids, reactions)
        events = np.bincount(reactions.event, minlength=5)
        email = int((batch.channel == 0).sum())
        self.totals += (email, events[messages.BOUNCE], events[messages.COMPLAINT])
        self._after_reactions(batch, reactions, week)
        return reactions.click_s

    def _log_messages(self, batch: Batch, ids: NDArray, reactions: Reactions) -> None:
        customer = self.world.customer_id[batch.file]
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
                file, second = batch.file[reactions.row[mine]], reactions.second[mine]
                place = batch.place[reactions.row[mine]]
                down = world.files.consent[file] == DOWN
                if event == messages.UNSUBSCRIBE and down.any():
                    log_consent(
                        self.world,
                        self.log,
                        file[down],
                        second[down],
                        "preference centre",
                        consent.CHANGED,
                        week,
                        place=place[down],
                    )
                    file, second, place = file[~down], second[~down], place[~down]
                log_consent(
                    self.world, self.log, file, second, origin, consent.LEFT, week, place=place
                )
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

    def fire_rules(self, orders: Events, visits: Events, newborn: NDArray, week: int) -> None:
        """Let the standing rules answer what happened this week."""
        for number, rule in enumerate(self.world.standing.rules or ()):
            last = self.rule_last.get(number)
            missing = len(self.world.files) - (0 if last is None else len(last))
            if last is None or missing:
                old = np.zeros(0, dtype=np.int64) if last is None else last
                last = np.concatenate([old, np.full(missing, -1, dtype=np.int64)])
                self.rule_last[number] = last
            fired = triggers.firings(self.world, rule, week, orders, visits, newborn)
            triggers.schedule(self.world, rule, number, fired, self.plan, last)

    def send_due(self, orders: Events, week: int, left: float) -> Events:
        """Send what rules have scheduled up to the end of the week; the orders won back.

        ``orders`` are the week's so far: they stop messages that they make idle.
        """
        due = self.plan.due((week + 1) * WEEK_SECONDS)
        if due is None:
            return Events.concat([])
        batch = self._with_places(due, week)
        ordered, won = triggers.Ordered(self.last_order_s, orders), [Events.concat([])]
        for turn in np.unique(batch.place):
            part = batch.where(batch.place == turn)
            idle = ordered.between(part.position, part.event_s, part.second)
            part = self._within_budget(part.where(~(part.unless_ordered & idle)), week, left)
            won.append(
                triggers.recovered_orders(self.world, part, self.send(part, week), ordered, week)
            )
            ordered = ordered.and_then(won[-1])
        return Events.concat(won)

    def _within_budget(self, batch: Batch, week: int, left: float) -> Batch:
        """The messages that law, wish and budget allow, by time; the rest is refused."""
        reason = consent.refusals(self.world, batch.file, batch.channel)
        price = self.world.scenario.prices.of_channel()[batch.channel]
        by_time = np.lexsort((batch.position, batch.second))
        by_time = by_time[reason[by_time] == 0]
        running = np.cumsum(np.rint(price[by_time] * 1e4)) / 1e4
        within = running <= left - self.spent_eur + 1e-9
        reason[by_time[~within]] = OVER_BUDGET
        self.spent_eur += float(running[within].max(initial=0.0))
        return self._refused(batch, reason, week)

    def _refused(self, batch: Batch, reason: NDArray, week: int) -> Batch:
        """Keep the refusals, and give back the messages that are left."""
        row = np.flatnonzero(reason)
        if not len(row):
            return batch
        log_refusals(
            self.log,
            week,
            np.zeros(len(row), dtype=np.int8),
            self.world.customer_id[batch.file[row]],
            np.array(MESSAGE_KINDS, dtype=object)[batch.kind[row]],
            reason[row],
        )
        return batch.where(reason == 0)

    def _with_places(self, batch: Batch, week: int) -> Batch:
        """Number the rules' messages to each person within the week, in order of time."""
        order = np.lexsort((batch.second, batch.position))
        batch = batch.where(order)
        first = np.searchsorted(batch.position, batch.position)
        place = _RULE_PLACE + np.arange(len(batch)) - first
        batch = replace(batch, place=place)
        return self._refused(batch, np.where(place < _PLACES, OK, TOO_MANY).astype(np.int8), week)
