import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Type, type TSchema } from 'typebox';
import { reasonsOf as reasonsOfErrors } from './reasons.ts';
import {
  commaList,
  emailPattern,
  id,
  integer,
  nullable,
  object,
  oneLine,
  oneOf,
  text,
  time,
} from './schema.ts';
import { createAjv } from './validation.ts';

function reasonsOf(schema: TSchema, value: unknown) {
  const validate = createAjv(false).compile(schema);
  assert.equal(validate(value), false);
  return reasonsOfErrors(validate.errors ?? [], true);
}

suite('reasons of a refused request', () => {
  const cases: [
    name: string,
    schema: TSchema,
    value: unknown,
    code: string,
    path: string,
    message: string,
  ][] = [
    [
      'a field too many',
      object({}),
      { 'a/b': 1 },
      'unknown_field',
      '/a~1b',
      'This field is unknown or read-only.',
    ],
    ['a field too few', object({ a: id }), {}, 'required', '/a', 'This field is required.'],
    ['too short', Type.String({ minLength: 1 }), '', 'min_length', '', 'It must have at least 1 character.'],
    [
      'too long',
      Type.String({ maxLength: 2 }),
      'abc',
      'max_length',
      '',
      'It must have at most 2 characters.',
    ],
    [
      'no mail address',
      Type.String({ pattern: emailPattern }),
      'x',
      'email_invalid',
      '',
      'It is not a mail address.',
    ],
    ['blank', text(1, 9), '  ', 'blank', '', 'It must not be blank.'],
    [
      'two lines',
      oneLine(1, 9),
      'a\nb',
      'control_characters',
      '',
      'It must stand on one line, without control characters.',
    ],
    ['another type', nullable(Type.String()), 5, 'type', '', 'It must be a text or null.'],
    ['too large', integer(1, 5), 6, 'maximum', '', 'It must be at most 5.'],
    ['none of the list', oneOf(['a', 'b']), 'c', 'enum', '', 'It must be one of: a, b.'],
    [
      'twice in a list',
      commaList(oneOf(['a'])),
      ['a', 'a'],
      'unique_items',
      '',
      'It must not list anything twice.',
    ],
    ['no id', object({ x: id }), { x: '5' }, 'format', '/x', 'It must be an id.'],
    ['no time', time, 'noon', 'format', '', 'It must be a time such as 2026-01-31T09:30:00Z.'],
  ];
  for (const [name, schema, value, code, path, message] of cases) {
    test(`${name}: ${code}`, () => {
      const [reason] = reasonsOf(schema, value);
      assert.equal(reason?.code, code);
      assert.equal(reason.path, path);
      assert.equal(reason.message, message);
    });
  }

  test('an empty text is one mistake, and tells no pattern', () => {
    const reasons = reasonsOf(
      object({ name: oneLine(1, 9), email: Type.String({ pattern: emailPattern }) }),
      {
        name: '',
        email: 'x',
      },
    );
    assert.deepEqual(
      reasons.map(({ path, code, params }) => [path, code, params?.['pattern']]),
      [
        ['/name', 'min_length', undefined],
        ['/email', 'email_invalid', undefined],
      ],
    );
  });
});
