"""``make bench``: speed, estimators, realism and the live views, one after the other."""

from benchmarks import speed

speed.main()
for name in ("estimators", "realism", "live_views"):
    try:
        module = __import__(f"benchmarks.{name}", fromlist=["main"])
        module.main()
    except (ImportError, FileNotFoundError, KeyError) as reason:
        print(f"\n{name} was not measured: {reason}")
