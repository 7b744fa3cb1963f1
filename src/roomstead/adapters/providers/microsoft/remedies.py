"""What mends a finding, by whom, with which command."""

from collections.abc import Sequence

from roomstead.adapters.providers.microsoft.offer import APP_ROLE_IDS, GRAPH_APP_ID
from roomstead.adapters.providers.microsoft.powershell import array, literal
from roomstead.adapters.providers.microsoft.restriction import add_to_policy_group, restriction_scripts
from roomstead.application.ports.providers import Remedy, RestrictionFacts, Who
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address
from roomstead.domain.room_answers import RoomAnswer

_SHOW_KINDS = """\

# What these mailboxes are. RBAC for Applications reaches rooms by their kind, RoomMailbox.
$Members | ForEach-Object { Get-Recipient -Identity $_ } |
    Format-Table PrimarySmtpAddress, RecipientTypeDetails
"""
_SHOW_RECIPIENTS = """\
{mailboxes} | ForEach-Object {{ Get-Recipient -Identity $_ -IncludeSoftDeletedRecipients }} |
    Format-Table PrimarySmtpAddress, RecipientTypeDetails, WhenSoftDeleted
"""
_GRANT = """\
Connect-MgGraph -TenantId {tenant} -Scopes 'AppRoleAssignment.ReadWrite.All', 'Application.Read.All' -NoWelcome
$graph = Get-MgServicePrincipal -Filter "appId eq '{graph}'"
New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {app} -PrincipalId {app} `
    -ResourceId $graph.Id -AppRoleId {role}
"""
_ANSWER = """\
$Rooms = {rooms}
foreach ($room in $Rooms) {{
    Set-CalendarProcessing -Identity $room -AutomateProcessing AutoAccept -AllowConflicts $false
}}
"""
_ALLOW = """\
$Rooms = {rooms}
$Account = {account}
foreach ($room in $Rooms) {{
    $policy = Get-CalendarProcessing -Identity $room
    if (-not $policy.AllBookInPolicy) {{
        Set-CalendarProcessing -Identity $room -BookInPolicy (@($policy.BookInPolicy) + $Account)
    }}
}}
"""
_SHOW_POLICIES = """\
{rooms} | ForEach-Object {{ Get-CalendarProcessing -Identity $_ }} |
    Format-List Identity, AutomateProcessing, AllBookInPolicy, BookInPolicy, BookingWindowInDays, ResourceDelegates
"""


def access_remedy(cause: AccessCause, mailboxes: Sequence[Address], facts: RestrictionFacts) -> Remedy:
    """What mends mailboxes that are out of reach for this cause; the command covers just these."""
    count = len(mailboxes)
    they = "This mailbox refuses" if count == 1 else f"These {count} mailboxes refuse"
    listed = array(mailboxes)
    match cause:
        case AccessCause.REFUSED:
            return Remedy(
                f"{they} Roomstead. Add what is missing to the policy's group, or to the scope of the app's role.",
                Who.CALENDAR_ADMIN,
                add_to_policy_group(facts, mailboxes) + _SHOW_KINDS,
                "microsoft#restrict",
            )
        case AccessCause.NO_MAILBOX:
            return Remedy(
                "There is no mailbox in Exchange Online: unlicensed, a guest, a contact, or deleted. "
                "Assign a licence, or restore the mailbox.",
                Who.DIRECTORY_ADMIN,
                _SHOW_RECIPIENTS.format(mailboxes=listed),
                "microsoft#no-mailbox",
            )
        case AccessCause.ON_PREMISES:
            return Remedy(
                "The mailbox is on-premises, which Microsoft Graph does not reach. Move it to Exchange Online.",
                Who.CALENDAR_ADMIN,
                _SHOW_RECIPIENTS.format(mailboxes=listed),
                "microsoft#on-premises",
            )
        case AccessCause.NOT_IN_DIRECTORY:
            return Remedy("This tenant does not know the address. Check its spelling.", Who.YOU)
        case AccessCause.OUTSIDE:
            return Remedy("The address belongs to another organisation; nothing here can open it.", Who.YOU)
        case AccessCause.NONE:
            return Remedy("Nothing stands in the way.", Who.YOU)


def permission_remedy(permission: str, facts: RestrictionFacts) -> Remedy:
    """What mends a permission that is missing or not effective."""
    if permission.startswith(("Calendars.", "MailboxSettings.")):
        return Remedy(
            f"{permission} is not effective. Grant it for the mailboxes in question by RBAC for Applications, or "
            "consent to it in Entra and confine it by a policy. Exchange takes up to two hours to follow.",
            Who.CALENDAR_ADMIN,
            guide="microsoft#restrict",
        )
    role = APP_ROLE_IDS.get(permission)
    command = ""
    if role is not None:
        command = _GRANT.format(
            tenant=literal(facts.tenant), graph=GRAPH_APP_ID, app=literal(facts.app_object_id), role=literal(role)
        )
    return Remedy(
        f"{permission} is not consented. In Entra, add it to the app as an application permission and grant admin "
        "consent.",
        Who.DIRECTORY_ADMIN,
        command,
        "microsoft#permissions",
    )


def confinement_remedy(facts: RestrictionFacts) -> Remedy:
    """What keeps the app out of mailboxes that must be out of its reach."""
    return Remedy(
        "Confine the app to the service account, the rooms and the allowed organisers.",
        Who.CALENDAR_ADMIN,
        restriction_scripts(facts)[0].text,
        "restrict-access#proof",
    )


def room_answer_remedy(answer: RoomAnswer, rooms: Sequence[Address], host: Address | None) -> Remedy:
    """What mends rooms that do not accept requests."""
    listed, guide = array(rooms), "microsoft#rooms"
    they = "This room" if len(rooms) == 1 else f"These {len(rooms)} rooms"
    who = host or "organisers"
    allow = "" if host is None else _ALLOW.format(rooms=listed, account=literal(host))
    match answer:
        case RoomAnswer.SILENT:
            sentence = f"{they} must answer by {'itself' if len(rooms) == 1 else 'themselves'}: AutomateProcessing "
            sentence += "AutoAccept. If a person answers on purpose, say so under Settings → Rooms."
            return Remedy(sentence, Who.CALENDAR_ADMIN, _ANSWER.format(rooms=listed), guide)
        case RoomAnswer.ASKS_A_PERSON:
            sentence = "A delegate approves requests. If that is on purpose, say so under Settings → Rooms; otherwise "
            sentence += f"let {who} book in policy."
            return Remedy(sentence, Who.CALENDAR_ADMIN, allow, guide)
        case RoomAnswer.DECLINES:
            sentence = (
                f"Let {who} book in policy. If that is allowed already, look at booking window, duration and hours."
            )
            return Remedy(sentence, Who.CALENDAR_ADMIN, allow + _SHOW_POLICIES.format(rooms=listed), guide)
        case RoomAnswer.NOT_TRIED | RoomAnswer.REMOVED | RoomAnswer.ACCEPTS:
            return Remedy("Test it again later.", Who.YOU)
