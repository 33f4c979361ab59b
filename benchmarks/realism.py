"""Can a stranger tell our customers from real ones?

The market ``retail/calibrated`` is held against the CDNOW sample, a cohort of 2,357 customers
of a music shop over 78 weeks of 1997 and 1998. Both logs become the same table (one row a
customer: frequency, recency, age, monetary value), and a classifier is told to tell the rows
apart. An AUC of 0.5 is a coin, 1 is certainty::

    CRMLAB_DATA=folder python -m benchmarks.realism

No single figure is trusted: beside the AUC stand the rows that break a rule, the distance to
the nearest real customer (a copy of the data would have an AUC of 0.5 and a distance of 0),
and the BG/NBD parameters that maximum likelihood finds. SDV's synthesizers, where SDV is
installed, are fitted to the real table and go through the same.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors

CUSTOMERS, WEEKS, INTAKE_DAYS = 2_357, 78, 84
COLUMNS = ["frequency", "recency", "age", "monetary_value"]
PUBLISHED = {"r": 0.24259, "alpha": 4.4136, "a": 0.79292, "b": 2.4259}
"""BG/NBD on the CDNOW sample, 39 weeks: Fader, Hardie and Lee (2005), Marketing Science 24(2)."""


# --- two logs, one table -------------------------------------------------------------------------


def cdnow_log() -> pd.DataFrame:
    """The real purchases: customer_id, day (0 is 1 January 1997), cents.

    Raises
    ------
    FileNotFoundError
        ``CRMLAB_DATA`` does not name a folder with ``CDNOW_sample.txt``.
    """
    path = Path(os.environ.get("CRMLAB_DATA", "CRMLAB_DATA is not set")) / "CDNOW_sample.txt"
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: set CRMLAB_DATA to the folder that holds CDNOW_sample.txt."
        )
    raw = pd.read_csv(path, sep=r"\s+", header=None, names=["master", "id", "date", "cds", "eur"])
    date = pd.to_datetime(raw["date"].astype(str), format="%Y%m%d")
    return pd.DataFrame(
        {
            "customer_id": raw["id"],
            "day": (date - pd.Timestamp("1997-01-01")).dt.days,
            "cents": (raw["eur"] * 100).round().astype("int64"),
        }
    )


def simulated_log(
    seed: int, scenario: object = "retail/calibrated", customers: int = CUSTOMERS
) -> pd.DataFrame:
    """The purchases of a market that nobody touches, on the same grid of days and cents."""
    from crmlab.market.run import simulate
    from crmlab.tables import seconds_to_time

    orders = simulate(scenario, customers, WEEKS, seed).records.orders  # type: ignore[arg-type]
    start = pd.Timestamp(pd.Series(seconds_to_time(np.zeros(1, dtype=np.int64))).iloc[0])
    return pd.DataFrame(
        {
            "customer_id": orders["customer_id"],
            "day": (orders["ordered_at"] - start).dt.days,
            "cents": (orders["value_eur"] * 100).round().astype("int64"),
        }
    )


def rfm(log: pd.DataFrame, weeks: int = WEEKS, value_of: str = "repeats") -> pd.DataFrame:
    """Frequency, recency, age and monetary value after so many weeks, one row a customer.

    Parameters
    ----------
    log : DataFrame
        customer_id, day, cents; purchases of one day count as one.
    weeks : int
        The table is made at the end of the last day of this week (39 is 30 September 1997).
    value_of : {"repeats", "all"}
        Whether the first purchase enters the mean value. The gamma-gamma model was fitted
        without it.

    Returns
    -------
    DataFrame
        frequency (repeat days), recency and age (weeks, in sevenths), monetary_value (EUR,
        whole cents; 0 where there is no purchase to average).
    """
    if value_of not in ("repeats", "all"):
        raise ValueError(f"value_of must be 'repeats' or 'all', got {value_of!r}.")
    end = weeks * 7 - 1
    days = log[log["day"] <= end].groupby(["customer_id", "day"], as_index=False)["cents"].sum()
    customer = days.groupby("customer_id")
    first, last, number = customer["day"].min(), customer["day"].max(), customer.size()
    total = customer["cents"].sum()
    if value_of == "repeats":
        total, number = total - customer["cents"].first(), number - 1
    return pd.DataFrame(
        {
            "frequency": customer.size() - 1,
            "recency": (last - first) / 7,
            "age": (end - first) / 7,
            "monetary_value": (total / number.clip(lower=1)).round() / 100,
        }
    )


# --- how real ------------------------------------------------------------------------------------


def auc(
    real: pd.DataFrame, synthetic: pd.DataFrame, seed: int = 0, trees: str = "boosting"
) -> float:
    """How well trees tell synthetic rows from real ones: 0.5 not at all, 1 always.

    Area under the ROC curve of five-fold out-of-fold predictions.

    Parameters
    ----------
    real, synthetic : DataFrame
        Rows with the columns of `rfm`.
    seed : int
        For the folds and the trees.
    trees : {"boosting", "forest"}
        Histogram gradient boosting, or a random forest.
    """
    rows = pd.concat([real[COLUMNS], synthetic[COLUMNS]]).to_numpy(dtype=float)
    label = np.repeat([0, 1], [len(real), len(synthetic)])
    models = {
        "boosting": lambda: HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=15, random_state=seed
        ),
        "forest": lambda: RandomForestClassifier(100, min_samples_leaf=5, random_state=seed),
    }
    if trees not in models:
        raise ValueError(f"trees must be 'boosting' or 'forest', got {trees!r}.")
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    chance = cross_val_predict(models[trees](), rows, label, cv=folds, method="predict_proba")
    return float(roc_auc_score(label, chance[:, 1]))


def violations(table: pd.DataFrame, weeks: int = WEEKS) -> float:
    """Share of the rows that no log can give: a rule of arithmetic or of the grid is broken."""
    x, recency, age, value = (table[c].to_numpy(dtype=float) for c in COLUMNS)
    off_grid = [np.abs(v * n - np.rint(v * n)) > 1e-6 for v, n in ((x, 1), (recency, 7), (age, 7))]
    days, spare = np.rint(recency * 7), 1e-9
    broken = np.logical_or.reduce(
        [
            *off_grid,
            np.abs(value * 100 - np.rint(value * 100)) > 1e-4,
            (x < 0) | (recency < 0) | (value < 0),
            recency > age + spare,
            (x == 0) != (days == 0),
            x > days,
            (x == 0) & (value != 0),
            (age > weeks) | (age < weeks - INTAKE_DAYS / 7 - spare),
        ]
    )
    return float(broken.mean())


def nearest_distance(real: pd.DataFrame, synthetic: pd.DataFrame) -> float:
    """Median distance to the nearest real row, over that among the real rows themselves.

    Near 1 for new customers of the same kind; 0 for copies. Only repeat customers count,
    each different row once: one-time buyers are alike by nature. Columns are scaled by the
    real standard deviations.
    """
    apart = real[real["frequency"] > 0][COLUMNS].drop_duplicates()
    others = synthetic[synthetic["frequency"] > 0][COLUMNS].drop_duplicates()
    scale = apart.std().to_numpy()
    near = NearestNeighbors(n_neighbors=2).fit(apart.to_numpy() / scale)
    among = near.kneighbors()[0][:, 0]  # without arguments a row is not its own neighbour
    distance = near.kneighbors(others.to_numpy() / scale, n_neighbors=1)[0][:, 0]
    return float(np.median(distance) / np.median(among))


def bg_nbd_parameters(table: pd.DataFrame) -> pd.Series:
    """The BG/NBD parameters r, alpha, a, b of maximum likelihood (equation 3 of the paper)."""
    x, recency, age = (table[c].to_numpy(dtype=float) for c in COLUMNS[:3])

    def loss(log_parameters: NDArray) -> float:
        r, alpha, a, b = np.exp(log_parameters)
        stay = betaln(a, b + x) - (r + x) * np.log(alpha + age)
        leave = betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + recency)
        both = np.where(x > 0, np.logaddexp(stay, leave), stay)
        constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        return -float((constant + both).mean())

    found = minimize(loss, np.log([1.0, 10.0, 1.0, 2.0]), method="L-BFGS-B", bounds=[(-7, 9)] * 4)
    return pd.Series(np.exp(found.x), index=list(PUBLISHED))


# --- others --------------------------------------------------------------------------------------


def sdv_makers() -> dict[str, Callable[[pd.DataFrame, int], pd.DataFrame]]:
    """SDV's synthesizers by name; none where SDV is not installed."""
    if importlib.util.find_spec("sdv") is None:
        return {}
    names = ["GaussianCopulaSynthesizer"]
    if importlib.util.find_spec("ctgan") is not None:
        names.append("CTGANSynthesizer")
    return {name: _sdv_maker(name) for name in names}


