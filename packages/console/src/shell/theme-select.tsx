import { Select } from '../components/select.tsx';
import { type Theme, theme, themes } from '../preferences/theme.ts';
import { texts } from '../texts/texts.ts';

export function ThemeSelect() {
  const value = theme.use();
  return (
    <Select
      label={texts.shell.theme.label}
      value={value}
      options={themes.map((name) => ({ value: name, label: texts.shell.theme[name] }))}
      onChange={({ target }) => theme.set(target.value as Theme)}
    />
  );
}
