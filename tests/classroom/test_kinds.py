"""What does a student read about an answer of each kind, right, wrong or hostile?"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.classroom import plain, verdict
from crmlab.classroom.kinds import Choice, kind_of
from crmlab.classroom.regret import Regret
from crmlab.classroom.table import Table


class EqualToAll:
    """An object that claims to equal everything."""

    __class__ = float

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = lambda self, other=None: 0.0
    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True


class EqualFloat(float):
    """A float with every comparison turned to its favour."""

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = lambda self, other: 0.0

    def __float__(self):
        return 0.42


class EqualText(str):
    """A text that claims to equal everything."""

    __slots__ = ()
    __eq__ = lambda self, other: True  # noqa: E731
    __hash__ = str.__hash__

    def __str__(self):
        return "opt-in"


class EqualList(list):
    """A list that shows what is wanted and never ends."""

    def __iter__(self):
        while True:
            yield 1

    def __len__(self):
        return 1


class Raises:
    """An object that raises whatever is done with it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("repr")


# --- numbers


@pytest.mark.parametrize(
    "answer",
    [0.42, np.float64(0.42), np.float32(0.42), np.array(0.42), np.array([[0.42]]), [0.42],
     pd.Series([0.42]), pd.DataFrame({"a": [0.42]}), Decimal("0.42"), Fraction(21, 50), 0.4201],
)  # fmt: skip
def test_a_right_number_passes_in_any_wrapping(ask, answer):
    assert crm.check(ask(0.42), answer)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (0.5, "too high", "Too high, by about 20 %."),
        (0.4, "too low", "Too low, by about 5 %."),
        (0.9, "too high", "by about 100 %"),
        (4.2, "too high", "about 10 times as much"),
        (42, "too high", "Is this a percentage?"),
        (55, "too high", "Is this a percentage?"),
        (-0.42, "too low", "Only the sign differs."),
        (-3, "too low", "of the other sign"),
        (0, "too low", "by about 100 %"),
        (1e300, "too high", "times as much"),
        (float("nan"), "not a number", "The answer is NaN"),
        (np.nan, "not a number", "NaN"),
        (pd.NA, "not a number", "NaN"),
        (pd.NaT, "not a number", "NaN"),
        (Decimal("sNaN"), "not a number", "NaN"),
        (np.inf, "not a number", "infinite"),
        (10**400, "not a number", "infinite"),
        (None, "wrong type", "got None. Does the function return its result?"),
        ("0.42", "wrong type", "got the text '0.42'. Write it without quotes."),
        (True, "wrong type", "True or False"),
        (np.True_, "wrong type", "True or False"),
        (0.42 + 0j, "wrong type", "of type complex"),
        (np.complex128(0.42), "wrong type", "of type complex128"),
        (..., "wrong type", "got the dots. Put your answer in their place."),
        (abs, "wrong type", "got a function. Call it"),
        ({"a": 0.42}, "wrong type", "got a dict of 1"),
        ({0.42}, "wrong type", "got a set of 1"),
        ([0.42, 0.42], "wrong shape", "got 2 values"),
        (np.full(52, 0.42), "wrong shape", "got 52 values"),
        (np.array([]), "wrong shape", "it is empty"),
        (pd.Series([], dtype=float), "wrong shape", "it is empty"),
        (pd.DataFrame({"a": [1, 2], "b": [1, 2]}), "wrong shape", "got 4 values"),
        ([[[[[[0.42]]]]]], "wrong shape", "1 values"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong_with_it(ask, answer, kind, said):
    result = crm.check(ask(0.42), answer)
    assert (result.right, result.kind) == (False, kind)
    assert said in result.message


# pytest compares and prints parameters, so these are made inside of the test.
HOSTILE = {
    "equal to all": EqualToAll,
    "equal float": lambda: EqualFloat(7),
    "equal text": lambda: EqualText("7"),
    "endless list": lambda: EqualList([7, 8]),
    "array of objects": lambda: np.array([EqualToAll()], dtype=object),
    "list of objects": lambda: [EqualToAll()],
    "dict of objects": lambda: {"a": EqualToAll(), 1: EqualToAll()},
    "series of objects": lambda: pd.Series([EqualToAll()], index=[1], dtype=object),
    "raises": Raises,
    "class": lambda: EqualToAll,
}


@pytest.mark.parametrize("answer", HOSTILE)
@pytest.mark.parametrize(
    "expected",
    [0.42, "opt-in", [1, 2], {"a": 1.0}, pd.Series({1: 1.0}), Regret(9.0, float, 1.0)],
    ids=["number", "word", "ids", "dict", "series", "decision"],
)
def test_no_answer_passes_because_it_says_so(ask, answer, expected):
    result = crm.check(ask(expected), HOSTILE[answer]())
    assert result.right is False
    assert result.kind in verdict.WRONG


def test_a_number_that_lies_is_taken_for_what_it_holds(ask):
    assert crm.check(ask(0.42), EqualFloat(7)).kind == "too high"
    assert crm.check(ask(Regret(9.0, float, 1.0)), EqualFloat(7)).kind == "too costly"
    assert not crm.check(ask("opt-in"), EqualText("7"))


def test_a_count_is_right_or_wrong_and_a_measurement_nearly_right(ask):
    assert crm.check(ask(200), 200.0)
    assert not crm.check(ask(200), 201)
    assert crm.check(ask(200.0), 201)
    assert crm.check(ask(200, tolerance=0.01), 201)
    assert crm.check(ask(200, absolute=2), 202)


def test_zero_can_be_expected(ask):
    assert crm.check(ask(0.0), 0)
    assert "by about 0.2" in crm.check(ask(0.0), 0.21).message


def test_a_share_where_a_percentage_is_expected_is_noticed(ask):
    assert "Is this a share" in crm.check(ask(42.0), 0.42).message


@given(st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-6), st.floats(0.02, 1e6))
def test_the_direction_is_never_wrong(expected, factor):
    above = kind_of(expected, 0.01).judge(expected + abs(expected) * factor)
    below = kind_of(expected, 0.01).judge(expected - abs(expected) * factor)
    assert (above.kind, below.kind) == ("too high", "too low")


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 0.5))
def test_what_is_expected_always_passes(expected, tolerance):
    assert kind_of(expected, tolerance).judge(expected).right


