import path from 'node:path';
import type { Project } from '@playwright/test';
import { findRuntime, root } from './runtime.ts';

/** The desktop specs, named by what they run on; on the double also the tests of the double itself. */
export function desktopProjects(): Project[] {
  const runtime = findRuntime();
  const desktop: Project = {
    name: `desktop on ${runtime.name}`,
    testDir: path.join(root, 'e2e/desktop'),
  };
  const double: Project = {
    name: 'electron-double',
    testDir: path.join(root, 'e2e/electron-double'),
  };
  return runtime.kind === 'double' ? [double, desktop] : [desktop];
}
