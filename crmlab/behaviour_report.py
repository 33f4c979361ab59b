"""What does a manager want to read about the customers? One HTML file, made from the records.

*Reporting and analysis: report generation on customer behaviour and business criteria* (lecture
notes, chapter 5). Behaviour: who is new, who came back, which cohort stays, who bought last, most
often and most. Business: turnover, margin, cost, and whether the targets were met. It reads the
firm's tables only, so that it works with a log of one's own (`Records.from_transactions`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import crmlab
from crmlab.analytical.cohorts import cohort_activity
from crmlab.analytical.rfm_table import rfm
from crmlab.analytical.segments import RFMCells, hughes_columns
from crmlab.datasets.files import write_whole
from crmlab.plots.amounts import columns
from crmlab.plots.lines import weekly
from crmlab.plots.picture import Picture, svg
from crmlab.plots.style import euros
from crmlab.records import Records
from crmlab.report import html_path
from crmlab.strategic.performance import CRITERIA, against_targets, criteria

_MONEY = ("turnover_eur", "margin_eur", "cost_eur", "contribution_eur")
_BEHAVIOUR = ("customers", "new_customers", "repeat_share", "orders", "order_eur")
_CELLS, _COHORTS, _PERIODS = 8, 10, 12


def customer_report(
    records: Records,
    path: str | os.PathLike,
    title: str = "How are our customers doing?",
    period_weeks: int = 13,
    targets: Mapping[str, float] | None = None,
    message_eur: float = 0.0,
) -> Path:
    """Write a page on customer behaviour and business criteria.

    Parameters
    ----------
    records : Records
        With ``orders``; ``returns``, ``redemptions`` and ``messages`` count as cost where present.
    path : str or Path
        The file, ending in ``.html``; a file that is there is replaced, whole or not at all.
    title : str
        The question that the page answers.
    period_weeks : int
        Length of a period, from the day of the first order on; only whole periods are shown.
    targets : mapping of str to float, optional
        Criterion (`crmlab.strategic.performance.CRITERIA`) to what the last period should reach.
    message_eur : float
        Cost of one message, EUR.

    Returns
    -------
    Path

    Raises
    ------
    TypeError, ValueError
        Something else than records, a log shorter than a period, an unknown criterion, or a path
        that is no HTML file.

    Examples
    --------
    >>> import tempfile
    >>> records = crmlab.simulate("retail", 80, 30, seed=1).records
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     customer_report(records, f"{folder}/customers.html", period_weeks=6).name
    'customers.html'
    """
    if not isinstance(records, Records):
        raise TypeError(
            f"records must be Records, got {type(records).__name__}. A run has run.records, a log "
            "of one's own becomes Records.from_transactions(...)."
        )
    place = html_path(path)
    text = customer_page(records, title, period_weeks, targets, message_eur)
    write_whole(place, text.encode())
    return place


def customer_page(
    records: Records,
    title: str,
    period_weeks: int = 13,
    targets: Mapping[str, float] | None = None,
    message_eur: float = 0.0,
) -> str:
    """Compose the page as text; see `customer_report`."""
    import jinja2

    table = criteria(records, period_weeks, message_eur)
    met = against_targets(table, targets or {})
    places = jinja2.PackageLoader("crmlab", "templates")
    template = jinja2.Environment(
        loader=places, autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).get_template("customers.html")
    return template.render(
        title=title,
        answer=answer(table, met),
        facts=_facts(table),
        figures=[_figure(f, text) for f, text in _figures(table)],
        behaviour=_criteria_table(table, _BEHAVIOUR),
        business=_criteria_table(table, _MONEY),
        definitions={_name(c): CRITERIA[c] for c in table if table[c].notna().any()},
        targets=_targets_table(met),
        cohorts=_cohort_table(records, period_weeks),
        segments=_segment_table(records),
        period_weeks=period_weeks,
        periods=list(table.index),
        version=crmlab.__version__,
    )


def answer(table: pd.DataFrame, met: pd.DataFrame) -> str:
    """Say what the last whole period brought, how that compares, and which targets were met.

    Examples
    --------
    >>> table = pd.DataFrame({"customers": [90, 80], "repeat_share": [0.5, 0.75]})
    >>> table = table.assign(turnover_eur=[900.0, 1_000.0], contribution_eur=[200.0, 210.0])
    >>> print(answer(table, pd.DataFrame({"met": []})))
    80 customers bought for 1,000 EUR in the last period (before: 900 EUR); 75 % of them had bought
    before. They contributed 210 EUR in the last period (before: 200 EUR).
    """
    last = table.iloc[-1]

    def brought(name: str) -> str:
        earlier = f" (before: {euros(table[name].iloc[-2])})" if len(table) > 1 else ""
        return f"{euros(last[name])} in the last period{earlier}"

    text = f"{last['customers']:,.0f} customers bought for {brought('turnover_eur')}"
    text += f"; {100 * last['repeat_share']:.0f} % of them had bought before."
    if not np.isnan(last["contribution_eur"]):
        text += f" They contributed {brought('contribution_eur')}."
    if len(met):
        text += f" {int(met['met'].sum())} of {len(met)} targets were met."
    return text


def _facts(table: pd.DataFrame) -> dict[str, str]:
    last = table.iloc[-1]
    return {
        "customers": f"{last['customers']:,.0f}",
        "of them new": f"{last['new_customers']:,.0f}",
        "orders": f"{last['orders']:,.0f}",
        "an order": euros(last["order_eur"]),
    }


def _figure(figure: Picture, text: str) -> dict[str, str]:
    from markupsafe import Markup

    return {"svg": Markup(svg(figure)), "text": text}


def _figures(table: pd.DataFrame) -> list[tuple[Picture, str]]:
    """What is drawn, each with how to read it."""
    last = table.iloc[-1]
    came = pd.DataFrame(
        {
            "new": table["new_customers"],
            "had bought before": table["customers"] - table["new_customers"],
        }
    ).set_axis(range(1, len(table) + 1))
    shown = [
        (
            columns(came, "period", "customers",
                    f"{last['customers']:,.0f} customers in the last period, "
                    f"{last['new_customers']:,.0f} of them new"),
            "Customers with an order in each period: those whose first order it was, and those who "
            "came back. Who is silent in a period is not in it, and is not lost for that.",
        )
    ]  # fmt: skip
    names = [c for c in _MONEY if table[c].notna().all()]
    lead = "contribution_eur" if "contribution_eur" in names else "turnover_eur"
    money = table[names].rename(columns=_name).reset_index(names="period")
    money["place"] = range(1, len(money) + 1)
    drawn = [c for c in money if c not in ("period", "place")]
    shown.append(
        (
            weekly(money, "place", drawn, ylabel="EUR a period", xlabel="period",
                   title=f"The last period brought a {_name(lead)} of {euros(last[lead])}"),
            "Turnover is what customers paid; margin is left of it after the goods; contribution "
            "is left after returns, offers and messages. Fixed cost is not in any of them.",
        )
    )  # fmt: skip
    return shown


# --- tables --------------------------------------------------------------------------------


def _name(criterion: str) -> str:
    if criterion == "order_eur":
        return "EUR an order"
    return criterion.removesuffix("_eur").replace("_", " ")


def _number(name: str, value: float) -> str:
    if np.isnan(value):
        return "\N{EN DASH}"
    if name.endswith("share"):
        return f"{100 * value:.1f} %"
    places = 2 if name == "order_eur" else 0
    return f"{value:,.{places}f}".replace("-", "\N{MINUS SIGN}")


def _criteria_table(table: pd.DataFrame, wanted: tuple[str, ...]) -> dict[str, Any]:
    """The latest periods, each with its number, its first day, and some of the criteria."""
    names = [c for c in wanted if table[c].notna().any()]
    numbered = list(enumerate(table.index, 1))[-_PERIODS:]
    rows = [(n, day, [_number(c, table.loc[day, c]) for c in names]) for n, day in numbered]
    return {"names": [_name(c) + (" (EUR)" if c in _MONEY else "") for c in names], "rows": rows}


def _targets_table(met: pd.DataFrame) -> list[dict[str, str]]:
    return [
        {
            "criterion": _name(str(name)),
            "target": _number(str(name), row["target"]),
            "actual": _number(str(name), row["actual"]),
            "met": "met" if row["met"] else "missed",
        }
        for name, row in met.iterrows()
    ]


def _cohort_table(records: Records, period_weeks: int) -> dict[str, Any]:
    """The newest cohorts last; only as many periods as fit a page."""
    activity = cohort_activity(records["orders"], period_weeks).iloc[:_COHORTS]
    ages = [c for c in activity if c != "customers" and c <= _COHORTS]
    rows = []
    for cohort, row in activity.iterrows():
        cells = ["" if np.isnan(row[a]) else f"{100 * row[a]:.0f} %" for a in ages]
        rows.append((cohort, f"{row['customers']:,.0f}", cells))
    return {"ages": ages, "rows": rows}


def _segment_table(records: Records) -> list[dict[str, str]]:
    """The RFM cells, in thirds, that brought most turnover."""
    orders = records["orders"]
    table = hughes_columns(rfm(orders))
    cells = RFMCells(groups=3).fit(table).segment(table)
    turnover = orders.groupby("customer_id")["value_eur"].sum().reindex(table.index).round(2)
    grouped = pd.DataFrame({"cell": cells.astype(str), "eur": turnover})
    found = grouped.groupby("cell")["eur"].agg(["size", "sum"]).sort_index(ascending=False)
    found = found.sort_values("sum", ascending=False, kind="stable").head(_CELLS)
    return [
        {
            "cell": str(cell),
            "customers": f"{row['size']:,.0f}",
            "share_customers": f"{100 * row['size'] / len(table):.0f} %",
            "turnover": f"{row['sum']:,.0f}",
            "share_turnover": f"{100 * row['sum'] / turnover.sum():.0f} %",
        }
        for cell, row in found.iterrows()
    ]
