import { texts } from '../../texts/texts.ts';

const words: Readonly<Record<string, string>> = {
  kind: texts.imports.what,
  from: texts.imports.what,
  primary: texts.imports.primary,
  secondary: texts.imports.secondary,
  anonymous: texts.imports.anonymous,
  event: texts.imports.event,
  timestamp: texts.imports.timestamp,
  batch: texts.imports.batch,
  trait: texts.imports.traits,
  traits: texts.imports.traits,
};

/** What the server says to a command line, for this page: flags are the fields that stand for them. */
export const inWordsOfThePage = (message: string): string =>
  message
    .replace(/, or take the other back first: onym revert .*$/s, '.')
    .replace(/--([a-z]+)\b/g, (flag, name: string) => (words[name] === undefined ? flag : `“${words[name]}”`));
