"""What stands on the card of a customer: name, e-mail, phone, address and year of birth?

Every value is invented, and none of them reaches a real person:

* *Names* are Faker's United States names, drawn by their frequencies; first and last name are
  independent (assumed). ``words/README.md`` has the source and the licence.
* *E-mails* are at example.com, example.net and example.org (RFC 2606, section 3; RFC 6761,
  section 6.5). They end in the ``customer_id`` in base 36, so that no two records share one.
* *Phones* are 07700 900000-900999 and 01632 960000-960999, which Ofcom recommends for drama and
  gives to nobody ("Telephone numbers for use in TV and radio drama programmes"). There are only
  2,000, so that people share them: a phone does not tell who somebody is.
* *Postcodes* look British and cannot exist: no postcode begins with Q, V or X or has C, I, K, M,
  O or V in its second half (BS 7666). The first half belongs to the city.
* *Streets and cities* are combinations of Faker's parts; all are equally frequent (assumed).
* *Ages* follow a triangle from 18 to 85 with its peak at 40 (assumed) and have nothing to do
  with the name or with behaviour.

All but the e-mail's ending is a function of the person, whoever else is simulated. A column is
built by one draw a person and one ``take`` from a table of finished texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Bits, Chance, uniform
from crmlab.market.catalogue_words import PRODUCT_NAMES as PRODUCT_NAMES  # all words in one place

if TYPE_CHECKING:
    import pandas as pd

DOMAINS = ("example.com", "example.net", "example.org")
"""Domains reserved for examples (RFC 2606, section 3)."""
PHONE_PREFIXES = ("07700 900", "01632 960")
"""What comes before the last three digits: a mobile and a landline range for drama."""
CODE_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_CUSTOMER_ID = 36**6 - 1
"""The largest ``customer_id`` that six letters can write: above 2**31."""
HOUSE_NUMBERS = 199
BIRTH_YEARS = (1939, 2005)
"""First and last: ages 18 to 85 when the market opens on 2024-01-01."""
PEAK_BIRTH_YEAR = 1984

_HALF_CODE = 36**3
# The times of the draws: one luck a person and column, and a new column goes to the end.
_FIRST, _LAST, _DOMAIN, _PHONE, _STREET, _CITY, _UNIT, _BIRTH = range(8)


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return one frozen list: "first_names", "last_names", "streets" or "cities".

    >>> word_list("first_names")[:3]
    ('Michael', 'David', 'James')
    """
    return tuple(line.split(",")[0] for line in _lines(name))


@cache
def word_weights(name: str) -> NDArray[np.float64]:
    """Return the share of each word of "first_names" or "last_names"; the sum is 1."""
    weights = np.array([float(line.split(",")[1]) for line in _lines(name)])
    weights /= weights.sum()
    weights.flags.writeable = False
    return weights


def _lines(name: str) -> list[str]:
    ending = "csv" if name.endswith("names") else "txt"
    file = files("crmlab.market").joinpath("words", f"{name}.{ending}")
    return file.read_text(encoding="utf-8").splitlines()


def contact_columns(
    chance: Chance, person_ids: NDArray[np.int64], customer_ids: NDArray[np.int64]
) -> dict[str, pd.api.extensions.ExtensionArray | NDArray[np.int16]]:
    """Write the contact columns of the table ``customers``.

    Parameters
    ----------
    chance
        The market's source of luck.
    person_ids
        Whose record it is, shape ``(n,)``; it may repeat.
    customer_ids
        The record's key, shape ``(n,)``, each in [0, `MAX_CUSTOMER_ID`].

    Returns
    -------
    dict
        ``first_name``, ``last_name``, ``email``, ``phone``, ``street``, ``postcode`` and
        ``city`` as pandas ``str`` arrays, and ``birth_year`` (int16, year), each of shape
        ``(n,)``: one row per record, in the order given.

    Raises
    ------
    ValueError
        If the shapes differ or a ``customer_id`` has no code.

    Examples
    --------
    >>> card = contact_columns(Chance(7), np.array([4]), np.array([1234567]))
    >>> int(card["email"][0].split("@")[0].split(".")[-1], 36)  # back to the customer_id
    1234567
    """
    return card_columns(chance, Whose.own(np.asarray(person_ids), np.asarray(customer_ids)))


