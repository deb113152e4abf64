import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inexactVersions, wrongLocks } from './manifest.ts';

suite('the manifest and the lock file', () => {
  test('a range, a tag and an address are no exact versions; an alias is one', () => {
    const dependencies = {
      a: '^1.0.0',
      b: 'latest',
      c: '1.x',
      d: 'github:a/b',
      e: '1.2.3',
      f: 'npm:@x/y@1.2.3-beta.1',
    };
    assert.deepEqual(
      inexactVersions({ dependencies }).map((line) => line.split(' ')[1]),
      ['a', 'b', 'c', 'd'],
    );
  });

  test('an address, a missing digest and a version of its own are found in a lock file', () => {
    const entry = { version: '1.0.0', integrity: 'sha512-x' };
    const lock = {
      packages: {
        '': {},
        'node_modules/good': entry,
        'node_modules/addressed': { ...entry, resolved: 'anywhere' },
        'node_modules/undigested': { version: '1.0.0' },
        'node_modules/other': entry,
      },
    };
    const devDependencies = { good: '1.0.0', other: '1.0.1' };
    assert.deepEqual(wrongLocks({ devDependencies }, lock), [
      'package-lock.json: other has another version than in package.json',
      'package-lock.json: node_modules/addressed has an address in "resolved"',
      'package-lock.json: node_modules/undigested has no digest',
    ]);
  });
});
