import { version } from '../../version.ts';
import { hasColour, write } from '../print.ts';
import { playStory } from './scenarios.ts';
import { createScreen, type Screen } from './screen.ts';
import { colourStyle, plainStyle } from './style.ts';
import { type Place, showYourTurn } from './your-turn.ts';

export interface PlayOptions extends Place {
  /** The port it would have listened on, where that is somebody else's. */
  readonly takenPort: number | null;
  readonly isPaced: boolean;
  readonly signal: AbortSignal;
}

/** From the greeting to what can be tried next. Throws once `signal` is aborted. */
export async function playDemo(options: PlayOptions): Promise<void> {
  const { isPaced, signal } = options;
  const screen = createScreen({ write, style: hasColour() ? colourStyle : plainStyle, isPaced, signal });
  await greet(screen, options);
  await showYourTurn(screen, options, await playStory({ ...options, screen }));
}

async function greet(screen: Screen, { url, folder, takenPort, isPaced }: PlayOptions): Promise<void> {
  await screen.say(screen.style.bold(`Onym ${version}, a demonstration`));
  await screen.list([
    '',
    `server  ${url}${takenPort === null ? '' : `, because ${takenPort} is in use`}`,
    `data    ${folder}, a temporary folder`,
  ]);
  await screen.say(
    'Onym decides which identifiers are one person. Here it does so for a small shop, in nine scenes. The calls are made by the real SDK, over HTTP; verdicts and trees are what the server says.',
  );
  if (isPaced)
    await screen.say('This takes two to three minutes; --fast skips the pauses. Ctrl-C ends it at any time.');
}
