"""What do the results change in next year's strategy? The feedback of the five processes.

Three things are reviewed. *Which treatment for whom, and how finely told apart*: from the trials,
for each granularity; the granularity is kept whose choices, learned from one half of the trial,
would have earned most in the other half. *Where customers are won*: from what a EUR has brought.
*What is improved*: what lies furthest below its standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.segments import effects_by_segment
from crmlab.checks import one_of
from crmlab.strategic.five_processes.strategy import GRANULARITIES, segments
from crmlab.strategic.five_processes.trial import LETTER, NOTHING, OFFER

_LEAST = 10  # customers treated and left alone, to say anything
CAUTION = 1.0
"""Standard errors by which an effect must lie above zero to be acted on (*assumed*)."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What the trials taught, at one granularity.

    Attributes
    ----------
    granularity : str
        One of `strategy.GRANULARITIES`.
    effects : dict of int to DataFrame
        By arm. Macro and micro: `effects_by_segment` with ``common_error_eur``, the standard error
        of the effect on all. One-to-one: a straight line in a customer's usual margin, ``level``
        and ``slope``, with their covariance.
    """

    granularity: str
    effects: dict[int, pd.DataFrame]

    def expected(self, known: pd.DataFrame, caution: float = CAUTION) -> pd.DataFrame:
        """What each arm is believed to add to each customer in a period, EUR (a column an arm).

        Less ``caution`` standard errors.
        """
        believed = self._at if self.granularity == "one-to-one" else self._of
        columns = {arm: believed(table, known, caution) for arm, table in self.effects.items()}
        return pd.DataFrame(columns, index=known.index)

    def _at(self, line: pd.DataFrame, known: pd.DataFrame, caution: float) -> NDArray[np.float64]:
        one = line.iloc[0]
        usual = known["weekly_eur"].to_numpy()
        variance = one["var_level"] + 2 * usual * one["covariance"] + usual**2 * one["var_slope"]
        return one["level"] + one["slope"] * usual - caution * np.sqrt(np.maximum(variance, 0.0))

    def _of(self, table: pd.DataFrame, known: pd.DataFrame, caution: float) -> NDArray[np.float64]:
        of = segments(known, self.granularity)
        believed = table["shrunken_eur"] - caution * table["common_error_eur"]
        return of.map(believed).astype(float).fillna(0.0).to_numpy()


def learn(rows: pd.DataFrame, granularity: str, arms: Sequence[int] = (OFFER, LETTER)) -> Lesson:
    """What each arm adds over nothing more, from all judged trials.

    Parameters
    ----------
    rows : DataFrame
        From `trial.judged`, of one period or several under one another.
    granularity : str
        One of `strategy.GRANULARITIES`.
    arms : sequence of int
        Places in `trial.TREATMENTS`; an offer is judged among those who had agreed to e-mail.
    """
    one_of("granularity", granularity, GRANULARITIES)
    effects = {}
    for arm in arms:
        pair = rows[rows["arm"].isin([NOTHING, arm]) & (rows["agreed"] | (arm != OFFER))]
        treated = (pair["arm"] == arm).to_numpy()
        if min(treated.sum(), (~treated).sum()) < _LEAST:
            continue
        if granularity == "one-to-one":
            effects[arm] = _line(pair, treated)
        else:
            table = effects_by_segment(
                pair["outcome_eur"].to_numpy(), treated,
                segments(pair, granularity).to_numpy(), pair["before_eur"].to_numpy(),
            )  # fmt: skip
            effects[arm] = table.assign(common_error_eur=_common_error(table))
    return Lesson(granularity, effects)


def _common_error(table: pd.DataFrame) -> float:
    """Standard error of the effect on all, segments weighed by their customers."""
    known = table[table["standard_error_eur"].notna()]
    weight = known["customers"].to_numpy(dtype=float)
    error = known["standard_error_eur"].to_numpy()
    return float(np.sqrt((weight**2 * error**2).sum()) / max(weight.sum(), 1.0))


def _line(pair: pd.DataFrame, treated: NDArray[np.bool_]) -> pd.DataFrame:
    """Effect as a straight line in the usual margin, by least squares with interaction."""
    usual, lot = pair["weekly_eur"].to_numpy(), treated.astype(float)
    x = np.column_stack([np.ones(len(lot)), usual, lot, lot * usual])
    y = pair["outcome_eur"].to_numpy()
    inverse = np.linalg.pinv(x.T @ x)
    found = inverse @ x.T @ y
    scores = x * (y - x @ found)[:, None]  # robust: who spends more varies more (White 1980)
    covariance = inverse @ (scores.T @ scores) @ inverse
    return pd.DataFrame(
        {
            "level": [found[2]],
            "slope": [found[3]],
            "var_level": [covariance[2, 2]],
            "var_slope": [covariance[3, 3]],
            "covariance": [covariance[2, 3]],
        }
    )


def chosen(expected: pd.DataFrame, agreed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The arm of each customer: the one that adds most, nothing more where none adds anything.

    >>> expected = pd.DataFrame({1: [0.5, 0.5, -1.0], 2: [0.2, 0.2, -1.0]})
    >>> chosen(expected, np.array([True, False, True])).tolist()
    [1, 2, 0]
    """
    table = np.zeros((len(expected), 3))
    for arm in expected:
        table[:, arm] = expected[arm]
    table[~agreed, OFFER] = 0.0
    return table.argmax(axis=1)


