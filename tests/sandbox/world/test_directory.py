"""Finding people and rooms by any of their names."""

import pytest

from roomstead_sandbox.world.directory import Directory
from roomstead_sandbox.world.errors import Invalid, NotFound, Taken
from roomstead_sandbox.world.people import Group, MailboxKind, Tenant, User, UserKind


@pytest.fixture
def directory() -> Directory:
    held = Directory()
    held.add_tenant(Tenant("t1", "Contoso", ["contoso.example"]))
    held.add_tenant(Tenant("t2", "Fabrikam", ["fabrikam.example"]))
    held.add_user(
        User("u1", "t1", "JaneD@contoso.example", "Jane Doe", "Jane.Doe@Contoso.example", ["jd@contoso.example"])
    )
    return held


@pytest.mark.parametrize("name", ["u1", "janed@CONTOSO.example", "jane.doe@contoso.example", "JD@contoso.example"])
def test_every_address_finds_the_account_whatever_its_case(directory: Directory, name: str) -> None:
    found = directory.find("t1", name)
    assert found is not None
    assert found.id == "u1"
    assert directory.find("t2", name) is None


def test_user_name_and_primary_address_are_told_apart(directory: Directory) -> None:
    assert directory.find_upn("t1", "janed@contoso.example") is not None
    assert directory.find_upn("t1", "jane.doe@contoso.example") is None
    assert directory.find_mail("t1", "jane.doe@contoso.example") is not None
    assert directory.find_mail("t1", "jd@contoso.example") is None


def test_an_address_is_used_once_in_a_tenant(directory: Directory) -> None:
    with pytest.raises(Taken):
        directory.add_user(User("u2", "t1", "jd@contoso.example", "Other"))
    directory.add_user(User("u2", "t1", "other@contoso.example", "Other"))
    with pytest.raises(Taken):
        directory.change_user("u2", mail="jd@contoso.example")
    assert directory.find("t1", "other@contoso.example") is not None  # the refused change changed nothing


def test_a_renamed_account_is_found_by_its_new_name_only(directory: Directory) -> None:
    directory.change_user("u1", upn="jane.smith@contoso.example", proxy_addresses=[])
    assert directory.find("t1", "jane.smith@contoso.example") is not None
    assert directory.find("t1", "jd@contoso.example") is None
    with pytest.raises(Invalid):
        directory.change_user("u1", id="u9")


def test_mail_for_a_guest_reaches_the_mailbox_at_home(directory: Directory) -> None:
    home = directory.add_user(User("h", "t2", "omar@fabrikam.example", "Omar", "omar@fabrikam.example"))
    directory.add_user(
        User("g", "t1", "omar#EXT#@contoso.example", "Omar", "omar@fabrikam.example", kind=UserKind.GUEST,
             mailbox=MailboxKind.NONE)
    )  # fmt: skip
    assert directory.find_mailbox("OMAR@fabrikam.example") is home
    assert directory.find_mailbox("nobody@fabrikam.example") is None


def test_groups_nest_and_may_even_contain_each_other(directory: Directory) -> None:
    directory.add_user(User("u2", "t1", "tom@contoso.example", "Tom"))
    directory.add_group(Group("g1", "t1", "Outer", "outer@contoso.example", members=["u1", "g2"]))
    directory.add_group(Group("g2", "t1", "Inner", members=["u2", "g1"]))
    assert directory.members("g1") == {"u1", "u2"}
    assert directory.members("g1", nested=False) == {"u1"}
    assert directory.lists_user(["outer@contoso.example"], directory.user("u2"))
    assert not directory.lists_user(["somebody@contoso.example"], directory.user("u2"))


def test_a_removed_account_leaves_no_trace(directory: Directory) -> None:
    directory.add_group(Group("g1", "t1", "All", members=["u1"]))
    directory.remove_user("u1")
    assert directory.find("t1", "jd@contoso.example") is None
    assert directory.members("g1") == set()
    assert list(directory.users_of("t1")) == []
    with pytest.raises(NotFound):
        directory.user("u1")
