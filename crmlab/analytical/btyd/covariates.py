"""Do customers of one kind buy more, or leave sooner? Models whose parameters follow covariates.

Static covariates only: what was known when the customer came (Fader and Hardie 2007). A column
that was measured later leaks the answer into the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from crmlab.analytical.btyd import designs
from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.btyd.history import Floats, History, columns, read


class CovariateModel(RepeatModel):
    """A model of repeat buying whose rate and dropout may depend on columns of the table."""

    _dropout: ClassVar[tuple[tuple[str, int, float], ...]] = ()  # name, parameter, sign

    def __init__(
        self,
        purchase_covariates: Sequence[str] = (),
        dropout_covariates: Sequence[str] = (),
    ) -> None:
        self.purchase_covariates = purchase_covariates
        self.dropout_covariates = dropout_covariates

    def _covariates(self) -> list[str]:
        for name in ("purchase_covariates", "dropout_covariates"):
            if isinstance(getattr(self, name), str):
                raise TypeError(
                    f"{name} must be a sequence of column names, got the text "
                    f"{getattr(self, name)!r}. Write [{getattr(self, name)!r}]."
                )
        return list(dict.fromkeys([*self.purchase_covariates, *self.dropout_covariates]))

    def _effects(self) -> list[designs.Effect]:
        order = self._covariates()
        acts = [(1, -1.0, tuple(self.purchase_covariates))]
        acts += [(i, sign, tuple(self.dropout_covariates)) for _, i, sign in self._dropout]
        return [
            designs.Effect(i, tuple(order.index(name) for name in names), sign)
            for i, sign, names in acts
            if names
        ]

    def _back(self, h: History) -> Floats | None:
        """Covariates are climbed with mean 0 and deviation 1: undo that."""
        if h.covariates is None:
            return None
        assert h.centre is not None and h.spread is not None
        back, place = np.eye(len(self._parameter_names())), len(self._names)
        for effect in self._effects():
            for column in effect.columns:
                back[place, place] = 1.0 / h.spread[column]
                back[effect.parameter, place] = -effect.sign * h.centre[column] / h.spread[column]
                place += 1
        return back

    def _parameter_names(self) -> list[str]:
        names = [f"purchase_{name}" for name in self.purchase_covariates]
        for suffix, _, _ in self._dropout:
            label = f"dropout_{suffix}_" if len(self._dropout) > 1 else "dropout_"
            names += [label + name for name in self.dropout_covariates]
        return [*self._names, *names]

    def _read(self, table: pd.DataFrame) -> tuple[list[Floats], list[Floats]]:
        check_is_fitted(self)
        x, t, T, *z = read(table, self._covariates())
        return self._natural(z), [x, t, T]

    def _natural(self, z: list[Floats]) -> list[Floats]:
        design = np.column_stack(z) if z else None
        found = designs.etas(self._theta, len(self._names), self._effects(), design)
        return [np.exp(value) for value in found]

    def expected_purchases_new(
        self, periods: float, covariates: pd.DataFrame | None = None
    ) -> float | pd.Series:
        """How many repeat purchases to expect of a new customer in the first ``periods``.

        Parameters
        ----------
        periods : float
            Time since the first purchase, in the unit of the table that was fitted.
        covariates : DataFrame, optional
            One row a new customer, where the model has covariates; the answer is a Series then.
        """
        check_is_fitted(self)
        names = self._covariates()
        if not names:
            return float(self._new(self._natural([]), float(periods)))
        if covariates is None:
            raise ValueError(f"covariates must be given, with the columns {', '.join(names)}.")
        natural = self._natural(columns(covariates, names, "covariates"))
        values = self._new(natural, float(periods)) + np.zeros(len(covariates))
        return pd.Series(values, index=covariates.index, name="expected_purchases")
