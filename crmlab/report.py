"""How do I show a comparison to somebody without Python? As one HTML file that needs nothing else.

Figures are drawings inside the page (SVG with a title and a description), so it opens without
a network, prints, and can be read aloud.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

import crmlab
from crmlab.datasets.files import write_whole
from crmlab.experiments.compare import Comparison, interval
from crmlab.market.run import Run
from crmlab.plots.amounts import bars
from crmlab.plots.intervals import comparison as intervals
from crmlab.plots.lines import weekly
from crmlab.plots.money import ledger
from crmlab.plots.picture import Picture, svg
from crmlab.plots.style import GREY, LOOKS, WIDTH, applied, canvas, entitle, euros
from crmlab.tables import EPOCH

_EUR = "EUR per customer"


def report(
    comparison: Comparison,
    path: str | os.PathLike,
    title: str = "Which policy earns more?",
    run: Run | None = None,
) -> Path:
    """Write a comparison as an HTML page: the answer, figures, the table, how to read it.

    Parameters
    ----------
    comparison : Comparison
        What `crmlab.compare` returned, with at least two policies.
    path : str or Path
        The file, ending in ``.html``; a file that is there is replaced, whole or not at all.
    title : str
        The question that the page answers.
    run : Run, optional
        One run to be looked at closely, with its weeks and its money.

    Returns
    -------
    Path

    Raises
    ------
    TypeError, ValueError
        Something else than a comparison, a single policy, or a path that is no HTML file.

    Examples
    --------
    >>> import tempfile
    >>> from crmlab import compare, policies
    >>> cmp = compare([None, policies.newsletter(2)], customers=50, weeks=4, worlds=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report(cmp, f"{folder}/answer.html").name
    'answer.html'
    """
    if not isinstance(comparison, Comparison):
        raise TypeError(f"comparison must come from crm.compare, got {comparison!r:.60}.")
    if len(comparison.table) < 2:
        raise ValueError(
            "comparison must hold at least two policies, got one. Compare it with None."
        )
    place = html_path(path)
    write_whole(place, page(comparison, title, run).encode())
    return place


def html_path(path: str | os.PathLike) -> Path:
    """Check that a path can be a report's; see `report`."""
    place = Path(path)
    if place.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"path must end in .html, got {str(path)!r}.")
    return place


