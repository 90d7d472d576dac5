import { describe, expect, it } from 'vitest';
import { AnswerTable } from './answer-table.ts';

const never = Number.MAX_SAFE_INTEGER;

function answerFor(name: string, filling: number): string {
  return `,"price":${'1'.repeat(filling)},"ticker":"${name}","stale":false}}\n`;
}

function find(table: AnswerTable, name: string): string | undefined {
  const bytes = Buffer.from(name);
  if (!table.find(bytes, 0, bytes.length, 0)) return undefined;
  return Buffer.from(table.texts.buffer).toString('latin1', table.from, table.to);
}

describe('the table of answers', () => {
  it('drops all of them where there would be too many, and goes on with those written since', () => {
    const table = new AnswerTable(64 * 64);
    const names = Array.from({ length: 100 }, (_, i) => `T${i}`);
    const numbers = names.map((name) => table.add(Buffer.from(name)));
    const known = new Map<string, string>();
    for (let turn = 0; turn < 1000; turn++) {
      const i = (turn * 37) % names.length;
      const name = names[i] as string;
      const answer = answerFor(name, 1 + ((turn * 13) % 150));
      table.write(numbers[i] as number, answer, never);
      known.set(name, answer);
      expect(find(table, name)).toBe(answer);
      for (const [other, text] of known) expect([undefined, text]).toContain(find(table, other));
    }
    expect(names.filter((name) => find(table, name)).length).toBeGreaterThan(10);
    expect(table.texts.byteLength).toBeLessThanOrEqual(64 * 1024);
  });

  it('keeps the others findable while one is forgotten or moves', () => {
    const table = new AnswerTable();
    const names = Array.from({ length: 600 }, (_, i) => `N${i}`);
    const numbers = names.map((name) => table.add(Buffer.from(name)));
    for (const [i, name] of names.entries()) {
      table.write(numbers[i] as number, answerFor(name, 20), never);
    }
    for (const [i, name] of names.entries()) {
      if (i % 3 === 0) table.forget(numbers[i] as number);
      if (i % 3 === 1) table.write(numbers[i] as number, answerFor(name, 300), never);
    }
    for (const [i, name] of names.entries()) {
      const filling = i % 3 === 1 ? 300 : 20;
      expect(find(table, name)).toBe(i % 3 === 0 ? undefined : answerFor(name, filling));
    }
  });
});
