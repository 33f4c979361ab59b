"""The view on the steps of IDIC: its bars are the contributions, and its words follow."""

import pandas as pd
import pytest

from crmlab.experiments.factorial import Factorial
from crmlab.experiments.idic_reveal import contributions
from crmlab.widgets import checkbox, idic_steps


@pytest.fixture
def found():
    values = {(False, False): 1.0, (True, False): 0.5, (False, True): 3.0, (True, True): 9.0}
    rows = [(0, 0, *on, v, v) for on, v in values.items()]
    columns = ["world", "seed", "identify", "customise", "profit_eur_per_customer",
               "margin_eur_per_customer"]  # fmt: skip
    return Factorial(("identify", "customise"), pd.DataFrame(rows, columns=columns))


def heights(view):
    return [bar.get_height() for bar in view.figure.axes[0].patches]


def test_the_bars_are_the_contributions(found):
    view = idic_steps(found)
    assert view.values == {"identify": False, "customise": True}
    assert heights(view) == contributions(found, ["customise"]).tolist()
    view.controls["identify"].value = True
    assert heights(view) == contributions(found, ["identify", "customise"]).tolist()


def test_title_and_words_follow_the_boxes(found):
    view = idic_steps(found)
    assert view.reading.title == "Customise: +2.00 EUR per customer"
    assert "identify would add most: +6.00 EUR" in view.reading.text
    view.controls["identify"].value = True
    assert view.reading.title.endswith("+8.00 EUR per customer, apart +1.50 EUR")
    view.controls["identify"].value = view.controls["customise"].value = False
    assert view.reading.title.startswith("No step")
    view.controls["identify"].value = True
    assert "Without identify it would be 0.50 EUR more" in view.reading.text


def test_a_box_is_ticked_or_not():
    assert checkbox("a", True).value is True and checkbox("a").value is False
