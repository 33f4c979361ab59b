"""And with a million records? The same model through splink, whose joins run on DuckDB.

splink blocks, compares, and learns u from random pairs and m by EM, one session a blocking key.
It reads the same plan and gives the same tables as `FellegiSunter`. Its model knows strangers and
one person only, so the household's part and the share of matches come from our `em`, with
splink's m and u held; with ``shared=()`` in the plan nothing but that share is ours.
Linacre, Lindsay, Manassis, Slade, Hepworth, Kennedy and Bond (2022), Splink: free software for
probabilistic record linkage at scale, International Journal of Population Data Science 7(3).
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import EMTrainingException

from crmlab.analytical.linkage.blocking import Key, columns_of, possible_pairs, split_part
from crmlab.analytical.linkage.comparisons import Comparison, columns_in
from crmlab.analytical.linkage.em import Candidates, Levels, Shares, em
from crmlab.analytical.linkage.fellegi_sunter import scored, weight_table
from crmlab.analytical.linkage.fields import as_table
from crmlab.analytical.linkage.plan import Plan, plan_for
from crmlab.checks import whole_number
from crmlab.storage import duckdb_in_memory


class SplinkLinker(BaseEstimator):
    """Which records are of one person? splink behind the interface of `FellegiSunter`.

    Parameters
    ----------
    plan : Plan, optional
        By default `plan_for` of the records. Its ``largest`` is not heeded: splink leaves no
        block out.
    random_pairs : int
        How many random pairs u is learnt from, at least 1,000.
    seed : int
        Of the random pairs.

    Attributes
    ----------
    plan_, model_, pairs_, weights_
        As in `FellegiSunter`.
    settings_ : dict
        The trained model in splink's own format.
    """

    def __init__(self, plan: Plan | None = None, random_pairs: int = 200_000, seed: int = 0):
        self.plan = plan
        self.random_pairs = random_pairs
        self.seed = seed

    def fit(self, records: pd.DataFrame, y: object = None) -> SplinkLinker:
        """Learn the weights from the records; ``y`` is ignored."""
        whole_number("random_pairs", self.random_pairs, 1_000, 10**9)
        self.plan_ = plan_for(records) if self.plan is None else self.plan
        self.plan_.check(records)
        with _quiet():
            linker = _linker(records, self.plan_, settings(self.plan_), self.plan_.across)
            self.settings_ = _train(linker, self.plan_, self.random_pairs, self.seed)
        m, u = _shares(self.settings_, "m"), _shares(self.settings_, "u")
        pairs, levels = self._predict(records, self.plan_.across)
        possible = possible_pairs(records, self.plan_.across)
        candidates = Candidates.of(levels, self.plan_.sizes, possible)
        self.model_ = em(candidates, u, self.plan_.is_shared, m)
        self.pairs_ = self._table(records, pairs, levels)
        self.weights_ = weight_table(self.plan_, self.model_)
        return self

    def score_pairs(self, records: pd.DataFrame, across: str | None = None) -> pd.DataFrame:
        """Weigh the candidate pairs of a table, as `FellegiSunter.score_pairs` does."""
        check_is_fitted(self)
        self.plan_.check(records)
        return self._table(records, *self._predict(records, across or self.plan_.across))

    def _predict(self, records: pd.DataFrame, across: str | None) -> tuple[pd.DataFrame, Levels]:
        with _quiet():
            linker = _linker(records, self.plan_, self.settings_, across)
            found = linker.inference.predict(warning_mode="never").as_duckdbpyrelation()
        gammas = [f"gamma_{_plain(c.name)}" for c in self.plan_.comparisons]
        rows = 'least(row__l, row__r) AS "left", greatest(row__l, row__r) AS "right"'
        wanted = ", ".join((rows, "match_weight", *(f'"{c}"' for c in gammas)))
        pairs = found.select(wanted).order('"left", "right"').df()
        return pairs, pairs[gammas].to_numpy(np.int8)

    def _table(self, records: pd.DataFrame, pairs: pd.DataFrame, levels: Levels) -> pd.DataFrame:
        share = self.settings_["probability_two_random_records_match"]
        bits = pairs["match_weight"].to_numpy() - np.log2(share / (1 - share))
        rows = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        return scored(records, rows, bits + self.model_.household_bits(levels), self)


def settings(plan: Plan) -> dict[str, Any]:
    """A plan in splink's format."""
    creator = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(c) for c in plan.comparisons],
        blocking_rules_to_generate_predictions=[_block_on(k) for k in plan.keys],
        unique_id_column_name="row_",
        retain_matching_columns=True,  # the levels come with them
    )
    return creator.create_settings_dict("duckdb")


