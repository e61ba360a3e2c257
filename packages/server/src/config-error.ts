/** A configuration that the server can't run on. The message names the setting and says what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
