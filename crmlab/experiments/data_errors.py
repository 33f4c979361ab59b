"""How wrong may the data be? Personalised mails with more and more of what is believed spoilt.

The same mails go to the same people; each shows one product of the category that the firm
believes the customer likes best. For a share of the customers what is believed is replaced by
another category. Where the gain against the plain newsletter falls to zero is the *break-even*:
with worse data, treating everybody alike is better.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.experiments.one_to_one_lives import Firm, firms
from crmlab.market.scenario import Scenario
from crmlab.strategic.one_to_one import plain_mails, product_mails

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def gain(firm: Firm, wrong: float = 0.0) -> float:
    """One product by past orders less the plain newsletter, EUR of margin a customer.

    Parameters
    ----------
    firm : Firm
    wrong : float
        Share of the customers whose record is spoilt (it names another category), in [0, 1].

    Examples
    --------
    >>> gain(Firm(customers=100, weeks=6), wrong=1.0) < 1
    True
    """
    return firm.margin_eur(product_mails(wrong=wrong)) - firm.margin_eur(plain_mails())


def curve(several: Sequence[Firm], shares: Sequence[float] = SHARES) -> pd.Series:
    """The gain by the share of wrong data (index), EUR a customer, mean over firms."""
    found = [np.mean([gain(firm, wrong) for firm in several]) for wrong in shares]
    return pd.Series(found, pd.Index(shares, name="wrong"), name="gain_eur")


def break_even(gains: pd.Series) -> float:
    """The share of wrong data at which the gain is gone, between those measured.

    Parameters
    ----------
    gains : Series
        As `curve` gives it: index ``wrong``, rising.

    Returns
    -------
    float
        NaN where the gain never falls to zero; 0 where there is none to begin with.

    Examples
    --------
    >>> break_even(pd.Series([0.6, 0.2, -0.2], index=[0.0, 0.4, 0.8]))
    0.6
    """
    wrong, eur = gains.index.to_numpy(dtype=float), gains.to_numpy(dtype=float)
    if eur[0] <= 0:
        return 0.0
    below = np.flatnonzero(eur <= 0)
    if not len(below):
        return float("nan")
    i = below[0]
    part = eur[i - 1] / (eur[i - 1] - eur[i])
    return float(round(wrong[i - 1] + part * (wrong[i] - wrong[i - 1]), 12))


def filled(tried: dict[float, float], shares: Sequence[float]) -> pd.Series:
    """A curve through the points tried so far, straight between them; NaN outside.

    >>> filled({0.0: 1.0, 1.0: 0.0}, (0.0, 0.5, 1.0)).tolist()
    [1.0, 0.5, 0.0]
    """
    known = sorted(tried)
    values = np.interp(shares, known, [tried[k] for k in known], left=np.nan, right=np.nan)
    return pd.Series(values, pd.Index(shares, name="wrong"), name="gain_eur")


def by_miss_penalty(
    scenario: Scenario, penalties: Sequence[float], worlds: int = 2, customers: int = 2_000
) -> pd.DataFrame:
    """The gain by the share of wrong data, for several sizes of what a miss does.

    One row a share (column ``wrong``), one column a penalty, named by it.
    """
    columns = {
        f"{p:g}": curve(firms(scenario.replace(miss_penalty=p), worlds, customers))
        for p in penalties
    }
    return pd.DataFrame(columns).reset_index()
