"""Every doubt about how the real services behave, as a switch: a client must be right whichever way it stands.

Faces read the switches that concern them; add a field (with its sentence in `says`) for every further doubt.
"""

from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Switches:
    """Undecided behaviours. The default is what is believed most likely."""

    # -- meetings --
    declined_copy_leaves: bool = field(
        default=True, metadata={"says": "A declined copy disappears from the attendee's calendar."}
    )
    attendee_delete_tells_organizer: bool = field(
        default=False, metadata={"says": "Deleting one's copy of a meeting sends a decline."}
    )
    time_change_resets_answers: bool = field(
        default=True, metadata={"says": "Moving a meeting takes all answers back."}
    )
    room_change_resets_answers: bool = field(
        default=True, metadata={"says": "A change of room that is mailed to everybody takes all answers back."}
    )
    content_change_resets_answers: bool = field(
        default=False, metadata={"says": "Changing the title or the text takes all answers back."}
    )
    omitted_answers_reset: bool = field(
        default=False, metadata={"says": "Writing attendees without their answers takes the answers back."}
    )
    external_answers_stamped: bool = field(
        default=True, metadata={"says": "Answers from outside the tenant are stamped on the organiser's copy."}
    )
    external_requests_show: bool = field(
        default=True, metadata={"says": "A room shows an unprocessed request from outside as tentative."}
    )
    cancelled_prefix: str = field(
        default="Canceled: ", metadata={"says": "What is put before the title of a cancelled copy."}
    )
    cancelled_shows_free: bool = field(default=True, metadata={"says": "Cancelled copies show as free."})
    room_subject_trailing_blank: bool = field(
        default=True, metadata={"says": "The organiser's name as a room's title ends with a blank."}
    )
    organizer_copy_rotates: bool = field(
        default=True, metadata={"says": "The organiser's copy changes its revision by itself after a create."}
    )
    recurrence_change_drops_exceptions: bool = field(
        default=True, metadata={"says": "Changing a series' pattern loses its exceptions."}
    )
    calendar_mail_counts: bool = field(
        default=True, metadata={"says": "Invitations count against the sending limits like any mail."}
    )
    # -- linked calendars (Google) --
    moved_guests_answer_again: bool = field(
        default=False, metadata={"says": "Moving an event takes its guests' answers back, not only its rooms'."}
    )
    declined_room_keeps_copy: bool = field(
        default=True, metadata={"says": "A room that declined keeps the event, as declined, in its own calendar."}
    )
    declined_rooms_are_replaced: bool = field(
        default=False, metadata={"says": "A room that would decline is replaced by a free one of its building."}
    )
    deserted_rooms_are_released: bool = field(
        default=False, metadata={"says": "Rooms are given back when all guests but one have declined."}
    )
    deleted_events_stay_deleted: bool = field(
        default=False, metadata={"says": "Writing to a deleted event is refused instead of restoring it."}
    )
    omitted_status_resets: bool = field(
        default=True, metadata={"says": "A list of attendees written without their answers takes the answers back."}
    )
    property_filters_are_or: bool = field(
        default=False, metadata={"says": "Several extended properties to list by: one of them is enough."}
    )
    masked_lists_can_sync: bool = field(
        default=True, metadata={"says": "A list that shows free/busy only ends with a sync token like any other."}
    )
    too_many_calendars_fail_request: bool = field(
        default=False, metadata={"says": "Free/busy of more than 50 calendars fails as a whole, not for each."}
    )
    unanswered_shows_busy: bool = field(
        default=True, metadata={"says": "Invitations without an answer count as busy in free/busy."}
    )
    rooms_can_be_watched: bool = field(
        default=True, metadata={"says": "Channels can be opened on the calendars of rooms."}
    )
    local_hooks_may_be_http: bool = field(
        default=True, metadata={"says": "A channel's address on this machine may be http, not https only."}
    )
    hook_domains_are_unknown: bool = field(
        default=False, metadata={"says": "A channel's address elsewhere is refused: its domain was not verified."}
    )
    any_subject_stops_channels: bool = field(
        default=False, metadata={"says": "A channel opened under delegation may be stopped as any other user."}
    )
    private_rows_name_series: bool = field(
        default=True, metadata={"says": "A private event shown as its time alone says which series it belongs to."}
    )
    # -- identity and access --
    nested_groups_count: bool = field(
        default=True, metadata={"says": "Members of nested groups are in an access policy's group."}
    )
    primary_address_finds_mailbox: bool = field(
        default=True, metadata={"says": "Calendar calls accept a primary address that is not the user name."}
    )
    unlicensed_looks_unknown: bool = field(
        default=False, metadata={"says": "Guests and people without a mailbox answer as an unknown user."}
    )
    on_premises_is_named: bool = field(
        default=False, metadata={"says": "An on-premises mailbox has an error code of its own."}
    )
    free_busy_outside_scope: bool = field(
        default=True, metadata={"says": "Free/busy answers for mailboxes outside the app's scope."}
    )
    owned_scope_needs_owner: bool = field(
        default=True, metadata={"says": "A scope for owned calendars does not reach rooms that are merely shared."}
    )
    alias_signs_in: bool = field(
        default=True, metadata={"says": "A service account may act for a person named by an alias."}
    )
    aliases_become_primary: bool = field(
        default=False, metadata={"says": "Guests who are invited by an alias are shown by their primary address."}
    )
    suspended_looks_deleted: bool = field(
        default=False, metadata={"says": "Signing in for a suspended person answers as for an unknown one."}
    )
    # -- writing --
    transaction_reusable_after_delete: bool = field(
        default=False, metadata={"says": "A transaction id may be used again once its event is deleted."}
    )
    duplicate_transaction_conflicts: bool = field(
        default=False, metadata={"says": "A transaction id with other content answers 409 instead of 400."}
    )
    duplicate_transaction_names_event: bool = field(
        default=True, metadata={"says": "That answer names the existing event."}
    )
    cancel_without_attendees_fails: bool = field(
        default=False, metadata={"says": "Cancelling an item without attendees is refused."}
    )
    ids_need_escaping: bool = field(default=False, metadata={"says": "Item ids contain + and / as well as =."})
    # -- throttling --
    concurrency_counts_whole_app: bool = field(
        default=False, metadata={"says": "Four at a time is counted over the whole app, not per mailbox."}
    )
    concurrency_answers_unavailable: bool = field(
        default=False, metadata={"says": "Too many at a time answers 503 instead of 429."}
    )
    concurrency_names_wait: bool = field(default=True, metadata={"says": "Too many at a time says how long to wait."})
    # -- following --
    occurrence_removal_leaves_tombstone: bool = field(
        default=False, metadata={"says": "Removing one occurrence is reported for it, not only for its series."}
    )
    bare_occurrences: bool = field(
        default=True, metadata={"says": "A first round reports occurrences by id and time only."}
    )
    removed_outside_window: bool = field(
        default=True, metadata={"says": "Changes outside the window are reported as removals."}
    )
    duplicate_subscription_refused: bool = field(
        default=True, metadata={"says": "A second equal subscription is refused."}
    )
    client_state_echoed: bool = field(default=False, metadata={"says": "A subscription's client state is given back."})


def sentences() -> dict[str, str]:
    """Name of every switch and what it says."""
    return {f.name: str(f.metadata["says"]) for f in fields(Switches)}