def _linker(records: pd.DataFrame, plan: Plan, model: dict[str, Any], across: str | None) -> Linker:
    api, table = DuckDBAPI(duckdb_in_memory()), as_table(records, plan.columns)
    if across is None:
        return Linker(api.register(table), model, log_level=None)
    side = pd.factorize(records[across])[0]
    parts = [api.register(table[side == i]) for i in range(side.max() + 1)]
    return Linker(parts, model | {"link_type": "link_only"}, log_level=None)


def _train(linker: Linker, plan: Plan, random_pairs: int, seed: int) -> dict[str, Any]:
    linker._db_api.duckdb_con.execute("SET threads = 1")  # so that the seed fixes the sample
    linker.training.estimate_u_using_random_sampling(max_pairs=random_pairs, seed=seed + 1)
    for key in training_keys(plan):
        before = linker._settings_obj.core_model_settings.copy()
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(_block_on(key))
        except (EMTrainingException, ValueError):
            # No pair shares this key, or no match does and m falls to 0. The session has taken
            # comparisons out of the model by then.
            linker._settings_obj.core_model_settings = before
    model = linker.misc.save_model_to_json()
    return model | {"comparisons": [_complete(c, random_pairs) for c in model["comparisons"]]}


def _complete(comparison: dict[str, Any], random_pairs: int) -> dict[str, Any]:
    """Levels not seen among random pairs are rarer than one of them; unseen at all, no evidence."""
    levels = []
    for level in comparison["comparison_levels"]:
        u = level.get("u_probability") or 0.5 / random_pairs
        chances = {"u_probability": u, "m_probability": level.get("m_probability") or u}
        levels.append(level if level.get("is_null_level") else level | chances)
    return comparison | {"comparison_levels": levels}


def training_keys(plan: Plan) -> tuple[Key, ...]:
    """The blocking keys that m is learnt on: those with a personal field, where they suffice.

    Pairs that share an address alone are mostly two people of one household, whom splink's two
    classes would take for one.

    Raises
    ------
    ValueError
        Every key reads a column of some comparison, whose m splink cannot learn then.
    """
    personal = {c.columns[0] for c in plan.comparisons if c.name not in plan.shared}
    chosen = tuple(k for k in plan.keys if personal & set(columns_of([k])))
    if plan.shared and not _not_learnt(plan, chosen):
        return tuple(k for k in chosen if _learnt_on(plan, k))
    left = _not_learnt(plan, plan.keys)
    if left:
        raise ValueError(
            f"splink learns {left[0]!r} on pairs that share another field; add a blocking key "
            f"without {' or '.join(_read_by(plan, left[0]))}, or use FellegiSunter."
        )
    return tuple(k for k in plan.keys if _learnt_on(plan, k))


def _read_by(plan: Plan, name: str) -> tuple[str, ...]:
    chosen = tuple(c for c in plan.comparisons if c.name == name)
    return tuple(dict.fromkeys(columns_in(chosen)))


def _learnt_on(plan: Plan, key: Key) -> set[str]:
    """The comparisons that do not read the key's columns."""
    used = set(columns_of([key]))
    return {c.name for c in plan.comparisons if not used & set(columns_in((c,)))}


def _not_learnt(plan: Plan, keys: tuple[Key, ...]) -> list[str]:
    learnt = set().union(*(_learnt_on(plan, k) for k in keys))
    return [c.name for c in plan.comparisons if c.name not in learnt]


def _comparison(c: Comparison) -> dict[str, Any]:
    null = {
        "sql_condition": _sides(c.missing),
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    some = [{"sql_condition": _sides(x.sql), "label_for_charts": x.label} for x in c.levels]
    rest = {"sql_condition": "ELSE", "label_for_charts": "different"}
    return {"output_column_name": _plain(c.name), "comparison_levels": [null, *some, rest]}


def _plain(name: str) -> str:
    """A name without spaces and signs, which splink replaces in names of its own."""
    return re.sub(r"\W", "_", name)


def _sides(sql: str) -> str:
    """``l."name"`` as splink spells it: ``"name_l"``."""
    return re.sub(r'\b([lr])\."([^"]+)"', r'"\2_\1"', sql)


def _block_on(key: Key) -> Any:
    parts = (split_part(p) for p in key)
    return block_on(*(c if n is None else f'substr("{c}", 1, {n})' for c, n in parts))


def _shares(model: dict[str, Any], which: str) -> Shares:
    shares = []
    for c in model["comparisons"]:
        levels = [lv for lv in c["comparison_levels"] if not lv.get("is_null_level")]
        shares.append(np.array([lv[f"{which}_probability"] for lv in reversed(levels)]))
    return shares


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep splink quiet: it tells its progress through its logger."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
