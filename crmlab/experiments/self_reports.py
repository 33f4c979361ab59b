"""What do managers say of their own firm? Reports by five roles, biased as reports are.

A manager who is asked for what is *really* there thinks of what is planned, is kind to the own
department, and knows little of the others. So a reported reality is the true one, plus `PLANNED`
of the way to the intention, plus the role's kindness, plus `OWN_AREA` for capabilities of the own
department, plus noise. All sizes are *assumed*; together they exceed the truth by some 30 points,
the pilot figure of the lab. That perception scores are biased is what the authors of SCHEMA
themselves warn of (Stone and others 2019, The Bottom Line).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from crmlab.chance import Chance, normal
from crmlab.market.run import Run
from crmlab.tables import CAPABILITIES


@dataclass(frozen=True)
class Role:
    """Somebody who is asked: how kind, how sure, and for what responsible."""

    kindness: float
    noise: float
    area: tuple[str, ...]


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "managing director": Role(0.22, 0.10, ("leadership", "culture", "staff_incentives")),
        "marketing": Role(
            0.14,
            0.12,
            ("analysis", "targeting", "proposition_design", "measurement", "experimentation",
             "channel_reach"),
        ),
        "service": Role(
            0.08,
            0.12,
            ("response_speed", "complaint_handling", "staff_skill", "channel_integration"),
        ),
        "IT": Role(
            0.12,
            0.12,
            ("single_view", "data_quality", "data_age", "technology_reach", "privacy_practice"),
        ),
        "finance": Role(0.04, 0.15, ("process_discipline", "partner_network")),
    }
)  # fmt: skip
"""The five who are asked."""
PLANNED, OWN_AREA = 0.6, 0.12
"""Share of the way from reality to intention that is taken for reality, and what is added to the
own area."""


def true_capabilities(run: Run, week: int | None = None) -> pd.DataFrame:
    """Intention, reality and what it is worth beside others, by capability, in a week of a run.

    ``week`` None is the end. One row a capability: ``intention``, ``reality``, ``effective``.
    """
    table = run.truth.capabilities
    if week is not None:
        table = table[table["week"] <= week]
    last = table.drop_duplicates("capability", keep="last").set_index("capability")
    return last.drop(columns="week").reindex(list(CAPABILITIES))


def self_reports(truth: pd.DataFrame, seed: int, bias: float = 1.0) -> pd.DataFrame:
    """What each role says of each capability.

    Parameters
    ----------
    truth : DataFrame
        Index: capability; ``intention`` and ``reality``, as from `true_capabilities`.
    seed : int
        The managers' own luck.
    bias : float
        Factor on all that is not noise; 0 for honest managers.

    Returns
    -------
    DataFrame
        One row a role and capability: ``role``, ``capability``, ``intention``, ``reality``, each
        in [0, 1].

    Examples
    --------
    >>> truth = pd.DataFrame({"intention": 0.6, "reality": 0.3}, index=list(CAPABILITIES))
    >>> told = self_reports(truth, seed=1)
    >>> len(told), bool(told["reality"].mean() > 0.5)
    (100, True)
    """
    luck, n = Chance(seed).split("self reports"), len(truth)
    planned, real = (truth[c].to_numpy(dtype=float) for c in ("intention", "reality"))
    parts = []
    for number, (name, role) in enumerate(ROLES.items()):
        own = truth.index.isin(role.area)
        noise = [normal(luck.base("role", np.arange(n)), number * 2 + i) for i in range(2)]
        kind = role.kindness + OWN_AREA * own + PLANNED * (planned - real)
        sure = np.where(own, 0.6, 1.0) * role.noise
        told = {
            "intention": planned + bias * role.kindness / 2 + sure * noise[0],
            "reality": real + bias * kind + sure * noise[1],
        }
        parts.append(
            pd.DataFrame(
                {
                    "role": name,
                    "capability": truth.index,
                    **{c: np.clip(value, 0.0, 1.0) for c, value in told.items()},
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
