"""What does it mean if an estimate runs away? Plain words for a likelihood without a top.

Several data sets have no finite estimate: if nobody drops out, the likelihood rises as long as
the model's dropout shrinks. That is a finding about the customers, not an accident of the
arithmetic, and the model's predictions have a limit all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from crmlab.analytical.btyd.climb import MOST, Summit

Meanings = dict[tuple[str, ...], str]
"""Parameters that go up (+) or down (-) together, and what that says about the customers."""

_LOOSE = 0.15  # share of a flat direction from which on a parameter takes part in it
_FAR = 4.0  # logarithm from which on a parameter is on its way to infinity or 0

BUYING: Meanings = {
    ("r+", "alpha+"): "customers do not differ in how often they buy",
    ("r-",): "hardly anybody buys again",
    ("alpha+",): "hardly anybody buys again",
}
DROPPING: Meanings = BUYING | {
    ("a+", "b+"): "customers do not differ in how soon they drop out",
    ("b+",): "nobody drops out in these data",
    ("a-",): "nobody drops out in these data",
    ("b-",): "everybody drops out at the first chance",
    ("a+",): "everybody drops out at the first chance",
}
LIFETIMES: Meanings = BUYING | {
    ("s+", "beta+"): "customers do not differ in how soon they drop out",
    ("s-",): "nobody drops out in these data",
    ("beta+",): "nobody drops out in these data",
    ("s+",): "whoever drops out does so at once",
    ("beta-",): "whoever drops out does so at once",
}
OPPORTUNITIES: Meanings = {
    ("alpha+", "beta+"): "customers do not differ in how often they buy",
    ("alpha-",): "hardly anybody buys",
    ("beta+",): "hardly anybody buys",
    ("beta-",): "whoever is active buys at every opportunity",
    ("alpha+",): "whoever is active buys at every opportunity",
    ("gamma+", "delta+"): "customers do not differ in how soon they leave",
    ("gamma-",): "nobody leaves in these data",
    ("delta+",): "nobody leaves in these data",
    ("delta-",): "everybody leaves at the first chance",
    ("gamma+",): "everybody leaves at the first chance",
}
SPENDING: Meanings = {
    ("p+",): "each customer always spends the same",
    ("q+", "gamma+"): "customers do not differ in what they spend",
    ("q-",): "customers differ without measure in what they spend",
}
RENEWING: Meanings = {
    ("alpha+", "beta+"): "customers do not differ in how soon they leave",
    ("alpha-",): "nobody leaves in these data",
    ("beta+",): "nobody leaves in these data",
    ("beta-",): "everybody leaves at the first chance",
    ("alpha+",): "everybody leaves at the first chance",
} | {key: text for key, text in OPPORTUNITIES.items() if key[0][:-1] in ("gamma", "delta")}


class BoundaryWarning(UserWarning):
    """Some parameter has no finite estimate in these data."""


def explain(model: str, names: Sequence[str], summit: Summit, meanings: Meanings) -> str:
    """Why some parameters have no finite estimate, or "" where all have one."""
    flat = summit.flat()
    if not flat.shape[1] and summit.looks >= MOST:
        return (
            f"{model}: no top was found within {MOST} looks at the likelihood. Look for a few "
            "enormous values in a covariate, or for columns that say the same."
        )
    if not flat.shape[1]:
        return ""
    loose = (flat**2).sum(axis=1) > _LOOSE**2
    taking_part = [
        (name, point) for name, point, out in zip(names, summit.point, loose, strict=True) if out
    ]
    runs = [
        f"{name}{'+' if point > 0 else '-'}" for name, point in taking_part if abs(point) > _FAR
    ]
    if not runs:
        return (
            f"{model}: these data do not determine {_list([name for name, _ in taking_part])}: "
            "other values fit as well. There are no standard errors for them; more customers, or a "
            "longer time, would tell."
        )
    why = "; ".join(_say(set(runs), meanings)) or "the data set no bound"
    where = [f"{run[:-1]} runs to {'infinity' if run[-1] == '+' else '0'}" for run in runs]
    return (
        f"{model}: {why}: {_list(where)}. There is no finite estimate and no standard error; "
        "predictions use the limit, which exists."
    )


def _say(runs: set[str], meanings: Meanings) -> list[str]:
    """What it means, each runaway parameter explained once, by the longest key that has it."""
    said: dict[str, None] = {}
    for key in sorted(meanings, key=len, reverse=True):
        if set(key) <= runs:
            said[meanings[key]] = None
            runs = runs - set(key)
    return list(said)


def _list(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
