import { type Log, silentLog } from '../../kit/log.ts';

/** Keeps what is told to people: warnings and what is worse. */
export function tellingLog(): Log & { readonly told: readonly string[] } {
  const told: string[] = [];
  const tell = (fields: object, message: string) =>
    void told.push(`${message} ${JSON.stringify(fields)}`);
  return { ...silentLog, warn: tell, error: tell, told };
}
