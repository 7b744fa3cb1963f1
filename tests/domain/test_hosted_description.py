"""The lines that name the organiser in a hosted description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.hosted_description import compose_description, organizer_lines, strip_organizer_lines

LINES = ("Jane Doe", "jane@contoso.example", "https://rooms.contoso.example/bookings/1")


def test_the_organiser_is_named_on_a_line_of_its_own() -> None:
    text = compose_description("Bring figures.", *LINES)
    lines = text.splitlines()
    assert lines[0] == "Bring figures."
    assert "Organised by Jane Doe" in lines
    assert "jane@contoso.example" in lines
    assert "Change or cancel: https://rooms.contoso.example/bookings/1" in lines


def test_a_name_of_two_lines_stays_on_one() -> None:
    assert "Organised by Jane Doe" in compose_description("", "Jane\nDoe", *LINES[1:]).splitlines()


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text + "\r\n\r\nJoin the call: https://example.org/1",
        lambda text: "\ufeff\n" + text,
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "\n".join(f"  {line}  " for line in text.splitlines()),
        lambda text: text + "\n" + text,
    ],
)
def test_they_are_found_again_however_the_calendar_mangles_them(mangle: object) -> None:
    assert callable(mangle)
    stripped = strip_organizer_lines(str(mangle(compose_description("Bring figures.", *LINES))))
    assert "Organised by" not in stripped
    assert "Bring figures." in stripped


def test_words_of_people_that_look_alike_stay() -> None:
    text = "Organised by Bob.\n———— Roomstead ————\nnot closed"
    assert strip_organizer_lines(text) == text


pieces = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                "———— Roomstead ————",
                "———————————————————",
                "Organised by X",
                "\n",
                "\r\n",
                compose_description("", *LINES),
            ]
        ),
    ),
    max_size=8,
).map("\n".join)


@given(pieces)
def test_writing_and_reading_again_gives_the_text(text: str) -> None:
    once = strip_organizer_lines(text)
    assert strip_organizer_lines(once) == once
    composed = compose_description(text, *LINES)
    assert strip_organizer_lines(composed) == once
    assert compose_description(composed, *LINES) == composed
    assert composed.count("Organised by Jane Doe") == once.count("Organised by Jane Doe") + 1


@pytest.mark.timeout(30)
def test_a_text_full_of_openings_is_read_at_once() -> None:
    opening = organizer_lines("Jane Doe", "jane@contoso.example", "https://x.example/").partition("jane@")[0]
    text = opening * 5_000
    assert strip_organizer_lines(text) == text.strip()
