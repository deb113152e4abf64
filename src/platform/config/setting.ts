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
