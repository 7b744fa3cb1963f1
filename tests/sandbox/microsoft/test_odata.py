"""The query language: what parses means what it says, what does not is a 400 and never anything worse."""

import string
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.microsoft.errors import GraphError
from roomstead_sandbox.microsoft.odata.filter import parse_filter
from roomstead_sandbox.microsoft.odata.json_view import JsonView
from roomstead_sandbox.microsoft.odata.prefer import parse_preferences
from roomstead_sandbox.microsoft.odata.query import parse_query
from roomstead_sandbox.microsoft.odata.tree import matches

PERSON = {
    "displayName": "Jane O'Neill",
    "age": 41,
    "active": True,
    "boss": None,
    "start": {"dateTime": "2026-12-01T09:00:00.0000000"},
    "tags": [{"id": "a", "value": "One"}, {"id": "b", "value": "Two"}],
}


def status_of(act: Callable[[], object]) -> int:
    try:
        act()
    except GraphError as refused:
        return refused.status
    return 200


def holds(text: str) -> bool:
    return matches(parse_filter(text), JsonView(PERSON))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("displayName eq 'jane o''neill'", True),
        ("displayName ne 'Jane'", True),
        ("startswith(displayName,'JANE')", True),
        ("endswith(displayName, 'neill') and contains(displayName,' O')", True),
        ("tolower(displayName) eq 'jane o''neill'", True),
        ("age gt 40 and age lt 42", True),
        ("age ge 41.0", True),
        ("age le 40 or active eq true", True),
        ("not (age eq 41)", False),
        ("not not active", True),
        ("boss eq null", True),
        ("boss gt 'a'", False),
        ("displayName in ('Jim','jane o''neill')", True),
        ("start/dateTime ge '2026-12-01T09:00:00' and start/dateTime lt '2027'", True),
        ("tags/any(t: t/id eq 'b' and t/value eq 'two')", True),
        ("tags/any(t: t/id eq 'a' and t/value eq 'two')", False),
        ("tags/any()", True),
        ("active and (age eq 1 or age eq 41)", True),
        ("age eq 1 or age eq 41 and active", True),
    ],
)
def test_a_filter_means_what_it_says(text: str, *, verdict: bool) -> None:
    assert holds(text) is verdict


@pytest.mark.parametrize(
    "text",
    [
        "displayName eq", "eq 'x'", "displayName eq 'x", "(age eq 1", "age eq 1)", "age eq 1 and", "age foo 1",
        "startswith(displayName)", "tags/any(t t/id eq 'a')", "displayName in ()", "age eq 1;drop", "nickname eq 'x'",
        "age eq 'x'", "active gt 1 and age", "displayName/any(x: x eq 'a')", "'a' 'b'", "/x eq 1", "()", "a/ eq 1",
    ],
)  # fmt: skip
def test_nonsense_is_a_bad_request(text: str) -> None:
    with pytest.raises(GraphError) as refused:
        holds(text)
    assert refused.value.status == 400


def test_depth_and_length_are_bounded() -> None:
    for text in ("(" * 3000 + "age eq 1" + ")" * 3000, " and ".join(["age eq 41"] * 5000), "not " * 5000 + "active"):
        with pytest.raises(GraphError):
            holds(text)


@given(st.text(alphabet=string.printable, max_size=60))
def test_any_text_is_a_filter_or_a_bad_request(text: str) -> None:
    assert status_of(lambda: holds(text)) in (200, 400)


TERMS = st.sampled_from(["age eq 41", "age eq 1", "active", "boss eq null", "startswith(displayName,'x')"])
TRUTH = {
    "age eq 41": True,
    "age eq 1": False,
    "active": True,
    "boss eq null": True,
    "startswith(displayName,'x')": False,
}


@given(
    st.recursive(
        st.sampled_from(sorted(TRUTH.items())),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda p: (f"({p[0][0]}) and ({p[1][0]})", p[0][1] and p[1][1])),
            st.tuples(inner, inner).map(lambda p: (f"({p[0][0]}) or ({p[1][0]})", p[0][1] or p[1][1])),
            inner.map(lambda one: (f"not ({one[0]})", not one[1])),
        ),
        max_leaves=8,
    )
)
def test_connectives_combine_as_logic_does(case: tuple[str, bool]) -> None:
    text, verdict = case
    assert holds(text) is verdict


