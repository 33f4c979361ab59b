"""Hits, relevance and margin of the same kinds, side by side."""

import pandas as pd
import pytest

from crmlab.experiments.hits_and_margins import (
    by_history,
    gain_by_history,
    relevance_by_history,
    results,
    sales_of_shown,
)
from crmlab.experiments.next_product import ASSORTMENT, BEHAVIOUR, BEST, GROUP, POPULARITY
from crmlab.experiments.recommending import Shop
from crmlab.records import Records


@pytest.fixture(scope="module")
def shop():
    return Shop(customers=1_500, weeks=60, seed=3)


@pytest.fixture(scope="module")
def found(shop):
    return results(shop, [ASSORTMENT, POPULARITY, BEHAVIOUR, GROUP, BEST])


def test_hits_by_history_by_hand():
    cases = pd.DataFrame({"customer_id": [1, 2, 3], "product_id": 5, "history": [0, 5, 6]})
    table = by_history(cases.assign(kind=[True, True, False]))
    assert table["kind"].to_dict() == {"none": 1.0, "4-7": 0.5}
    assert table["cases"].tolist() == [1, 2]


def test_a_row_for_each_way_and_no_hit_rate_without_a_list(found):
    table, lives = found
    assert list(table.index) == list(lives)
    assert table.loc[[ASSORTMENT, BEST], ["hit@1", "hit@10"]].isna().all().all()
    assert table.loc[[POPULARITY, BEHAVIOUR], "hit@10"].between(0.1, 0.6).all()
    assert table["mails"].max() - table["mails"].min() < 0.02 * table["mails"].mean()


def test_the_oracle_is_fully_relevant_and_earns_most(found):
    table, _ = found
    assert table.loc[BEST, "relevance"] == pytest.approx(1.0)
    assert table["gain_eur"].idxmax() == BEST


def test_the_own_record_learns(shop, found):
    """The more lines, the more relevant; best-sellers are as irrelevant to all."""
    lives = {name: found[1][name] for name in (POPULARITY, BEHAVIOUR)}
    table = relevance_by_history(shop, lives)
    assert table[BEHAVIOUR].is_monotonic_increasing
    assert table[POPULARITY].max() < table[BEHAVIOUR].min()
    assert table["mails"].sum() == (shop.shown(lives[BEHAVIOUR])["week"] == 26).sum()


def test_gains_by_history_add_up_to_the_gain_before_returns(shop, found):
    lives = {BEHAVIOUR: found[1][BEHAVIOUR]}
    after, before = (
        run.records.orders["margin_eur"].sum() for run in (*lives.values(), shop.quiet)
    )
    total = gain_by_history(shop, lives)[BEHAVIOUR].sum()
    assert total == pytest.approx((after - before) / shop.customers)


def test_sales_of_shown_by_hand():
    """Within two weeks after a mail to the same customer, each line once."""
    day = pd.to_datetime(["2024-01-10", "2024-01-10", "2024-01-30", "2024-01-02"])
    records = Records(
        {
            "orders": pd.DataFrame(
                {"order_id": [1, 2, 3, 4], "customer_id": [7, 8, 7, 7], "ordered_at": day,
                 "value_eur": 9.0, "margin_eur": 3.0}
            ),
            "order_lines": pd.DataFrame(
                {"order_id": [1, 1, 2, 3, 4], "line": [1, 2, 1, 1, 1],
                 "product_id": [5, 6, 5, 5, 5], "quantity": 1, "value_eur": 9.0,
                 "margin_eur": [1.0, 2.0, 4.0, 8.0, 16.0]}
            ),
            "messages": pd.DataFrame(
                {"message_id": [1, 2], "customer_id": 7, "product_id": 5,
                 "sent_at": pd.to_datetime(["2024-01-05", "2024-01-08"])}
            ),
        }
    )  # fmt: skip
    assert sales_of_shown(records)["margin_eur"].tolist() == [1.0]
    assert sales_of_shown(records, days=30)["margin_eur"].tolist() == [1.0, 8.0]


def test_no_time_at_all_is_an_error(shop):
    with pytest.raises(ValueError, match="days must be a finite number > 0"):
        sales_of_shown(shop.records, days=0)
