/** A ClickHouse server or cluster, as the configuration names it. No URL holds a user or a password: they stand beside it. */
export interface ClickHouseOptions {
  /** `http://host:8123` or `https://host:8443`, and nothing behind it. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Whom users' SQL runs as: one that may read the views and nothing else. */
  readonly reader: { readonly url: string; readonly user: string; readonly password: string };
  /** PEM of the authority that a server's certificate is checked against, beside those that Node trusts; null: these alone. */
  readonly ca: Buffer | null;
  /** Name of a cluster in the server's configuration, over which tables are replicated and events are spread. */
  readonly cluster: string | null;
}
