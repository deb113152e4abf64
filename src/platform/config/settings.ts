/**
 * The one table of settings. The type `Config`, the reading and checking of values, `docs/settings.md` and
 * `.env.example` all come from it, so a setting is added here and nowhere else.
 */
export const environments = ['development', 'staging', 'production', 'demo', 'test'] as const;
export type Environment = (typeof environments)[number];

export type SettingValue = string | number | boolean | readonly string[] | null;

export type Setting = {
  /** Name in the environment and in `.env`. */
  name: string;
  /** Name in `Config`. */
  key: string;
  kind:
    | 'text'
    | 'integer'
    | 'boolean'
    | 'choice'
    | 'origins'
    | 'proxies'
    | 'databaseUrl'
    | 'redisUrl'
    | 'publicUrl'
    | 'prefix'
    | 'directory'
    | 'secret'
    | 'encryptionKey';
  group: string;
  /** One plain sentence. */
  description: string;
  default: SettingValue;
  /** Where the default differs by environment. */
  defaultIn?: Partial<Record<Environment, SettingValue>>;
  /** Said in the documentation instead of `default`, where the value is worked out from other settings. */
  defaultText?: string;
  /** Environments that do not start without it. */
  requiredIn?: readonly Environment[];
  /** What may follow "set NAME to …" when it is required and missing. */
  hint?: string;
  choices?: readonly string[];
  /** Inclusive. */
  min?: number;
  max?: number;
  /** `null` is a value that the program works with. */
  isNullable?: boolean;
  /** The value, or a part of it, is never shown. */
  isSecret?: boolean;
};

const strict = ['staging', 'production'] as const;

