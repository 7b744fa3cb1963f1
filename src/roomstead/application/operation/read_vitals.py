"""Read how the installation is doing."""

from roomstead.application.ports.vitals import Vitals, VitalSigns


async def read_vitals(*, vital_signs: VitalSigns) -> Vitals:
    """Counts and times, for readiness, metrics and the doctor: nothing personal, so nobody is asked for a role."""
    return await vital_signs.read()
