import { describe, expect, it } from 'vitest';
import { type PacedRequest, Pacing } from './pacing.ts';

function small(identity: string, subject = identity): PacedRequest {
  return { identity, subject, barSeconds: 5, bidAsk: false };
}

describe('pacing of historical requests', () => {
  it('serves 60 small-bar requests in ten minutes and refuses the next until one is old', () => {
    const pacing = new Pacing();
    for (let i = 0; i < 60; i++) {
      expect(pacing.ask(small(`a${i}`), i * 1000).kind).toBe('serve');
    }
    expect(pacing.ask(small('b'), 60_000).kind).toBe('violation');
    expect(pacing.ask(small('c'), 602_001).kind).toBe('serve');
  });

  it('counts BID_ASK twice', () => {
    const pacing = new Pacing();
    const twice = (i: number): PacedRequest => ({ ...small(`x${i}`), bidAsk: true });
    for (let i = 0; i < 30; i++) expect(pacing.ask(twice(i), i * 1000).kind).toBe('serve');
    expect(pacing.ask(twice(30), 30_000).kind).toBe('violation');
  });

  it('refuses the sixth request for one contract in two seconds, not the sixth of six', () => {
    const pacing = new Pacing();
    for (let i = 0; i < 5; i++) {
      expect(pacing.ask(small(`one${i}`, 'AAPL'), 10).kind).toBe('serve');
    }
    expect(pacing.ask(small('one5', 'AAPL'), 10).kind).toBe('violation');
    expect(pacing.ask(small('other', 'MSFT'), 10).kind).toBe('serve');
    expect(pacing.ask(small('one6', 'AAPL'), 2011).kind).toBe('serve');
  });

  it('refuses an identical request within 15 seconds', () => {
    const pacing = new Pacing();
    expect(pacing.ask(small('same'), 0).kind).toBe('serve');
    expect(pacing.ask(small('same'), 14_999).kind).toBe('violation');
    expect(pacing.ask(small('same'), 30_000).kind).toBe('serve');
  });

  it('slows bars of a minute and more above 60 in ten minutes, and cuts off far above', () => {
    const pacing = new Pacing();
    const large: PacedRequest = { ...small('same'), barSeconds: 60 };
    for (let i = 0; i < 60; i++) {
      expect(pacing.ask(large, i)).toEqual({ kind: 'serve', delayMs: 0 });
    }
    expect(pacing.ask(large, 60)).toEqual({ kind: 'serve', delayMs: 1000 });
    for (let i = 61; i < 240; i++) pacing.ask(large, i);
    expect(pacing.ask(large, 240).kind).toBe('disconnect');
  });
});