def _sdv_maker(name: str) -> Callable[[pd.DataFrame, int], pd.DataFrame]:
    def make(real: pd.DataFrame, seed: int) -> pd.DataFrame:
        from sdv import single_table
        from sdv.metadata import Metadata

        rows = real.reset_index(drop=True)
        metadata = Metadata.detect_from_dataframe(rows)
        for column in COLUMNS:  # a column of few values is taken for a category
            metadata.update_column(column_name=column, sdtype="numerical")
        synthesizer = getattr(single_table, name)(metadata)
        synthesizer.fit(rows)
        if hasattr(synthesizer, "_set_random_state"):  # SDV has no public seed
            synthesizer._set_random_state(seed)
        return synthesizer.sample(num_rows=len(rows))

    return make


def report(seeds: int = 5) -> Iterator[str]:
    """The lines that ``python -m benchmarks.realism`` prints, as they come."""
    log = cdnow_log()
    makers = sdv_makers()
    yield "classifier AUC (0.5: cannot be told), boosting / forest; mean and range over seeds"
    for weeks in (39, WEEKS):
        real = rfm(log, weeks)
        made = {
            "retail/calibrated": [rfm(simulated_log(s), weeks) for s in range(1, seeds + 1)],
            **{n: [make(real, s) for s in range(1, seeds + 1)] for n, make in makers.items()},
        }
        yield f"\nafter {weeks} weeks, {len(real):,} customers"
        yield _row("", ["AUC boosting", "AUC forest", "broken rows", "nearest", *PUBLISHED])
        yield _row("CDNOW", ["", "", f"{violations(real, weeks):.3f}", "1", *_parameters([real])])
        for name, tables in made.items():
            scores = [[auc(real, t, 0, trees) for t in tables] for trees in ("boosting", "forest")]
            yield _row(
                name,
                [
                    *(f"{np.mean(s):.3f} ({min(s):.3f}-{max(s):.3f})" for s in scores),
                    f"{np.mean([violations(t, weeks) for t in tables]):.3f}",
                    f"{np.mean([nearest_distance(real, t) for t in tables]):.2f}",
                    *_parameters(tables),
                ],
            )
        with_first = rfm(log, weeks, "all")
        score = auc(with_first, rfm(simulated_log(1), weeks, "all"))
        yield f"with the first purchase in the monetary value (prices of single CDs): {score:.3f}"
    yield ""
    yield _row("BG/NBD as published", ["", "", "", "", *(f"{v:.3f}" for v in PUBLISHED.values())])
    if not makers:
        yield "SDV is not installed, so its synthesizers are left out (pip install sdv)."


def _parameters(tables: list[pd.DataFrame]) -> list[str]:
    means = pd.concat([bg_nbd_parameters(t) for t in tables], axis=1).mean(axis=1)
    return [f"{v:.3f}" for v in means]


def _row(name: str, cells: list[str]) -> str:
    widths = [20, 20, 11, 7, 6, 6, 6, 6]
    return f"{name:26}" + "  ".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))


def main() -> None:
    """Print the table, or say what is missing."""
    parser = argparse.ArgumentParser(description="How real are the simulated customers?")
    parser.add_argument("--seeds", type=int, default=5, help="simulated worlds (default 5)")
    try:
        for line in report(parser.parse_args().seeds):
            print(line, flush=True)
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
