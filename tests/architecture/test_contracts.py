"""The import contracts: all of them are in as soon as what they are about exists, and each of them bites."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

NEEDED_ONCE = {
    "Imports point inwards": "domain",
    "The domain is pure": "domain",
    "Domain and application know no framework, driver or vendor": "application",
    "Only bootstrap wires adapters": "bootstrap",
    "A provider is reached only through the registry": "adapters/providers/registry",
    "Providers do not know each other": "adapters/providers/google",
    "Providers, store, jobs, secrets and the embedded database do not know each other": "adapters/db",
    "A use case does not call another; it leaves a job": "application/booking",
    "Areas of use cases do not know each other": "application/booking",
    "SQL only in adapters.db": "adapters/db",
    "Outbound HTTP only in adapters.http": "adapters/http",
    "Sandbox and service share no code": "domain",
    "No cycles between siblings anywhere": "domain",
}
"""Contract → what it waits for: a contract about something that is not there yet is an error to the linter."""

OFFENCES = {
    "domain/offence_outwards.py": "import roomstead.application.ports.clock\n",
    "domain/offence_framework.py": "import pydantic\nimport asyncio\n",
    "domain/offence_ring_a.py": "import roomstead.domain.offence_ring_b\n",
    "domain/offence_ring_b.py": "import roomstead.domain.offence_ring_a\n",
    "domain/offence_shared.py": "import roomstead_sandbox\n",
    "adapters/db/offence_neighbour.py": "import roomstead.adapters.secrets\nimport httpx2\n",
    "adapters/providers/google/offence_neighbour.py": "import roomstead.adapters.providers.microsoft.errors\n",
    "adapters/secrets_offence.py": "import sqlalchemy\n",
    "application/booking/offence_one.py": "import roomstead.application.booking.offence_two\n",
    "application/booking/offence_two.py": "import roomstead.application.people.find_person\n",
    "entrypoints/offence_wiring.py": (
        "import roomstead.adapters.db.engine\nimport roomstead.adapters.providers.microsoft.errors\n"
    ),
}


NO_AREAS = {"ports", "checks"}
"""Packages of the application layer that hold no use cases."""


def lint(root: Path) -> dict[str, bool]:
    """Contract → whether it is kept, for the tree at `root`."""
    outcome = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", root / "pyproject.toml", "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "COLUMNS": "200", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+?)\s*(KEPT|BROKEN)\s*$", outcome.stdout, re.MULTILINE))
    assert verdicts, outcome.stdout + outcome.stderr
    return {name: verdict == "KEPT" for name, verdict in verdicts.items()}


def contract_tables(root: Path) -> list[dict[str, Any]]:
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    tables: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return tables


def contracts(root: Path) -> set[str]:
    return {contract["name"] for contract in contract_tables(root)}


@pytest.mark.parametrize("name", NEEDED_ONCE)
def test_contract_is_in_once_it_can_be(project: Path, name: str) -> None:
    about = project / "src/roomstead" / NEEDED_ONCE[name]
    if about.is_dir() or about.with_suffix(".py").exists():
        assert name in contracts(project)


def test_every_area_of_use_cases_is_in_its_contracts(project: Path) -> None:
    application = project / "src/roomstead/application"
    areas = {f"roomstead.application.{path.parent.name}" for path in application.glob("*/__init__.py")}
    modules = {contract["name"]: set(contract.get("modules", ())) for contract in contract_tables(project)}
    areas -= {f"roomstead.application.{name}" for name in NO_AREAS}
    assert modules["Areas of use cases do not know each other"] == areas
    assert modules["A use case does not call another; it leaves a job"] == {f"{area}.*" for area in areas}


def test_no_contract_is_forgotten_here(project: Path) -> None:
    assert contracts(project) <= NEEDED_ONCE.keys()


def test_every_contract_bites(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(project / "pyproject.toml", tmp_path)
    for name, text in OFFENCES.items():
        (tmp_path / "src/roomstead" / name).write_text(text)
    bitten = {name for name, is_kept in lint(tmp_path).items() if not is_kept}
    spared = contracts(project) - bitten
    assert spared == set()
