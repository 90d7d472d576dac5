/** What went wrong, in a form a person and a program can both use. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** What to do next. */
  readonly advice?: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Fault };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refused(code: string, message: string, advice?: string): Result<never> {
  return { ok: false, error: advice === undefined ? { code, message } : { code, message, advice } };
}
