import { describe, expect, it } from 'vitest';
import { AnswerTable } from './answer-table.ts';

const frame = {
  before: '"what stands before"',
  afterFresh: '"and what behind"',
  afterStale: '"or behind a stale one"',
};
const lastFresh = 1000;

function answerFor(name: string, filling = 20): string {
  return `${'1'.repeat(filling)},"volume":1,"ticker":"${name}"`;
}

/** A table that knows so many names, with what it takes to write an answer for one of them. */
function tableOf(names: readonly string[]): { table: AnswerTable; write: typeof write } {
  const table = new AnswerTable(frame);
  const numbers = new Map(names.map((name) => [name, table.add(Buffer.from(name))]));
  function write(name: string, text: string): void {
    table.write(numbers.get(name) as number, text, lastFresh, 0);
  }
  return { table, write };
}

function find(table: AnswerTable, name: string, now = 0): string | undefined {
  const bytes = Buffer.from(name);
  if (!table.find(bytes, 0, bytes.length, now)) return undefined;
  return piece(table, table.from, table.to);
}

function piece({ texts }: AnswerTable, from: number, to: number): string {
  return Buffer.from(texts.buffer).toString('latin1', from, to);
}

describe('the table of answers', () => {
  const names = Array.from({ length: 600 }, (_, i) => `N${i}`);

  it('tells what stands before and behind an answer, fresh or stale', () => {
    const { table, write } = tableOf(['A']);
    write('A', answerFor('A'));
    expect(piece(table, table.beforeFrom, table.beforeTo)).toBe(frame.before);
    expect(piece(table, table.afterFrom, table.afterTo)).toBe(frame.afterFresh);
    expect(find(table, 'A', lastFresh)).toBe(answerFor('A'));
    expect(piece(table, table.afterFrom, table.afterTo)).toBe(frame.afterFresh);
    expect(find(table, 'A', lastFresh + 1)).toBe(answerFor('A'));
    expect(piece(table, table.afterFrom, table.afterTo)).toBe(frame.afterStale);
  });

  it('keeps the others findable while one is forgotten or written anew', () => {
    const { table, write } = tableOf(names);
    for (const name of names) write(name, answerFor(name));
    for (const [i, name] of names.entries()) {
      if (i % 3 === 0) table.forget(i);
      if (i % 3 === 1) write(name, answerFor(name, 60));
    }
    for (const [i, name] of names.entries()) {
      const expected = i % 3 === 1 ? answerFor(name, 60) : answerFor(name);
      expect(find(table, name)).toBe(i % 3 === 0 ? undefined : expected);
    }
  });

  it('drops all answers for the first that is longer than usual, and takes them all again', () => {
    const { table, write } = tableOf(names);
    for (const name of names) write(name, answerFor(name));
    for (const filling of [150, 1000]) {
      write('N5', answerFor('N5', filling));
      expect(names.filter((name) => find(table, name) !== undefined)).toEqual(['N5']);
      for (const name of names) write(name, answerFor(name, filling));
      for (const name of names) expect(find(table, name)).toBe(answerFor(name, filling));
    }
  });

  it('takes names while it holds answers', () => {
    const table = new AnswerTable(frame);
    for (const name of names) {
      const number = table.add(Buffer.from(name));
      expect(find(table, name)).toBeUndefined();
      table.write(number, answerFor(name), lastFresh, 0);
      expect(find(table, name)).toBe(answerFor(name));
    }
  });

  it('takes no text that is too short to be copied', () => {
    const { write } = tableOf(['A']);
    expect(() => write('A', '1,"A"')).toThrow('Too short to be copied: 1,"A"');
    expect(() => new AnswerTable({ ...frame, before: '{' })).toThrow('Too short to be copied: {');
  });
});
