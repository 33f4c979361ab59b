"""How fast and how safe are the estimators? Side by side with lifetimes, in one run.

Times are CPU seconds of the best of several repeats; the ratios are what to trust. The second half
fits 500 tables from harmless to absurd and looks for a higher likelihood elsewhere.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from crmlab.analytical import BGNBD, MBGNBD, NBD, GammaGamma, ParetoNBD, rfm
from crmlab.datasets import fetch

_TESTS = Path(__file__).parents[1] / "tests" / "analytical" / "btyd"
AIMS = {
    ("BG/NBD", "CDNOW"): 25,
    ("BG/NBD", "100,000"): 50,
    ("BG/NBD", "1,000,000"): 100,
    ("Pareto/NBD", "CDNOW"): 50,
    ("Pareto/NBD", "100,000"): 25,
    ("gamma-gamma", "CDNOW"): 15,
}


def customers(size: int, seed: int = 1) -> pd.DataFrame:
    """A BG/NBD base on a grid of days, with the CDNOW estimates and 39 weeks."""
    model = BGNBD().set_estimates(r=0.2426, alpha=4.4136, a=0.7929, b=2.4259)
    rng = np.random.default_rng(seed)
    age = rng.integers(27 * 7, 39 * 7, size) / 7.0
    params = [np.exp(value) for value in model._theta]
    drawn = pd.DataFrame(model._histories(params, age, rng))
    days = np.minimum(np.ceil(drawn["recency"] * 7), age * 7)
    return drawn.assign(recency=days / 7.0, monetary_value=rng.gamma(4.0, 9.0, size))


def seconds(call: Callable[[], object], repeats: int) -> float:
    """CPU seconds of the fastest of several calls."""
    found = []
    for _ in range(repeats):
        began = time.process_time()
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            call()
        found.append(time.process_time() - began)
    return min(found)


def fits() -> pd.DataFrame:
    """One row a model and data set: our seconds, those of lifetimes, the ratio, the aim."""
    import lifetimes

    orders = fetch("cdnow").rename(columns={"date": "ordered_at", "value": "value_eur"})
    data = {
        "CDNOW": (rfm(orders, "1997-09-30"), 20, 5),
        "100,000": (customers(100_000), 5, 2),
        "1,000,000": (customers(1_000_000), 3, 1),
    }
    rows = []
    for (model, name), aim in AIMS.items():
        table, ours, theirs = data[name]
        past = [table[c] for c in ("frequency", "recency", "age")]
        again = table[table["frequency"] > 0]
        own, peer = {
            "BG/NBD": (BGNBD(), lambda p=past: lifetimes.BetaGeoFitter().fit(*p)),
            "Pareto/NBD": (ParetoNBD(), lambda p=past: lifetimes.ParetoNBDFitter().fit(*p)),
            "gamma-gamma": (
                GammaGamma(),
                lambda a=again: lifetimes.GammaGammaFitter().fit(
                    a["frequency"], a["monetary_value"]
                ),
            ),
        }[model]
        mine = seconds(lambda m=own, t=table: m.fit(t), ours)
        other = seconds(peer, theirs)
        rows.append((model, name, mine, other, other / mine, aim))
    names = ["model", "data", "seconds", "lifetimes", "ratio", "aim"]
    return pd.DataFrame(rows, columns=names)


def log_to_table(rows: int = 5_000_000, size: int = 500_000) -> pd.DataFrame:
    """From a log to frequency, recency, age and value: ours, the obvious groupby, lifetimes."""
    import lifetimes.utils

    rng = np.random.default_rng(0)
    start = np.datetime64("2023-01-01", "s")
    log = pd.DataFrame({
        "customer_id": rng.integers(0, size, rows),
        "ordered_at": start + rng.integers(0, 730 * 86_400, rows).astype("timedelta64[s]"),
        "value_eur": rng.gamma(2.0, 20.0, rows),
    })  # fmt: skip
    scattered = log.assign(customer_id=(log["customer_id"] * 2_654_435_761 + 12_345) % (1 << 61))

    def grouped() -> pd.DataFrame:
        day = log.assign(day=log["ordered_at"].dt.floor("D"))
        day = day.groupby(["customer_id", "day"])["value_eur"].sum().reset_index()
        groups = day.groupby("customer_id")
        table = groups.agg(first=("day", "min"), last=("day", "max"), purchases=("day", "size"))
        table["value"] = groups["value_eur"].sum() - groups["value_eur"].first()
        return table

    ways = {
        "crmlab": (lambda: rfm(log), 3),
        "crmlab, scattered ids": (lambda: rfm(scattered), 3),
        "pandas groupby": (grouped, 2),
        "lifetimes": (
            lambda: lifetimes.utils.summary_data_from_transaction_data(
                log, "customer_id", "ordered_at", "value_eur"
            ),
            1,
        ),
    }
    found = {name: seconds(way, repeats) for name, (way, repeats) in ways.items()}
    table = pd.DataFrame({"seconds": found})
    return table.assign(ratio=table["seconds"] / found["crmlab"])


def robustness(tables: int = 500) -> pd.DataFrame:
    """One row a model: fits that crashed, the largest shortfall in log-likelihood, evaluations."""
    climbing = _test_module("test_climbing")
    rows = []
    for model in (NBD, BGNBD, MBGNBD, ParetoNBD):
        short, crashed, looks = [], 0, []
        for seed in range(tables):
            table = climbing.markets.random_table(seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    fitted = model().fit(table)
                except Exception:  # what is counted here
                    crashed += 1
                    continue
                elsewhere = climbing.best_elsewhere(model, table, seed)
            short.append(elsewhere - fitted.log_likelihood_)
            looks.append(fitted.n_evaluations_)
        rows.append((model.__name__, len(short), crashed, max(short), np.mean(looks), max(looks)))
    names = ["model", "fitted", "crashed", "largest_shortfall", "evaluations", "most"]
    return pd.DataFrame(rows, columns=names)


def _test_module(name: str):
    spec = importlib.util.spec_from_file_location(name, _TESTS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print the three tables."""
    with pd.option_context("display.width", 120, "display.float_format", "{:.4g}".format):
        print("\nFits, CPU seconds\n", fits().to_string(index=False))
        print("\nLog to table, 5 M rows and 500,000 customers\n", log_to_table().to_string())
        print("\nFive hundred tables\n", robustness().to_string(index=False))


if __name__ == "__main__":
    main()
