import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';

type Factory = NonNullable<FastifyServerOptions['childLoggerFactory']>;
type Bindings = Parameters<FastifyBaseLogger['child']>[0];
type Options = Parameters<FastifyBaseLogger['child']>[1];
type Line = [object, string?];

/** Of requests: made when it first says something. Most never do, and making it is a tenth of a small answer. */
export const makeRequestLog: Factory = (logger, bindings, options) =>
  new RequestLog(() => logger.child(bindings, options));

/** Has every further line of a request name who acts as somebody, and as whom. */
export function nameActing(log: FastifyBaseLogger, who: { userId: string; impersonatorId: string }): void {
  if (log instanceof RequestLog) log.bind(who);
}

class RequestLog {
  #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | undefined;

  constructor(make: () => FastifyBaseLogger) {
    this.#make = make;
  }

  bind(more: Bindings): void {
    const make = this.#make;
    this.#make = () => make().child(more);
    this.#made = undefined;
  }

  get level(): string {
    return this.#log().level;
  }

  fatal(...line: Line): void {
    this.#log().fatal(...line);
  }

  error(...line: Line): void {
    this.#log().error(...line);
  }

  warn(...line: Line): void {
    this.#log().warn(...line);
  }

  info(...line: Line): void {
    this.#log().info(...line);
  }

  debug(...line: Line): void {
    this.#log().debug(...line);
  }

  trace(...line: Line): void {
    this.#log().trace(...line);
  }

  silent(): void {}

  child(bindings: Bindings, options?: Options): FastifyBaseLogger {
    return this.#log().child(bindings, options);
  }

  #log(): FastifyBaseLogger {
    return (this.#made ??= this.#make());
  }
}