def worth(lesson: Lesson, rows: pd.DataFrame) -> float:
    """What the lesson's choices would have earned in these trial rows, EUR per customer.

    Over nothing more, by those whom the lot gave what the lesson would have chosen (Horvitz and
    Thompson 1952, JASA 47).
    """
    take = chosen(lesson.expected(rows), rows["agreed"].to_numpy())
    arms = rows["arm"].to_numpy()
    left = rows["outcome_eur"] - rows["before_eur"] * _slope(rows)
    share = pd.Series(arms).value_counts(normalize=True)
    weight = 1.0 / share.reindex(arms).to_numpy()
    gain = weight * left.to_numpy() * ((arms == take).astype(float) - (arms == NOTHING))
    return float(gain.mean())


def _slope(rows: pd.DataFrame) -> float:
    x, y = rows["before_eur"].to_numpy(), rows["outcome_eur"].to_numpy()
    away = x - x.mean()
    square = float(away @ away)
    return float(away @ y / square) if square > 0 else 0.0


def granularity_pay(rows: pd.DataFrame, arms: Sequence[int] = (OFFER, LETTER)) -> pd.Series:
    """What each granularity would have earned: learned in one half of the trial, paid in the other.

    Returns
    -------
    Series
        EUR per customer and period over nothing more (index: `strategy.GRANULARITIES`), mean of
        both ways round. Halves are even and odd places in the table.
    """
    half = np.arange(len(rows)) % 2 == 0
    return pd.Series(
        {
            g: np.mean([worth(learn(rows[a], g, arms), rows[~a]) for a in (half, ~half)])
            for g in GRANULARITIES
        }
    )


def reviewed(rows: pd.DataFrame, arms: Sequence[int], granularity: str | None = None) -> Lesson:
    """The lesson at a given granularity; by default at the one that has paid most in the trials."""
    if granularity is None and len(rows) < 4 * _LEAST:
        granularity = "macro"
    if granularity is None:
        pay = granularity_pay(rows, arms).round(6)
        granularity = str(pay.index[int(pay.to_numpy().argmax())])
    return learn(rows, granularity, arms)


def improvement_shares(reality: pd.Series, standard: float = 0.6) -> pd.Series:
    """How to share out the money for improvements: by what is missing to the standard.

    Parameters
    ----------
    reality : Series
        By capability, as found (`assessment.evidence`), in [0, 1]; NaN counts as the standard.
    standard : float
        In [0, 1], the same for all.

    Examples
    --------
    >>> improvement_shares(pd.Series({"analysis": 0.3, "culture": 0.5, "targeting": 0.9})).round(
    ...     2
    ... ).to_dict()
    {'analysis': 0.75, 'culture': 0.25, 'targeting': 0.0}
    """
    gap = (standard - reality.fillna(standard)).clip(lower=0.0)
    if not gap.sum() > 0:
        return pd.Series(1.0 / len(reality), reality.index)
    return gap / gap.sum()
