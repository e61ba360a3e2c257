import { Autocomplete } from '@base-ui/react/autocomplete';
import { Link, useRouter } from '@tanstack/react-router';
import { ErrorNote } from '../../components/error-note.tsx';
import type { Item } from '../../finding/found.ts';
import { FoundItem } from '../../finding/found-item.tsx';
import { itemLink } from '../../finding/item-link.ts';
import { useEnter } from '../../finding/use-enter.ts';
import { useFind } from '../../finding/use-find.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import styles from './find-box.module.css';
import { RecentLine } from './recent-line.tsx';
import { RecentMore } from './recent-more.tsx';
import { statusOf } from './status.ts';
import { useFirstFocus } from './use-first-focus.ts';
import { type RecentPerson, useRecent } from './use-recent.ts';
import { useTyped } from './use-typed.ts';

/** One box: what is typed finds, the list below opens. Empty, it shows recent people. */
export function FindBox() {
  const environment = useEnvironment();
  const router = useRouter();
  const { text, setText, write } = useTyped();
  const find = useFind(text);
  const recent = useRecent(environment);
  const focused = useFirstFocus<HTMLInputElement>();
  const isEmpty = text.trim() === '';
  const items: readonly (Item & { readonly recent?: RecentPerson })[] = isEmpty ? recent.items : find.items;
  const enter = useEnter<Item>(() => {
    write();
    void find.meant().then((item) => {
      if (item !== null) void router.navigate(itemLink(environment, item));
    });
  });
  const type = (typed: string) => {
    enter.onType();
    setText(typed);
  };
  const error = isEmpty ? recent.error : find.error;

  return (
    <Autocomplete.Root
      open
      inline
      items={items}
      filter={null}
      autoHighlight
      value={text}
      onValueChange={(value, { reason }) => reason !== 'item-press' && type(value)}
      onItemHighlighted={enter.onItemHighlighted}
    >
      <Autocomplete.Input
        className={styles.input}
        aria-label={texts.find.label}
        placeholder={texts.find.placeholder}
        ref={focused}
        spellCheck={false}
        autoCapitalize="off"
        onKeyDown={enter.onKeyDown}
      />
      <Autocomplete.Status className={styles.status}>
        {isEmpty ? texts.find.recent : statusOf(find)}
      </Autocomplete.Status>
      {error !== null && <ErrorNote error={error} />}
      <Autocomplete.List className={styles.list} aria-label={isEmpty ? texts.find.recent : texts.find.title}>
        {(item: (typeof items)[number]) => (
          <Autocomplete.Item
            key={item.key}
            value={item}
            className={styles.item}
            onClick={write}
            render={<Link {...itemLink(environment, item)} />}
          >
            {item.recent !== undefined ? <RecentLine person={item.recent} /> : <FoundItem item={item} />}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
      {isEmpty && <RecentMore recent={recent} />}
    </Autocomplete.Root>
  );
}
