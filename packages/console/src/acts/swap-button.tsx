import { Button } from '../components/button.tsx';
import { texts } from '../texts/texts.ts';
import { useAct } from './use-act.ts';

/** Which of the two names the person depends on their order. */
export function SwapButton({ a, b }: { readonly a: string; readonly b: string }) {
  const { alter } = useAct();
  return (
    <div>
      <Button look="quiet" onClick={() => alter({ a: b, b: a })}>
        ⇅ {texts.act.swap}
      </Button>
    </div>
  );
}
