/** A way to spoil the built app, and the spec that must notice. */
export interface Mutant {
  readonly what: string;
  readonly file: 'main' | 'preload';
  readonly changes: readonly (readonly [find: RegExp, put: string])[];
  readonly caughtBy: string;
}

const bridgeSpec = 'the page is given call, subscribe and platform, and nothing else';
const policySpec = 'the policy of the page is exactly the one that was decided';

export const mutants: readonly Mutant[] = [
  {
    what: 'context isolation is off',
    file: 'main',
    changes: [[/contextIsolation: true/, 'contextIsolation: false']],
    caughtBy: bridgeSpec,
  },
  {
    what: 'the bridge has one more function',
    file: 'preload',
    changes: [[/call: \(name, input\)/, 'peek: () => 1, call: (name, input)']],
    caughtBy: bridgeSpec,
  },
  {
    what: 'the page is given one more object',
    file: 'preload',
    changes: [
      [
        /(\w*\.?contextBridge)\.exposeInMainWorld/,
        '$1.exposeInMainWorld("debug", {}), $1.exposeInMainWorld',
      ],
    ],
    caughtBy: bridgeSpec,
  },
  {
    what: 'the main process listens on a second channel',
    file: 'main',
    changes: [[/ipc\.on\(stateChannel/, 'ipc.handle("debug", () => 1), ipc.on(stateChannel']],
    caughtBy: 'the main process listens on one channel for commands and one for state',
  },
  {
    what: 'the policy lets inline scripts run',
    file: 'main',
    changes: [[/script-src 'self'/, "script-src 'self' 'unsafe-inline'"]],
    caughtBy: policySpec,
  },
  {
    what: 'the policy is not sent',
    file: 'main',
    changes: [[/['"]content-security-policy['"]: policy/, '"x-policy": policy']],
    caughtBy: 'the policy holds: nothing foreign, inline or made of text runs or loads',
  },
  {
    what: 'the sender is not checked',
    file: 'main',
    changes: [
      [/if \(window === null \|\| sender !== window\) return false;/, ''],
      [
        /return senderFrame !== null && senderFrame\.parent === null && isOwn\(senderFrame\.url\)/,
        'return true',
      ],
    ],
    caughtBy: 'a page of a foreign origin has its messages refused',
  },
  {
    what: 'the page may go elsewhere',
    file: 'main',
    changes: [[/event\.preventDefault\(\);\s*log\.warn/, 'log.warn']],
    caughtBy: 'the page cannot be moved away, nor open windows, nor be given permissions',
  },
  {
    what: 'the page is given every permission',
    file: 'main',
    changes: [
      [/return permission === ['"]clipboard-sanitized-write['"] && isOwn\(url\)/, 'return true'],
    ],
    caughtBy: 'the page cannot be moved away, nor open windows, nor be given permissions',
  },
  {
    what: 'a path may lead out of the folder',
    file: 'main',
    changes: [
      [
        /inside === ['"]{2} \|\| inside === ['"]\.\.['"] \|\| inside\.startsWith\(`\.\.\$\{path\.sep\}`\)/,
        'false',
      ],
    ],
    caughtBy: 'no path leads out of the window’s files',
  },
];
