"""What mends a finding, by whom, with which command."""

from collections.abc import Sequence

from roomstead.adapters.providers.microsoft.offer import APP_ROLE_IDS, GRAPH_APP_ID
from roomstead.adapters.providers.microsoft.powershell import array, literal
from roomstead.adapters.providers.microsoft.restriction import add_to_policy_group
from roomstead.application.ports.providers import Remedy, RestrictionFacts, Who
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address

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
Set-CalendarProcessing -Identity {room} -AutomateProcessing AutoAccept -AllowConflicts $false
Get-CalendarProcessing -Identity {room} |
    Format-List AutomateProcessing, AllowConflicts, AllBookInPolicy, BookInPolicy, ResourceDelegates
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


def room_answer_remedy(room: Address) -> Remedy:
    """What mends a room that never answers: its mailbox does not process requests by itself."""
    return Remedy(
        "The room does not answer invitations. Let it accept them by itself; if it has a BookInPolicy, add the "
        "service account to it.",
        Who.CALENDAR_ADMIN,
        _ANSWER.format(room=literal(room)),
        "microsoft#rooms",
    )
