"""What do I do with a log of my own? A plain one to practise on, with the faults of real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crmlab.datasets.files import as_csv
from crmlab.datasets.sheet import Datasheet, column_list, markdown_table
from crmlab.market.run import Run, simulate

WHAT = "a plain order log with a few faults, as a student brings it: receipt, client, day, amount"
TRUTH_IS = "withheld"
_FIRST_RECEIPT = 100_001
# What replaces a good entry, and the reason for which a careful reader refuses the row.
_FAULTS = (
    ("day", "2024-02-30", "unparsable date"),
    ("client", "", "missing customer"),
    ("amount", "-24.90", "negative value"),
    ("day", "yesterday", "unparsable date"),
    ("client", "", "missing customer"),
    ("amount", "-7.50", "negative value"),
)
_COPIES = 2


def market() -> Run:
    """Let a year and a half pass for a cohort like CDNOW's, whom nobody writes to."""
    return simulate("retail/calibrated", customers=600, weeks=78, seed=502)


def make() -> dict[str, bytes]:
    """Get the content of each file, by its path inside the data set."""
    clean = clean_log(market().records.orders)
    log, faults = spoil(clean)
    files = {"own_log.csv": as_csv(log)}
    return files | {"README.md": _sheet(clean, log, faults).text.encode()}


def clean_log(orders: pd.DataFrame) -> pd.DataFrame:
    """Turn orders into a log as text: a row an order; receipts count up, clients are numbered."""
    number = orders["customer_id"].rank(method="dense").astype(int)
    return pd.DataFrame(
        {
            "receipt": (_FIRST_RECEIPT + np.arange(len(orders))).astype(str),
            "client": number.map("C{:04d}".format),
            "day": orders["ordered_at"].dt.strftime("%Y-%m-%d"),
            "amount": orders["value_eur"].map("{:.2f}".format),
        }
    )


def spoil(log: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the faults in, evenly spaced; returns the log and the list of its faults."""
    log, faults = log.copy(), []
    places = np.linspace(0, len(log) - 1, len(_FAULTS) + _COPIES + 2).astype(int)[1:-1]
    for place, (column, wrong, reason) in zip(places, _FAULTS, strict=False):
        log.loc[place, column] = wrong
        faults.append((log.loc[place, "receipt"], column, wrong, reason))
    copied = log.loc[places[len(_FAULTS) :]]
    faults += [(r, "receipt", r, "duplicate id") for r in copied["receipt"]]
    # A stable sort puts each copy right behind its original.
    log = pd.concat([log, copied]).sort_index(kind="stable").reset_index(drop=True)
    return log, _with_rows(log, faults)


def _with_rows(log: pd.DataFrame, faults: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Name the row of each fault, counted from 1; of copies the last."""
    row = pd.Series(log.index + 1, index=log["receipt"])
    frame = pd.DataFrame(faults, columns=["receipt", "column", "entry", "reason"])
    frame.insert(0, "row", [int(row.loc[[receipt]].iloc[-1]) for receipt in frame["receipt"]])
    return frame.sort_values("row", ignore_index=True)


def load(folder: Path) -> pd.DataFrame:
    """Read the log as it is, faults and all."""
    return pd.read_csv(folder / "own_log.csv")


def _sheet(clean: pd.DataFrame, log: pd.DataFrame, faults: pd.DataFrame) -> Datasheet:
    orders = clean.groupby("client").size()
    amounts = clean["amount"].astype(float)
    return Datasheet(
        name="own_log",
        what="An order log as it comes out of a till or a web shop: who, when, how much, and "
        f"nothing else. Days are whole days, and {len(faults)} rows are faulty on purpose.",
        code=(market,),
        use="import crmlab as crm\n\n"
        'log = crm.datasets.load("own_log")            # as it is, faults and all\n'
        "records = crm.Records.from_transactions(\n"
        '    crm.datasets.path("own_log/own_log.csv"),\n'
        '    customer="client", date="day", value="amount", id="receipt",\n'
        ")\n"
        "records.refused                               # which rows were refused, and why",
        columns={
            "own_log.csv: a row is one order": column_list(
                [
                    ("receipt", "", "number of the receipt; it should be there once"),
                    ("client", "", "the customer's number"),
                    ("day", "date", "when, year-month-day"),
                    ("amount", "EUR", "value of the order"),
                ]
            )
        },
        numbers={
            "rows": f"{len(log):,}, of which {len(faults)} are faulty",
            "clients": f"{len(orders):,}, of whom {(orders == 1).mean():.0%} ordered once",
            "most orders of one client": str(orders.max()),
            "median and mean amount": f"{amounts.median():.2f} and {amounts.mean():.2f} EUR",
            "first and last day": f"{clean['day'].min()} and {clean['day'].max()}",
        },
        notes={
            "Faults": "Rows are counted from 1, without the heading.\n\n"
            + markdown_table(faults.replace("", "(empty)"))
        },
        truth="Withheld: no file here holds it, as no file does for a real log. The call above "
        "would bring it back; try to be right before you look.",
    )
