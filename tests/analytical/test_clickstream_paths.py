"""Page views as paths and as counts: by hand, and whatever the order of the rows."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.clickstream.paths import (
    moves_by_view,
    read_paths,
    seconds_by_page,
    transition_counts,
)


def views(*sessions):
    """Sessions as strings of pages, one letter a page, numbered from 1; 10 s a page."""
    rows = [(i, v, page) for i, s in enumerate(sessions, 1) for v, page in enumerate(s, 1)]
    frame = pd.DataFrame(rows, columns=["session_id", "view", "page_type"])
    return frame.assign(dwell_seconds=10)


def cells(row, pages):
    """The counted moves of a session as text, with ^ for the start and $ for the end."""
    names, n = "".join(pages), len(pages) + 1
    square = np.asarray(row).reshape(n, n)
    return {
        (names + "^")[i] + (names + "$")[j]: square[i, j]
        for i, j in zip(*np.nonzero(square), strict=True)
    }


def test_moves_are_counted_by_hand():
    """Home, product, product, and gone."""
    paths = read_paths(views("hpp", "p"))
    counts = transition_counts(paths).toarray()
    assert cells(counts[0], paths.pages) == {"^h": 1, "hp": 1, "pp": 1, "p$": 1}
    assert cells(counts[1], paths.pages) == {"^p": 1, "p$": 1}


def test_a_session_that_goes_on_has_not_left_and_its_last_page_has_no_time_yet():
    paths = read_paths(views("hpp", "p")).after(2)
    counts = transition_counts(paths).toarray()
    assert cells(counts[0], paths.pages) == {"^h": 1, "hp": 1}
    assert seconds_by_page(paths, paths.session).toarray().tolist() == [[10, 0], [0, 0]]


def test_the_moves_of_the_views_add_up_to_those_of_the_session():
    paths = read_paths(crm.simulate("retail", 100, 20, 7).records.page_views)
    by_view = moves_by_view(paths).toarray()
    summed = np.add.reduceat(by_view, paths.first, axis=0)
    assert np.array_equal(summed, transition_counts(paths).toarray())


def test_the_order_of_the_rows_does_not_matter():
    table = crm.simulate("retail", 100, 20, 7).records.page_views
    mixed = table.sample(frac=1.0, random_state=1)
    one, other = read_paths(table), read_paths(mixed)
    assert np.array_equal(one.page, other.page)
    assert np.array_equal(one.dwell_s, other.dwell_s)
    assert one.session_id.equals(other.session_id)


def test_ids_may_be_strings():
    table = views("hp", "p").assign(session_id=["b", "b", "a"])
    assert read_paths(table).session_id.tolist() == ["a", "b"]
    assert read_paths(table).length.tolist() == [1, 2]


def test_codes_follow_the_pages_that_are_asked_for():
    paths = read_paths(views("ph"), ("x", "p", "h"))
    assert paths.page.tolist() == [1, 2]


def test_an_unknown_page_is_named():
    with pytest.raises(ValueError, match="page_type must be one of 'h', got 'p'"):
        read_paths(views("hp"), ("h",))


def test_bad_tables_are_answered_with_a_remedy():
    table = views("hp")
    with pytest.raises(ValueError, match="page_views must have the column 'view'"):
        read_paths(table.drop(columns="view"))
    with pytest.raises(ValueError, match="page_views must hold one view at least"):
        read_paths(table.iloc[:0])
    with pytest.raises(ValueError, match=r"page_type must not be missing; 1 rows"):
        read_paths(table.assign(page_type=["h", None]))
    with pytest.raises(ValueError, match="session 1 with view 1 twice"):
        read_paths(table.assign(view=1))
    with pytest.raises(ValueError, match=r"dwell_seconds must be finite and >= 0, got -1"):
        read_paths(table.assign(dwell_seconds=-1))
    bare = read_paths(table.drop(columns="dwell_seconds"))
    with pytest.raises(ValueError, match="must have the column 'dwell_seconds'"):
        seconds_by_page(bare, bare.session)
