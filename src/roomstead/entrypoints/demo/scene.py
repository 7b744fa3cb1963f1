"""The stage: a rehearsal tenant, Roomstead beside it, people with tokens, and an integration that was verified."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from roomstead.entrypoints.demo.api import Api, Json, until
from roomstead.entrypoints.demo.crew import Newcomer, Pass, engage
from roomstead.entrypoints.demo.programs import DemoFailed, Program
from roomstead.entrypoints.demo.tenants import CONTOSO, CORP, TENANTS, Tenant

READY_SECONDS = 60.0
VERIFIED_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody in the story."""

    name: str
    address: str
    is_admin: bool = False
    further: tuple[str, ...] = ()
    """Other addresses under which this person is known."""


MEI = Cast("Mei Tan", f"mei.tan@{CONTOSO.domain}", is_admin=True)
PRIYA = Cast("Priya Shah", f"priya.shah@{CONTOSO.domain}")
JANE = Cast("Jane Doe", f"jane.doe@{CONTOSO.domain}", further=(f"jane.doe@{CORP.domain}",))
PEOPLE = (MEI, PRIYA, JANE)

QUICK = {
    "ROOMSTEAD_POLL_INTERVAL_SECONDS": "5",
    "ROOMSTEAD_ACCESS_MAX_AGE_SECONDS": "5",
    "ROOMSTEAD_ROOM_ANSWER_DEADLINE_SECONDS": "60",
    "ROOMSTEAD_LOG_FORMAT": "json",
}
"""A rehearsal is watched: what takes minutes in life takes seconds here."""


class Scene:
    """Everything that runs, on ports and in a folder of its own; all of it ends and goes with ``close``."""

    def __init__(self, *, port: int, say: Callable[[str], None]) -> None:
        """``port`` 0 takes a free one; ``say`` is told what is under way."""
        self._say = say
        self._port = port
        self._stack = ExitStack()
        self.passes: Mapping[str, Pass] = {}
        self.folder = Path()
        self.url = ""
        self.integrations: dict[str, str] = {}
        self.told: Mapping[str, Json] = {}
        """Addresses and credentials of the rehearsal tenants, as they say them when they are ready."""

    def __enter__(self) -> Self:
        """Set the stage; what was started is ended when that fails."""
        try:
            self._set()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything."""
        self.close()

    def close(self) -> None:
        """End the programs, newest first, and remove the folder."""
        self._stack.close()

    def _set(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="roomstead-demo-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o711)  # the database may run as another user, who must be able to pass through
        self._say("Starting rehearsal tenants …")
        arguments = ["roomstead_sandbox", "--json", "serve", "--seed", "both", "--port", "0"]
        self.told = self._start("The rehearsal tenants", arguments, {})
        self._say("Starting Roomstead …")
        arguments = ["roomstead.entrypoints.cli", "serve", "--port", str(self._port), "--json"]
        self.url = str(self._start("Roomstead", arguments, self.environment)["url"]).rstrip("/")
        self.sandbox = Api(str(self.told["control"]))
        self._people()
        self._connect()

    @property
    def environment(self) -> Mapping[str, str]:
        """What commands need to reach this Roomstead."""
        public = {"ROOMSTEAD_PUBLIC_URL": self.url} if self.url else {}
        return {**QUICK, "ROOMSTEAD_DATA_DIR": str(self.folder / "data"), **public}

    @property
    def sandbox_url(self) -> str:
        """Where the rehearsal tenant listens."""
        return str(self.told["control"]).removesuffix("/_control")

    def _start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> dict[str, object]:
        log = self.folder / f"{arguments[0]}.log"
        program = self._stack.enter_context(Program(name, arguments, log=log, environment=environment))
        return program.ready(READY_SECONDS)

    def _people(self) -> None:
        newcomers = [Newcomer(cast.name, (cast.address, *cast.further), cast.is_admin) for cast in PEOPLE]
        self.passes = engage(newcomers, data_dir=self.folder / "data", public_url=self.url)

    def api(self, cast: Cast) -> Api:
        """Roomstead's API, as that person."""
        return Api(f"{self.url}/api/v1", self.passes[cast.address].token)

    @property
    def integration_id(self) -> str:
        """The integration of the first tenant."""
        return self.integrations[CONTOSO.provider]

    def _connect(self) -> None:
        self.sandbox.patch("/delays", {"deliver": 0.2, "process": 0.6, "reply": 0.2})
        admin = self.api(MEI)
        running = []
        for tenant in TENANTS.values():
            self._say(f"Connecting {tenant.calendar} through the service account …")
            self._set_reach(tenant)
            added = admin.post("/integrations", tenant.form(self.told))
            self.integrations[tenant.provider] = added["integration"]["id"]
            running.append(added["verification"]["id"])
        for verification_id in running:
            self.verified(verification_id)
        for tenant in TENANTS.values():
            self._keep_out(tenant)

    def _set_reach(self, tenant: Tenant) -> None:
        self.prepare(tenant)
        for address in tenant.in_reach:
            self.reach("grant", address, tenant)
        for address in tenant.out_of_reach:
            self.reach("revoke", address, tenant)

    def _keep_out(self, tenant: Tenant) -> None:
        path = f"/integrations/{self.integrations[tenant.provider]}/restriction/must-be-refused/{tenant.kept_out}"
        self.api(MEI).put(path, {"reason": "Nothing here is Roomstead's business."})

    def prepare(self, tenant: Tenant, *, instead: Mapping[str, str] | None = None) -> None:
        """Do what an admin of the tenant does beforehand; ``instead`` names other addresses to do it for."""
        for each in tenant.prepare:
            body = {name: (instead or {}).get(str(value), value) for name, value in each["body"].items()}
            self.sandbox.post(f"{tenant.control}/{each['order']}", body)

    def reach(self, change: str, address: str, tenant: Tenant = CONTOSO) -> None:
        """``grant`` or ``revoke`` a mailbox, at once."""
        self.sandbox.post(f"{tenant.control}/{change}", {"mailbox": address, "propagation_seconds": 0})

    def verified(self, verification_id: str) -> Json:
        """The verification, ended. Raises DemoFailed when it does not end in time."""
        admin = self.api(MEI)
        found = until(
            lambda: admin.get(f"/verifications/{verification_id}"),
            lambda seen: seen["finished_at"] is not None,
            seconds=VERIFIED_SECONDS,
        )
        if found["finished_at"] is None:
            raise DemoFailed("The integration was not verified in time.", remedy=json.dumps(found)[:1500])
        return found

    def room(self, name: str) -> Json:
        """A room by its name. Raises DemoFailed."""
        rooms = self.api(MEI).get("/rooms", limit=200)["items"]
        found = next((room for room in rooms if room["name"] == name), None)
        if found is None:
            raise DemoFailed(f"There is no room {name}.")
        return found
