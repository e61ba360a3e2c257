import { Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { useScopes } from '../../shell/use-scopes.ts';
import { texts } from '../../texts/texts.ts';
import { BatchInView } from './batch-in-view.tsx';
import { ChooseFile } from './choose-file.tsx';
import { EarlierImports } from './earlier-imports.tsx';
import { FileInHand } from './file-in-hand.tsx';
import { useWork } from './use-work.ts';

export function ImportPage() {
  const environment = useEnvironment();
  const mayImport = useScopes().includes('import');
  const work = useWork(environment);
  return (
    <Page title={texts.imports.title}>
      <BatchInView />
      {!mayImport && <Note tone="held">{texts.imports.notAllowed}</Note>}
      {mayImport && work === null && <ChooseFile />}
      {work !== null && <FileInHand work={work} />}
      <EarlierImports />
    </Page>
  );
}
