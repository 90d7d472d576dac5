import { expect, it } from 'vitest';
import { fieldsText } from './log-line.ts';

it('says what is known and leaves out what is not', () => {
  const fields = { code: 2104, symbol: null, request: undefined, todo: ['wait'], peer: 'a:1' };
  expect(fieldsText(fields)).toBe('code=2104 todo=["wait"] peer=a:1');
});
