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
    | 'host'
    | 'integer'
    | 'boolean'
    | 'choice'
    | 'origins'
    | 'proxies'
    | 'databaseUrl'
    | 'redisUrl'
    | 'publicUrl'
    | 'mailbox'
    | 'prefix'
    | 'directory'
    | 'secret'
    | 'encryptionKey'
    | 'containerName'
    | 'mediaTypes'
    | 'scannerUrl'
    | 'collectorUrl'
    | 'pairs'
    | 'ratio';
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
  /** What stands for it in the examples of `.env` for these environments, in angle brackets, to be replaced. */
  placeholder?: { text: string; in: readonly Environment[] };
  /** Its value in the examples of `.env` for these environments. */
  exampleIn?: Partial<Record<Environment, string>>;
  choices?: readonly string[];
  /** Inclusive. */
  min?: number;
  max?: number;
  /** `null` is a value that the program works with. */
  isNullable?: boolean;
  /** The value, or a part of it, is never shown. */
  isSecret?: boolean;
  /** A file of it that is empty means "not set", so that it can be mounted before it is needed. */
  isOftenUnset?: boolean;
};

const strict = ['staging', 'production'] as const satisfies readonly Environment[];
/** Those for others than oneself: they have a database of their own, and an address. */
const shared = [...strict, 'demo'] as const satisfies readonly Environment[];

/** Where unsafe settings stop the start instead of being warned of. */
export function isStrict(environment: Environment): boolean {
  return (strict as readonly Environment[]).includes(environment);
}

