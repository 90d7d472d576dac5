/** Old TWS versions name a zone by abbreviation or with its English name, which Intl does not know. */
const abbreviations: ReadonlyMap<string, string> = new Map([
  // Intl takes these for offsets that are fixed all year; the exchange's clock is not.
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['EST5EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['CST6CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
  ['GMT', 'Europe/London'],
  ['BST', 'Europe/London'],
  ['GB-EIRE', 'Europe/London'],
  ['MET', 'Europe/Berlin'],
  ['CET', 'Europe/Berlin'],
  ['CEST', 'Europe/Berlin'],
  ['JST', 'Asia/Tokyo'],
  ['JAPAN', 'Asia/Tokyo'],
  ['HKT', 'Asia/Hong_Kong'],
  ['HONGKONG', 'Asia/Hong_Kong'],
  ['AUSTRALIA/NSW', 'Australia/Sydney'],
  ['ISRAEL', 'Asia/Jerusalem'],
]);

/** The IANA name of a zone as IBKR writes it; undefined when it means nothing to Intl either. */
export function ianaZone(text: string): string | undefined {
  // `EST (Eastern Standard Time)` is the abbreviation with its meaning behind it.
  const name = text.replace(/\(.*$/, '').trim();
  if (name === '') return undefined;
  const known = abbreviations.get(name.toUpperCase());
  if (known !== undefined) return known;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
