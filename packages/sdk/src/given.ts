export type Given<Options> = { [Name in keyof Options]: Exclude<Options[Name], undefined> };

/** Without what was passed as undefined. */
export function given<Options extends object>(options: Options): Given<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<Options>;
}
