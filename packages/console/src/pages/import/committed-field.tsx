import { TextField } from '../../components/text-field.tsx';

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly placeholder?: string;
  /** When the field is left, or by Enter, if the text is another one. */
  readonly onCommit: (text: string) => void;
}

export function CommittedField({ value, onCommit, ...field }: Props) {
  const commit = (text: string) => text !== value && onCommit(text);
  return (
    <TextField
      {...field}
      defaultValue={value}
      spellCheck={false}
      onBlur={({ target }) => commit(target.value)}
      onKeyDown={({ key, currentTarget }) => key === 'Enter' && commit(currentTarget.value)}
    />
  );
}
