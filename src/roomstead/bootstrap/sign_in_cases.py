"""The use cases of signing in, bound to their ports. One line each."""

from functools import partial

from roomstead.application.people.ask_for_reset import ask_for_reset
from roomstead.application.people.begin_company_sign_in import begin_company_sign_in
from roomstead.application.people.change_password import change_password
from roomstead.application.people.drop_identity_provider import drop_identity_provider
from roomstead.application.people.edit_identity_provider import edit_identity_provider
from roomstead.application.people.edit_preferences import edit_preferences
from roomstead.application.people.end_session import end_session
from roomstead.application.people.end_sessions import end_sessions
from roomstead.application.people.finish_company_sign_in import finish_company_sign_in
from roomstead.application.people.forget_old_sign_ins import forget_old_sign_ins
from roomstead.application.people.import_people import import_people
from roomstead.application.people.make_password_link import make_password_link
from roomstead.application.people.make_setup_link import make_setup_link
from roomstead.application.people.read_account import read_account
from roomstead.application.people.read_identity_provider import read_identity_provider
from roomstead.application.people.read_link import read_link
from roomstead.application.people.read_session import read_session
from roomstead.application.people.read_ways_in import read_ways_in
from roomstead.application.people.set_password import set_password
from roomstead.application.people.set_up_first_admin import set_up_first_admin
from roomstead.application.people.sign_in import sign_in
from roomstead.application.people.sign_out import sign_out
from roomstead.bootstrap.ports import Ports


class SignInCases:
    """Sessions, passwords, one-time links."""

    def __init__(self, ports: Ports) -> None:
        units, clock, hasher, policy = ports.units, ports.clock, ports.hasher, ports.policy
        self.read_ways_in = partial(read_ways_in, units=units)
        self.read_session = partial(read_session, units=units, clock=clock)
        self.read_account = partial(read_account, units=units, clock=clock)
        self.sign_in = partial(sign_in, units=units, clock=clock, hasher=hasher)
        self.ask_for_reset = partial(ask_for_reset, units=units, clock=clock)
        self.sign_out = partial(sign_out, units=units, clock=clock)
        self.end_session = partial(end_session, units=units, clock=clock)
        self.end_sessions = partial(end_sessions, units=units, clock=clock)
        self.edit_preferences = partial(edit_preferences, units=units)
        self.change_password = partial(change_password, units=units, clock=clock, hasher=hasher)
        self.make_password_link = partial(make_password_link, units=units, clock=clock, policy=policy)
        self.make_setup_link = partial(make_setup_link, units=units, clock=clock, policy=policy)
        self.read_link = partial(read_link, units=units, clock=clock)
        self.set_password = partial(set_password, units=units, clock=clock, hasher=hasher)
        self.set_up_first_admin = partial(set_up_first_admin, units=units, clock=clock, hasher=hasher)
        self.import_people = partial(import_people, units=units, clock=clock)
        self.forget_old_sign_ins = partial(forget_old_sign_ins, units=units, clock=clock)


class CompanySignInCases:
    """The company's own sign-in."""

    def __init__(self, ports: Ports) -> None:
        units, clock, policy, sealer = ports.units, ports.clock, ports.policy, ports.sealer
        providers = ports.identity_providers
        self.read_identity_provider = partial(read_identity_provider, units=units)
        self.edit_identity_provider = partial(
            edit_identity_provider, units=units, clock=clock, sealer=sealer, identity_providers=providers
        )
        self.drop_identity_provider = partial(drop_identity_provider, units=units, clock=clock)
        self.begin_company_sign_in = partial(
            begin_company_sign_in, units=units, clock=clock, policy=policy, sealer=sealer, identity_providers=providers
        )
        self.finish_company_sign_in = partial(
            finish_company_sign_in, units=units, clock=clock, policy=policy, sealer=sealer, identity_providers=providers
        )
