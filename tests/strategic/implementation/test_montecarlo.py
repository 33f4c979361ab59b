"""Many projects: luck that stays with project and task, and moments that are recovered."""

import numpy as np
import pytest

from crmlab.chance import Chance
from crmlab.strategic.implementation import (
    Task,
    chance_by,
    criticality,
    defects,
    durations,
    finish_weeks,
    pert_quantile,
    stretch,
    stretched,
    tornado,
)

TWO = (Task("design", 6, 8, 16), Task("coding", 10, 14, 28, ("design",)))
LUCK = Chance(3)


def test_the_mean_of_many_draws_is_perts():
    weeks = durations(TWO, 20_000, LUCK)
    assert weeks.mean(axis=0) == pytest.approx([9.0, 15.67], rel=0.01)
    assert weeks.min() >= 6


def test_the_quantile_of_a_triangle_free_task():
    assert pert_quantile(Task("fixed", 5, 5, 5), [0.1, 0.9]).tolist() == [5.0, 5.0]


def test_correlation_is_recovered_and_leaves_each_task_alone():
    alone, together = (durations(TWO, 20_000, LUCK, r) for r in (0.0, 0.6))
    assert np.corrcoef(alone.T)[0, 1] == pytest.approx(0.0, abs=0.03)
    assert np.corrcoef(together.T)[0, 1] == pytest.approx(0.6, abs=0.03)
    assert together.mean(axis=0) == pytest.approx(alone.mean(axis=0), rel=0.01)


def test_another_task_moves_no_luck():
    audit = Task("audit", 1, 2, 4)
    assert (durations((audit, *TWO), 50, LUCK, 0.4)[:, 1:] == durations(TWO, 50, LUCK, 0.4)).all()


def test_more_projects_move_no_luck():
    assert (durations(TWO, 80, LUCK, 0.4)[:50] == durations(TWO, 50, LUCK, 0.4)).all()


def test_wrong_records_and_what_they_stretch():
    shares = defects(20_000, LUCK, 0.25, 4.0)
    assert shares.mean() == pytest.approx(0.25, abs=0.01)
    assert not defects(3, LUCK, 0.0, 4.0).any()
    assert stretch(shares, 0.25).max() <= 0.75 / 0.05 + 1e-9
    longer = stretched(TWO, np.ones((2, 2)), {"coding": np.array([1.0, 3.0])})
    assert longer.tolist() == [[1, 1], [1, 3]]


def test_chance_and_criticality():
    weeks = np.array([[1.0, 5.0, 1.0], [4.0, 2.0, 1.0]])
    tasks = (Task("a", 1, 1, 1), Task("b", 1, 1, 1), Task("c", 1, 1, 1, ("a", "b")))
    assert finish_weeks(tasks, weeks).tolist() == [6.0, 5.0]
    assert criticality(tasks, weeks).tolist() == [0.5, 0.5, 1.0]
    assert chance_by([6.0, 5.0], 5.0) == 0.5


def test_the_tornado_begins_with_the_widest_task():
    table = tornado(TWO, durations(TWO, 5_000, LUCK))
    assert table.index.tolist() == ["coding", "design"]
    assert (table["early"] < 0).all()
    assert (table["late"] > -table["early"]).all()  # late is further off than early


def test_bad_input_is_told():
    with pytest.raises(ValueError, match=r"correlation must be in \[0, 1\], got 1.5"):
        durations(TWO, 5, LUCK, 1.5)
    with pytest.raises(ValueError, match=r"mean must be in \[0, 1\), got 25. Is this a perc"):
        defects(5, LUCK, 25, 4.0)
