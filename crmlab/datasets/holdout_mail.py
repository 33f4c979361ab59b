"""Whom does an e-mail move? A test with a randomised hold-out, and what it does to each person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crmlab.chance import uniform
from crmlab.datasets.files import as_csv, rounded
from crmlab.datasets.sheet import Datasheet, column_list
from crmlab.experiments.effects import effects
from crmlab.market.packs import scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions, Plain, View

WHAT = "an e-mail test with a randomised hold-out, and what came in the four weeks after it"
TRUTH_IS = "given"
TEST_WEEK = 16


def shop() -> Scenario:
    """Get a shop where all agreed to mail, many open it, people differ, and few leave."""
    return scenario("retail").replace(
        optin_at_registration=1.0,
        intake_weeks=4,
        dropout_scale_weeks=1_200.0,
        responsiveness_mean=3.0,
        responsiveness_sd=4.0,
        open_rate=0.6,
    )


def mailing(share: float) -> Plain:
    """Write in the test week to a share of the customers, drawn by lot, and else to nobody."""

    def send(view: View) -> Actions | None:
        if view.week != TEST_WEEK:
            return None
        ids = view.agreed()
        drawn = uniform(view.chance.base("lot", ids), 0) < share
        return Actions(ids[drawn], kind="conversion", propensity=share)

    return Plain(send, f"mailing(share={share:g})")


def market() -> Run:
    """Run the test: half of the customers get the mail."""
    return simulate(shop(), customers=3_000, weeks=20, seed=33, policy=mailing(0.5))


def expected_effects() -> pd.DataFrame:
    """Average what the mail does to each person over draws of luck."""
    return effects(shop(), mailing(1.0), customers=3_000, weeks=20, seed=33, draws=60)


def make() -> dict[str, bytes]:
    """Get the content of each file, by its path inside the data set."""
    run = market()
    customers, effect = one_row_per_customer(run), effect_by_customer(run)
    return {
        "customers.csv": as_csv(customers),
        "truth/effects.csv": as_csv(effect),
        "README.md": _sheet(customers, effect).text.encode(),
    }


def one_row_per_customer(run: Run) -> pd.DataFrame:
    """Tell what was known of each customer before the test, the treatment, and the outcome."""
    frame = _known_before(run)
    ids = frame["customer_id"]
    orders = run.records.orders
    later = orders[orders["ordered_at"] >= run.records.as_of(TEST_WEEK).now]
    frame["treated"] = ids.isin(run.records.messages["customer_id"]).astype(int)
    value = later.groupby("customer_id")["value_eur"].sum()
    frame["bought_4_weeks"] = ids.isin(value.index).astype(int)
    frame["value_4_weeks_eur"] = ids.map(value).fillna(0.0).round(2)
    return frame


def _known_before(run: Run) -> pd.DataFrame:
    before = run.records.as_of(TEST_WEEK)
    profiles, week = before.profiles, np.timedelta64(7, "D")
    frame = before.customers[["customer_id", "channel", "birth_year"]].merge(profiles)
    frame["weeks_known"] = ((before.now - frame["registered_at"]) / week).round(1)
    frame["weeks_since_order"] = ((before.now - frame["last_ordered_at"]) / week).round(1)
    visits = before.sessions["customer_id"].value_counts()
    frame["visits"] = frame["customer_id"].map(visits).fillna(0).astype(int)
    frame["value_eur"] = frame["value_eur"].round(2)
    return frame[[name for name, *_ in _BEFORE]]


def effect_by_customer(run: Run) -> pd.DataFrame:
    """Put the expected effects under the firm's key of each customer."""
    effect = run.truth.identity.merge(expected_effects().reset_index()).drop(columns="person_id")
    return rounded(effect.sort_values("customer_id", ignore_index=True), digits=4)


def load(folder: Path) -> pd.DataFrame:
    """Read the test: one row a customer."""
    return pd.read_csv(folder / "customers.csv")


