import { describe, expect, it } from 'vitest';
import { isOwn } from './origin.ts';
import { isTrusted } from './sender.ts';

const window = { name: 'the window' };
const page = { url: 'app://gatehouse/index.html', parent: null };

describe('a message from a page', () => {
  it('is trusted from the window’s own top frame', () => {
    expect(isTrusted({ sender: window, senderFrame: page }, window)).toBe(true);
  });

  it.each([
    ['another window', { sender: {}, senderFrame: page }],
    ['a frame within the page', { sender: window, senderFrame: { ...page, parent: page } }],
    ['a frame that is gone', { sender: window, senderFrame: null }],
    [
      'a foreign origin',
      { sender: window, senderFrame: { ...page, url: 'https://evil.example/' } },
    ],
    [
      'another host of the scheme',
      { sender: window, senderFrame: { ...page, url: 'app://evil/' } },
    ],
    ['an empty page', { sender: window, senderFrame: { ...page, url: 'about:blank' } }],
  ])('is refused from %s', (_who, event) => {
    expect(isTrusted(event, window)).toBe(false);
  });

  it('is refused while there is no window', () => {
    expect(isTrusted({ sender: null, senderFrame: page }, null)).toBe(false);
  });
});

describe('an address of our own', () => {
  it.each([
    'app://gatehouse.evil/',
    'app://gatehouse@evil/',
    'app://evil/?app://gatehouse/',
    'app:gatehouse',
    'appx://gatehouse/',
    'https://gatehouse/',
    'file:///gatehouse',
    'data:text/html,app://gatehouse/',
    'javascript:app://gatehouse/',
    'blob:app://gatehouse/1',
    '',
  ])('is not %s', (url) => {
    expect(isOwn(url)).toBe(false);
  });
});
