export type Verdict = { result: 'ok' | 'FAILED' | 'not reached'; note: string };

type Audit = {
  vulnerabilities?: Record<string, { severity: string; range: string }>;
  metadata?: { vulnerabilities?: Record<string, number> };
  message?: string;
};
type Signatures = { invalid?: Signed[]; missing?: Signed[]; error?: { summary?: string } };
type Signed = { name: string; version: string };

/** Of the output of `npm audit --json`, version 2 of its report. */
export function readVulnerabilities(output: string): Verdict {
  const report = parse<Audit>(output);
  if (!report?.vulnerabilities || !report.metadata?.vulnerabilities)
    return { result: 'not reached', note: firstLine(report?.message ?? output) };
  const grave = Object.entries(report.vulnerabilities)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(([name, { severity, range }]) => `${name} ${range} (${severity})`);
  if (grave.length > 0) return { result: 'FAILED', note: grave.join(', ') };
  const { total = 0 } = report.metadata.vulnerabilities;
  return { result: 'ok', note: total === 0 ? 'none at all' : `none; ${total} of less weight` };
}

/** Of the output of `npm audit signatures --json`. A package without a signature is no fault of ours, a wrong one is. */
export function readSignatures(output: string): Verdict {
  const report = parse<Signatures>(output);
  if (!report?.invalid) return { result: 'not reached', note: firstLine(report?.error?.summary ?? output) };
  if (report.invalid.length > 0)
    return {
      result: 'FAILED',
      note: report.invalid.map(({ name, version }) => `${name}@${version}`).join(', '),
    };
  const missing = report.missing?.length ?? 0;
  return { result: 'ok', note: missing === 0 ? 'all right' : `all right; ${missing} packages have none` };
}

function parse<T>(output: string): T | undefined {
  try {
    return JSON.parse(output) as T;
  } catch {
    return undefined;
  }
}

/** Without addresses: the registry is the machine's matter. */
function firstLine(output: string): string {
  const line = output.trim().split('\n')[0] ?? '';
  return (
    line
      .replaceAll(/https?:\/\/\S+/g, '')
      .trim()
      .slice(0, 200) || 'no answer'
  );
}
