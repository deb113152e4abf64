import { registerHooks } from 'node:module';

/** Decides in a rule's place: gets what the rule was given, and the rule itself. */
export type Decide = (given: unknown[], rule: (...given: unknown[]) => unknown) => unknown;

export type RuleSwitch = {
  /** Every rule of the modules that were loaded: `courses.may`, `platform.checkAccess`. */
  readonly rules: ReadonlySet<string>;
  /** Runs `work` while `decide` answers for the rule; tells how often it was asked. */
  flipped<T>(rule: string, decide: Decide, work: () => Promise<T>): Promise<{ result: T; asked: number }>;
};

type Registry = { call(name: string, given: unknown[], rule: (...given: unknown[]) => unknown): unknown };

/** Where the changed modules find the switch: they cannot import it, since they know nothing of tests. */
const registryName = 'lms.test.ruleSwitch';

/** Which functions of which modules are rules. Of a policy all that it exports, and what these call of them. */
const modules: readonly { address: RegExp; feature?: string; functions: RegExp }[] = [
  { address: /\/src\/features\/([\w-]+)\/policy\.ts$/, functions: /^export function (\w+)\(/gm },
  {
    address: /\/src\/platform\/http\/access\.ts$/,
    feature: 'platform',
    functions: /^function (checkAccess|checkSignIn|requireFresh)\(/gm,
  },
  {
    address: /\/src\/platform\/auth\/actor\.ts$/,
    feature: 'platform',
    functions: /^export function (hasPermission)\(/gm,
  },
];

/**
 * From now on, modules that hold rules are loaded with a switch before each rule. Call it before anything of `src/`
 * is imported. The code stays as it is but for that: a rule that nobody flips decides as ever.
 */
export function installRuleSwitch(): RuleSwitch {
  const rules = new Set<string>();
  let active: { rule: string; decide: Decide; asked: number } | undefined;
  const registry: Registry = {
    call(name, given, rule) {
      if (active?.rule !== name) return rule(...given);
      active.asked += 1;
      return active.decide(given, rule);
    },
  };
  (globalThis as Record<symbol, unknown>)[Symbol.for(registryName)] = registry;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const found = modules.find(({ address }) => address.test(url));
      if (!found || loaded.source == null) return loaded;
      const feature = found.feature ?? found.address.exec(url)?.[1] ?? '';
      const text =
        typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: withSwitches(text, feature, found.functions, rules) };
    },
  });
  return {
    rules,
    async flipped(rule, decide, work) {
      if (!rules.has(rule)) throw new Error(`no module with a rule ${rule} was loaded`);
      const flip = { rule, decide, asked: 0 };
      active = flip;
      try {
        return { result: await work(), asked: flip.asked };
      } finally {
        active = undefined;
      }
    },
  };
}

// The rule keeps its body under another name; whoever calls it, in its own module too, meets the switch.
function withSwitches(text: string, feature: string, functions: RegExp, rules: Set<string>): string {
  const registry = `globalThis[Symbol.for('${registryName}')]`;
  return text.replaceAll(functions, (start, name: string) => {
    rules.add(`${feature}.${name}`);
    const head = start.replace(`${name}(`, `${name}(...given: any[]): any`);
    return `${head} { return (${registry} as any).call('${feature}.${name}', given, rule_${name}); }\nfunction rule_${name}(`;
  });
}
