"""What does a table hold, and what is one row of it?

The one data contract of the project: every table with its columns, dtypes, units and keys.
The market writes by it, `Records` are checked against it, and the data dictionary in
``docs/data_dictionary.md`` is generated from it. Times are UTC to the second, money is EUR.

*Observed* tables are what a firm holds. *Truth* tables are what only a simulator can know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

EPOCH = np.datetime64("2024-01-01T00:00:00", "s")
"""Second 0 of week 0 of every simulated market: a Monday."""
WEEK_SECONDS = 7 * 24 * 3600
WEEKS_PER_YEAR = 365.25 / 7

DIRECT_CHANNELS = ("email", "post", "phone")
"""Channels that reach a customer by name, wherever the customer is."""
CHANNELS = (*DIRECT_CHANNELS, "web", "shop", "partner", "social")
"""Ways to reach a customer, in the order of ``channel`` codes."""
MESSAGE_KINDS = ("newsletter", "triggered", "conversion")
"""Chaffey's three kinds of outbound message."""
RESPONSES = ("bounce", "open", "click", "complaint", "unsubscribe")
CONSENT = ("none", "implied", "opt-in", "double opt-in", "opt-down", "opt-out")
"""What the firm may send by e-mail, from never asked to withdrawn."""
CONSENT_ORIGINS = (
    "registration",
    "asked",
    "unsubscribe link",
    "preference centre",
    "spam button",
)
ACQUISITION_CHANNELS = ("search", "social", "referral", "affiliate")
RECORD_SOURCES = ("web", "shop", "call centre")
CATEGORIES = ("home", "garden", "kitchen", "books", "toys", "outdoor")
SERVICE_KINDS = ("advice", "telephone order", "rush delivery", "correction")
"""Work that an order can cause besides packing it."""
TEAM_DRIVERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "warehouse": ("orders", "lines", "returns", "rush delivery"),
        "service desk": ("advice", "telephone order", "correction"),
    }
)
"""Who does which work of serving customers."""
TEAMS = tuple(TEAM_DRIVERS)
WORK_DRIVERS = ("orders", "lines", "returns", *SERVICE_KINDS)
"""What makes work: an order, an order line, a line sent back, a piece of service."""
CASE_CAUSES = ("delivery", "bill", "use")
"""What enquiries and complaints are about."""
CASE_KINDS = ("enquiry", "complaint")
CONTACTS = ("opened", "chased", "answered", "gave up")
"""What is written down of a case: the customer's first word, a reminder, the answer, or neither."""
PARTNERS = ("Northline", "Quickhaul", "Parcelry")
"""Who delivers; invented."""
DEPARTMENTS = ("marketing", "service", "billing")
"""Who keeps a copy of a customer's data."""
TASTES = 3
"""Directions in which tastes within a category differ."""
URGENCIES = ("now", "soon", "later")
"""What a lead says about when it may buy."""
PAGE_TYPES = (
    "home",
    "category",
    "product",
    "search",
    "article",
    "offers",
    "contest",
    "account",
    "cart",
    "checkout",
)
SESSION_SOURCES = ("direct", "search engine", "comparison site", "link", "e-mail")
PAGE_TEMPLATES = ("plain", "facts", "inspiration", "shortcut", "deals", "play")
USER_TYPES = (
    "directed information-seeker",
    "undirected information-seeker",
    "directed buyer",
    "bargain hunter",
    "entertainment seeker",
)
"""Lewis and Lewis (1997), as modes of use: a property of the session, not of the person."""
BUYING_STAGES = (
    "unaware",
    "aware",
    "supplier search",
    "evaluate and select",
    "purchase",
    "post-purchase",
)
"""Chaffey's six stages of the online buying process."""
QUARTER_WEEKS = 13
"""How long a strategy for an account holds."""
STRATEGIES = ("protect", "re-engineer", "enhance", "harvest", "end", "win back", "start")
"""Buttle's seven core customer management strategies, in the order of the lecture."""
INDUSTRIES = ("machinery", "food", "chemicals", "construction", "electronics", "hospitals")
CLOSED_INDUSTRIES = ("electronics", "hospitals")
"""Industries that buy only from a supplier of one of their leading houses."""
ACTIVITIES = ("delivery", "service call", "rush delivery", "sales visit")
"""Work that serving an account causes."""
ACCOUNT_EVENTS = ("customer", "won", "lost", "ended", "won back")
LEAVING_REASONS = ("", "rival's offer", "weak relationship", "followed a benchmark")
CONTACT_ROLES = ("buyer", "engineer", "director", "user")
MANAGERS = ("Adams", "Brandt", "Costa", "Duval", "Eriksen", "Fischer")
"""Account managers, whose judgement is in the records; invented."""
TARGET_KINDS = ("customer", "account", "lead", "case", "pool", "firm")

