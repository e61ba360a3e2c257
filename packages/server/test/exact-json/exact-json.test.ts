import type { Json } from '@onym/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonEquals } from '../../../core/src/traits.ts';
import { contentBytes } from '../../src/exact-json/content-bytes.ts';
import { isWrittenNumber, numberOf, parseExact, parseForeign, parseWith } from '../../src/exact-json/parse.ts';
import { stringifyExact } from '../../src/exact-json/stringify.ts';

const outcome = (parse: () => unknown): unknown => {
  try {
    return { value: parse() };
  } catch (error) {
    return (error as Error).name;
  }
};

describe('parseExact', () => {
  test.each<[string, unknown]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740991', -9007199254740991],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['1000000000000000', 1e15],
    ['1234567890123456.5', 1234567890123456.5],
    ['0.12345678901234567890', 0.12345678901234568],
    ['12345678901234567890e0', 12345678901234567000],
    ['1e400', Number.POSITIVE_INFINITY],
    ['"9007199254740993"', '9007199254740993'],
    ['"\\"9007199254740993"', '"9007199254740993'],
    ['"a\\\\"', 'a\\'],
  ])('%s', (json, value) => {
    expect(parseExact(json)).toBe(value);
    expect(parseExact(` [ ${json} , {"k" : ${json}}]\n`)).toEqual([value, { k: value }]);
  });

  test('finds long integers wherever they lie', () => {
    for (let before = 0; before < 40; before++) {
      const text = `["${'x'.repeat(before)}",9007199254740993]`;
      expect(parseExact(text)[1]).toBe(9007199254740993n);
      expect(parseExact(text.replace('900', '-900'))[1]).toBe(-9007199254740993n);
    }
  });

  test('an integer beyond any double is bounded, and no work', () => {
    expect(parseExact(`[${'9'.repeat(1_000)}]`)).toEqual([BigInt('9'.repeat(1_000))]);
    expect(parseExact(`[${'9'.repeat(5_000_000)}]`)).toEqual([Number.POSITIVE_INFINITY]);
  });
});

/** As JSON.parse would have it. */
const asDoubles = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  for (const [key, member] of Object.entries(value)) {
    Object.defineProperty(value, key, { value: asDoubles(member), enumerable: true });
  }
  return value;
};

