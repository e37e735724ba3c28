"""The places one comes to: how they are said, the stop beside them, and a map of them, opened only when she presses."""

from backend.contract import Place, Policy
from bot.text import N_, Text, say

MAP = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
"""An ordinary page of OpenStreetMap with a mark. Nothing is fetched from there by us, or before it is pressed."""


def known(policy: Policy | None, address: str) -> Place | None:
    """What is known of a place one comes to. ``policy``: none where it cannot be had now."""
    return next((place for place in policy.places if place.address == address), None) if policy is not None else None


def with_stop(policy: Policy, address: str) -> Text | str:
    """An address, with the stop one gets off at where it is known."""
    place = known(policy, address)
    if place is None or not place.bus_stop:
        return address
    return say(N_("{address} (stop {bus_stop})"), address=address, bus_stop=place.bus_stop)


def map_of(place: Place | None) -> str:
    """Where a map of it is; empty where nobody has said where it lies."""
    if place is None or place.latitude is None or place.longitude is None:
        return ""
    return MAP.format(latitude=place.latitude, longitude=place.longitude)
