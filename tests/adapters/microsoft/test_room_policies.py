"""What the script about booking policies prints is read strictly, and judged as Exchange does."""

import json

import pytest

from roomstead.adapters.providers.microsoft.room_policies import read_room_policies, room_policy_script
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import Address
from roomstead.domain.room_answers import RoomAnswer

POLICY: dict[str, object] = {
    "Room": "oak@contoso.example",
    "AutomateProcessing": "AutoAccept",
    "AllBookInPolicy": False,
    "BookInPolicy": False,
    "AllRequestInPolicy": False,
    "RequestInPolicy": False,
}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"AllBookInPolicy": True}, RoomAnswer.ACCEPTS),
        ({"BookInPolicy": True}, RoomAnswer.ACCEPTS),
        ({"AllRequestInPolicy": True}, RoomAnswer.ASKS_A_PERSON),
        ({"RequestInPolicy": True}, RoomAnswer.ASKS_A_PERSON),
        ({}, RoomAnswer.DECLINES),
        ({"AutomateProcessing": "AutoUpdate", "AllBookInPolicy": True}, RoomAnswer.SILENT),
        ({"AutomateProcessing": "None"}, RoomAnswer.SILENT),
    ],
)
def test_how_a_room_treats_requests(changes: dict[str, object], answer: RoomAnswer) -> None:
    assert read_room_policies(json.dumps([{**POLICY, **changes}])) == {"oak@contoso.example": answer}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "from [ to ]"),
        ("Identity : oak", "from [ to ]"),
        ("[" * 100_000, "from [ to ]"),
        ("[]", "a list of rooms"),
        (json.dumps(POLICY), "a list of rooms"),
        (json.dumps([{**POLICY, "Extra": 1}]), "exactly"),
        (json.dumps([1]), "exactly"),
        (json.dumps([{**POLICY, "BookInPolicy": "True"}]), "never prints"),
        (json.dumps([{**POLICY, "BookInPolicy": 1}]), "never prints"),
        (json.dumps([{**POLICY, "AutomateProcessing": "Sometimes"}]), "does not know"),
        (json.dumps([{**POLICY, "Room": "oak"}]), "no address"),
        (json.dumps([POLICY, {**POLICY, "Room": "OAK@contoso.example"}]), "twice"),
        (json.dumps([POLICY] * 5001), "more than 5,000"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, word: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_room_policies(text)
    assert word in refusal.value.mistakes["pasted"]


def test_the_script_only_reads_and_quotes_what_it_is_filled_in_with() -> None:
    text = room_policy_script([Address("o'ak@contoso.com")], Address("rooms@contoso.com")).text
    assert "'o''ak@contoso.com'" in text
    assert "$Account = 'rooms@contoso.com'" in text
    assert not any(verb in text for verb in ("Set-", "New-", "Add-", "Remove-"))
    assert "$Account = ''" in room_policy_script([], None).text
