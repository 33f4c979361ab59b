"""What is written down when permission changes, or an action is refused?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.market.consent import ORIGIN, REASONS
from crmlab.market.log import Log
from crmlab.market.traces import log_proofs
from crmlab.market.world import World
from crmlab.tables import WEEK_SECONDS


def log_refusals(
    log: Log, week: int, target: NDArray, ids: NDArray, kinds: NDArray, reason: NDArray
) -> None:
    """Keep refused actions: a row each, and their number in the ledger, by reason."""
    n = len(ids)
    log.put(
        "refusals",
        {
            "refusal_id": week * 10**9 + log.rows["refusals"] + np.arange(n),
            "at": np.full(n, week * WEEK_SECONDS),
            "target_kind": target,
            "target_id": ids,
            "kind": kinds,
            "reason": np.array(REASONS, dtype=object)[reason],
        },
    )
    for code, number in enumerate(np.bincount(reason)):
        if number:
            log.pay(week, f"refused: {REASONS[code]}", 0.0, int(number))


def log_consent(
    world: World,
    log: Log,
    file: NDArray,
    second: NDArray,
    origin: str,
    code: int,
    week: int,
    incentive: NDArray | float = 0.0,
    place: NDArray | int = 0,
) -> None:
    """Keep changes of permission, as they stand in the people's state now."""
    files = world.files
    consent_id = world.event_id(file, week, np.full(len(file), code) + place)
    if world.scenario.firm:
        log_proofs(world, log, consent_id, second)
    log.put(
        "consents",
        {
            "consent_id": consent_id,
            "customer_id": world.customer_id[file],
            "at": second,
            "status": files.consent[file].copy(),
            "origin": np.full(len(file), ORIGIN[origin], dtype=np.int8),
            "incentive_eur": np.broadcast_to(np.asarray(incentive, dtype=float), (len(file),)),
            "cap_per_4_weeks": files.cap[file].copy(),
        },
    )
