import { type CompilePattern, compileNatively, type Forms, formsOf, type Settings } from '@onym/core';
import { RE2JS, type RE2JSException } from 're2js';
import { limits } from './limits.ts';

/** Compiled once per text: working sets read their settings anew for each commit. */
const compiled = new Map<string, ReturnType<CompilePattern>>();

/**
 * Patterns run on every id that anybody sends, so they are matched by RE2, whose time is linear in the id's length. A pattern that RE2
 * does not take is refused when it is configured; one that stands in a ledger of before is matched as it was then.
 */
export const compilePattern: CompilePattern = (source) => {
  let matches = compiled.get(source);
  if (matches === undefined) {
    matches = faultOf(source) === null ? linearly(source) : compileNatively(source);
    compiled.set(source, matches);
  }
  return matches;
};

function linearly(source: string): ReturnType<CompilePattern> {
  const pattern = RE2JS.compile(RE2JS.translateRegExp(source));
  return (id) => pattern.test(id);
}

/** What is wrong with a pattern, as the end of a sentence; null when it can be used. */
export function faultOf(source: string): string | null {
  if (source === '') return 'is empty, and would match every id';
  if (source.length > limits.patternLengthMax) return `is longer than ${limits.patternLengthMax} characters`;
  try {
    linearly(source);
    return null;
  } catch (error) {
    const { message } = error as RE2JSException;
    return `can't be matched in linear time (${message.replace('error parsing regexp: ', '')}); look-around and back-references can't`;
  }
}

/** What ids are by their form in an environment with these settings. */
export const formsFor = (settings: Settings): Forms => formsOf(settings, compilePattern);
