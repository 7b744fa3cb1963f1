"""Who is in which tenant, found by id or by any address in constant time, whatever the case."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from roomstead_sandbox.world.errors import Invalid, NotFound, Taken
from roomstead_sandbox.world.people import Group, MailboxKind, Place, RoomList, Tenant, User, UserKind
from roomstead_sandbox.world.processing import Processing

_FIXED = ("id", "tenant_id")


class Directory:
    """All tenants with their users, groups, rooms and room lists. Lookups by address ignore case."""

    def __init__(self) -> None:
        self.tenants: dict[str, Tenant] = {}
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.places: dict[str, Place] = {}
        self.processing: dict[str, Processing] = {}
        self.room_lists: dict[str, RoomList] = {}
        self._by_address: dict[tuple[str, str], str] = {}
        self._anywhere: dict[str, dict[str, None]] = {}
        self._by_tenant: dict[str, dict[str, None]] = {}

    # -- tenants ---------------------------------------------------------------------------------------------

    def add_tenant(self, tenant: Tenant) -> Tenant:
        """Add a tenant; raises Taken when the id or a domain exists."""
        domains = {d.casefold() for t in self.tenants.values() for d in t.domains}
        if tenant.id in self.tenants or domains & {d.casefold() for d in tenant.domains}:
            raise Taken("A tenant with this id or domain exists.")
        self.tenants[tenant.id] = tenant
        self._by_tenant[tenant.id] = {}
        return tenant

    def find_tenant(self, id_or_domain: str) -> Tenant | None:
        """A tenant by id or by any of its domains."""
        wanted = id_or_domain.casefold()
        for tenant in self.tenants.values():
            if wanted == tenant.id.casefold() or wanted in (d.casefold() for d in tenant.domains):
                return tenant
        return None

    # -- users -----------------------------------------------------------------------------------------------

    def add_user(self, user: User) -> User:
        """Add an account; raises Taken when its id or one of its addresses is in use in the tenant."""
        if user.tenant_id not in self.tenants:
            raise NotFound("There is no such tenant.")
        if user.id in self.users:
            raise Taken(f"The id {user.id} is in use.")
        self._claim(user)
        self.users[user.id] = user
        self._by_tenant[user.tenant_id][user.id] = None
        return user

    def change_user(self, user_id: str, **changes: object) -> User:
        """Change fields of an account, addresses included. Raises NotFound, Taken, or Invalid for unknown fields."""
        user = self.user(user_id)
        known = {f.name for f in fields(User)} - set(_FIXED)
        if unknown := set(changes) - known:
            raise Invalid(f"An account has no changeable field {', '.join(sorted(unknown))}.")
        before = {name: getattr(user, name) for name in changes}
        self._release(user)
        _assign(user, changes)
        try:
            self._claim(user)
        except Taken:
            _assign(user, before)
            self._claim(user)
            raise
        return user

    def remove_user(self, user_id: str) -> None:
        """Take an account out of the directory, of all groups and room lists."""
        user = self.user(user_id)
        self._release(user)
        del self.users[user_id], self._by_tenant[user.tenant_id][user_id]
        self.places.pop(user_id, None)
        self.processing.pop(user_id, None)
        for members in [g.members for g in self.groups.values()] + [r.room_ids for r in self.room_lists.values()]:
            if user_id in members:
                members.remove(user_id)

    def user(self, user_id: str) -> User:
        """An account by object id; raises NotFound."""
        found = self.users.get(user_id.casefold())
        if found is None:
            raise NotFound("There is no such user.")
        return found

    def users_of(self, tenant_id: str) -> Iterator[User]:
        """All accounts of a tenant, rooms included, in the order in which they were added."""
        return (self.users[user_id] for user_id in self._by_tenant.get(tenant_id, ()))

    def find(self, tenant_id: str, id_or_address: str) -> User | None:
        """An account of the tenant by object id, user name, primary or further address."""
        wanted = id_or_address.casefold()
        user = self.users.get(wanted)
        if user is not None:
            return user if user.tenant_id == tenant_id else None
        found = self._by_address.get((tenant_id, wanted))
        return None if found is None else self.users[found]

    def find_upn(self, tenant_id: str, upn: str) -> User | None:
        """An account of the tenant by user name only."""
        user = self.find(tenant_id, upn)
        return user if user is not None and user.upn.casefold() == upn.casefold() else None

    def find_mail(self, tenant_id: str, mail: str) -> User | None:
        """An account of the tenant by primary address only."""
        user = self.find(tenant_id, mail)
        return user if user is not None and (user.mail or "").casefold() == mail.casefold() else None

    def find_mailbox(self, address: str) -> User | None:
        """Whose mailbox, in any tenant, mail to this address reaches; None for the world outside."""
        for user_id in self._anywhere.get(address.casefold(), ()):
            user = self.users[user_id]
            if user.kind is UserKind.MEMBER and user.mailbox is not MailboxKind.NONE:
                return user
        return None

    # -- rooms -----------------------------------------------------------------------------------------------

    def add_room(self, user: User, place: Place, processing: Processing | None = None) -> User:
        """Add a room or equipment mailbox with its facts."""
        self.add_user(user)
        self.places[user.id] = place
        self.processing[user.id] = processing or Processing()
        return user

    def rooms(self, tenant_id: str, at: datetime) -> list[tuple[User, Place]]:
        """Rooms (and equipment) that the tenant's places listing shows at this time."""
        return [
            (user, place)
            for user in self.users_of(tenant_id)
            if (place := self.places.get(user.id)) and (place.visible_after is None or place.visible_after <= at)
        ]

    def add_room_list(self, room_list: RoomList) -> RoomList:
        """Add a room list; raises Taken when its id is in use."""
        if room_list.id in self.room_lists:
            raise Taken("A room list with this id exists.")
        self.room_lists[room_list.id] = room_list
        return room_list

    def find_room_list(self, tenant_id: str, id_or_address: str) -> RoomList | None:
        """A room list of the tenant by id or address."""
        wanted = id_or_address.casefold()
        for item in self.room_lists.values():
            if item.tenant_id == tenant_id and wanted in (item.id.casefold(), item.address.casefold()):
                return item
        return None

    # -- groups ----------------------------------------------------------------------------------------------

    def add_group(self, group: Group) -> Group:
        """Add a group; raises Taken when its id or address is in use in the tenant."""
        if group.id in self.groups or (group.mail and self.find_group(group.tenant_id, group.mail)):
            raise Taken("A group with this id or address exists.")
        self.groups[group.id] = group
        return group

    def find_group(self, tenant_id: str, wanted: str) -> Group | None:
        """A group of the tenant by id, address or name."""
        text = wanted.casefold()
        for group in self.groups.values():
            names = (group.id, group.mail or "", group.name)
            if group.tenant_id == tenant_id and text in (name.casefold() for name in names):
                return group
        return None

    def members(self, group_id: str, *, nested: bool = True) -> set[str]:
        """User ids in the group; with `nested`, also those of groups within it."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [group_id]
        while waiting:
            current = waiting.pop()
            group = self.groups.get(current)
            if group is None or current in seen:
                continue
            seen.add(current)
            found.update(member for member in group.members if member in self.users)
            if nested:
                waiting += [member for member in group.members if member in self.groups]
        return found

    def lists_user(self, names: list[str], user: User) -> bool:
        """Whether a list of ids, addresses and groups names this user, directly or through a group."""
        own = {user.id, *(address.casefold() for address in user.addresses)}
        for name in names:
            if name.casefold() in own:
                return True
            group = self.find_group(user.tenant_id, name)
            if group is not None and user.id in self.members(group.id):
                return True
        return False

    def clear(self) -> None:
        """Forget everything."""
        for held in (self.tenants, self.users, self.groups, self.places, self.processing, self.room_lists):
            held.clear()
        self._by_address.clear()
        self._anywhere.clear()
        self._by_tenant.clear()

    # -- index -----------------------------------------------------------------------------------------------

    def _claim(self, user: User) -> None:
        for address in user.addresses:
            holder = self._by_address.get((user.tenant_id, address.casefold()))
            if holder not in (None, user.id):
                raise Taken(f"The address {address} is in use.")
        for address in user.addresses:
            self._by_address[user.tenant_id, address.casefold()] = user.id
            self._anywhere.setdefault(address.casefold(), {})[user.id] = None

    def _release(self, user: User) -> None:
        for address in user.addresses:
            self._by_address.pop((user.tenant_id, address.casefold()), None)
            self._anywhere.get(address.casefold(), {}).pop(user.id, None)


def _assign(user: User, changes: dict[str, object]) -> None:
    for name, value in changes.items():
        setattr(user, name, value)
