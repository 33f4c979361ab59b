"""How is a customer best reached, at which cost? Multichannel integration, counted.

A channel has a price for a contact, and a share of contacts that lead to something. So a channel
that is dear by the contact may be cheap by the response, and which is best depends on what a
response is worth: on the segment. Contacts that customers begin (at the service desk) cost more
than most messages, since somebody has to answer them. (Payne and Frow 2005; the cost of a contact
is what they call the economics of the channel.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero
from crmlab.tables import CHANNELS


def message_results(
    messages: pd.DataFrame, responses: pd.DataFrame, price_eur: Sequence[float]
) -> pd.DataFrame:
    """Cost per contact and per response of what the firm sent, by channel.

    Parameters
    ----------
    messages, responses : DataFrame
        The tables of these names.
    price_eur : sequence of float
        Of one message, in the order of `tables.CHANNELS`.

    Returns
    -------
    DataFrame
        One row a channel that was used: ``contacts``, ``cost_eur`` (of one), ``opened``,
        ``clicked`` (shares), ``per_opened_eur`` (cost of one that was opened).

    Examples
    --------
    >>> sent = pd.DataFrame({"message_id": [1, 2], "channel": ["post", "post"]})
    >>> came = pd.DataFrame({"message_id": [1], "event": ["open"]})
    >>> message_results(sent, came, [0.004, 0.8, 3, 0, 0, 0, 0]).loc["post", "per_opened_eur"]
    np.float64(1.6)
    """
    channel = messages["channel"].astype(str).to_numpy()
    shares = {
        name: messages["message_id"].isin(responses.loc[responses["event"] == event, "message_id"])
        for name, event in (("opened", "open"), ("clicked", "click"))
    }
    table = pd.DataFrame(shares).groupby(channel).mean()
    table.insert(0, "contacts", pd.Series(channel).value_counts().reindex(table.index))
    table.insert(1, "cost_eur", pd.Series(list(price_eur), CHANNELS).reindex(table.index))
    table["per_opened_eur"] = table["cost_eur"] / table["opened"].where(table["opened"] > 0)
    return table.rename_axis("channel")


def contact_cost(
    interactions: pd.DataFrame, contact_eur: Sequence[float], hour_eur: float
) -> pd.Series:
    """What each contact with the desk has cost, EUR: the channel and the agent's minutes.

    Parameters
    ----------
    interactions : DataFrame
        The table of this name.
    contact_eur : sequence of float
        Of one contact beside the agent, in the order of `tables.CHANNELS`.
    hour_eur : float
        Of an agent at work; time spent waiting for cases is not in it.

    Examples
    --------
    >>> talk = pd.DataFrame({"channel": ["phone"], "minutes": [12.0]})
    >>> contact_cost(talk, [0, 0, 2.0, 0, 0, 0, 0], hour_eur=25.0).tolist()
    [7.0]
    """
    at_least_zero("hour_eur", hour_eur)
    price = pd.Series(list(contact_eur), CHANNELS).reindex(interactions["channel"].astype(str))
    return interactions["minutes"] * hour_eur / 60 + price.to_numpy()


def desk_results(
    cases: pd.DataFrame, interactions: pd.DataFrame, contact_eur: Sequence[float], hour_eur: float
) -> pd.DataFrame:
    """Cost per contact and per case of what customers began, by channel.

    Parameters
    ----------
    cases, interactions : DataFrame
        The tables of these names.
    contact_eur, hour_eur
        As in `contact_cost`.

    Returns
    -------
    DataFrame
        One row a channel: ``contacts``, ``cost_eur`` (of one contact, with the agent's time),
        ``answered`` (share of contacts that are an answer), ``again`` (share of cases that take
        up another), ``per_case_eur`` (cost of all contacts over cases that are no repeat).
    """
    channel = interactions["channel"].astype(str).to_numpy()
    eur = contact_cost(interactions, contact_eur, hour_eur)
    frame = pd.DataFrame({"eur": eur, "answered": interactions["contact"] == "answered"})
    by = frame.groupby(channel)
    came = cases["channel"].astype(str).to_numpy()
    again = (cases["follows_id"] > 0).groupby(came)
    first = again.size() - again.sum()
    return pd.DataFrame(
        {
            "contacts": by.size(),
            "cost_eur": by["eur"].mean(),
            "answered": by["answered"].mean(),
            "again": again.mean(),
            "per_case_eur": by["eur"].sum() / first.where(first > 0),
        }
    ).rename_axis("channel")


def best_channel(
    worth_eur: pd.Series, response: Mapping[str, float], price_eur: Mapping[str, float]
) -> pd.DataFrame:
    """Which channel each segment should be reached by: response times its worth, less the price.

    Parameters
    ----------
    worth_eur : Series
        What one response is worth, by segment.
    response, price_eur : dict
        Share of contacts that are responded to, and price of one, by channel.

    Returns
    -------
    DataFrame
        One row a segment, a column a channel (EUR left of one contact), and ``best``: the
        channel that leaves most, ``"none"`` where none leaves anything.

    Examples
    --------
    >>> worth = pd.Series({"top": 4.0, "rest": 0.2})
    >>> best_channel(worth, {"email": 0.2, "post": 0.5}, {"email": 0.0, "post": 0.75})[
    ...     "best"
    ... ].tolist()
    ['post', 'email']
    """
    left = pd.DataFrame({c: worth_eur * response[c] - price_eur[c] for c in response})
    best = np.array(left.columns, dtype=object)[left.to_numpy().argmax(axis=1)]
    return left.assign(best=np.where(left.max(axis=1) > 0, best, "none"))
