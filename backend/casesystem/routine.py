"""What is done with the case system from time to time: what happened leaves.

Every process of the backend does it; rows are locked, so several do no harm.
"""

from collections.abc import Mapping

from backend.casesystem import sending
from backend.casesystem.events import Printing
from backend.casesystem.files import Files
from backend.casesystem.models import WayName
from backend.casesystem.sending import Step
from backend.casesystem.ways import Way
from backend.casesystem.webhook import Webhook
from backend.clock import Clock
from backend.database import Database
from backend.documents.service import Papers
from backend.printing.press import Press
from backend.settings import CaseSystem, Settings

EVERY = sending.EVERY


def open_ways(given: CaseSystem) -> dict[WayName, Way]:
    """The ways a municipality's settings open."""
    found: dict[WayName, Way] = {}
    if given.url:
        found["webhook"] = Webhook(given.url, given.secrets)
    if given.folder is not None:
        found["files"] = Files(given.folder)
    return found


def steps(settings: Settings, papers: Mapping[str, Papers]) -> dict[str, Step]:
    """What keeps each municipality's case system in step, of those that have one."""
    press = Press()
    found = {
        slug: Step(open_ways(tenant.case_system), Printing(press, papers.get(slug)))
        for slug, tenant in settings.tenants.items()
    }
    return {slug: step for slug, step in found.items() if step.ways}


async def look_after(town: Database, step: Step, clock: Clock) -> None:
    """Send what is due in one municipality."""
    await sending.send_due(town, step, clock)