# --- words


@pytest.mark.parametrize("answer", ["opt-in", " Opt-In ", "OPT-IN\n", np.str_("opt-in"),
                                    pd.Series(["opt-in"]), ["opt-in"], "\uff4fpt-in"])  # fmt: skip
def test_case_and_spaces_of_a_word_do_not_matter(ask, answer):
    assert crm.check(ask("Opt-in"), answer)


def test_a_wrong_word_is_quoted_and_options_are_named(ask):
    assert crm.check(ask("a"), "b").message == "'b' is not the answer."
    name = ask(Choice("opt-in", options=("opt-in", "opt-out")))
    assert crm.check(name, "opt-out").kind == "wrong"
    assert "one of opt-in, opt-out; got 'opt'" in crm.check(name, "opt").message
    assert "A word in quotes is expected, got a value of type int" in crm.check(name, 1).message
    assert len(crm.check(name, "x" * 9999).message) < 200


def test_a_choice_must_be_among_its_options():
    with pytest.raises(ValueError, match="one of the options"):
        Choice("c", options=("a", "b"))


# --- ids


@pytest.mark.parametrize("answer", [[3, 1, 2, 2], {1, 2, 3}, (1.0, 2.0, 3.0), np.array([1, 2, 3]),
                                    np.array([[1], [2], [3]]), pd.Series([1, 2, 3]), range(1, 4),
                                    pd.Index([3, 2, 1]), pd.DataFrame({"id": [1, 2, 3]}),
                                    pd.array([1, 2, 3]), frozenset([1, 2, 3])])  # fmt: skip
def test_the_order_and_container_of_ids_do_not_matter(ask, answer):
    assert crm.check(ask({1, 2, 3}), answer)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ([1, 2], "wrong", "1 of 3 ids are missing."),
        ([1, 2, 3, 4], "wrong", "1 of your 4 do not belong."),
        ([1, 2, 9], "wrong", "1 of 3 ids are missing; 1 of your 3 do not belong."),
        ([], "wrong", "3 of 3 ids are missing."),
        (["1", "2"], "wrong type", "whole numbers are expected"),
        ([True, False], "wrong type", "Give the ids where it is True"),
        ([1.5], "wrong type", "got 1.5 among them"),
        ([1, None], "wrong type", "one of them is None"),
        ([1, np.nan], "wrong type", "a missing value"),
        (np.zeros((2, 2)), "wrong shape", "an array of shape (2, 2)"),
        (pd.DataFrame({"a": [1], "b": [2]}), "wrong shape", "Take one column"),
        ("1, 2, 3", "wrong type", "got the text"),
        (None, "wrong type", "got None"),
        ((i for i in [1, 2, 3]), "wrong type", "of type generator"),
    ],
)
def test_wrong_ids_are_counted(ask, answer, kind, said):
    result = crm.check(ask([1, 2, 3]), answer)
    assert (result.right, result.kind) == (False, kind)
    assert said in result.message


