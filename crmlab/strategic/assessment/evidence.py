"""Is it really so? Evidence for each capability, counted in the firm's own tables.

Managers say what they believe; assessors "challenge and look for evidence" (Stone and Woodcock).
Each piece of evidence here is one SQL query over the firm's records, short enough to be read, with
the value that a poor firm and that a good firm would show (*assumed*, as an assessor's experience).
Evidence is no truth: it is noisy in a small firm, several capabilities can move one number, and a
busy desk looks like a slow one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.checks import one_of
from crmlab.records import Records
from crmlab.tables import CAPABILITIES


@dataclass(frozen=True)
class Evidence:
    """One question to the records.

    Attributes
    ----------
    question : str
        What is asked.
    sql : str
        A query that gives one number, or NULL where there is nothing to count.
    poor, good : float
        What a poor and a good firm would show; a score of 0 and of 1.
    """

    question: str
    sql: str
    poor: float
    good: float

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the query reads."""
        words = self.sql.replace("(", " ").replace(")", " ").replace(",", " ").split()
        after = {w for before, w in zip(words, words[1:], strict=False) if before in _READS}
        return tuple(sorted(w for w in after if w in _KNOWN))

    def score(self, value: float) -> float:
        """Where the value lies between poor (0) and good (1)."""
        return float(np.clip((value - self.poor) / (self.good - self.poor), 0.0, 1.0))


_READS = ("FROM", "JOIN")
_KNOWN = (
    "routines", "copies", "cases", "interactions", "deliveries", "messages", "responses",
    "consents", "consent_proofs", "refusals", "orders", "customers", "plans",
)  # fmt: skip


def _habit(capability: str) -> str:
    return f"SELECT avg(done::int) FROM routines WHERE routine = '{capability}'"


def _refused(reason: str) -> str:
    return (
        f"SELECT (SELECT count(*) FROM refusals WHERE reason = '{reason}') * 1.0\n"
        "       / nullif((SELECT count(*) FROM refusals) + (SELECT count(*) FROM messages), 0)"
    )


EVIDENCE: Mapping[str, Evidence] = {
    "leadership": Evidence(
        "In which share of the weeks has the board looked at the customer goals?",
        _habit("leadership"), 0.0, 1.0,
    ),
    "culture": Evidence(
        "In which share of the weeks has a manager listened in on customers?",
        _habit("culture"), 0.0, 1.0,
    ),
    "single_view": Evidence(
        "Of which share of the customers do all departments hold the same e-mail?",
        """SELECT avg(agrees::int) FROM (
    SELECT customer_id, count(DISTINCT email) = 1 AS agrees
    FROM copies GROUP BY customer_id)""",
        0.25, 1.0,
    ),
    "data_quality": Evidence(
        "How many complaints about bills come on a hundred orders?",
        """SELECT 100.0 * (SELECT count(*) FROM cases
    WHERE cause = 'bill' AND kind = 'complaint' AND follows_id = 0)
  / nullif((SELECT count(*) FROM orders), 0)""",
        5.0, 2.0,
    ),
    "data_age": Evidence(
        "How many weeks ago was a customer's data last checked (median)?",
        """SELECT median(date_diff('day', updated_at, today)) / 7.0
FROM copies, (SELECT max("at") AS today FROM routines)""",
        16.0, 1.0,
    ),
    "analysis": Evidence(
        "Which share of the messages shows a product chosen for the customer?",
        "SELECT avg((product_id > 0)::int) FROM messages",
        0.4, 1.0,
    ),
    "targeting": Evidence(
        "Which share of the messages was meant for somebody who had not agreed?",
        _refused("no consent"), 0.25, 0.04,
    ),
    "proposition_design": Evidence(
        "How many of a hundred opened e-mails are clicked?",
        """SELECT 100.0 * count(*) FILTER (event = 'click')
  / nullif(count(*) FILTER (event = 'open'), 0) FROM responses""",
        5.0, 15.0,
    ),
    "partner_network": Evidence(
        "Which share of the deliveries comes when it was promised?",
        "SELECT avg((delivered_at <= promised_at)::int) FROM deliveries",
        0.77, 0.91,
    ),
    "channel_integration": Evidence(
        "Which share of reminders by waiting customers is attached to their case?",
        "SELECT avg(continues::int) FROM interactions WHERE contact = 'chased'",
        0.4, 1.0,
    ),
    "channel_reach": Evidence(
        "In which share of the weeks were customers who do not read e-mail met elsewhere?",
        _habit("channel_reach"), 0.0, 1.0,
    ),
    "response_speed": Evidence(
        "How many minutes does an answer take (median)?",
        "SELECT median(minutes) FROM interactions WHERE contact = 'answered'",
        17.0, 9.5,
    ),
    "complaint_handling": Evidence(
        "Which share of complaints is closed with its root cause, and does not come back?",
        """SELECT avg((c.case_id IN (SELECT case_id FROM interactions WHERE root_cause <> '')
    AND c.case_id NOT IN (SELECT follows_id FROM cases))::int)
FROM cases c WHERE kind = 'complaint'""",
        0.03, 0.72,
    ),
    "staff_skill": Evidence(
        "Which share of answered questions does not come back?",
        """SELECT avg((c.case_id NOT IN (SELECT follows_id FROM cases))::int)
FROM cases c JOIN interactions i ON i.case_id = c.case_id
WHERE c.kind = 'enquiry' AND i.contact = 'answered'""",
        0.50, 0.92,
    ),
    "staff_incentives": Evidence(
        "In which share of the weeks was a bonus reckoned on customers' satisfaction?",
        _habit("staff_incentives"), 0.0, 1.0,
    ),
    "process_discipline": Evidence(
        "Which share of the actions decided on was not carried out?",
        _refused("not carried out"), 0.17, 0.0,
    ),
    "technology_reach": Evidence(
        "In which share of the weeks was customer work done without retyping?",
        _habit("technology_reach"), 0.0, 1.0,
    ),
    "privacy_practice": Evidence(
        "Of which share of the changes of permission is there a proof?",
        """SELECT avg((consent_id IN (SELECT consent_id FROM consent_proofs))::int)
FROM consents""",
        0.1, 1.0,
    ),
    "measurement": Evidence(
        "In which share of the weeks were results discussed, and something changed?",
        _habit("measurement"), 0.0, 1.0,
    ),
    "experimentation": Evidence(
        "In which share of the weeks was an idea tried on a part of the customers first?",
        _habit("experimentation"), 0.0, 1.0,
    ),
}  # fmt: skip
"""For each capability, one question to the records."""
_PLANS = """SELECT capability, (avg(goal::int) + avg(owner::int) + avg(budget::int)) / 3 AS planned
FROM plans GROUP BY capability"""


