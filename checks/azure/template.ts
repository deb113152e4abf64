import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { evaluate, memberOf, textOf } from './expression.ts';
import type { Functions, Value } from './expression.ts';

type Values = Readonly<Record<string, Value>>;
type Parameter = {
  type: string;
  defaultValue?: Value;
  allowedValues?: readonly Value[];
  minLength?: number;
  maxLength?: number;
  minValue?: number;
  maxValue?: number;
};
type Template = {
  parameters: Record<string, Parameter>;
  variables: Record<string, Value>;
  resources: readonly { type: string; apiVersion: string; name: string; [part: string]: Value }[];
  outputs: Record<string, { type: string; value: Value }>;
};

/** A resource as Azure would be asked for it. */
export type Resource = {
  type: string;
  apiVersion: string;
  name: string;
  id: string;
  isWanted: boolean;
  dependsOn: readonly string[];
  /** Ids that its body names, or whose state or keys it reads. */
  names: ReadonlySet<string>;
  body: Values;
};
export type Deployment = { resources: readonly Resource[]; variables: Values; outputs: Values };

/** Stands in every secret of a deployment that is only thought. */
export const secretMark = 'a-secret-of-24-characters';

const scope = '/subscriptions/s/resourceGroups/g';
/** What is read of a resource after it was made, by its type. */
const states: Values = {
  'Microsoft.OperationalInsights/workspaces': { customerId: 'customer' },
  'Microsoft.DBforPostgreSQL/flexibleServers': {
    fullyQualifiedDomainName: 'lms.private.postgres.database.azure.com',
  },
  'Microsoft.Cache/redis': { hostName: 'lms.redis.cache.windows.net' },
  'Microsoft.Cache/redisEnterprise': { hostName: 'lms.westeurope.redis.azure.net' },
  'Microsoft.ContainerRegistry/registries': { loginServer: 'lms.azurecr.io' },
  'Microsoft.App/managedEnvironments': { defaultDomain: 'example.azurecontainerapps.io' },
  'Microsoft.App/containerApps': {
    configuration: { ingress: { fqdn: 'lms.example.azurecontainerapps.io' } },
  },
  'Microsoft.ManagedIdentity/userAssignedIdentities': { clientId: 'client-id', principalId: 'principal-id' },
};
const keys: Values = {
  'Microsoft.OperationalInsights/workspaces': { primarySharedKey: secretMark },
  'Microsoft.Cache/redis': { primaryKey: secretMark },
  'Microsoft.Cache/redisEnterprise/databases': { primaryKey: secretMark },
};

export function readTemplate(file: string): Template {
  return JSON.parse(readFileSync(file, 'utf8')) as Template;
}

/**
 * Works out a template as Azure does before it deploys it, and throws what Azure would refuse: a parameter that is
 * missing or not allowed, a name that stands for nothing, a function where it may not be called.
 */
export function workOut(template: Template, given: Values): Deployment {
  const parameters: Record<string, Value> = {};
  const variables: Record<string, Value> = {};
  const early = functionsOf(parameters, variables);
  for (const [name, parameter] of Object.entries(template.parameters)) {
    parameters[name] = resolve(takeParameter(name, parameter, given), early);
  }
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(template.parameters, name));
  if (unknown.length > 0) throw new Error(`there is no parameter ${unknown.join(', ')}`);
  for (const [name, value] of Object.entries(template.variables)) variables[name] = resolve(value, early);

  const resources = template.resources.map(({ type, apiVersion, name, condition, dependsOn, ...rest }) => {
    const fullName = textOf(evaluate(name, early));
    const names = new Set<string>();
    const late = { ...early, ...stateFunctions(names) };
    const { properties, ...outer } = rest;
    const body = { ...(resolve(outer, early) as Values), properties: resolve(properties ?? {}, late) };
    for (const id of JSON.stringify(body).matchAll(/\/subscriptions\/s\/[^"]+/g)) names.add(id[0]);
    return {
      type,
      apiVersion,
      name: fullName,
      id: resourceId(type, ...fullName.split('/')),
      isWanted: resolve(condition ?? true, early) === true,
      dependsOn: (resolve(dependsOn ?? [], early) as string[]) ?? [],
      names,
      body,
    };
  });
  const late = { ...early, ...stateFunctions(new Set()) };
  const outputs = Object.entries(template.outputs).map(([name, { value }]) => [name, resolve(value, late)]);
  return { resources, variables, outputs: Object.fromEntries(outputs) as Values };
}

function takeParameter(name: string, parameter: Parameter, given: Values): Value {
  const value = given[name] ?? parameter.defaultValue;
  if (value === undefined) throw new Error(`the parameter ${name} is missing`);
  const size = typeof value === 'string' ? value.length : Number(value);
  const { minLength, maxLength, minValue, maxValue, allowedValues } = parameter;
  const isAllowed =
    (allowedValues === undefined || allowedValues.includes(value)) &&
    size >= (minLength ?? minValue ?? size) &&
    size <= (maxLength ?? maxValue ?? size);
  if (!isAllowed) throw new Error(`the parameter ${name} may not be ${JSON.stringify(value)}`);
  return value;
}

/** Evaluates every text in a value, names of parts included. */
function resolve(value: Value, functions: Functions): Value {
  if (typeof value === 'string') return evaluate(value, functions);
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => resolve(item, functions));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Values).map(([name, part]) => [
      textOf(evaluate(name, functions)),
      resolve(part, functions),
    ]),
  );
}

