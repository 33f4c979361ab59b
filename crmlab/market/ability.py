"""What does it cost a firm that it is not able? Capabilities, as changes of the market's numbers.

A firm is described by its capabilities (`Scenario.firm`), each with an *intention* (planned and
bought into) and a *reality* (really there): the two axes of CMAT-style assessments. What is missing
of a reality enters as error, latency, poor quality or cost: `EFFECTS` says which fields of the
scenario it moves, and how far at a reality of 0. All sizes are *assumed*; `docs/rules.md` shows
what each of them does to profit. A capability that is not named is fully there, so a market without
`firm` is as it always was.

What a capability is worth may hang on those that it rests on (`RESTS_ON`): with ``weakest link`` it
is worth no more than the weakest of them, with ``substitutes`` as much as their mean.

Money raises a reality slowly: it waits, `invest_weeks` on average, until it is put to work, and
then closes a part of what is missing, all the more where the intention is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.market.parameters import about
from crmlab.market.scenario import Scenario
from crmlab.tables import CAPABILITIES, TRUTH

NAMES = tuple(CAPABILITIES)


@dataclass(frozen=True)
class Effect:
    """One thing that a missing capability does: a field, and how it stands at a reality of 0.

    ``how`` is ``"times"`` (the field is multiplied) or ``"plus"`` (something is added);
    ``at`` is the place in a field that is a list, None for all of it.
    """

    field: str
    how: str
    size: float
    sort: str
    at: int | None = None


_BILL, _USE = 1, 2
EFFECTS: dict[str, tuple[Effect, ...]] = {
    "leadership": (
        Effect("idle_weeks", "plus", 0.20, "latency"),
        Effect("invest_speed", "times", 0.4, "latency"),
    ),
    "culture": (
        Effect("case_hurt", "times", 1.6, "quality"),
        Effect("trust_gain", "times", 0.6, "quality"),
    ),
    "single_view": (
        Effect("unseen_history", "plus", 0.5, "error"),
        Effect("copies_disagree", "plus", 0.35, "error"),
        Effect("fatigue", "times", 1.25, "error"),
    ),
    "data_quality": (
        Effect("wrong_product", "plus", 0.30, "error"),
        Effect("misaddressed", "plus", 0.15, "error"),
        Effect("complaints_per_order", "times", 2.5, "error", _BILL),
    ),
    "data_age": (
        Effect("sharing_delay_weeks", "plus", 3.0, "latency"),
        Effect("copies_weeks", "times", 26.0, "latency"),
        Effect("address_update", "times", 0.4, "latency"),
    ),
    "analysis": (Effect("no_insight", "plus", 0.6, "error"),),
    "targeting": (Effect("wrong_target", "plus", 0.40, "error"),),
    "proposition_design": (Effect("pull_strength", "times", 0.5, "quality"),),
    "partner_network": (Effect("late_share", "times", 2.5, "quality"),),
    "channel_integration": (
        Effect("chase_opens_case", "plus", 0.6, "error"),
        Effect("complaint_ignored", "plus", 1.0, "error"),
    ),
    "channel_reach": (
        Effect("pool_conversion", "times", 0.6, "quality"),
        Effect("open_rate", "times", 0.8, "quality"),
        Effect("other_reach", "times", 0.4, "quality"),
    ),
    "response_speed": (Effect("handling_minutes", "times", 1.5, "latency"),),
    "complaint_handling": (
        Effect("complaint_quality", "times", 0.6, "quality"),
        Effect("coded_share", "times", 0.1, "quality"),
    ),
    "staff_skill": (
        Effect("answer_quality", "times", 0.75, "quality"),
        Effect("handling_minutes", "times", 1.1, "quality"),
    ),
    "staff_incentives": (Effect("closed_early", "plus", 0.2, "quality"),),
    "process_discipline": (
        Effect("lost_rows", "plus", 0.20, "error"),
        Effect("complaints_per_order", "times", 2.0, "error", _USE),
    ),
    "technology_reach": (
        Effect("email_eur", "times", 2.0, "cost"),
        Effect("post_eur", "times", 1.3, "cost"),
        Effect("phone_eur", "times", 1.5, "cost"),
        Effect("contact_eur", "times", 2.0, "cost"),
    ),
    "privacy_practice": (
        Effect("optin_at_registration", "times", 0.7, "quality"),
        Effect("complaint_rate", "times", 2.0, "quality"),
        Effect("unsubscribe_rate", "times", 2.0, "quality"),
        Effect("proof_share", "times", 0.1, "quality"),
    ),
    "measurement": (
        Effect("invest_speed", "times", 0.6, "latency"),
        Effect("wear_out", "plus", 0.15, "quality"),
    ),
    "experimentation": (Effect("wear_out", "plus", 0.35, "quality"),),
}
"""What is at stake with each capability; the sizes are assumed."""

RESTS_ON: dict[str, tuple[str, ...]] = {
    "leadership": (),
    "culture": ("leadership",),
    "single_view": ("data_quality", "technology_reach"),
    "data_quality": ("process_discipline",),
    "data_age": ("technology_reach",),
    "analysis": ("data_quality", "staff_skill"),
    "targeting": ("analysis", "single_view"),
    "proposition_design": ("analysis",),
    "partner_network": ("leadership",),
    "channel_integration": ("single_view", "technology_reach"),
    "channel_reach": ("technology_reach",),
    "response_speed": ("staff_skill", "technology_reach"),
    "complaint_handling": ("culture", "staff_skill"),
    "staff_skill": ("leadership",),
    "staff_incentives": ("culture",),
    "process_discipline": ("leadership",),
    "technology_reach": ("leadership",),
    "privacy_practice": ("process_discipline",),
    "measurement": ("data_quality",),
    "experimentation": ("measurement", "culture"),
}
"""What each capability rests on, beside itself; assumed."""


class Ability:
    """The firm's capabilities as they stand, and the market as they make it.

    Attributes
    ----------
    scenario : Scenario
        The market under what is missing; the given one where the firm is not described.
    """

    def __init__(self, scenario: Scenario, base_size: int) -> None:
        self.given, self.base_size = scenario, base_size
        named = {name: (intention, reality) for name, intention, reality in scenario.firm}
        both = np.array([named.get(name, (1.0, 1.0)) for name in NAMES])
        self.intention, self.reality = both[:, 0], both[:, 1]
        self.described = np.array([name in named for name in NAMES])
        self.stock_eur = np.zeros(len(NAMES))
        self.scenario = scenario
        self.rows: list[tuple[int, NDArray, NDArray]] = []
        self._note(0)

    @property
    def effective(self) -> NDArray[np.float64]:
        """What each capability is worth beside those that it rests on."""
        return mixed(self.reality, self.given.capability_mix)

    def invest(self, place: NDArray[np.int64], spend_eur: NDArray[np.float64]) -> None:
        """Put money aside for these capabilities (places in `NAMES`)."""
        np.add.at(self.stock_eur, place, spend_eur)

    def improve(self, week: int) -> None:
        """Let a week's part of the money do its work."""
        if not self.stock_eur.any():
            return
        s = self.scenario
        put = self.stock_eur * -np.expm1(-1.0 / s.invest_weeks)
        self.stock_eur -= put
        scale = s.invest_eur_per_customer * self.base_size
        missing = 1.0 - self.reality
        self.reality = 1.0 - missing * np.exp(-s.invest_speed * self.intention * put / scale)
        self._note(week + 1)

    def _note(self, week: int) -> None:
        if self.described.any():
            self.scenario = under(self.given, self.effective)
        self.rows.append((week, self.reality.copy(), self.effective))

    def history(self) -> pd.DataFrame:
        """The truth's table `capabilities`: one row a capability and week in which it changed."""
        weeks = [week for week, _, _ in self.rows]
        n = len(NAMES)
        frame = pd.DataFrame(
            {
                "week": np.repeat(np.array(weeks, dtype=np.int64), n),
                "capability": pd.array(NAMES * len(weeks), dtype="str"),
                "intention": np.tile(self.intention, len(weeks)),
                "reality": np.concatenate([reality for _, reality, _ in self.rows]),
                "effective": np.concatenate([effective for _, _, effective in self.rows]),
            }
        ).drop_duplicates(["week", "capability"], keep="last")
        TRUTH["capabilities"].check(frame)
        return frame.reset_index(drop=True)


