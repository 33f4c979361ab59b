"""Which assumed numbers a claim hangs on: what is stored, and what others store meanwhile."""

from types import SimpleNamespace

import pandas as pd
import pytest

from crmlab.commands import sensitivity
from crmlab.experiments.claims import claims


def rows(claim, parameter="fatigue"):
    return pd.DataFrame({"claim": [claim], "parameter": [parameter], "key": ["0"]})


@pytest.fixture
def stored(tmp_path, monkeypatch):
    file = tmp_path / "sensitivity.csv"
    monkeypatch.setattr(sensitivity, "file", lambda: file)
    return file


def test_new_rows_take_the_place_of_old_ones_in_the_order_of_claims():
    first, second = claims()["id"].head(2)
    table = pd.concat([rows(second, "old"), rows("the-earth-is-flat"), rows(first)])
    found = sensitivity.in_order(table, rows(second, "new"))
    assert found["claim"].tolist() == [first, second, "the-earth-is-flat"]
    assert found["parameter"].tolist() == ["fatigue", "new", "fatigue"]


class Pool:
    """Screens in this process, while another one stores its own claim."""

    other = ""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def imap_unordered(self, _, tasks):
        for id, _worlds in tasks:
            sensitivity._write(rows(self.other))
            yield rows(id)


def test_what_another_process_stores_meanwhile_is_kept(stored, monkeypatch):
    first, Pool.other = claims()["id"].head(2)
    monkeypatch.setattr("multiprocessing.get_context", lambda _: SimpleNamespace(Pool=Pool))
    monkeypatch.setattr(sensitivity, "print_table", lambda *_: None)
    sensitivity.sensitivity([first], worlds=1, jobs=1, everything=True)
    assert pd.read_csv(stored)["claim"].tolist() == [first, Pool.other]
