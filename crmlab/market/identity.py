"""Who is who in the firm's files? Several records for one person, and what is wrong with them.

People meet the firm through a web shop, shops and a call centre. Some of them get a record in
more than one place: they forget that they have an account, order by phone, or move. Each record
has the person's data as they stood and as somebody typed them: with typing errors, nicknames,
another address, another e-mail, gaps, or an e-mail that a household shares. Which order goes
under which record is the person's own luck, whatever the firm does. All rates are *assumed*.

The firm may install links (`Standing.links`): who it believes is who. It then writes to one
record of each believed customer, and an objection on one of them counts for all: a link that is
missed writes twice, a link too many silences somebody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Chance, poisson, uniform
from crmlab.market.codes import WON
from crmlab.market.contacts import Whose, card_columns

if TYPE_CHECKING:
    from crmlab.market.scenario import Scenario
    from crmlab.market.world import World

_OUT = 5  # of the permission's codes
_MOVED = 1 << 40  # added to a person's id: the address of another life
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# The times of the draws of one record; a new one goes to the end.
_SOURCE, _MOVES, _MAIL, _SHORT, _MISTAKE, _GAP = 0, 1, 2, 3, 10, 40
# How much more often (by source: web, shop, call centre) something goes wrong; assumed.
_TYPING = np.array([1.0, 1.0, 2.0])
_NO_EMAIL, _NO_PHONE = np.array([0.2, 3.0, 2.0]), np.array([1.5, 1.0, 0.2])
_TYPED = ("first_name", "last_name", "email", "phone", "street", "postcode", "city")


# --- which record ---------------------------------------------------------------------------


def record_number(world: World) -> NDArray[np.int64]:
    """How many records each person comes to have, if ordering often enough."""
    s, people = world.scenario, world.people
    base = world.traits.base("records", people.person_id)
    several = uniform(base, 0) < s.duplicate_share
    more = 1 + poisson(uniform(base, 1), np.full(len(people), s.extra_records))
    return np.where(several, np.minimum(1 + more, world.room), 1)


def order_file(
    world: World, position: NDArray, week: NDArray | int, code: NDArray
) -> NDArray[np.int64]:
    """The file of each order; the first order, and visits without one, use the first file."""
    number = world.kept("records", record_number)[position]
    unit = uniform(world.base("record")[position], np.asarray(week) * 10_000 + code)
    use = world.scenario.record_use
    other = (number > 1) & (code > 0) & (code < WON) & (unit < use)
    slot = 1 + np.floor(unit / max(use, 1e-12) * (number - 1)).astype(np.int64)
    return position * world.room + np.where(other, np.minimum(slot, number - 1), 0)


def new_files(
    world: World, file: NDArray[np.int64], second: NDArray
) -> tuple[NDArray[np.int64], NDArray]:
    """Which of these files are not open yet, and when they are first used."""
    new = world.files.opened_s[file] > second
    file, second = file[new], second[new]
    order = np.lexsort((second, file))
    found, first = np.unique(file[order], return_index=True)
    return found, second[order][first]


# --- what the firm believes -----------------------------------------------------------------


def linked_again(world: World, file: NDArray, row: NDArray) -> NDArray[np.int64]:
    """Rows to another record of a customer who has a row before; ``row`` by priority."""
    golden = _golden(world, file[row])
    _, first, which = np.unique(golden, return_index=True, return_inverse=True)
    return row[file[row[first]][which] != file[row]]


def objected_elsewhere(world: World, file: NDArray) -> NDArray[np.bool_]:
    """Whether a linked record of the same believed customer has objected to e-mail."""
    out = np.flatnonzero(world.files.consent == _OUT)
    if not len(out) or not len(file):
        return np.zeros(len(file), dtype=bool)
    return np.isin(_golden(world, file), _golden(world, out))


def _golden(world: World, file: NDArray) -> NDArray[np.int64]:
    """A number for the believed customer of each file: equal for linked ones."""
    known, group = world.standing.believed
    ids = world.customer_id[file]
    if not len(known):
        return file
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[place] == ids, group[place], len(known) + file)


# --- households -----------------------------------------------------------------------------


def household_of(s: Scenario, traits: Chance, person_id: NDArray) -> NDArray[np.int64]:
    """The household of each person: the smaller id of a pair that lives together, or the own."""
    head = person_id & ~np.int64(1)
    together = uniform(traits.base("household", head), 0) < s.household_share
    return np.where(together, head, person_id)


# --- what stands on the card ----------------------------------------------------------------


def record_columns(world: World, file: NDArray[np.int64]) -> dict[str, Any]:
    """Source and contact data of these records, with all that is wrong with them."""
    s = world.scenario
    owner = world.owner(file)
    person, keys = world.people.person_id[owner], world.customer_id[file]
    n = len(file)
    source: NDArray[Any] = np.zeros(n, dtype=np.int8)
    if not (world.room > 1 or s.record_errors or s.household_share):
        return {"source": source, **card_columns(world.traits, Whose.own(person, keys))}
    slot = file % world.room
    luck = world.traits.base("record card", person * 8 + slot)
    source = np.searchsorted(np.cumsum(s.source_share)[:-1], uniform(luck, _SOURCE), side="right")
    family = household_of(s, world.traits, person)
    moved = (slot > 0) & (uniform(luck, _MOVES) < s.moved_rate)
    columns = card_columns(
        world.traits,
        Whose(
            person=person,
            family=family,
            home=np.where(moved, person + (slot + 1) * _MOVED, family),
            mail=np.where(_shared(s, world.traits, person, family), family, person),
            key=_mail_key(world, file, family, luck),
        ),
    )
    _spoil(columns, s, luck, source)
    return {"source": source.astype(np.int8), **columns}


def _shared(s: Scenario, traits: Chance, person: NDArray, family: NDArray) -> NDArray[np.bool_]:
    shares = uniform(traits.base("household", person), 1) < s.shared_email_share
    return shares & (family != person)


def _mail_key(world: World, file: NDArray, family: NDArray, luck: NDArray) -> NDArray[np.int64]:
    """The record number that the e-mail ends in: own, the first record's, or the family's."""
    s, owner = world.scenario, world.owner(file)
    person, slot = world.people.person_id[owner], file % world.room
    first = world.customer_id[world.first_file(owner)]
    changed = (slot > 0) & (uniform(luck, _MAIL) < s.email_change_rate)
    key = np.where(changed, world.customer_id[file], first)
    shared = _shared(s, world.traits, person, family)
    return np.where(shared, world.main_id(family), key)


def _spoil(columns: dict[str, Any], s: Scenario, luck: NDArray, source: NDArray) -> None:
    """Short names, typing errors and gaps, in place; keyed by the record."""
    import pandas as pd

    texts = {name: columns[name].to_numpy(dtype=object, copy=True) for name in _TYPED}
    short = uniform(luck, _SHORT) < s.short_name_rate * s.record_errors
    texts["first_name"][short] = [name[0] + "." for name in texts["first_name"][short]]
    typing = np.minimum(s.typo_rate * s.record_errors * _TYPING[source], 0.9)
    for i, name in enumerate(_TYPED):
        wrong = np.flatnonzero(uniform(luck, _MISTAKE + 3 * i) < typing)
        where, what = (uniform(luck[wrong], _MISTAKE + 3 * i + k) for k in (1, 2))
        texts[name][wrong] = [
            mistype(text, *at) for text, *at in zip(texts[name][wrong], where, what, strict=True)
        ]
    gaps = {"email": _NO_EMAIL, "phone": _NO_PHONE}
    for i, (name, factor) in enumerate(gaps.items()):
        rate = np.minimum(s.missing_rate * s.record_errors * factor[source], 0.95)
        texts[name][uniform(luck, _GAP + i) < rate] = ""
    for name, values in texts.items():
        columns[name] = pd.array(values, dtype="str")
    year = columns["birth_year"].copy()
    year[uniform(luck, _GAP + 2) < s.missing_rate * s.record_errors] = 0
    slip = uniform(luck, _GAP + 3) < typing
    year[slip & (year > 0)] += 1
    columns["birth_year"] = year


def mistype(text: str, where: float, what: float) -> str:
    """One slip of the fingers: a letter changed, left out, doubled, or swapped with the next.

    >>> [mistype("hammer", 0.5, what) for what in (0.1, 0.3, 0.6, 0.9)]
    ['hamker', 'hamer', 'hammmer', 'hamemr']
    """
    if len(text) < 3:
        return text
    at = min(int(where * (len(text) - 1)) + 1, len(text) - 2)
    if what < 0.25:
        known = "0123456789" if text[at].isdigit() else _LETTERS
        other = known[int(what * 4 * len(known)) % len(known)]
        return text[:at] + other + text[at + 1 :]
    if what < 0.5:
        return text[:at] + text[at + 1 :]
    if what < 0.75:
        return text[: at + 1] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