def test_a_single_id_can_stand_alone(ask):
    assert crm.check(ask([17]), 17)


# --- dicts of numbers


def test_a_dict_of_numbers_passes_as_dict_or_series(ask):
    name = ask({"E-mail": 0.5, "Post": 2})
    assert crm.check(name, {"e-mail": 0.501, " post": 2})
    assert crm.check(name, pd.Series({"Post": 2.0, "E-mail": 0.5}))


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ({"a": 0.5, "b": 3}, "too high", "b: Too high, by about 50 %."),
        ({"a": 50, "b": 1}, "wrong", "a: Too high, about 100 times as much as it should be. Is"),
        ({"a": "x", "b": None}, "wrong type", "a: One number is expected, got the text 'x'"),
        ({"a": 0.5}, "wrong shape", "The answer lacks 'b'."),
        ({"a": 0.5, "b": 2, "c": 1}, "wrong shape", "The answer has 'c' too many."),
        ({"a": 1, "A ": 1, "b": 2}, "wrong shape", "'a' stands in the answer twice"),
        (0.5, "wrong type", "A dict of numbers is expected"),
    ],
)
def test_a_wrong_dict_is_judged_name_by_name(ask, answer, kind, said):
    result = crm.check(ask({"a": 0.5, "b": 2}), answer)
    assert (result.right, result.kind) == (False, kind)
    assert said in result.message


# --- tables

ORDERS = pd.DataFrame({"customer_id": [7, 8, 9], "orders": [1, 2, 3], "eur": [10.0, 20.0, np.nan]})


@pytest.mark.parametrize(
    "answer",
    [
        ORDERS,
        ORDERS.iloc[::-1],
        ORDERS.set_index("customer_id"),
        ORDERS[["eur", "orders", "customer_id"]].assign(note="more"),
        ORDERS.astype({"customer_id": float, "orders": float}),
        ORDERS.astype({"orders": "Int64", "eur": "Float64"}),
        ORDERS.assign(eur=[10.05, 19.95, np.nan]),
        ORDERS.rename(columns={"orders": "Orders "}),
    ],
)
def test_a_right_table_passes_in_any_order(ask, answer):
    assert crm.check(ask(ORDERS), answer)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (ORDERS.assign(orders=[1, 2, 4]), "wrong", "Column 'orders': of 3 values 1 too high."),
        (ORDERS.assign(eur=[11, 19, 0.0]), "wrong", "1 different, 1 too high, 1 too low."),
        (ORDERS.assign(eur=np.nan), "wrong", "2 missing"),
        (ORDERS.drop(columns="eur"), "wrong shape", "lacks the column 'eur'"),
        (ORDERS.iloc[:2], "wrong shape", "1 of 3 rows are missing."),
        (ORDERS.assign(customer_id=[7, 8, 5]), "wrong shape", "missing; 1 rows do not belong."),
        (pd.concat([ORDERS, ORDERS]), "wrong shape", "'customer_id' stand in several rows"),
        (pd.concat([ORDERS, ORDERS[["eur"]]], axis=1), "wrong shape", "the column 'eur' twice"),
        (ORDERS["orders"], "wrong type", "A DataFrame is expected, got a Series of shape (3,)"),
        (ORDERS.assign(eur=[{}, [], ()]), "wrong type", "A cell of the table holds"),
        (ORDERS.assign(customer_id=[7, 8, None]), "wrong type", "a missing value"),
        (pd.DataFrame(), "wrong shape", "it has no columns"),
        (None, "wrong type", "got None"),
    ],
)
def test_a_wrong_table_is_told_where(ask, answer, kind, said):
    result = crm.check(ask(ORDERS), answer)
    assert (result.right, result.kind) == (False, kind)
    assert said in result.message


