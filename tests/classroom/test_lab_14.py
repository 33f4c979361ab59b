"""Questions of notebook 14: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_14
from crmlab.classroom.questions import find
from crmlab.market.run import simulate
from crmlab.strategic.portfolio import cash_flows, guard_first, portfolio, risk_and_return


def judged(number, answer):
    return find(f"14-portfolio/q{number}").expected.judge(answer)


def test_one_account_by_hand():
    work = 8 * 60 + 20 * 120 + 6 * 150 + 3 * 250
    found = 20_000 - 14_000 - work
    right = {"contribution": found, "full profit": found - 2_500, "lost without it": found}
    assert found == 1_470 and judged(1, right).right


def test_fixed_cost_does_not_go_away_with_an_account():
    wrong = {"contribution": 1_470, "full profit": -1_030, "lost without it": -1_030}
    assert not judged(1, wrong).right


def test_a_benchmark_by_hand():
    assert judged(2, 6_000 + 5 * 12_000 * 0.14).right
    assert not judged(2, 6_000 + 5 * 12_000).right


def test_grading_a_portfolio_by_its_own_quarters_does_not_pass():
    """Before, it varies much less; afterwards it does not."""
    run = simulate("b2b", lab_14.CUSTOMERS, lab_14.MADE, lab_14.PORTFOLIO_SEED)
    now = run.records.as_of(lab_14.MADE).now
    groups = portfolio(run.records, now)["segment"].astype(str)
    table, _ = lab_14.portfolios()
    flows = cash_flows(run.records, groups, now, lab_14.MADE // 13 - 1)
    claimed = lab_14.steadier(risk_and_return(flows, table[["as it is", "efficient"]]))
    assert claimed > 0.1 > lab_14.less_variable_afterwards()
    assert not judged(3, claimed).right
    assert judged(3, lab_14.less_variable_afterwards()).right


def test_saving_fixed_cost_on_paper_does_not_pass():
    table = lab_14.firm().table
    red = table[(table["status"] == "customer") & (table["full_profit_eur"] < 0)]
    assert judged(4, -red["profit_eur"].sum()).right
    assert not judged(4, -red["full_profit_eur"].sum()).right
    assert len(red) > 10


def test_value_passes_and_signs_alone_do_not():
    """With some inspirations it is a little better still; by lot it is much worse."""
    table = lab_14.firm().table
    by_value = list(guard_first(table, "lifetime value", 10))
    assert judged(5, by_value).right and judged(5, lab_14.value_and_inspirations(2)).right
    assert judged(5, list(guard_first(table, "signs of significance", 10))).kind == "too costly"
    assert judged(5, list(table.index[:10])).kind == "too costly"


def test_only_ten_accounts_can_be_guarded():
    with pytest.raises(ValueError, match="10 accounts can be guarded, got 11"):
        lab_14.list_worth(set(lab_14.firm().table.index[:11]))
