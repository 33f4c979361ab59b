"""Who will buy again if each purchase may have been the last? BG/NBD and MBG/NBD.

The easy alternative to the Pareto/NBD: customers buy as a Poisson process and may leave after
each purchase (`dropping.py` has the likelihood and the sources). In the BG/NBD somebody who never
bought again cannot have left; in the modified model they can, right after the first purchase.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np

from crmlab.analytical.btyd import chance, designs, leaving
from crmlab.analytical.btyd.boundary import DROPPING
from crmlab.analytical.btyd.climb import Surface, climb
from crmlab.analytical.btyd.counting import beyond
from crmlab.analytical.btyd.covariates import CovariateModel
from crmlab.analytical.btyd.dropping import rows, surface
from crmlab.analytical.btyd.history import Floats, History


class BGNBD(CovariateModel):
    """BG/NBD: Poisson purchases at gamma rates, a beta chance of leaving after each repeat.

    Parameters of the population are ``r``, ``alpha`` (purchase rates follow gamma(shape r, rate
    alpha), alpha in units of time), ``a`` and ``b`` (the chance of leaving follows beta(a, b)).

    Parameters
    ----------
    purchase_covariates : sequence of str
        Columns of the table that act on the rate: alpha of a customer is alpha · exp(−γ·z), so
        a positive coefficient means more purchases.
    dropout_covariates : sequence of str
        Columns that act on leaving: a · exp(γ_a·z) and b · exp(γ_b·z) (Fader and Hardie 2007).

    Examples
    --------
    >>> import pandas as pd
    >>> model = BGNBD().set_estimates(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> table = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86]})
    >>> model.expected_purchases(table, periods=39).round(3).tolist()
    [1.226]
    """

    _names = ("r", "alpha", "a", "b")
    _timed = ("alpha",)
    _meanings = DROPPING
    _starts = (
        (-0.7, -1.0, -0.3, 0.7),
        (0.7, 0.7, -2.0, 1.5),
        (-2.0, -2.0, 1.0, 0.0),
        (2.0, 2.0, 2.5, 3.5),
        (0.0, 0.0, -1.0, -2.0),
        (-0.7, -1.0, -8.0, -6.0),  # either one leaves at once, or never
        (5.0, 5.0, -6.0, -6.0),  # the same, and all who stay are alike
    )
    _dropout: ClassVar[tuple[tuple[str, int, float], ...]] = (("a", 2, 1.0), ("b", 3, 1.0))
    _shift: ClassVar[int] = 0

    def _surface(self, h: History) -> Surface:
        if h.covariates is None:
            return surface(h, self._shift)
        row_surface = designs.surface(partial(rows, shift=self._shift), h, 4, self._effects())
        return designs.with_rising(row_surface, beyond(h.x, h.n))

    def _alive(self, p: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Floats:
        r, alpha, a, b = p
        chances = x + self._shift
        odds = np.where(chances > 0, a / np.maximum(b + chances - 1.0, 1e-300), 0.0)
        with np.errstate(over="ignore"):
            return 1.0 / (1.0 + odds * np.exp((r + x) * np.log1p((T - t) / (alpha + t))))

    def _ahead(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        r, alpha, a, b = p
        return leaving.purchases(r + x, alpha + T, a, b + x + self._shift, periods)

    def _stays(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        r, alpha, a, b = p
        return leaving.staying(r + x, alpha + T, a, b + x + self._shift, periods)

    def _histories(
        self,
        p: Sequence[Floats],
        T: Floats,
        rng: np.random.Generator,
    ) -> dict[str, Floats]:
        r, alpha, a, b = p
        arrivals = rng.poisson(rng.gamma(r, 1.0 / alpha, len(T)) * T)
        last = rng.geometric(chance.share(a, b, len(T), rng)) - self._shift
        return chance.happened(np.minimum(arrivals, last), arrivals, T, rng)

    def _draw(
        self, p: Sequence[Floats], past: Sequence[Floats], periods: float, rng: np.random.Generator
    ) -> Floats:
        (r, alpha, a, b), (x, _, T) = p, past
        active = rng.random(len(x)) < self._alive(p, *past)
        arrivals = rng.poisson(rng.gamma(r + x, 1.0 / (alpha + T)) * periods)
        last = rng.geometric(chance.share(a, b + x + self._shift, len(x), rng))
        return np.where(active, np.minimum(arrivals, last), 0).astype(np.float64)

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        r, alpha, a, b = p
        return leaving.purchases(r, alpha, a, b, periods)


class MBGNBD(BGNBD):
    """MBG/NBD: as BG/NBD, but a customer can leave right after the first purchase too.

    So the probability of being active is below 1 for those who never bought again.
    Batislam, Denizel and Filiztekin (2007), IJRM 24(3). Parameters as in `BGNBD`.

    Examples
    --------
    >>> import pandas as pd
    >>> model = MBGNBD().set_estimates(r=0.5248, alpha=6.183, a=0.8914, b=1.614)
    >>> table = pd.DataFrame({"frequency": [0], "recency": [0.0], "age": [38.86]})
    >>> model.probability_alive(table).round(3).tolist()
    [0.39]
    """

    _shift = 1
    _sure = 3

    def _start_points(self, h: History) -> list[Floats]:
        return for_two_tops(super()._start_points(h), h)

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        r, alpha, a, b = p
        return b / (a + b) * leaving.purchases(r, alpha, a, b + 1.0, periods)


def for_two_tops(starts: list[Floats], h: History) -> list[Floats]:
    """Who never came back has left at once, or buys rarely: often there is a top for each.

    So the climb begins from the BG/NBD's top too, and from where many leave early.
    """
    first, *rest = starts
    leaves_early = rest.pop(3)
    return [first, np.append(late_leavers(h), first[4:]), leaves_early, *rest]


def late_leavers(h: History) -> Floats:
    """Where the BG/NBD, in which nobody leaves after the first purchase, has its top."""
    packed = History(h.x, h.t, h.T, h.n, h.scale)
    return climb(surface(packed, 0), np.array(BGNBD._starts[0])).point
