import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Value } from './expression.ts';
import type { Resource } from './template.ts';

/** How Azure's packages describe a value: the parts that are used here. */
type Mapper = {
  serializedName?: string;
  required?: boolean;
  readOnly?: boolean;
  isConstant?: boolean;
  constraints?: {
    MaxLength?: number;
    MinLength?: number;
    Pattern?: string;
    InclusiveMaximum?: number;
    InclusiveMinimum?: number;
  };
  type: {
    name: string;
    className?: string;
    modelProperties?: Record<string, Mapper>;
    additionalProperties?: Mapper;
    value?: Mapper;
    element?: Mapper;
    allowedValues?: readonly Value[];
  };
};
type Mappers = Readonly<Record<string, Mapper>>;
type Package = { mappers: Mappers; apiVersions: string };

const packages = path.join(import.meta.dirname, '../azure-shapes/node_modules/@azure');
const authorization = ['arm-authorization', 'dist-esm/src/models'] as const;
const network = ['arm-network', 'dist-esm/src/models'] as const;
const vault = ['arm-keyvault', 'dist-esm/src/models'] as const;
const commonjs = 'dist/commonjs/models';

/** By type of resource: package, folder of its models, name of the shape that a creation takes. */
const sources: Readonly<Record<string, readonly [string, string, string]>> = {
  'Microsoft.App/containerApps': ['arm-appcontainers', commonjs, 'ContainerApp'],
  'Microsoft.App/jobs': ['arm-appcontainers', commonjs, 'Job'],
  'Microsoft.App/managedEnvironments': ['arm-appcontainers', commonjs, 'ManagedEnvironment'],
  'Microsoft.Authorization/roleAssignments': [...authorization, 'RoleAssignmentCreateParameters'],
  'Microsoft.Authorization/roleDefinitions': [...authorization, 'RoleDefinition'],
  'Microsoft.Cache/redis': ['arm-rediscache', commonjs, 'RedisCreateParameters'],
  'Microsoft.ContainerRegistry/registries': ['arm-containerregistry', commonjs, 'Registry'],
  'Microsoft.DBforPostgreSQL/flexibleServers': ['arm-postgresql-flexible', commonjs, 'Server'],
  'Microsoft.DBforPostgreSQL/flexibleServers/configurations': [
    'arm-postgresql-flexible',
    commonjs,
    'Configuration',
  ],
  'Microsoft.DBforPostgreSQL/flexibleServers/databases': ['arm-postgresql-flexible', commonjs, 'Database'],
  'Microsoft.KeyVault/vaults': [...vault, 'VaultCreateOrUpdateParameters'],
  'Microsoft.KeyVault/vaults/secrets': [...vault, 'SecretCreateOrUpdateParameters'],
  'Microsoft.ManagedIdentity/userAssignedIdentities': ['arm-msi', commonjs, 'Identity'],
  'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials': [
    'arm-msi',
    commonjs,
    'FederatedIdentityCredential',
  ],
  'Microsoft.Network/privateDnsZones': ['arm-privatedns', 'dist-esm/src/models', 'PrivateZone'],
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': [
    'arm-privatedns',
    'dist-esm/src/models',
    'VirtualNetworkLink',
  ],
  'Microsoft.Network/privateEndpoints': [...network, 'PrivateEndpoint'],
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': [...network, 'PrivateDnsZoneGroup'],
  'Microsoft.Network/virtualNetworks': [...network, 'VirtualNetwork'],
  'Microsoft.OperationalInsights/workspaces': ['arm-operationalinsights', 'dist-esm/src/models', 'Workspace'],
  'Microsoft.Storage/storageAccounts': ['arm-storage', commonjs, 'StorageAccountCreateParameters'],
  'Microsoft.Storage/storageAccounts/blobServices': ['arm-storage', commonjs, 'BlobServiceProperties'],
  'Microsoft.Storage/storageAccounts/blobServices/containers': ['arm-storage', commonjs, 'BlobContainer'],
};
/** Azure's packages describe them only as types of TypeScript, or not yet as they are today. */
const undescribed = new Set(['Microsoft.Cache/redisEnterprise', 'Microsoft.Cache/redisEnterprise/databases']);

export function areShapesInstalled(): boolean {
  return existsSync(packages);
}

/** What in a resource does not fit Azure's own description of it; empty where all does. */
export function misfits({ type, apiVersion, name, body }: Resource): string[] {
  if (undescribed.has(type)) return [];
  const source = sources[type];
  if (source === undefined) return [`${type}: no package describes it`];
  const { mappers, apiVersions } = loadPackage(source[0], source[1]);
  const shape = mappers[source[2]];
  if (shape === undefined) return [`${type}: ${source[0]} has no ${source[2]}`];
  const found: string[] = [];
  if (!apiVersions.includes(`"${apiVersion}"`))
    found.push(`${type}: ${source[0]} does not know ${apiVersion}`);
  const { scope: _scope, ...rest } = body;
  check(rest, shape, `${type} ${name}`, { mappers, found });
  return found;
}

