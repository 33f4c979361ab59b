"""Can this value be true at all? Plausibility of single fields, before anything is compared.

A value that cannot be true is refused with a reason and kept in the report, never deleted in
silence: an address without an @ still tells a clerk something. What passes may be wrong all the
same: a check digit catches slips of the finger, not the neighbour's number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

EMAIL = r"[a-z0-9!#$%&'*/=?^_`{|}~.+-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
"""What an e-mail address looks like in practice; RFC 5322 allows more."""


@dataclass(frozen=True)
class Country:
    """What telephone numbers and postcodes look like somewhere."""

    dialling_code: str = ""
    postcode: str = r"[A-Z0-9]{3,10}"

    def __post_init__(self) -> None:
        re.compile(self.postcode)
        if self.dialling_code and not self.dialling_code.isdigit():
            raise ValueError(
                f"dialling_code must be digits, got {self.dialling_code!r}. Drop the +."
            )


COUNTRIES = {
    "any": Country(),
    "AU": Country("61", r"\d{4}"),
    "DE": Country("49", r"\d{5}"),
    "GB": Country("44", r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}"),
}
"""Countries that are known by name; any other is a `Country` of one's own."""


def why_not_email(text: pd.Series) -> pd.Series:
    """The reason against each address; missing where there is none.

    >>> why_not_email(pd.Series(["a.b@example.org", "a.b@example", "@x.org"])).tolist()
    [nan, 'not an e-mail address', 'not an e-mail address']
    """
    good = text.str.fullmatch(EMAIL) & ~text.str.contains("..", regex=False)
    return _reason(text, ~good.astype(bool), "not an e-mail address")


def why_not_phone(text: pd.Series) -> pd.Series:
    """Digits only, 6 to 15 of them (ITU-T E.164 allows 15 at most), not all the same.

    >>> why_not_phone(pd.Series(["07700900123", "0000000", "123"])).tolist()
    [nan, 'not a telephone number', 'not a telephone number']
    """
    good = text.str.fullmatch(r"\d{6,15}") & ~text.str.fullmatch(r"(\d)\1+")
    return _reason(text, ~good.astype(bool), "not a telephone number")


def why_not_postcode(text: pd.Series, country: Country) -> pd.Series:
    """The form that the country's postcodes have."""
    return _reason(text, ~text.str.fullmatch(country.postcode).astype(bool), "not a postcode here")


def _alive(year: int | None) -> tuple[int, int]:
    """First and last year in which a customer can have been born."""
    return (1900, 2100) if year is None else (year - 110, year)


def why_not_birth_year(text: pd.Series, year: int | None) -> pd.Series:
    """A year in which a customer of ``year`` can have been born: at most 110 years ago.

    >>> why_not_birth_year(pd.Series(["1979", "1874", "79"]), 2024).tolist()
    [nan, 'not alive', 'not a year']
    """
    number = pd.to_numeric(text, errors="coerce")
    form = _reason(text, ~text.str.fullmatch(r"\d{4}").astype(bool), "not a year")
    age = _reason(text, ~number.between(*_alive(year)), "not alive")
    return form.fillna(age)


def why_not_birth_date(text: pd.Series, year: int | None) -> pd.Series:
    """A day that exists, written yyyymmdd, at most 110 years ago.

    >>> why_not_birth_date(pd.Series(["19790230", "19790228"]), 2024).tolist()
    ['no such day', nan]
    """
    days = pd.to_datetime(text, format="%Y%m%d", errors="coerce")
    age = _reason(text, ~days.dt.year.between(*_alive(year)), "not alive")
    return _reason(text, days.isna(), "no such day").fillna(age)


def why_not_luhn(text: pd.Series) -> pd.Series:
    """Whether the last digit fits the others (card numbers: ISO/IEC 7812-1, annex B).

    From the right every second digit is doubled, less 9 where that makes two digits; the sum
    must end in 0. It finds every single wrong digit and most swaps of neighbours.

    >>> why_not_luhn(pd.Series(["79927398713", "79927398710"])).tolist()
    [nan, 'check digit does not fit']
    """
    digits = text.where(text.str.fullmatch(r"\d{2,30}").astype(bool), "1")
    padded = digits.str.zfill(30).to_numpy(dtype="U30")
    figures = padded.view("U1").reshape(len(padded), 30).astype(np.int64)
    doubled = figures[:, ::2] * 2
    total = figures[:, 1::2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    return _reason(text, pd.Series(total % 10 != 0, index=text.index), "check digit does not fit")


def _reason(text: pd.Series, bad: pd.Series, reason: str) -> pd.Series:
    return pd.Series(np.nan, index=text.index, dtype="str").mask(bad & text.notna(), reason)