def truth(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the expected effect of the mail on each customer."""
    return {"effects": pd.read_csv(folder / "truth" / "effects.csv")}


_BEFORE = (
    ("customer_id", "", "the firm's key"),
    ("channel", "", "how the customer was acquired"),
    ("birth_year", "year", "as declared"),
    ("weeks_known", "weeks", "since registering, at the test"),
    ("weeks_since_order", "weeks", "since the last order, at the test"),
    ("orders", "orders", "before the test"),
    ("value_eur", "EUR", "turnover before the test"),
    ("visits", "visits", "to the shop before the test"),
)
_AFTER = (
    ("treated", "0 or 1", "1 if the mail was sent; drawn by lot"),
    ("bought_4_weeks", "0 or 1", "1 if there was an order in the four weeks from the test"),
    ("value_4_weeks_eur", "EUR", "turnover of these four weeks"),
)
_EFFECT = (
    ("customer_id", "", "the firm's key"),
    ("margin_eur", "EUR", "expected change of the discounted gross margin, if mailed"),
    ("cost_eur", "EUR", "cost of mailing, on average"),
    ("effect_eur", "EUR", "margin_eur less cost_eur"),
    ("standard_error_eur", "EUR", "of effect_eur, over the draws of luck"),
)


def _sheet(customers: pd.DataFrame, effect: pd.DataFrame) -> Datasheet:
    treated = customers["treated"] == 1
    return Datasheet(
        name="holdout_mail",
        what="A shop sends one e-mail to half of its customers, drawn by lot, holds the other "
        "half out, and looks at the next four weeks. One row a customer: what was known before, "
        "the treatment, the outcome; and in a file apart what the mail does to each person.",
        code=(f"TEST_WEEK = {TEST_WEEK}", shop, mailing, market, expected_effects),
        use="import crmlab as crm\n\n"
        'test = crm.datasets.load("holdout_mail")\n'
        'effect = crm.datasets.truth("holdout_mail")["effects"]',
        columns={
            "customers.csv: a row is one customer": column_list([*_BEFORE, *_AFTER]),
            "truth/effects.csv: a row is one customer": column_list(_EFFECT),
        },
        numbers={
            "customers": f"{len(customers):,}, of whom {treated.sum():,} were mailed",
            **_outcomes(customers, treated),
            "expected effect on a customer, on average": f"{effect['effect_eur'].mean():.2f} EUR",
            "customers whom the mail harms by more than twice its standard error": _harmed(effect),
        },
        notes={"Limits": _LIMITS},
        truth="Given, in `truth/effects.csv`, rounded to four significant digits. Leave it "
        "closed until you have ranked the customers.",
    )


_LIMITS = (
    "The expected effect is an average over fresh luck of the whole run, the weeks before the "
    "test included; so it belongs to the person, not to the history in `customers.csv`, and a "
    "model that knows the history can rank slightly better than it. Its draws "
    "are few: read single customers with their standard error, and groups with confidence."
)


def _outcomes(customers: pd.DataFrame, treated: pd.Series) -> dict[str, str]:
    bought = customers.groupby(treated)["bought_4_weeks"].agg(["mean", "var", "size"])
    lift = bought.loc[True, "mean"] - bought.loc[False, "mean"]
    error = np.sqrt((bought["var"] / bought["size"]).sum())
    return {
        "bought within four weeks": f"{bought.loc[True, 'mean']:.1%} of the mailed, "
        f"{bought.loc[False, 'mean']:.1%} of the hold-out",
        "difference": f"{100 * lift:.1f} percentage points, standard error {100 * error:.1f}",
    }


def _harmed(effect: pd.DataFrame) -> str:
    harmed = effect["effect_eur"] < -2 * effect["standard_error_eur"]
    return f"{(harmed & (effect['effect_eur'] < -0.01)).sum():,}"