@dataclass(frozen=True)
class Whose:
    """Whose luck each part of a card shows, shape ``(n,)`` each; ``key`` ends the e-mail.

    ``person`` has the first name and the year of birth, ``family`` the last name, ``home`` the
    address and the phone, ``mail`` the names in the e-mail.
    """

    person: NDArray[np.int64]
    family: NDArray[np.int64]
    home: NDArray[np.int64]
    mail: NDArray[np.int64]
    key: NDArray[np.int64]

    @classmethod
    def own(cls, person_ids: NDArray[np.int64], customer_ids: NDArray[np.int64]) -> Whose:
        """Everything the person's own."""
        return cls(person_ids, person_ids, person_ids, person_ids, customer_ids)


def card_columns(
    chance: Chance, whose: Whose
) -> dict[str, pd.api.extensions.ExtensionArray | NDArray[np.int16]]:
    """`contact_columns` where records share a family, a home or an e-mail."""
    _check_ids(whose.person, whose.key)
    base = chance.base("contacts", whose.person)
    family, home, mail = (
        base if ids is whose.person else chance.base("contacts", ids)
        for ids in (whose.family, whose.home, whose.mail)
    )
    tables = _tables()
    first, last = _weighted(base, _FIRST, "first_names"), _weighted(family, _LAST, "last_names")
    wrote = first if mail is base else _weighted(mail, _FIRST, "first_names")
    city, unit = _equal(home, _CITY, len(tables.city)), _equal(home, _UNIT, len(_UNITS))
    domain = _equal(mail, _DOMAIN, len(DOMAINS))
    return {
        "first_name": _text(_take(tables.first, first)),
        "last_name": _text(_take(tables.last, last)),
        "email": _text(_emails(tables, wrote, last, whose.key, domain)),
        "phone": _text(_take(tables.phone, _equal(home, _PHONE, len(tables.phone)))),
        "street": _text(_take(tables.street, _equal(home, _STREET, len(tables.street)))),
        "postcode": _text(_take(tables.postcode, city * len(_UNITS) + unit)),
        "city": _text(_take(tables.city, city)),
        "birth_year": birth_years(uniform(base, _BIRTH)),
    }


def birth_years(unit: NDArray[np.float64]) -> NDArray[np.int16]:
    """Turn uniforms into years of birth by inverting a triangular distribution.

    >>> birth_years(np.array([0.001, 0.5, 0.999]))
    array([1940, 1978, 2004], dtype=int16)
    """
    low, high = BIRTH_YEARS[0], BIRTH_YEARS[1] + 1
    width, rise = high - low, PEAK_BIRTH_YEAR + 0.5 - low
    older = low + np.sqrt(unit * (width * rise))
    younger = high - np.sqrt((1.0 - unit) * (width * (width - rise)))
    year = np.where(unit < rise / width, older, younger)
    return np.clip(year, low, high - 1).astype(np.int16)


def _check_ids(person_ids: NDArray[Any], customer_ids: NDArray[Any]) -> None:
    if person_ids.ndim != 1 or person_ids.shape != customer_ids.shape:
        raise ValueError(
            "person_ids and customer_ids must be two columns of one length, got shapes "
            f"{person_ids.shape} and {customer_ids.shape}. Give one person per record."
        )
    outside = customer_ids[(customer_ids < 0) | (customer_ids > MAX_CUSTOMER_ID)]
    if outside.size:
        raise ValueError(
            f"customer_ids must be in [0, {MAX_CUSTOMER_ID}], got {outside[0]}. "
            "An e-mail has room for six letters of it: number the records from 0."
        )


