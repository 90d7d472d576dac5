/** The one line on standard output, once everything that must listen does. */
export interface ReadyLine {
  readonly event: 'ready';
  readonly version: string;
  readonly pid: number;
  readonly mode: 'headless' | 'desktop';
  readonly ndjson: { readonly host: string; readonly port: number };
  readonly http: { readonly host: string; readonly port: number };
  readonly forward: {
    readonly host: string;
    readonly port: number;
    readonly policy: 'open' | 'reserved';
  } | null;
  readonly shm: { readonly dictionary: string; readonly columnar: string } | null;
  readonly ib: {
    readonly host: string;
    readonly port: number;
    readonly clientId: number;
    readonly demo: boolean;
    readonly lightweight: boolean;
  };
  readonly dataDir: string;
}
