"""What is a letter expected to do to each customer? The truth, for the people as they are.

`effects.effects` averages whole lives over fresh luck, so it cannot know who has gone by the
week of a campaign. Here the past has happened: who has left gains nothing, and of the others
the rules of the market give the expectation itself, without any draw (``docs/rules.md``, rules
3, 10 and 11). A letter is read with some probability; then it multiplies the order rate by
``exp(pull)``, and of the pull a share ``carryover`` is left each week.

It counts the first weeks after the letter only. What an unasked letter costs in trust, and so in
customers who leave earlier, comes later: `treatment.replay` with a longer ``weeks`` shows it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.checks import whole_number
from crmlab.market.run import Run
from crmlab.market.scenario import Scenario
from crmlab.tables import CATEGORIES, CHANNELS, EPOCH, WEEK_SECONDS

Floats = NDArray[np.float64]
_READ_AFTER_WEEKS = 6 / 168  # mean delay of opening, rule 10


def expected_effects(
    run: Run, week: int, category: str | None = "outdoor", weeks: int = 4
) -> pd.DataFrame:
    """What one letter at the start of a week would do to each customer, expected over luck.

    Parameters
    ----------
    run : Run
        In which the firm has written to nobody, or not to those of interest: customers with a
        message are left out.
    week : int
        The letter is sent when it begins.
    category : str, optional
        What the letter shows; None for the whole assortment. It asks for an order (its kind is
        ``"conversion"``).
    weeks : int
        How many weeks to count, at least 1.

    Returns
    -------
    DataFrame
        One row a customer known by then (index ``customer_id``): ``margin_eur`` (change of the
        margin net of returns, before the price of the letter), ``buys`` (probability of an
        order without the letter), ``buys_more`` (its change), ``margin_rate_eur`` (EUR a week
        without the letter), ``here`` (has not left).

    Raises
    ------
    ValueError
        The market has another process than Pareto/NBD, or seasons.

    Examples
    --------
    >>> import crmlab as crm
    >>> quiet = crm.simulate("retail", 200, 28, 7)
    >>> true = expected_effects(quiet, 24)
    >>> bool((true.loc[~true["here"], "margin_eur"] == 0).all())
    True
    """
    s = run.scenario
    _check(s)
    whole_number("week", week, 1, run.weeks)
    whole_number("weeks", weeks, 1, 520)
    people = _people(run, week)
    here = people["here"].to_numpy()
    rate, leaving = (people[c].to_numpy() for c in ("order_rate", "dropout_rate"))
    factors = _factors(s, _pull(s, people, category), weeks)
    read, quiet = _reading_rate(s, people), np.ones_like(factors)
    stays = np.exp(-leaving * np.arange(weeks)[:, None]) * -np.expm1(-leaving) / leaving
    weekly = rate * (people["basket_eur"] * people["margin_rate"]).to_numpy() * here
    buys, moved = (_buys(rate * f, leaving) * here for f in (quiet, factors))
    return pd.DataFrame(
        {
            "margin_eur": read * weekly * (stays * (factors - 1.0)).sum(axis=0),
            "buys": buys,
            "buys_more": read * (moved - buys),
            "margin_rate_eur": weekly,
            "here": here,
        },
        index=people.index,
    )


def _check(s: Scenario) -> None:
    if s.process != "pareto/nbd" or s.season_amplitude or s.economy_sd:
        raise ValueError(
            "the expected effect of a letter is known where people buy by Pareto/NBD without "
            f"seasons, got process {s.process!r}, season_amplitude {s.season_amplitude:g} and "
            f"economy_sd {s.economy_sd:g}. Elsewhere use crmlab.experiments.effects."
        )


def _people(run: Run, week: int) -> pd.DataFrame:
    """The true traits of those known by then to whom the firm has not written."""
    now = EPOCH + np.timedelta64(week * WEEK_SECONDS, "s")
    truth = run.truth.people.set_index("person_id")
    owner = run.truth.identity.set_index("customer_id")["person_id"]
    people = truth.loc[owner].set_index(owner.index)
    people["here"] = ~(people["left_at"] < now)
    written = run.records.messages["customer_id"]
    return people[(people["born_at"] < now) & ~people.index.isin(written)]


def _reading_rate(s: Scenario, people: pd.DataFrame) -> Floats:
    """Rule 10, for somebody rested."""
    shares = np.array(s.preference_shape) / sum(s.preference_shape)
    liking = people["prefers_post"] / shares[CHANNELS.index("post")]
    rate = s.post_open_rate * (0.5 + 0.5 * liking) * people["trust"] / s.trust_mean
    return np.minimum(rate, 0.95).to_numpy()


def _pull(s: Scenario, people: pd.DataFrame, category: str | None) -> Floats:
    """Rule 11, for somebody rested: rise of the log order rate once the letter is read."""
    needs = people[[f"need_{c}" for c in CATEGORIES]]
    shown = 1.0 / len(CATEGORIES) if category is None else needs[f"need_{category}"]
    pull = people["responsiveness"] * s.conversion_strength * people["trust"] * s.email_effect
    return (pull * shown / needs.max(axis=1)).to_numpy()


def _factors(s: Scenario, pull: Floats, weeks: int) -> Floats:
    """Factor on the order rate in each week, shape ``(weeks, n_people)``."""
    left = s.carryover ** np.arange(weeks)[:, None]
    factors = np.exp(np.clip(pull * left, -3.0, 2.0))
    factors[0] += _READ_AFTER_WEEKS * (1.0 - factors[0])
    return factors


def _buys(rates: Floats, leaving: Floats) -> Floats:
    """Probability of an order, week by week: whoever neither ordered nor left may order next."""
    waiting, bought = np.ones(rates.shape[1]), np.zeros(rates.shape[1])
    for rate in rates:
        ends = -np.expm1(-(rate + leaving))
        bought += waiting * ends * rate / (rate + leaving)
        waiting *= 1.0 - ends
    return bought
