"""A provider is one folder with the same names as every other, known to the registry and to the contracts."""

import tomllib
from collections.abc import Callable
from pathlib import Path

NAMES = {"provider", "client", "auth", "mapping", "recurrence", "notifications", "errors"}
PROVIDERS = "src/roomstead/adapters/providers"
CONTRACTS = ("A provider is reached only through the registry", "Providers do not know each other")

Plant = Callable[[dict[str, str]], Path]


def folders(root: Path) -> list[Path]:
    """The providers on offer: those that the registry names. A folder it does not name is still being written."""
    registry = root / PROVIDERS / "registry.py"
    text = registry.read_text() if registry.exists() else ""
    return [path.parent for path in sorted((root / PROVIDERS).glob("*/__init__.py")) if path.parent.name in text]


def missing_names(root: Path) -> list[str]:
    found = []
    for folder in folders(root):
        there = {path.stem for path in folder.iterdir()}
        found += [f"{folder.name}: no {name}" for name in sorted(NAMES - there)]
    return found


def missing_in_contracts(root: Path) -> list[str]:
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {contract["name"]: contract.get("modules", contract.get("protected_modules", [])) for contract in contracts}
    only_one = len(folders(root)) < 2
    return [
        f"{folder.name}: not in {contract!r}"
        for folder in folders(root)
        for contract in CONTRACTS
        if not (only_one and contract == CONTRACTS[1])
        and f"roomstead.adapters.providers.{folder.name}" not in named.get(contract, [])
    ]


def test_every_provider_has_the_same_names(project: Path) -> None:
    assert missing_names(project) == []


def test_every_provider_is_in_the_contracts(project: Path) -> None:
    assert missing_in_contracts(project) == []


def test_offences_are_found(plant: Plant) -> None:
    root = plant(
        {
            f"{PROVIDERS}/registry.py": "from roomstead.adapters.providers import acme, other\n",
            f"{PROVIDERS}/unfinished/__init__.py": "",
            f"{PROVIDERS}/acme/__init__.py": "",
            f"{PROVIDERS}/other/__init__.py": "",
            "pyproject.toml": "[tool.importlinter]\n"
            f'[[tool.importlinter.contracts]]\nname = "{CONTRACTS[0]}"\n'
            'protected_modules = ["roomstead.adapters.providers.acme"]\n',
        }
        | {f"{PROVIDERS}/acme/{name}.py": "" for name in NAMES - {"errors"}}
        | {f"{PROVIDERS}/other/{name}.py": "" for name in NAMES}
    )
    assert missing_names(root) == ["acme: no errors"]
    assert missing_in_contracts(root) == [
        f"acme: not in {CONTRACTS[1]!r}",
        f"other: not in {CONTRACTS[0]!r}",
        f"other: not in {CONTRACTS[1]!r}",
    ]
