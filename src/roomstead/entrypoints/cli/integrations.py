"""Integrations. All of it is for Global Admins."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roomstead.entrypoints.cli.following import follow_verification
from roomstead.entrypoints.cli.naming import integration_named
from roomstead.entrypoints.cli.options import AsJson, Token, Wait, moment
from roomstead.entrypoints.cli.output import print_facts, print_json, print_table
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.application.credentials import TypedCredential
    from roomstead.domain.integration import Integration
    from roomstead.domain.verification import Verification

app = typer.Typer(help="Connect calendars, verify them, see what they may do.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="The integration: name or id.")]
Kind = Annotated[str, typer.Option("--credential", help="Kind of credential, see `integrations providers`.")]
Fields = Annotated[list[str] | None, typer.Option("--field", help="A field of the credential: name=value.")]
FieldFiles = Annotated[
    list[str] | None,
    typer.Option("--field-from", help="A secret field: name=FILE; - is standard input. Keeps it off the command line."),
]
Expires = Annotated[str | None, typer.Option("--expires", help="When the credential ends, so that you are warned.")]


@app.command("providers")
def providers(as_json: AsJson = False, token: Token = None) -> None:
    """Show what can be connected, and which credentials and permissions it takes."""
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.providers import ProviderShape

    async def work(session: Session) -> Listing[ProviderShape]:
        found = await session.cases.describe_providers(session.actor)
        return Listing(items=[ProviderShape.of(each) for each in found])

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    for each in found.items:
        typer.echo(f"{each.label} (--provider {each.key}), clouds: {', '.join(each.clouds)}")
        for kind in each.credential_kinds:
            names = ", ".join(field.name + (" (secret)" if field.is_secret else "") for field in kind.fields)
            typer.echo(f"  --credential {kind.key}: {kind.label}; fields: {names}")
        for tier in each.tiers:
            typer.echo(f"  --tier {tier.number}: {tier.label}")
            for permission in tier.permissions:
                typer.echo(f"      {permission.key}: {permission.why}")


@app.command("list")
def list_(as_json: AsJson = False, token: Token = None) -> None:
    """List integrations."""
    from roomstead.application.integration.list_integrations import ListIntegrations
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.integrations import IntegrationDetailShape

    async def work(session: Session) -> Listing[IntegrationDetailShape]:
        found = await session.cases.list_integrations(ListIntegrations(), session.actor)
        return Listing(items=[IntegrationDetailShape.seen(each) for each in found])

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Name", "Provider", "Tenant", "Status", "Service account", "Live rooms", "Attention", "Id"),
        [
            (
                each.name,
                each.provider_label,
                each.tenant,
                each.status.value,
                [account.address for account in each.service_accounts if account.status == "active"],
                each.rooms.get("live", 0),
                each.attention.sentence if each.attention else "",
                each.id,
            )
            for each in found.items
        ],
        empty="No integrations yet. Add one with `roomstead integrations add`.",
    )


@app.command("show")
def show(integration: Named, as_json: AsJson = False, token: Token = None) -> None:
    """Show an integration."""
    from roomstead.entrypoints.wire.integrations import IntegrationDetailShape

    async def work(session: Session) -> IntegrationDetailShape:
        integration_id = await integration_named(session, integration)
        return IntegrationDetailShape.seen(await session.cases.read_integration(integration_id, session.actor))

    shape = run(work, token)
    if as_json:
        print_json(shape)
        return
    facts: list[tuple[str, object]] = [
        ("Name", shape.name),
        ("Provider", shape.provider_label),
        ("Tenant", shape.tenant),
        ("Tier", shape.tier),
        ("Status", shape.status.value),
        ("Attention", shape.attention.sentence if shape.attention else None),
        ("", shape.attention.remedy if shape.attention else None),
        ("Consent page said", None if shape.consent is None else shape.consent.reason or "consent given"),
        ("Own address", shape.setup_address),
        ("Domains", shape.domains),
    ]
    facts += [("Credential", f"{each.slot}: {each.kind} {each.fingerprint}") for each in shape.credentials]
    facts += [
        ("Service account", f"{each.address}: {each.status.value}, hosts {each.hosted}")
        for each in shape.service_accounts
    ]
    facts += [("Rooms", [f"{count} {status}" for status, count in shape.rooms.items()]), ("Id", shape.id)]
    print_facts(facts)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    tenant: Annotated[str, typer.Argument(help="The tenant: its id or domain.")],
    address: Annotated[str, typer.Argument(help="Your own address, or that of the service account.")],
    provider: Annotated[str, typer.Option("--provider", help="See `integrations providers`.")],
    tier: Annotated[int, typer.Option("--tier", help="How much access is given.")],
    kind: Kind,
    fields: Fields = None,
    field_files: FieldFiles = None,
    expires: Expires = None,
    service_account: Annotated[
        bool, typer.Option("--service-account", help="Use mailbox as a service account.")
    ] = False,
    cloud: Annotated[str, typer.Option("--cloud", help="By default the provider's first.")] = "",
    domains: Annotated[list[str] | None, typer.Option("--domain", help="A mail domain of the tenant.")] = None,
    wait: Wait = True,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Add a calendar integration and verify it."""
    from roomstead.application.integration.add_integration import AddIntegration

    command = AddIntegration(
        provider=provider,
        name=name,
        tenant=tenant,
        tier=tier,
        credential=_credential(kind, fields, field_files, expires),
        address=address,
        use_as_service_account=service_account,
        cloud=cloud,
        domains=tuple(domains or ()),
    )

    async def work(session: Session) -> "Verification":
        return (await session.cases.add_integration(command, session.actor)).verification

    follow_verification(work, token, wait=wait, as_json=as_json)