CAPABILITIES = {
    "leadership": "clear direction, owned at the top",
    "culture": "customers come first in daily decisions",
    "single_view": "one record for one customer, seen by all",
    "data_quality": "what is stored is true",
    "data_age": "what is stored is fresh",
    "analysis": "insight from the data",
    "targeting": "the right customers are chosen",
    "proposition_design": "offers that fit needs",
    "partner_network": "suppliers and partners deliver",
    "channel_integration": "channels tell the same story",
    "channel_reach": "customers are met where they are",
    "response_speed": "answers come quickly",
    "complaint_handling": "complaints are solved and learned from",
    "staff_skill": "people know how",
    "staff_incentives": "people are rewarded for the customer's good",
    "process_discipline": "things are done the agreed way",
    "technology_reach": "systems cover the customer-facing work",
    "privacy_practice": "consent is asked, kept and provable",
    "measurement": "results are measured and acted on",
    "experimentation": "new ideas are tested before roll-out",
}
"""The firm's capabilities; each has an intention and a reality in [0, 1]."""
ROUTINES: Mapping[str, str] = MappingProxyType(
    {
        "leadership": "the board has looked at the customer goals",
        "culture": "a manager has listened in on customers",
        "staff_incentives": "a bonus was reckoned on customers' satisfaction",
        "measurement": "last week's results were discussed, and something was changed",
        "experimentation": "an idea was tried on a part of the customers first",
        "technology_reach": "a week's customer work was done without retyping",
        "channel_reach": "customers who do not read e-mail were met elsewhere",
    }
)
"""Things that a firm means to do every week, each the habit of one capability."""


@dataclass(frozen=True)
class Column:
    """One column: its name, dtype, unit and meaning.

    ``dtype`` is a NumPy dtype, ``"text"`` for strings, or a tuple of category names.
    """

    name: str
    dtype: str | tuple[str, ...]
    unit: str
    meaning: str

    @property
    def pandas_dtype(self) -> object:
        """The dtype of this column in a pandas DataFrame."""
        if isinstance(self.dtype, tuple):
            return pd.CategoricalDtype(list(self.dtype))
        return "str" if self.dtype == "text" else np.dtype(self.dtype)


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the columns that name a row."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str | None = None
    """The column that says when the firm knew the row; None for what does not change."""
    order: tuple[str, ...] = ()
    """The columns that rows are sorted by; the key where empty."""

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(
            f"{self.name} has no column {name!r}; it has {', '.join(self.column_names)}."
        )

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def sort_by(self) -> list[str]:
        """The columns that put the rows in their canonical order."""
        return list(self.order or self.key)

    def empty(self) -> pd.DataFrame:
        """A table of this shape with no rows."""
        return pd.DataFrame({c.name: pd.Series([], dtype=c.pandas_dtype) for c in self.columns})

    def check(self, frame: pd.DataFrame) -> None:
        """Raise `ValueError` where ``frame`` breaks the contract: columns, dtypes, keys."""
        missing = [c for c in self.column_names if c not in frame.columns]
        if missing:
            raise ValueError(
                f"table {self.name!r} lacks the column {missing[0]!r}; "
                f"it must have {', '.join(self.column_names)}."
            )
        for column in self.columns:
            got, want = frame[column.name].dtype, column.pandas_dtype
            if column.dtype == "text":
                fits = pd.api.types.is_string_dtype(got)
            else:
                fits = got == want
            if not fits:
                raise ValueError(
                    f"column {column.name!r} of table {self.name!r} must have dtype {want}, "
                    f"got {got}. Convert it with .astype({str(want)!r})."
                )
        repeated = frame.duplicated(list(self.key))
        if repeated.any():
            row = frame.loc[repeated.to_numpy(), list(self.key)].iloc[0].to_dict()
            raise ValueError(f"table {self.name!r} names a row twice: {row}. Keys must be unique.")


def _c(name: str, dtype: str | tuple[str, ...], unit: str, meaning: str) -> Column:
    return Column(name, dtype, unit, meaning)


_TIME = "datetime64[s]"
_CUSTOMER = _c("customer_id", "int64", "", "the firm's key of the customer record")

