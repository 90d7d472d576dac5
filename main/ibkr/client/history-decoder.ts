import { firstOwnId, type RawBar } from './client-port.ts';

/** From this version on, message 17 has no version field and no gap flag. */
const layoutSince = 124;

/**
 * Reads message 17 (historical bars) of an own request. The library shifts one array element by
 * element, which for tens of thousands of bars blocks everything else for seconds.
 * Null when the frame is not for us or not as expected; the library then decides.
 */
export function decodeHistory(
  buffer: Buffer,
  start: number,
  end: number,
  serverVersion: number,
): { readonly id: number; readonly bars: readonly RawBar[] } | null {
  if (buffer[start] !== 49 || buffer[start + 1] !== 55 || buffer[start + 2] !== 0) return null;
  if (serverVersion < layoutSince || buffer[end - 1] !== 0) return null;
  const fields = buffer.toString('latin1', start + 3, end - 1).split('\0');
  const id = Number(fields[0]);
  const count = Number(fields[3]);
  if (!(id >= firstOwnId) || !Number.isInteger(count) || count < 0) return null;
  if (fields.length !== 4 + count * 8) return null;
  const bars: RawBar[] = new Array(count);
  for (let i = 0, at = 4; i < count; i++, at += 8) {
    bars[i] = {
      time: fields[at] as string,
      open: numberOf(fields[at + 1]),
      high: numberOf(fields[at + 2]),
      low: numberOf(fields[at + 3]),
      close: numberOf(fields[at + 4]),
      volume: numberOf(fields[at + 5]),
    };
  }
  return { id, bars };
}

function numberOf(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : Number.parseFloat(text.replaceAll(',', ''));
}