export const settings = [
  {
    name: 'PROJECT_NAME',
    key: 'projectName',
    kind: 'text',
    group: 'Project',
    description: 'Name of the institution or product, as people read it in mails and pages.',
    default: 'LMS Backend',
  },
  {
    name: 'VERSION',
    key: 'version',
    kind: 'text',
    group: 'Project',
    description: 'Version that is reported by the API document and in the logs.',
    default: '1.0.0',
  },
  {
    name: 'ENVIRONMENT',
    key: 'environment',
    kind: 'choice',
    group: 'Project',
    description: 'What this installation is for; staging and production refuse unsafe settings.',
    default: 'development',
    choices: environments,
  },
  {
    name: 'DEBUG',
    key: 'debug',
    kind: 'boolean',
    group: 'Project',
    description: 'Logs more, and more readably; not allowed in production.',
    default: false,
  },
  {
    name: 'DEMO_MODE',
    key: 'demoMode',
    kind: 'boolean',
    group: 'Project',
    description: 'Loads the demo academy and its accounts with known passwords into an empty database.',
    default: false,
  },
  {
    name: 'DATA_DIR',
    key: 'dataDir',
    kind: 'directory',
    group: 'Project',
    description: 'Folder of the embedded database and of the keys that the program made itself.',
    default: '.data',
  },
  {
    name: 'HOST',
    key: 'host',
    kind: 'text',
    group: 'HTTP',
    description: 'Address on which the server listens.',
    default: '0.0.0.0',
    defaultText: '`127.0.0.1` with the embedded database, else `0.0.0.0`',
  },
  {
    name: 'PORT',
    key: 'port',
    kind: 'integer',
    group: 'HTTP',
    description: 'Port of the API; 0 takes a free one.',
    default: 8000,
    min: 0,
    max: 65_535,
  },
  {
    name: 'METRICS_PORT',
    key: 'metricsPort',
    kind: 'integer',
    group: 'HTTP',
    description: 'Port on which worker and scheduler serve health, ready and metrics; 0 takes a free one.',
    default: 9100,
    min: 0,
    max: 65_535,
  },
  {
    name: 'PUBLIC_URL',
    key: 'publicUrl',
    kind: 'publicUrl',
    group: 'HTTP',
    description: 'Address by which people reach the system; links, QR codes and tokens carry it.',
    default: '',
    defaultText: '`http://localhost:PORT`',
    requiredIn: strict,
    hint: 'the address by which people reach this system, such as https://learn.example.edu',
  },
  {
    name: 'API_V1_PREFIX',
    key: 'apiV1Prefix',
    kind: 'prefix',
    group: 'HTTP',
    description: 'Path under which the API is served.',
    default: '/api/v1',
  },
  {
    name: 'ENABLE_API_DOCS',
    key: 'enableApiDocs',
    kind: 'boolean',
    group: 'HTTP',
    description: 'Serves the documentation page at /docs.',
    default: true,
    defaultIn: { production: false },
  },
  {
    name: 'CORS_ORIGINS',
    key: 'corsOrigins',
    kind: 'origins',
    group: 'HTTP',
    description: 'Origins of the front ends that browsers may call the API from, or * for all.',
    default: [],
  },
  {
    name: 'CSRF_ENABLED',
    key: 'csrfEnabled',
    kind: 'boolean',
    group: 'HTTP',
    description: 'Asks for the X-CSRF-Token header on unsafe requests that come with session cookies.',
    default: true,
  },
  {
    name: 'TRUSTED_PROXIES',
    key: 'trustedProxies',
    kind: 'proxies',
    group: 'HTTP',
    description:
      'Proxies whose X-Forwarded-For is believed: addresses, ranges, loopback, linklocal, uniquelocal.',
    default: [],
  },
  {
    name: 'RATE_LIMITS_ENABLED',
    key: 'rateLimitsEnabled',
    kind: 'boolean',
    group: 'HTTP',
    description: 'Limits how often one caller may sign in, register and so on.',
    default: true,
  },
  {
    name: 'REQUEST_BODY_LIMIT_BYTES',
    key: 'requestBodyLimitBytes',
    kind: 'integer',
    group: 'HTTP',
    description: 'Largest JSON body that is read, in bytes.',
    default: 1_048_576,
    min: 1024,
    max: 104_857_600,
  },
  {
    name: 'SHUTDOWN_TIMEOUT_SECONDS',
    key: 'shutdownTimeoutSeconds',
    kind: 'integer',
    group: 'HTTP',
    description: 'How long a stop waits for the requests and jobs in hand, in seconds.',
    default: 25,
    min: 1,
    max: 3600,
  },
  {
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    kind: 'databaseUrl',
    group: 'Database and Redis',
    description: 'PostgreSQL to use, 16 to 18; without it the program starts one of its own.',
    default: null,
    defaultText: 'embedded PostgreSQL',
    requiredIn: strict,
    hint: 'postgresql://USER:PASSWORD@HOST:5432/DATABASE (the embedded database is for one machine)',
    isNullable: true,
    isSecret: true,
  },
  {
    name: 'DATABASE_POOL_SIZE',
    key: 'databasePoolSize',
    kind: 'integer',
    group: 'Database and Redis',
    description: 'Most connections to the database that one process holds for its queries.',
    default: 10,
    min: 1,
    max: 500,
  },
  {
    name: 'DATABASE_STATEMENT_TIMEOUT_MS',
    key: 'databaseStatementTimeoutMs',
    kind: 'integer',
    group: 'Database and Redis',
    description: 'After how many milliseconds a statement is cancelled; 0 means never.',
    default: 15_000,
    min: 0,
    max: 3_600_000,
  },
  {
    name: 'DATABASE_LOCK_TIMEOUT_MS',
    key: 'databaseLockTimeoutMs',
    kind: 'integer',
    group: 'Database and Redis',
    description: 'After how many milliseconds a statement stops waiting for a lock; 0 means never.',
    default: 5000,
    min: 0,
    max: 3_600_000,
  },
  {
    name: 'DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS',
    key: 'databaseIdleInTransactionTimeoutMs',
    kind: 'integer',
    group: 'Database and Redis',
    description: 'After how many idle milliseconds a transaction left open is ended; 0 means never.',
    default: 30_000,
    min: 0,
    max: 3_600_000,
  },
  {
    name: 'REDIS_URL',
    key: 'redisUrl',
    kind: 'redisUrl',
    group: 'Database and Redis',
    description:
      'Redis for counters, caches and live events; without it they are kept in memory, for one process.',
    default: null,
    defaultText: 'in memory',
    requiredIn: ['production'],
    hint: 'redis://HOST:6379/0, or rediss:// for TLS (limits and caches in memory are right for one process only)',
    isNullable: true,
    isSecret: true,
  },
  {
    name: 'SECRET_KEY',
    key: 'secretKey',
    kind: 'secret',
    group: 'Secrets and tokens',
    description: 'Signs the access tokens: at least 32 random characters.',
    default: '',
    defaultText: 'made and kept in `DATA_DIR` with the embedded database, else a new one at every start',
    requiredIn: strict,
    hint: 'at least 32 random characters, such as `openssl rand -base64 48` prints',
    isSecret: true,
  },
  {
    name: 'SECRET_KEY_PREVIOUS',
    key: 'secretKeyPrevious',
    kind: 'secret',
    group: 'Secrets and tokens',
    description: 'The SECRET_KEY before the present one, whose tokens are accepted until they expire.',
    default: null,
    isNullable: true,
    isSecret: true,
  },
  {
    name: 'ENCRYPTION_KEY',
    key: 'encryptionKey',
    kind: 'encryptionKey',
    group: 'Secrets and tokens',
    description:
      'Encrypts what must be read back, such as webhook secrets: 32 random bytes in base64 or hex.',
    default: '',
    defaultText: 'made and kept in `DATA_DIR` with the embedded database, else derived from `SECRET_KEY`',
    requiredIn: strict,
    hint: '32 random bytes in base64, such as `openssl rand -base64 32` prints',
    isSecret: true,
  },
  {
    name: 'ENCRYPTION_KEY_PREVIOUS',
    key: 'encryptionKeyPrevious',
    kind: 'encryptionKey',
    group: 'Secrets and tokens',
    description: 'The ENCRYPTION_KEY before the present one, with which older values are still read.',
    default: null,
    isNullable: true,
    isSecret: true,
  },
  {
    name: 'ALGORITHM',
    key: 'algorithm',
    kind: 'choice',
    group: 'Secrets and tokens',
    description: 'How access tokens are signed; HS256 is the only one.',
    default: 'HS256',
    choices: ['HS256'],
  },
  {
    name: 'ACCESS_TOKEN_EXPIRE_MINUTES',
    key: 'accessTokenExpireMinutes',
    kind: 'integer',
    group: 'Secrets and tokens',
    description: 'How long an access token is valid, in minutes.',
    default: 15,
    min: 1,
    max: 1440,
  },
  {
    name: 'REFRESH_TOKEN_EXPIRE_DAYS',
    key: 'refreshTokenExpireDays',
    kind: 'integer',
    group: 'Secrets and tokens',
    description: 'How long a session lasts without being used, in days.',
    default: 30,
    min: 1,
    max: 365,
  },
  {
    name: 'ACCESS_TOKEN_BLACKLIST_ENABLED',
    key: 'accessTokenBlacklistEnabled',
    kind: 'boolean',
    group: 'Secrets and tokens',
    description:
      'Checks each access token against the sessions that were ended, so that a logout counts at once.',
    default: true,
  },
  {
    name: 'ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED',
    key: 'accessTokenBlacklistFailClosed',
    kind: 'boolean',
    group: 'Secrets and tokens',
    description: 'Refuses access tokens while it cannot be checked whether their session was ended.',
    default: true,
  },
  {
    name: 'LOG_LEVEL',
    key: 'logLevel',
    kind: 'choice',
    group: 'Other',
    description: 'Least severe level that is logged.',
    default: 'info',
    defaultText: '`info`; `debug` where `DEBUG` is true',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  },
  {
    name: 'CERTIFICATE_ISSUER',
    key: 'certificateIssuer',
    kind: 'text',
    group: 'Other',
    description: 'Who issues the certificates, as printed on them.',
    default: '',
    defaultText: 'the value of `PROJECT_NAME`',
  },
] as const satisfies readonly Setting[];

