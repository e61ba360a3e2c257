export const callNames = ['track', 'identify', 'alias'] as const;
export type CallName = (typeof callNames)[number];

/** Where `$ONYM_WRITE_KEY` stands while nobody has said what it is. */
export const keyVariable = '$ONYM_WRITE_KEY';

const visitor = 'anonymous-1';
const user = 'user_123';

const bodies: Readonly<Record<CallName, object>> = {
  track: { event: 'page_view', distinct_id: visitor, properties: { path: '/pricing' } },
  identify: { distinct_id: user, anonymous_id: visitor, traits: { plan: 'pro' } },
  alias: { distinct_id: user, alias_id: 'stripe:cus_abc123' },
};

interface Given {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly environment: string;
  /** A publishable key, or `keyVariable`. */
  readonly key: string;
}

/** A call to paste into a terminal. */
export function curlOf(name: CallName, { url, environment, key }: Given): string {
  const body = JSON.stringify({ environment, ...bodies[name] });
  return `curl ${quoted(`${url}/${name}`)} -H "Authorization: Bearer ${key}" -d ${quoted(body)}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
