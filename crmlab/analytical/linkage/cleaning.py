"""Do two values differ in the world, or only in how they are written? Cleaning before comparing.

Capitals, accents, spaces, nicknames, "St." and "+44" differ between systems although nothing in
the world does. Cleaning is a list of small steps by the role of the field. Every change and every
refusal is reported with the value before it, and `undo` gives the table back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from crmlab.analytical.linkage import validate
from crmlab.analytical.linkage.fields import as_text, need_key, roles_of
from crmlab.analytical.linkage.validate import COUNTRIES, Country
from crmlab.checks import one_of

NICKNAMES = {
    "alex": "alexander", "andy": "andrew", "becky": "rebecca", "ben": "benjamin",
    "beth": "elizabeth",
    "bill": "william", "bob": "robert", "charlie": "charles", "chris": "christopher",
    "dan": "daniel", "dave": "david", "ed": "edward", "fred": "frederick", "hans": "johannes",
    "jack": "john", "jenny": "jennifer", "jim": "james", "jo": "joanna", "joe": "joseph",
    "josh": "joshua", "kate": "katherine", "kathy": "katherine", "liz": "elizabeth",
    "maggie": "margaret", "matt": "matthew", "meg": "margaret", "mick": "michael",
    "mike": "michael", "nick": "nicholas", "pat": "patricia", "peggy": "margaret",
    "pete": "peter", "rick": "richard", "rob": "robert", "sam": "samuel", "steve": "stephen",
    "sue": "susan", "tom": "thomas", "tony": "anthony", "will": "william",
}  # fmt: skip
"""Short forms of given names; a table of one's own replaces it."""

STREETS = {
    "st": "street", "str": "street", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane",
    "dr": "drive", "ct": "court", "crt": "court", "cres": "crescent", "cct": "circuit",
    "pl": "place",
    "sq": "square", "tce": "terrace", "hwy": "highway", "blvd": "boulevard", "cl": "close",
    "strasse": "street",
}  # fmt: skip
"""Abbreviations of the last word of a street."""

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae",
                          "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ı": "i"})  # fmt: skip


@dataclass(frozen=True)
class Cleaner:
    """How fields are cleaned and what counts as plausible.

    Parameters
    ----------
    country : str or Country
        One of `COUNTRIES`, or a `Country`: the form of telephone numbers and postcodes.
    year : int, optional
        The present year, for the plausibility of births: at most 110 years ago. None takes the
        year of the last ``registered_at`` in the records; without that column, any birth from
        1900 to 2100 passes.
    nicknames : mapping
        Short form -> full given name.
    checks : mapping from column to function
        Checks of one's own, like `validate.why_not_luhn` for a card number: from the cleaned
        text to the reason against it, missing where there is none.
    """

    country: str | Country = "any"
    year: int | None = None
    nicknames: Mapping[str, str] = field(default_factory=lambda: NICKNAMES)
    checks: Mapping[str, Callable[[pd.Series], pd.Series]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.country, Country):
            one_of("country", self.country, tuple(COUNTRIES))

    @property
    def place(self) -> Country:
        """The country itself."""
        return self.country if isinstance(self.country, Country) else COUNTRIES[self.country]

    def at(self, records: pd.DataFrame) -> Cleaner:
        """The same, with the present year of these records if none was given."""
        opened = records.get("registered_at")
        if self.year is not None or opened is None or opened.dtype.kind != "M":
            return self
        return replace(self, year=int(opened.max().year))

    def clean(self, text: pd.Series, role: str) -> pd.Series:
        """The value as it should be written."""
        if role == "email":
            return text.str.lower().str.replace(r"\s|\+[^@]*(?=@)", "", regex=True)
        if role == "phone":
            return _phone(text, self.place.dialling_code)
        if role in ("postcode", "identifier"):
            return text.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
        if role in ("birth", "birth_year"):
            return text.str.replace(r"[^0-9]", "", regex=True)
        plain = fold(text)
        if role == "given":
            plain = plain.str.replace(r"^(mr|mrs|ms|dr|prof) ", "", regex=True)
            return plain.replace(dict(self.nicknames))
        return _street(plain) if role == "street" else plain

    def refuse(self, text: pd.Series, role: str) -> pd.Series:
        """The reason against each value, missing where there is none."""
        checks: dict[str, Callable[[pd.Series], pd.Series]] = {
            "email": validate.why_not_email,
            "phone": validate.why_not_phone,
            "postcode": lambda t: validate.why_not_postcode(t, self.place),
            "birth_year": lambda t: validate.why_not_birth_year(t, self.year),
            "birth": lambda t: validate.why_not_birth_date(t, self.year),
        }
        own = self.checks.get(str(text.name))
        reason = checks.get(role, lambda t: pd.Series(pd.NA, index=t.index, dtype="str"))(text)
        return reason if own is None else reason.fillna(own(text))


