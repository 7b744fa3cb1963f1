"""Settings: defaults that work, every mistake at once, no secret repeated."""

from pathlib import Path

import pytest

from roomstead.config import Settings, SettingsInvalid, load, unknown_variables, variable


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = load()
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8700)
    assert settings.key_file == settings.data_dir / "sealing.key"
    assert settings.data_dir.is_absolute()


def test_environment_is_read_and_given_values_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOMSTEAD_PORT", "9000")
    monkeypatch.setenv("ROOMSTEAD_HOST", "0.0.0.0")  # noqa: S104 - only read
    monkeypatch.setenv("ROOMSTEAD_DRY_RUN", "true")
    monkeypatch.setenv("ROOMSTEAD_DATA_DIR", "~/rooms")
    monkeypatch.setenv("ROOMSTEAD_DATABASE_URL", "postgres://jane:s3cret@db/rooms")
    monkeypatch.setenv("ROOMSTEAD_SEALING_KEYS", "new, old")
    monkeypatch.setenv("ROOMSTEAD_PUBLIC_URL", "https://rooms.contoso.example/")
    monkeypatch.setenv("ROOMSTEAD_PROVIDER_ENDPOINTS", '{"a": {"b": {"login": "https://login.example/"}}}')
    settings = load(port=9001)
    assert settings.port == 9001
    assert settings.dry_run
    assert settings.data_dir == Path.home() / "rooms"
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://jane:s3cret@db/rooms"
    assert [key.get_secret_value() for key in settings.sealing_keys] == ["new", "old"]
    assert settings.public_url == "https://rooms.contoso.example"
    assert settings.provider_endpoints == {"a": {"b": {"login": "https://login.example"}}}
    assert "s3cret" not in repr(settings)


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOMSTEAD_PUBLIC_URL", "")
    monkeypatch.setenv("ROOMSTEAD_PORT", "")
    settings = load()
    assert settings.public_url is None
    assert settings.port == 8700


def test_every_mistake_is_named_at_once_and_no_secret_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "ROOMSTEAD_PORT": "99999",
        "ROOMSTEAD_LOG_LEVEL": "loud",
        "ROOMSTEAD_DRY_RUN": "perhaps",
        "ROOMSTEAD_DATABASE_URL": "mysql://jane:s3cret@db/rooms",
        "ROOMSTEAD_PUBLIC_URL": "rooms.contoso.example",
        "ROOMSTEAD_POLL_INTERVAL_SECONDS": "0",
        "ROOMSTEAD_PROVIDER_ENDPOINTS": "{not json",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refusal:
        load()
    assert set(refusal.value.mistakes) == set(wrong)
    assert "s3cret" not in str(refusal.value)
    assert "For example: postgresql://" in refusal.value.mistakes["ROOMSTEAD_DATABASE_URL"]
    assert "'99999'" in refusal.value.mistakes["ROOMSTEAD_PORT"]
    assert "is not JSON" in refusal.value.mistakes["ROOMSTEAD_PROVIDER_ENDPOINTS"]
    assert str(refusal.value).startswith("7 settings have mistakes:")


@pytest.mark.parametrize("url", ["postgresql://localhost", "sqlite:///file", ""])
def test_database_urls_that_cannot_work(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        load(database_url=url)


def test_endpoint_that_is_no_address() -> None:
    with pytest.raises(SettingsInvalid, match="whole address"):
        load(provider_endpoints={"a": {"b": {"login": "login.example"}}})


def test_unknown_variables_are_named_with_what_was_meant() -> None:
    found = unknown_variables({"ROOMSTEAD_PROT": "1", "ROOMSTEAD_PORT": "1", "HOME": "/", "ROOMSTEAD_XYZZY": "1"})
    assert found == [
        "ROOMSTEAD_PROT is not a setting of Roomstead and does nothing. Did you mean ROOMSTEAD_PORT?",
        "ROOMSTEAD_XYZZY is not a setting of Roomstead and does nothing.",
    ]


def test_every_setting_has_a_sentence_and_an_example_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert field.examples, name
        monkeypatch.setenv(variable(name), field.examples[0])
    load()


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25", "smtp://mail.example:many"])
def test_mail_servers_that_cannot_work(url: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load(smtp_url=url)
    assert list(refused.value.mistakes) == ["ROOMSTEAD_SMTP_URL"]
    assert f"{url!r}" not in refused.value.message


@pytest.mark.parametrize("sender", ["rooms", "Rooms <rooms", "a@b, c@d", "Rooms <rooms@contoso.example\r\nBcc: x@y>"])
def test_senders_that_cannot_work(sender: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load(mail_from=sender)
    assert list(refused.value.mistakes) == ["ROOMSTEAD_MAIL_FROM"]


def test_mail_needs_both_server_and_sender() -> None:
    assert not load(smtp_url="smtp://mail.example").sends_mail
    assert not load(mail_from="rooms@contoso.example").sends_mail
    assert load(smtp_url="smtp://mail.example", mail_from="Rooms <rooms@contoso.example>").sends_mail
