import type { components } from '../api/schema.d.ts';
import { texts } from '../texts/texts.ts';
import { IdText } from './id-text.tsx';

/** Who sent a call: the key, what sent it, and its batch. */
export function SourceText({ source }: { readonly source: components['schemas']['LedgerRow']['source'] }) {
  const { key, lib, batch } = source;
  return (
    <>
      {key === null ? texts.ledger.nobody : <IdText id={key} />}
      {source.public && ` (${texts.ledger.publishable})`}
      {lib !== null && (
        <>
          {' '}
          {texts.ledger.by} <IdText id={lib} />
        </>
      )}
      {batch !== null && (
        <>
          {', '}
          {texts.ledger.inBatch} <IdText id={batch} />
        </>
      )}
    </>
  );
}
