/** Where a value came from, so that an error and the Settings screen can say it. */
export type Origin =
  | { readonly kind: 'option'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'dotenv'; readonly name: string; readonly file: string }
  | { readonly kind: 'window'; readonly file: string; readonly line: number }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'default' };

/** Whether it is said more strongly than in settings.yaml, which the window writes. */
export function outranksWindow({ kind }: Origin): boolean {
  return kind === 'option' || kind === 'environment' || kind === 'dotenv';
}

/** What holds again at the next start whatever the window changes; null where its changes stay. */
export function fixedBy(origin: Origin): string | null {
  return outranksWindow(origin) ? describeOrigin(origin) : null;
}

export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'option':
      return `option --${origin.name}`;
    case 'environment':
      return `environment variable ${origin.name}`;
    case 'dotenv':
      return `${origin.name} in ${origin.file}`;
    case 'window':
    case 'file':
      return `${origin.file}, line ${origin.line}`;
    case 'default':
      return 'the default';
  }
}
