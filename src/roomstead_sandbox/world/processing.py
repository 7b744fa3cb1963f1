"""How a resource mailbox treats requests: every parameter of Exchange's calendar processing, with its default.

(Exchange docs: Set-CalendarProcessing.) Effective on rooms and equipment only; people's mailboxes behave as
AUTO_UPDATE whatever is set.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Automate(StrEnum):
    """Who works on requests: nobody, the plain attendant that only puts them in, or the booking attendant."""

    NONE = "none"
    AUTO_UPDATE = "auto_update"
    AUTO_ACCEPT = "auto_accept"


@dataclass(slots=True)
class Processing:
    """Calendar processing of one resource. Names follow the cmdlet's parameters, in Python spelling.

    The policy lists hold addresses or ids of users and groups. Durations in minutes, the window in days.
    `delete_attachments`, `delete_non_calendar_items`, `remove_old_meeting_messages` and
    `remove_forwarded_meeting_notifications` are kept but change nothing that this world could show: its items have
    no attachments and its inboxes are counters.
    """

    automate_processing: Automate = Automate.AUTO_ACCEPT
    allow_conflicts: bool = False
    booking_window_in_days: int = 180
    enforce_scheduling_horizon: bool = True
    maximum_duration_in_minutes: int = 1440
    minimum_duration_in_minutes: int = 0
    allow_recurring_meetings: bool = True
    conflict_percentage_allowed: int = 0
    maximum_conflict_instances: int = 0
    schedule_only_during_work_hours: bool = False
    enforce_capacity: bool = False
    all_book_in_policy: bool = True
    book_in_policy: list[str] = field(default_factory=list)
    all_request_in_policy: bool = False
    request_in_policy: list[str] = field(default_factory=list)
    all_request_out_of_policy: bool = False
    request_out_of_policy: list[str] = field(default_factory=list)
    resource_delegates: list[str] = field(default_factory=list)
    forward_requests_to_delegates: bool = True
    tentative_pending_approval: bool = True
    add_new_requests_tentatively: bool = True
    add_organizer_to_subject: bool = True
    delete_subject: bool = True
    delete_comments: bool = True
    delete_attachments: bool = True
    remove_private_property: bool = True
    organizer_info: bool = True
    enable_response_details: bool = True
    add_additional_response: bool = False
    additional_response: str = ""
    process_external_meeting_messages: bool = False
    delete_non_calendar_items: bool = True
    remove_old_meeting_messages: bool = True
    remove_forwarded_meeting_notifications: bool = False
    remove_canceled_meetings: bool = False
    enable_auto_release: bool = False
    post_reservation_max_claim_time_in_minutes: int = 10
