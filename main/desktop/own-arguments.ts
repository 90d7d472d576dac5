import { definition, keys } from '../config/settings.ts';

const takesValue = new Map<string, boolean>([
  ['config', true],
  ['help', false],
  ...keys.flatMap((key): [string, boolean][] => {
    const { option, flag } = definition(key);
    return option ? [[option, !flag]] : [];
  }),
]);

/**
 * What of Electron's command line is meant for Gatehouse. Electron's and Chromium's own switches
 * stand among it, more than anybody can list, and the path of the app; but a word that is nearly
 * one of ours is kept, so that a slip of the pen is refused rather than overlooked.
 */
export function ownArguments(argv: readonly string[], packaged: boolean): readonly string[] {
  const own: string[] = [];
  let appPathPassed = packaged;
  const rest = argv.slice(1);
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i] as string;
    if (arg === '-h') {
      own.push(arg);
    } else if (arg === '-r' || arg === '--require') {
      i++;
    } else if (arg.startsWith('--')) {
      const name = arg.slice(2).split('=')[0] as string;
      if (!meant(name)) continue;
      own.push(arg);
      const value = rest[i + 1];
      const separate = takesValue.get(name) === true && !arg.includes('=');
      if (separate && value !== undefined) {
        own.push(value);
        i++;
      }
    } else if (!arg.startsWith('-')) {
      // The first word is the app itself; macOS and files dropped on the icon may add others.
      if (appPathPassed && !packaged) own.push(arg);
      appPathPassed = true;
    }
  }
  return own;
}

function meant(name: string): boolean {
  const bare = name.replace(/^no-/, '');
  if (takesValue.has(name) || takesValue.has(bare)) return true;
  return [...takesValue.keys()].some((ours) => nearly(bare, ours));
}

/** One letter wrong, missing, too many, or two exchanged; too short a word says nothing. */
function nearly(a: string, b: string): boolean {
  if (b.length < 4 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const [midA, midB] = [a.slice(start, endA), b.slice(start, endB)];
  return (
    Math.max(midA.length, midB.length) <= 1 ||
    (midA.length === 2 && midA === [...midB].reverse().join(''))
  );
}
