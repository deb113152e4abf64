import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** A failure that an operator can mend: printed as one line, without a stack. */
export class CommandError extends Error {
  override name = 'CommandError';
  /** Of the process. 2 where the command line itself is wrong, as shells and most programs have it. */
  readonly exitStatus: 1 | 2;

  constructor(message: string, { exitStatus = 1, cause }: { exitStatus?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitStatus = exitStatus;
  }
}

/** A command line that cannot be followed. */
export function usageError(message: string): CommandError {
  return new CommandError(`${message} See "lms --help".`, { exitStatus: 2 });
}

/** Options of a command; throws a `CommandError` for one it does not know. */
export function optionsOf<const T extends ParseArgsOptionsConfig>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    // Node explains at length how to pass an argument that begins with a dash; nobody here wants that.
    throw usageError((error as Error).message.replace(/\. To specify a positional.*$/s, '.'));
  }
}
