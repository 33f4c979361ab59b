"""A firm with three accounts, small enough for pencil and paper, and a simulated one."""

import numpy as np
import pandas as pd
import pytest

from crmlab.market.run import simulate

SECOND = np.timedelta64(1, "s")
DAY = np.timedelta64(1, "D")
START = np.datetime64("2024-01-01T00:00:00", "s")


def at(week, day=0):
    """A moment, weeks after the start."""
    return START + (7 * week + day) * DAY


def rows(columns, *values):
    """A table from rows."""
    return pd.DataFrame([dict(zip(columns, row, strict=True)) for row in values], columns=columns)


@pytest.fixture
def firm():
    """Account 1 buys all year; 2 leaves after two quarters; 3 is a prospect.

    Each order sells 100 EUR with 40 EUR of margin: account 1 in weeks 1, 14, 27 and 40, account 2
    in weeks 2 and 15. Serving cost 5 EUR a delivery in every closed month, fixed cost as much.
    """
    bought = {1: (1, 14, 27, 40), 2: (2, 15)}
    orders = [(10 * who + i, who, at(w), 100.0, 40.0) for who, ws in bought.items()
              for i, w in enumerate(ws)]  # fmt: skip
    closed = {w: at(4 * (w // 4) + 4) - SECOND for w in range(52)}
    done = [(who, closed[w], "delivery", 1) for who, ws in bought.items() for w in ws]
    months = sorted(set(closed.values()))
    spent = [(t, "delivery", 5.0 * sum(d[1] == t for d in done)) for t in months]
    fixed = [(t, "fixed", eur) for t, _, eur in spent]
    return {
        "accounts": pd.DataFrame(
            {
                "customer_id": [1, 2, 3],
                "registered_at": [at(0)] * 3,
                "name": ["One", "Two", "Three"],
                "industry": pd.Categorical(["food", "food", "hospitals"]),
                "leading_house": [False, False, True],
                "employees": [10, 20, 30],
                "manager": ["Adams", "Adams", "Costa"],
            }
        ),
        "account_events": rows(
            ["customer_id", "at", "event", "reason"],
            (1, at(0), "customer", ""), (2, at(0), "customer", ""),
            (2, at(26), "lost", "rival's offer"),
        ),
        "orders": rows(["order_id", "customer_id", "ordered_at", "value_eur", "margin_eur"],
                       *sorted(orders, key=lambda o: o[2])),
        "activities": rows(["customer_id", "at", "kind", "number"], *done),
        "cost_pools": rows(["at", "pool", "eur"], *spent, *fixed),
        "assessments": rows(
            ["customer_id", "at", "relationship", "rival", "share", "wallet_eur"],
            (1, at(12, 6), 5, 3, 0.5, 200.0), (2, at(12, 6), 2, 6, 0.5, 200.0),
            (3, at(12, 6), 0, 4, 0.0, 300.0), (1, at(38, 6), 6, 2, 0.4, 250.0),
        ),
        "testimonials": rows(["customer_id", "at", "names_id"],
                             (1, at(5), 3), (2, at(6), 3), (2, at(9), 3)),
        "suggestions": rows(["customer_id", "at", "adopted"],
                            (1, at(4), True), (1, at(8), False), (1, at(50), True)),
        "contacts": rows(["customer_id", "at", "event", "role", "place"],
                         (1, at(0), "joined", "buyer", 1), (1, at(0), "joined", "user", 2),
                         (1, at(20), "left", "user", 2)),
    }  # fmt: skip


@pytest.fixture(scope="session")
def run():
    """A small market between firms, a year and a half of it."""
    return simulate("b2b", customers=80, weeks=78, seed=5)
