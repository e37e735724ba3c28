"""What is done with controls from time to time: the registers that have a service are asked.

Every process of the backend does it; rows are locked, so several do no harm.
"""

from collections.abc import Mapping

from backend.clock import Clock
from backend.controls import asking
from backend.controls.http import Http, Service
from backend.controls.models import Name
from backend.controls.registers import registers
from backend.database import Database
from backend.settings import Settings, Tenant

EVERY = 5.0


def services(tenant: Tenant) -> dict[Name, Service]:
    """The registers a municipality's settings give a service for."""
    given = tenant.registers
    return {
        name: Http(given[name].address, given[name].token)
        for name, register in registers().items()
        if register.facts is not None and name in given
    }


def all_services(settings: Settings) -> dict[str, dict[Name, Service]]:
    """By municipality, of those that have one."""
    every = {slug: services(tenant) for slug, tenant in settings.tenants.items()}
    return {slug: found for slug, found in every.items() if found}


async def look_after(town: Database, own: Mapping[Name, Service], clock: Clock) -> None:
    """Ask what is due in one municipality."""
    await asking.ask_due(town, own, clock)
