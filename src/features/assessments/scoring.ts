/** A question's part in an attempt. `points` is null while a grader has to read the answer. */
export type Result = { points: number | null; maxPoints: number };

export type Score = {
  needsGrading: boolean;
  /** Points so far, unrounded; `roundTwo` is for output. */
  score: number;
  maxScore: number;
  /** Unrounded. Of what is graded so far, while `needsGrading`. */
  percent: number;
  /** null while `needsGrading`. */
  passed: boolean | null;
};

/**
 * Points are added and compared in whole units of 1/(100 × lcm(1…22)): every share that partial credit gives of
 * points with two decimals, for up to 22 right options, is a whole number of them. So three thirds of a point are one
 * point, and 2 of 3 pass at 66.66 % and not at 66.67 %, without a tolerance. More right options are off by 4e-11.
 */
const UNITS_PER_POINT = 100 * 232_792_560;

/**
 * An attempt's score. `passed` compares the exact share with `passingPercent` (0 to 100, to two decimals); output
 * that is rounded to 66.67 does not pass it.
 *
 * Where nothing can be earned (`maxScore` 0), the percent is 0 and only a `passingPercent` of 0 is passed: a quiz
 * without points proves nothing. Such a quiz should not count as ready.
 */
export function scoreAttempt(results: readonly Result[], passingPercent: number): Score {
  const needsGrading = results.some((result) => result.points === null);
  const score = sum(results.map((result) => result.points ?? 0));
  const maxScore = sum(results.map((result) => result.maxPoints));
  const hasPassed = score * 10_000n >= maxScore * BigInt(Math.round(passingPercent * 100));
  return {
    needsGrading,
    score: Number(score) / UNITS_PER_POINT,
    maxScore: Number(maxScore) / UNITS_PER_POINT,
    percent: maxScore === 0n ? 0 : Number(score * 100n) / Number(maxScore),
    passed: needsGrading ? null : hasPassed && (maxScore > 0n || passingPercent <= 0),
  };
}

function sum(points: readonly number[]): bigint {
  return points.reduce((total, value) => total + BigInt(Math.round(value * UNITS_PER_POINT)), 0n);
}

/** To two decimals, half away from zero, as if the number were decimal: 1.005 → 1.01. For output alone. */
export function roundTwo(value: number): number {
  const hundredths = Number((Math.abs(value) * 100).toPrecision(15));
  return (Math.sign(value) * Math.round(hundredths)) / 100;
}
