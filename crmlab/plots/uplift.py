"""Does a score put first those whom the treatment moves? The Qini curve, and the truth over it."""

from __future__ import annotations

from crmlab.analytical.uplift import Qini
from crmlab.plots.lines import draw_lines, label_axes
from crmlab.plots.picture import Picture
from crmlab.plots.style import applied, canvas, entitle, legend_below, number

_NAMES = {
    "random": "nothing",
    "incremental": "counted in the trial",
    "true": "true for this order",
    "best": "true for the best order",
}


def qini_curve(
    found: Qini, title: str = "", unit: str = "orders", scale: float = 1.0, many: str = "person"
) -> Picture:
    """See how much of an effect is reached with each share of the customers, best first.

    The straight dashed line is a list drawn by lot. Where the true effects were given, two more
    lines tell what the same order really adds, and what the best one would.

    Parameters
    ----------
    found : Qini
        What `crmlab.analytical.uplift.qini` returns.
    title : str
        What to see.
    unit : str
        What is added, such as "orders".
    scale : float
        1,000 writes it for 1,000 customers.
    many : str
        The same in words, such as "1,000 customers".

    Examples
    --------
    >>> from crmlab.analytical.uplift import qini
    >>> y, treatment = [1, 0, 0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 1, 0, 1, 0]
    >>> found = qini([4, 4, 3, 3, 2, 2, 1, 1], y, treatment)
    >>> print(qini_curve(found, "The first half brings all"))
    The first half brings all. Added orders per person, with the first 25%, 50% and all of the
    customers: drawn by lot 0, 0, 0; counted in the trial 0.25, 0.25, 0.
    """
    drawn = {name: label for name, label in _NAMES.items() if name in found.table}
    figure, axes = canvas()
    lines = draw_lines(
        axes,
        100 * found.table["share"],
        [scale * found.table[name] for name in drawn],
        list(drawn.values()),
    )
    lines[0].set_label("drawn by lot")
    label_axes(axes, "customers treated, best first (%)", f"added {unit}\n(per {many})")
    with applied():
        axes.axhline(0, color="black", linewidth=1)
    legend_below(figure, lines, columns=2)
    rows = found.table.set_index(found.table["share"].round(2)).loc[[0.25, 0.5, 1.0]]
    parts = [f"{line.get_label()} {', '.join(number(scale * v) for v in rows[name])}"
             for name, line in zip(drawn, lines, strict=True)]  # fmt: skip
    words = f"Added {unit} per {many}, with the first 25%, 50% and all of the customers: "
    return entitle(figure, title or "Qini curve", words + "; ".join(parts) + ".")
