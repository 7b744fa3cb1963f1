"""Scripts that confine the app to some mailboxes: RBAC for Applications first, the superseded policy second.

Facts from the Exchange Online PowerShell reference. Grants by RBAC count beside those consented in Entra and do not
narrow them, so the first way ends by taking that consent away; the policy narrows consent only.
"""

from collections.abc import Sequence

from roomstead.adapters.providers.microsoft.offer import APP_ROLE_IDS
from roomstead.adapters.providers.microsoft.powershell import array, literal
from roomstead.application.ports.providers import RestrictionFacts, Script
from roomstead.domain.mailbox import Address

_ROOMS_SCOPE = "Roomstead rooms"
_HOSTS_SCOPE = "Roomstead hosts"
_ONLY_ROOMS = 1
_EVERYONE = 3

_HEADER = """\
# {title}
# {who}
# Safe to run again: whatever is there already is left as it is.
$ErrorActionPreference = 'Stop'
"""

_CONNECT_EXCHANGE = """\
# Needs the ExchangeOnlineManagement module: Install-Module ExchangeOnlineManagement
if (-not (Get-ConnectionInformation)) { Connect-ExchangeOnline }
"""

_ENSURE_GROUP = """\
# A mail-enabled security group. Members are put in directly: nested groups do not count everywhere.
$group = Get-DistributionGroup -Identity $GroupAddress -ErrorAction SilentlyContinue
if (-not $group) {
    $group = New-DistributionGroup -Name $GroupName -Type Security -PrimarySmtpAddress $GroupAddress
}
$present = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
Get-DistributionGroupMember -Identity $GroupAddress -ResultSize Unlimited |
    ForEach-Object { [void]$present.Add([string]$_.PrimarySmtpAddress) }
foreach ($member in $Members) {
    if ($present.Add($member)) {
        try { Add-DistributionGroupMember -Identity $GroupAddress -Member $member -Confirm:$false }
        catch { Write-Warning "$member was not added: $($_.Exception.Message)" }
    }
}
"""

_ENSURE_PRINCIPAL = """\
# Exchange's pointer to the app. The object id is that of the enterprise application, not of the app registration.
if (-not (Get-ServicePrincipal | Where-Object { $_.AppId -eq $AppId })) {
    New-ServicePrincipal -AppId $AppId -ObjectId $ObjectId -DisplayName 'Roomstead'
}
"""

_ENSURE_FUNCTIONS = """\
function Confirm-Scope([string]$Name, [string]$Filter) {
    $scope = Get-ManagementScope -Identity $Name -ErrorAction SilentlyContinue
    if (-not $scope) { New-ManagementScope -Name $Name -RecipientRestrictionFilter $Filter | Out-Null }
    elseif ($scope.RecipientFilter -ne $Filter) {
        Set-ManagementScope -Identity $Name -RecipientRestrictionFilter $Filter
    }
}
function Confirm-Grant([string]$Role, [string]$Scope) {
    $name = "$Scope - $Role"
    if (-not (Get-ManagementRoleAssignment -Identity $name -ErrorAction SilentlyContinue)) {
        New-ManagementRoleAssignment -Name $name -App $ObjectId -Role $Role -CustomResourceScope $Scope | Out-Null
    }
}
"""

_GRANT_ROOMS = f"""\
# By kind of mailbox, so that new rooms follow by themselves.
Confirm-Scope '{_ROOMS_SCOPE}' "RecipientTypeDetails -eq 'RoomMailbox'"
Confirm-Grant 'Application Calendars.Read' '{_ROOMS_SCOPE}'
"""

_GRANT_ROOM_SETTINGS = f"""\
Confirm-Grant 'Application MailboxSettings.Read' '{_ROOMS_SCOPE}'
"""

_GRANT_HOSTS = f"""\
$groupPath = $group.DistinguishedName.Replace("'", "''")
Confirm-Scope '{_HOSTS_SCOPE}' "MemberOfGroup -eq '$groupPath'"
Confirm-Grant 'Application Calendars.ReadWrite' '{_HOSTS_SCOPE}'
Confirm-Grant 'Application MailboxSettings.Read' '{_HOSTS_SCOPE}'
"""

_TEST_PRINCIPAL = """\
# What Exchange thinks of it. It passes by the cache; the app itself sees a change after 30 minutes to 2 hours.
foreach ($mailbox in $Samples) {
    Test-ServicePrincipalAuthorization -Identity $ObjectId -Resource $mailbox | Format-Table
}
"""

_REMOVE_CONSENT = """\
# Needs the Microsoft Graph module: Install-Module Microsoft.Graph.Applications
Connect-MgGraph -TenantId $Tenant -Scopes 'AppRoleAssignment.ReadWrite.All', 'Application.Read.All' -NoWelcome
Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ObjectId -All |
    Where-Object { $Unscoped -contains [string]$_.AppRoleId } |
    ForEach-Object {
        Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ObjectId -AppRoleAssignmentId $_.Id
    }
"""

