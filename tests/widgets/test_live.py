import re

import ipywidgets
import pytest

from crmlab.plots import KeptLines
from crmlab.widgets import LiveView, Reading, choice, slider
from crmlab.widgets.controls import checkbox


@pytest.fixture
def drawn():
    """The settings in the order in which they were drawn."""
    return []


@pytest.fixture
def view(drawn):
    kept = KeptLines([1, 2, 3], ["sales"], "week", "EUR", ylim=(0, 100))

    def update(growth):
        drawn.append(growth)
        kept.show({"sales": [1, growth, growth**2]})
        return Reading(f"Sales end at {growth**2} EUR", f"A growth of {growth} & no more.")

    return LiveView({"growth": slider("growth", 1, 9, 2)}, update, kept.figure)


def _picture(view):
    return view.children[-2].value


def _line(view):
    return view.children[-1].value


def test_moving_the_slider_changes_the_picture_and_the_words(view):
    before, said = _picture(view), _line(view)
    view.controls["growth"].value = 3
    assert _picture(view) != before
    assert _line(view) != said
    assert view.reading.title == "Sales end at 9 EUR"


def test_boxes_to_tick_share_a_row():
    kept = KeptLines([1, 2], ["sales"], "week", "EUR", ylim=(0, 2))
    controls = {"a": checkbox("a"), "b": checkbox("b"), "n": slider("n", 1, 9, 2)}
    row, last, *_ = LiveView(controls, lambda **_: Reading("Title", "Text"), kept.figure).children
    assert row.children == (controls["a"], controls["b"])
    assert last is controls["n"]


def test_moving_it_back_gives_the_same_picture(view):
    before = _picture(view)
    view.controls["growth"].value = 3
    view.controls["growth"].value = 2
    assert _picture(view) == before


def test_the_picture_is_named_and_the_line_is_announced(view):
    picture = _picture(view)
    assert picture.startswith('<svg role="img"')
    assert re.search(r"<title id=\"[\w-]+\">Sales end at 4 EUR</title>", picture)
    assert re.search(r"<desc id=\"[\w-]+\">A growth of 2 &amp; no more.</desc>", picture)
    assert 'aria-live="polite"' in _line(view)
    assert "A growth of 2 &amp; no more." in _line(view)


def test_names_in_the_picture_point_at_its_title_and_description(view):
    picture = _picture(view)
    wanted = re.search(r'aria-labelledby="([^"]+)"', picture).group(1).split()
    assert all(f'id="{name}"' in picture for name in wanted)


def test_there_is_no_output_widget(view):
    def widgets(parent):
        yield parent
        for child in getattr(parent, "children", ()):
            yield from widgets(child)

    assert not any(isinstance(w, ipywidgets.Output) for w in widgets(view))


def test_without_a_kernel_a_picture_and_words_are_left(view):
    data, metadata = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "Sales end at 4 EUR. A growth of 2 & no more."
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata["image/png"]["alt"] == data["text/plain"]


def test_values_that_come_during_a_slow_drawing_are_drawn_once_and_only_the_newest(drawn):
    kept = KeptLines([0], ["x"], "week", "EUR")
    control = slider("n", 0, 9, 0)

    def slow(n):
        drawn.append(n)
        if n == 1:  # two more values arrive while the first is being computed
            control.value = 2
            control.value = 3
        return Reading(f"n is {n}", "")

    view = LiveView({"n": control}, slow, kept.figure)
    control.value = 1
    assert drawn == [0, 1, 3]
    assert view.reading.title == "n is 3"


def test_an_error_is_told_in_the_line_and_the_next_setting_works_again():
    kept = KeptLines([0], ["x"], "week", "EUR")

    def update(n):
        if n == 1:
            raise ValueError("n must not be <1>")
        return Reading(f"n is {n}", "fine")

    view = LiveView({"n": slider("n", 0, 9, 0)}, update, kept.figure)
    view.controls["n"].value = 1
    assert 'role="alert"' in _line(view) and "n must not be &lt;1&gt;" in _line(view)
    view.controls["n"].value = 2
    assert "fine" in _line(view) and view.reading.title == "n is 2"


def test_an_error_at_the_start_is_raised_in_the_cell():
    kept = KeptLines([0], ["x"], "week", "EUR")
    with pytest.raises(ZeroDivisionError):
        LiveView({"n": slider("n", 0, 9, 0)}, lambda n: 1 / n, kept.figure)


def test_a_view_without_controls_is_refused():
    kept = KeptLines([0], ["x"], "week", "EUR")
    with pytest.raises(ValueError, match="at least one"):
        LiveView({}, lambda: Reading("", ""), kept.figure)


def test_two_controls_reach_the_function_by_name():
    kept = KeptLines([0], ["x"], "week", "EUR")
    controls = {
        "market": choice("market", ["retail", "b2b"], "b2b"),
        "n": slider("n", 0, 1, 0.5, 0.1),
    }
    view = LiveView(controls, lambda market, n: Reading(f"{market} {n}", ""), kept.figure)
    view.controls["market"].value = "retail"
    assert view.reading.title == "retail 0.5"
    assert repr(view) == "LiveView(market='retail', n=0.5)"


def test_a_slow_slider_answers_when_it_is_let_go():
    assert slider("n", 0, 1, 0).continuous_update
    assert not slider("n", 0, 1, 0, slow=True).continuous_update