OBSERVED: dict[str, Table] = {
    t.name: t
    for t in (
        Table(
            "customers",
            "one customer record",
            (
                _CUSTOMER,
                _c("registered_at", _TIME, "UTC", "when the record was opened"),
                _c("channel", ACQUISITION_CHANNELS, "", "how the customer was acquired"),
                _c("source", RECORD_SOURCES, "", "the system in which the record was opened"),
                _c("first_name", "text", "", "invented"),
                _c("last_name", "text", "", "invented"),
                _c("email", "text", "", "at a domain reserved for examples"),
                _c("phone", "text", "", "a number reserved for drama"),
                _c("street", "text", "", "invented"),
                _c("postcode", "text", "", "invented"),
                _c("city", "text", "", "invented"),
                _c("birth_year", "int16", "year", "as declared; 0 where missing"),
            ),
            ("customer_id",),
            time="registered_at",
        ),
        Table(
            "profiles",
            "what the firm's screen shows of one customer now",
            (
                _CUSTOMER,
                _c("registered_at", _TIME, "UTC", "when the record was opened"),
                _c("consent", CONSENT, "", "e-mail permission as it stands"),
                _c("cap_per_4_weeks", "int16", "messages", "wished maximum; -1 where none"),
                _c("orders", "int64", "orders", "so far"),
                _c("value_eur", "float64", "EUR", "turnover so far"),
                _c("last_ordered_at", _TIME, "UTC", "NaT where never"),
                _c("messages", "int64", "messages", "sent so far"),
                _c("opens", "int64", "messages", "opened so far"),
                _c("clicks", "int64", "messages", "clicked so far"),
                _c("last_messaged_at", _TIME, "UTC", "NaT where never"),
                _c("last_opened_at", _TIME, "UTC", "NaT where never"),
                _c("bounced", "bool", "", "whether the last e-mail came back"),
            ),
            ("customer_id",),
            time="registered_at",
        ),
        Table(
            "orders",
            "one order",
            (
                _c("order_id", "int64", "", "customer_id, week and place in the week, as digits"),
                _CUSTOMER,
                _c("ordered_at", _TIME, "UTC", "when"),
                _c("value_eur", "float64", "EUR", "before offers and returns"),
                _c("margin_eur", "float64", "EUR", "gross margin before offers and returns"),
            ),
            ("order_id",),
            time="ordered_at",
            order=("ordered_at", "order_id"),
        ),
        Table(
            "order_lines",
            "one product in one order",
            (
                _c("order_id", "int64", "", "the order"),
                _c("line", "int8", "", "1, 2, ... within the order"),
                _c("product_id", "int16", "", "the product"),
                _c("quantity", "int16", "pieces", "at least 1"),
                _c("value_eur", "float64", "EUR", "of the line"),
                _c("margin_eur", "float64", "EUR", "of the line"),
            ),
            ("order_id", "line"),
        ),
        Table(
            "returns",
            "one order line sent back",
            (
                _c("order_id", "int64", "", "the order"),
                _c("line", "int8", "", "the line of that order"),
                _c("returned_at", _TIME, "UTC", "when it arrived"),
                _c("refund_eur", "float64", "EUR", "paid back"),
                _c("margin_eur", "float64", "EUR", "gross margin lost"),
            ),
            ("order_id", "line"),
            time="returned_at",
        ),
        Table(
            "services",
            "one piece of service work that an order caused",
            (
                _c("order_id", "int64", "", "the order"),
                _c("kind", SERVICE_KINDS, "", "what had to be done"),
                _c("place", "int8", "", "1, 2, ... of this kind for this order"),
                _CUSTOMER,
                _c("asked_at", _TIME, "UTC", "when"),
            ),
            ("order_id", "kind", "place"),
            time="asked_at",
            order=("asked_at", "order_id", "kind", "place"),
        ),
        Table(
            "time_sheets",
            "what one team wrote down for one week",
            (
                _c("week", "int16", "week", "of the run, from 0"),
                _c("team", TEAMS, "", "who worked"),
                _c("at", _TIME, "UTC", "the end of the week"),
                _c("minutes", "int64", "minutes", "worked for customers, as written down"),
            ),
            ("week", "team"),
            time="at",
        ),
        Table(
            "preferences",
            "one category that a customer ticked on the form",
            (
                _CUSTOMER,
                _c("category", CATEGORIES, "", "the category"),
                _c("score", "int8", "", "larger is liked better"),
                _c("stated_at", _TIME, "UTC", "when the form was filled in"),
            ),
            ("customer_id", "category"),
            time="stated_at",
        ),
        Table(
            "questions",
            "one question put to one customer: which category do you like (next) best?",
            (
                _c("question_id", "int64", "", "customer_id, week and place in the week"),
                _CUSTOMER,
                _c("asked_at", _TIME, "UTC", "when"),
                _c("place", "int16", "", "1, 2, ... within the form of that week"),
                _c("of", "int16", "questions", "asked at once"),
                _c("answer", (*CATEGORIES, "no answer"), "", "what was said"),
                _c("answered_at", _TIME, "UTC", "when; NaT where there is no answer"),
            ),
            ("question_id",),
            time="asked_at",
            order=("asked_at", "question_id"),
        ),
        Table(
            "leads",
            "one prospect who left a card: a qualified lead",
            (
                _c("lead_id", "int64", "", "the customer_id, should the lead become a customer"),
                _c("pool_id", "int16", "", "where the card comes from"),
                _c("left_at", _TIME, "UTC", "when"),
                _c("interest", CATEGORIES, "", "the category ticked on the card"),
                _c("urgency", URGENCIES, "", "when the lead says that it will buy"),
            ),
            ("lead_id",),
            time="left_at",
            order=("left_at", "lead_id"),
        ),
        Table(
            "notices",
            "one subscriber who says that the contract will not be renewed",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when it was said"),
                _c("ends_at", _TIME, "UTC", "when the contract runs out"),
            ),
            ("customer_id", "at"),
            time="at",
            order=("at", "customer_id"),
        ),
        Table(
            "configurations",
            "one product that a customer began to put together in the shop",
            (
                _c("session_id", "int64", "", "the session"),
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when it was finished or given up"),
                _c("minutes", "float64", "minutes", "that it takes this time"),
                _c("finished", "bool", "", "whether it ended in an order"),
            ),
            ("session_id",),
            time="at",
        ),
        Table(
            "deliveries",
            "one delivery of one order",
            (
                _c("order_id", "int64", "", "the order"),
                _CUSTOMER,
                _c("partner", PARTNERS, "", "who delivered it"),
                _c("promised_at", _TIME, "UTC", "the promise at the time of the order"),
                _c("delivered_at", _TIME, "UTC", "when it came"),
            ),
            ("order_id",),
            time="delivered_at",
            order=("delivered_at", "order_id"),
        ),
        Table(
            "cases",
            "one enquiry or complaint",
            (
                _c("case_id", "int64", "", "of sixty scrambled bits"),
                _CUSTOMER,
                _c("order_id", "int64", "", "the order that it is about"),
                _c("cause", CASE_CAUSES, "", "what it is about, as the customer puts it"),
                _c("kind", CASE_KINDS, "", "a question, or a complaint"),
                _c("channel", CHANNELS, "", "how it came in"),
                _c("opened_at", _TIME, "UTC", "when it came in"),
                _c("follows_id", "int64", "", "the case that it takes up again; 0 where none"),
                _c("known_at", _TIME, "UTC", "when other departments can see it"),
            ),
            ("case_id",),
            time="known_at",
            order=("opened_at", "case_id"),
        ),
        Table(
            "interactions",
            "one contact between a customer and the service desk",
            (
                _c("interaction_id", "int64", "", "the case and the place within it"),
                _c("case_id", "int64", "", "the case"),
                _CUSTOMER,
                _c("contact", CONTACTS, "", "what happened"),
                _c("channel", CHANNELS, "", "by which channel"),
                _c("at", _TIME, "UTC", "when"),
                _c("agent", "int16", "", "who answered; 0 where nobody"),
                _c("minutes", "float64", "minutes", "that answering took; 0 where nobody did"),
                _c("continues", "bool", "", "whether the agent saw what had been said before"),
                _c("root_cause", ("", *CASE_CAUSES), "", "written down with an answered complaint"),
                _c("known_at", _TIME, "UTC", "when other departments can see it"),
            ),
            ("interaction_id",),
            time="known_at",
            order=("at", "interaction_id"),
        ),
        Table(
            "surveys",
            "one answered question about a case: how satisfied were you?",
            (
                _c("case_id", "int64", "", "the case"),
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("score", "int8", "1-5", "5 is best"),
            ),
            ("case_id",),
            time="at",
            order=("at", "case_id"),
        ),
        Table(
            "copies",
            "what one department holds of one customer record at the end",
            (
                _CUSTOMER,
                _c("department", DEPARTMENTS, "", "who holds it"),
                _c("email", "text", "", "as held there"),
                _c("city", "text", "", "as held there"),
                _c("updated_at", _TIME, "UTC", "when it was last checked"),
            ),
            ("customer_id", "department"),
            time="updated_at",
        ),
        Table(
            "consent_proofs",
            "one proof kept of one change of permission",
            (
                _c("consent_id", "int64", "", "the change"),
                _c("at", _TIME, "UTC", "of the proof"),
            ),
            ("consent_id",),
            time="at",
        ),
        Table(
            "routines",
            "one thing that the firm means to do every week",
            (
                _c("week", "int16", "week", "of the run, from 0"),
                _c("routine", tuple(ROUTINES), "", "the capability whose habit it is"),
                _c("at", _TIME, "UTC", "the end of the week"),
                _c("done", "bool", "", "whether it was done"),
            ),
            ("week", "routine"),
            time="at",
        ),
        Table(
            "plans",
            "what a quarter's plan says of one capability",
            (
                _c("quarter", "int16", "quarter", "of the run, from 0"),
                _c("capability", tuple(CAPABILITIES), "", "what is to be improved or kept up"),
                _c("at", _TIME, "UTC", "when the plan was made"),
                _c("goal", "bool", "", "whether it names a goal"),
                _c("owner", "bool", "", "whether it names who is responsible"),
                _c("budget", "bool", "", "whether it sets money aside"),
            ),
            ("quarter", "capability"),
            time="at",
        ),
        Table(
            "products",
            "one product of the catalogue",
            (
                _c("product_id", "int16", "", "the product"),
                _c("name", "text", "", "invented"),
                _c("category", CATEGORIES, "", "the category"),
                _c("price_eur", "float64", "EUR", "list price"),
                _c("margin_rate", "float64", "share", "gross margin over price"),
            ),
            ("product_id",),
        ),
        Table(
            "sessions",
            "one visit to the web shop by somebody logged in",
            (
                _c("session_id", "int64", "", "customer_id, week and place in the week"),
                _CUSTOMER,
                _c("started_at", _TIME, "UTC", "first click"),
                _c("source", SESSION_SOURCES, "", "where the visit came from"),
                _c("pages", "int16", "pages", "pages seen"),
                _c("cart", "bool", "", "whether something was put into the cart"),
                _c("order_id", "int64", "", "the order placed in it; 0 where none"),
            ),
            ("session_id",),
            time="started_at",
            order=("started_at", "session_id"),
        ),
        Table(
            "page_views",
            "one page seen",
            (
                _c("session_id", "int64", "", "the session"),
                _c("view", "int16", "", "1, 2, ... within the session"),
                _c("page_type", PAGE_TYPES, "", "the kind of page"),
                _c("dwell_seconds", "int32", "s", "time on the page"),
            ),
            ("session_id", "view"),
        ),
        Table(
            "adaptations",
            "one visit whose later pages followed a template",
            (
                _c("session_id", "int64", "", "the session"),
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when the visit began"),
                _c("clicks", "int16", "pages", "pages seen before the choice"),
                _c("template", PAGE_TEMPLATES, "", "what was shown"),
                _c("propensity", "float64", "", "the rule's probability of showing it"),
            ),
            ("session_id",),
            time="at",
        ),
        Table(
            "messages",
            "one message sent to one customer",
            (
                _c("message_id", "int64", "", "customer_id, week and place in the week"),
                _CUSTOMER,
                _c("sent_at", _TIME, "UTC", "when"),
                _c("channel", CHANNELS, "", "by which channel"),
                _c("kind", MESSAGE_KINDS, "", "newsletter, triggered or conversion"),
                _c("product_id", "int16", "", "the product shown; 0 for the whole assortment"),
                _c("offer_eur", "float64", "EUR", "off the next order within four weeks"),
                _c("cell", "int16", "", "the cell of the policy's own experiment"),
                _c("propensity", "float64", "", "the policy's probability of this action; NaN"),
            ),
            ("message_id",),
            time="sent_at",
            order=("sent_at", "message_id"),
        ),
        Table(
            "responses",
            "one reaction to one message",
            (
                _c("message_id", "int64", "", "the message"),
                _c("event", RESPONSES, "", "bounce, open, click, complaint or unsubscribe"),
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
            ),
            ("message_id", "event"),
            time="at",
            order=("at", "message_id", "event"),
        ),
        Table(
            "consents",
            "one change of a customer's e-mail permission",
            (
                _c("consent_id", "int64", "", "customer_id, week and place in the week"),
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("status", CONSENT, "", "the permission from then on"),
                _c("origin", CONSENT_ORIGINS, "", "how it came about"),
                _c("incentive_eur", "float64", "EUR", "paid for it"),
                _c("cap_per_4_weeks", "int16", "messages", "wished maximum; -1 where none"),
            ),
            ("consent_id",),
            time="at",
            order=("at", "consent_id"),
        ),
        Table(
            "redemptions",
            "one offer redeemed in one order",
            (
                _c("order_id", "int64", "", "the order"),
                _c("message_id", "int64", "", "the message that carried the offer"),
                _c("redeemed_at", _TIME, "UTC", "when"),
                _c("offer_eur", "float64", "EUR", "taken off"),
            ),
            ("order_id",),
            time="redeemed_at",
        ),
        Table(
            "accounts",
            "one firm that is, was or could be a customer",
            (
                _CUSTOMER,
                _c("registered_at", _TIME, "UTC", "when the file was opened"),
                _c("name", "text", "", "invented"),
                _c("industry", INDUSTRIES, "", "what it does"),
                _c("leading_house", "bool", "", "whether the trade press calls it one"),
                _c("employees", "int64", "people", "from the register"),
                _c("manager", MANAGERS, "", "who looks after it"),
            ),
            ("customer_id",),
            time="registered_at",
        ),
        Table(
            "contacts",
            "one change among the people whom the firm knows at an account",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("event", ("joined", "left"), "", "what happened"),
                _c("role", CONTACT_ROLES, "", "of the person"),
                _c("place", "int16", "", "1, 2, ...: which of the account's chairs"),
            ),
            ("customer_id", "at", "place", "event"),
            time="at",
            order=("at", "customer_id", "place", "event"),
        ),
        Table(
            "account_events",
            "one change of what an account is to the firm",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("event", ACCOUNT_EVENTS, "", "what happened; prospects have none yet"),
                _c("reason", LEAVING_REASONS, "", "as stated by who left; empty for the rest"),
            ),
            ("customer_id", "at"),
            time="at",
            order=("at", "customer_id"),
        ),
        Table(
            "activities",
            "work of one kind for one account in four weeks",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "the end of the four weeks"),
                _c("kind", ACTIVITIES, "", "what was done"),
                _c("number", "int64", "pieces", "as counted"),
            ),
            ("customer_id", "at", "kind"),
            time="at",
            order=("at", "customer_id", "kind"),
        ),
        Table(
            "cost_pools",
            "what one kind of work cost in four weeks, or the fixed cost",
            (
                _c("at", _TIME, "UTC", "the end of the four weeks"),
                _c("pool", (*ACTIVITIES, "fixed"), "", "what for"),
                _c("eur", "float64", "EUR", "spent"),
            ),
            ("at", "pool"),
            time="at",
        ),
        Table(
            "assessments",
            "one manager's judgement of one account at the end of a quarter",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("relationship", "int8", "1-7", "its strength; 0 for prospects"),
                _c("rival", "int8", "1-7", "how attractive the rival is to it"),
                _c("share", "float64", "share", "of the wallet that comes to us, as believed"),
                _c("wallet_eur", "float64", "EUR/quarter", "at list price, as believed"),
            ),
            ("customer_id", "at"),
            time="at",
            order=("at", "customer_id"),
        ),
        Table(
            "suggestions",
            "one complaint with an idea for the product",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("adopted", "bool", "", "whether the engineers took it up"),
            ),
            ("customer_id", "at"),
            time="at",
            order=("at", "customer_id"),
        ),
        Table(
            "testimonials",
            "one account that says whose choice of supplier it looks at",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when"),
                _c("names_id", "int64", "", "the customer_id of the account it looks at"),
            ),
            ("customer_id", "at"),
            time="at",
            order=("at", "customer_id"),
        ),
        Table(
            "treatments",
            "one strategy for one account for a quarter",
            (
                _CUSTOMER,
                _c("at", _TIME, "UTC", "when it began"),
                _c("strategy", STRATEGIES, "", "one of the seven"),
                _c("cost_eur", "float64", "EUR", "paid for it"),
                _c("cell", "int16", "", "the cell of the policy's own experiment"),
                _c("propensity", "float64", "", "the policy's probability of this action; NaN"),
            ),
            ("customer_id", "at"),
            time="at",
            order=("at", "customer_id"),
        ),
        Table(
            "pools",
            "one source of prospects that the firm can buy",
            (
                _c("pool_id", "int16", "", "the pool"),
                _c("channel", ACQUISITION_CHANNELS, "", "its channel"),
                _c("prospects", "int64", "people", "how many it holds at most"),
                _c("cost_eur", "float64", "EUR", "of addressing one prospect"),
            ),
            ("pool_id",),
        ),
        Table(
            "refusals",
            "one action that the engine did not carry out",
            (
                _c("refusal_id", "int64", "", "week and place in the decision"),
                _c("at", _TIME, "UTC", "the start of the week"),
                _c("target_kind", TARGET_KINDS, "", "what was aimed at"),
                _c("target_id", "int64", "", "which one, as the policy named it"),
                _c("kind", "text", "", "the kind of action"),
                _c("reason", "text", "", "why not"),
            ),
            ("refusal_id",),
            time="at",
        ),
    )
}