function loadPackage(name: string, folder: string): Package {
  const models = path.join(packages, name, folder);
  const mappers = createRequire(import.meta.url)(path.join(models, 'mappers.js')) as Mappers;
  return { mappers, apiVersions: readFileSync(path.join(models, 'parameters.js'), 'utf8') };
}

type Context = { mappers: Mappers; found: string[] };

type Check = (value: Value, mapper: Mapper, at: string, context: Context) => void;

/** By the name of the kind; kinds that are not here may be anything. */
const checks: Readonly<Record<string, Check>> = {
  Composite: checkComposite,
  Sequence: checkList,
  Dictionary: checkDictionary,
  Number: checkNumber,
  Boolean: (value, _mapper, at, { found }) => {
    if (typeof value !== 'boolean') found.push(`${at} is neither true nor false`);
  },
  Enum: (value, { type: { allowedValues } }, at, { found }) => {
    if (allowedValues && !allowedValues.includes(value)) {
      found.push(`${at} is ${JSON.stringify(value)}, not one of ${JSON.stringify(allowedValues)}`);
    }
  },
  String: checkText,
  Uuid: checkText,
};

function check(value: Value, mapper: Mapper, at: string, context: Context): void {
  if (value !== null) checks[mapper.type.name]?.(value, mapper, at, context);
}

function checkList(value: Value, { type }: Mapper, at: string, context: Context): void {
  if (!Array.isArray(value)) return void context.found.push(`${at} is no list`);
  for (const [index, item] of (value as Value[]).entries()) {
    if (type.element) check(item, type.element, `${at}[${index}]`, context);
  }
}

function checkDictionary(value: Value, { type }: Mapper, at: string, context: Context): void {
  if (!isObject(value)) return void context.found.push(`${at} is no object`);
  for (const [name, item] of Object.entries(value)) {
    if (type.value) check(item, type.value, `${at}.${name}`, context);
  }
}

function checkNumber(value: Value, { constraints = {} }: Mapper, at: string, { found }: Context): void {
  if (typeof value !== 'number') return void found.push(`${at} is no number`);
  const { InclusiveMaximum: most = value, InclusiveMinimum: least = value } = constraints;
  if (value > most || value < least) found.push(`${at} may not be ${value}`);
}

function checkText(value: Value, { constraints = {} }: Mapper, at: string, { found }: Context): void {
  if (typeof value !== 'string') return void found.push(`${at} is no text`);
  const { MaxLength: most = value.length, MinLength: least = value.length, Pattern: pattern } = constraints;
  if (value.length > most || value.length < least) found.push(`${at} is too long or too short`);
  if (pattern && !new RegExp(pattern, 'u').test(value)) found.push(`${at} does not match ${pattern}`);
}

/** The parts of an object, of which some stand deeper in what is sent: `serializedName` is "properties.sku.name". */
type Part = { mapper?: Mapper; parts: Map<string, Part> };

function checkComposite(value: Value, mapper: Mapper, at: string, context: Context): void {
  const named = mapper.type.className === undefined ? undefined : context.mappers[mapper.type.className];
  const { modelProperties, additionalProperties } = { ...named?.type, ...mapper.type };
  const root: Part = { parts: new Map() };
  for (const property of Object.values(modelProperties ?? {})) {
    let part = root;
    for (const name of (property.serializedName ?? '').split(/(?<!\\)\./)) {
      const plain = name.replaceAll('\\', '');
      let next = part.parts.get(plain);
      if (!next) part.parts.set(plain, (next = { parts: new Map() }));
      part = next;
    }
    part.mapper = property;
  }
  checkParts(value, root, at, { ...context, isOpen: additionalProperties !== undefined });
}

function checkParts(value: Value, { parts }: Part, at: string, context: Context & { isOpen: boolean }): void {
  if (!isObject(value)) return void context.found.push(`${at} is no object`);
  for (const [name, item] of Object.entries(value)) {
    const part = parts.get(name);
    const here = `${at}.${name}`;
    if (part?.mapper?.readOnly) context.found.push(`${here} is not ours to set`);
    else if (part?.mapper) check(item, part.mapper, here, context);
    else if (part) checkParts(item, part, here, context);
    else if (!context.isOpen) context.found.push(`${here} is unknown to Azure`);
  }
  for (const [name, part] of parts) {
    const isMissing = part.mapper?.required && !part.mapper.readOnly && !part.mapper.isConstant;
    if (isMissing && !Object.hasOwn(value, name)) context.found.push(`${at}.${name} is missing`);
  }
}

function isObject(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
