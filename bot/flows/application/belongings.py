"""What she owns and owes: savings, vehicles one by one, and the bills that could not be paid."""

from typing import NamedTuple

from backend.contract import Asset, Debt, Sensitivity, Vehicle
from bot.form import Each, Form
from bot.questions import Kronor, Number, OneOf, Question, SeveralOrNone, Words, YesNo, without_none
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

KINDS_OF_ASSET = SeveralOrNone(
    {
        "savings": N_("Savings"),
        "vehicle": N_("Car or other vehicle"),
        "home": N_("House or flat"),
        "company": N_("Company"),
        "other": N_("Other"),
        "none": N_("None of these"),
    }
)
ASSET_KINDS = Question(
    "asset_kinds",
    N_("Do you own any of these? You can choose several."),
    KINDS_OF_ASSET,
    sensitivity=PERSONAL,
    section="assets",
    short=N_("Owns"),
    usual=("none",),
)
ASSET_KRONOR = Question(
    "asset_kronor",
    N_("{kind}: about how much is it worth, in kronor?"),
    Kronor(0, 100_000_000),
    sensitivity=PERSONAL,
    section="assets",
    short="{kind}",
)
VEHICLE_KIND = Question(
    "vehicle_kind",
    N_("What vehicle is it?"),
    OneOf(
        {
            "car": N_("Car"),
            "motorcycle": N_("Motorcycle"),
            "moped": N_("Moped"),
            "boat": N_("Boat"),
            "caravan": N_("Caravan"),
            "snowmobile": N_("Snowmobile"),
            "other": N_("Other"),
        }
    ),
    sensitivity=PERSONAL,
    section="assets",
    short=N_("Vehicle"),
)
VEHICLE_BOUGHT = Question(
    "vehicle_bought",
    N_("Which year did you get it? Four figures."),
    Number(1950, 2100),
    sensitivity=PERSONAL,
    section="assets",
    short=N_("Bought in the year"),
)
VEHICLE_NUMBER = Question(
    "vehicle_number",
    N_("Which registration number does it have?"),
    Words(20),
    sensitivity=Sensitivity.SECRET,
    section="assets",
    short=N_("Registration number"),
)
VEHICLE_MORE = Question(
    "vehicle_more",
    N_("One more vehicle?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="assets",
    short=N_("More vehicles"),
)
VEHICLES = Each("vehicles", VEHICLE_MORE, gate=ASSET_KINDS.name)

KINDS_OF_DEBT = SeveralOrNone(
    {
        "rent": N_("The rent"),
        "electricity": N_("Electricity"),
        "union": N_("Union"),
        "childcare": N_("Childcare"),
        "other": N_("Other"),
        "none": N_("None of these"),
    }
)
DEBT_KINDS = Question(
    "debt_kinds",
    N_("Are there bills that you could not pay?"),
    KINDS_OF_DEBT,
    sensitivity=PERSONAL,
    section="assets",
    why=N_("The earlier we know, the more we can do."),
    short=N_("Unpaid bills"),
    usual=("none",),
)
DEBT_KRONOR = Question(
    "debt_kronor",
    N_("{kind}: how much is unpaid, in kronor?"),
    Kronor(0, 10_000_000),
    sensitivity=PERSONAL,
    section="assets",
    short=N_("{kind}, unpaid"),
)


class Belongings(NamedTuple):
    asset_kinds: tuple[str, ...] | None
    assets: tuple[Asset, ...] | None
    vehicles: tuple[Vehicle, ...] | None
    debts: tuple[Debt, ...] | None
    rent_debt: bool | None


def belongings(form: Form) -> Belongings:
    kinds = without_none(form.ask_or_leave(ASSET_KINDS))
    assets: list[Asset] = []
    vehicles: list[Vehicle] = []
    for kind in form.each_of(ASSET_KINDS, kinds):
        if kind == "vehicle":
            vehicles = _vehicles(form)
            assets.append(Asset(kind=kind))
        else:
            worth = form.ask_or_leave(ASSET_KRONOR, about=kind, kind=say(KINDS_OF_ASSET.label(kind)))
            assets.append(Asset(kind=kind, kronor=worth))
    unpaid = without_none(form.ask_or_leave(DEBT_KINDS))
    debts: list[Debt] = []
    for kind in form.each_of(DEBT_KINDS, unpaid):
        kronor = form.ask_or_leave(DEBT_KRONOR, about=kind, kind=say(KINDS_OF_DEBT.label(kind)))
        debts.append(Debt(kind=kind, kronor=kronor))
    return Belongings(
        asset_kinds=kinds,
        assets=None if kinds is None else tuple(assets),
        vehicles=None if kinds is None else tuple(vehicles),
        debts=None if unpaid is None else tuple(debts),
        rent_debt=None if unpaid is None else bool({"rent", "electricity"} & set(unpaid)),
    )


def _vehicles(form: Form) -> list[Vehicle]:
    found: list[Vehicle] = []
    for vehicle in form.each(VEHICLES):
        kind = form.ask_or_leave(VEHICLE_KIND, about=vehicle)
        bought = form.ask_or_leave(VEHICLE_BOUGHT, about=vehicle)
        form.ask_or_leave(VEHICLE_NUMBER, about=vehicle)
        found.append(Vehicle(kind=kind, bought=bought))
    return found
