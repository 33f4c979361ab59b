"""Are web users recognised by their clicks, and how early; and is the buying stage? With the truth.

The market draws the pages of a visit from a Markov chain of its mode of use, so a mixture of such
chains finds the modes where there is enough to see. It draws the buying stage of each visit anew
(docs/rules.md, rule 23), so that no earlier visit can tell it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.clickstream import (
    MarkovRecogniser,
    StageHMM,
    TypeMatch,
    kmeans_types,
    match_types,
    recognition_by_click,
    session_features,
)
from crmlab.checks import one_of
from crmlab.experiments.web_users import LAST_WEEK, LAUNCH_WEEK, TRIAL_WEEK, WebShop
from crmlab.market.visits import transition_matrix
from crmlab.tables import PAGE_TYPES, USER_TYPES

_TO_CHECKOUT = ["cart", "checkout"]


def recovered(shop: WebShop) -> TypeMatch:
    """How the kinds that the shop found in its first quarter agree with the true modes of use."""
    views = shop.views_between(0, TRIAL_WEEK)
    return match_types(shop.model.predict(views), shop.visits["user_type"])


def recovered_by_counts(shop: WebShop) -> TypeMatch:
    """The same for k-means on numbers of the visit, as Moe (2003): the order of pages is lost."""
    features = session_features(shop.views_between(0, TRIAL_WEEK))
    return match_types(kmeans_types(features, shop.types, shop.seed), shop.visits["user_type"])


def recognised(shop: WebShop, clicks: Sequence[int] = (1, 2, 4, 8)) -> pd.DataFrame:
    """How early the visits of the third quarter are recognised; see `recognition_by_click`."""
    views = shop.views_between(LAUNCH_WEEK, LAST_WEEK)
    return recognition_by_click(shop.model, views, shop.visits["user_type"], clicks)


def chains_of(shop: WebShop, user_type: str) -> dict[str, pd.DataFrame]:
    """Where a mode of use goes from each page, in % of its moves: the truth, and what was found.

    Returns
    -------
    dict of str to DataFrame
        ``true`` and ``found``; one row a page, one column a next page or ``leaves``. Carts and
        checkouts are left out: in the market they come on top, at the end of a visit.

    Raises
    ------
    ValueError
        Another mode of use than those of `USER_TYPES`, or no kind was matched with it.
    """
    one_of("user_type", user_type, USER_TYPES)
    kinds = {name: kind for kind, name in recovered(shop).names.items()}
    if user_type not in kinds:
        raise ValueError(f"no kind was found for {user_type!r}; there are {shop.types}.")
    found = shop.model.transition_matrices_[kinds[user_type]]
    pages = [str(page) for page in shop.model.pages_]
    return {"true": _moves(transition_matrix(user_type), list(PAGE_TYPES)),
            "found": _moves(found, pages)}  # fmt: skip


def stages_recognised(shop: WebShop) -> pd.Series:
    """In how many visits of the first quarter the buying stage is recognised, share of all.

    A firm that had asked every visitor for the stage, so that the models learn from labels and
    are graded on the same visits: one looks at a visit alone, one at the earlier ones too.
    """
    views, stage = shop.views_between(0, TRIAL_WEEK), shop.visits["buying_stage"]
    held = shop.records.sessions
    visits = held[held["session_id"].isin(views["session_id"])]
    alone = MarkovRecogniser(dwell=True).fit(views, stage).predict(views)
    process = StageHMM().fit(views, visits, stage)
    so_far = process.filter_proba(views, visits).idxmax(axis=1)
    true = stage.loc[alone.index].astype(object)
    return pd.Series(
        {
            "always the most frequent stage": true.value_counts(normalize=True).iloc[0],
            "from this visit alone": np.mean(alone.astype(object) == true),
            "with the earlier visits": np.mean(so_far.reindex(true.index).astype(object) == true),
        },
        name="stage recognised",
    )


def _moves(matrix: np.ndarray, pages: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(matrix, pages, [*pages, "leaves"])
    kept = table.drop(index=_TO_CHECKOUT, columns=_TO_CHECKOUT)
    return 100 * kept.div(kept.sum(axis=1), axis=0)