describe('parsing by hand', () => {
  const long = '12345678901234567890';

  test('any JSON, with any blanks, is what JSON.parse makes of it', () => {
    const blank = fc.stringMatching(/^[ \n\r\t]{0,2}$/);
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), blank, (json, space) => {
        const spaced = space + json.replaceAll(',', `${space},${space}`).replaceAll(':', `:${space}`) + space;
        // Within strings the blanks are text, or a control character, for both alike.
        for (const text of [json, spaced]) {
          expect(outcome(() => asDoubles(parseWith(text)))).toEqual(outcome(() => JSON.parse(text)));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what JSON.parse refuses is refused, wherever it is cut or changed', () => {
    const whole = '{"a":[1,-2.5e+3,"x\\u00e9\\n",true,null],"b":{"":{}},"c":[],"d":false}';
    const parts = ['"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', 't', 'u', ' ', '\n', '\u0000', ''];
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(3),
        fc.array(fc.constantFrom(...parts), { maxLength: 3 }),
        (at, cut, put) => {
          const text = whole.slice(0, at) + put.join('') + whole.slice(at + cut);
          expect(outcome(() => asDoubles(parseWith(text)))).toEqual(outcome(() => JSON.parse(text)));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['', '01', '-', '+1', '1.', '.5', '1e', '0x1', 'NaN', 'Infinity', 'tru', 'nul', "'a'", '"\\x"', '"\\u12"', '"\n"'],
    ['[1,]', '[,1]', '{"a"}', '{"a":}', '{"a":1,}', '{a:1}', '{1:1}', '[1}', '{"a":1]', '[', '{', '"', '1 2', '[]]'],
  ])('refuses %j and its like', (...texts) => {
    for (const text of texts) {
      expect(outcome(() => parseWith(text))).toBe('SyntaxError');
      expect(outcome(() => parseExact(`[${long},${text || '*'}]`))).toBe('SyntaxError');
    }
  });

  test('of a key that comes twice the last value counts', () => {
    const text = `{"a":${long},"b":1,"a":2}`;
    expect(parseExact(text)).toEqual({ a: 2, b: 1 });
    expect(Object.keys(parseExact(text))).toEqual(['a', 'b']);
  });

  test('depth is no limit', () => {
    const depth = 200_000;
    let value = parseExact('['.repeat(depth) + long + ']'.repeat(depth));
    for (let level = 0; level < depth; level++) value = value[0];
    expect(value).toBe(BigInt(long));
  });
});

describe('keys named __proto__', () => {
  const json = '{"__proto__":{"polluted":12345678901234567890},"a":[{"\\u005f_proto__":1,"b":"__proto__"}]}';

  test('are own keys like any other of what is our own', () => {
    const value = parseExact(json);
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value.polluted).toBeUndefined();
    expect(stringifyExact(value)).toBe(json.replace('\\u005f', '_'));
  });

  test('are left out of what comes from outside', () => {
    for (const text of [json, json.replace('12345678901234567890', '1')]) {
      expect(stringifyExact(parseForeign(text))).toBe('{"a":[{"b":"__proto__"}]}');
    }
  });
});

describe('numbers in the place of an id', () => {
  const isId = (path: readonly (string | number)[]) => path.length === 1 && path[0] === 'id';

  test('keep how they were written unless they are integers', () => {
    const value = parseWith('{"id":1.0,"n":1.0,"in":{"id":1e3}}', { isId }) as Record<string, unknown>;
    expect(isWrittenNumber(value.id)).toBe(true);
    expect(value).toMatchObject({ n: 1, in: { id: 1000 } });
    expect(stringifyExact(value)).toBe('{"id":1.0,"n":1,"in":{"id":1000}}');
    expect(parseWith('{"id":12345678901234567890}', { isId })).toEqual({ id: 12345678901234567890n });
    expect(isWrittenNumber({ written: '1.0' })).toBe(false);
  });
});

test('numberOf', () => {
  expect(numberOf('5')).toBe(5);
  expect(numberOf('-9007199254740993')).toBe(-9007199254740993n);
  expect(numberOf('9007199254740993.0')).toBe(9007199254740992);
  expect(numberOf('007')).toBe(7);
});

describe('stringifyExact', () => {
  const value = { a: 9007199254740993n, b: [1n, { c: -2n, d: undefined }, undefined], e: [], f: {}, 'g"': 'h\n' };

  test('writes bigints as integers, and all else as JSON.stringify does', () => {
    const text = '{"a":9007199254740993,"b":[1,{"c":-2},null],"e":[],"f":{},"g\\"":"h\\n"}';
    expect(stringifyExact(value)).toBe(text);
    expect(stringifyExact({ at: new Date(0), n: 1n })).toBe('{"at":"1970-01-01T00:00:00.000Z","n":1}');
    expect(stringifyExact(value, 2)).toBe(
      JSON.stringify(JSON.parse(text), null, 2).replace('9007199254740992', '9007199254740993'),
    );
  });

  test('reads back as it was, with long integers and without', () => {
    const integer = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    const leaf = fc.oneof(fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<unknown>, integer);
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (made) => {
        const text = stringifyExact(made);
        expect(stringifyExact(parseExact(text))).toBe(text);
        expect(contentText(parseExact(text))).toBe(contentText(made));
      }),
      { numRuns: 1_000 },
    );
  });

  test('too deep for a text is a RangeError', () => {
    let deep: unknown = 1n;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(() => stringifyExact(deep)).toThrow(RangeError);
  });
});

const contentText = (value: unknown): string => contentBytes(value).toString('utf8');

describe('contentBytes', () => {
  test('does not depend on the order of keys, nor on how a number is kept', () => {
    expect(contentText({ b: [{ d: 1, c: 2n }], a: 'x' })).toBe(contentText({ a: 'x', b: [{ c: 2, d: 1n }] }));
  });

  test('is what events have their names of, which must not change', () => {
    const value = ['é', { b: [1.5, true, null], a: 'x'.repeat(30), '\ud83d\ude00': 12n ** 12n }];
    const expected = `[2:"1:é{3:1:a"30:${'x'.repeat(30)}1:b[3:#1.5,tn2:\ud83d\ude00#8916100448256,`;
    expect(contentText(value)).toBe(expected);
    expect(contentBytes(value, Buffer.from('head')).toString('utf8')).toBe(`head${expected}`);
    const long = { text: 'é'.repeat(10_000), [`${'k'.repeat(5_000)}é`]: '' };
    expect(contentText(long)).toBe(`{2:5001:${'k'.repeat(5_000)}é"0:4:text"10000:${'é'.repeat(10_000)}`);
  });

  test('is another for any other value', () => {
    const values = [
      ...['', 'a', 'ab', '1', 'null', 't', 0, 1, 11, 1.1, -1, 2n ** 70n, true, false, null],
      ...[[], [1], [1, 1], [11], [[1], 1], [[1, 1]], [''], ['', ''], ['ab'], ['a', 'b'], [null], [[]], {}, { a: 1 }],
      ...[
        { a: '1' },
        { a: 1, b: 1 },
        { a: { b: 1 } },
        { 'a:1': 1 },
        { ab: 1 },
        { a: 'b:1' },
        [{ a: 1 }],
        [{}, {}],
        [{}],
      ],
      ...['1:a', '"1:a', ['1:a', 'b'], ['1', ':ab'], { '': 1 }, { '': '' }, ['#1,'], ['#1', ','], [1, '']],
    ];
    expect(new Set(values.map(contentText)).size).toBe(values.length);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(contentText(a) === contentText(b)).toBe(jsonEquals(a as Json, b as Json));
      }),
      { numRuns: 2_000 },
    );
  });
});
