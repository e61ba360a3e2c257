import { useRouteContext } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { texts } from '../../texts/texts.ts';
import { Choices } from './choices.tsx';
import { ingestionScopes, type KeyDraft } from './key-draft.ts';
import styles from './keys.module.css';

interface Props {
  readonly onMake: (draft: KeyDraft) => void;
  readonly isPending: boolean;
  readonly error: string | null;
}

const words = texts.health.keys;
const kinds = ['publishable', 'secret'] as const;

export function MakeKeyForm({ onMake, isPending, error }: Props) {
  const { session } = useRouteContext({ from: '/e/$environment' });
  const [name, setName] = useState('');
  const [kind, setKind] = useState<(typeof kinds)[number]>('publishable');
  const [left, setLeft] = useState<readonly string[]>([]);
  const [environments, setEnvironments] = useState(session.key.environments);
  const [origins, setOrigins] = useState('');
  const possible = session.key.scopes.filter((scope) => kind === 'secret' || ingestionScopes.includes(scope));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const pages = origins
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== '');
    onMake({
      name: name.trim(),
      kind,
      scopes: possible.filter((scope) => !left.includes(scope)) as KeyDraft['scopes'],
      environments: [...environments],
      ...(kind === 'publishable' && pages.length > 0 && { origins: pages }),
    });
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label={words.name}
        hint={words.nameHint}
        error={error}
        value={name}
        required
        autoFocus
        onChange={({ target }) => setName(target.value)}
      />
      <Select
        labelled
        label={words.kind}
        value={kind}
        options={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        onChange={({ target }) => setKind(target.value as typeof kind)}
      />
      <Choices
        title={words.scopes}
        all={possible}
        chosen={possible.filter((scope) => !left.includes(scope))}
        onChange={(chosen) => setLeft(possible.filter((scope) => !chosen.includes(scope)))}
      />
      <Choices
        title={words.environments}
        all={session.key.environments}
        chosen={environments}
        onChange={setEnvironments}
      />
      {kind === 'publishable' && (
        <TextField
          label={words.origins}
          hint={words.originsHint}
          value={origins}
          onChange={({ target }) => setOrigins(target.value)}
        />
      )}
      <Button type="submit" look="primary" disabled={isPending || name.trim() === ''}>
        {isPending ? words.making : words.make}
      </Button>
    </form>
  );
}