def _weighted(base: Bits, t: int, name: str) -> NDArray[np.intp]:
    """Draw places in a weighted word list: the first whose cumulative share exceeds the draw."""
    limits = np.cumsum(word_weights(name))[:-1]
    return np.searchsorted(limits, uniform(base, t), side="right")


def _equal(base: Bits, t: int, size: int) -> NDArray[np.int32]:
    return (uniform(base, t) * size).astype(np.int32)


# What follows builds text. Arrow takes and joins strings at 10 to 60 ns each on one core; Python
# objects would need several hundred.


@dataclass(frozen=True)
class _Tables:
    """Finished texts as Arrow arrays, to take from; ``*_dot`` and the like are e-mail parts."""

    first: Any
    last: Any
    first_dot: Any
    last_dot: Any
    code: Any
    at_domain: Any
    phone: Any
    street: Any
    city: Any
    postcode: Any


_UNITS = tuple(f" {n}{a}{b}" for n, a, b in product("123456789", "CIKMOV", "CIKMOV"))
_AREAS = tuple(a + b for a, b in product("QVX", "ABDEFGHLNPRSTUWY"))


def _postcode_district(city: int) -> str:
    """The first half of the postcode of a city, such as "QA1"; no two cities share one."""
    return f"{_AREAS[city % len(_AREAS)]}{1 + city // len(_AREAS)}"


@cache
def _tables() -> _Tables:
    cities = word_list("cities")
    first, last = _arrow(word_list("first_names")), _arrow(word_list("last_names"))
    letters, numbers = _arrow(CODE_LETTERS), _arrow(map(str, range(1, HOUSE_NUMBERS + 1)))
    districts = _arrow(map(_postcode_district, range(len(cities))))
    return _Tables(
        first=first,
        last=last,
        first_dot=_arrow(name.lower() + "." for name in word_list("first_names")),
        last_dot=_arrow(name.lower() + "." for name in word_list("last_names")),
        code=_pairs(_pairs(letters, letters), letters),
        at_domain=_arrow("@" + domain for domain in DOMAINS),
        phone=_pairs(_arrow(PHONE_PREFIXES), _arrow(f"{n:03d}" for n in range(1000))),
        street=_pairs(numbers, _arrow(" " + street for street in word_list("streets"))),
        city=_arrow(cities),
        postcode=_pairs(districts, _arrow(_UNITS)),
    )


def _arrow(texts: Iterable[str]) -> Any:
    import pyarrow as pa

    return pa.array(list(texts), pa.large_string())


def _pairs(left: Any, right: Any) -> Any:
    """Every left text followed by every right one: the pair (i, j) is at i * len(right) + j."""
    i, j = np.divmod(np.arange(len(left) * len(right)), len(right))
    return _join(_take(left, i), _take(right, j))


def _take(table: Any, places: NDArray[Any]) -> Any:
    import pyarrow as pa

    return table.take(pa.array(places))


def _join(*parts: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))


def _emails(
    tables: _Tables,
    first: NDArray[Any],
    last: NDArray[Any],
    customer_ids: NDArray[Any],
    domain: NDArray[Any],
) -> Any:
    """Join "first.last.code@domain"; the code is the key in base 36, six letters."""
    high, low = np.divmod(customer_ids, _HALF_CODE)
    return _join(
        _take(tables.first_dot, first),
        _take(tables.last_dot, last),
        _take(tables.code, high),
        _take(tables.code, low),
        _take(tables.at_domain, domain),
    )


def _text(strings: Any) -> pd.api.extensions.ExtensionArray:
    """Hand an Arrow array to pandas as its ``str`` dtype, without a copy."""
    import pandas as pd

    # The way in that pandas documents for extension types; its stubs do not know it.
    return pd.StringDtype(na_value=np.nan).__from_arrow__(strings)
