"""Every combination of steps, and how their earnings are shared out."""

import itertools

import numpy as np
import pandas as pd
import pytest

from crmlab import policies
from crmlab.experiments.factorial import (
    Factorial,
    factorial,
    shapley_weights,
    turned,
    versions,
)
from crmlab.strategic.idic import IDIC

GLOVES = {(): 0, ("L",): 0, ("R",): 0, ("S",): 0, ("L", "R"): 1, ("L", "S"): 1, ("R", "S"): 0,
          ("L", "R", "S"): 1}  # fmt: skip


def made(values, worlds=((0.0, 1.0),)):
    """A factorial whose versions earn these values, moved and stretched world by world."""
    steps = max(values, key=len)
    rows = [
        (world, world, *(step in on for step in steps), shift + scale * v, shift + scale * v)
        for world, (shift, scale) in enumerate(worlds)
        for on, v in values.items()
    ]
    columns = ["world", "seed", *steps, "profit_eur_per_customer", "margin_eur_per_customer"]
    return Factorial(steps, pd.DataFrame(rows, columns=columns))


def test_the_glove_game():
    """One left glove, two right ones: 2/3, 1/6, 1/6 (Shapley's own kind of example)."""
    assert shapley_weights(3) @ list(GLOVES.values()) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_shapley_is_the_mean_over_all_orders(steps):
    rng = np.random.default_rng(steps)
    names = [c for n in range(steps + 1) for c in itertools.combinations(range(steps), n)]
    value = dict(zip(map(frozenset, names), rng.normal(size=len(names)), strict=True))
    orders = list(itertools.permutations(range(steps)))
    added = np.zeros(steps)
    for order in orders:
        for place, step in enumerate(order):
            before = frozenset(order[:place])
            added[step] += (value[before | {step}] - value[before]) / len(orders)
    found = shapley_weights(steps) @ [value[frozenset(c)] for c in names]
    assert found == pytest.approx(added)


def test_shares_add_up_to_the_whole():
    found = made(GLOVES, worlds=((5.0, 3.0), (4.0, 2.0), (1.0, 4.0)))
    table = found.shapley()
    assert table["eur"].sum() == pytest.approx(3.0) and table["share"].sum() == pytest.approx(1.0)
    assert table["eur"].tolist() == pytest.approx([2.0, 0.5, 0.5])


def test_worlds_that_differ_in_size_only_leave_no_doubt_about_shares():
    table = made(GLOVES, worlds=((5.0, 3.0), (4.0, 2.0), (1.0, 4.0))).shapley()
    assert table["share_low"].to_numpy() == pytest.approx(table["share"].to_numpy())
    assert (table["low"] < table["eur"]).all()


def test_there_are_no_shares_of_what_may_be_nothing():
    table = made(GLOVES, worlds=((0.0, 1.0), (0.0, -1.0), (0.0, 0.1))).shapley()
    assert table["share"].isna().all() and table["eur"].notna().all()


@pytest.mark.parametrize("worlds", [((0.0, 1.0),), ((0.0, -1.0), (0.0, -1.1))])
def test_one_world_or_a_sure_loss_has_no_shares(worlds):
    """Of a loss, a share above zero would belong to a step that loses."""
    assert made(GLOVES, worlds=worlds).shapley()["share"].isna().all()


def test_synergy_by_hand():
    """Both earn 5, alone 1 and 2, and nothing 0: 5 - 1 - 2."""
    found = made({(): 0.0, ("a",): 1.0, ("b",): 2.0, ("a", "b"): 5.0})
    assert found.synergy("a", "b").tolist() == [2.0] == found.synergy("b", "a").tolist()
    with pytest.raises(ValueError, match="second"):
        found.synergy("a", "c")
    with pytest.raises(ValueError, match="must differ"):
        found.synergy("a", "a")


def test_gains_are_against_no_step():
    gains = made({(): 3.0, ("a",): 4.0}, worlds=((0.0, 1.0), (9.0, 1.0))).gains()
    assert gains["eur"].to_dict() == {"a": 1.0}


def test_all_versions_live_in_the_same_worlds():
    """A version whose steps change nothing earns what no step earns."""
    steps = {"idle": lambda p: p, "mail": lambda p: policies.newsletter(1)}
    found = factorial(None, steps, "retail", customers=80, weeks=20, worlds=2, seed=3)
    values = found.values()
    assert values.columns.tolist() == ["none", "idle", "mail", "idle + mail"]
    assert values["idle"].equals(values["none"]) and not values["mail"].equals(values["none"])
    assert found.shapley().loc["idle", "eur"] == 0.0


def test_switches_of_a_dataclass_turn_fields():
    assert turned(rank="value")(IDIC()).rank == "value"
    assert list(versions({"a": turned(interact=False)}, IDIC())) == [(), ("a",)]


def test_too_many_steps_are_refused():
    with pytest.raises(ValueError, match="steps must be 1 to 8"):
        versions({str(i): turned() for i in range(9)}, IDIC())
    with pytest.raises(ValueError, match="steps must be"):
        versions({}, IDIC())
