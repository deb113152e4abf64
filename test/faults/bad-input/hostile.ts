import fc from 'fast-check';

/** JSON texts that stand in the place of a value, some of which are no JSON. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      'null',
      'true',
      '-1',
      '0',
      '-0',
      '0.1',
      '1e400',
      '1e-400',
      '99999999999999999999',
      '2147483648',
      'NaN',
    ],
    ...[
      '""',
      '" "',
      '"\\u0000"',
      '"a\\u0000b"',
      '"\\ud800"',
      '"\\udc00x"',
      '"\\u202e"',
      '"\\ufeff"',
      '"\\r\\n"',
    ],
    ...['[]', '{}', '[[]]', '[null]', '[{}]', '{"__proto__":{"x":1}}', '{"constructor":1}', '{"":""}'],
    ...[
      '"2026-02-31T00:00:00Z"',
      '"0000-00-00"',
      '"+275760-09-13T00:00:00.001Z"',
      '"9999-12-31T23:59:59.999Z"',
    ],
    ...['"javascript:alert(1)"', '"../../etc/passwd"', '"%00"', '"http://[::1"', '"file:///etc/passwd"'],
    ...['"00000000-0000-0000-0000-000000000000"', '"ffffffff-ffff-ffff-ffff-ffffffffffff"', '"{}"', '"null"'],
    ...['"\' or 1=1 --"', '"😀"', '"é"', '"İ"', '"ß"', '"x@y"', '"a@b@c"', '"a@\\u0000.com"'],
    `"${'x'.repeat(70_000)}"`,
    `"${'é'.repeat(5_000)}"`,
    `[${'0,'.repeat(3_000)}0]`,
    `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  ),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.double().map((number) => JSON.stringify(number)),
);

/** Bodies that are no good whatever the operation takes. */
export const hostileBodies: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  '{"a":',
  '',
  'null',
  '[]',
  '"x"',
  `${'['.repeat(60_000)}${']'.repeat(60_000)}`,
  `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  bytes(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d),
  bytes(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d),
  bytes(0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00),
  bytes(0x00, 0x00, 0x00),
];

/** Values of a path's or a query's parameter, percent-encoded where they could not be sent else. */
export const hostileTexts: readonly string[] = [
  ...[
    '%00',
    '%ff',
    '%E0%A4%A',
    '%ED%A0%80',
    '%F0%9F%98%80',
    '%2e%2e',
    '%2F',
    '%0d%0aX:%20y',
    '%',
    '%zz',
    '%u0000',
  ],
  ...[
    '-1',
    '0',
    '1',
    '1.5',
    '1e400',
    '101',
    '99999999999999999999',
    'NaN',
    'null',
    'true',
    '[]',
    '{}',
    '*',
    "'",
    '"',
  ],
  ...['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'no-id', '__proto__'],
  ...[
    'constructor',
    'x'.repeat(290),
    'x'.repeat(5_000),
    '2026-02-31',
    "'%20or%201=1%20--",
    '%25%5F%5C',
    ',',
    'a,,b',
  ],
  ...['eyJrIjp7fX0', 'eyJrIjpbXX0', 'W10', 'bnVsbA', 'A'.repeat(600)],
];

function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values);
}
