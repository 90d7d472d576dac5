import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { SettingView } from '../../shared/settings.ts';
import { type Config, whatIsWrong } from '../config/load.ts';
import { describeOrigin, outranksWindow } from '../config/origin.ts';
import { definition, isKey, type Key, keys } from '../config/settings.ts';
import { saveSetting } from '../config/settings-file.ts';

/** Keys that settings.yaml cannot hold: they decide where it lies or what may reach us, or go with another key. */
const notFromHere: ReadonlySet<Key> = new Set([
  ...(['data_dir', 'demo', 'lightweight', 'allow_remote'] as const),
  ...(['http.tls_cert', 'http.tls_key'] as const),
]);

/** Files without which the program would not start the next time. */
const mustExist: ReadonlySet<Key> = new Set(['history.calendars']);

/** What the Settings screen reads and changes. */
export class SettingsDesk {
  readonly #config: Config;
  readonly #file: string;
  readonly #apply: (key: Key, value: unknown) => void;
  readonly #saved = new Map<Key, unknown>();

  /** `apply` is called for values that take effect at once. */
  constructor(config: Config, apply: (key: Key, value: unknown) => void) {
    this.#config = config;
    this.#file = path.join(config.dataDir, 'settings.yaml');
    this.#apply = apply;
  }

  list(): readonly SettingView[] {
    return keys.map((key) => this.#view(key));
  }

  set(key: string, raw: unknown): Result<SettingView> {
    if (!isKey(key)) return refused('NOT_FOUND', `There is no setting "${key}".`);
    if (!this.#editable(key)) {
      const from = describeOrigin(this.#config.origins[key]);
      return notFromHere.has(key)
        ? refused('REFUSED', `${key} cannot be changed here.`, 'Give it when the program starts.')
        : refused('REFUSED', `${key} comes from the ${from}, which wins.`, 'Change it there.');
    }
    const parsed = definition(key).schema.safeParse(raw);
    if (!parsed.success) {
      return refused('BAD_INPUT', `${key} ${whatIsWrong(parsed.error)}.`);
    }
    const unreadable = mustExist.has(key) && this.#cannotRead(parsed.data);
    if (unreadable) return refused('BAD_INPUT', `${key}: ${unreadable}.`);
    saveSetting(this.#file, key, parsed.data);
    this.#saved.set(key, parsed.data);
    if (definition(key).applies === 'live') this.#apply(key, parsed.data);
    return ok(this.#view(key));
  }

  #cannotRead(file: unknown): string | false {
    if (typeof file !== 'string') return false;
    try {
      accessSync(path.resolve(this.#config.dataDir, file), constants.R_OK);
      return false;
    } catch (error) {
      return `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
  }

  #editable(key: Key): boolean {
    return !notFromHere.has(key) && !outranksWindow(this.#config.origins[key]);
  }

  #view(key: Key): SettingView {
    const { help, shape, default: otherwise, applies } = definition(key);
    const saved = this.#saved.has(key);
    const live = applies === 'live';
    const value = saved && live ? this.#saved.get(key) : this.#config.values[key];
    return {
      key,
      help,
      shape,
      value,
      default: otherwise,
      origin: saved && live ? 'settings.yaml' : describeOrigin(this.#config.origins[key]),
      editable: this.#editable(key),
      pending: saved && !live ? this.#saved.get(key) : null,
      needsRestart: saved && !live,
    };
  }
}
