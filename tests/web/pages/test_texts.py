"""The catalogue: what is common, and what a provider says in its own words."""

import pytest

from roomstead.entrypoints.web.pages.texts import MissingText, Texts, texts_in

TEXTS = Texts("en", {"add": {"permission": "Permission", "acme_permission": "Scope of {name}"}})


def test_a_providers_own_words_come_first() -> None:
    assert TEXTS.of("acme", "add.permission", name="Acme") == "Scope of Acme"
    assert TEXTS.of("other", "add.permission") == "Permission"
    with pytest.raises(MissingText, match=r"add\.nothing"):
        TEXTS.of("acme", "add.nothing")


def test_numbers_are_written_as_the_language_does() -> None:
    assert texts_in("en")("today.rooms", count=3014) == "3,014 rooms"
    assert Texts("en", {"a": "{count:,} or {count}"})("a", count=3014) == "3,014 or 3,014"
    assert texts_in("en")("today.shown", first=1, last=50, total=3014) == "1–50 of 3,014"


def test_every_own_text_stands_in_for_a_common_one() -> None:
    names = texts_in("en").names()
    own = [name for name in names if name.partition(".")[2].startswith(("microsoft_", "google_"))]
    common = {f"{section}.{key.partition('_')[2]}" for section, _, key in (name.partition(".") for name in own)}
    assert own
    assert common - names == set()
