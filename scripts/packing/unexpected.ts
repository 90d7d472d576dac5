/** One file of the packed archive, by its path within. */
export interface Packed {
  readonly path: string;
  readonly bytes: number;
}

const own: readonly RegExp[] = [
  /^\/package\.json$/,
  /^\/LICENSE$/,
  /^\/out\/main\/(index|cli)\.js$/,
  /^\/out\/main\/parts\/[\w.-]+\.js$/,
  /^\/out\/preload\/index\.cjs$/,
  /^\/out\/renderer\/index\.html$/,
  /^\/out\/renderer\/icon\.svg$/,
  /^\/out\/renderer\/assets\/[\w.-]+\.(js|css|woff2|svg|png)$/,
];

/** Never meant for a person's machine, wherever it lies. */
const never: readonly RegExp[] = [
  /\.map$/,
  /(^|\/)\.env/,
  /(^|\/)\.(git|github|vscode|idea)(\/|$)/,
  /\.(pem|key|p12|pfx)$/,
  /(^|\/)(token|lease\.json|window\.json)$/,
  /\.(test|spec|proof)\.[cm]?[jt]s$/,
  /^\/node_modules\/(electron|vite|vitest|typescript|playwright[^/]*|@biomejs)\//,
];

/** Which of the packed files nobody asked for: of ours by name, of others' by package. */
export function unexpected(
  files: readonly Packed[],
  packages: ReadonlySet<string>,
): readonly string[] {
  return files.flatMap(({ path }) => {
    if (never.some((pattern) => pattern.test(path))) return [`${path}: must never be packed`];
    const name = packageOf(path);
    if (name !== null) return packages.has(name) ? [] : [`${path}: ${name} is not needed to run`];
    return own.some((pattern) => pattern.test(path)) ? [] : [`${path}: nobody asked for it`];
  });
}

/** The innermost package a path lies in. */
export function packageOf(path: string): string | null {
  const at = path.lastIndexOf('/node_modules/');
  if (at === -1) return null;
  const [first = '', second = ''] = path.slice(at + '/node_modules/'.length).split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly peer?: boolean }>>;
}

/** Every package that running needs, as the lock file knows them. */
export function runtimePackages(lock: Lock): ReadonlySet<string> {
  const names = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => packageOf(`/${path}`))
    .filter((name) => name !== null);
  return new Set(names);
}
