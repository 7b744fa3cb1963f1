"""Sealing: what is stored is useless without the key, and a wrong key is a sentence, not a crash."""

import multiprocessing
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.secrets import (
    Sealer,
    SealingKeyExposed,
    SealingKeyInvalid,
    SealingKeyUnreadable,
    load_sealer,
)
from roomstead.domain.errors import CredentialMissing

SEALER = Sealer([Fernet.generate_key().decode()])


@given(clear=st.binary(max_size=4096))
def test_what_is_sealed_opens_again_and_shows_nothing(clear: bytes) -> None:
    sealed = SEALER.seal(clear)
    assert SEALER.open(sealed) == clear
    assert len(clear) < 8 or clear not in sealed


@given(position=st.integers(min_value=0), noise=st.integers(min_value=1, max_value=255))
def test_altered_seal_never_opens(position: int, noise: int) -> None:
    sealed = bytearray(SEALER.seal(b"client secret"))
    sealed[position % (len(sealed) - 3)] ^= noise  # the last characters may be padding
    with pytest.raises(CredentialMissing):
        SEALER.open(bytes(sealed))


def test_another_key_does_not_open() -> None:
    sealed = Sealer([Fernet.generate_key().decode()]).seal(b"client secret")
    for refused in (SEALER.open, SEALER.rotate):
        with pytest.raises(CredentialMissing) as refusal:
            refused(sealed)
        assert "client secret" not in str(refusal.value)
        assert "sealing key" in refusal.value.remedy


def test_key_is_replaced_without_an_outage() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Sealer([old]).seal(b"client secret")
    both = Sealer([new, old])
    assert both.open(sealed) == b"client secret"
    again = both.rotate(sealed)
    assert Sealer([new]).open(again) == b"client secret"
    with pytest.raises(CredentialMissing):
        Sealer([old]).open(again)


def test_fingerprint_names_the_newest_key_and_gives_nothing_away() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    assert Sealer([new, old]).fingerprint() == Sealer([new]).fingerprint() != Sealer([old]).fingerprint()
    assert Sealer([new]).fingerprint() in repr(Sealer([new]))
    assert new not in repr(Sealer([new]))


def test_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key_file = tmp_path / "data" / "sealing.key"
    sealed = load_sealer([], key_file).seal(b"client secret")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert load_sealer([], key_file).open(sealed) == b"client secret"
    assert list(key_file.parent.iterdir()) == [key_file]


def test_programs_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        calls = [pool.submit(load_sealer, (), tmp_path / "data" / "sealing.key") for _ in range(8)]
        assert len({call.result().fingerprint() for call in calls}) == 1


def test_given_keys_win_and_no_file_is_made(tmp_path: Path) -> None:
    key_file = tmp_path / "sealing.key"
    load_sealer([Fernet.generate_key().decode()], key_file)
    assert not key_file.exists()


def test_key_file_that_others_may_read_is_refused_with_the_command(tmp_path: Path) -> None:
    key_file = tmp_path / "sealing.key"
    load_sealer([], key_file)
    key_file.chmod(0o644)
    with pytest.raises(SealingKeyExposed) as refusal:
        load_sealer([], key_file)
    assert f"chmod 600 '{key_file}'" in refusal.value.remedy
    key_file.chmod(0o600)
    load_sealer([], key_file)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "not-a-key\n"])
def test_key_file_without_a_key(tmp_path: Path, text: str) -> None:
    key_file = tmp_path / "sealing.key"
    key_file.touch(mode=0o600)
    key_file.write_text(text)
    with pytest.raises(SealingKeyInvalid) as refusal:
        load_sealer([], key_file)
    assert "openssl rand" in refusal.value.remedy


def test_key_file_that_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "sealing.key"
    folder.mkdir(mode=0o700)
    with pytest.raises(SealingKeyUnreadable):
        load_sealer([], folder)
