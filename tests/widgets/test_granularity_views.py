"""The view on granularity shows what the functions below it give."""

import numpy as np
import pytest

from crmlab.experiments.granularity import DRAWN_IN, ESTIMATED, Letters
from crmlab.experiments.promises import OPTIONS, promises
from crmlab.market.packs import scenario
from crmlab.widgets import granularity_views, segment_granularity


@pytest.fixture(scope="module")
def view():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(granularity_views, "SIZES", (300, 2_000))
        made = segment_granularity(seed=3)
    made.controls["customers"].value = 300
    return made


def line(view, name):
    return next(x for x in view.figure.axes[0].get_lines() if x.get_label() == name).get_ydata()


def test_the_lines_are_promises_and_what_came(view):
    view.controls["way"].value = ESTIMATED
    table = promises(Letters(scenario("retail"), 300, 3), ESTIMATED)
    assert len(table) == len(OPTIONS)
    assert np.allclose(line(view, "promised by the pilot"), table["promised"])
    assert np.allclose(line(view, "came of it"), table["came"])


def test_title_and_words_follow_the_controls(view):
    view.controls["way"].value = ESTIMATED
    before = view.reading
    assert before.title.startswith("300 customers in 729 segments")
    view.controls["way"].value = DRAWN_IN
    assert view.reading != before
    assert "one-to-one" in view.reading.text
