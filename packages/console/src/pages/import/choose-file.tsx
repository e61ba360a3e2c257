import { useCallback } from 'react';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import styles from './choose-file.module.css';
import { useDroppedFile } from './use-dropped-file.ts';
import { takeUp } from './work.ts';

export function ChooseFile() {
  const environment = useEnvironment();
  const take = useCallback((file: File) => takeUp(environment, file), [environment]);
  const isOver = useDroppedFile(take);
  return (
    <div className={`${styles.place} ${isOver ? styles.over : ''}`}>
      <p className={styles.words}>
        {texts.imports.drop}
        <label className={styles.choose}>
          <input
            type="file"
            className="visually-hidden"
            onChange={({ target }) => target.files?.[0] && take(target.files[0])}
          />
          {texts.imports.choose}
        </label>
      </p>
      <p className={styles.hint}>{texts.imports.hint}</p>
      <p className={styles.hint}>{texts.imports.safe}</p>
    </div>
  );
}
