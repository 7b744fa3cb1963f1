"""Actions on sync tokens and channels."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from roomstead_sandbox.google.actions.named import Body, Nothing, OfCalendar, calendar_named
from roomstead_sandbox.google.channel_book import Channel
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.faces import Action, Json


class TokenLife(Body):
    """How long sync tokens last."""

    days: float = Field(28, gt=0)


class ChannelLife(Body):
    """The longest that channels opened from now on live, whatever is asked for."""

    seconds: float = Field(604_800, gt=0)


class OfChannel(Body):
    """One channel, or every one of that id."""

    channel: str


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("expire-sync", "End a calendar's sync tokens.", OfCalendar, lambda body: _expire(state, body))
    yield Action("sync-life", "Set how long sync tokens last.", TokenLife, lambda body: _sync_life(state, body))
    yield Action("channels", "Show all live channels.", Nothing, lambda _: _channels(state))
    yield Action("drop-channel", "Forget a channel without a word.", OfChannel, lambda body: _drop(state, body))
    yield Action("channel-life", "Set how long channels live.", ChannelLife, lambda body: _channel_life(state, body))


def _expire(state: FaceState, body: OfCalendar) -> Json:
    mailbox_id = calendar_named(state, body.calendar).mailbox.user_id
    state.events.epochs[mailbox_id] = state.events.epochs.get(mailbox_id, 0) + 1
    return {"calendar": body.calendar}


def _sync_life(state: FaceState, body: TokenLife) -> Json:
    state.events.token_life = timedelta(days=body.days)
    return {"days": body.days}


def _live(state: FaceState) -> list[Channel]:
    now = state.world.now()
    return [channel for channel in state.events.channels.by_key.values() if channel.expires > now]


def _channels(state: FaceState) -> Json:
    return [
        {
            "id": channel.id,
            "resource": channel.resource_id,
            "uri": channel.resource_uri,
            "address": channel.address,
            "expires": channel.expires.isoformat(),
            "messages": channel.messages,
            "user": state.world.directory.users[channel.user_id].mail,
        }
        for channel in _live(state)
    ]


def _drop(state: FaceState, body: OfChannel) -> Json:
    found = [channel for channel in _live(state) if channel.id == body.channel]
    if not found:
        raise NotFound(f"There is no channel {body.channel}.")
    for channel in found:
        state.events.channels.remove(channel)
    return {"dropped": len(found)}


def _channel_life(state: FaceState, body: ChannelLife) -> Json:
    state.events.channels.life = timedelta(seconds=body.seconds)
    return {"seconds": body.seconds}
