import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviceFor, advisedCodes } from '../../shared/advice/index.ts';
import type { ConnectionReason } from '../../shared/connection.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the documents', () => {
  it('explain every code in the words the program uses', () => {
    const text = read('errors.md');
    for (const code of advisedCodes) {
      const { meaning, effect, todo } = adviceFor(code, 'pacing violation');
      const heading = new RegExp(`^### ${code}\\b`, 'm');
      expect(text, String(code)).toMatch(heading);
      for (const sentence of [meaning, effect, ...todo]) expect(text).toContain(sentence);
    }
  });

  it('explain every reason that needs explaining', () => {
    const text = read('troubleshooting.md');
    const reasons: readonly ConnectionReason[] = [
      ...(['refused', 'unreachable', 'mute', 'handshake-timeout', 'rejected'] as const),
      ...(['client-id-in-use', 'client-ids-used-up', 'wrong-account', 'half-open'] as const),
      ...(['link-lost', 'scheduled-restart', 'weekly-login', 'data-dead', 'reserved'] as const),
    ];
    for (const reason of reasons) expect(text).toContain(`\`${reason}\``);
  });
});
