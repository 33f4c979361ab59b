"""Where do the market's names come from? Copies Faker's word lists into plain files, once.

Usage::

    python tools/freeze_words.py                  # write crmlab/market/words/
    python tools/freeze_words.py --into FOLDER    # write elsewhere, to compare

The package reads the files and never imports Faker, so a new release of Faker renames nobody.
The same release of Faker always gives the same files: where only some of the combinations are
kept, the digest of the text decides which.
"""

from __future__ import annotations

import argparse
import hashlib
from importlib import metadata
from itertools import product
from pathlib import Path

from faker.providers.address.en_GB import Provider as Address
from faker.providers.geo import Provider as Geo
from faker.providers.person.en_US import Provider as Person

WORDS = Path(__file__).parents[1] / "crmlab" / "market" / "words"
FIRST_NAMES, LAST_NAMES, STREETS, CITIES = 600, 800, 300, 300
# Faker's other endings (ton, ville, land, ...) give too many towns that exist.
CITY_ENDINGS = ("berg", "borough", "furt", "haven", "mouth", "stad", "view")
SHORTEST_IN_CITY = 6  # letters: a short surname before an ending is soon a real place

README = """\
# Frozen word lists

Written by `tools/freeze_words.py` from Faker {version}; do not edit by hand. The package reads
these files through `crmlab/market/contacts.py` and does not import Faker.

| file | a line is | lines | from |
|---|---|---|---|
| `first_names.csv` | a first name and its weight per million | {first_names} | Faker's `en_US`, \
most frequent of both sexes |
| `last_names.csv` | a last name and its weight per million | {last_names} | Faker's `en_US`, \
most frequent |
| `streets.txt` | a street | {streets} | a last name and a street suffix of `en_GB` |
| `cities.txt` | an invented city | {cities} | a city prefix of `en_GB`, a last name, a city \
suffix |

Weights are Faker's, divided by the sum over the names that are kept. Streets and cities are the
combinations with the smallest BLAKE2b digests. Cities leave out the suffixes of many real towns
and every name in Faker's list of places; nobody has compared them with a full gazetteer.

## Licence of the words

Faker is distributed under the MIT licence:

{licence}
"""


def most_frequent(weights: dict[str, float], n: int) -> list[str]:
    """Return ``n`` lines "name,weight per million", the most frequent name first."""
    kept = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:n]
    total = sum(weight for _, weight in kept)
    return [f"{name},{max(1, round(1e6 * weight / total))}" for name, weight in kept]


def first_names() -> list[str]:
    """Return first names with weights; a name of both sexes has the sum of both weights."""
    weights = dict(Person.first_names_male)
    for name, weight in Person.first_names_female.items():
        weights[name] = weights.get(name, 0.0) + weight
    return most_frequent(weights, FIRST_NAMES)


def last_names() -> list[str]:
    """Return last names with weights."""
    return most_frequent(dict(Person.last_names), LAST_NAMES)


def by_digest(candidates: set[str], n: int) -> list[str]:
    """Return ``n`` candidates that look picked at random, in alphabetical order."""
    mixed = sorted(candidates, key=lambda text: hashlib.blake2b(text.encode()).digest())
    return sorted(mixed[:n])


def streets(surnames: list[str]) -> list[str]:
    """Return streets such as "Harper Lane"."""
    suffixes = Address.street_suffixes
    return by_digest({f"{name} {suffix}" for name, suffix in product(surnames, suffixes)}, STREETS)


def cities(surnames: list[str]) -> list[str]:
    """Return cities such as "East Harperfurt" that are not in Faker's list of real places."""
    endings = [ending for ending in Address.city_suffixes if ending in CITY_ENDINGS]
    long = [name for name in surnames if len(name) >= SHORTEST_IN_CITY]
    real = {place[2] for place in Geo.land_coords}
    invented = {
        f"{prefix} {name}{ending}"
        for prefix, name, ending in product(Address.city_prefixes, long, endings)
        if name + ending not in real
    }
    return by_digest(invented - real, CITIES)


def licence() -> str:
    """Return the text of the licence that came with the installed Faker."""
    files = metadata.files("Faker") or []
    text = next(file for file in files if file.name.startswith("LICENSE")).read_text()
    return text.strip()


def frozen_files() -> dict[str, str]:
    """Return the text of every file, by name."""
    lists = {"first_names": first_names(), "last_names": last_names()}
    surnames = [line.split(",")[0] for line in lists["last_names"]]
    lists |= {"streets": streets(surnames), "cities": cities(surnames)}
    counts = {name: len(lines) for name, lines in lists.items()}
    files = {
        f"{name}.{'csv' if name.endswith('names') else 'txt'}": "\n".join(lines) + "\n"
        for name, lines in lists.items()
    }
    readme = README.format(version=metadata.version("Faker"), licence=licence(), **counts)
    return files | {"README.md": readme}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=WORDS, help="the folder to write to")
    folder = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in frozen_files().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
