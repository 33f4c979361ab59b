"""How fast is the market? Ratios measured in one run, reported as they are.

``python -m benchmarks`` prints this and the other benchmarks.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from crmlab import chance, policies
from crmlab.market.run import simulate

_STATIC = ("customers", "profiles", "products", "pools")


def year_to_parquet(customers: int) -> dict[str, float]:
    """A full retail year with a fortnightly newsletter, streamed to Parquet, on one core.

    ``rows`` counts the rows of all event tables, the truth's included; ``uniforms`` the
    random words that the run used; times are CPU seconds.
    """
    import pyarrow.parquet as pq

    words = _count_words()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        began = time.process_time()
        simulate("retail", customers, 52, 7, policies.newsletter(2), out=out)
        seconds = time.process_time() - began
        rows = sum(
            pq.ParquetFile(p).metadata.num_rows
            for p in out.glob("*.parquet")
            if p.stem not in _STATIC
        )
    return {"rows": rows, "seconds": seconds, "uniforms": words()}


def _count_words():
    """Count the words that `chance.mix_in_place` scrambles from now on; call to read and stop."""
    original, count = chance.mix_in_place, [0]

    def counting(z):
        count[0] += z.size
        return original(z)

    chance.mix_in_place = counting

    def stop() -> int:
        chance.mix_in_place = original
        return count[0]

    return stop


def philox_seconds(uniforms: int) -> float:
    """CPU seconds to draw so many uniforms with NumPy's Philox, a million at a time."""
    generator = np.random.Generator(np.random.Philox(1))
    block = np.empty(1_000_000)
    began = time.process_time()
    for _ in range(max(uniforms // len(block), 1)):
        generator.random(out=block)
    return (time.process_time() - began) * uniforms / (max(uniforms // len(block), 1) * 1e6)


def small_market_seconds() -> float:
    """Wall seconds of a year of 1,000 retail customers after warm-up, the best of 9."""
    simulate("retail", 1_000, 52, 1)
    times = []
    for seed in range(9):
        began = time.perf_counter()
        simulate("retail", customers=1_000, weeks=52, seed=seed)
        times.append(time.perf_counter() - began)
    return min(times)


def peak_memory_mb(customers: int) -> float:
    """Peak memory of a fresh process that simulates a year with ``out=``, in MB."""
    code = (
        f"from benchmarks.speed import year_to_parquet, peak; year_to_parquet({customers}); peak()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def peak() -> None:
    """Print this process's peak memory in MB."""
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def import_ratio() -> float:
    """Time of ``import crmlab`` over that of ``import pandas``, each the best of 5 processes."""

    def best(module: str) -> float:
        code = (
            f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        )
        times = [
            float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                                 check=True).stdout)
            for _ in range(5)
        ]  # fmt: skip
        return min(times)

    return best("crmlab") / best("pandas")


def main(customers: int = 1_000_000) -> None:
    """Print the table."""
    year = year_to_parquet(customers)
    philox = philox_seconds(int(year["uniforms"]))
    lines = [
        ("rows of event tables", f"{year['rows']:,.0f}", ""),
        ("rows per CPU second, streamed to Parquet", f"{year['rows'] / year['seconds']:,.0f}",
         "5,000,000"),
        ("CPU time over Philox for as many uniforms", f"{year['seconds'] / philox:.1f}", "6"),
        ("peak memory, MB", f"{peak_memory_mb(customers):,.0f}", "1,500"),
        ("simulate, 1,000 customers x 52 weeks, s", f"{small_market_seconds():.3f}", "0.15"),
        ("import crmlab over import pandas", f"{import_ratio():.2f}", ""),
    ]  # fmt: skip
    print(f"\n{customers:,} customers x 52 weeks, newsletter every 2 weeks")
    print(f"{'':45}{'measured':>15}{'aim':>12}")
    for name, value, aim in lines:
        print(f"{name:45}{value:>15}{aim:>12}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
