"""The stage: a rehearsal tenant, Roomstead beside it, people with tokens, and an integration that was verified."""

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from roomstead.entrypoints.demo.api import Api, Json, until
from roomstead.entrypoints.demo.crew import Newcomer, Pass, engage
from roomstead.entrypoints.demo.programs import DemoFailed, Program

READY_SECONDS = 60.0
VERIFIED_SECONDS = 40.0
TENANT: Mapping[str, Json] = tomllib.loads((Path(__file__).parent / "tenant.toml").read_text(encoding="utf-8"))
"""What the demo connects; its words are the provider's, so they are data."""
DOMAIN = TENANT["domain"]
SERVICE_ACCOUNT = f"rooms@{DOMAIN}"
KEPT_OUT = f"emma.novak@{DOMAIN}"
"""A mailbox that the integration must not reach: the counter-example that proves the restriction."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody in the story."""

    name: str
    address: str
    is_admin: bool = False


MEI = Cast("Mei Tan", f"mei.tan@{DOMAIN}", is_admin=True)
PRIYA = Cast("Priya Shah", f"priya.shah@{DOMAIN}")
JANE = Cast("Jane Doe", f"jane.doe@{DOMAIN}")
PEOPLE = (MEI, PRIYA, JANE)
IN_REACH = (MEI.address, PRIYA.address)
OUT_OF_REACH = (JANE.address, KEPT_OUT)

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
        self.integration_id = ""

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
        self._say(f"Starting a rehearsal {TENANT['label']} tenant …")
        arguments = ["roomstead_sandbox", "--json", "serve", "--seed", "contoso", "--port", "0"]
        self._tenant = self._start("The rehearsal tenant", arguments, {})
        self._say("Starting Roomstead …")
        arguments = ["roomstead.entrypoints.cli", "serve", "--port", str(self._port), "--json"]
        self.url = str(self._start("Roomstead", arguments, self.environment)["url"]).rstrip("/")
        self.sandbox = Api(str(self._tenant["control"]))
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
        return str(self._tenant["control"]).removesuffix("/_control")

    def _start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> dict[str, object]:
        log = self.folder / f"{arguments[0]}.log"
        program = self._stack.enter_context(Program(name, arguments, log=log, environment=environment))
        return program.ready(READY_SECONDS)

    def _people(self) -> None:
        newcomers = [Newcomer(cast.name, cast.address, cast.is_admin) for cast in PEOPLE]
        self.passes = engage(newcomers, data_dir=self.folder / "data", public_url=self.url)

    def api(self, cast: Cast) -> Api:
        """Roomstead's API, as that person."""
        return Api(f"{self.url}/api/v1", self.passes[cast.address].token)

    def _connect(self) -> None:
        for address in IN_REACH:
            self.reach("grant", address)
        for address in OUT_OF_REACH:
            self.reach("revoke", address)
        self.sandbox.patch("/delays", {"deliver": 0.2, "process": 0.6, "reply": 0.2})
        self._say(f"Connecting {TENANT['calendar']} through the service account …")
        admin = self.api(MEI)
        added = admin.post("/integrations", self._form())
        self.integration_id = added["integration"]["id"]
        self.verified(added["verification"]["id"])
        kept_out = f"/integrations/{self.integration_id}/restriction/must-be-refused/{KEPT_OUT}"
        admin.put(kept_out, {"reason": "Nothing here is Roomstead's business."})

    def reach(self, change: str, address: str) -> None:
        """``grant`` or ``revoke`` a mailbox, at once."""
        self.sandbox.post(f"{TENANT['control']}/{change}", {"mailbox": address, "propagation_seconds": 0})

    def _form(self) -> dict[str, Json]:
        return {
            "provider": TENANT["provider"],
            "name": "Contoso",
            "tenant": self._tenant["tenant_id"],
            "endpoints": {name: self._tenant[told] for name, told in TENANT["endpoints"].items()},
            "tier": TENANT["tier"],
            "credential": {
                "kind": TENANT["credential_kind"],
                "fields": {name: self._tenant[told] for name, told in TENANT["credential"].items()},
            },
            "address": SERVICE_ACCOUNT,
            "use_as_service_account": True,
            "domains": [DOMAIN],
        }

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
