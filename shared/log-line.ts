/** One line of the log as the window shows it. */
export interface LogLine {
  readonly seq: number;
  readonly at: number;
  readonly level: string;
  readonly service: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The fields behind a line, as a person reads them; what is not known is not said. */
export function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
