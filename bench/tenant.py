"""A rehearsal tenant with as many rooms and meetings as asked for: ``python -m bench.tenant PORT ROOMS MEETINGS``.

``MEETINGS`` is for each room, from now on. What clients need to know is printed when it is planted.
"""

import json
import sys
from datetime import timedelta

import uvicorn

from roomstead_sandbox.app import create_app
from roomstead_sandbox.world.seed_big import big

PEOPLE_PER_ROOM = 4


def main(port: int, rooms: int, meetings: int) -> None:
    """Serve until stopped."""
    sandbox = create_app()
    big(sandbox.world, mailboxes=rooms * (1 + PEOPLE_PER_ROOM), events=2 * rooms * meetings, past=timedelta(0))
    for face in sandbox.faces:
        face.seeded("big")
    print(json.dumps(sandbox.endpoints(f"http://127.0.0.1:{port}")), flush=True)
    uvicorn.run(sandbox, port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:4]))
