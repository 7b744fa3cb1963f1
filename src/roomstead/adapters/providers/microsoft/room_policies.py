"""How rooms treat requests, as Exchange keeps it: Microsoft Graph cannot read it, so an admin runs a script.

The script only reads (Exchange Online PowerShell docs: Get-CalendarProcessing) and prints JSON, which is read strictly:
what is not exactly that is refused, and nothing in it is ever run or shown as more than text.
"""

import json
from collections.abc import Mapping, Sequence

from roomstead.adapters.providers.microsoft.powershell import array, literal
from roomstead.application.ports.providers import Script
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.room_answers import RoomAnswer

MOST_ROOMS = 5000
_SWITCHES = ("AllBookInPolicy", "BookInPolicy", "AllRequestInPolicy", "RequestInPolicy")
_TEXTS = ("Room", "AutomateProcessing")
_MODES = {"None", "AutoUpdate", "AutoAccept"}

_SCRIPT = """\
# How rooms treat requests. It reads and changes nothing; paste what it prints into Roomstead.
# Needs the ExchangeOnlineManagement module: Install-Module ExchangeOnlineManagement
$ErrorActionPreference = 'Stop'
if (-not (Get-ConnectionInformation)) {{ Connect-ExchangeOnline }}
$Account = {account}
$Rooms = {rooms}
$mine = if ($Account) {{ [string](Get-Recipient -Identity $Account).PrimarySmtpAddress }} else {{ '' }}
function Test-Listed($Entries) {{
    foreach ($entry in @($Entries | Where-Object {{ $_ }})) {{
        $found = Get-Recipient -Identity ([string]$entry) -ErrorAction SilentlyContinue
        if (-not $mine -or -not $found) {{ continue }}
        if ([string]$found.PrimarySmtpAddress -eq $mine) {{ return $true }}
        if ([string]$found.RecipientTypeDetails -like 'Mail*Group') {{
            $members = Get-DistributionGroupMember -Identity $found.DistinguishedName -ResultSize Unlimited
            if (@($members | ForEach-Object {{ [string]$_.PrimarySmtpAddress }}) -contains $mine) {{ return $true }}
        }}
    }}
    return $false
}}
$found = foreach ($room in $Rooms) {{
    $policy = Get-CalendarProcessing -Identity $room
    [pscustomobject]@{{
        Room               = $room
        AutomateProcessing = [string]$policy.AutomateProcessing
        AllBookInPolicy    = [bool]$policy.AllBookInPolicy
        BookInPolicy       = [bool](Test-Listed $policy.BookInPolicy)
        AllRequestInPolicy = [bool]$policy.AllRequestInPolicy
        RequestInPolicy    = [bool](Test-Listed $policy.RequestInPolicy)
    }}
}}
ConvertTo-Json -Compress -InputObject @($found)
"""


def room_policy_script(rooms: Sequence[Address], host: Address | None) -> Script:
    """The read-only script, filled in; without a host it asks for everybody."""
    return Script(
        key="room_policies",
        title="How rooms treat requests",
        explanation="It reads each room's booking policy with Get-CalendarProcessing and changes nothing. "
        "Run it as an Exchange admin (View-Only Recipients is enough), and paste here what it prints.",
        text=_SCRIPT.format(account=literal(host or ""), rooms=array(rooms)),
    )


def read_room_policies(pasted: str) -> Mapping[Address, RoomAnswer]:
    """What the script printed. Raises InvalidInput that names the first place that is not as it prints."""
    try:
        told = json.loads(pasted)
    except (ValueError, RecursionError) as error:
        raise _wrong("This is not what the script prints. Paste all of it, from [ to ].") from error
    if not isinstance(told, list) or not told:
        raise _wrong("This is not what the script prints: a list of rooms, from [ to ].")
    if len(told) > MOST_ROOMS:
        raise _wrong(f"These are more than {MOST_ROOMS:,} rooms. Run the script for fewer.")
    found: dict[Address, RoomAnswer] = {}
    for number, one in enumerate(told, 1):
        address, answer = _room(number, one)
        if address in found:
            raise _wrong(f"Room {number} is there twice.")
        found[address] = answer
    return found


def _room(number: int, one: object) -> tuple[Address, RoomAnswer]:
    if not isinstance(one, dict) or set(one) != {*_TEXTS, *_SWITCHES}:
        raise _wrong(f"Room {number} does not have exactly these: {', '.join((*_TEXTS, *_SWITCHES))}.")
    if not all(isinstance(one[name], str) for name in _TEXTS) or not all(
        isinstance(one[name], bool) for name in _SWITCHES
    ):
        raise _wrong(f"Room {number} has a value that the script never prints.")
    if one["AutomateProcessing"] not in _MODES:
        raise _wrong(f"Room {number} has an AutomateProcessing that Exchange does not know.")
    try:
        return parse_address(one["Room"]), _judge(one)
    except InvalidAddress as error:
        raise _wrong(f"Room {number} has no address: {error}") from error


def _judge(one: Mapping[str, object]) -> RoomAnswer:
    """Exchange Online docs, Set-CalendarProcessing: booked in policy is accepted, requested in policy is forwarded to
    delegates, anything else declined; without AutoAccept nobody answers by himself."""
    if one["AutomateProcessing"] != "AutoAccept":
        return RoomAnswer.SILENT
    if one["AllBookInPolicy"] or one["BookInPolicy"]:
        return RoomAnswer.ACCEPTS
    if one["AllRequestInPolicy"] or one["RequestInPolicy"]:
        return RoomAnswer.ASKS_A_PERSON
    return RoomAnswer.DECLINES


def _wrong(sentence: str) -> InvalidInput:
    return InvalidInput({"pasted": sentence})