def evidence(records: Records) -> pd.DataFrame:
    """What the records say of each capability.

    Parameters
    ----------
    records : Records
        Those of a firm with a service desk that plans and keeps its habits (`tables.OBSERVED`);
        where a table is missing or holds nothing to count, there is no score.

    Returns
    -------
    DataFrame
        One row a capability: ``intention`` (share of goals, owners and budgets that stand in the
        plans), ``reality`` (the score, in [0, 1]), ``value`` (what was counted), ``question``.
        NaN where there is nothing to count.

    Examples
    --------
    >>> from crmlab.records import Records
    >>> log = pd.DataFrame({"who": [1], "on": ["2024-01-02"], "eur": [10.0]})
    >>> held = Records.from_transactions(log, customer="who", date="on", value="eur")
    >>> int(evidence(held)["reality"].notna().sum())
    0
    """
    with _Asking(records) as asking:
        planned = asking.table(_PLANS).set_index("capability")["planned"] if _held(
            records, ("plans",)
        ) else pd.Series(dtype=float)  # fmt: skip
        rows = []
        for name, piece in EVIDENCE.items():
            value = asking.number(piece.sql) if _held(records, piece.tables) else np.nan
            score = piece.score(value) if np.isfinite(value) else np.nan
            rows.append((float(planned.get(name, np.nan)), score, value, piece.question))
    names = ["intention", "reality", "value", "question"]
    return pd.DataFrame(rows, pd.Index(EVIDENCE, name="capability"), columns=names)


def ask(records: Records, capability: str) -> float:
    """The number that one piece of evidence counts; NaN where there is nothing to count.

    Raises
    ------
    ValueError
        An unknown capability; the message names the nearest.
    """
    one_of("capability", capability, tuple(CAPABILITIES))
    piece = EVIDENCE[capability]
    if not _held(records, piece.tables):
        return float("nan")
    with _Asking(records) as asking:
        return asking.number(piece.sql)


def _held(records: Records, tables: tuple[str, ...]) -> bool:
    return all(table in records for table in tables) and len(records[tables[0]]) > 0


class _Asking:
    """The records as a database in memory, for as long as questions are put to it."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def __enter__(self) -> _Asking:
        import duckdb

        self.open = duckdb.connect()
        self.open.execute("SET threads = 1")
        for name in _KNOWN:
            if name in self.records:
                self.open.register(name, self.records[name])
        return self

    def __exit__(self, *error: object) -> None:
        self.open.close()

    def table(self, sql: str) -> pd.DataFrame:
        return self.open.execute(sql).df()

    def number(self, sql: str) -> float:
        row = self.open.execute(sql).fetchone()
        return float("nan") if row is None or row[0] is None else float(row[0])
