const unseen =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/**
 * Text as it is shown: characters that nobody sees (marks of direction, controls, half a surrogate pair) are spelled out as `\u{202e}`, so that
 * no id looks like another, and none turns around what stands beside it. Joiners within a sequence of emoji are left.
 */
export const shownText = (text: string): string =>
  text.replace(unseen, (character, offset: number) => {
    if (character === '\u200d' && /\p{Extended_Pictographic}/u.test(text.slice(offset + 1, offset + 3)))
      return character;
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });

const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text that an address can hold: half a surrogate pair, which no id has, is a mark that something is missing. */
export const wholeText = (text: string): string => text.replace(halves, '\ufffd');
