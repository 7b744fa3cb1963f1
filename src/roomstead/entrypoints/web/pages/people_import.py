"""Settings → People → Import: a table is shown as what it comes to, then taken in."""

from fastapi import APIRouter, Response

from roomstead.application.people.import_people import Import, ImportPeople
from roomstead.application.people_import import decoded
from roomstead.domain.errors import Conflict, InvalidInput
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.settings_people import PEOPLE
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, trouble

router = APIRouter(include_in_schema=False)

SHOWN = 50


@router.get(f"{PEOPLE}/import")
async def show(visit: AdminVisit) -> Response:
    """Where to put the table."""
    return visit.show("people_import.html", plan=None, table="", shown=SHOWN, **trouble(None))


@router.post(f"{PEOPLE}/import")
async def take_in(visit: AdminVisit, fields: Fields) -> Response:
    """Show what the table comes to, or take it in as it was shown."""
    table = decoded(await fields.content("file")) or fields.text("table")
    how = Import.APPLY if fields.is_on("apply") else Import.PREVIEW
    try:
        plan = await visit.cases.import_people(ImportPeople(table, how), visit.actor)
    except (InvalidInput, Conflict) as error:
        values = {"plan": None, "table": table, "shown": SHOWN, **trouble(error)}
        return visit.show("people_import.html", status=UNPROCESSABLE, **values)
    if how is Import.APPLY:
        return visit.go(PEOPLE, "people.imported", added=len(plan.added), changed=len(plan.changed))
    return visit.show("people_import.html", plan=plan, table=table, shown=SHOWN, **trouble(None))
