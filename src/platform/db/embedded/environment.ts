/**
 * The environment of the PostgreSQL programs: without the PG* and LC_* settings of the caller, which
 * would change the port, the folder or the encoding.
 */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}
