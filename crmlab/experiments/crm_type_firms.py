"""Is the lecture's advice any good? Simulated firms, and what each should have bought first.

Each firm is drawn with a profile that it could tell a consultant (`choosing.Profile`), and with
three things that nobody tells: how many messages its customers bear, how readily they respond, and
how far their needs differ. `business_of` says what the profile means in the market; every line of
it is *assumed*, and made to give each rule of the lecture its chance. The firm then lives a year
without any type of CRM, and the same year with each of four: what a type adds, after its price, is
what it is worth as the first one. (*Social* CRM is left out: the notes never advise it.)

The table is stored, since it takes half an hour; `firm_row` makes one row anew, and
``python -m crmlab.experiments.crm_type_firms`` all of them, or those that are still missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.checks import one_of
from crmlab.experiments.compare import interval
from crmlab.experiments.crm_types import Business, business_market
from crmlab.market.packs import DESK
from crmlab.strategic.crm_types import CRMTypes
from crmlab.strategic.crm_types.choosing import KINDS, Profile, advice

FIRMS, WEEKS = 500, 52
DESK_HOURS = {"service provider": 2.75}
"""Hours a day of each of three agents for 1,000 customers: 0.5, where not named. So many that they
are as busy as in a shop (a third of their time): no firm's desk is overrun. *Assumed*."""
CHOICES = ("strategic", "operational", "analytical", "collaborative")
"""Among these types a firm chooses its first."""
_ONLINE = np.array([1, 0, 0, 1, 0, 0, 1])  # of the channels: e-mail, web, social
_TRAITS = ("sites", "online", "departments", "repetitive", "data_driven", "kind", "customers")


def draw_profile(firm: int) -> Profile:
    """The profile of one firm, by its number.

    >>> draw_profile(3) == draw_profile(3), draw_profile(3) == draw_profile(4)
    (True, False)
    """
    u = _luck(firm, "profile")
    return Profile(
        sites=1 + int(6 * u[0]),
        online=round(float(u[1]), 2),
        departments=1 + int(4 * u[2]),
        repetitive=round(float(u[3]), 2),
        data_driven=bool(u[4] < 0.5),
        kind=KINDS[int(3 * u[5])],
        customers=int(round(800 * 2 ** u[6], -1)),
    )


def business_of(profile: Profile, hidden: Mapping[str, float]) -> Business:
    """What a profile means in the market, all *assumed*.

    Work that repeats itself leaves more carts, interactions online bring more visits; a firm that
    values data makes ten times as many own messages by hand, and has customers who differ more; a
    service provider bills by contract and is asked twice as much; accounts are half as many, and
    order for three times as much.

    Parameters
    ----------
    profile : Profile
    hidden : mapping
        tolerance_median, responsiveness_mean, need_concentration.
    """
    online = np.where(_ONLINE == 1, profile.online / 3, (1 - profile.online) / 4)
    customers = profile.customers
    changes: dict[str, object] = {
        **hidden,
        "lost_cart_share": 0.02 + 0.25 * profile.repetitive,
        "visits_per_order": 1.0 + 4.0 * profile.online,
        "case_channel": tuple((online / online.sum()).tolist()),
    }
    pack = "retail/textbook"
    hours = DESK_HOURS.get(profile.kind, 0.5)
    if profile.kind == "service provider":
        pack = "subscription/textbook"
        changes["enquiries_per_order"] = tuple(2 * n for n in DESK["enquiries_per_order"])
    if profile.kind == "account-based":
        customers //= 2
        changes["value_mix_scale_eur"] = 3 * 15.44
    changes["shift_hours"] = hours * customers / 1_000
    alike = 1 / 1.5 if profile.data_driven else 1.5
    changes["need_concentration"] = alike * hidden["need_concentration"]
    market = business_market(customers, profile.sites, profile.departments, pack, **changes)
    by_hand = round(customers * (0.02 if profile.data_driven else 0.002))
    policy = CRMTypes(departments=profile.departments, by_hand=by_hand)
    return Business(market, policy, customers, WEEKS)


def draw_hidden(firm: int) -> dict[str, float]:
    """What no profile tells of a firm's customers: each drawn around the market's default."""
    u = _luck(firm, "hidden")
    return {
        "tolerance_median": round(float(0.35 * 4 ** u[0]), 3),
        "responsiveness_mean": round(float(1.0 + 3.0 * u[1]), 3),
        "need_concentration": round(float(0.25 * 6 ** u[2]), 3),
    }


def firm_row(firm: int) -> dict[str, object]:
    """One row of the table: the profile, the advice, and what each type alone adds, EUR a year."""
    profile, hidden = draw_profile(firm), draw_hidden(firm)
    gains = business_of(profile, hidden).first_types(firm, CHOICES)
    told = {name: getattr(profile, name) for name in _TRAITS}
    return {**told, **hidden, "advice": advice(profile), **gains.round(2)}


