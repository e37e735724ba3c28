// Writes calendars.json: what ICU, as Node.js has it, says of every 17th day. Run: node tests/data/calendars.mjs
import { writeFileSync } from "node:fs";

const DAY = 86_400_000, EVERY = 17, FIRST = Date.UTC(1990, 0, 1), DAYS = 130 * 365;
const by = Object.fromEntries(["persian", "ethiopic"].map((calendar) => [calendar, new Intl.DateTimeFormat(
  `en-u-ca-${calendar}-nu-latn`, { timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric" })]));
const counted = (calendar, day) => {
  const parts = Object.fromEntries(by[calendar].formatToParts(day).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
};
const days = {};
for (let passed = 0; passed < DAYS; passed += EVERY) {
  const day = new Date(FIRST + passed * DAY);
  days[day.toISOString().slice(0, 10)] = [counted("persian", day), counted("ethiopic", day)];
}
const lines = Object.entries(days).map(([day, two]) => `  "${day}": ${JSON.stringify(two)}`);
const source = `ICU ${process.versions.icu}, CLDR ${process.versions.cldr}, by Intl.DateTimeFormat of Node.js ${process.version}`;
const file = new URL("calendars.json", import.meta.url);
writeFileSync(file, `{\n "source": ${JSON.stringify(source)},\n "days": {\n${lines.join(",\n")}\n }\n}\n`);
