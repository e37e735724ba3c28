"""False alarms of the diverter: ordinary messages, made from templates in five languages, that hold no secret at all.

What they hold are the numbers people write: rents, sums, days, times, telephones, numbers of cases, invoices,
addresses. Each is read beside the question it answers, or beside none. Then the official test identities in the same
sentences: what is missed there is told too. Telephones are made while it runs and stand in no file.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.hearing.diverter import divert
from bot.questions import Day, Kind, Kronor, Number, TelephoneNumber, Words

IDENTITIES = Path(__file__).parents[1] / "tests" / "data" / "identity_test_numbers.json"
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

TEMPLATES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "rent": {
        "sv": ("hyran är {n} kr", "{n}", "jag betalar {n} kronor i hyra varje månad"),
        "en": ("the rent is {n} kr", "I pay {n} SEK every month", "about {n}"),
        "ar": ("الإيجار {n} كرونة", "أدفع {n} كل شهر"),
        "so": ("kirada waa {n} kr", "bishii waxaan bixiyaa {n}"),
        "uk": ("оренда {n} крон", "я плачу {n} на місяць"),
    },
    "account": {
        "sv": ("jag har {n} kr på kontot", "lönen {n} kr kom in på mitt konto den {day}"),
        "en": ("I have {n} kr in my account", "{n} SEK left on the account since {day}"),
        "ar": ("عندي {n} كرونة في الحساب",),
        "so": ("akoonkayga waxaa ku jira {n} kr",),
        "uk": ("на рахунку {n} крон",),
    },
    "day": {
        "sv": ("jag är född {day}", "{day}", "kan jag komma {day} i stället?"),
        "en": ("I was born on {day}", "my son is born {day}", "{day}"),
        "ar": ("ولدت في {day}", "{day}"),
        "so": ("waxaan dhashay {day}", "{day}"),
        "uk": ("я народилася {day}", "{day}"),
    },
    "time": {
        "sv": ("passar kl {time} eller {time}?", "{day} kl {time}"),
        "en": ("is {time} okay? or {time}", "on {day} at {time}"),
        "ar": ("هل يناسب {time}؟",),
        "so": ("saacadda {time} ma fiican tahay?",),
        "uk": ("чи можна о {time}, {day}?",),
    },
    "telephone, asked for": {
        "sv": ("{phone}", "mitt nummer är {phone}"),
        "en": ("{phone}", "it is {phone}"),
        "ar": ("{phone}", "رقمي {phone}"),
        "so": ("{phone}", "lambarkaygu waa {phone}"),
        "uk": ("{phone}", "мій номер {phone}"),
    },
    "telephone, named": {
        "sv": ("ring mig på {phone}", "min mobil: {phone}"),
        "en": ("call me on {phone}", "my phone is {phone}"),
        "ar": ("اتصلوا بي على {phone}", "هاتفي {phone}"),
        "so": ("iga soo wac {phone}", "telefoonkaygu waa {phone}"),
        "uk": ("подзвоніть мені {phone}", "мій телефон {phone}"),
    },
    "telephone, alone": {
        "sv": ("{phone}", "hej {phone} mvh"),
        "en": ("{phone}", "thanks {phone}"),
        "ar": ("{phone}", "شكرا {phone}"),
        "so": ("{phone}",),
        "uk": ("{phone}", "дякую {phone}"),
    },
    "case": {
        "sv": ("ärende {case}", "det gäller ärendenummer {case}", "dnr {case}"),
        "en": ("case {case}", "my case number is {case}"),
        "ar": ("رقم القضية {case}",),
        "so": ("kiiska {case}",),
        "uk": ("справа номер {case}",),
    },
    "invoice": {
        "sv": ("faktura {invoice} på {n} kr", "OCR {invoice}", "elräkningen, fakturanummer {invoice}"),
        "en": ("invoice {invoice} of {n} kr", "the bill {invoice}"),
        "ar": ("فاتورة الكهرباء {invoice}",),
        "so": ("biilka {invoice} waa {n} kr",),
        "uk": ("рахунок за світло {invoice}",),
    },
    "address": {
        "sv": ("Exempelgatan {few}, {post} Trelleborg", "lägenhet {apartment}, portkod {few}{few}"),
        "en": ("I live at Exempelgatan {few}, {post}",),
        "ar": ("عنواني Exempelgatan {few}, {post}",),
        "so": ("waxaan deggenahay Exempelgatan {few}, {post}",),
        "uk": ("адреса Exempelgatan {few}, {post}",),
    },
    "several": {
        "sv": ("{few} barn, hyra {n}, el {n}, inflyttad {day}, ring {phone}",),
        "en": ("{few} children, rent {n}, power {n}, since {day}, call {phone}",),
        "ar": ("{few} أطفال، الإيجار {n}، الكهرباء {n}",),
        "so": ("{few} carruur ah, kirada {n}, korontada {n}",),
        "uk": ("{few} дітей, оренда {n}, світло {n}, з {day}",),
    },
}
ASKED: Mapping[str, Sequence[Kind[Any] | None]] = {
    "rent": (Kronor(), None),
    "account": (Kronor(), None),
    "day": (Day("birth"), Words(), None),
    "time": (Day(), None),
    "telephone, asked for": (TelephoneNumber(),),
    "several": (Words(), None, Number(0, 31)),
}
SECRETS: Mapping[str, str] = {
    "sv": "jag heter Kim, {secret}, hyran är {n} kr",
    "en": "my name is Kim {secret} and the rent is {n}",
    "ar": "اسمي كيم {secret} والإيجار {n}",
    "so": "magacaygu waa Kim {secret}, kirada {n}",
    "uk": "мене звати Кім {secret}, оренда {n}",
}


@dataclass
class Maker:
    """Makes messages: the same ones for the same seed."""

    chance: random.Random

    def message(self) -> tuple[str, str, Kind[Any] | None]:
        """What it is about, its words, and the kind of the question that is open."""
        about = self.chance.choice(list(TEMPLATES))
        language = self.chance.choice(list(TEMPLATES[about]))
        words = self._filled(self.chance.choice(TEMPLATES[about][language]))
        return about, self._in_figures(words, language), self.chance.choice(ASKED.get(about, (None,)))

    def secret(self, number: str, language: str) -> str:
        return self._in_figures(self._filled(SECRETS[language].replace("{secret}", number)), language)

    def _in_figures(self, words: str, language: str) -> str:
        return words.translate(EASTERN) if language == "ar" and self.chance.random() < 0.5 else words

    def _filled(self, template: str) -> str:
        makers: Mapping[str, Callable[[], str]] = {
            "n": self._sum,
            "day": self._day,
            "time": self._time,
            "phone": self._phone,
            "case": self._case,
            "invoice": lambda: str(self.chance.randrange(10**6, 10**11)),
            "few": lambda: str(self.chance.randrange(1, 60)),
            "post": lambda: f"{self.chance.randrange(100, 985)} {self.chance.randrange(10, 99)}",
            "apartment": lambda: f"1{self.chance.randrange(0, 9)}0{self.chance.randrange(1, 9)}",
        }
        for name, make in makers.items():
            while f"{{{name}}}" in template:
                template = template.replace(f"{{{name}}}", make(), 1)
        return template

    def _sum(self) -> str:
        much = self.chance.choice((self.chance.randrange(100, 20_000), self.chance.randrange(1000, 1_500_000)))
        written = (f"{much}", f"{much:,}".replace(",", " "), f"{much:,}".replace(",", "."), f"{much}:-", f"{much},50")
        return self.chance.choice(written)

    def _day(self) -> str:
        day = date(1940, 1, 1) + timedelta(days=self.chance.randrange(32_000))
        shapes = ("%Y-%m-%d", "%Y%m%d", "%y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%Y %m %d", "%d-%m-%y")
        return day.strftime(self.chance.choice(shapes))

    def _time(self) -> str:
        hour, minute = self.chance.randrange(8, 17), self.chance.choice((0, 15, 30, 45))
        return self.chance.choice((f"{hour}.{minute:02}", f"{hour:02}:{minute:02}", f"{hour:02}{minute:02}", f"{hour}"))

    def _phone(self) -> str:
        ten = f"07{self.chance.choice('02369')}{self.chance.randrange(10**7):07}"
        return self.chance.choice(
            (
                ten,
                f"{ten[:3]}-{ten[3:6]} {ten[6:8]} {ten[8:]}",
                f"{ten[:3]}-{ten[3:]}",
                f"{ten[:3]} {ten[3:6]} {ten[6:]}",
                f"+46{ten[1:]}",
                f"+46 {ten[1:3]} {ten[3:6]} {ten[6:8]} {ten[8:]}",
                f"0046{ten[1:]}",
            )
        )

    def _case(self) -> str:
        year, number = self.chance.randrange(2019, 2027), self.chance.randrange(10**6)
        return self.chance.choice(
            (f"{year}-{number:06}", f"SN {year}/{number % 10**4}", f"{number:06}", f"{year}{number:06}")
        )


def measure(messages: int, seed: int = 1) -> tuple[Counter[str], Counter[str], float]:
    """How many were made and how many were taken for a secret, by what they are about; seconds for one."""
    maker = Maker(random.Random(seed))  # noqa: S311  # the same messages each time
    made: Counter[str] = Counter()
    false: Counter[str] = Counter()
    spent = 0.0
    for _ in range(messages):
        about, words, asked = maker.message()
        began = time.perf_counter()
        found = divert(words, asked).found
        spent += time.perf_counter() - began
        made[about] += 1
        false[about] += bool(found)
    return made, false, spent / messages


def missed(seed: int = 1) -> tuple[int, int]:
    """Of the official test identities, each in a sentence of every language: how many were missed, and of how many."""
    maker = Maker(random.Random(seed))  # noqa: S311  # as above
    known = json.loads(IDENTITIES.read_text("utf-8"))
    numbers = [*known["personnummer"], *known["samordningsnummer"]]
    said = [
        maker.secret(shape, language)
        for one in numbers
        for shape in (one, f"{one[2:8]}-{one[8:]}")
        for language in SECRETS
    ]
    return sum(not divert(words, None).found for words in said), len(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    given = parser.parse_args()
    made, false, each = measure(given.messages)
    for about in TEMPLATES:
        share = false[about] / made[about] if made[about] else 0.0
        print(f"diverter: {about}: {false[about]} of {made[about]} taken for a secret, {share:.2%}")
    lost, of = missed()
    print(f"diverter: {sum(false.values())} false alarms in {given.messages} messages; {each * 1e6:.0f} µs each")
    print(f"diverter: {lost} of {of} sentences with a test identity missed")


if __name__ == "__main__":
    main()
