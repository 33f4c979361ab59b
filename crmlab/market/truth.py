"""What does only the simulator know? The people with their traits and values, and who is who."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from crmlab.market import identity, value
from crmlab.market.engine import BLOCK, Engine
from crmlab.tables import CATEGORIES, CHANNELS, TASTES, TRUTH, WEEK_SECONDS, seconds_to_time


class Truth:
    """What only the simulator knows, as tables: people, identity, sessions, addresses."""

    def __init__(self, makers: dict[str, Callable[[], pd.DataFrame]]) -> None:
        self._makers = makers
        self._tables: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._makers:
            raise KeyError(f"the truth has no table {name!r}; it has {', '.join(self._makers)}.")
        if name not in self._tables:
            self._tables[name] = self._makers[name]()
        return self._tables[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._makers]

    def tables(self) -> pd.DataFrame:
        """The tables: name, number of rows, and what a row is."""
        rows = [(n, len(self[n]), TRUTH[n].row) for n in self._makers]
        return pd.DataFrame(rows, columns=["table", "rows", "row"])

    def __repr__(self) -> str:
        return f"Truth({', '.join(self._makers)})"


def truth_of(engine: Engine) -> Truth:
    """Every table of the truth of a run, made when asked for."""
    return Truth(
        {
            "people": lambda: _people(engine),
            "identity": lambda: identity_table(engine),
            "sessions": lambda: engine.log.frame("true_sessions"),
            "addresses": lambda: engine.log.frame("true_addresses"),
            "cases": lambda: engine.log.frame("true_cases"),
            "capabilities": engine.ability.history,
        }
    )


def identity_table(engine: Engine) -> pd.DataFrame:
    """Whose each record of the firm is."""
    world, known = engine.world, engine.known_files()
    person = world.people.person_id[world.owner(known)]
    frame = pd.DataFrame({"customer_id": world.customer_id[known], "person_id": person})
    return frame.sort_values("customer_id", ignore_index=True)


def _known_people(engine: Engine) -> np.ndarray:
    """Places of those who became customers in the run, by person_id."""
    known = engine.world.born_before(engine.world.weeks * WEEK_SECONDS)
    return known[np.argsort(engine.world.people.person_id[known], kind="stable")]


def _people(engine: Engine) -> pd.DataFrame:
    return _people_at(engine, _known_people(engine))


def people_in_parts(engine: Engine) -> Iterator[pd.DataFrame]:
    """The table of people, so many at a time."""
    known = _known_people(engine)
    for begin in range(0, max(len(known), 1), BLOCK):
        yield _people_at(engine, known[begin : begin + BLOCK])


def _people_at(engine: Engine, who: np.ndarray) -> pd.DataFrame:
    """The truth of the people at these places, in this order."""
    world, state, log = engine.world, engine.world.state, engine.log
    people = world.people.at(who)
    horizon = world.weeks - people.born_s / WEEK_SECONDS
    death_s = state.death_s[who]
    left = np.where(death_s < world.weeks * WEEK_SECONDS, death_s, -1.0).astype(np.int64)
    forever = np.full(len(people), np.inf)
    factors = world.rate_factors
    log.make_room()
    columns: dict[str, np.ndarray] = {
        "person_id": people.person_id,
        "household_id": identity.household_of(world.scenario, world.traits, people.person_id),
        "pool_id": people.pool_id.astype(np.int16),
        "born_at": seconds_to_time(people.born_s),
        "left_at": seconds_to_time(left),
        "order_rate": people.order_rate,
        "dropout_rate": people.dropout_rate,
        "dropout_probability": people.dropout_probability,
        "basket_eur": value.basket_eur(world.scenario, people),
        "margin_rate": value.margin_rate(world.scenario, people),
        **{f"need_{c}": people.needs[:, i] for i, c in enumerate(CATEGORIES)},
        "responsiveness": people.responsiveness,
        "tolerance": people.tolerance,
        "trust": state.trust[who],
        "fatigue": state.fatigue[who],
        "privacy": people.privacy,
        "incentive_sensitivity": people.incentive_sensitivity,
        "price_sensitivity": people.price_sensitivity,
        "patience": people.patience,
        **{f"prefers_{c}": people.prefers[:, i] for i, c in enumerate(CHANNELS)},
        "visit_rate": people.visit_rate,
        **{f"taste_{i + 1}": people.tastes[:, i] for i in range(TASTES)},
        "demandingness": people.demandingness,
        "rival_share": people.rival_share,
        "taught": state.taught[who],
        "expected_value_eur": value.expected_value_eur(world.scenario, people, horizon, factors),
        "expected_lifetime_value_eur": value.expected_value_eur(world.scenario, people, forever),
        "realised_value_eur": log.realised[who] / 1e8,
        "grudge": state.grudge[who],
        "contact_cost_eur": log.cost[who] / 1e4,
        "serving_cost_eur": np.zeros(len(who)) if log.work is None else log.work.cost_eur(who),
    }
    return pd.DataFrame({c.name: columns[c.name] for c in TRUTH["people"].columns})