function resourceId(...[type, ...names]: Value[]): string {
  const [provider = '', ...types] = textOf(type).split('/');
  if (types.length === 0 || types.length !== names.length) {
    throw new Error(`${textOf(type)} does not go with the name ${names.map(textOf).join('/')}`);
  }
  return `${scope}/providers/${provider}/${types.map((part, at) => `${part}/${textOf(names[at])}`).join('/')}`;
}

/** The type in an id that `resourceId` made. */
function typeOf(id: string): string {
  const [provider = '', ...rest] = id.replace(`${scope}/providers/`, '').split('/');
  return [provider, ...rest.filter((_, at) => at % 2 === 0)].join('/');
}

const hash = (...texts: Value[]) => createHash('sha256').update(JSON.stringify(texts)).digest('hex');

/** Those that may be called anywhere. */
function functionsOf(parameters: Values, variables: Values): Functions {
  return {
    parameters: (name = '') => memberOf(parameters, name),
    variables: (name = '') => memberOf(variables, name),
    resourceGroup: () => ({ id: scope, location: 'westeurope' }),
    subscription: () => ({ tenantId: '11111111-1111-1111-1111-111111111111' }),
    environment: () => ({ suffixes: { keyvaultDns: '.vault.azure.net', storage: 'core.windows.net' } }),
    resourceId,
    subscriptionResourceId: (type = '', name = '') =>
      `/subscriptions/s/providers/${textOf(type)}/${textOf(name)}`,
    uniqueString: (...texts) => hash(...texts).slice(0, 13),
    guid: (...texts) => hash(...texts).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5'),
    format: (text = '', ...args) =>
      textOf(text).replaceAll(/\{(\d+)\}/g, (_, at: string) => textOf(memberOf(args, Number(at)))),
    concat: (...lists) => (lists as Value[][]).flat(),
    createArray: (...items) => items,
    createObject: (...parts) =>
      Object.fromEntries(
        parts.flatMap((part, at) => (at % 2 === 0 ? [[textOf(part), parts[at + 1] ?? null]] : [])),
      ),
    substring: (text = '', from = 0, length = 0) =>
      textOf(text).slice(Number(from), Number(from) + Number(length)),
    startsWith: (text = '', start = '') => textOf(text).startsWith(textOf(start)),
    if: (condition = false, yes = null, no = null) => (condition === true ? yes : no),
    equals: (one = null, other = null) => one === other,
    not: (condition = false) => condition !== true,
    empty: (value = '') => value === '' || (Array.isArray(value) && value.length === 0),
    string: (value = '') => textOf(value),
    json: (text = '') => JSON.parse(textOf(text)) as Value,
    uriComponent: (text = '') => encodeURIComponent(textOf(text)),
  };
}

/** Those that need the resource to be there: only in properties and outputs. */
function stateFunctions(names: Set<string>): Functions {
  const read = (table: Values) => (id: Value | undefined) => {
    names.add(textOf(id));
    return memberOf(table, typeOf(textOf(id)));
  };
  return { reference: read(states), listKeys: read(keys) };
}
