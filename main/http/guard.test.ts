import { describe, expect, it } from 'vitest';
import { type Asked, type GuardRules, judge } from './guard.ts';

const local: GuardRules = { allowedHosts: [], remote: false, token: null };
const asked = (changes: Partial<Asked> = {}): Asked => ({
  host: '127.0.0.1:8000',
  origin: undefined,
  token: undefined,
  open: false,
  ...changes,
});

describe('the guard', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', '[::1]:8000', 'LOCALHOST', '127.5.5.5'])(
    'answers to the loopback name %s',
    (host) => expect(judge(local, asked({ host }))).toBe('allowed'),
  );

  it.each([
    'evil.example:8000',
    '192.168.1.5:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1:8000@evil',
    '',
    undefined,
  ])('refuses the foreign Host %j', (host) =>
    expect(judge(local, asked({ host }))).toBe('foreign-host'),
  );

  it('answers to names that were allowed', () => {
    const rules = { ...local, allowedHosts: ['Host.Docker.Internal'] };
    expect(judge(rules, asked({ host: 'host.docker.internal:8000' }))).toBe('allowed');
  });

  it('lets its own page call it, and refuses pages of others', () => {
    const from = (origin: string) => judge(local, asked({ origin }));
    expect(from('http://127.0.0.1:8000')).toBe('allowed');
    expect(from('http://127.0.0.1:9000')).toBe('foreign-origin');
    expect(from('http://localhost:8000')).toBe('foreign-origin');
    expect(from('https://evil.example')).toBe('foreign-origin');
    expect(from('null')).toBe('foreign-origin');
    expect(from('file://')).toBe('foreign-origin');
  });

  it('asks for the token for everything but health when others can reach it', () => {
    const rules: GuardRules = { allowedHosts: [], remote: true, token: 'a-long-enough-token' };
    const host = '192.168.1.5:8000';
    expect(judge(rules, asked({ host }))).toBe('no-token');
    expect(judge(rules, asked({ host: 'localhost' }))).toBe('no-token');
    expect(judge(rules, asked({ host, token: 'a-long-enough-tokeN' }))).toBe('no-token');
    expect(judge(rules, asked({ host, token: 'a-long-enough-token-and' }))).toBe('no-token');
    expect(judge(rules, asked({ host, token: rules.token as string }))).toBe('allowed');
    expect(judge(rules, asked({ host, open: true }))).toBe('allowed');
  });

  it('still refuses names pointed at it from elsewhere when others can reach it', () => {
    const rules: GuardRules = { allowedHosts: [], remote: true, token: null };
    expect(judge(rules, asked({ host: 'rebound.example' }))).toBe('foreign-host');
  });
});
