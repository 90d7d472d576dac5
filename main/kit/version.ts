declare const __VERSION__: string | undefined;

/** Put in by the build; tests that run the source see the word instead. */
export const version = typeof __VERSION__ === 'string' ? __VERSION__ : 'source';
