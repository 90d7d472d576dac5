const formats = new Map<string, Intl.DateTimeFormat>();
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Weekday (Sunday 0) and minute of the day as a wall clock in `timeZone` shows them. */
export function zonedTime(
  at: number,
  timeZone: string | undefined,
): { readonly weekday: number; readonly minute: number } {
  const key = timeZone ?? '';
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      ...(timeZone === undefined ? {} : { timeZone }),
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(key, format);
  }
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  return {
    weekday: weekdays.indexOf(parts.get('weekday') ?? 'Sun'),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}