@given(st.text(max_size=40))
def test_quoted_text_comes_back_whole(value: str) -> None:
    quoted = value.replace("'", "''")
    assert matches(parse_filter(f"name eq '{quoted}'"), JsonView({"name": value}))


@given(st.lists(st.sampled_from("abc"), max_size=4), st.sampled_from("abc"))
def test_any_is_membership(items: list[str], wanted: str) -> None:
    view = JsonView({"items": [{"id": item} for item in items]})
    assert matches(parse_filter(f"items/any(i: i/id eq '{wanted}')"), view) is (wanted in items)


def test_options_are_parsed_once_and_whole() -> None:
    query = parse_query(
        [
            ("$select", "id, subject,"),
            ("$orderby", "start/dateTime desc,subject"),
            ("$top", "25"),
            ("$skip", "50"),
            ("$count", "true"),
            ("$expand", "singleValueExtendedProperties($filter=id eq 'String {a} Name B,C'),attachments"),
            ("startDateTime", "2026-12-01T00:00:00Z"),
        ]
    )
    assert query.select == ("id", "subject")
    assert [(order.path, order.descending) for order in query.order] == [
        (("start", "dateTime"), True),
        (("subject",), False),
    ]
    assert (query.top, query.skip, query.count) == (25, 50, True)
    assert [expansion.name for expansion in query.expand] == ["singleValueExtendedProperties", "attachments"]
    assert query.expand[0].filter is not None
    assert query.parameter("STARTdateTIME") == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    "pair",
    [
        ("$top", "-1"), ("$top", "x"), ("$top", "1" * 30), ("$skip", "1.5"), ("$orderby", "a b c"),
        ("$orderby", "a up"),        ("$expand", "a(b"), ("$expand", "a($levels=2)"), ("$foo", "1"), ("$top", "٣"),
    ],
)  # fmt: skip
def test_bad_options_are_bad_requests(pair: tuple[str, str]) -> None:
    with pytest.raises(GraphError) as refused:
        parse_query([pair])
    assert refused.value.status == 400


def test_an_option_may_not_come_twice() -> None:
    with pytest.raises(GraphError):
        parse_query([("$top", "1"), ("$TOP", "2")])


def test_preferences_come_in_one_header_or_many() -> None:
    one = parse_preferences(['IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"'])
    many = parse_preferences(['idtype="immutableid"', 'outlook.timezone="UTC"', "outlook.body-content-type=text"])
    assert one == many
    assert one.immutable_ids
    assert one.text_bodies
    assert one.applied == ('IdType="ImmutableId"', 'outlook.timezone="UTC"', 'outlook.body-content-type="text"')


def test_unknown_preferences_are_ignored_and_the_first_counts() -> None:
    prefer = parse_preferences(["respond-async; wait=10, foo=bar", 'odata.maxpagesize=5, odata.maxpagesize=9,"x'])
    assert prefer.page_size == 5
    assert prefer.applied == ("odata.maxpagesize=5",)


@given(st.lists(st.text(alphabet=string.printable, max_size=40), max_size=3))
def test_any_header_is_a_preference_or_a_bad_request(headers: list[str]) -> None:
    assert status_of(lambda: parse_preferences(headers)) in (200, 400)


def test_a_time_in_a_filter_needs_no_quotes() -> None:
    view = JsonView({"at": datetime(2026, 12, 1, tzinfo=UTC)})
    assert matches(parse_filter("at ge 2026-12-01T00:00:00Z and at lt 2026-12-02"), view)


@pytest.mark.parametrize("option", ["$search", "$apply", "$SEARCH"])
def test_options_that_events_do_not_have_are_refused(option: str) -> None:
    with pytest.raises(GraphError) as refusal:
        parse_query([(option, '"kick-off"')])
    assert refusal.value.status == 400