ACCOUNT_TABLES = (
    "orders", "accounts", "contacts", "account_events", "activities", "cost_pools",
    "assessments", "suggestions", "testimonials", "treatments", "refusals",
)  # fmt: skip
"""What a firm holds whose customers are firms (the pack ``b2b``)."""
PEOPLE_TABLES = tuple(n for n in OBSERVED if n not in ACCOUNT_TABLES or n in ("orders", "refusals"))
"""What a firm holds whose customers are people."""

BEHAVIOUR = ("orders", "order_lines", "returns", "sessions", "page_views", "consents")
"""What customers do of their own accord: identical under any two policies in `null`."""

TRUTH: dict[str, Table] = {
    t.name: t
    for t in (
        Table(
            "people",
            "one person, known or not yet known to the firm",
            (
                _c("person_id", "int64", "", "the person"),
                _c("household_id", "int64", "", "people with one number live together"),
                _c("pool_id", "int16", "", "the pool the person was won from; 0 for the base"),
                _c("born_at", _TIME, "UTC", "first order: the start of the relationship"),
                _c("left_at", _TIME, "UTC", "end of the relationship; NaT if after the run"),
                _c("order_rate", "float64", "1/week", "orders while active"),
                _c("dropout_rate", "float64", "1/week", "hazard of leaving, undisturbed"),
                _c("dropout_probability", "float64", "", "of leaving after an order; 0 if unused"),
                _c("basket_eur", "float64", "EUR", "mean order value"),
                _c("margin_rate", "float64", "share", "mean gross margin after returns"),
                *(_c(f"need_{c}", "float64", "share", f"need for {c}") for c in CATEGORIES),
                _c("responsiveness", "float64", "", "log rise of the order rate per ideal message"),
                _c("tolerance", "float64", "messages/week", "contact that does not tire"),
                _c("trust", "float64", "0-1", "at the end of the run"),
                _c("fatigue", "float64", "messages", "at the end of the run"),
                _c("privacy", "float64", "0-1", "concern about giving data"),
                _c("incentive_sensitivity", "float64", "1/EUR", "pull of an incentive"),
                _c("price_sensitivity", "float64", "", "pull of an offer on an order"),
                _c("patience", "float64", "minutes", "time waited for an answer"),
                *(_c(f"prefers_{c}", "float64", "share", f"preference for {c}") for c in CHANNELS),
                *(
                    _c(
                        f"taste_{i + 1}",
                        "float64",
                        "",
                        f"within a category, direction {i + 1}",
                    )
                    for i in range(TASTES)
                ),
                _c("demandingness", "float64", "factor", "on the service work that orders cause"),
                _c(
                    "rival_share",
                    "float64",
                    "share",
                    "of the dropout rate that is the rival's pull",
                ),
                _c("taught", "float64", "", "what the firm was taught, still true at the end"),
                _c("visit_rate", "float64", "1/week", "visits without an order while active"),
                _c(
                    "expected_value_eur",
                    "float64",
                    "EUR",
                    "expected, if the firm does nothing: "
                    "discounted gross margin from birth to the end of the run",
                ),
                _c("expected_lifetime_value_eur", "float64", "EUR", "the same without an end"),
                _c("realised_value_eur", "float64", "EUR", "what came, discounted to birth"),
                _c(
                    "contact_cost_eur",
                    "float64",
                    "EUR",
                    "spent on messages, asking, incentives and offers to this person",
                ),
                _c(
                    "serving_cost_eur",
                    "float64",
                    "EUR",
                    "of the work that their orders made",
                ),
                _c("grudge", "float64", "", "bad service still remembered at the end"),
            ),
            ("person_id",),
        ),
        Table(
            "identity",
            "one record of the firm and whose it is",
            (_CUSTOMER, _c("person_id", "int64", "", "the person behind the record")),
            ("customer_id",),
        ),
        Table(
            "accounts",
            "one firm that is, was or could be a customer",
            (
                _c("account_id", "int64", "", "the account"),
                _c("industry", INDUSTRIES, "", "what it does"),
                _c("status", ("prospect", "customer", "lost", "ended"), "", "at the end"),
                _c("left_at", _TIME, "UTC", "when it last left; NaT if it did not"),
                _c("wallet_eur", "float64", "EUR/quarter", "at the start, at list price"),
                _c("growth", "float64", "share/quarter", "of the wallet"),
                _c("share", "float64", "share", "of the wallet at the end; 0 if no customer"),
                _c("first_share", "float64", "share", "of the wallet at the start"),
                _c("relation", "float64", "0-1", "strength of the relationship at the end"),
                _c("first_relation", "float64", "0-1", "the same at the start"),
                _c("rival", "float64", "0-1", "attraction of the rival"),
                _c("discount", "float64", "share", "off the list price"),
                _c("demandingness", "float64", "factor", "on calls and rush deliveries"),
                _c("contacts", "int64", "people", "known at the account"),
                _c("is_benchmark", "bool", "", "whether others follow its choice"),
                _c("is_inspiration", "bool", "", "whether its complaints improve the product"),
                _c("is_door_opener", "bool", "", "whether it opens a closed industry"),
                _c("follows_id", "int64", "", "the account whose choice it follows; -1 for none"),
                _c("followers", "int64", "accounts", "that follow it"),
                _c("margin_eur", "float64", "EUR", "gross margin, discounted to the start"),
                _c("serving_eur", "float64", "EUR", "cost of serving it, discounted"),
                _c("strategy_eur", "float64", "EUR", "cost of strategies for it, discounted"),
                _c("contribution_eur", "float64", "EUR", "margin less both costs"),
            ),
            ("account_id",),
        ),
        Table(
            "account_identity",
            "one file of the firm and whose it is",
            (_CUSTOMER, _c("account_id", "int64", "", "the account behind it")),
            ("customer_id",),
        ),
        Table(
            "sessions",
            "what one session was really about",
            (
                _c("session_id", "int64", "", "the session"),
                _c("person_id", "int64", "", "the person"),
                _c("user_type", USER_TYPES, "", "the mode of use (Lewis and Lewis 1997)"),
                _c("buying_stage", BUYING_STAGES, "", "where in the buying process"),
                _c("need", CATEGORIES, "", "the category that the session is about"),
            ),
            ("session_id",),
        ),
        Table(
            "cases",
            "one enquiry or complaint, and what it did",
            (
                _c("case_id", "int64", "", "the case"),
                _c("person_id", "int64", "", "the person"),
                _c("solved", "bool", "", "whether the answer solved it"),
                _c("quality", "float64", "0-1", "chance that an answer by this agent solves it"),
                _c("wait_minutes", "float64", "minutes", "until somebody took it up, or given up"),
                _c("patience_minutes", "float64", "minutes", "that this person waits by it"),
                _c("satisfaction", "float64", "0-1", "with how it was handled"),
            ),
            ("case_id",),
        ),
        Table(
            "capabilities",
            "one capability of the firm from one week on",
            (
                _c("week", "int64", "week", "from which it is so"),
                _c("capability", "text", "", "its name"),
                _c("intention", "float64", "0-1", "how far it is planned and bought into"),
                _c("reality", "float64", "0-1", "how far it is really there"),
                _c("effective", "float64", "0-1", "what is left of it beside those it rests on"),
            ),
            ("week", "capability"),
        ),
        Table(
            "addresses",
            "one life of one e-mail address",
            (
                _c("person_id", "int64", "", "the person"),
                _c("valid_from", _TIME, "UTC", "when the firm got it"),
                _c("valid_to", _TIME, "UTC", "when it died; NaT if after the run"),
            ),
            ("person_id", "valid_from"),
        ),
    )
}

