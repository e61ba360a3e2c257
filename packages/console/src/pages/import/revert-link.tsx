import { Link } from '@tanstack/react-router';
import { texts } from '../../texts/texts.ts';

/** To the preview of taking a batch back, over this page. */
export function RevertLink({ batch }: { readonly batch: string }) {
  return (
    <Link to="." search={(now) => ({ ...now, act: 'revert', batch })}>
      {texts.imports.revert}
    </Link>
  );
}
