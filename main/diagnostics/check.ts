/** What one check found: `note` is worth saying but stops nobody. */
export interface Finding {
  readonly verdict: 'good' | 'note' | 'bad';
  readonly sentence: string;
  /** What to do about it, one step each. */
  readonly steps?: readonly string[];
}

export interface Check {
  readonly name: string;
  run(): Promise<Finding>;
}

export interface Report {
  readonly name: string;
  readonly finding: Finding;
}

/** Runs every check; one that fails by itself is a bad finding, not the end. */
export async function runChecks(checks: readonly Check[]): Promise<readonly Report[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        return { name, finding: await run() };
      } catch (error) {
        return {
          name,
          finding: {
            verdict: 'bad' as const,
            sentence: `The check itself failed: ${(error as Error).message}`,
          },
        };
      }
    }),
  );
}

const marks = { good: '✓', note: '·', bad: '✗' } as const;

export function printReport(reports: readonly Report[]): string {
  const lines = reports.flatMap(({ name, finding }) => [
    `${marks[finding.verdict]} ${name}: ${finding.sentence}`,
    ...(finding.steps ?? []).map((step, index) => `    ${index + 1}. ${step}`),
  ]);
  const bad = reports.filter(({ finding }) => finding.verdict === 'bad').length;
  const end =
    bad === 0
      ? 'Everything that is needed is here.'
      : `${bad} of ${reports.length} ${bad === 1 ? 'needs' : 'need'} attention.`;
  return `${lines.join('\n')}\n\n${end}\n`;
}