@dataclass(frozen=True)
class Cleaning:
    """A cleaned table and what was done to it.

    Attributes
    ----------
    records : DataFrame
        The table with its cleaned fields as text; a refused value is missing.
    changes : DataFrame
        One row a change: row (its number), the key, column, before, after, verdict ("changed" or
        "refused") and reason.
    report : DataFrame
        One row a field: column, role, values, missing, changed, refused.
    """

    records: pd.DataFrame
    changes: pd.DataFrame
    report: pd.DataFrame

    def __repr__(self) -> str:
        return self.report.to_string(index=False)


def normalise(
    records: pd.DataFrame,
    cleaner: Cleaner | None = None,
    fields: Mapping[str, str] | None = None,
    key: str = "customer_id",
) -> Cleaning:
    """Write the same thing the same way, refuse what cannot be true, and report both.

    Parameters
    ----------
    records : DataFrame
    cleaner : Cleaner, optional
    fields : mapping from column to role, optional
        By default the columns with usual names.
    key : str
        The column of the records' keys.

    Examples
    --------
    >>> records = pd.DataFrame(
    ...     {
    ...         "customer_id": [7, 8],
    ...         "first_name": ["Zoë", "Bob"],
    ...         "email": ["Zoe+shop@Example.org", "bob(at)example.org"],
    ...     }
    ... )
    >>> cleaning = normalise(records)
    >>> cleaning.records["first_name"].tolist(), cleaning.records["email"].tolist()
    (['zoe', 'robert'], ['zoe@example.org', nan])
    >>> cleaning.changes[["customer_id", "column", "before", "reason"]].tail(1)
       customer_id column              before                 reason
    3            8  email  bob(at)example.org  not an e-mail address
    """
    cleaner, roles = (cleaner or Cleaner()).at(records), roles_of(records, fields)
    need_key("records", records, key)
    clean, changes, report = records.copy(), [], []
    for column, role in roles.items():
        before = as_text(records[column])
        after = as_text(cleaner.clean(before, role))
        # A value of which cleaning leaves nothing was nothing.
        reason = cleaner.refuse(after, role).mask(before.notna() & after.isna(), "nothing in it")
        after = after.mask(reason.notna())
        change = _changes(records, column, before, after, reason)
        clean[column] = after
        changes.append(change.assign(**{key: records[key].array[change["row"]]}))
        counts = change["verdict"].value_counts()
        report.append((column, role, int(before.notna().sum()), int(before.isna().sum()),
                       int(counts.get("changed", 0)), int(counts.get("refused", 0))))  # fmt: skip
    names = ["row", key, "column", "before", "after", "verdict", "reason"]
    columns = ["column", "role", "values", "missing", "changed", "refused"]
    table = pd.concat(changes, ignore_index=True)[names]
    return Cleaning(clean, table, pd.DataFrame(report, columns=columns))


def undo(cleaning: Cleaning) -> pd.DataFrame:
    """The table as it was, rebuilt from the cleaned one and the changes (as text, trimmed)."""
    records = cleaning.records.copy()
    for column, change in cleaning.changes.groupby("column"):
        place = records.columns.get_loc(column)
        records.iloc[change["row"].to_numpy(), place] = change["before"].to_numpy(object)
    return records


def fold(text: pd.Series) -> pd.Series:
    """Small letters without accents; letters, digits, hyphens and single spaces remain.

    >>> fold(pd.Series(["  Jürgen  O'Brien-Müller "])).tolist()
    ['juergen obrien-mueller']
    """
    # NFC first, so that a letter and its loose accent are one character in the table.
    plain = text.str.lower().str.normalize("NFC").str.translate(_LETTERS).str.normalize("NFKD")
    plain = plain.str.replace(r"[\u0300-\u036f'’.]", "", regex=True)
    return plain.str.replace(r"[^\w-]+", " ", regex=True).str.strip()


def _phone(text: pd.Series, dialling_code: str) -> pd.Series:
    digits = text.str.replace(r"\(0\)|[^0-9+]", "", regex=True).str.replace(
        r"^\+", "00", regex=True
    )
    if dialling_code:
        digits = digits.str.replace(rf"^00{dialling_code}0?", "0", regex=True)
    return digits.str.replace("+", "", regex=False)


def _street(text: pd.Series) -> pd.Series:
    last = text.str.extract(r"(\S+)$", expand=False)
    joined = text.str.replace(r"(?<=\w{3})(strasse|str)$", " street", regex=True)
    return joined.where(~last.isin(list(STREETS)), text.str.replace(r"\S+$", "", regex=True)
                        + last.map(STREETS))  # fmt: skip


def _changes(
    records: pd.DataFrame, column: str, before: pd.Series, after: pd.Series, reason: pd.Series
) -> pd.DataFrame:
    refused = reason.notna().to_numpy()
    changed = (before.notna() & (before != after)).to_numpy()
    table = pd.DataFrame({"row": range(len(records)), "column": column, "before": before.array,
                          "after": after.array, "reason": reason.array})  # fmt: skip
    table["verdict"] = pd.Series(refused).map({True: "refused", False: "changed"})
    return table[changed | refused]
