/** `skipped`: there is nothing to look at. Only `failed` makes the command fail. */
export type FindingStatus = 'ok' | 'warning' | 'failed' | 'skipped';

/** One line of the report. Holds no secret. `advice`: what to do, of what is not well. */
export type Finding = { check: string; status: FindingStatus; detail: string; advice?: string };

/** A check that has something to say of itself: nothing means that there is nothing to look at. */
export type Check = () => Promise<Finding[]>;

export function fine(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

export function skipped(check: string, detail: string): Finding {
  return { check, status: 'skipped', detail };
}

export function warning(check: string, detail: string, advice: string): Finding {
  return { check, status: 'warning', detail, advice };
}

export function failed(check: string, detail: string, advice: string): Finding {
  return { check, status: 'failed', detail, advice };
}

const labels: Readonly<Record<FindingStatus, string>> = {
  ok: 'ok',
  warning: 'WARNING',
  failed: 'FAILED',
  skipped: '-',
};

/** The report as people read it; each piece of advice stands below its finding. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, detail, advice }) => [
    `${labels[status].padEnd(8)} ${check.padEnd(width)}  ${detail}`,
    ...(advice === undefined ? [] : [`${' '.repeat(width + 11)}${advice}`]),
  ]);
  const count = (status: FindingStatus) => findings.filter((finding) => finding.status === status).length;
  return `${lines.join('\n')}\n\n${count('failed')} failed, ${count('warning')} warnings\n`;
}
