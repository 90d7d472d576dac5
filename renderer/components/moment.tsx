import { Text } from '@mantine/core';

interface Props {
  readonly at: number;
  /** `clock` is the time of day with its milliseconds, `date` the day alone. */
  readonly as?: 'clock' | 'date';
}

/** A moment in the time zone of the one who looks; pointed at, it is told whole and in UTC. */
export function Moment({ at, as }: Props) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {written(new Date(at), as)}
    </time>
  );
}

/** Said once on a screen that shows moments. */
export function ZoneNote() {
  return (
    <Text size="xs" c="dimmed">
      times in {Intl.DateTimeFormat().resolvedOptions().timeZone}
    </Text>
  );
}

function written(moment: Date, as: Props['as']): string {
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('-');
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
  if (as === 'date') return day;
  if (as === 'clock') return `${time}.${String(moment.getMilliseconds()).padStart(3, '0')}`;
  return `${day} ${time}`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
