const TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(?:Z|[+-](\d\d):?(\d\d))?$/;

/** Whether pydantic reads a text as a time and keeps all of it: ISO 8601 with up to six digits of a second. */
export function isPythonTime(text: string): boolean {
  const parts = TIME.exec(text);
  if (parts === null) return false;
  const [year, month, day, hour, minute, second, zoneHour, zoneMinute] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < 1 || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return false;
  // Years below 100 would be of the 20th century: the days of a month are those of 400 years later.
  const date = new Date(Date.UTC(year + 400, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const PYTHON = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/;

/** The text of Python's `str(datetime)`, which Kura's Parquet has, in the ISO form of its JSONL. Any other text as it is. */
export function isoTime(text: string): string {
  const parts = PYTHON.exec(text);
  if (parts === null) return text;
  const [, date, time, zone = ''] = parts;
  return `${date}T${time}${zone === '+00:00' ? 'Z' : zone}`;
}