def test_a_series_passes_as_series_frame_or_dict(ask):
    name = ask(pd.Series({7: 1.0, 8: 2.0}, name="share").rename_axis("customer_id"))
    for answer in (
        pd.Series({8: 2.0, 7: 1.0}),
        {7: 1, 8: 2},
        pd.DataFrame({"customer_id": [8, 7], "other name": [2, 1]}),
    ):
        assert crm.check(name, answer)
    assert crm.check(name, {7: 1, 8: 3}).message == "Column 'share': of 2 values 1 too high."


def test_a_table_can_have_two_keys_words_and_dates(ask):
    index = pd.MultiIndex.from_product([["a", "b"], pd.to_datetime(["2024-01-01", "2024-01-08"])])
    frame = pd.DataFrame({"word": list("wxyz"), "n": 1.0}, index=index.rename(["arm", "week"]))
    name = ask(frame)
    assert crm.check(name, frame.reset_index().sample(frac=1, random_state=1))
    assert "1 different" in crm.check(name, frame.assign(word=list("wxyy"))).message
    assert crm.check(name, frame.droplevel(0).iloc[:2]).kind == "wrong shape"


def test_an_expected_table_needs_a_column_beside_its_key():
    with pytest.raises(TypeError, match="must have a column beside its key"):
        Table(pd.DataFrame({"customer_id": [1, 2]}))


# --- decisions


def earned(n):
    """The profit of a newsletter every n weeks; 2 is best."""
    return 1_000.0 - 40.0 * (n - 2) ** 2


def test_a_decision_is_judged_by_what_it_leaves_on_the_table(ask):
    name = ask(Regret.among(range(9), earned, pass_eur=50))
    best, near, far = (crm.check(name, n) for n in (2, 3.0, 5))
    assert best.message.startswith("Right. 0 EUR left on the table")
    assert near.right
    assert near.message.startswith("Right. 40 EUR left on the table")
    assert (far.right, far.kind) == (False, "too costly")
    assert far.message == (
        "360 EUR left on the table: your decision earns 640 EUR, the best one known 1,000 EUR. "
        "Up to 50 EUR passes."
    )


@pytest.mark.parametrize("answer", [9, 2.5, -1, "2", None, [1, 2], True, np.nan])
def test_a_decision_that_cannot_be_taken_is_refused(ask, answer):
    assert not crm.check(ask(Regret.among(range(9), earned, pass_eur=50)), answer)


def test_a_decision_can_be_a_set_of_ids(ask):
    regret = Regret(30.0, lambda chosen: 10.0 * len(chosen & {1, 2, 3}), 5.0, read=plain.ids)
    assert crm.check(ask(regret), [3, 2, 1])
    assert "20 EUR left on the table" in crm.check(ask(regret), [1]).message


def test_better_than_the_best_known_is_right(ask):
    assert crm.check(ask(Regret(30.0, float, 5.0)), 31)


def test_a_decision_that_fails_or_earns_nothing_that_can_be_counted_is_wrong(ask):
    failing = ask(Regret(1.0, lambda n: 1 / n, 0.0))
    assert "could not be carried out: float division" in crm.check(failing, 0).message
    assert crm.check(ask(Regret(1.0, lambda n: np.nan, 0.0)), 1).kind == "not a number"


def test_a_regret_checks_itself():
    with pytest.raises(ValueError, match="best_eur must be a finite number, got nan"):
        Regret(np.nan, float, 1.0)
    with pytest.raises(ValueError, match="pass_eur must be >= 0"):
        Regret(1.0, float, -1.0)


# --- anything

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.complex_numbers() | st.dates() | st.datetimes() | st.decimals() | st.fractions()
    | st.builds(lambda: EqualToAll()) | st.builds(lambda: Raises()) | st.just(...) | st.just(pd.NA)
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=3)
        | st.lists(inner, max_size=3).map(lambda x: pd.Series(x, dtype=object))
        | st.lists(inner, max_size=3).map(lambda x: pd.DataFrame({"a": pd.Series(x, dtype=object)}))
    ),
    max_leaves=6,
)
EXPECTED = [0.42, 3, "opt-in", [1, 2], {"a": 1.0}, ORDERS, pd.Series({1: 1.0}),
            Regret.among(["x", "y"], len, 0.5)]  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=300,
)
@given(anything, st.sampled_from(range(len(EXPECTED))))
def test_no_answer_makes_check_raise(ask, answer, which):
    result = crm.check(ask(EXPECTED[which]), answer)
    assert isinstance(result.right, bool)
    assert bool(result) is result.right
    assert result.kind in ("right", *verdict.WRONG)
    repr(result).encode()
    result._repr_html_().encode()
