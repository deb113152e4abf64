import { invalid } from '#platform/errors.ts';
import type { Config } from '#platform/config/config.ts';

type Rules = Pick<Config, 'publicUrl' | 'frontendUrl' | 'corsOrigins'>;

/**
 * The whole address that a sign-in leads back to: a path of ours, or an address of a front end that is set. Throws 400
 * `return_to_not_allowed` for any other, so that nobody is led elsewhere with a code.
 */
export function checkedReturnTo(given: string | undefined, config: Rules): string {
  const home = config.frontendUrl ?? config.publicUrl;
  const url = URL.parse(given ?? '/', home);
  const origins = [home, config.publicUrl, ...config.corsOrigins.filter((each) => each !== '*')];
  const isOurs = url !== null && origins.some((each) => new URL(each).origin === url.origin);
  if (!isOurs || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw invalid('The sign-in cannot lead back there.', [
      {
        path: 'returnTo',
        code: 'return_to_not_allowed',
        message:
          'It must be a path, or an address of this institution or of a front end in CORS_ORIGINS, without a #.',
      },
    ]);
  }
  return url.href;
}

/** The address with what is told to the page there alone: a fragment goes to no server. */
export function told(returnTo: string, what: Record<string, string>): string {
  return `${returnTo}#${new URLSearchParams(what).toString()}`;
}
