"""An invented firm whose people are known: several records each, with errors and households."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.linkage import FellegiSunter

SYLLABLES = [c + v for c in "bdfghklmnprstv" for v in "aeio"]


def words(rng, n, lengths=(2, 3, 4)):
    """So many invented words, the first ones the most frequent when drawn by `pick`."""
    made = {
        "".join(rng.choice(SYLLABLES, rng.choice(lengths))) + c
        for _ in range(4 * n)
        for c in "nrst"[:1]
    }
    return np.array(sorted(made), dtype=object)[rng.permutation(len(made))[:n]]


def pick(rng, pool, size):
    share = 1 / (np.arange(len(pool)) + 10.0)
    return pool[rng.choice(len(pool), size, p=share / share.sum())]


def typo(rng, text):
    """One wrong, missing, doubled or swapped character."""
    if not isinstance(text, str) or len(text) < 2:
        return text
    i, kind = int(rng.integers(len(text) - 1)), int(rng.integers(4))
    return (
        text[:i] + "x" + text[i + 1 :],
        text[:i] + text[i + 1 :],
        text[:i] + text[i] + text[i:],
        text[:i] + text[i + 1] + text[i] + text[i + 2 :],
    )[kind]


def spoil(rng, column, errors, gaps):
    column = column.copy()
    for i in np.flatnonzero(rng.random(len(column)) < errors):
        column[i] = typo(rng, column[i])
    column[rng.random(len(column)) < gaps] = None
    return column


def people(rng, n, together=0.4):
    """Persons with the address of their household, which some share."""
    home = np.where(rng.random(n) < together, rng.integers(0, n, n), np.arange(n))
    family = pick(rng, words(rng, 1500), n)[home]
    given = pick(rng, words(rng, 400, (2, 3)), n)
    number = rng.integers(1, 200, n).astype(str).astype(object)[home]
    street = (number + " " + pick(rng, words(rng, 900), n) + " street")[home]
    postcode = np.array([f"{i:05d}" for i in rng.integers(0, 30_000, n)], dtype=object)[home]
    city = pick(rng, words(rng, 300), n)[home]
    phone = np.array([f"0{i:09d}" for i in rng.integers(0, 10**9, n)], dtype=object)
    phone = np.where(rng.random(n) < 0.5, phone[home], phone)
    email = (
        given
        + "."
        + family
        + rng.integers(0, 99_999, n).astype(str).astype(object)
        + "@example.org"
    )
    email = np.where(rng.random(n) < 0.15, email[home], email)
    born = rng.integers(1940, 2005, n).astype(str).astype(object)
    return pd.DataFrame({
        "first_name": given, "last_name": family, "email": email, "phone": phone,
        "street": street, "postcode": postcode, "city": city, "birth_year": born,
    })  # fmt: skip


def invented(n, seed, errors=0.08, gaps=0.1):
    """Records of so many people, 1.7 each, and whose they are (a Series)."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(n), rng.choice([1, 2, 3], n, p=[0.5, 0.3, 0.2]))
    rng.shuffle(who)
    table, moved = people(rng, n), people(rng, n)
    records = table.iloc[who].reset_index(drop=True)
    elsewhere = rng.random(len(who)) < 0.08
    address = ["street", "postcode", "city"]
    records.loc[elsewhere, address] = moved[address].iloc[who[elsewhere]].to_numpy()
    for column in records:
        records[column] = spoil(rng, records[column].to_numpy(dtype=object), errors, gaps)
    records["source"] = rng.choice(["web", "shop", "call centre"], len(who))
    days = rng.integers(0, 1000, len(who)).astype("timedelta64[D]")
    records["registered_at"] = np.datetime64("2021-01-01", "s") + days
    records.insert(0, "customer_id", rng.permutation(10 * len(who))[: len(who)])
    return records, pd.Series(who, index=records["customer_id"], name="person_id")


@pytest.fixture(scope="session")
def firm():
    """600 people and their records."""
    return invented(600, seed=1)


@pytest.fixture(scope="session")
def linked(firm):
    """A linker fitted to it."""
    return FellegiSunter().fit(firm[0])


@pytest.fixture(scope="session")
def draw():
    """The function that invents a firm."""
    return invented


def read_febrl(name):
    """One file of FEBRL as text, the column names without spaces."""
    folder = os.environ.get("CRMLAB_DATA")
    path = Path(folder or ".") / f"febrl_dataset{name}.csv"
    if not folder or not path.exists():
        pytest.skip("CRMLAB_DATA does not name a folder with the FEBRL files")
    return pd.read_csv(path, dtype=str, skipinitialspace=True).rename(columns=str.strip)


@pytest.fixture(scope="session")
def febrl():
    """By number: the records, whose they are, and the column across which they are linked."""

    def read(number):
        if number == 4:
            files = {"a": read_febrl("4a"), "b": read_febrl("4b")}
            records = pd.concat([t.assign(file=f) for f, t in files.items()], ignore_index=True)
        else:
            records = read_febrl(number)
        people = records["rec_id"].str.extract(r"(rec-\d+)", expand=False)
        return records, people.set_axis(records["rec_id"]), "file" if number == 4 else None

    return read
