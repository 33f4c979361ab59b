"""What did somebody say that these sessions are? Labels from outside, in the order of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def labels_of(session_id: pd.Index, labels: pd.Series) -> pd.Series:
    """The labels of these sessions, in their order.

    Raises
    ------
    ValueError
        ``labels`` is no Series, names a session twice, or leaves one of them out.
    """
    if not isinstance(labels, pd.Series):
        raise ValueError(
            f"labels must be a Series with session_id as its index, got {type(labels).__name__}."
        )
    if labels.index.has_duplicates:
        twice = labels.index[labels.index.duplicated()][0]
        raise ValueError(f"labels must have one entry a session, got session {twice} twice.")
    own = labels.reindex(session_id)
    if own.isna().any():
        missing = own.index[own.isna()]
        raise ValueError(
            f"labels must name every session; {len(missing)} of {len(own)} have none, "
            f"session {missing[0]} first. Is session_id the index?"
        )
    return own


def codes_of(labels: pd.Series) -> tuple[NDArray[np.int64], NDArray]:
    """Labels as codes, and what they mean: in the order of their categories, else sorted."""
    if labels.dtype == "category":
        used = labels.cat.remove_unused_categories()
        return used.cat.codes.to_numpy().astype(np.int64), used.cat.categories.to_numpy()
    codes, classes = pd.factorize(labels, sort=True)
    return codes, np.asarray(classes)