def build(
    firms: int = FIRMS,
    known: pd.DataFrame | None = None,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """All firms: one row each, by its number; those of a shorter table are taken over."""
    begun = 0 if known is None else min(len(known), firms)
    rows = []
    for firm in range(begun, firms):
        rows.append(firm_row(firm))
        if progress is not None:
            progress(firm + 1)
    new = pd.DataFrame(rows, index=pd.RangeIndex(begun, firms, name="firm"))
    return new if known is None else pd.concat([known.iloc[:begun], new])


@cache
def _stored() -> pd.DataFrame:
    file = resources.files("crmlab.experiments") / "crm_type_firms.csv"
    with file.open("r", encoding="utf-8") as text:
        return pd.read_csv(text, index_col="firm")


def stored_firms() -> pd.DataFrame:
    """The stored firms: one row a firm, with profile, advice, and EUR a year by type."""
    return _stored().copy()


def profile_of(row: pd.Series) -> Profile:
    """The profile of a row of that table."""
    return Profile(
        int(row["sites"]), float(row["online"]), int(row["departments"]), float(row["repetitive"]),
        bool(row["data_driven"]), str(row["kind"]), int(row["customers"]),
    )  # fmt: skip


def _luck(firm: int, what: str) -> np.ndarray:
    return Chance(firm).split("firms that choose").uniform(what, 0, np.arange(8))


# -- rules of choice


def features(firms: pd.DataFrame) -> pd.DataFrame:
    """What a tree may look at: the profile alone, as numbers."""
    told = firms[[name for name in _TRAITS if name != "kind"]].astype(float)
    for kind in KINDS[1:]:
        told[kind] = (firms["kind"] == kind).astype(float)
    return told


def tree_choice(learned_on: pd.DataFrame, firms: pd.DataFrame, depth: int = 3) -> pd.Series:
    """What a decision tree would buy first, learned on other firms: the type with most EUR."""
    from sklearn.tree import DecisionTreeRegressor

    tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=10, random_state=0)
    tree.fit(features(learned_on).to_numpy(), learned_on[list(CHOICES)].to_numpy())
    told = tree.predict(features(firms).to_numpy())
    return pd.Series(np.array(CHOICES)[told.argmax(axis=1)], firms.index)


def choices(firms: pd.DataFrame) -> pd.DataFrame:
    """What each rule would have each firm buy first; one column a rule.

    The tree, and the one type that is best on average, are learned on the firms with even numbers
    for those with odd ones, and the other way round.
    """
    table = pd.DataFrame({"the lecture's advice": firms["advice"]}, firms.index)
    table = table.assign(**{f"always {name}": name for name in CHOICES})
    even = firms.index % 2 == 0
    for known, judged in ((firms[even], firms[~even]), (firms[~even], firms[even])):
        best = known[list(CHOICES)].mean().idxmax()
        table.loc[judged.index, "the best on average elsewhere"] = best
        table.loc[judged.index, "a tree learned elsewhere"] = tree_choice(known, judged)
    return table


def regrets(firms: pd.DataFrame, chosen: pd.Series) -> pd.Series:
    """What each choice leaves on the table, EUR a year, against the best type."""
    for name in pd.unique(chosen):
        one_of("a chosen type", name, CHOICES)
    values = firms.loc[chosen.index, list(CHOICES)]
    column = pd.Index(CHOICES).get_indexer(chosen)
    earned = values.to_numpy()[np.arange(len(values)), column]
    return (values.max(axis=1) - earned).clip(lower=0.0)


def judged_rules(firms: pd.DataFrame) -> pd.DataFrame:
    """Every rule on every firm.

    Returns
    -------
    DataFrame
        One row a rule, and *by lot*: ``right`` (share of firms whose best type it names),
        ``regret_eur`` (mean, a firm and year), ``low``, ``high`` (95 % interval over firms).
        A firm's best type is that of one year, its luck included, so every regret is too large;
        the order of the rules is not touched by that.
    """
    rows, table = {}, choices(firms)
    for rule in table:
        lost = regrets(firms, table[rule])
        rows[rule] = (float((lost == 0).mean()), float(lost.mean()), *interval(lost))
    each = firms[list(CHOICES)]
    lost = each.max(axis=1) - each.mean(axis=1)
    rows["by lot"] = (1 / len(CHOICES), float(lost.mean()), *interval(lost))
    names = ["right", "regret_eur", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def better_by(firms: pd.DataFrame, rule: str, rival: str) -> pd.Series:
    """What one rule leaves less on the table than another, EUR a firm and year: eur, low, high."""
    table = choices(firms)
    saved = regrets(firms, table[rival]) - regrets(firms, table[rule])
    return pd.Series([saved.mean(), *interval(saved)], ["eur", "low", "high"])


def value_by(firms: pd.DataFrame, trait: str | list[str]) -> pd.DataFrame:
    """What each type would bring as the first, EUR a firm and year, by traits of the profile."""
    return (
        firms.groupby(trait, observed=True)[list(CHOICES)]
        .mean()
        .assign(firms=firms.groupby(trait, observed=True).size())
    )


if __name__ == "__main__":
    from pathlib import Path

    file = Path(__file__).with_name("crm_type_firms.csv")
    begun = _stored() if file.is_file() and len(_stored()) < FIRMS else None
    build(known=begun).to_csv(file, lineterminator="\n")
