import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { askForFile } from '../../api/ask-sql.ts';
import { Button } from '../../components/button.tsx';
import { saveFile } from '../../components/save-file.ts';
import { tell } from '../../components/toast-manager.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';

/** The whole answer as a file, whatever a page can hold. */
export function DownloadButtons({ sql }: { readonly sql: string }) {
  const environment = useEnvironment();
  const left = useRef(new AbortController());
  useEffect(() => {
    left.current = new AbortController();
    return () => left.current.abort();
  }, []);

  const download = useMutation({
    mutationFn: async (format: 'csv' | 'parquet') =>
      saveFile(await askForFile({ environment, sql }, format, left.current.signal), `${environment}.${format}`),
    onError: (error) => tell({ title: error.message }),
  });

  const disabled = sql.trim() === '' || download.isPending;
  return (
    <>
      <Button disabled={disabled} onClick={() => download.mutate('csv')}>
        {texts.sql.csv}
      </Button>
      <Button disabled={disabled} onClick={() => download.mutate('parquet')}>
        {texts.sql.parquet}
      </Button>
      {download.isPending && <span role="status">{texts.sql.downloading}</span>}
    </>
  );
}
