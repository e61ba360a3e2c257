import { Select } from '../components/select.tsx';
import { localZoneName, type TimeZoneChoice, timeZone } from '../preferences/time-zone.ts';
import { texts } from '../texts/texts.ts';

export function TimeZoneSelect() {
  const value = timeZone.use();
  return (
    <Select
      label={texts.shell.timeZone.label}
      value={value}
      options={[
        { value: 'UTC', label: texts.shell.timeZone.utc },
        { value: 'local', label: texts.shell.timeZone.local(localZoneName()) },
      ]}
      onChange={({ target }) => timeZone.set(target.value as TimeZoneChoice)}
    />
  );
}
