import { Autocomplete } from '@base-ui/react/autocomplete';
import { useRouter } from '@tanstack/react-router';
import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { wholeText } from '../characters.ts';
import { FoundItem } from '../finding/found-item.tsx';
import { itemLink } from '../finding/item-link.ts';
import { useEnter } from '../finding/use-enter.ts';
import { useFind } from '../finding/use-find.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import { type Choice, type Group, groupsOf } from './groups.ts';
import styles from './palette.module.css';
import { useCommands } from './use-commands.ts';

interface Props {
  /** Becomes who had the focus before. */
  readonly heldFocus: RefObject<HTMLElement | null>;
  readonly onDone: () => void;
}

/** The line to type on, and what it may mean. */
export function Choices({ heldFocus, onDone }: Props) {
  const input = useRef<HTMLInputElement>(null);
  // At once: a dialog takes the focus a frame later, and what is typed until then would be another field's.
  useLayoutEffect(() => {
    const holder = document.activeElement;
    if (holder instanceof HTMLElement && holder !== document.body && holder.closest('[role=dialog]') === null)
      heldFocus.current = holder;
    input.current?.focus();
  }, [heldFocus]);
  const environment = useEnvironment();
  const router = useRouter();
  const commands = useCommands();
  const [text, setText] = useState('');
  const find = useFind(text);
  const groups = useMemo(() => groupsOf(text, commands, find.items), [text, commands, find.items]);

  const take = ({ command, item }: Choice) => {
    onDone();
    if (command !== undefined) command.run();
    else void router.navigate(itemLink(environment, item));
  };
  const enter = useEnter<Choice>(() => {
    const first = groups[0]?.items[0];
    if (first?.command !== undefined) take(first);
    else void find.meant().then((item) => item !== null && take({ key: item.key, item }));
  });
  const type = (typed: string) => {
    enter.onType();
    setText(wholeText(typed));
  };

  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filter={null}
      autoHighlight="always"
      value={text}
      onValueChange={(value, { reason }) => reason !== 'item-press' && type(value)}
      onItemHighlighted={enter.onItemHighlighted}
    >
      <Autocomplete.Input
        ref={input}
        className={styles.input}
        aria-label={texts.palette.title}
        placeholder={texts.palette.placeholder}
        spellCheck={false}
        autoCapitalize="off"
        onKeyDown={enter.onKeyDown}
      />
      <Autocomplete.Status className="visually-hidden">
        {find.isPending ? texts.find.searching : ''}
      </Autocomplete.Status>
      <Autocomplete.List className={styles.list} aria-label={texts.palette.title}>
        {(group: Group) => (
          <Autocomplete.Group key={group.value} items={group.items}>
            <Autocomplete.GroupLabel className={styles.group}>{group.value}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(choice: Choice) => (
                <Autocomplete.Item key={choice.key} value={choice} className={styles.item} onClick={() => take(choice)}>
                  {choice.command !== undefined ? choice.command.label : <FoundItem item={choice.item} />}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
