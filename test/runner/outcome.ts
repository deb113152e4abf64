/** One finished test or suite, as the reporter of ours writes it down. */
export type TestRecord = {
  /** The suites around it and its own name, joined by ` > `. */
  name: string;
  /** Absolute path. */
  file: string;
  isSuite: boolean;
  hasPassed: boolean;
  durationMs: number;
  /** The reason where one was given, true where not, false where the test ran. */
  skip: string | boolean;
  /** A suite that failed for no fault of its own. */
  hasOnlyFailedBelow: boolean;
};

/** `npm test`, `npm run test:faults` or `npm run test:containers`. */
export type RunName = 'tests' | 'faults' | 'containers';

/** What a test needs of the machine, or of who runs it there. */
export type Need =
  | 'Linux'
  | 'another user than root'
  | 'azurite'
  | 'chromium'
  | 'clamd'
  | 'docker'
  | 'history'
  | 'postgresql-client'
  | 'prometheus'
  | 'prometheus-alertmanager'
  | 'ps'
  | 'python3'
  | 'python3-venv'
  | 'redis-server'
  | 'root';

/** One entry of `test/skips.json`: a test that may be skipped, where and why. */
export type AllowedSkip = {
  /** Full name: suites and test joined by ` > `. */
  test: string;
  reason: string;
  /** All of them. What is installed for a run is held against them by `checks/workflow-needs.ts`. */
  needs: readonly Need[];
  /**
   * False: a run with CI_STRICT=1 has what the test needs, so that a skip there is a failure, unless it needs root and the
   * run is another user's, or the other way round: each of the two has its own run.
   */
  allowedInCi: boolean;
  /** Where the test runs; in `tests` where nothing is said. */
  run?: RunName;
};

export type Outcome = {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed beside the tests that the report shows, each a line for a person. */
  complaints: string[];
  /** Each allowed skip with its reason. */
  skips: string[];
  slowest: { name: string; durationMs: number }[];
};

export type Judgement = {
  allowedSkips: readonly AllowedSkip[];
  isStrict: boolean;
  /** Whether root runs it. */
  isRoot: boolean;
  /** Set where all files of a run ran; only then is a listed skip of it without its test known to be stale. */
  wholeRun?: RunName;
};

/** Counts the tests (suites are not counted) and finds what no single test can see. */
export function judge(records: readonly TestRecord[], how: Judgement): Outcome {
  const outcome: Outcome = { passed: 0, failed: 0, skipped: 0, complaints: [], skips: [], slowest: [] };
  for (const record of records) countRecord(record, how, outcome);
  const names = new Set(records.map(({ name }) => name));
  for (const { test, run = 'tests' } of how.allowedSkips) {
    if (run !== how.wholeRun || names.has(test)) continue;
    complain(outcome, `test/skips.json names a test that does not exist: ${test}`);
  }
  if (outcome.passed + outcome.failed + outcome.skipped === 0) complain(outcome, 'no test ran');
  outcome.slowest = records
    .filter((record) => !record.isSuite)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, 10)
    .map(({ name, durationMs }) => ({ name, durationMs }));
  return outcome;
}

export function complain(outcome: Outcome, text: string): void {
  outcome.failed += 1;
  outcome.complaints.push(text);
}

function countRecord(record: TestRecord, how: Judgement, outcome: Outcome): void {
  if (record.skip !== false) return countSkip(record, how, outcome);
  if (!record.hasPassed) {
    if (!record.isSuite || !record.hasOnlyFailedBelow) outcome.failed += 1;
    return;
  }
  if (record.isSuite) return;
  outcome.passed += 1;
}

function countSkip(record: TestRecord, how: Judgement, outcome: Outcome): void {
  const allowed = how.allowedSkips.find(({ test }) => test === record.name);
  if (allowed === undefined) {
    return complain(outcome, `skipped, and not listed in test/skips.json: ${record.name}`);
  }
  const wrongUser: Need = how.isRoot ? 'another user than root' : 'root';
  if (how.isStrict && !allowed.allowedInCi && !allowed.needs.includes(wrongUser)) {
    return complain(outcome, `skipped, though CI has what it needs: ${record.name} (${allowed.reason})`);
  }
  outcome.skipped += 1;
  outcome.skips.push(`${record.name}: ${allowed.reason}`);
}
