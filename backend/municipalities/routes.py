"""GET policy: what the municipality decided, as the bot needs it, with a version to cache it by."""

from hashlib import sha256

from fastapi import APIRouter, Request

from backend.calendar import day_in_sweden
from backend.contract import Nearby, Policy
from backend.documents.service import Papers
from backend.municipalities import CEILINGS, Ceilings
from backend.settings import Settings
from backend.wire import Now, Town

router = APIRouter(tags=["policy"])


@router.get("/policy")
async def policy(request: Request, town: Town, clock: Now) -> Policy:
    """The municipality's policy."""
    settings: Settings = request.app.state.settings
    decided = town.municipality
    kept: Papers | None = request.app.state.papers.get(decided.slug)
    # The demo shows what a municipality with a recorded legal analysis may do.
    rule = decided.retention_on(day_in_sweden(clock()), examples=settings.demo)
    ceilings: Ceilings = "guided" if settings.demo else decided.ceilings
    said = Policy(
        version="",
        municipality=decided.slug,
        name=decided.name,
        ceilings=CEILINGS[ceilings],
        ceiling_policy=ceilings,
        time_zone=decided.time_zone,
        quiet_from=f"{decided.quiet_from:%H:%M}",
        quiet_until=f"{decided.quiet_until:%H:%M}",
        opening_hours=decided.opening_hours,
        closed_afternoons=tuple(sorted(decided.calendar.closed_afternoons)),
        closed_days=tuple(sorted(decided.calendar.closed_days)),
        short_days=decided.short_days,
        # What is an example leads nobody anywhere but in the demo.
        openings=tuple(one.told() for one in decided.open_hours if settings.demo or one.status != "example"),
        places=tuple(one.told() for one in decided.places if settings.demo or one.status != "example"),
        address=decided.meetings.address,
        telephone=decided.telephone,
        after_hours_telephone=decided.after_hours_telephone,
        # The municipality's own page is an example until it has one; the demo's is where the demo answers.
        public_page=f"{settings.public_url}/s/" if settings.demo else decided.public_page,
        seal_keys=settings.tenants[decided.slug].seal_keys.public,
        application=decided.application,
        e_service=decided.e_service,
        e_identification=settings.tenants[decided.slug].e_identification is not None,
        work=decided.work,
        waits_minutes=decided.meetings.waits_minutes,
        documents=kept.limits if kept is not None else None,
        telegram=settings.demo or decided.legal_analysis is not None,
        links=decided.links,
        answers_days=rule.answers_days if rule is not None else None,
        automatic=decided.automatic_on(day_in_sweden(clock()), examples=settings.demo) is not None,
        neighbours=tuple(
            Nearby(name=one.name, called=one.slug.capitalize())
            for one in settings.tenants[decided.slug].neighbours.values()
        ),
        unapproved_answers=settings.demo,
    )
    return said.model_copy(update={"version": sha256(said.model_dump_json().encode()).hexdigest()[:16]})
