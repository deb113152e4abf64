import { AppError, unavailable } from '#platform/errors.ts';

/** What is known of a failure of the service: its own code where it answered, else the one of the connection. */
export type Trouble = { status: number | undefined; code: string };

const permissions =
  'its identity needs the role "Storage Blob Data Contributor" on the container, and the firewall of the account must let this machine in';
const advice: Readonly<Record<number, string>> = {
  401: 'the account refuses these credentials; set them anew',
  403: `the account refuses access: a key may have been changed (AZURE_STORAGE_CONNECTION_STRING); ${permissions}`,
  404: 'the container does not exist; make it, or let the program make it',
};

export function isMissingBlob(error: unknown): boolean {
  return isMissing(error) && troubleOf(error)?.code !== 'ContainerNotFound';
}

/** The blob, or all of the container. */
export function isMissing(error: unknown): boolean {
  return troubleOf(error)?.status === 404;
}

/** 503 for whatever keeps the service from doing it, which `warn` says to the operator. A fault of ours stays as it is. */
export function explainAzureTrouble(
  error: unknown,
  warn: (trouble: Trouble, message: string) => void,
): unknown {
  const trouble = error instanceof AppError ? undefined : troubleOf(error);
  if (trouble === undefined) return error;
  const step =
    advice[trouble.status ?? 0] ?? 'it does not answer as it should; it is tried again at the next request';
  warn(trouble, `files: Azure Blob Storage cannot be used: ${step}`);
  return unavailable('Files cannot be stored or read at present.');
}

// Not by class: the library is loaded by whoever uses it, and identities have a library of their own.
const kinds = new Set([
  'RestError',
  'AbortError',
  'TimeoutError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'CredentialUnavailableError',
  'AuthenticationRequiredError',
]);

/** Never the error itself: it holds addresses and headers with signatures. */
function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof Error) || !kinds.has(error.name)) return undefined;
  const { statusCode, code } = error as Error & { statusCode?: unknown; code?: unknown };
  return {
    status: typeof statusCode === 'number' ? statusCode : undefined,
    code: typeof code === 'string' ? code : error.name,
  };
}