def mixed(reality: NDArray[np.float64], mix: str) -> NDArray[np.float64]:
    """What each capability is worth beside those that it rests on itself (one step down).

    Parameters
    ----------
    reality : array, shape (20,)
        In the order of `NAMES`.
    mix : str
        ``"independent"``, ``"weakest link"`` or ``"substitutes"``.

    Examples
    --------
    >>> reality = np.ones(20)
    >>> reality[NAMES.index("data_quality")] = 0.2
    >>> [float(mixed(reality, m)[NAMES.index("analysis")]) for m in ("independent", "weakest link")]
    [1.0, 0.2]
    """
    if mix == "independent":
        return reality
    combine = np.min if mix == "weakest link" else np.mean
    return np.array(
        [
            combine([reality[i], *(reality[NAMES.index(other)] for other in RESTS_ON[name])])
            for i, name in enumerate(NAMES)
        ]
    )


def under(scenario: Scenario, effective: NDArray[np.float64]) -> Scenario:
    """The market as it is under these capabilities: every field moved by what is missing."""
    missing = scenario.ability_strength * (1.0 - effective)
    changed: dict[str, float | tuple[float, ...]] = {}
    for name, lack in zip(NAMES, missing.tolist(), strict=True):
        for effect in EFFECTS[name]:
            now = changed.get(effect.field, getattr(scenario, effect.field))
            changed[effect.field] = _moved(effect, now, lack)
    return scenario.replace(**{f: _held(f, value) for f, value in changed.items()})


def _moved(
    effect: Effect, value: float | tuple[float, ...], lack: float
) -> float | tuple[float, ...]:
    if isinstance(value, tuple):
        places = range(len(value)) if effect.at is None else (effect.at,)
        one = {i: _moved(effect, value[i], lack) for i in places}
        return tuple(one.get(i, v) for i, v in enumerate(value))  # type: ignore[misc]
    if effect.how == "plus":
        return value + effect.size * lack
    return max(value * (1.0 + (effect.size - 1.0) * lack), 0.0)


def _held(field: str, value: float | tuple[float, ...]) -> float | tuple[float, ...]:
    """Held to the range of the field; shares in a list to [0, 1]."""
    known = about(Scenario, field)
    low, high = (
        known.get("low", 0.0),
        known.get("high", 1.0 if known["unit"] == "share" else np.inf),
    )
    if isinstance(value, tuple):
        return tuple(float(np.clip(v, low, high)) for v in value)
    return float(np.clip(value, low, high))