def page(comparison: Comparison, title: str, run: Run | None = None) -> str:
    """Compose the page as text; see `report`."""
    import jinja2

    places = jinja2.PackageLoader("crmlab", "templates")
    template = jinja2.Environment(
        loader=places, autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html")
    return template.render(
        title=title,
        answer=answer(comparison),
        facts=_facts(comparison),
        figures=[_figure(f, text) for f, text in _figures(comparison)],
        rows=[_row(row) for row in comparison.table.to_dict("records")],
        market=comparison.scenario,
        changes=_changes(comparison),
        policies=list(comparison.table["policy"]),
        seed=_seed(comparison),
        comparison=comparison,
        run=run,
        close=[] if run is None else [_figure(f, text) for f, text in _close_up(run)],
        version=crmlab.__version__,
    )


def answer(comparison: Comparison) -> str:
    """Say which policy earned most, how sure that is, and whether the next best is behind it.

    >>> from crmlab import compare, policies
    >>> answer(compare([None, policies.newsletter(2)], "retail/null", 50, 4, worlds=2))
    'None of the others earned more than “nothing”.'
    """
    ranked = comparison.table.sort_values("profit_eur_per_customer", ascending=False, kind="stable")
    first, best, second = comparison.table.iloc[0], ranked.iloc[0], ranked.iloc[1]
    if best["difference_eur_per_customer"] <= 0:
        return f"None of the others earned more than {_quoted(first['policy'])}."
    worlds = comparison.worlds["world"].nunique()
    gain = euros(best["difference_eur_per_customer"])
    text = (
        f"{_quoted(best['policy'])} earned most: {gain} per customer more than "
        f"{_quoted(first['policy'])}"
    )
    if worlds == 1:
        return f"{text}, in a single world, so nobody knows how sure that is."
    text += f" (95 % interval {_interval(best)}), and more in {best['wins']} of {worlds} worlds."
    if best["low"] <= 0:
        return f"{text} The interval holds zero, so it may be luck."
    return (
        text if second["policy"] == first["policy"] else f"{text} {_lead(comparison, best, second)}"
    )


def _lead(comparison: Comparison, best: pd.Series, second: pd.Series) -> str:
    ahead = comparison.difference(best["policy"]) - comparison.difference(second["policy"])
    low, high = interval(ahead)
    lead = f"The next best, {_quoted(second['policy'])}, is {euros(ahead.mean())} behind it"
    if low > 0:
        return f"{lead} ({_signed(low)} to {_signed(high)})."
    return f"{lead}, which may be luck ({_signed(low)} to {_signed(high)})."


def _quoted(name: object) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"


def _interval(row: Any) -> str:
    if pd.isna(row["low"]):
        return "\N{EN DASH}"
    return f"{_signed(row['low'])} to {_signed(row['high'])}"


def _signed(value: float) -> str:
    return f"{value:+,.2f}".replace("-", "\N{MINUS SIGN}") if round(value, 2) else "0.00"


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {
        "policy": row["policy"],
        "profit": f"{row['profit_eur_per_customer']:,.2f}".replace("-", "\N{MINUS SIGN}"),
        "difference": _signed(row["difference_eur_per_customer"]),
        "interval": _interval(row),
        "wins": str(row["wins"]),
    }


def _facts(comparison: Comparison) -> dict[str, str]:
    return {
        "customers": f"{comparison.customers:,}",
        "weeks": f"{comparison.weeks:,}",
        "worlds": f"{comparison.worlds['world'].nunique():,}",
        "policies": f"{len(comparison.table):,}",
    }


def _changes(comparison: Comparison) -> dict[str, Any]:
    """The fields in which the market differs from the named one: new values."""
    from crmlab.market.packs import scenario

    try:
        named = scenario(comparison.scenario.name)
    except ValueError:
        return {}
    changed = named.differences(comparison.scenario)
    return {name: ours for name, (_, ours) in changed.items() if name != "what"}


def _seed(comparison: Comparison) -> int:
    return int(comparison.worlds["seed"].min()) // 1_000


# --- figures -------------------------------------------------------------------------------


def _figure(figure: Picture, text: str) -> dict[str, str]:
    from markupsafe import Markup

    return {"svg": Markup(svg(figure)), "text": text}


def _figures(comparison: Comparison) -> list[tuple[Picture, str]]:
    """The figures about all worlds, each with how to read it."""
    first = str(comparison.table["policy"].iloc[0])
    return [
        (
            intervals(comparison.table),
            f"The dot is the difference to {_quoted(first)} on average over all worlds, the bar "
            "its 95 % interval. A bar that crosses the black line is compatible with no "
            "difference.",
        ),
        (
            worlds_figure(comparison),
            "One dot a world. Within a world the customers and their luck are the same under "
            "every policy, so a dot is what the policy itself changed there.",
        ),
        (
            bars(gains_and_costs(comparison), _EUR, "What acting brought, and what it cost"),
            "Gross margin is counted after returns; costs are messages, incentives, offers and "
            f"whatever else was spent beyond what {_quoted(first)} spends. "
            "Their difference is the profit that the first figure shows.",
        ),
    ]


def worlds_figure(comparison: Comparison) -> Picture:
    """Draw each world's difference against the first policy: one row a policy, one dot a world."""
    names = list(comparison.table["policy"])[1:]
    figure, axes = canvas(WIDTH, max(2.2, 0.5 * len(names) + 1.3))
    words = []
    with applied():
        axes.axvline(0, color="black", linewidth=1.2)
        for y, name in enumerate(names):
            gains = comparison.difference(name)
            axes.plot(gains, [y] * len(gains), "o", color=LOOKS[0].color, alpha=0.55,
                      markersize=8, markeredgecolor="white")  # fmt: skip
            axes.plot([gains.mean()], [y], "|", color=GREY, markersize=22, markeredgewidth=2)
            words.append(f"{name} from {euros(gains.min())} to {euros(gains.max())}")
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.grid(False, axis="y")
        axes.set_xlabel(f"profit against {comparison.table['policy'].iloc[0]!r} ({_EUR})")
    return entitle(figure, "The same difference, world by world", f"{'; '.join(words)}.")


def gains_and_costs(comparison: Comparison) -> pd.DataFrame:
    """Split each policy's difference to the first into margin won and money spent, EUR.

    One row a policy but the first, columns ``more gross margin`` and ``more cost``.
    """
    rows = {}
    for name in list(comparison.table["policy"])[1:]:
        margin = comparison.difference(name, "margin_eur_per_customer").mean()
        rows[name] = (margin, margin - comparison.difference(name).mean())
    columns = ["more gross margin", "more cost"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _close_up(run: Run) -> list[tuple[Picture, str]]:
    """The figures about one run, each with how to read it."""
    return [
        (
            weekly(orders_by_week(run), ys="orders", ylabel="orders a week",
                   title="Orders by week"),
            "What the firm sees. New customers place their first order when they arrive; "
            "later weeks hold only those who come back.",
        ),
        (
            ledger(run.ledger),
            "Income to the right of the line, costs to the left, and what is left at the bottom.",
        ),
    ]  # fmt: skip


def orders_by_week(run: Run) -> pd.DataFrame:
    """Count a run's orders: one row a week."""
    week = (run.records.orders["ordered_at"] - EPOCH) // pd.Timedelta(weeks=1)
    counts = week.value_counts().reindex(range(run.weeks), fill_value=0)
    return counts.rename_axis("week").rename("orders").reset_index()
