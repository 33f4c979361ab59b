"""What does a firm leave behind of how it works? Traces that an assessor can count.

Only a firm that is described (`Scenario.firm`) leaves them. *Plans*: each quarter's plan names a
goal, an owner and a budget for a capability, each with its intention. *Routines*: seven
capabilities have a habit that is kept in a week with the probability of their reality. *Proofs*
of changed permissions are kept with `proof_share`. *Copies*: what each department holds of a
customer, out of step with `copies_disagree`, last checked `copies_weeks` ago on average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import exponential, uniform
from crmlab.market.ability import NAMES
from crmlab.market.identity import mistype
from crmlab.tables import (
    DEPARTMENTS,
    OBSERVED,
    QUARTER_WEEKS,
    ROUTINES,
    WEEK_SECONDS,
    seconds_to_time,
)

if TYPE_CHECKING:
    from crmlab.market.ability import Ability
    from crmlab.market.log import Log
    from crmlab.market.world import World

_PLACES = [NAMES.index(name) for name in ROUTINES]
_PLANNED = ("goal", "owner", "budget")
_MAIL, _CITY, _SINCE, _WHERE, _WHAT = range(5)


def log_routines(world: World, log: Log, ability: Ability, week: int) -> None:
    """Write down which habits were kept in a week and, when a quarter begins, what is planned."""
    n = len(ROUTINES)
    luck = world.luck.uniform("routines", np.arange(n), week)
    log.put(
        "routines",
        {
            "week": np.full(n, week),
            "routine": np.arange(n, dtype=np.int8),
            "at": np.full(n, (week + 1) * WEEK_SECONDS - 1),
            "done": luck < ability.effective[_PLACES],
        },
    )
    quarter, since = divmod(week, QUARTER_WEEKS)
    if since:
        return
    n = len(NAMES)
    base = world.luck.base("plans", np.arange(n))
    named = {c: uniform(base, quarter * 4 + i) < ability.intention for i, c in enumerate(_PLANNED)}
    log.put(
        "plans",
        {
            "quarter": np.full(n, quarter),
            "capability": np.arange(n, dtype=np.int8),
            "at": np.full(n, week * WEEK_SECONDS),
            **named,
        },
    )


def log_proofs(world: World, log: Log, consent_id: NDArray, second: NDArray) -> None:
    """Keep a proof of some of these changes of permission."""
    kept = world.luck.uniform("proof", consent_id) < world.scenario.proof_share
    log.put("consent_proofs", {"consent_id": consent_id[kept], "at": second[kept]})


def copies(world: World, customers: pd.DataFrame) -> pd.DataFrame:
    """The table `copies`: one row a record and department; empty for a firm not described."""
    if not world.scenario.firm:
        return OBSERVED["copies"].empty()
    s, n, m = world.scenario, len(customers), len(DEPARTMENTS)
    customer = np.repeat(customers["customer_id"].to_numpy(), m)
    department = np.tile(np.arange(m), n)
    luck, t = world.luck.base("copies", customer), department * 8
    columns = {}
    for name, draw, places in (("email", _MAIL, (_WHERE, _WHAT)), ("city", _CITY, (_WHAT, _WHERE))):
        words = np.repeat(customers[name].to_numpy(dtype=object), m)
        wrong = np.flatnonzero(uniform(luck, t + draw) < s.copies_disagree)
        at = [uniform(luck[wrong], t[wrong] + place) for place in places]
        words[wrong] = [mistype(word, *each) for word, *each in zip(words[wrong], *at, strict=True)]
        columns[name] = pd.array(words, dtype="str")
    age_s = exponential(luck, t + _SINCE) * s.copies_weeks * WEEK_SECONDS
    opened = np.repeat(customers["registered_at"].to_numpy(), m)
    checked = seconds_to_time(np.maximum(world.weeks * WEEK_SECONDS - age_s, 0).astype(np.int64))
    frame = pd.DataFrame(
        {
            "customer_id": customer,
            "department": pd.Categorical.from_codes(department, list(DEPARTMENTS)),
            **columns,
            "updated_at": np.maximum(checked, opened),
        }
    )
    OBSERVED["copies"].check(frame)
    return frame
