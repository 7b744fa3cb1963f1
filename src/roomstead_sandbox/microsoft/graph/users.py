"""Users, their mailbox settings, and ids of items in another form."""

from roomstead_sandbox.microsoft.access import USERS_FULL
from roomstead_sandbox.microsoft.errors import bad_request, no_such_directory_object, unknown_property, unreadable
from roomstead_sandbox.microsoft.graph.answers import collection, resource
from roomstead_sandbox.microsoft.graph.call import Call, member
from roomstead_sandbox.microsoft.graph.paging import cut, page_size
from roomstead_sandbox.microsoft.graph.words import PURPOSES, Json, date_time, working_hours
from roomstead_sandbox.microsoft.names import item_id
from roomstead_sandbox.microsoft.odata.json_view import JsonView
from roomstead_sandbox.microsoft.odata.tree import matches
from roomstead_sandbox.microsoft.zones import IANA_NAMES, WINDOWS_NAMES, windows_name
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world import ids
from roomstead_sandbox.world.people import User, UserKind

DEFAULT_PAGE = 100
LARGEST_PAGE = 999
USER_TYPE = "microsoft.graph.user"
DEFAULTS = (
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
)  # fmt: skip
BASIC = frozenset({"displayName", "givenName", "id", "mail", "surname", "userPrincipalName"})
"""What User.ReadBasic.All brings (Microsoft Graph permissions reference), besides the type and state of the account."""
BASIC_SELECTABLE = BASIC | {"accountEnabled", "userType"}
MOST_IDS = 1000
ID_FORMS = {
    "restid": ids.IdForm.MOVABLE,
    "restimmutableentryid": ids.IdForm.IMMUTABLE,
}


def list_users(call: Call) -> Answer:
    """GET /users: filtered, selected, in pages of a hundred."""
    users = call.world.directory.users_of(call.claims.tenant_id)
    found = [user for user in users if _meets(call, user)]
    size = min(page_size(call, DEFAULT_PAGE), LARGEST_PAGE)
    page = cut(call, found, size)
    shown = [_shown(call, user) for user in page.items]
    return collection(call, "users", shown, page.next_link, count=len(found) if call.query.count else None)


def read_user(call: Call) -> Answer:
    """GET /users/{id or user name}: the directory knows no other address.  404 Request_ResourceNotFound."""
    key = call.names["user"]
    directory = call.world.directory
    user = directory.find(call.claims.tenant_id, key)
    if user is None or key.lower() not in (user.id.lower(), user.upn.lower()):
        raise no_such_directory_object(key)
    return resource(call, "users/$entity", _shown(call, user))


def _meets(call: Call, user: User) -> bool:
    return call.query.filter is None or matches(call.query.filter, JsonView(user_json(user)))


def _shown(call: Call, user: User) -> Json:
    full = bool(call.claims.roles & frozenset(USERS_FULL))
    everything = user_json(user)
    by_lower = {name.lower(): name for name in everything}
    if not call.query.select:
        return {name: everything[name] if full or name in BASIC else _blank(name) for name in DEFAULTS}
    shown: Json = {}
    for asked in call.query.select:
        name = by_lower.get(asked.lower())
        if name is None:
            raise unknown_property(asked, USER_TYPE)
        shown[name] = everything[name] if full or name in BASIC_SELECTABLE else _blank(name)
    return shown


def _blank(name: str) -> object:
    return [] if name in ("businessPhones", "proxyAddresses") else None


def user_json(user: User) -> Json:
    """A user with everything that the directory knows."""
    proxies = [f"smtp:{address}" for address in user.proxy_addresses]
    return {
        "id": user.id,
        "userPrincipalName": user.upn,
        "mail": user.mail,
        "displayName": user.display_name,
        "givenName": user.given_name,
        "surname": user.surname,
        "jobTitle": user.job_title,
        "department": user.department,
        "officeLocation": user.office,
        "preferredLanguage": user.locale,
        "businessPhones": [],
        "mobilePhone": None,
        "accountEnabled": user.account_enabled,
        "userType": "Guest" if user.kind is UserKind.GUEST else "Member",
        "proxyAddresses": ([f"SMTP:{user.mail}"] if user.mail else []) + proxies,
        "mailNickname": user.upn.partition("@")[0],
    }


def read_settings(call: Call) -> Answer:
    """GET …/mailboxSettings (Microsoft Graph docs: mailboxSettings resource type)."""
    return resource(call, f"users('{call.owner.id}')/mailboxSettings", _settings(call))


def read_setting(call: Call) -> Answer:
    """GET …/mailboxSettings/{one of them}: a plain value stands in ``value``."""
    settings = {name.lower(): (name, value) for name, value in _settings(call).items()}
    found = settings.get(call.names["setting"].lower())
    if found is None:
        raise bad_request(f"Resource not found for the segment '{call.names['setting']}'.")
    name, value = found
    data = value if isinstance(value, dict) else {"value": value}
    return resource(call, f"users('{call.owner.id}')/mailboxSettings/{name}", data)


def _settings(call: Call) -> Json:
    user = call.owner
    now = call.now.replace(minute=0, second=0, microsecond=0)
    return {
        "archiveFolder": None,
        "timeZone": windows_name(user.time_zone),
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "dd/MM/yyyy",
        "timeFormat": "HH:mm",
        "userPurpose": PURPOSES[user.purpose],
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": date_time(now, None, "UTC"),
            "scheduledEndDateTime": date_time(now, None, "UTC"),
        },
        "language": {"locale": user.locale, "displayName": user.locale},
        "workingHours": working_hours(user.working_hours),
    }


def list_zones(call: Call) -> Answer:
    """GET …/outlook/supportedTimeZones: Windows names, or IANA names when asked so."""
    iana = "iana" in call.names["zones"].lower()
    names = sorted(IANA_NAMES.values()) if iana else sorted(_windows_display_names())
    items: list[Json] = [{"alias": name, "displayName": name} for name in names]
    return collection(call, "Collection(microsoft.graph.timeZoneInformation)", items)


def _windows_display_names() -> list[str]:
    from tzlocal.windows_tz import win_tz

    return [name for name in win_tz if name.lower() in WINDOWS_NAMES]


def translate_ids(call: Call) -> Answer:
    """POST …/translateExchangeIds: between the movable and the immutable form, a thousand at a time.

    An id that cannot be read is answered with an error in its place.
    """
    body = call.json_body()
    wanted, target = member(body, "inputIds"), str(member(body, "targetIdType")).lower()
    if not isinstance(wanted, list) or not all(isinstance(item, str) for item in wanted):
        raise unreadable("inputIds must be a collection of ids.")
    if len(wanted) > MOST_IDS:
        raise bad_request(f"The number of ids must not exceed {MOST_IDS}.", "ErrorInvalidRequest")
    if target not in ID_FORMS or str(member(body, "sourceIdType")).lower() not in ID_FORMS:
        raise unreadable("The id type is not supported.")
    items = [_translated(call, text, ID_FORMS[target]) for text in wanted]
    return collection(call, "Collection(microsoft.graph.convertIdResult)", items)


def _translated(call: Call, text: str, form: ids.IdForm) -> Json:
    name = ids.decode(text)
    if name is None or name.mailbox_number != call.mailbox.number:
        error = {"code": "ErrorInvalidIdMalformed", "message": "Id is malformed."}
        return {"sourceId": text, "errorDetails": error}
    escaping = call.world.switches.ids_need_escaping
    return {"sourceId": text, "targetId": item_id(call.mailbox, form, name.ref, escaping=escaping)}
