"""Every use case bound to its ports. One line each; the rest of the program calls them by the names given here."""

from functools import partial

from roomstead.application.booking.cancel import cancel_booking
from roomstead.application.booking.change import change_booking
from roomstead.application.booking.check_in import check_in
from roomstead.application.booking.create import create_booking
from roomstead.application.booking.drop_door_link import drop_door_link
from roomstead.application.booking.find_rooms import find_rooms
from roomstead.application.booking.list_bookings import list_bookings
from roomstead.application.booking.make_door_link import make_door_link
from roomstead.application.booking.offer_rooms import offer_rooms
from roomstead.application.booking.open_door import open_door
from roomstead.application.booking.preview import preview_booking
from roomstead.application.booking.read import read_booking
from roomstead.application.booking.read_door import read_door
from roomstead.application.booking.read_room_day import read_room_day
from roomstead.application.booking.read_timeline import read_timeline
from roomstead.application.booking.resolve_people import resolve_people
from roomstead.application.booking.retry import retry_booking
from roomstead.application.booking.suggest_people import suggest_people
from roomstead.application.notify.choose_notifications import choose_notifications
from roomstead.application.notify.list_notices import list_notices
from roomstead.application.notify.read_notifications import read_notifications
from roomstead.application.notify.send_test_mail import send_test_mail
from roomstead.application.operation.diagnose import diagnose
from roomstead.application.operation.read_vitals import read_vitals
from roomstead.application.people.add_person import add_person
from roomstead.application.people.authenticate import authenticate
from roomstead.application.people.create_token import create_token
from roomstead.application.people.edit_person import edit_person
from roomstead.application.people.find_person import find_person
from roomstead.application.people.list_people import list_people
from roomstead.application.people.list_tokens import list_tokens
from roomstead.application.people.read_audit import read_audit
from roomstead.application.people.read_person import read_person
from roomstead.application.people.revoke_token import revoke_token
from roomstead.bootstrap.integration_cases import IntegrationCases, RoomCases, VerificationCases
from roomstead.bootstrap.ports import Ports
from roomstead.bootstrap.sign_in_cases import CompanySignInCases, SignInCases
from roomstead.bootstrap.webhook_cases import WebhookCases


class PeopleCases:
    """People, tokens, audit."""

    def __init__(self, ports: Ports) -> None:
        units, clock = ports.units, ports.clock
        self.add_person = partial(add_person, units=units, clock=clock)
        self.edit_person = partial(edit_person, units=units, clock=clock)
        self.find_person = partial(find_person, units=units)
        self.list_people = partial(list_people, units=units)
        self.read_person = partial(read_person, units=units)
        self.create_token = partial(create_token, units=units, clock=clock)
        self.list_tokens = partial(list_tokens, units=units)
        self.revoke_token = partial(revoke_token, units=units, clock=clock)
        self.authenticate = partial(authenticate, units=units, clock=clock)
        self.read_audit = partial(read_audit, units=units)


class BookingCases:
    """Bookings, and which rooms are free."""

    def __init__(self, ports: Ports) -> None:
        units, clock, policy, providers = ports.units, ports.clock, ports.policy, ports.providers
        self.preview_booking = partial(preview_booking, units=units, providers=providers, clock=clock, policy=policy)
        self.create_booking = partial(create_booking, units=units, providers=providers, clock=clock, policy=policy)
        self.change_booking = partial(change_booking, units=units, providers=providers, clock=clock, policy=policy)
        self.cancel_booking = partial(cancel_booking, units=units, clock=clock)
        self.check_in = partial(check_in, units=units, clock=clock)
        self.retry_booking = partial(retry_booking, units=units, clock=clock)
        self.read_booking = partial(read_booking, units=units, clock=clock)
        self.list_bookings = partial(list_bookings, units=units, clock=clock)
        self.find_rooms = partial(find_rooms, units=units, clock=clock)
        self.read_room_day = partial(read_room_day, units=units, clock=clock)
        self.read_timeline = partial(read_timeline, units=units, clock=clock)
        self.make_door_link = partial(make_door_link, units=units, clock=clock, policy=policy)
        self.drop_door_link = partial(drop_door_link, units=units, clock=clock)
        self.read_door = partial(read_door, units=units)
        self.open_door = partial(open_door, units=units)
        self.offer_rooms = partial(offer_rooms, units=units)
        self.suggest_people = partial(suggest_people, units=units)
        self.resolve_people = partial(resolve_people, units=units)


class NotifyCases:
    """What people are told by mail."""

    def __init__(self, ports: Ports) -> None:
        units, clock = ports.units, ports.clock
        self.read_notifications = partial(read_notifications, units=units)
        self.choose_notifications = partial(choose_notifications, units=units)
        self.list_notices = partial(list_notices, units=units)
        self.send_test_mail = partial(send_test_mail, units=units, clock=clock)


class OperationCases:
    """The installation as a whole."""

    def __init__(self, ports: Ports) -> None:
        self.read_vitals = partial(read_vitals, vital_signs=ports.vital_signs)
        self.diagnose = partial(
            diagnose, units=ports.units, vital_signs=ports.vital_signs, machine=ports.machine, clock=ports.clock
        )


class UseCases(
    PeopleCases,
    SignInCases,
    CompanySignInCases,
    BookingCases,
    IntegrationCases,
    VerificationCases,
    RoomCases,
    NotifyCases,
    WebhookCases,
    OperationCases,
):
    """All of them, by name: ``roomstead.create_booking(command, actor)``."""

    def __init__(self, ports: Ports) -> None:
        PeopleCases.__init__(self, ports)
        SignInCases.__init__(self, ports)
        CompanySignInCases.__init__(self, ports)
        BookingCases.__init__(self, ports)
        IntegrationCases.__init__(self, ports)
        VerificationCases.__init__(self, ports)
        RoomCases.__init__(self, ports)
        NotifyCases.__init__(self, ports)
        WebhookCases.__init__(self, ports)
        OperationCases.__init__(self, ports)