_ENSURE_POLICY = """\
# Several policies of one app add up; one for another group does not let the members of this one in.
$policy = Get-ApplicationAccessPolicy -ErrorAction SilentlyContinue |
    Where-Object { $_.AppId -eq $AppId -and $_.AccessRight -eq 'RestrictAccess' -and $_.ScopeName -eq $group.Name }
if (-not $policy) {
    New-ApplicationAccessPolicy -AppId $AppId -PolicyScopeGroupId $GroupAddress -AccessRight RestrictAccess `
        -Description 'Roomstead may reach the members of this group only.'
}
# Answers yes earlier than the app sees it: that takes from 30 minutes to a day.
foreach ($mailbox in $Samples) { Test-ApplicationAccessPolicy -Identity $mailbox -AppId $AppId }
"""


def restriction_scripts(facts: RestrictionFacts) -> tuple[Script, ...]:
    """Ways to confine the app, best first."""
    return (_rbac(facts), _remove_consent(facts), _policy(facts))


def hosts_group(facts: RestrictionFacts) -> Address:
    """The group of mailboxes that the app may write to. Not the policy's: that one holds the rooms as well."""
    local, _, domain = facts.group_address.partition("@")
    return Address(f"{local}-hosts@{domain}")


def hosts(facts: RestrictionFacts) -> tuple[Address, ...]:
    """Mailboxes that may hold bookings at this tier."""
    service = (facts.service_account,) if facts.service_account and facts.tier > _ONLY_ROOMS else ()
    organizers = tuple(facts.organizers) if facts.tier >= _EVERYONE else ()
    return tuple(dict.fromkeys((*service, *organizers)))


def add_to_policy_group(facts: RestrictionFacts, mailboxes: Sequence[Address]) -> str:
    """A script for just these mailboxes."""
    return "\n".join(
        (
            _HEADER.format(title="Let Roomstead reach these mailboxes", who="Who: an Exchange administrator."),
            _CONNECT_EXCHANGE,
            _group_values("Roomstead", facts.group_address, mailboxes),
            _ENSURE_GROUP,
        )
    )


def _group_values(name: str, address: Address, members: Sequence[Address]) -> str:
    return f"$GroupName = {literal(name)}\n$GroupAddress = {literal(address)}\n$Members = {array(members)}\n"


def _samples(facts: RestrictionFacts) -> str:
    return f"$Samples = {array((*hosts(facts)[:2], *facts.rooms[:2]))}\n"


def _rbac(facts: RestrictionFacts) -> Script:
    members = hosts(facts)
    parts = [
        _HEADER.format(
            title="Confine Roomstead by RBAC for Applications",
            who="Who: an Exchange administrator (role group Organization Management).",
        ),
        _CONNECT_EXCHANGE,
        f"$AppId = {literal(facts.app_id)}\n$ObjectId = {literal(facts.app_object_id)}\n",
        _ENSURE_PRINCIPAL,
        _ENSURE_FUNCTIONS,
        _GRANT_ROOMS,
    ]
    if facts.tier > _ONLY_ROOMS:
        parts.append(_GRANT_ROOM_SETTINGS)
    if members:
        parts += [_group_values("Roomstead hosts", hosts_group(facts), members), _ENSURE_GROUP, _GRANT_HOSTS]
    parts += [_samples(facts), _TEST_PRINCIPAL]
    return Script(
        "rbac",
        "RBAC for Applications",
        "Grants the app reading of room mailboxes, and booking in the named mailboxes only. It counts beside what is "
        "consented in Entra: afterwards run “Remove unscoped consent”, or nothing is restricted.",
        "\n".join(parts),
    )


def _remove_consent(facts: RestrictionFacts) -> Script:
    unscoped = sorted(name for name in APP_ROLE_IDS if name.startswith(("Calendars.", "MailboxSettings.")))
    text = "\n".join(
        (
            _HEADER.format(
                title="Remove unscoped consent", who="Who: a Privileged Role Administrator or Global Administrator."
            ),
            f"$Tenant = {literal(facts.tenant)}\n$ObjectId = {literal(facts.app_object_id)}",
            f"# {', '.join(unscoped)}\n$Unscoped = {array(APP_ROLE_IDS[name] for name in unscoped)}\n",
            _REMOVE_CONSENT,
        )
    )
    explanation = (
        "Run after “RBAC for Applications”: takes back the consent that reaches every mailbox of the tenant. The "
        "directory permissions (rooms, people) stay. Not to be combined with an Application Access Policy."
    )
    return Script("rbac_remove_consent", "Remove unscoped consent", explanation, text)


def _policy(facts: RestrictionFacts) -> Script:
    members = tuple(dict.fromkeys((*hosts(facts), *facts.rooms)))
    text = "\n".join(
        (
            _HEADER.format(
                title="Confine Roomstead by an Application Access Policy", who="Who: an Exchange administrator."
            ),
            _CONNECT_EXCHANGE,
            f"$AppId = {literal(facts.app_id)}\n",
            _group_values("Roomstead", facts.group_address, members),
            _ENSURE_GROUP,
            _samples(facts),
            _ENSURE_POLICY,
        )
    )
    explanation = (
        "The older way: the service account and every room are members of a mail-enabled security group, and the app "
        "reaches nobody else. Microsoft replaces these policies by RBAC for Applications. New rooms must be added to "
        "the group. It confines consented permissions only, and Calendars.ReadBasic.All not at all."
    )
    return Script("application_access_policy", "Application Access Policy", explanation, text, is_superseded=True)
