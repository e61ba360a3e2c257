import { SidePanel } from '../components/side-panel.tsx';
import { texts } from '../texts/texts.ts';
import { actOf, byOf } from './act.ts';
import { ActForm } from './act-form.tsx';
import { ActPreview } from './act-preview.tsx';
import type { ActSearch } from './act-search.ts';
import { ErasePreview } from './erase-preview.tsx';
import { ExportPerson } from './export-person.tsx';
import { ReviewLink } from './review-link.tsx';
import { UndoRow } from './undo-row.tsx';
import { useAct } from './use-act.ts';

export function OpenedAct() {
  const { search, close } = useAct();
  const title = texts.act.titles[search.act as keyof typeof texts.act.titles];
  return (
    <SidePanel open onClose={close} title={title}>
      <Content search={search} />
    </SidePanel>
  );
}

/** Another subject is another preview: nothing of the one before stays. */
function Content({ search }: { readonly search: ActSearch }) {
  if (search.act === 'undo' && search.row !== undefined) return <UndoRow key={search.row} seq={search.row} />;
  if (search.act === 'export' && search.id !== undefined) return <ExportPerson id={search.id} by={byOf(search)} />;
  const act = actOf(search);
  if (act === null) return <ActForm key={search.act} search={search} />;
  const key = JSON.stringify(act);
  if (act.name === 'erase') return <ErasePreview key={key} act={act} />;
  if (search.act === 'review' && act.name === 'approve') return <ReviewLink key={key} link={act.link} />;
  return <ActPreview key={key} act={act} />;
}
