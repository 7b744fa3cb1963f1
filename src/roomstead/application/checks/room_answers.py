"""Whether rooms accept the service account: a separate proof, which sends mail and so is never made unasked."""

from roomstead.application.checks.run import Result, Run
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus


async def check_room_answers(run: Run, check: Check) -> tuple[Check, Result]:
    """Say that it is not tested: reading a room proves nothing about what it answers."""
    who = "the service account" if run.target is not None and run.target.account is not None else "organisers"
    sentence = f"Room answers: not tested. Whether rooms accept requests from {who} shows with the first booking."
    remedy = Remedy(
        "Look at the rooms' booking policy, or book one and cancel it again.",
        Who.CALENDAR_ADMIN,
        guide="service-account#rooms-accept",
    )
    return check, Result(CheckStatus.NOT_RUN, sentence, "not_tested", remedy)
