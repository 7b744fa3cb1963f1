"""events.watch and channels.stop."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.channel_book import Channel, resource_uri
from roomstead_sandbox.google.errors import GoogleError, bad_request, invalid, not_found, push_not_supported, required
from roomstead_sandbox.google.events.query import read_query
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer

Json = dict[str, Any]
KINDS = ("web_hook", "webhook")
LONGEST_ID, LONGEST_TOKEN = 64, 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def watch(call: Call) -> Answer:
    """POST …/events/watch: 200 with the channel. The message `sync` may arrive before this answer does."""
    calendar = call.require(Role.FREE_BUSY_READER)
    query, body = read_query(call), call.json_body()
    if calendar.entry.push_unsupported or (calendar.is_room and not call.world.switches.rooms_can_be_watched):
        raise push_not_supported()
    channel = _channel(call, body, list(query.event_types))
    book = call.state.events.channels
    if book.find(channel.project, channel.id, call.now) is not None:
        raise bad_request(f"Channel id {channel.id} not unique", "channelIdNotUnique")
    book.add(channel)
    if call.world.chance.random() < 0.5:  # noqa: PLR2004 - as often before as after the answer
        await book.tell_first(channel)
    else:
        book.tell_later(channel)
    return call.answer(channel_json(channel))


def stop(call: Call) -> Answer:
    """POST /channels/stop: 204 for whoever made the channel; under a bare service account, for its whole client."""
    body = call.json_body()
    wanted, token = body.get("id"), call.caller.token
    if not wanted:
        raise required("id", "Missing id.")
    channel = call.state.events.channels.find(token.project, str(wanted), call.now)
    if channel is None or channel.resource_id != body.get("resourceId") or not _may_stop(call, channel):
        raise not_found(f"Channel '{wanted}' not found for project '{token.project}'")
    call.state.events.channels.remove(channel)
    return Answer(204)


def channel_json(channel: Channel) -> Json:
    """A channel as the API shows it; its end is 64-bit, and so a string."""
    shown: Json = {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": channel.resource_uri,
        "expiration": str((channel.expires - _EPOCH) // timedelta(milliseconds=1)),
    }
    return {**shown, "token": channel.token} if channel.token is not None else shown


def _may_stop(call: Call, channel: Channel) -> bool:
    token = call.caller.token
    if channel.user_id == call.caller.user.id:
        return True
    same_account = channel.account is not None and channel.account == token.account
    return same_account and (channel.account == channel.user_id or call.world.switches.any_subject_stops_channels)


def _channel(call: Call, body: Json, event_types: list[str]) -> Channel:
    channel_id, token = body.get("id"), body.get("token")
    if not isinstance(channel_id, str) or not channel_id:
        raise required("id", "Missing id.")
    if len(channel_id) > LONGEST_ID:
        raise invalid("Invalid channel id.", "id")
    if token is not None and (not isinstance(token, str) or len(token) > LONGEST_TOKEN):
        raise invalid("Invalid token value.", "token")
    if body.get("type") not in KINDS:
        raise bad_request("Unknown channel type", "channelUnknown", "global")
    calendar = call.calendar()
    return Channel(
        id=channel_id,
        project=call.caller.token.project,
        user_id=call.caller.user.id,
        account=call.caller.token.account,
        mailbox_id=calendar.mailbox.user_id,
        resource_uri=resource_uri(calendar.id, event_types),
        address=_address(call, body.get("address")),
        expires=call.now + _life(call, body),
        token=token,
        event_types=event_types,
    )


def _address(call: Call, address: object) -> str:
    if not isinstance(address, str) or not address:
        raise required("address", "Missing address.")
    parts = urlsplit(address)
    local = _is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not (
        local and parts.scheme == "http" and call.world.switches.local_hooks_may_be_http
    ):
        raise bad_request(f"WebHook callback must be HTTPS: {address}", "push.webhookUrlNotHttps")
    if not parts.hostname or (not local and call.world.switches.hook_domains_are_unknown):
        message = f"Unauthorized WebHook callback channel: {address}"
        raise GoogleError(401, "global", "push.webhookUrlUnauthorized", message)
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _life(call: Call, body: Json) -> timedelta:
    """How long the channel lives: what is asked for, or a week, and never longer than the service allows."""
    longest = call.state.events.channels.life
    try:
        if body.get("expiration") is not None:
            wanted = timedelta(milliseconds=int(body["expiration"])) - (call.now - _EPOCH)
        else:
            seconds = (body.get("params") or {}).get("ttl")
            wanted = longest if seconds is None else timedelta(seconds=int(seconds))
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise invalid("Invalid expiration.", "expiration") from error
    if wanted <= timedelta():
        raise invalid("Channel expiration must be in the future.", "expiration")
    return min(wanted, longest)
