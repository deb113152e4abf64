import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatTraceparent, newSpanId, newTraceId, parseTraceparent } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

suite('traceparent', () => {
  test('is read and written as W3C Trace Context says', () => {
    assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-01`), { traceId, spanId, isSampled: true });
    assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-02`)?.isSampled, false);
    assert.deepEqual(parseTraceparent(`42-${traceId}-${spanId}-01-of a later version`)?.traceId, traceId);
    assert.equal(formatTraceparent({ traceId, spanId, isSampled: false }), `00-${traceId}-${spanId}-00`);
    assert.match(newTraceId() + newSpanId(), /^[0-9a-f]{48}$/);
  });

  for (const [what, text] of Object.entries({
    'the version that is none': `ff-${traceId}-${spanId}-01`,
    'a trace of zeros': `00-${'0'.repeat(32)}-${spanId}-01`,
    'a span of zeros': `00-${traceId}-${'0'.repeat(16)}-01`,
    capitals: `00-${traceId.toUpperCase()}-${spanId}-01`,
    'one that is cut short': `00-${traceId}-${spanId}`,
    'a long text': `00-${traceId}-${spanId}-01-${'x'.repeat(1_000)}`,
    nothing: undefined,
    several: [`00-${traceId}-${spanId}-01`],
  }))
    test(`${what} begins a trace anew`, () => assert.equal(parseTraceparent(text), undefined));
});