@app.command("edit")
def edit(
    integration: Named,
    name: Annotated[str | None, typer.Option("--name")] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="While no room came from the one before.")] = None,
    tier: Annotated[int | None, typer.Option("--tier")] = None,
    domains: Annotated[list[str] | None, typer.Option("--domain", help="All of them from now on.")] = None,
    own_address: Annotated[str | None, typer.Option("--own-address", help="The admin's own; empty forgets it.")] = None,
    app_object_id: Annotated[str | None, typer.Option("--app-object-id")] = None,
    token: Token = None,
) -> None:
    """Change an integration. What it means for access shows at the next verification."""
    from roomstead.application.integration.edit_integration import EditIntegration

    async def work(session: Session) -> "Integration":
        command = EditIntegration(
            integration_id=await integration_named(session, integration),
            name=name,
            tenant=tenant,
            tier=tier,
            domains=None if domains is None else tuple(domains),
            setup_address=own_address,
            app_object_id=app_object_id,
        )
        return await session.cases.edit_integration(command, session.actor)

    run(work, token)


@app.command("credential")
def credential(
    integration: Named,
    kind: Kind,
    fields: Fields = None,
    field_files: FieldFiles = None,
    expires: Expires = None,
    tier: Annotated[int | None, typer.Option("--tier", help="How much access comes with it, if another.")] = None,
    wait: Wait = True,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Replace the credential. The current one stays in use until the new one is proven."""
    from roomstead.application.integration.replace_credential import ReplaceCredential

    typed = _credential(kind, fields, field_files, expires)

    async def work(session: Session) -> "Verification":
        command = ReplaceCredential(await integration_named(session, integration), typed, tier)
        return await session.cases.replace_credential(command, session.actor)

    follow_verification(work, token, wait=wait, as_json=as_json)


@app.command("consent")
def consent(integration: Named, token: Token = None) -> None:
    """Print the address where an admin of the tenant consents to the app. It holds no secret and counts for 14 days."""

    async def work(session: Session) -> str:
        seen = await session.cases.read_integration(await integration_named(session, integration), session.actor)
        return seen.consent_url

    typer.echo(run(work, token))


@app.command("discover")
def discover(integration: Named, token: Token = None) -> None:
    """Bring the directory's rooms in. A worker does it."""

    async def work(session: Session) -> None:
        await session.cases.request_discovery(await integration_named(session, integration), session.actor)

    run(work, token)


@app.command("disable")
def disable(integration: Named, token: Token = None) -> None:
    """Stop sending and reading. Bookings and credential stay."""

    async def work(session: Session) -> "Integration":
        return await session.cases.disable_integration(await integration_named(session, integration), session.actor)

    run(work, token)


@app.command("enable")
def enable(integration: Named, token: Token = None) -> None:
    """Let it work again; it is verified first."""

    async def work(session: Session) -> "Integration":
        return await session.cases.enable_integration(await integration_named(session, integration), session.actor)

    run(work, token)


def _credential(
    kind: str, fields: list[str] | None, field_files: list[str] | None, expires: str | None
) -> "TypedCredential":
    from roomstead.application.credentials import TypedCredential

    typed = dict(_pair(each) for each in fields or ())
    for each in field_files or ():
        name, place = _pair(each)
        typed[name] = _contents(place)
    return TypedCredential(kind, typed, moment(expires, "--expires"))


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise typer.BadParameter("Write it as name=value.", param_hint=name)
    return name, value


def _contents(place: str) -> str:
    try:
        text = typer.get_text_stream("stdin").read() if place == "-" else Path(place).read_text()
    except OSError as error:
        raise typer.BadParameter(f"{place} cannot be read: {error.strerror}.", param_hint="--field-from") from error
    return text.strip()