type Row = (typeof settings)[number];

type Given<S> = S extends { kind: 'integer' }
  ? number
  : S extends { kind: 'boolean' }
    ? boolean
    : S extends { kind: 'choice'; choices: readonly (infer Choice)[] }
      ? Choice
      : S extends { kind: 'origins' | 'proxies' }
        ? string[]
        : string;

/**
 * The settings in force, checked; frozen. `databaseUrl` null means the embedded database, `redisUrl` null means
 * in memory. `encryptionKey` and `encryptionKeyPrevious` are 32 bytes in base64; `dataDir` is absolute;
 * `publicUrl` has no path and no slash at its end.
 */
export type Config = Readonly<{
  [S in Row as S['key']]: Given<S> | (S extends { isNullable: true } ? null : never);
}>;

/** Names that stood in `.env` files before: accepted, and said to do nothing. */
export const obsoleteNames: Readonly<Record<string, string>> = {
  CELERY_BROKER_URL: 'jobs are kept in PostgreSQL',
  CELERY_RESULT_BACKEND: 'jobs and their results are kept in PostgreSQL',
  SQLALCHEMY_ECHO: 'LOG_LEVEL=debug logs more',
};

/** Names of parts that this version does not have yet. */
export const unusedNames: readonly string[] = [
  'AZURE_STORAGE_CONNECTION_STRING',
  'AZURE_STORAGE_CONTAINER_NAME',
  'FILE_STORAGE_PROVIDER',
];

/** Names in a shared `.env` that Docker Compose reads; no business of ours and no reason to warn. */
export const foreignNames: readonly string[] = ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'];

/** Read from the environment alone: it says where the file is. */
export const envFileName = 'ENV_FILE';
