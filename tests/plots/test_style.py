import subprocess
import sys

import matplotlib
import pytest

from crmlab import plots
from crmlab.plots import style
from crmlab.plots.picture import in_words, png, svg


def test_making_a_figure_leaves_matplotlibs_settings_alone():
    before = dict(matplotlib.rcParams)
    figure, axes = style.canvas()
    axes.plot([1, 2])
    style.entitle(figure, "Something", "In words.")
    png(figure), svg(figure)
    assert dict(matplotlib.rcParams) == before


def test_the_users_own_settings_do_not_change_a_figure():
    with matplotlib.rc_context({"font.size": 40, "axes.grid": False}):
        figure, axes = style.canvas()
    assert axes.xaxis.label.get_fontsize() == style.RC["axes.labelsize"]


def test_plots_need_neither_pyplot_nor_scipy():
    code = (
        "import sys, crmlab.plots as p; p.weekly, p.comparison, p.KeptLines;"
        "print('matplotlib.pyplot' in sys.modules, 'scipy' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]


def test_no_two_looks_share_a_colour_a_marker_or_a_line_style():
    looks = (style.BASELINE, *style.LOOKS)
    for trait in ("color", "marker", "linestyle"):
        assert len({str(getattr(look, trait)) for look in looks}) == len(looks)


def test_a_title_is_broken_before_it_leaves_the_figure():
    figure, _ = style.canvas()
    style.entitle(figure, "a word " * 30)
    figure.draw_without_rendering()
    assert figure._suptitle.get_window_extent().x1 <= figure.bbox.x1


def test_a_longer_title_makes_room_and_a_shorter_one_gives_none_back():
    figure, axes = style.canvas()
    style.entitle(figure, "short")
    style.settle(figure)
    low = axes.get_position().y1
    style.entitle(figure, "a word " * 20)
    assert axes.get_position().y1 < low
    lower = axes.get_position().y1
    style.entitle(figure, "short")
    assert axes.get_position().y1 == lower


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (-0.001, "0"), (0.5, "0.5"), (99.999, "100"), (1e6, "1,000,000"), (-3, "−3")],
)
def test_numbers_are_written_for_a_reader(value, said):
    assert style.number(value) == said


def test_a_figure_is_stored_as_png_with_words():
    figure, _ = style.canvas()
    style.entitle(figure, "Orders fall", "From 9 to 1.")
    data, metadata = figure._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert len(data["image/png"]) < 60_000
    assert data["text/plain"] == "Orders fall. From 9 to 1."
    assert metadata["image/png"]["alt"] == "Orders fall. From 9 to 1."


def test_svg_is_small_named_and_the_same_every_time():
    figure, axes = style.canvas()
    axes.plot(range(50))
    style.entitle(figure, "Orders <rise>", "From 0 to 49.")
    first = svg(figure)
    assert first == svg(figure)
    assert len(first) < 30_000
    assert first.startswith('<svg role="img" aria-labelledby=')
    assert ">Orders &lt;rise&gt;</title>" in first
    assert ">From 0 to 49.</desc>" in first
    assert "<text" in first and "dc:date" not in first


def test_an_untold_figure_still_has_words():
    figure, _ = style.canvas()
    assert in_words(figure) == "A figure."
    assert str(plots.describe(figure, "Empty axes.")) == "Empty axes."
