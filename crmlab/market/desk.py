"""How are customers served who turn to the firm? A queue for agents with skills and shifts.

Cases wait for an agent in the order of the firm's `Queue`. Inside the week the desk is a
discrete-event simulation in seconds; what it does to people counts from the next week on. Each
agent has a subject of their own, and answers it faster and better. Somebody on the phone hangs up
when patience is at an end; whoever wrote reminds the firm once, which may be taken for a new case,
and in the end turns away. What was not solved comes back. *Satisfaction* is 0 for an
unsolved case, else 1 less what waiting takes away; what is missing leaves a grudge (which hastens
leaving, `attrition.py`) and costs trust. Laws and numbers are *assumed*; queues with impatient
customers are Palm's (Erlang A).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import mix
from crmlab.market.cases import (
    COMPLAINT,
    ENQUIRY,
    MOST_ROUNDS,
    PHONE,
    Cases,
    Luck,
    arising,
    deliver,
    draw_round,
)
from crmlab.market.orders import Events
from crmlab.market.shifts import Shift, hours_a_week
from crmlab.policy import Queue
from crmlab.tables import CASE_CAUSES, CONTACTS, WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.log import Log
    from crmlab.market.world import World

OPENED, CHASED, ANSWERED, GAVE_UP = range(len(CONTACTS))
_FIRST_COME = "first come, first served"
_PAUSE_DAYS, _CHASE_MINUTES = 3.0, 3.0  # assumed
_SURVEY_AFTER_S = 2 * 86_400


@dataclass
class _Ticket:
    """One round of one case: when it came in, and what chance holds for it."""

    batch: Cases
    index: int
    round: int
    second: int
    luck: Luck
    follows: int = 0
    chased: bool = False
    lineage: int = 1
    """How the round came about: 1 and, for each round before it, a bit for "taken for new"."""

    @property
    def number(self) -> int:
        return int(self.batch.number[self.index]) * MOST_ROUNDS + self.round

    @property
    def position(self) -> int:
        return int(self.batch.position[self.index])

    @property
    def kind(self) -> int:
        return int(self.batch.kind[self.index])

    @property
    def cause(self) -> int:
        return int(self.batch.cause[self.index])

    @property
    def channel(self) -> int:
        return int(self.batch.channel[self.index])


class Desk:
    """The service desk of one run."""

    def __init__(self, world: World, log: Log) -> None:
        self.world, self.log = world, log
        self.coming: list[tuple[int, int, int, _Ticket]] = []
        self.waiting: list[list[tuple[Any, ...]]] = [[] for _ in CASE_CAUSES]
        self.free: list[tuple[int, int]] = []
        self.shifts: list[Shift] = []
        self.rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.felt: list[tuple[int, float, float, int]] = []

    # -- what comes in

    def notice(self, orders: Events, file: NDArray, week: int) -> None:
        """Deliver these orders, and note the cases that they will make."""
        world, end = self.world, self.world.weeks * WEEK_SECONDS
        sent = deliver(world, orders, week)
        row = np.flatnonzero(sent.delivered_s < end)
        self.log.put(
            "deliveries",
            {
                "order_id": world.event_id(file[row], week, orders.code[row]),
                "customer_id": world.customer_id[file[row]],
                "partner": sent.partner[row],
                "promised_at": sent.promised_s[row],
                "delivered_at": sent.delivered_s[row],
            },
        )
        cases = arising(world, orders, file, sent, week)
        for i in np.flatnonzero(cases.second < end).tolist():
            self._expect(_Ticket(cases, i, 0, int(cases.second[i]), draw_round(world, cases, i, 0)))

    def _expect(self, ticket: _Ticket) -> None:
        if ticket.channel == PHONE:
            staff = self.shifts or [Shift(0, self.world.scenario.shift_hours)]
            ticket.second = staff[ticket.position % len(staff)].called(ticket.second)
        if ticket.second < self.world.weeks * WEEK_SECONDS:
            entry = (ticket.second, ticket.position, ticket.number, ticket)
            heapq.heappush(self.coming, entry)

    # -- a week

    def work(self, week: int) -> None:
        """Serve until the end of a week, and let customers feel how it was."""
        end = (week + 1) * WEEK_SECONDS
        queue = self.world.standing.queue or Queue()
        self._man(queue, week)
        while True:
            comes = self.coming[0][0] if self.coming else end
            starts = self._next_start(comes) if any(self.waiting) else end
            if min(comes, starts) >= end:
                break
            if comes <= starts:
                self._arrive(heapq.heappop(self.coming)[-1], queue)
            else:
                self._serve(starts, queue)
        self._feel(week)
        self._write_down()

    def _man(self, queue: Queue, week: int) -> None:
        """So many agents as the firm has hired; who is new begins now."""
        s = self.world.scenario
        usual = self.world.base_size / s.customers_per_agent
        agents = max(round(usual), 1) if queue.agents is None else queue.agents
        hours = s.shift_hours * (min(usual / agents, 1.0) if queue.agents is None else 1.0)
        if agents != len(self.shifts):
            busy = {agent: free for free, agent in self.free if agent < agents}
            self.shifts = [Shift(agent, hours) for agent in range(agents)]
            begin = week * WEEK_SECONDS
            self.free = [
                (shift.next(max(busy.get(agent, begin), 0)), agent)
                for agent, shift in enumerate(self.shifts)
            ]
            heapq.heapify(self.free)
        paid = agents * hours_a_week(hours) * s.agent_hour_eur
        self.log.pay(week, "service desk", -round(100.0 * paid), agents)

    def _next_start(self, until: int) -> int:
        """When the next agent can take a case; beyond ``until`` it does not matter when."""
        if not self.free:
            return until + 1
        return self.free[0][0]

    def _arrive(self, ticket: _Ticket, queue: Queue, noted: int = 0) -> None:
        self._record(ticket, noted)
        heapq.heappush(self.waiting[ticket.cause], (*self._rank(ticket, queue), ticket))
        self._wake(ticket.second)
        if ticket.kind == COMPLAINT:
            self.world.state.open_complaints[ticket.position] += 1
            self.world.state.complaint_s[ticket.position] = ticket.second

    def _wake(self, now: int) -> None:
        """Agents who have been idle can begin now, or when their shift does."""
        while self.free and self.free[0][0] < now:
            _, agent = heapq.heappop(self.free)
            heapq.heappush(self.free, (self.shifts[agent].next(now), agent))

    def _rank(self, ticket: _Ticket, queue: Queue) -> tuple[float, int, int, int]:
        """Smaller is served first; the firm judges by what its own screen shows."""
        first = 0.0
        if queue.discipline == "priority":
            first = -float(ticket.kind)
        elif queue.discipline == "value":
            orders = self.world.files.orders[ticket.batch.file[ticket.index]]
            first = -float(orders) * (1.0 + ticket.kind)
        return first, ticket.second, ticket.position, ticket.number

    # -- an answer

    def _serve(self, now: int, queue: Queue) -> None:
        """The next free agent takes up a case, or finds that nobody waits any more."""
        s = self.world.scenario
        _, agent = heapq.heappop(self.free)
        ticket = self._take(agent, queue)
        patience = self._patience(ticket)
        waited = now - ticket.second
        limit = patience * (1.0 if ticket.channel == PHONE else s.gives_up_after)
        if waited > limit:
            self._lose(ticket, int(limit), patience, now)
            heapq.heappush(self.free, (now, agent))
            return
        if waited > patience and not ticket.chased:
            self._chase(ticket, int(ticket.second + patience), queue, now)
        done = self._answer(ticket, agent, now, waited, patience)
        heapq.heappush(self.free, (self.shifts[agent].next(done), agent))

    def _take(self, agent: int, queue: Queue) -> _Ticket:
        """By skill, an agent takes cases of the own subject first."""
        own = agent % len(CASE_CAUSES)
        heap = self.waiting[own]
        if not (queue.routing == "skill" and heap):
            heap = min((h for h in self.waiting if h), key=lambda h: h[0][:-1])
        ticket: _Ticket = heapq.heappop(heap)[-1]
        return ticket

    def _patience(self, ticket: _Ticket) -> float:
        """Seconds."""
        factor = 1.0 if ticket.channel == PHONE else self.world.scenario.written_patience
        return float(60.0 * self.world.people.patience[ticket.position] * factor)

    def _lose(self, ticket: _Ticket, waited: int, patience: float, now: int) -> None:
        """Somebody hangs up, and perhaps calls again; or has written in vain. It is seen now."""
        gone = ticket.second + waited
        self._contact(ticket, GAVE_UP, gone, 0, 0.0, False, 0, now)
        self._judge(ticket, 0.0, False, waited, patience, now)
        if ticket.channel == PHONE:
            self._again(ticket, gone)

    def _chase(self, ticket: _Ticket, second: int, queue: Queue, now: int) -> None:
        """A reminder; where channels are not joined up it is taken for a new case."""
        ticket.chased = True
        new = ticket.luck.chases < self.world.scenario.chase_opens_case
        self._contact(ticket, CHASED, second, 0, 0.0, not new, 0, now)
        if new and ticket.round + 1 < MOST_ROUNDS:
            twin = self._next_round(ticket, second, taken_for_new=True)
            twin.chased = True
            self._arrive(twin, queue, now)

    def _answer(self, ticket: _Ticket, agent: int, now: int, waited: int, patience: float) -> int:
        """Answer a case; when it is done."""
        s, luck = self.world.scenario, ticket.luck
        expert = agent % len(CASE_CAUSES) == ticket.cause
        seen = ticket.round == 0 or luck.seen >= s.unseen_history
        early = luck.early < s.closed_early
        minutes = s.handling_minutes * float(
            np.exp(s.handling_log_sd * luck.time - s.handling_log_sd**2 / 2)
        )
        minutes *= (s.specialist_factor if expert else 1.0) * (1.0 if seen else 1.0 + s.unseen_cost)
        minutes = minutes * (0.5 if early else 1.0) + _CHASE_MINUTES * ticket.chased
        done = self.shifts[agent].after(now, max(int(round(60.0 * minutes)), 1))
        quality = self._quality(ticket, expert, seen) * (0.0 if early else 1.0)
        solved = luck.solved < quality
        coded = ticket.kind == COMPLAINT and luck.coded < s.coded_share
        cause = 1 + ticket.cause if coded else 0
        self._contact(ticket, ANSWERED, done, agent + 1, minutes, seen and ticket.round > 0, cause)
        self._judge(ticket, quality, solved, waited, patience, done)
        if not solved:
            self._again(ticket, done)
        return done

    def _quality(self, ticket: _Ticket, expert: bool, seen: bool) -> float:
        """Chance that an answer solves the case."""
        s = self.world.scenario
        quality = s.answer_quality + s.specialist_gain * expert
        quality *= s.complaint_quality if ticket.kind == COMPLAINT else 1.0
        return float(np.clip(quality * (1.0 if seen else 1.0 - s.unseen_cost), 0.0, 1.0))

    def _again(self, ticket: _Ticket, second: int) -> None:
        """What was not solved may come back, some days later."""
        back = second + int(ticket.luck.pause * _PAUSE_DAYS * 86_400)
        returns = ticket.luck.returns < self.world.scenario.return_share
        if returns and ticket.round + 1 < MOST_ROUNDS and back < self.world.weeks * WEEK_SECONDS:
            self._expect(self._next_round(ticket, back))

    def _next_round(self, ticket: _Ticket, second: int, taken_for_new: bool = False) -> _Ticket:
        luck = draw_round(self.world, ticket.batch, ticket.index, ticket.round + 1)
        return _Ticket(
            ticket.batch,
            ticket.index,
            ticket.round + 1,
            second,
            luck,
            follows=self._case_id(ticket),
            lineage=2 * ticket.lineage + taken_for_new,
        )

    # -- what it does

    def _judge(
        self, ticket: _Ticket, quality: float, solved: bool, waited: int, patience: float, at: int
    ) -> None:
        """How satisfied the customer is with this round, and who fills in the survey."""
        s = self.world.scenario
        long = waited / patience if patience > 0 else 0.0
        satisfaction = (1.0 - s.wait_weight * long / (1.0 + long)) if solved else 0.0
        weight = s.enquiry_weight if ticket.kind == ENQUIRY else 1.0
        self.felt.append((ticket.position, satisfaction, weight, ticket.kind))
        person = int(self.world.people.person_id[ticket.position])
        case_id = self._case_id(ticket)
        self.rows["true_cases"].append(
            (case_id, person, solved, quality, waited / 60, patience / 60, satisfaction)
        )
        when = at + _SURVEY_AFTER_S
        if ticket.luck.survey < s.survey_share and when < self.world.weeks * WEEK_SECONDS:
            score = 1 + round(4 * satisfaction)
            self.rows["surveys"].append((case_id, self._customer(ticket), when, score))

    def _feel(self, week: int) -> None:
        """Grudges and trust, for all cases answered or given up this week."""
        if not self.felt:
            return
        s, state = self.world.scenario, self.world.state
        who, good, weight, kind = (np.array(column) for column in zip(*self.felt, strict=True))
        self.felt.clear()
        who, kind = who.astype(np.int64), kind.astype(np.int64)
        self.world.touched = True
        np.add.at(state.grudge, who, s.case_hurt * weight * (1.0 - good))
        np.subtract.at(state.open_complaints, who[kind == COMPLAINT], 1)
        for i in range(len(who)):  # the second case finds the trust that the first one left
            trust = state.trust[who[i]]
            gain = good[i] * (1.0 - trust) - (1.0 - good[i]) * trust
            state.trust[who[i]] = trust + s.case_trust * weight[i] * gain

    # -- what is written down

    def _case_id(self, ticket: _Ticket) -> int:
        """A number scrambled from the record, the order, the matter and how the round came about.

        Sixty bits: of a million cases two have the same number once in two million runs.
        """
        place = int(ticket.batch.number[ticket.index]) * 2**MOST_ROUNDS + ticket.lineage
        word = mix(mix(np.uint64(self._customer(ticket))) ^ np.uint64(place))
        return int(word) >> 4

    def _customer(self, ticket: _Ticket) -> int:
        return int(self.world.customer_id[ticket.batch.file[ticket.index]])

    def _seen_by_others(self, second: int) -> int:
        """When somebody else sees what the desk has noted at a second."""
        return second + int(self.world.scenario.sharing_delay_weeks * WEEK_SECONDS)

    def _record(self, ticket: _Ticket, noted: int) -> None:
        batch, i = ticket.batch, ticket.index
        order = self.world.event_id(
            batch.file[i : i + 1], int(batch.week[i]), batch.code[i : i + 1]
        )
        self.rows["cases"].append(
            (self._case_id(ticket), self._customer(ticket), int(order[0]), ticket.cause,
             ticket.kind, ticket.channel, ticket.second, ticket.follows,
             self._seen_by_others(max(ticket.second, noted)))
        )  # fmt: skip
        self._contact(ticket, OPENED, ticket.second, 0, 0.0, False, 0, noted)

    def _contact(
        self, ticket: _Ticket, contact: int, second: int, agent: int, minutes: float,
        continues: bool, cause: int, noted: int = 0,
    ) -> None:  # fmt: skip
        """One line in the log of the desk, which may be noted later than it happened."""
        case_id = self._case_id(ticket)
        self.rows["interactions"].append(
            (case_id * len(CONTACTS) + contact, case_id, self._customer(ticket), contact,
             ticket.channel, second, agent, minutes, continues, cause,
             self._seen_by_others(max(second, noted)))
        )  # fmt: skip

    def _write_down(self) -> None:
        """Put this week's rows into the log; what lies behind the end of the run is unknown."""
        end = self.world.weeks * WEEK_SECONDS
        for table, rows in self.rows.items():
            columns = dict(zip(_COLUMNS[table], zip(*rows, strict=True), strict=True))
            arrays = {name: np.array(values) for name, values in columns.items()}
            if table == "interactions":
                self._pay(arrays)
            known = np.ones(len(rows), dtype=bool)
            for name in ("known_at", "at"):
                if name in arrays:
                    known &= arrays[name] < end
            self.log.put(table, {name: values[known] for name, values in arrays.items()})
        self.rows.clear()

    def _pay(self, contacts: dict[str, NDArray]) -> None:
        price = np.array(self.world.scenario.contact_eur)[contacts["channel"]]
        week = np.minimum(contacts["at"] // WEEK_SECONDS, self.world.weeks - 1)
        for w in np.unique(week).tolist():
            mine = week == w
            cents = float(np.rint(price[mine] * 1e4).sum() / 100)
            self.log.pay(w, "contacts with the desk", -cents, int(mine.sum()))


_COLUMNS = {
    "cases": ("case_id", "customer_id", "order_id", "cause", "kind", "channel", "opened_at",
              "follows_id", "known_at"),
    "interactions": ("interaction_id", "case_id", "customer_id", "contact", "channel", "at",
                     "agent", "minutes", "continues", "root_cause", "known_at"),
    "surveys": ("case_id", "customer_id", "at", "score"),
    "true_cases": ("case_id", "person_id", "solved", "quality", "wait_minutes",
                   "patience_minutes", "satisfaction"),
}  # fmt: skip
