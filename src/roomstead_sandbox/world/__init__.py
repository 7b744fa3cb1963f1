"""The world of the rehearsal tenant: clock, directory, mailboxes, meeting transport, room attendant, faults.

Provider-neutral: nothing here knows a vendor's wire format. A *face* (see `faces`) puts a provider's HTTP
in front of it. `world.World` is the one object to hold.
"""
