/** One line of the log as the window shows it. */
export interface LogLine {
  readonly seq: number;
  readonly at: number;
  readonly level: string;
  readonly service: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
