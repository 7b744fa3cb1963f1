"""Who may ask the directory: people and service accounts with an admin role (Google's page "Admin roles")."""

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import invalid, not_authorized
from roomstead_sandbox.google.identity.customers import Customer

MY_CUSTOMER = "my_customer"


def require_admin(call: Call, privilege: str, key: str | None) -> Customer:
    """The customer that a request names, when the caller may read it there.

    A service account with a role of its own has no customer that ``my_customer`` could mean. GoogleError 400, 403.
    """
    if call.caller.is_robot:
        return _for_robot(call, privilege, key)
    tenant_id = call.caller.user.tenant_id
    customer = call.state.customer(tenant_id)
    account = call.state.account(call.caller.user)
    if key not in (None, MY_CUSTOMER, customer.id):
        raise not_authorized()
    if not account.super_admin and privilege not in account.privileges:
        raise not_authorized()
    return customer


def _for_robot(call: Call, privilege: str, key: str | None) -> Customer:
    if key == MY_CUSTOMER:
        raise invalid("Invalid Input: customer", "customer")
    for customer in call.state.customers.values():
        roles = customer.robot_roles.get(call.caller.address, set())
        if key in (None, customer.id) and privilege in roles:
            return customer
    raise not_authorized()
