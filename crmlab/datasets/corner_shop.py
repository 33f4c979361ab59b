"""What does a small shop hold about its customers? Every table of a firm, in one year."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd

from crmlab.datasets.files import as_typed_csv, rounded
from crmlab.datasets.sheet import Datasheet, column_list_of
from crmlab.market.packs import SERVING, scenario
from crmlab.market.run import Run, simulate
from crmlab.operational.campaigns import newsletter
from crmlab.records import Records
from crmlab.storage import StoredCsv, restore
from crmlab.tables import OBSERVED, TRUTH

WHAT = "the records of a web shop in its first year, with a fortnightly newsletter"
TRUTH_IS = "given"
_TRUTH = ("people", "identity")


def market() -> Run:
    """Let the shop's year pass."""
    makes_work = scenario("retail").replace(**SERVING, preference_form_share=0.5)
    return simulate(makes_work, customers=500, weeks=52, seed=501, policy=newsletter(every_weeks=2))


def make() -> dict[str, bytes]:
    """Get the content of each file, by its path inside the data set."""
    run = market()
    files = {f"{name}.csv.gz": as_typed_csv(run.records[name]) for name in run.records}
    for name in _TRUTH:
        files[f"truth/{name}.csv.gz"] = as_typed_csv(rounded(run.truth[name]))
    return files | {"README.md": _sheet(run).text.encode()}


def load(folder: Path) -> Records:
    """Open the records; a table is read when it is first asked for."""
    files = {name: folder / f"{name}.csv.gz" for name in OBSERVED}
    return Records({n: _Packed(OBSERVED[n], (f,)) for n, f in files.items() if f.is_file()})


def truth(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables that only the simulator knows."""
    return {name: _truth_table(folder / "truth" / f"{name}.csv.gz", name) for name in _TRUTH}


def _truth_table(file: Path, name: str) -> pd.DataFrame:
    return restore(pd.read_csv(file), TRUTH[name])


class _Packed(StoredCsv):
    """A table of the contract in a packed CSV file."""

    def columns(self, file: Path) -> list[str]:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            return lines.readline().strip().replace('"', "").split(",")


def _sheet(run: Run) -> Datasheet:
    records = run.records
    tables = records.tables()
    return Datasheet(
        name="corner_shop",
        what="The records of a web shop over its first year, every table that a firm would "
        "hold, and beside them what only the simulator knows. Each table is a packed CSV file "
        "(gzip), which pandas, DuckDB and R read as it is; "
        '`crm.datasets.load("corner_shop").to_csv("a_folder")` unpacks them all.',
        code=(market,),
        use="import crmlab as crm\n\n"
        'records = crm.datasets.load("corner_shop")    # records.orders, records.messages, ...\n'
        'truth = crm.datasets.truth("corner_shop")     # truth["people"], truth["identity"]',
        columns={f"{n}.csv.gz: a row is {OBSERVED[n].row}": column_list_of(OBSERVED[n])
                 for n in records}
        | {f"truth/{n}.csv.gz: a row is {TRUTH[n].row}": column_list_of(TRUTH[n])
           for n in _TRUTH},
        numbers=dict(zip(tables["table"], tables["rows"].map("{:,} rows".format), strict=True))
        | {
            "turnover": f"{records.orders['value_eur'].sum():,.0f} EUR",
            "customers with a second order": f"{_repeaters(records):.0%}",
            "first and last order": " and ".join(
                str(t.date()) for t in records.orders["ordered_at"].agg(["min", "max"])
            ),
        },
        truth="Given, in `truth/`: who each customer is (`identity`) and what drives the person "
        "(`people`), rounded to six significant digits. Leave it closed until you have an answer.",
    )  # fmt: skip


def _repeaters(records: Records) -> float:
    return float((records.orders["customer_id"].value_counts() > 1).mean())
