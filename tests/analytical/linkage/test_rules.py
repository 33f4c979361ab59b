"""A rule is believed at its word."""

import pandas as pd
import pytest

from crmlab.analytical.linkage import (
    MatchRule,
    match_by_rules,
    pair_quality,
    plan_for,
    roles_of,
    rule_table,
    true_pairs,
    usual_rules,
)

RECORDS = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4],
        "email": ["a@x.org", "a@x.org", "a@x.org", None],
        "first_name": ["ann", "ann", "ben", "ann"],
        "birth_year": [1950, 1980, None, 1950],
    }
)


def linked(*rules):
    found = match_by_rules(RECORDS, rules)
    return list(zip(found["left"], found["right"], found["rule"], strict=True))


def test_rules_by_hand():
    assert linked(MatchRule(("email",))) == [(1, 2, 0), (1, 3, 0), (2, 3, 0)]
    assert linked(MatchRule(("email", "first_name"))) == [(1, 2, 0)]
    assert linked(MatchRule(("email",), unless=("birth_year",))) == [(1, 3, 0), (2, 3, 0)]


def test_a_pair_belongs_to_the_first_rule_that_holds():
    """The first rule is vetoed for 1 and 2, the second takes them."""
    first = MatchRule(("email",), unless=("birth_year",))
    assert linked(first, MatchRule(("first_name", "email")))[0] == (1, 2, 1)


def test_rules_read_as_sentences():
    rule = MatchRule(("email",), ("birth_year",))
    assert rule_table([rule])["says"].tolist() == ["same email, unless birth_year differs"]


def test_more_rules_never_find_fewer_pairs(firm):
    records, _ = firm
    rules = usual_rules(roles_of(records))
    counts = [len(match_by_rules(records, rules[: i + 1])) for i in range(len(rules))]
    assert counts == sorted(counts)


def test_the_usual_rules_are_precise_and_miss_much(firm):
    records, truth = firm
    found = match_by_rules(records, usual_rules(roles_of(records)))
    quality = pair_quality(found, truth, true_pairs(records, truth))
    assert quality.precision > 0.97
    assert 0.4 < quality.recall < 0.95


def test_the_usual_rules_of_febrl_name_its_columns():
    columns = ["rec_id", "given_name", "surname", "date_of_birth", "soc_sec_id"]
    records = pd.DataFrame(columns=columns)
    says = rule_table(usual_rules(roles_of(records)))["says"]
    assert says.tolist() == ["same soc_sec_id", "same given_name and surname and date_of_birth"]
    assert plan_for(records, key="rec_id").keys[0] == ("soc_sec_id",)


def test_bad_input_is_named():
    with pytest.raises(TypeError, match="agree must be a tuple of columns, got 'email'"):
        MatchRule("email")
    with pytest.raises(ValueError, match="rules must hold a rule"):
        match_by_rules(RECORDS, [])
    with pytest.raises(ValueError, match="Did you mean 'email'"):
        match_by_rules(RECORDS, [MatchRule(("e_mail",))])
