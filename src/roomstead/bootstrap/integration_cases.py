"""The use cases of integrations and rooms, bound to their ports. One line each."""

from functools import partial

from roomstead.application.integration.add_integration import add_integration
from roomstead.application.integration.add_room import add_room
from roomstead.application.integration.add_service_mailbox import add_service_mailbox
from roomstead.application.integration.describe_providers import describe_providers
from roomstead.application.integration.disable_integration import disable_integration
from roomstead.application.integration.drop_draft import drop_draft
from roomstead.application.integration.drop_must_be_refused import drop_must_be_refused
from roomstead.application.integration.edit_integration import edit_integration
from roomstead.application.integration.edit_room import edit_room
from roomstead.application.integration.edit_service_mailbox import edit_service_mailbox
from roomstead.application.integration.enable_integration import enable_integration
from roomstead.application.integration.follow_verification import follow_verification
from roomstead.application.integration.import_room_policies import import_room_policies
from roomstead.application.integration.leave_out_room import leave_out_room
from roomstead.application.integration.list_access import list_access
from roomstead.application.integration.list_integrations import list_integrations
from roomstead.application.integration.list_rooms import list_rooms
from roomstead.application.integration.mark_applied import mark_applied
from roomstead.application.integration.name_must_be_refused import name_must_be_refused
from roomstead.application.integration.probe_access import probe_access
from roomstead.application.integration.put_back_room import put_back_room
from roomstead.application.integration.read_draft import read_draft
from roomstead.application.integration.read_integration import read_integration
from roomstead.application.integration.read_restriction import read_restriction
from roomstead.application.integration.read_room import read_room
from roomstead.application.integration.read_room_policy_script import read_room_policy_script
from roomstead.application.integration.read_room_sync import read_room_sync
from roomstead.application.integration.read_verification import read_verification
from roomstead.application.integration.record_consent import record_consent
from roomstead.application.integration.remove_integration import remove_integration
from roomstead.application.integration.remove_service_mailbox import remove_service_mailbox
from roomstead.application.integration.replace_credential import replace_credential
from roomstead.application.integration.request_discovery import request_discovery
from roomstead.application.integration.request_verification import request_verification
from roomstead.application.integration.save_draft import save_draft
from roomstead.application.integration.set_building_zone import set_building_zone
from roomstead.bootstrap.ports import Ports


class IntegrationCases:
    """Integrations: connect, service account, access, restriction."""

    def __init__(self, ports: Ports) -> None:
        units, clock, providers, sealer = ports.units, ports.clock, ports.providers, ports.sealer
        self.describe_providers = partial(describe_providers, providers=providers)
        self.save_draft = partial(save_draft, units=units, providers=providers, sealer=sealer, clock=clock)
        self.read_draft = partial(
            read_draft, units=units, providers=providers, sealer=sealer, clock=clock, policy=ports.policy
        )
        self.drop_draft = partial(drop_draft, units=units)
        self.record_consent = partial(
            record_consent, units=units, providers=providers, sealer=sealer, clock=clock, policy=ports.policy
        )
        self.add_integration = partial(
            add_integration, units=units, providers=providers, sealer=sealer, clock=clock, policy=ports.policy
        )
        self.list_integrations = partial(
            list_integrations, units=units, providers=providers, sealer=sealer, clock=clock, policy=ports.policy
        )
        self.read_integration = partial(
            read_integration, units=units, providers=providers, sealer=sealer, clock=clock, policy=ports.policy
        )
        self.edit_integration = partial(edit_integration, units=units, providers=providers, clock=clock)
        self.disable_integration = partial(disable_integration, units=units, clock=clock)
        self.enable_integration = partial(enable_integration, units=units, clock=clock)
        self.remove_integration = partial(remove_integration, units=units, clock=clock)
        self.replace_credential = partial(
            replace_credential, units=units, providers=providers, sealer=sealer, clock=clock
        )
        self.read_room_policy_script = partial(read_room_policy_script, units=units, providers=providers)
        self.import_room_policies = partial(import_room_policies, units=units, providers=providers, clock=clock)
        self.add_service_mailbox = partial(add_service_mailbox, units=units, clock=clock)
        self.edit_service_mailbox = partial(edit_service_mailbox, units=units, clock=clock)
        self.remove_service_mailbox = partial(remove_service_mailbox, units=units, clock=clock)
        self.list_access = partial(list_access, units=units)
        self.probe_access = partial(probe_access, units=units, clock=clock)
        self.read_restriction = partial(read_restriction, units=units, providers=providers)
        self.name_must_be_refused = partial(name_must_be_refused, units=units, clock=clock)
        self.drop_must_be_refused = partial(drop_must_be_refused, units=units, clock=clock)


class VerificationCases:
    """Verifications: ask for one, read and follow it, say that a remedy was applied."""

    def __init__(self, ports: Ports) -> None:
        units, clock, providers = ports.units, ports.clock, ports.providers
        self.request_verification = partial(request_verification, units=units, clock=clock)
        self.follow_verification = partial(follow_verification, units=units)
        self.read_verification = partial(read_verification, units=units, providers=providers)
        self.mark_applied = partial(mark_applied, units=units, clock=clock)


class RoomCases:
    """Rooms: discover, add, edit, leave out."""

    def __init__(self, ports: Ports) -> None:
        units, clock = ports.units, ports.clock
        self.request_discovery = partial(request_discovery, units=units, clock=clock)
        self.add_room = partial(add_room, units=units, clock=clock)
        self.list_rooms = partial(list_rooms, units=units)
        self.read_room = partial(read_room, units=units)
        self.read_room_sync = partial(read_room_sync, units=units)
        self.edit_room = partial(edit_room, units=units, clock=clock)
        self.leave_out_room = partial(leave_out_room, units=units, clock=clock)
        self.put_back_room = partial(put_back_room, units=units, clock=clock)
        self.set_building_zone = partial(set_building_zone, units=units, clock=clock)
