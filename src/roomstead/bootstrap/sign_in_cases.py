"""The use cases of signing in, bound to their ports. One line each."""

from functools import partial

from roomstead.application.people.edit_preferences import edit_preferences
from roomstead.application.people.end_sessions import end_sessions
from roomstead.application.people.read_session import read_session
from roomstead.application.people.read_ways_in import read_ways_in
from roomstead.application.people.sign_in import sign_in
from roomstead.application.people.sign_out import sign_out
from roomstead.bootstrap.ports import Ports


class SignInCases:
    """Sessions and passwords."""

    def __init__(self, ports: Ports) -> None:
        units, clock, hasher = ports.units, ports.clock, ports.hasher
        self.read_ways_in = partial(read_ways_in, units=units)
        self.read_session = partial(read_session, units=units, clock=clock)
        self.sign_in = partial(sign_in, units=units, clock=clock, hasher=hasher)
        self.sign_out = partial(sign_out, units=units, clock=clock)
        self.end_sessions = partial(end_sessions, units=units, clock=clock)
        self.edit_preferences = partial(edit_preferences, units=units)
