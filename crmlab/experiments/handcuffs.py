"""How golden are the handcuffs? The same customers under a rival's discounts, taught and not.

The same firm asks the same customers, with the same luck, and remembers what they configure, while
a rival asks 0, 10, 20 ... percent less. To know what *teaching* holds, and not who those are that
teach, the same world is lived through once more with the hold cut (``teaching_hold`` 0): the
customers who have taught so many things there have the same traits, and nothing holds them. The
discount at which the taught leave as fast as those is their switching cost in the rival's money.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from crmlab.market.packs import scenario as named_scenario
from crmlab.market.rivals import hazard, left_to_the_rival
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.one_to_one import attract_capture_engage
from crmlab.strategic.switching import even_discount, leaving_rates, spells, taught_at
from crmlab.tables import EPOCH, WEEK_SECONDS

RIVAL = {"rival_rate": 0.01}
"""A rival who takes one in a hundred a week at no discount: *assumed*, it is 0 by default."""
DISCOUNTS = (0.0, 0.1, 0.2)
CUSTOMERS, WEEKS = 3_000, 78
CLAIM = (2_000, 52, (0.0, 0.2))
"""Customers, weeks and discounts of one world of the claim: enough for it, and quick."""
MOST = 4


def rivalled(scenario: Scenario | str = "retail", discount: float = 0.0) -> Scenario:
    """A market with a rival who asks so much less; one that has a rival keeps it."""
    market = named_scenario(scenario)
    if market.rival_rate == 0:
        market = market.replace(**RIVAL)
    return market.replace(rival_discount=discount)


def lives(run: Run) -> pd.DataFrame:
    """When each customer came and left: the truth, which a firm without contracts cannot see.

    One row per customer (index ``customer_id``): ``since``, ``until``, ``left``.
    """
    end = EPOCH + np.timedelta64(run.weeks * WEEK_SECONDS, "s")
    people = run.truth.people.merge(run.truth.identity, on="person_id").set_index("customer_id")
    people = people[people["born_at"].to_numpy() < end]
    left = (people["left_at"].notna() & (people["left_at"].to_numpy() < end)).to_numpy()
    until = people["left_at"].where(left, end)
    return pd.DataFrame({"since": people["born_at"], "until": until, "left": left})


def spent(run: Run, most: int = MOST) -> pd.DataFrame:
    """The customer-weeks of a run by what had been taught; see `switching.spells`."""
    identity = run.truth.identity
    # Whoever has several records lives, and leaves, once.
    main = identity.groupby("person_id")["customer_id"].transform("first")
    main.index = pd.Index(identity["customer_id"])
    taught = taught_at(run.records["questions"], run.records["configurations"])
    taught = taught.assign(customer_id=taught["customer_id"].map(main))
    alive = lives(run)
    return spells(taught, alive[alive.index.isin(main)], most)


def curve(
    scenario: Scenario | str = "retail",
    customers: int = CUSTOMERS,
    weeks: int = WEEKS,
    seed: int = 7,
    discounts: Sequence[float] = DISCOUNTS,
    most: int = MOST,
) -> pd.DataFrame:
    """How fast customers leave, by the rival's discount and by what they have taught.

    Returns
    -------
    DataFrame
        One row a discount and number of taught things: ``discount``, ``taught``, ``weeks``,
        ``left``, ``rate`` (leavers per 100 customer-weeks). ``held`` is False in the rows of
        the same customers whom teaching does not hold, at no discount.

    Examples
    --------
    >>> table = curve(customers=200, weeks=26, discounts=(0.0, 0.3), most=1)
    >>> table["held"].tolist()
    [False, False, True, True, True, True]
    """
    policy = attract_capture_engage(("attract", "capture"))
    worlds = [(False, 0.0, rivalled(scenario).replace(teaching_hold=0.0))]
    worlds += [(True, float(d), rivalled(scenario, float(d))) for d in discounts]
    parts = []
    for held, discount, market in worlds:
        rates = leaving_rates(spent(simulate(market, customers, weeks, seed, policy), most))
        parts.append(rates.reset_index().assign(held=held, discount=discount))
    table = pd.concat(parts, ignore_index=True)
    return table[["held", "discount", "taught", "weeks", "left", "rate"]]


def needed_discount(table: pd.DataFrame) -> pd.Series:
    """The discount that a rival must offer, by what had been taught: the switching-cost curve.

    Parameters
    ----------
    table : DataFrame
        As `curve` gives it, of one world or of several added up.

    Returns
    -------
    Series
        Shares off the price (index ``taught``); NaN where it cannot be told: nobody has left,
        or no more leave at a larger discount.
    """
    found = {}
    for taught, rows in table.groupby("taught"):
        free, held = rows[~rows["held"]], rows[rows["held"]]
        found[taught] = np.nan
        if len(free) == 1 and len(held) >= 2 and (rows["left"] > 0).all():
            with suppress(ValueError):  # the rate does not rise with the discount
                rate = float(free["rate"].iloc[0])
                found[taught] = even_discount(held["discount"], held["rate"], rate)
    return pd.Series(found, name="discount").rename_axis("taught")


def pooled(table: pd.DataFrame, least: int = 1) -> pd.DataFrame:
    """The table of `curve` with all who taught ``least`` things or more in one class."""
    many = table[table["taught"] >= least]
    sums = many.groupby(["held", "discount"], as_index=False)[["weeks", "left"]].sum()
    return sums.assign(taught=least, rate=100.0 * sums["left"] / sums["weeks"])


def added(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Several worlds' tables of `curve` added up."""
    keys = ["held", "discount", "taught"]
    sums = pd.concat(tables).groupby(keys, as_index=False)[["weeks", "left"]].sum()
    return sums.assign(rate=100.0 * sums["left"] / sums["weeks"])


def taught_discount(scenario: Scenario | str, seed: int) -> float:
    """The discount that a rival must offer to those who have taught something, one world."""
    customers, weeks, discounts = CLAIM
    table = pooled(curve(scenario, customers, weeks, seed, discounts, most=1))
    return float(needed_discount(table).iloc[0])


def taken_in_a_year(
    people: pd.DataFrame, market: Scenario, discount: float, taught: Sequence[int] = range(MOST + 1)
) -> pd.Series:
    """The share of the customers that a rival takes in a year, had they all taught so much.

    From the market's rule and the customers' true price sensitivities, if nothing but the rival
    made anybody leave, and what was taught stayed true.

    Parameters
    ----------
    people : DataFrame
        The truth of a run, with ``price_sensitivity``.
    market : Scenario
    discount : float
        Of the rival, in [0, 1].
    taught : sequence of int

    Returns
    -------
    Series
        Shares (index ``taught``).

    Examples
    --------
    >>> people = pd.DataFrame({"price_sensitivity": [1.0]})
    >>> taken_in_a_year(people, rivalled(), 0.0, taught=[0, 3]).round(2).tolist()
    [0.41, 0.2]
    """
    if not 0.0 <= discount <= 1.0:
        raise ValueError(f"discount must be in [0, 1], got {discount}. Is this a percentage?")
    pull = hazard(market.replace(rival_discount=discount), people["price_sensitivity"].to_numpy())
    left = left_to_the_rival(market, np.asarray(taught, dtype=float))
    shares = [-np.expm1(-52.18 * pull * part).mean() for part in left]
    return pd.Series(shares, pd.Index(taught, name="taught"), name="share")