// A table reads best as rows.
// oxfmt-ignore
export const settings = [
  { name: 'ENVIRONMENT', key: 'environment', kind: 'choice', group: 'Project',
    default: 'development', choices: environments,
    exampleIn: { staging: 'staging', production: 'production', demo: 'demo' },
    description: 'What this installation is for; staging and production refuse unsafe settings.' },
  { name: 'PROJECT_NAME', key: 'projectName', kind: 'text', group: 'Project',
    default: 'LMS Backend',
    description: 'Name of the institution or product, as people read it in mails and pages.' },
  { name: 'VERSION', key: 'version', kind: 'text', group: 'Project',
    default: '1.0.0',
    description: 'Version that is reported by the API document and in the logs.' },
  { name: 'DEBUG', key: 'debug', kind: 'boolean', group: 'Project',
    default: false,
    description: 'Logs more, and more readably; refused in staging and production.' },
  { name: 'DEMO_MODE', key: 'demoMode', kind: 'boolean', group: 'Project',
    default: null, defaultText: 'none: the embedded database has the demo academy, and nothing else of this', isNullable: true,
    exampleIn: { demo: 'true' },
    description: 'Runs a demonstration: the demo academy with known passwords, which every night takes the place of all data; sends no mail and no webhook, and lets nobody change accounts. False also keeps the academy out of the embedded database, whose mails then go out.' },
  { name: 'DATA_DIR', key: 'dataDir', kind: 'directory', group: 'Project',
    default: '.data',
    description: 'Folder of the embedded database, of files, and of the keys that the program made itself.' },
  { name: 'HOST', key: 'host', kind: 'host', group: 'HTTP',
    default: '0.0.0.0', defaultText: '`127.0.0.1` with the embedded database, else `0.0.0.0`',
    description: 'Address on which the server listens.' },
  { name: 'PORT', key: 'port', kind: 'integer', group: 'HTTP',
    default: 8000, min: 0, max: 65_535,
    description: 'Port of the API; 0 takes a free one.' },
  { name: 'METRICS_PORT', key: 'metricsPort', kind: 'integer', group: 'HTTP',
    default: 9100, min: 0, max: 65_535,
    description: 'Port on which worker and scheduler serve health, ready and metrics; 0 takes a free one.' },
  { name: 'PUBLIC_URL', key: 'publicUrl', kind: 'publicUrl', group: 'HTTP',
    default: '', defaultText: '`http://localhost:PORT`', requiredIn: strict,
    hint: 'the address by which people reach this system, such as https://learn.example.edu',
    placeholder: { text: 'https://HOST by which people reach the system', in: shared },
    description: 'Address by which people reach the system; links, QR codes and tokens carry it.' },
  { name: 'FRONTEND_URL', key: 'frontendUrl', kind: 'publicUrl', group: 'HTTP',
    default: null, defaultText: 'none: mails lead to pages of this program', isNullable: true,
    description: 'Address of your front end, whose pages the links in mails then open.' },
  { name: 'API_V1_PREFIX', key: 'apiV1Prefix', kind: 'prefix', group: 'HTTP',
    default: '/api/v1',
    description: 'Path under which the API is served.' },
  { name: 'ENABLE_API_DOCS', key: 'enableApiDocs', kind: 'boolean', group: 'HTTP',
    default: true, defaultIn: { production: false },
    description: 'Serves the documentation page at /docs.' },
  { name: 'CORS_ORIGINS', key: 'corsOrigins', kind: 'origins', group: 'HTTP',
    default: [],
    description: 'Origins of the front ends that browsers may call the API from, or * for all, which staging and production refuse.' },
  { name: 'CSRF_ENABLED', key: 'csrfEnabled', kind: 'boolean', group: 'HTTP',
    default: true,
    description: 'Has no effect today, since nobody signs in by cookies: for the X-CSRF-Token header of requests that would come with them; must be true in staging and production.' },
  { name: 'TRUSTED_PROXIES', key: 'trustedProxies', kind: 'proxies', group: 'HTTP',
    default: [],
    description: 'Proxies whose X-Forwarded-For is believed: addresses, ranges, loopback, linklocal, uniquelocal.' },
  { name: 'RATE_LIMITS_ENABLED', key: 'rateLimitsEnabled', kind: 'boolean', group: 'HTTP',
    default: true,
    description: 'Limits how often one caller may sign in, register, read, write and so on.' },
  { name: 'RATE_LIMIT_READS_PER_MINUTE', key: 'rateLimitReadsPerMinute', kind: 'integer', group: 'HTTP',
    default: 1200, min: 1, max: 1_000_000,
    description: 'Reading requests that one person may make in a minute.' },
  { name: 'RATE_LIMIT_WRITES_PER_MINUTE', key: 'rateLimitWritesPerMinute', kind: 'integer', group: 'HTTP',
    default: 600, min: 1, max: 1_000_000,
    description: 'Writing requests that one person may make in a minute.' },
  { name: 'RATE_LIMIT_ANONYMOUS_PER_MINUTE', key: 'rateLimitAnonymousPerMinute', kind: 'integer', group: 'HTTP',
    default: 6000, min: 1, max: 1_000_000,
    description: 'Requests without sign-in that one address may make in a minute; a whole school may be behind it.' },
  { name: 'RATE_LIMIT_LOGINS_PER_MINUTE', key: 'rateLimitLoginsPerMinute', kind: 'integer', group: 'HTTP',
    default: 300, min: 1, max: 1_000_000,
    description: 'Failed sign-ins that one address may make in a minute, and at most as many at a time; an account can be tried ten times a minute.' },
  { name: 'EVENT_STREAMS_MAX', key: 'eventStreamsMax', kind: 'integer', group: 'HTTP',
    default: 10_000, min: 0, max: 100_000,
    description: 'Most streams of events that one process holds open; further ones are answered with 503.' },
  { name: 'REQUEST_BODY_LIMIT_BYTES', key: 'requestBodyLimitBytes', kind: 'integer', group: 'HTTP',
    default: 1_048_576, min: 1024, max: 104_857_600,
    description: 'Largest JSON body that is read, in bytes.' },
  { name: 'SHUTDOWN_TIMEOUT_SECONDS', key: 'shutdownTimeoutSeconds', kind: 'integer', group: 'HTTP',
    default: 25, min: 1, max: 3600,
    description: 'How long a stop waits for the requests and jobs in hand, in seconds.' },
  { name: 'DATABASE_URL', key: 'databaseUrl', kind: 'databaseUrl', group: 'Database and Redis',
    default: null, defaultText: 'embedded PostgreSQL', requiredIn: strict, isNullable: true, isSecret: true,
    hint: 'postgresql://USER:PASSWORD@HOST:5432/DATABASE (the embedded database is for one machine)',
    placeholder: { text: 'postgresql://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full', in: shared },
    description: 'PostgreSQL to use, 16 to 18; without it the program starts one of its own.' },
  { name: 'DATABASE_POOL_SIZE', key: 'databasePoolSize', kind: 'integer', group: 'Database and Redis',
    default: 10, min: 1, max: 500,
    description: 'Most connections to the database that one process holds for its queries.' },
  { name: 'DATABASE_PREPARED_STATEMENTS', key: 'databasePreparedStatements', kind: 'boolean', group: 'Database and Redis',
    default: true,
    description: 'Prepares the statements that come again and again; false is for a PgBouncer older than 1.21, or one whose max_prepared_statements is 0.' },
  { name: 'DATABASE_STATEMENT_TIMEOUT_MS', key: 'databaseStatementTimeoutMs', kind: 'integer', group: 'Database and Redis',
    default: 15_000, min: 0, max: 3_600_000,
    description: 'After how many milliseconds a statement is cancelled; 0 means never.' },
  { name: 'DATABASE_LOCK_TIMEOUT_MS', key: 'databaseLockTimeoutMs', kind: 'integer', group: 'Database and Redis',
    default: 5000, min: 0, max: 3_600_000,
    description: 'After how many milliseconds a statement stops waiting for a lock; 0 means never.' },
  { name: 'DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS', key: 'databaseIdleInTransactionTimeoutMs', kind: 'integer', group: 'Database and Redis',
    default: 30_000, min: 0, max: 3_600_000,
    description: 'After how many idle milliseconds a transaction left open is ended; 0 means never.' },
  { name: 'REDIS_URL', key: 'redisUrl', kind: 'redisUrl', group: 'Database and Redis',
    default: null, defaultText: 'in memory', requiredIn: strict, isNullable: true, isSecret: true,
    hint: 'redis://HOST:6379/0, or rediss:// for TLS (limits and caches in memory are right for one process only)',
    placeholder: { text: 'rediss://:PASSWORD@HOST:6380/0', in: strict },
    description: 'Redis for counters, ended sessions and live events; without it they are kept in memory, for one process. With rediss:// its certificate is checked; NODE_EXTRA_CA_CERTS names the file of an authority of your own.' },
  { name: 'SECRET_KEY', key: 'secretKey', kind: 'secret', group: 'Secrets and tokens',
    default: '', defaultText: 'made and kept in `DATA_DIR` with the embedded database, else a new one at every start',
    requiredIn: strict, isSecret: true,
    hint: 'at least 32 random characters, such as `openssl rand -base64 48` prints',
    placeholder: { text: 'what openssl rand -base64 48 prints', in: [...shared, 'development'] },
    description: 'Signs the access tokens: at least 32 random characters.' },
  { name: 'SECRET_KEY_PREVIOUS', key: 'secretKeyPrevious', kind: 'secret', group: 'Secrets and tokens',
    default: null, isNullable: true, isSecret: true, isOftenUnset: true,
    description: 'The SECRET_KEY before the present one, whose tokens are accepted until they expire.' },
  { name: 'ENCRYPTION_KEY', key: 'encryptionKey', kind: 'encryptionKey', group: 'Secrets and tokens',
    default: '', defaultText: 'made and kept in `DATA_DIR` with the embedded database, else derived from `SECRET_KEY`',
    requiredIn: strict, isSecret: true,
    hint: '32 random bytes in base64, such as `openssl rand -base64 32` prints',
    placeholder: { text: 'what openssl rand -base64 32 prints', in: [...shared, 'development'] },
    description: 'Encrypts what must be read back, such as webhook secrets: 32 random bytes in base64 or hex.' },
  { name: 'ENCRYPTION_KEY_PREVIOUS', key: 'encryptionKeyPrevious', kind: 'encryptionKey', group: 'Secrets and tokens',
    default: null, isNullable: true, isSecret: true, isOftenUnset: true,
    description: 'The ENCRYPTION_KEY before the present one, with which older values are still read.' },
  { name: 'AZURE_KEYVAULT_URL', key: 'azureKeyvaultUrl', kind: 'publicUrl', group: 'Secrets and tokens',
    default: null, isNullable: true,
    description: 'Azure Key Vault, such as https://NAME.vault.azure.net, that holds the secrets which are set nowhere else; SECRET_KEY is secret-key there.' },
  { name: 'ALGORITHM', key: 'algorithm', kind: 'choice', group: 'Secrets and tokens',
    default: 'HS256', choices: ['HS256'],
    description: 'How access tokens are signed; HS256 is the only one.' },
  { name: 'ACCESS_TOKEN_EXPIRE_MINUTES', key: 'accessTokenExpireMinutes', kind: 'integer', group: 'Secrets and tokens',
    default: 15, min: 1, max: 1440,
    description: 'How long an access token is valid, in minutes.' },
  { name: 'REFRESH_TOKEN_EXPIRE_DAYS', key: 'refreshTokenExpireDays', kind: 'integer', group: 'Secrets and tokens',
    default: 30, min: 1, max: 365,
    description: 'How long a session lasts without being used, in days.' },
  { name: 'ACCESS_TOKEN_BLACKLIST_ENABLED', key: 'accessTokenBlacklistEnabled', kind: 'boolean', group: 'Secrets and tokens',
    default: true,
    description: 'Checks each access token against the sessions that were ended, so that a logout counts at once.' },
  { name: 'ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED', key: 'accessTokenBlacklistFailClosed', kind: 'boolean', group: 'Secrets and tokens',
    default: true,
    description: 'While PostgreSQL does not answer and Redis knows of no end of the session: `true` refuses the access token with 503; `false` takes it where this process served the session within the lifetime of a token, for what needs no database.' },
  { name: 'REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN', key: 'requireEmailVerificationForLogin', kind: 'boolean', group: 'Secrets and tokens',
    default: false,
    description: 'Lets nobody sign in who has not confirmed their address; registering then never tells whether an address has an account.' },
  { name: 'FILE_STORAGE_PROVIDER', key: 'fileStorageProvider', kind: 'choice', group: 'Files',
    default: 'local', choices: ['local', 'azure'],
    description: 'Where files and certificates are kept: in a folder, or in Azure Blob Storage.' },
  { name: 'UPLOADS_DIR', key: 'uploadsDir', kind: 'directory', group: 'Files',
    default: '', defaultText: '`DATA_DIR/uploads`',
    description: 'Folder of the files where FILE_STORAGE_PROVIDER is local; every process needs the same one.' },
  { name: 'AZURE_STORAGE_CONNECTION_STRING', key: 'azureStorageConnectionString', kind: 'secret', group: 'Files',
    default: null, isNullable: true, isSecret: true,
    hint: 'the one that the Azure portal shows under "Access keys" of the storage account',
    description: 'Connection string of the storage account, with its key; without it AZURE_STORAGE_ACCOUNT_URL is needed.' },
  { name: 'AZURE_STORAGE_ACCOUNT_URL', key: 'azureStorageAccountUrl', kind: 'publicUrl', group: 'Files',
    default: null, isNullable: true,
    description: 'Address of the storage account, such as https://NAME.blob.core.windows.net, used with a managed identity.' },
  { name: 'AZURE_CLIENT_ID', key: 'azureClientId', kind: 'text', group: 'Files',
    default: null, defaultText: 'the identity that the machine was given', isNullable: true,
    description: 'Client id of a user-assigned managed identity, for files and for AZURE_KEYVAULT_URL.' },
  { name: 'AZURE_STORAGE_CONTAINER_NAME', key: 'azureStorageContainerName', kind: 'containerName', group: 'Files',
    default: 'lms',
    description: 'Container of the files; made at first use where it is missing and that is allowed.' },
  { name: 'AZURE_STORAGE_DOWNLOADS', key: 'azureStorageDownloads', kind: 'choice', group: 'Files',
    default: 'proxy', choices: ['proxy', 'redirect'],
    description: 'How files are downloaded: through the API, or from Azure itself by a short-lived address.' },
  { name: 'WEBHOOKS_ALLOW_PRIVATE_ADDRESSES', key: 'webhooksAllowPrivateAddresses', kind: 'boolean', group: 'Other',
    default: false,
    description: 'Lets webhooks be sent to this machine and its networks: for development, refused in staging and production.' },
  { name: 'SMTP_HOST', key: 'smtpHost', kind: 'host', group: 'Mail',
    default: null, defaultText: 'none: mails are written into `DATA_DIR/outbox`', requiredIn: ['production'], isNullable: true,
    hint: 'the mail server that takes our mails (without one, they reach nobody)',
    placeholder: { text: 'mail server', in: ['production'] },
    description: 'Mail server that takes our mails.' },
  { name: 'SMTP_PORT', key: 'smtpPort', kind: 'integer', group: 'Mail',
    default: 587, defaultText: '`465` where `SMTP_USE_SSL` is true, else `587`', min: 1, max: 65_535,
    description: 'Port of the mail server.' },
  { name: 'SMTP_USERNAME', key: 'smtpUsername', kind: 'text', group: 'Mail',
    default: null, defaultText: 'none: no login', isNullable: true,
    placeholder: { text: 'its user', in: ['production'] },
    description: 'Name with which we sign in to the mail server.' },
  { name: 'SMTP_PASSWORD', key: 'smtpPassword', kind: 'secret', group: 'Mail',
    default: null, isNullable: true, isSecret: true,
    placeholder: { text: 'its password', in: ['production'] },
    description: 'Password with which we sign in to the mail server.' },
  { name: 'SMTP_USE_TLS', key: 'smtpUseTls', kind: 'boolean', group: 'Mail',
    default: false, defaultText: '`true` in staging and production unless `SMTP_USE_SSL` is; else `false`',
    description: 'Connects in the clear and asks for TLS at once (STARTTLS); sends nothing where the server has none.' },
  { name: 'SMTP_USE_SSL', key: 'smtpUseSsl', kind: 'boolean', group: 'Mail',
    default: false,
    description: 'Connects by TLS from the first byte.' },
  { name: 'EMAIL_FROM', key: 'emailFrom', kind: 'mailbox', group: 'Mail',
    default: '', defaultText: '`PROJECT_NAME` and `no-reply@` the host of `PUBLIC_URL`; must be set where `SMTP_HOST` is, in staging and production',
    placeholder: { text: 'Name and address that mails come from', in: ['production'] },
    description: 'Sender of all mails: an address, or `Name <address>`.' },
  { name: 'OUTBOX_PAGE_ENABLED', key: 'outboxPageEnabled', kind: 'boolean', group: 'Mail',
    default: false,
    description: 'In development and test, shows the mails in `DATA_DIR/outbox` at /outbox also where HOST is more than this machine alone, as it is in a container; whoever reaches the page reads them all.' },
  { name: 'REMINDER_AFTER_DAYS', key: 'reminderAfterDays', kind: 'integer', group: 'Mail',
    default: 14, min: 0, max: 365,
    description: 'After how many days without activity in a course a learner is reminded of it, once; 0 means never.' },
  { name: 'LOG_LEVEL', key: 'logLevel', kind: 'choice', group: 'Other',
    default: 'info', defaultText: '`info`; `debug` where `DEBUG` is true',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    description: 'Least severe level that is logged.' },
  { name: 'CERTIFICATE_ISSUER', key: 'certificateIssuer', kind: 'text', group: 'Other',
    default: '', defaultText: 'the value of `PROJECT_NAME`',
    description: 'Who issues the certificates, as printed on them.' },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', key: 'otelExporterOtlpEndpoint', kind: 'collectorUrl', group: 'Traces',
    default: null, defaultText: 'none: nothing is traced', isNullable: true,
    description: 'Collector that takes traces by OTLP over HTTP, such as http://collector:4318; `/v1/traces` is added to it.' },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', key: 'otelExporterOtlpHeaders', kind: 'pairs', group: 'Traces',
    default: null, isNullable: true, isSecret: true,
    description: 'Headers that the collector asks for, such as authorization=Bearer%20….' },
  { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', key: 'otelExporterOtlpProtocol', kind: 'choice', group: 'Traces',
    default: 'http/protobuf', choices: ['http/protobuf'],
    description: 'How the collector is spoken to.' },
  { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', key: 'otelExporterOtlpTimeout', kind: 'integer', group: 'Traces',
    default: 10_000, min: 1, max: 30_000,
    description: 'How long the collector may take over some hundred spans, with what is tried again, in milliseconds.' },
  { name: 'OTEL_EXPORTER_OTLP_COMPRESSION', key: 'otelExporterOtlpCompression', kind: 'choice', group: 'Traces',
    default: 'none', choices: ['none', 'gzip'],
    description: 'How what is sent to the collector is packed.' },
  { name: 'OTEL_TRACES_SAMPLER', key: 'otelTracesSampler', kind: 'choice', group: 'Traces',
    default: 'traceidratio',
    choices: ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
    description: 'Which traces are sent. With `parentbased_…`, whoever sends a request decides of its trace: for an API that only a gateway with traces of its own reaches.' },
  { name: 'OTEL_TRACES_SAMPLER_ARG', key: 'otelTracesSamplerArg', kind: 'ratio', group: 'Traces',
    default: 1, min: 0, max: 1,
    description: 'Which part of the traces `traceidratio` sends, such as 0.1; all processes choose the same.' },
  { name: 'OTEL_SERVICE_NAME', key: 'otelServiceName', kind: 'text', group: 'Traces',
    default: null, defaultText: '`service.name` in `OTEL_RESOURCE_ATTRIBUTES`, else `lms`', isNullable: true,
    description: 'Name of this system in traces.' },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', key: 'otelResourceAttributes', kind: 'pairs', group: 'Traces',
    default: null, isNullable: true,
    description: 'What is said of each process beside its name, version, environment and role, such as service.namespace=campus.' },
  { name: 'OTEL_SDK_DISABLED', key: 'otelSdkDisabled', kind: 'boolean', group: 'Traces',
    default: false,
    description: 'Traces nothing, wherever the endpoint comes from.' },
  { name: 'UPLOAD_LIMIT_BYTES', key: 'uploadLimitBytes', kind: 'integer', group: 'Files',
    default: 2_147_483_648, min: 1024, max: 5_000_000_000,
    description: 'Largest file that may be uploaded, in bytes.' },
  { name: 'UPLOAD_QUOTA_BYTES', key: 'uploadQuotaBytes', kind: 'integer', group: 'Files',
    default: 10_737_418_240, min: 1024, max: 100_000_000_000_000,
    description: 'How much one person’s files may take together, in bytes.' },
  { name: 'UPLOAD_ALLOWED_TYPES', key: 'uploadAllowedTypes', kind: 'mediaTypes', group: 'Files',
    default: [], defaultText: 'all but programs',
    description: 'Types of files that may be uploaded, by their content, such as image/* or application/pdf.' },
  { name: 'UPLOAD_TIMEOUT_SECONDS', key: 'uploadTimeoutSeconds', kind: 'integer', group: 'Files',
    default: 3600, min: 10, max: 86_400,
    description: 'How long one upload may take, in seconds.' },
  { name: 'UPLOAD_IDLE_TIMEOUT_SECONDS', key: 'uploadIdleTimeoutSeconds', kind: 'integer', group: 'Files',
    default: 30, min: 1, max: 3600,
    description: 'How long an upload may bring less than 1 kB, in seconds.' },
  { name: 'FILE_URL_EXPIRE_MINUTES', key: 'fileUrlExpireMinutes', kind: 'integer', group: 'Files',
    default: 120, min: 1, max: 1440,
    description: 'How long an address by which browsers show a file without an access token is valid at least, in minutes.' },
  { name: 'FILE_UNUSED_DAYS', key: 'fileUnusedDays', kind: 'integer', group: 'Files',
    default: 7, min: 1, max: 3650,
    description: 'How long a file that nothing uses is kept, in days.' },
  { name: 'CLAMD_URL', key: 'clamdUrl', kind: 'scannerUrl', group: 'Files',
    default: null, isNullable: true,
    description: 'Virus scanner that every upload must pass: tcp://HOST:3310 or unix:/PATH of a clamd.' },
  { name: 'BACKUP_DIR', key: 'backupDir', kind: 'directory', group: 'Backup',
    default: null, defaultText: 'none: no backups are made', isNullable: true,
    placeholder: { text: 'folder on another disk than the data', in: ['production'] },
    description: 'Folder in which backups are kept: on another disk than the data, of this installation alone.' },
  { name: 'BACKUP_AZURE_CONTAINER_NAME', key: 'backupAzureContainerName', kind: 'containerName', group: 'Backup',
    default: null, isNullable: true,
    description: 'Container of Azure Blob Storage in which backups are kept, in place of a folder.' },
  { name: 'BACKUP_AZURE_STORAGE_CONNECTION_STRING', key: 'backupAzureStorageConnectionString', kind: 'secret', group: 'Backup',
    default: null, defaultText: 'the account of the files', isNullable: true, isSecret: true,
    description: 'Connection string of the storage account for backups; better another one than that of the files.' },
  { name: 'BACKUP_AZURE_STORAGE_ACCOUNT_URL', key: 'backupAzureStorageAccountUrl', kind: 'publicUrl', group: 'Backup',
    default: null, defaultText: 'the account of the files', isNullable: true,
    description: 'Address of the storage account for backups, used with a managed identity.' },
  { name: 'BACKUP_KEY', key: 'backupKey', kind: 'secret', group: 'Backup',
    default: null, isNullable: true, isSecret: true,
    placeholder: { text: 'what openssl rand -base64 48 prints', in: ['production'] },
    description: 'Encrypts the backups: at least 32 random characters, to be kept elsewhere too, for nothing opens them without it.' },
  { name: 'BACKUP_KEY_PREVIOUS', key: 'backupKeyPrevious', kind: 'secret', group: 'Backup',
    default: null, isNullable: true, isSecret: true, isOftenUnset: true,
    description: 'The BACKUP_KEY before the present one, with which older backups are still opened.' },
  { name: 'BACKUP_KEEP_DAYS', key: 'backupKeepDays', kind: 'integer', group: 'Backup',
    default: 7, min: 1, max: 3660,
    description: 'Of how many days that have backups the newest one is kept.' },
  { name: 'BACKUP_KEEP_WEEKS', key: 'backupKeepWeeks', kind: 'integer', group: 'Backup',
    default: 5, min: 0, max: 520,
    description: 'Of how many weeks that have backups the newest one is kept.' },
  { name: 'BACKUP_KEEP_MONTHS', key: 'backupKeepMonths', kind: 'integer', group: 'Backup',
    default: 12, min: 0, max: 120,
    description: 'Of how many months that have backups the newest one is kept.' },
  { name: 'AUDIT_RETENTION_DAYS', key: 'auditRetentionDays', kind: 'integer', group: 'Audit trail', default: 730, min: 30, max: 36_600, description: 'How long an entry of the audit trail is kept, in days.' },
] as const satisfies readonly Setting[];

type Row = (typeof settings)[number];

type Given<S> = S extends { kind: 'integer' | 'ratio' }
  ? number
  : S extends { kind: 'boolean' }
    ? boolean
    : S extends { kind: 'choice'; choices: readonly (infer Choice)[] }
      ? Choice
      : S extends { kind: 'origins' | 'proxies' | 'mediaTypes' }
        ? string[]
        : string;

/**
 * The settings in force, checked; frozen. `databaseUrl` null means the embedded database, `redisUrl` null means
 * in memory. `encryptionKey` and `encryptionKeyPrevious` are 32 bytes in base64; `dataDir` and `uploadsDir` are
 * absolute; `publicUrl` and `frontendUrl` have no path and no slash at their end.
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

/** Names in a shared `.env` that Docker Compose reads; no business of ours and no reason to warn. */
export const foreignNames: readonly string[] = ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'];

/** Read from the environment alone: it says where the file is. */
export const envFileName = 'ENV_FILE';