LEDGER = Table(
    "ledger",
    "one cause of income or cost in one week",
    (
        _c("week", "int64", "week", "of the run, from 0"),
        _c("cause", "text", "", "what for; 'refused: ...' rows count refused actions"),
        _c("eur", "float64", "EUR", "income positive, cost negative"),
        _c("rows", "int64", "", "how many orders, messages, actions"),
    ),
    ("week", "cause"),
)


def seconds_to_time(seconds: np.ndarray) -> np.ndarray:
    """Whole seconds since the start of the market, as ``datetime64[s]``; negative is NaT."""
    when = EPOCH + np.asarray(seconds).astype("timedelta64[s]")
    if np.size(seconds) and np.min(seconds) < 0:
        when[np.asarray(seconds) < 0] = np.datetime64("NaT")
    return when


def data_dictionary() -> str:
    """The data dictionary as Markdown: one section a table, one line a column."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `crmlab/tables.py` by `python -m tools.docs`; do not edit by hand.",
        "Times are UTC to the second, money is EUR. Every table has its key first.",
    ]
    for title, group in (
        ("Observed: what the firm holds (`run.records`)", OBSERVED.values()),
        ("Truth: what only the simulator knows (`run.truth`)", TRUTH.values()),
        ("Money (`run.ledger`)", (LEDGER,)),
    ):
        lines += ["", f"## {title}"]
        for table in group:
            lines += [
                "",
                f"### {table.name}",
                "",
                f"A row is {table.row}. Key: {', '.join(f'`{k}`' for k in table.key)}.",
                "",
                "| column | dtype | unit | meaning |",
                "|---|---|---|---|",
            ]
            for c in table.columns:
                dtype = "category" if isinstance(c.dtype, tuple) else c.dtype
                values = f" ({', '.join(c.dtype)})" if isinstance(c.dtype, tuple) else ""
                lines.append(f"| `{c.name}` | {dtype} | {c.unit} | {c.meaning}{values} |")
    lines += [
        "",
        "## Capabilities of a firm (`Scenario.firm`)",
        "",
        "| name | meaning |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in CAPABILITIES.items()]
    return "\n".join(lines) + "\n"
