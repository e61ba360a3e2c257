/** An object of so many levels. */
export const nested = (depth: number, wrap: (inner: string) => string): string => {
  let json = '1';
  for (let level = 0; level < depth; level += 1) json = wrap(json);
  return json;
};

/** Properties as JSON text, as they arrive. */
export const odd: Readonly<Record<string, string>> = {
  'nothing at all': '{}',
  'a dot in a key': '{"cart.total":1}',
  'a key and a path that meet': '{"a":1,"a.b":2}',
  'keys and paths that meet in three ways': '{"a.b.c":1,"a":{"b.c":2},"a.b":{"c":3}}',
  'a key that looks escaped beside one that meets': '{"a%2Eb":1,"a.b":2,"a":{"b":3}}',
  'a key of a hundred thousand dots': `{"${'.'.repeat(100_000)}":1,"${'.x'.repeat(100)}":{"${'.y'.repeat(100)}":2}}`,
  'two ways to one path': '{"a":{"b":1},"a.b":2}',
  'two ways to one path within an array': '{"a":[{"b":{"c":1},"b.c":2}]}',
  'only dots': '{".":1,"..":2,"a.":3,".a":4}',
  'an empty key': '{"":1,"a":{"":{"":2}}}',
  'an escaped dot beside a dot': '{"a%2Eb":1,"a.b":2}',
  __proto__: '{"__proto__":{"polluted":true},"constructor":1,"toString":2}',
  'quotes and backticks in keys': '{"`a`":1,"\\"":2,"\'":3,"a b":4,"$x":5,"a\\\\b":6}',
  nulls: '{"a":null,"b":[null,1],"c":{"d":null}}',
  'empty objects and arrays': '{"a":{},"b":[],"c":[{}],"d":{"e":{}}}',
  'mixed arrays': '{"a":[1,"x",{"b":1},null,[1,["y"]],true,1.5]}',
  'booleans among others':
    '{"a":[true,1,false,0],"b":[false,""],"c":[true,[1]],"d":[1,"x"],"e":[[1],"x"],"f":[{"a":1},"x"]}',
  'integers around 2^53': '{"a":9007199254740991,"b":9007199254740993,"c":-9007199254740993}',
  'integers around 2^63 and 2^64':
    '{"a":9223372036854775807,"b":-9223372036854775809,"c":18446744073709551615,"d":18446744073709551616}',
  'integers beside fractions': '{"a":[1.5,9007199254740993],"b":[-1,18446744073709551615],"c":[9007199254740993,"x"]}',
  'an integer of three hundred digits': `{"a":${'7'.repeat(300)}}`,
  'an integer of thirty digits': '{"a":123456789012345678901234567890,"b":[1,-100000000000000000000]}',
  'very large and very small': '{"a":1e308,"b":-1e308,"c":5e-324,"d":1e21,"e":1e25,"f":0.1}',
  infinity: '{"a":1e400}',
  'minus zero': '{"a":-0}',
  'things that look like dates':
    '{"a":"2026-01-01","b":"2026-01-01T00:00:00Z","c":"2026-01-01 00:00:00.123","d":"0000-00-00"}',
  'things that look like numbers': '{"a":"1","b":"1e5","c":"0x10","d":"NaN","e":"true","f":"null"}',
  'dates in arrays': '{"a":["2026-01-01","x"],"b":["2026-01-01","2026-01-02 03:04:05"]}',
  'a null byte': '{"a":"x\\u0000y","k\\u0000":1}',
  'line ends': '{"a":"x\\ny\\r\\nz","b\\nc":1}',
  'a lone surrogate': '{"a":"\\ud800","b":["x\\udc00"],"\\ud801":1}',
  'a pair of surrogates': '{"a":"\\ud83d\\ude00"}',
  'two lone surrogates that become one key': '{"\\ud800":1,"\\ud801":2}',
  'objects thirty deep': `${nested(30, (inner) => `{"a":${inner}}`)}`,
  'objects two hundred deep': nested(200, (inner) => `{"a":${inner}}`),
  'objects a thousand deep': nested(1_000, (inner) => `{"a":${inner}}`),
  'two thousand keys': JSON.stringify(
    Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index])),
  ),
  'a key of seventy thousand letters': `{"${'k'.repeat(70_000)}":1}`,
  'a value of two hundred thousand letters': `{"a":"${'v'.repeat(200_000)}"}`,
};
