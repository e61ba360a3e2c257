import { ConfigError } from '../config-error.ts';
import { OnymError } from '../errors.ts';

const unknownAuthority =
  'Its certificate is of an authority that is not known: name that with ?sslmode=verify-full&sslrootcert=/path/to/ca.pem';

const tlsProblems: Record<string, string> = {
  CERT_HAS_EXPIRED: 'Its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
};

/** What kept a first statement from being answered, in one line that names the setting and what to do. Others are returned as they came. */
export function loginProblem(error: unknown, url: string): unknown {
  // Has been put in words already, for who asks in the midst of work.
  const cause = error instanceof OnymError || error instanceof ConfigError ? error.cause : error;
  const { code = '' } = cause as { code?: string };
  const said = firstLine(cause);
  const at = `ONYM_POSTGRES_URL (${shownUrl(url)})`;
  const { username, password, hostname, pathname } = new URL(url);
  const [user, database] = [username, pathname.slice(1)].map((text) => decodeURIComponent(text));
  const wrong = (problem: string) => new ConfigError(`${at} ${problem}.`);

  const tls = tlsProblems[code];
  if (tls !== undefined) return wrong(`can not be reached by TLS. ${tls}`);
  if (/does not support SSL/.test(said)) {
    return wrong('speaks no TLS: take sslmode out of the URL, or set ssl = on at the server');
  }
  if (/client password must be a/.test(said) || (code === '28P01' && password === '')) {
    return wrong(
      `asks for a password, and the URL has none. Write postgres://${user || 'user'}:password@${hostname}/…`,
    );
  }
  switch (code) {
    case '28P01':
      return wrong(`refuses the user ${user}: wrong name or password. Correct them`);
    case '28000':
      return wrong(
        `refuses the user ${user}: ${said}. Correct the URL, or let that user in (CREATE ROLE, pg_hba.conf)`,
      );
    case '3D000':
      return wrong(
        `has no database ${database || user}. Name one that there is, or make it: CREATE DATABASE ${database || user}`,
      );
    case '42501':
      return wrong(
        `lets the user ${user} not connect: ${said}. GRANT CONNECT ON DATABASE ${database || user} TO that user`,
      );
    case 'ENOTFOUND':
      return wrong(`names a host that nobody knows: ${hostname}. Correct it`);
    case 'ENOENT':
    case 'EACCES':
      return wrong(`names a file of TLS that can't be read: ${said}`);
  }
  if (!(error instanceof OnymError)) return error;
  // It may be on its way up: no fault of the configuration yet.
  const message = `${at} does not answer (${said || code}). Is PostgreSQL up, and is this its address (port 5432 unless told otherwise)?`;
  return new OnymError('identity-store-unavailable', message, { cause });
}

/** Without the password, and without parameters, which may hold one too. */
export function shownUrl(text: string): string {
  const url = new URL(text);
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}

/** Of several addresses that a name has, the first one's. */
function firstLine(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return (first instanceof Error ? first.message : String(first)).trim().split('\n', 1)[0]!.slice(0, 200);
}
