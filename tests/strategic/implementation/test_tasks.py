"""Tasks with three estimates: by hand, and what always holds."""

import numpy as np
import pytest

from crmlab.strategic.implementation import (
    AFTER,
    TIME_ITEMS,
    Task,
    beginning_with,
    finishes,
    on_critical_path,
    path_mean_sd,
    plan_weeks,
    schedule,
    without,
)

FIVE = (
    Task("a", 2, 4, 6),
    Task("b", 1, 3, 5, ("a",)),
    Task("c", 5, 7, 9, ("a",)),
    Task("d", 4, 5, 6, ("b",)),
    Task("e", 1, 2, 3, ("c", "d")),
)


def test_mean_and_variance_by_hand():
    task = Task("coding", 2, 4, 12)
    assert task.mean == 5.0
    assert task.variance == pytest.approx((10 / 6) ** 2)


def test_the_critical_path_by_hand():
    table = schedule(FIVE)
    assert table["finish"].tolist() == [4, 7, 11, 12, 14]
    assert table["slack"].tolist() == [0, 0, 1, 0, 0]
    assert table.index[table["critical"]].tolist() == ["a", "b", "d", "e"]
    assert plan_weeks(FIVE) == 14


def test_mean_and_deviation_of_the_path():
    mean, sd = path_mean_sd(FIVE)
    assert mean == 14
    assert sd == pytest.approx(np.sqrt(sum(t.variance for t in FIVE if t.name != "c")))


def test_a_delay_within_the_slack_delays_nothing():
    assert schedule(FIVE, [4, 3, 8, 5, 2])["finish"].max() == 14
    assert schedule(FIVE, [4, 3, 10, 5, 2])["finish"].max() == 16


def test_a_longer_task_never_finishes_a_project_earlier():
    weeks = np.tile([[4.0, 3, 7, 5, 2]], (5, 1))
    longer = weeks + np.eye(5)
    assert (finishes(FIVE, longer)[:, -1] >= finishes(FIVE, weeks)[:, -1]).all()


def test_every_project_has_a_critical_task_first_and_last():
    rng = np.random.default_rng(1)
    critical = on_critical_path(FIVE, rng.uniform(1, 9, (50, 5)))
    assert critical[:, 0].all()
    assert critical[:, 4].all()
    assert critical[:, 1:4].any(axis=1).all()


def test_leaving_a_task_out_and_putting_one_first():
    left = without(FIVE, "b")
    assert next(t for t in left if t.name == "d").after == ("a",)
    first = beginning_with(Task("audit", 1, 2, 3), FIVE)
    assert plan_weeks(first) == 16
    assert plan_weeks(FIVE) == 14  # the given plan is as it was


def test_the_six_items_of_the_lecture_are_all_there():
    assert set(AFTER) == set(TIME_ITEMS)


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="low <= likely <= high, got 5, 4, 9"):
        Task("coding", 5, 4, 9)
    with pytest.raises(ValueError, match="'b' waits for 'a', which does not stand before it"):
        schedule([Task("b", 1, 1, 1, ("a",)), Task("a", 1, 1, 1)])
    with pytest.raises(ValueError, match="no task 'codng'. Did you mean 'coding'"):
        without([Task("coding", 1, 1, 1)], "codng")
    with pytest.raises(ValueError, match="at least one task"):
        schedule([])
