"""Which type of CRM is at work here? Short scenes from firms, each with its type.

Each scene is put together from an actor and a deed, drawn by a seed, so that no two classes get the
same list. What is done decides the type, by the definitions of the lecture notes ("CRM 01", 8.1);
who does it, and whether software does, is no clue.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import whole_number

ACTORS = (
    "A book club", "A hotel chain", "A maker of pumps", "A garden centre", "A telephone company",
    "A private clinic", "A wine merchant", "A travel agency",
)  # fmt: skip
DEEDS: dict[str, tuple[str, ...]] = {
    "strategic": (
        "decides that the sales team will call on the best tenth of its customers only",
        "stops serving customers who cost more than they bring, and courts those who bring most",
        "makes keeping profitable customers the first goal of every department",
    ),
    "operational": (
        "has a program remind everybody who left a full cart, four hours later",
        "lets software fill in the order form, book the visit and send the receipt",
        "sends each new customer the same three welcome mails, without anybody touching a key",
    ),
    "analytical": (
        "works out from past orders which customers are likely to leave",
        "finds that who buys lamps in autumn buys wool in winter",
        "forecasts next quarter's orders from what each customer has bought so far",
    ),
    "collaborative": (
        "shows the clerk at the counter what was promised on the telephone yesterday",
        "holds its advertising back from whoever has a complaint open at the desk",
        "gives sales, marketing and service one log of all contacts, and one voice",
    ),
    "social": (
        "answers the questions that customers put to each other on its brand page",
        "shows visitors what their friends have bought and liked",
        "thanks customers who recommend it in a chat group, and joins the talk",
    ),
}
"""What is done, by type of CRM."""


def vignettes(n: int = 6, seed: int = 1) -> pd.DataFrame:
    """So many scenes with their types.

    Parameters
    ----------
    n : int
        1 to 8.
    seed : int

    Returns
    -------
    DataFrame
        One row a scene: ``scene``, ``type`` (one of `modules.TYPES`).

    Examples
    --------
    >>> vignettes(2, seed=1)["type"].tolist()
    ['strategic', 'analytical']
    """
    whole_number("n", n, 1, len(ACTORS))
    luck = Chance(seed).split("vignettes")
    actor = np.argsort(luck.uniform("actor", np.arange(len(ACTORS))), kind="stable")[:n]
    deeds = [(name, deed) for name, told in DEEDS.items() for deed in told]
    deed = np.argsort(luck.uniform("deed", np.arange(len(deeds))), kind="stable")[:n]
    rows = [(f"{ACTORS[a]} {deeds[d][1]}.", deeds[d][0]) for a, d in zip(actor, deed, strict=True)]
    return pd.DataFrame(rows, columns=["scene", "type"])
