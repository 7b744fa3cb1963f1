"""What the use cases of the web and of commands are bound to."""

from dataclasses import dataclass

from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import IdentityProviders
from roomstead.application.ports.machine import Machine
from roomstead.application.ports.passwords import PasswordHasher
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.vitals import VitalSigns
from roomstead.application.ports.webhook_sending import WebhookAddresses


@dataclass(frozen=True, slots=True)
class Ports:
    """One of each."""

    units: UnitsOfWork
    clock: Clock
    policy: Policy
    vital_signs: VitalSigns
    machine: Machine
    sealer: Sealer
    hasher: PasswordHasher
    identity_providers: IdentityProviders
    providers: Providers
    webhook_addresses: WebhookAddresses
