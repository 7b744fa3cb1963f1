"""The installation as a whole, as the commands show it."""

from typing import Literal

from pydantic import Field

from roomstead.application.operation.diagnose import Finding
from roomstead.bootstrap.operator import DatabaseStatus
from roomstead.entrypoints.guides.sections import path_to
from roomstead.entrypoints.wire.base import Shape


class DatabaseShape(Shape):
    """Which schema the database has."""

    schema_found: str | None
    schema_wanted: str
    is_current: bool
    is_embedded: bool

    @classmethod
    def of(cls, status: DatabaseStatus) -> "DatabaseShape":
        """The shape of a status."""
        return cls(
            schema_found=status.found,
            schema_wanted=status.wanted,
            is_current=status.is_current,
            is_embedded=status.is_embedded,
        )


class FindingShape(Shape):
    """One thing that the doctor looked at."""

    key: str
    state: Literal["ok", "warning", "failed"]
    sentence: str
    remedy: str
    guide: str = Field(description="Path of the section of the guides about it; empty where there is none.")


class DiagnosisShape(Shape):
    """All that the doctor looked at."""

    healthy: bool
    findings: list[FindingShape]

    @classmethod
    def of(cls, findings: "list[Finding]") -> "DiagnosisShape":
        """The shape of findings."""
        shown = [
            FindingShape(
                key=each.key,
                state=each.state.value,
                sentence=each.sentence,
                remedy=each.remedy,
                guide=path_to(each.guide) if each.guide else "",
            )
            for each in findings
        ]
        return cls(healthy=all(each.state != "failed" for each in shown), findings=shown)
