"""Questions of notebook 08: the usual mistakes do not pass."""

import pandas as pd
import pytest

from crmlab.analytical.recommend import ItemToItem, purchases
from crmlab.classroom.labs import lab_08
from crmlab.classroom.questions import find
from crmlab.experiments.hits_and_margins import sales_of_shown
from crmlab.experiments.next_product import BEHAVIOUR, GROUP, POPULARITY


def judged(number, answer):
    return find(f"08-personalisation/q{number}").expected.judge(answer)


def test_cosines_by_hand():
    assert judged(1, {"boots": 0.8165, "lamp": 2 / 3, "kettle": 0}).right
    assert not judged(1, {"boots": 2 / 3, "lamp": 2 / 3, "kettle": 0}).right


def test_the_package_finds_the_same_cosines():
    rows = [(who, p) for who, basket in lab_08.BASKETS.items() for p in sorted(basket)]
    model = ItemToItem().fit(pd.DataFrame(rows, columns=["customer_id", "product_id"]))
    place = model.products_.get_loc("tent")
    found = pd.Series(model.similarity_[[place]].toarray()[0], model.products_)
    assert found.drop("tent").to_dict() == pytest.approx(lab_08.cosines_with_the_tent())


def test_counting_mails_turns_the_order_around():
    assert judged(2, {"A": 0.36, "B": 0.38}).right
    weight = lab_08.HITS["orders"] / lab_08.HITS["orders"].sum()
    by_order = {name: (weight * lab_08.HITS[name]).sum() for name in ("A", "B")}
    assert by_order == pytest.approx({"A": 0.306, "B": 0.298})
    assert not judged(2, by_order).right


def test_a_recommender_that_has_seen_the_answer_does_not_pass():
    records = lab_08.shop().records
    everything = purchases(records.order_lines, records.orders)
    claimed = lab_08.hit_rate(everything, lab_08.shop().split)
    assert claimed > 2 * lab_08.honest_hit_rate()
    assert judged(3, claimed).kind == "too high"


def test_sales_of_what_was_shown_do_not_pass():
    sales = sales_of_shown(lab_08.life(POPULARITY).records)["margin_eur"].sum()
    assert not judged(4, sales / lab_08.CUSTOMERS).right
    assert judged(4, lab_08.margin_of_best_sellers()).right


def test_the_own_record_passes_and_the_most_hits_do_not():
    assert lab_08.shop().offline((POPULARITY, BEHAVIOUR, GROUP))["hit@10"].idxmax() == GROUP
    assert judged(5, BEHAVIOUR).right
    assert judged(5, GROUP).kind == judged(5, POPULARITY).kind == "too costly"
