import type { CompletionSource } from '@codemirror/autocomplete';
import { useEffect, useRef } from 'react';
import { texts } from '../../texts/texts.ts';
import { createEditor, type SqlEditorView } from './create-editor.ts';
import styles from './sql-editor.module.css';

interface Props {
  /** What it begins with; a new value replaces what is written. */
  readonly value: string;
  readonly onChange: (sql: string) => void;
  readonly onRun: () => void;
  readonly complete: CompletionSource | null;
}

export function SqlEditor({ value, onChange, onRun, complete }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<SqlEditorView | null>(null);
  const latest = useRef({ onChange, onRun });
  latest.current = { onChange, onRun };

  useEffect(() => {
    const created = createEditor({
      host: host.current!,
      label: texts.sql.editor,
      onChange: (sql) => latest.current.onChange(sql),
      onRun: () => latest.current.onRun(),
    });
    editor.current = created;
    return () => created.destroy();
  }, []);

  useEffect(() => editor.current?.write(value), [value]);
  useEffect(() => editor.current?.completeBy(complete), [complete]);

  return <div ref={host} className={styles.editor} />;
}
