"""This machine."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from roomstead.adapters.secrets import load_sealer
from roomstead.application.ports.machine import SealingKey


class ThisMachine:
    """Implements ``Machine``."""

    def __init__(self, data_dir: Path, sealing_keys: Sequence[str], key_file: Path) -> None:
        """As the settings say."""
        self._data_dir, self._keys, self._key_file = data_dir, sealing_keys, key_file

    def free_bytes(self) -> int:
        """Free space under the data folder, or under the nearest folder above it that is there."""
        there = next(place for place in (self._data_dir, *self._data_dir.parents) if place.exists())
        return shutil.disk_usage(there).free

    def sealing_key(self) -> SealingKey:
        """The newest key."""
        source = "the environment" if self._keys else str(self._key_file)
        return SealingKey(load_sealer(self._keys, self._key_file).fingerprint(), source)
