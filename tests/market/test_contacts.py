"""Names and addresses: plausible, stable, and nobody's."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

from crmlab.chance import Chance
from crmlab.market.catalogue_words import PRODUCT_NAMES
from crmlab.market.contacts import (
    BIRTH_YEARS,
    DOMAINS,
    MAX_CUSTOMER_ID,
    contact_columns,
    word_list,
    word_weights,
)
from crmlab.tables import CATEGORIES, OBSERVED

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "crmlab" / "market" / "words"
PEOPLE = 200_000


def cards(person_ids, customer_ids=None) -> pd.DataFrame:
    keys = person_ids if customer_ids is None else customer_ids
    return pd.DataFrame(contact_columns(Chance(7), np.asarray(person_ids), np.asarray(keys)))


@pytest.fixture(scope="module")
def crowd() -> pd.DataFrame:
    return cards(np.arange(PEOPLE), np.arange(PEOPLE) * 10_007 % 2**31)


def test_no_two_records_share_an_email(crowd):
    assert crowd["email"].is_unique


def test_an_email_ends_in_the_customer_id_in_base_36():
    keys = [0, 35, 36, 46_655, 46_656, 2**31 - 1, MAX_CUSTOMER_ID]
    codes = cards(np.zeros(7, np.int64), keys)["email"].str.extract(r"\.(\w+)@")[0]
    assert [int(code, 36) for code in codes] == keys


def test_a_person_with_two_records_differs_only_in_the_email():
    first, second = cards([4, 4], [10, 11]).to_dict("records")
    assert first.pop("email") != second.pop("email")
    assert first == second


def test_every_partition_gives_the_same_people(crowd):
    keys = np.arange(PEOPLE) * 10_007 % 2**31
    blocks = np.array_split(np.arange(PEOPLE), [1, 1, 777, 65_536])
    parts = pd.concat([cards(ids, keys[ids]) for ids in blocks], ignore_index=True)
    pd.testing.assert_frame_equal(parts, crowd)


def test_the_order_of_the_records_does_not_matter(crowd):
    backwards = np.arange(PEOPLE)[::-1]
    turned = cards(backwards, backwards * 10_007 % 2**31)[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(turned, crowd)


def test_another_seed_gives_other_people(crowd):
    ids = np.arange(1_000)
    other = contact_columns(Chance(8), ids, ids)
    assert (np.asarray(other["last_name"]) == crowd["last_name"][:1_000]).mean() < 0.1


def test_emails_are_at_reserved_domains_only(crowd):
    assert set(crowd["email"].str.split("@").str[1]) == set(DOMAINS)
    assert set(DOMAINS) <= {"example.com", "example.net", "example.org"}
    assert crowd["email"].str.fullmatch(r"[a-z]+\.[a-z]+\.[0-9a-z]{6}@[a-z.]+").all()


def test_phones_are_in_the_ranges_for_drama_only(crowd):
    assert crowd["phone"].str.fullmatch(r"(07700 900|01632 960)\d{3}").all()
    assert crowd["phone"].nunique() == 2_000


def test_no_postcode_can_exist(crowd):
    assert crowd["postcode"].str.fullmatch(r"[QVX][A-Z]\d \d[CIKMOV]{2}").all()


def test_a_postcode_district_belongs_to_one_city(crowd):
    pairs = pd.DataFrame({"city": crowd["city"], "district": crowd["postcode"].str[:3]})
    pairs = pairs.drop_duplicates()
    assert pairs["city"].is_unique
    assert pairs["district"].is_unique
    assert len(pairs) == len(word_list("cities"))


def test_a_street_is_a_number_and_a_word_of_the_list(crowd):
    parts = crowd["street"].str.extract(r"^(\d+) (.+)$")
    assert parts[0].astype(int).agg(["min", "max"]).tolist() == [1, 199]
    assert set(parts[1]) == set(word_list("streets"))


@pytest.mark.parametrize("column", ["first_name", "last_name"])
def test_names_follow_the_frozen_weights(crowd, column):
    """A chi-square test at a fixed seed; p < 0.001 would be one in a thousand by chance."""
    words, weights = word_list(column + "s"), word_weights(column + "s")
    counts = crowd[column].value_counts().reindex(words, fill_value=0)
    assert counts.sum() == PEOPLE
    assert chisquare(counts, weights * PEOPLE).pvalue > 0.001


def test_first_and_last_name_are_independent(crowd):
    common = crowd["first_name"] == word_list("first_names")[0]
    smith = crowd["last_name"] == word_list("last_names")[0]
    assert abs(np.corrcoef(common, smith)[0, 1]) < 4 / np.sqrt(PEOPLE)


def test_birth_years_span_the_adult_ages_with_the_assumed_mean(crowd):
    years = crowd["birth_year"]
    assert (years.min(), years.max()) == BIRTH_YEARS
    assert years.mean() == pytest.approx((1939 + 1984.5 + 2006) / 3 - 0.5, abs=0.2)


def test_the_columns_fit_the_table_of_customers(crowd):
    table = OBSERVED["customers"]
    assert list(crowd) == [name for name in table.column_names if name in crowd]
    for name, dtype in crowd.dtypes.items():
        assert dtype == table[name].pandas_dtype
    assert not crowd.isna().any(axis=None)


def test_no_records_give_empty_columns_of_the_same_dtypes(crowd):
    nobody = cards(np.empty(0, np.int64))
    assert len(nobody) == 0
    assert nobody.dtypes.equals(crowd.dtypes)


@pytest.mark.parametrize("key", [-1, MAX_CUSTOMER_ID + 1])
def test_a_key_without_a_code_is_refused_by_name(key):
    with pytest.raises(ValueError, match=rf"customer_ids must be in .*, got {key}\."):
        cards([1], [key])


def test_columns_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="one person per record"):
        cards([1, 2], [1])


@pytest.mark.parametrize("name", ["first_names", "last_names", "streets", "cities"])
def test_no_word_is_empty_or_given_twice(name):
    words = word_list(name)
    assert len(words) >= 300
    assert len(set(words)) == len(words)
    assert all(word == word.strip() and word.isascii() and word for word in words)


@pytest.mark.parametrize("name", ["first_names", "last_names"])
def test_weights_are_shares(name):
    weights = word_weights(name)
    assert weights.shape == (len(word_list(name)),)
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1.0)


def test_the_readme_names_version_and_licence():
    text = (WORDS / "README.md").read_text(encoding="utf-8")
    assert re.search(r"Faker \d+\.\d+", text)
    assert "MIT licence" in text
    assert "Permission is hereby granted" in text


def test_the_same_faker_freezes_the_same_files():
    readme = (WORDS / "README.md").read_text(encoding="utf-8")
    if f"Faker {metadata.version('Faker')};" not in readme:
        pytest.skip("the lists were frozen from another release of Faker")
    again = runpy.run_path(str(ROOT / "tools" / "freeze_words.py"))["frozen_files"]()
    assert again == {path.name: path.read_text(encoding="utf-8") for path in WORDS.iterdir()}


def test_contacts_import_neither_faker_nor_anything_heavy():
    code = (
        "import sys, crmlab.market.contacts as c; print({'pandas', 'pyarrow'} & set(sys.modules));"
        "import numpy as np; from crmlab.chance import Chance;"
        "c.contact_columns(Chance(1), np.arange(2), np.arange(2)); print('faker' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["set()", "False"]


def test_every_category_has_twelve_products_of_its_own():
    assert tuple(PRODUCT_NAMES) == CATEGORIES
    names = [name for products in PRODUCT_NAMES.values() for name in products]
    assert all(len(products) == 12 for products in PRODUCT_NAMES.values())
    assert len(set(names)) == len(names)
