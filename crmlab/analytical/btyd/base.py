"""What can be asked of every model of repeat buying? Fitting, predictions, intervals, value.

A model says how histories arise (its likelihood) and what follows from one (expected purchases,
the probability of still being active). The questions are here, and the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd import discounting as weighing
from crmlab.analytical.btyd import uncertainty
from crmlab.analytical.btyd.climb import Surface
from crmlab.analytical.btyd.fitted import Axes, Fitted, find
from crmlab.analytical.btyd.history import Floats, History, history, read
from crmlab.checks import above_zero, at_least_zero, one_of


class RepeatModel(Fitted):
    """A model of who buys again when, from tables as `rfm` makes them."""

    def fit(self, table: pd.DataFrame, y: None = None, weights: ArrayLike | None = None) -> Self:
        """Maximise the likelihood of the histories.

        Parameters
        ----------
        table : DataFrame
            One row a customer with ``frequency``, ``recency``, ``age``, as `rfm` makes it, and
            the covariates that the model was told of; ``weights`` where a row stands for
            several customers.
        y : None
            Not used; scikit-learn wants it there.
        weights : array, shape (n_rows,), optional
            How many customers each row stands for; any number >= 0.

        Raises
        ------
        ValueError
            A missing column, a history that cannot be, or nobody observed for any time.

        Warns
        -----
        BoundaryWarning
            The likelihood rises towards an infinite or zero parameter; ``boundary_`` says why.
        """
        return self._estimate(table, weights)._warn()

    def _estimate(self, table: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        h = self._packed(table, weights)
        summit = find(self._surface, h, self._start_points(h), self._sure)
        value = summit.local.value - float(h.n @ h.x) * np.log(h.scale)
        self._keep(summit, h.scale, value, self._back(h))
        self.n_customers_ = h.customers
        return self

    def _packed(self, table: pd.DataFrame, weights: ArrayLike | None = None) -> History:
        """What the likelihood needs of a table."""
        return history(table, weights, self._covariates())

    def _axes(self, data: pd.DataFrame, weights: ArrayLike | None = None) -> Axes:
        h = self._packed(data, weights)
        surface, back = self._surface(h), self._back(h)
        shift, unit = self._time_shift(h.scale), np.ones(len(self._parameter_names()))
        if back is None:
            return Axes(surface, shift, unit)
        unit = np.diag(back)
        return Axes(surface, shift, unit, np.linalg.inv(back) * unit)

    def _back(self, h: History) -> Floats | None:
        """From the coordinates of the climb to those of the data; None where they are the same."""
        return None

    def _covariates(self) -> list[str]:
        return []

    _sure: ClassVar[int] = 1  # starts that are always tried

    def _start_points(self, h: History) -> list[Floats]:
        more = len(self._parameter_names()) - len(self._names)
        return [np.append(start, np.zeros(more)) for start in self._starts]

    def _surface(self, h: History) -> Surface:
        raise NotImplementedError

    # --- questions -----------------------------------------------------------------------

    def _read(self, table: pd.DataFrame) -> tuple[list[Floats], list[Floats]]:
        """Natural parameters (numbers, or one a row), and frequency, recency and age."""
        check_is_fitted(self)
        x, t, T, *_ = read(table)
        return [np.exp(self._theta[i]) for i in range(len(self._names))], [x, t, T]

    def _ask(
        self, table: pd.DataFrame, name: str, answer: Callable[..., Floats], *args: float
    ) -> pd.Series:
        """One answer a row; equal histories are answered once."""
        params, past = self._read(table)
        per_row = [p for p in params if np.ndim(p)]
        keys = np.column_stack([*past, *per_row])
        if len(keys) > 500:
            rows, inverse = _unique_rows(keys)
            past = [v[rows] for v in past]
            params = [p[rows] if np.ndim(p) else p for p in params]
            values = answer(params, *past, *args)[inverse]
        else:
            values = answer(params, *past, *args)
        return pd.Series(values, index=table.index, name=name)

    def expected_purchases(self, table: pd.DataFrame, periods: float) -> pd.Series:
        """How many purchases to expect of each customer in the next ``periods``.

        Parameters
        ----------
        table : DataFrame
            Histories, as for `fit`.
        periods : float
            Length of the time after the end of the table, in its unit, >= 0.

        Returns
        -------
        Series
            Purchases, by the table's index.
        """
        at_least_zero("periods", periods)
        return self._ask(table, "expected_purchases", self._expected, float(periods))

    def probability_alive(self, table: pd.DataFrame) -> pd.Series:
        """How probable it is that each customer is still active at the end of the table."""
        return self._ask(table, "probability_alive", self._alive)

    def survival(self, table: pd.DataFrame, periods: float) -> pd.Series:
        """How probable it is that each customer is active ``periods`` after the table's end."""
        at_least_zero("periods", periods)
        return self._ask(table, "survival", self._active_after, float(periods))

    def discounted_purchases(
        self,
        table: pd.DataFrame,
        discount_rate: float,
        periods: float | None = None,
        discounting: str = "continuous",
    ) -> pd.Series:
        """Residual value in purchases: what each customer will still buy, discounted to now.

        Parameters
        ----------
        table : DataFrame
            Histories, as for `fit`.
        discount_rate : float
            For one unit of the table (`rate_per_period` turns a yearly rate into it), > 0.
        periods : float, optional
            Horizon; None for ever (continuous discounting only).
        discounting : {"continuous", "discrete"}
            Weight of a purchase after u periods: e^(−rate·u); or, of one in the k-th period from
            now, 1/(1 + rate)^k.

        Returns
        -------
        Series
            Discounted purchases, by the table's index; times margin a purchase it is money.
        """
        one_of("discounting", discounting, ("continuous", "discrete"))
        above_zero(
            "discount_rate",
            discount_rate,
            "It is for one unit of the table: rate_per_period(0.1, 'W') gives it for 10 % a year.",
        )
        if periods is not None:
            at_least_zero("periods", periods)
        elif discounting == "discrete" and self._needs_horizon:
            raise ValueError("periods must be given for discrete discounting, got None.")
        how = self._discounted if discounting == "continuous" else self._discounted_in_steps
        return self._ask(
            table,
            "discounted_purchases",
            lambda p, *past: how(p, past, float(discount_rate), periods),
        )

    _needs_horizon: ClassVar[bool] = True

    def _discounted(
        self, p: Sequence[Floats], past: Sequence[Floats], rate: float, periods: float | None
    ) -> Floats:
        x, t, T = past
        ahead = partial(self._ahead, p, x, t, T)
        return self._alive(p, x, t, T) * weighing.continuous(ahead, rate, periods)

    def _discounted_in_steps(
        self, p: Sequence[Floats], past: Sequence[Floats], rate: float, periods: float | None
    ) -> Floats:
        x, t, T = past
        ahead = partial(self._ahead, p, x, t, T)
        return self._alive(p, x, t, T) * weighing.discrete(ahead, rate, int(periods or 0))

    def confidence_interval(
        self, question: str, *args: Any, level: float = 0.95, **more: Any
    ) -> pd.DataFrame:
        """How well an answer is known: estimate, low and high, by the delta method.

        Parameters
        ----------
        question : str
            ``"expected_purchases"``, ``"probability_alive"``, ``"survival"``,
            ``"discounted_purchases"`` or ``"expected_purchases_new"``; the arguments of that
            method follow.
        level : float
            Of the interval, between 0 and 1.

        Returns
        -------
        DataFrame
            ``estimate``, ``low``, ``high``, one row an answer.
        """
        check_is_fitted(self, "standard_errors_")
        return uncertainty.confidence_interval(self, question, *args, level=level, **more)

    def prediction_interval(
        self,
        table: pd.DataFrame,
        periods: float,
        level: float = 0.8,
        draws: int = 1000,
        seed: int = 0,
    ) -> pd.DataFrame:
        """How many purchases each customer may make: ``low``, ``median``, ``high`` of the count.

        Drawn from what the model knows of each customer, parameters taken as known. The
        interval is of whole numbers, so it holds at least the share ``level``.
        """
        check_is_fitted(self)
        return uncertainty.prediction_interval(self, table, periods, level, draws, seed)

    def bootstrap(
        self, table: pd.DataFrame, draws: int = 200, seed: int = 0
    ) -> uncertainty.Bootstrap:
        """Fit the model again to histories drawn from it: intervals that assume no normality.

        Parameters
        ----------
        table : DataFrame
            The customers; how long each was observed stays as it is.
        draws : int
            How many tables are drawn and fitted.
        seed : int
            Of the draws.
        """
        check_is_fitted(self)
        return uncertainty.bootstrap(self, table, draws, seed)

    def _alive(self, p: Sequence[Floats], x: Floats, t: Floats, T: Floats) -> Floats:
        raise NotImplementedError

    def _expected(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        return self._alive(p, x, t, T) * self._ahead(p, x, t, T, periods)

    def _active_after(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        return self._alive(p, x, t, T) * self._stays(p, x, t, T, periods)

    def _ahead(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        """Expected purchases of somebody with this history who is active now."""
        raise NotImplementedError

    def _stays(
        self,
        p: Sequence[Floats],
        x: Floats,
        t: Floats,
        T: Floats,
        periods: float,
    ) -> Floats:
        """Probability that somebody with this history who is active now still is then."""
        raise NotImplementedError

    def _new(self, p: Sequence[Floats], periods: float) -> Floats:
        """Expected repeat purchases of a new customer."""
        raise NotImplementedError

    def expected_purchases_new(self, periods: float) -> Any:
        """How many repeat purchases to expect of a new customer in the first ``periods``."""
        check_is_fitted(self)
        at_least_zero("periods", periods)
        natural = [np.exp(value) for value in self._theta[: len(self._names)]]
        return float(self._new(natural, float(periods)))

    # --- chance --------------------------------------------------------------------------

    def _histories(
        self,
        p: Sequence[Floats],
        T: Floats,
        rng: np.random.Generator,
    ) -> dict[str, Floats]:
        """New histories, as columns, of customers observed for ``T``."""
        raise NotImplementedError

    def _draw(
        self, p: Sequence[Floats], past: Sequence[Floats], periods: float, rng: np.random.Generator
    ) -> Floats:
        """One draw a row of the purchases in the next ``periods``."""
        raise NotImplementedError


def _unique_rows(keys: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Where each distinct row first stands, and which of them every row is."""
    code = np.zeros(len(keys), dtype=np.int64)
    for column in keys.T:
        values, place = np.unique(column, return_inverse=True)
        code = code * len(values) + place
        _, code = np.unique(code, return_inverse=True)
    _, first = np.unique(code, return_index=True)
    return first, code
