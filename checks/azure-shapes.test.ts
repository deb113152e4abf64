import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deployApps, find } from '../test/azure/deployments.ts';
import type { Value } from './azure/expression.ts';
import { areShapesInstalled, misfits } from './azure/shapes.ts';
import type { Resource } from './azure/template.ts';

const skip = areShapesInstalled() ? false : 'npm ci --prefix checks/azure-shapes';

suite('Azure’s descriptions of its resources', { skip }, () => {
  const api = find(deployApps(), 'Microsoft.App/containerApps', '-api');

  /** The resource with one part of its body replaced, or taken away. */
  function planted(place: string, value?: Value): Resource {
    const body = structuredClone(api.body) as Record<string, unknown>;
    const names = place.split('.');
    const last = names.pop() ?? '';
    let part = body;
    for (const name of names) part = part[name] as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(part, last);
    else part[last] = value;
    return { ...api, body: body as Resource['body'] };
  }

  test('each misfit is found where it is planted', () => {
    assert.deepEqual(misfits(api), []);
    const container = 'properties.template.containers.0';
    for (const [resource, misfit] of [
      [planted('properties.template.scale.maxReplica', 3), /maxReplica is unknown to Azure/],
      [planted('properties.template.scale.maxReplicas', '3'), /maxReplicas is no number/],
      [planted(`${container}.image`, 1), /image is no text/],
      [planted(`${container}.env`, 'A=b'), /env is no list/],
      [planted('properties.configuration.ingress.external', 'yes'), /external is neither true nor false/],
      [planted('properties.latestRevisionName', 'x'), /latestRevisionName is not ours to set/],
      [planted('location'), /location is missing/],
      [planted('identity.type'), /identity\.type is missing/],
      [{ ...api, apiVersion: '2020-01-01' }, /does not know 2020-01-01/],
      [{ ...api, type: 'Microsoft.App/planted' }, /no package describes it/],
    ] as const) {
      assert.match(misfits(resource).join('\n'), misfit);
    }
  });
});
