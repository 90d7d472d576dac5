import { maxDepth } from '../request-scanner.ts';

/** What an answer must be, as a plain JSON parser sees the request: slow, and nothing like the scanner. */
export type Expected =
  | {
      readonly kind: 'error';
      readonly id: unknown;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'request'; readonly id: unknown; readonly type: unknown };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const malformed = {
  kind: 'error',
  id: null,
  code: 'BAD_REQUEST',
  message: 'Malformed JSON',
} as const;

export function expectedOf(
  line: Buffer,
  maxLineBytes: number,
  types: ReadonlySet<string>,
): Expected {
  if (line.length + 1 > maxLineBytes) return { ...malformed, message: 'Line too long' };
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(line));
  } catch {
    return malformed;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return malformed;
  if (Object.values(value).some((field) => depth(field) > maxDepth)) return malformed;
  const field = (name: string): unknown =>
    Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  const id = field('id') ?? null;
  const missing = [
    ...(field('v') === 1 ? [] : ['v']),
    ...(id === null ? ['id'] : []),
    ...(field('type') === undefined ? ['type'] : []),
  ];
  if (missing.length > 0) {
    const message = `Missing required fields: ${missing.join(', ')}`;
    return { kind: 'error', id, code: 'BAD_REQUEST', message };
  }
  const type = field('type');
  if (typeof type !== 'string' || !types.has(type)) {
    return { kind: 'error', id, code: 'BAD_REQUEST', message: 'Unknown request type' };
  }
  return { kind: 'request', id, type };
}

function depth(value: unknown): number {
  let level: unknown[] = [value];
  for (let deep = 0; ; deep++) {
    const inner = level.filter((one) => typeof one === 'object' && one !== null);
    if (inner.length === 0) return deep;
    level = inner.flatMap((one) => Object.values(one as object));
  }
}
