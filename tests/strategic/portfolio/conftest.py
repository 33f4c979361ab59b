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


@pytest.fixture
def four():
    """Four customers in the four corners of the grids, and a prospect that no grid places.

    A pays much and costs much, B pays much and costs little, C pays little and costs much, D pays
    little and costs little; A buys most, D least.
    """
    return pd.DataFrame(
        {
            "status": ["customer"] * 4 + ["prospect"],
            "sales_eur": [400.0, 300.0, 200.0, 100.0, 0.0],
            "profit_eur": [40.0, 60.0, -10.0, 5.0, 0.0],
            "net_price": [1.2, 1.1, 0.9, 0.8, np.nan],
            "cost_ratio": [0.5, 0.1, 0.6, 0.2, np.nan],
            "relationship": [6.0, 5.0, 2.0, 3.0, np.nan],
            "rival": [2.0, 3.0, 6.0, 5.0, 4.0],
            "share": [0.8, 0.7, 0.2, 0.1, 0.0],
            "wallet_eur": [500.0, 430.0, 1_000.0, 900.0, 700.0],
            "headroom_eur": [50.0, 86.0, 700.0, 720.0, 630.0],
            "growth": [0.01, 0.0, -0.05, 0.02, np.nan],
            "quarters": [4.0, 4.0, 4.0, 1.0, 0.0],
            "since": pd.to_datetime(["2024-01-01"] * 3 + ["2024-10-01", None]),
            "contacts": [4, 3, 1, 2, 0],
            "employees": [900, 300, 500, 100, 50],
            "leading_house": [True, False, False, False, True],
            "closed": [True, False, False, False, True],
            "named_by": [3, 0, 2, 0, 5],
            "adopted": [0, 0, 3, 1, 0],
            "lifetime_value_eur": [400.0, 600.0, -100.0, 50.0, 0.0],
            "potential_eur": [450.0, 700.0, 300.0, 900.0, 800.0],
        },
        index=pd.Index(list("ABCDP"), name="customer_id"),
    )


ORDINARY = {
    "status": "customer", "since": pd.Timestamp("2024-01-01"), "reason": "", "quarters": 4.0,
    "sales_eur": 10_000.0, "margin_eur": 4_000.0, "serving_eur": 1_000.0,
    "profit_eur": 3_000.0, "full_profit_eur": 1_000.0, "relationship": 4.0, "rival": 4.0,
    "share": 0.5, "wallet_eur": 20_000.0, "headroom_eur": 8_000.0, "growth": 0.0,
    "leaving_risk": 0.1, "lifetime_value_eur": 20_000.0, "named_by": 0, "adopted": 0,
    "leading_house": False, "closed": False, "industry": "food",
}  # fmt: skip
"""One customer, as the portfolio table would hold it."""


@pytest.fixture(scope="session")
def accounts():
    """Makes a portfolio table of accounts 1, 2, ... from what is not ordinary about each."""

    def table(*changes):
        index = pd.Index(range(1, len(changes) + 1), name="customer_id")
        return pd.DataFrame([ORDINARY | change for change in changes], index=index)

    return table
