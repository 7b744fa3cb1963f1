"""How access is given and confined: what to enter in the Admin console, and a script that shares rooms.

A delegation reaches every calendar of the organisation; the only way to fewer is to do without one. The script calls
the Calendar API as whoever runs it, in Google's own editor, so that nothing has to be installed.
"""

import json
from collections.abc import Sequence

from roomstead.adapters.providers.google import scopes
from roomstead.application.ports.providers import RestrictionFacts, Script
from roomstead.domain.mailbox import Address

_EVERYONE = 3
_CONSOLE = "https://admin.google.com/ac/owl/domainwidedelegation"

_DELEGATION = """\
# Delegate the scopes to Roomstead
# Who: a super admin of the organisation that the mailboxes belong to.
# Open {console}, choose "Add new", and enter:
#
# Client ID:
{client_id}
# OAuth scopes (comma-delimited):
{scopes}
#
# Press Authorise. If the client ID is there already, edit it: the list replaces the one before.
# It takes minutes, sometimes a day, to be effective everywhere. It covers ALL mailboxes of the organisation.
"""

_NO_DELEGATION = """\
# Take the delegation away
# Who: a super admin.
# Open {console}, find the client ID below, and choose Delete. Tokens that are out live for up to an hour.
{client_id}
# Then connect Roomstead by tier 1 (rooms shared with it) or tier 2 (a service account mailbox that signs in once).
"""

_SHARE = """\
/**
 * {title}
 * Who: an admin with the Calendar privilege, or an owner of these rooms.
 * Safe to run again: a room that is shared already, or with more rights, is left as it is.
 *
 * Open https://script.google.com and make a new project. Beside Services press +, choose Google Calendar API, Add.
 * Paste this in place of what is there and press Run. With very many rooms it stops after five minutes and says so:
 * press Run again, and it goes on where it stopped.
 */
const WITH = {with_};
const ROLE = "reader";
const ROOMS = {rooms};
const RANK = ["none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"];

function shareRooms() {{
  const kept = PropertiesService.getScriptProperties();
  const began = Date.now();
  let failed = 0;
  for (let next = Number(kept.getProperty("next") || 0); next < ROOMS.length; next++) {{
    if (Date.now() - began > 5 * 60 * 1000) {{
      kept.setProperty("next", String(next));
      console.warn(next + " of " + ROOMS.length + " rooms looked at. Press Run again.");
      return;
    }}
    try {{
      share(ROOMS[next]);
    }} catch (error) {{
      failed++;
      console.warn(ROOMS[next] + ": " + error.message);
    }}
  }}
  kept.deleteProperty("next");
  console.log(ROOMS.length + " rooms looked at, " + failed + " failed.");
}}

function share(room) {{
  let role = "none";
  try {{
    role = Calendar.Acl.get(room, "user:" + WITH).role;
  }} catch (error) {{
    // Not shared with it yet.
  }}
  if (RANK.indexOf(role) < RANK.indexOf(ROLE)) {{
    Calendar.Acl.insert({{ role: ROLE, scope: {{ type: "user", value: WITH }} }}, room, {{ sendNotifications: false }});
  }}
}}
"""


def restriction_scripts(facts: RestrictionFacts) -> tuple[Script, ...]:
    """Ways to give just enough, best first."""
    shared = share_script(facts, facts.rooms)
    if facts.tier >= _EVERYONE:
        return (delegation_script(facts), shared, withdrawal_script(facts))
    return (shared, withdrawal_script(facts))


def delegation_script(facts: RestrictionFacts) -> Script:
    """What a super admin enters in the Admin console."""
    return Script(
        "delegation",
        "Delegate the scopes in the Admin console",
        "Google cannot confine a delegation to some mailboxes: it reaches every calendar of the organisation. If that "
        "is too much, choose tier 1 or 2, which need none.",
        _DELEGATION.format(console=_CONSOLE, client_id=facts.app_id or "(client ID)", scopes=scope_list()),
    )


def share_script(facts: RestrictionFacts, rooms: Sequence[Address]) -> Script:
    """A script that shares rooms with whoever reads them."""
    reader, title = _reader(facts)
    text = _SHARE.format(title=title, with_=json.dumps(reader), rooms=json.dumps(list(rooms), indent=2))
    return Script(
        "share-rooms",
        title,
        "Sets one sharing rule on every room: See all event details. That also lets the service account book them, "
        "unless a room asks its managers first.",
        text,
    )


def scope_list() -> str:
    """All scopes of a delegation, as the Admin console takes them."""
    return ",".join(scopes.full_name(one) for one in scopes.DELEGATED)


def _reader(facts: RestrictionFacts) -> tuple[str, str]:
    """Who reads the rooms: the service account where there is one, else the cloud identity itself."""
    if facts.service_account is not None:
        return facts.service_account, "Share the rooms with the service account"
    return (
        facts.app_object_id or "(e-mail of the cloud service account)",
        "Share the rooms with the cloud service account",
    )


def withdrawal_script(facts: RestrictionFacts) -> Script:
    """How a super admin takes a delegation away."""
    return Script(
        "no-delegation",
        "Take a delegation away",
        "Without a delegation people's mailboxes are out of Roomstead's reach; name some that must be refused to prove "
        "it. Under a delegation only an organisational unit that lets no app in is.",
        _NO_DELEGATION.format(console=_CONSOLE, client_id=facts.app_id or "(client ID)"),
    )
