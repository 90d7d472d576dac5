/** One key of the configuration as the Settings screen shows it. */
export interface SettingView {
  readonly key: string;
  readonly help: string;
  /** What a value looks like. */
  readonly shape: string;
  readonly value: unknown;
  readonly default: unknown;
  /** Where the value came from, in words. */
  readonly origin: string;
  /** False where an option or the environment says it, which the window cannot overrule. */
  readonly editable: boolean;
  /** What was saved and takes effect at the next start. */
  readonly pending: unknown;
  readonly needsRestart: boolean;
}
