import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { probeAddresses } from './probe-addresses.ts';

suite('where a role is asked for its health', () => {
  test('at the port of the API, then at that of the probes, on this machine', () => {
    assert.deepEqual(probeAddresses({ env: { HOST: '0.0.0.0' } }), [
      'http://127.0.0.1:8000/api/v1/ready',
      'http://127.0.0.1:9100/api/v1/ready',
    ]);
    const env = { HOST: '::', PORT: '1', API_V1_PREFIX: '/lms' };
    assert.deepEqual(probeAddresses({ env, envFileText: 'PORT=3\nMETRICS_PORT=2\n' }), [
      'http://[::1]:1/lms/ready',
      'http://[::1]:2/lms/ready',
    ]);
  });

  test('whatever else is set, also where it does not hold, is not looked at', () => {
    const env = { SECRET_KEY_FILE: '/nowhere/at/all', DATABASE_URL: 'nonsense', ENVIRONMENT: 'production' };
    assert.equal(probeAddresses({ env }).length, 2);
  });
});
