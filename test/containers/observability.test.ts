import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { waitFor } from '#test/wait.ts';
import { buildImage, noEngine, run, runName } from './docker.ts';
import { startStack, type Stack } from './stack.ts';

const image = `${runName}:observed`;
// Prometheus asks the DNS every 15 s, and scrapes as often.
const patienceMs = 120_000;

type Targets = {
  activeTargets: { health: string; lastError: string; labels: { job: string; instance: string } }[];
};
type Groups = { groups: { name: string; rules: { name: string; health: string; lastError?: string }[] }[] };
type Found = { result: { metric: Record<string, string>; value: [number, string] }[] };

// Without Grafana, of which not every machine has the image.
suite('production compose with what watches it', { skip: noEngine }, () => {
  let stack: Stack;
  let prometheus = '';

  before(async () => {
    await buildImage(image);
    stack = await startStack({
      file: 'compose.prod.yaml:compose.observability.yaml',
      image,
      settings: () => ({
        PUBLIC_URL: 'https://localhost',
        SMTP_HOST: 'mail.example.com',
        EMAIL_FROM: 'learn@lms.example.com',
      }),
      services: ['proxy', 'worker', 'scheduler', 'prometheus', 'alertmanager'],
      scale: { api: 2, worker: 2 },
      secrets: { alertmanager_smtp_password: 'of a test', grafana_admin_password: 'of a test' },
    });
    const [container] = await stack.containers('prometheus');
    assert.ok(container);
    prometheus = stack.addressOf(container, 9090);
  });
  after(async () => {
    await stack.stop();
    await run('docker', ['image', 'rm', '--force', image]);
  });

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${prometheus}/api/v1/${path}`);
    assert.equal(answer.status, 200, path);
    return ((await answer.json()) as { data: T }).data;
  }

  test('every replica of every role is scraped, each by itself', async () => {
    const expected = { api: 2, worker: 2, scheduler: 1, prometheus: 1, alertmanager: 1 };
    let seen: Targets['activeTargets'] = [];
    await waitFor(
      'all targets are up',
      async () => {
        seen = (await ask<Targets>('targets?state=active')).activeTargets;
        return seen.length === 7 && seen.every(({ health }) => health === 'up');
      },
      patienceMs,
    ).catch((error: unknown) => {
      throw new Error(JSON.stringify(seen), { cause: error });
    });
    const jobs = Map.groupBy(seen, ({ labels }) => labels.job);
    assert.deepEqual(Object.fromEntries([...jobs].map(([job, of]) => [job, of.length])), expected);
    assert.equal(new Set(seen.map(({ labels }) => labels.instance)).size, 7);
  });

  test('the figures of the whole system are there, every rule can be evaluated, and Alertmanager is found', async () => {
    const query = (text: string) => ask<Found>(`query?query=${encodeURIComponent(text)}`);
    await waitFor(
      'the figures of the scheduler',
      async () => (await query('max(lms_figures_up)')).result[0]?.value[1] === '1',
      patienceMs,
    );
    let broken: string[] = ['none was evaluated'];
    await waitFor(
      'the rules are evaluated',
      async () => {
        const rules = (await ask<Groups>('rules')).groups.flatMap((group) => group.rules);
        broken = rules.flatMap(({ name, health, lastError }) =>
          health === 'ok' ? [] : [`${name}: ${health} ${lastError}`],
        );
        return rules.length > 40 && broken.length === 0;
      },
      patienceMs,
    ).catch((error: unknown) => {
      throw new Error(broken.join('\n'), { cause: error });
    });
    await waitFor(
      'Alertmanager is found',
      async () =>
        (await ask<{ activeAlertmanagers: unknown[] }>('alertmanagers')).activeAlertmanagers.length === 1,
      patienceMs,
    );
  });
});
