"""Which of a municipality's agencies can be ordered from, by what was given from outside, and how.

One that cannot is not asked, and no time is offered because of it. An agency that stands as an example in the file is
asked in the demo only.
"""

from collections.abc import Iterator

from backend.interpreters.ordering import Way
from backend.interpreters.ordering.e_mail import EMail
from backend.interpreters.ordering.http import Http
from backend.interpreters.sending import Agencies
from backend.municipalities.agencies import Agency
from backend.settings import Settings, Tenant


def agencies(settings: Settings, tenant: Tenant) -> Agencies:
    """What a municipality's orders leave by."""
    open_ones = {agency.slug: way for agency, way in _open(settings, tenant)}
    return Agencies(open_ones, settings.public_url, settings.session_secret)


def reachable(settings: Settings, tenant: Tenant) -> tuple[Agency, ...]:
    """The agencies that can be asked, in the order they are asked in."""
    return tuple(agency for agency, _ in _open(settings, tenant))


def why_not(settings: Settings, tenant: Tenant, agency: Agency) -> str:
    """Why an agency is not asked, in words; nothing when it is."""
    if agency.status == "example" and not settings.demo:
        return "it is an example"
    if agency.order_by == "e-mail" and settings.smtp is None:
        return "no mail server is given (IMORGON_SMTP_HOST)"
    if agency.order_by == "http" and agency.slug not in tenant.agency_tokens:
        return f"IMORGON_AGENCY_TOKEN_{tenant.municipality.code}_{agency.code} is not given"
    return ""


def _open(settings: Settings, tenant: Tenant) -> Iterator[tuple[Agency, Way]]:
    for agency in tenant.municipality.interpreter_agencies:
        if why_not(settings, tenant, agency):
            continue
        if agency.order_by == "http":
            yield agency, Http(agency.address, tenant.agency_tokens[agency.slug])
        elif settings.smtp is not None:
            yield agency, EMail(settings.smtp, agency.address)
