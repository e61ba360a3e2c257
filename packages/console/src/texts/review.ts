import { counted, formatCount } from '../format.ts';

export const review = {
  title: 'Review',
  waiting: (count: string) => `${count} held links wait`,
  tabs: { label: 'What waits', held: 'Held', conflicts: 'Conflicts' },
  fields: { link: 'Link', pair: 'Identifiers', source: 'Sent by' },
  keys: {
    next: 'Next',
    previous: 'Previous',
    open: 'Preview',
    approve: 'Approve',
    reject: 'Reject',
    select: 'Select',
    selectAll: 'Select all that are loaded',
    clear: 'Select none',
  },
  hint: 'j and k go through the list, Enter previews, a approves, r rejects, x selects, z undoes.',
  held: {
    list: 'Held links, newest first',
    empty: 'No link is held.',
    emptyHint:
      'Here wait links that would rename or merge known people on the word of a publishable key, and those over a guard rail. Refused ones are under Conflicts.',
    effect: (before: number, after: number) =>
      before === after
        ? 'They are one person by now.'
        : `${counted(before, 'person', 'people')} become ${formatCount(after)}`,
    moves: (count: number, events: number) => `${counted(count, 'id')} and ${counted(events, 'event')} change hands`,
    select: (seq: number) => `Select link ${seq}`,
    repeats: (count: number) => `sent ${counted(count + 1, 'time')}`,
  },
  conflicts: {
    list: 'Refused evidence by cause, newest first',
    empty: 'No evidence is refused.',
    emptyHint: 'Evidence is refused where an anonymous id is somebody else’s already, or where two are kept apart.',
    claimed: '{id} is claimed by {claimants}',
    count: (count: number) => counted(count, 'call'),
    preview: (seq: number) => `Preview link ${seq}`,
    more: (count: number) => `and ${formatCount(count)} more`,
  },
  loadMore: 'Load more',
  loading: 'Loading …',
  bulk: {
    selected: (count: number) => `${counted(count, 'link')} selected`,
    approve: (count: number) => `Approve ${formatCount(count)} …`,
    reject: (count: number) => `Reject ${formatCount(count)} …`,
    approveTitle: (count: number) => `Approve ${counted(count, 'link')}`,
    rejectTitle: (count: number) => `Reject ${counted(count, 'link')}`,
    asking: (done: number, all: number) => `Asked what approving would do: ${formatCount(done)} of ${formatCount(all)}`,
    judged:
      'Each was judged by itself, as things stand now. When they are approved one after another, each is judged again at its turn: an earlier one may change what a later one does.',
    rejected: 'Each leaves a separation between its two identifiers, so that the same evidence is refused from now on.',
    would: {
      applied: (count: number) => `${counted(count, 'link')} would be applied`,
      unchanged: (count: number) => `${counted(count, 'link')} would change nothing: decided already`,
      refused: (count: number) => `${counted(count, 'link')} would be refused`,
      held: (count: number) => `${counted(count, 'link')} would be held again, by another rail`,
      failed: (count: number) => `${counted(count, 'link')} could not be judged`,
    },
    moves: (ids: number, events: number) =>
      `${counted(ids, 'id')} and ${counted(events, 'event')} change hands, where each counts for itself.`,
    doApprove: 'Approve {count} in {environment}',
    doReject: 'Reject {count} in {environment}',
    links: (count: number) => counted(count, 'link'),
    nothing: 'None of them would be applied.',
    progress: (done: number, all: number) => `${formatCount(done)} of ${formatCount(all)}`,
    stop: 'Stop',
    doneApprove: (count: number) => `${counted(count, 'link')} applied`,
    doneReject: (count: number) => `${counted(count, 'link')} rejected`,
    notDone: (count: number) => `${counted(count, 'link')} not: decided otherwise when it came to them.`,
    undo: 'Undo takes them back, the last first.',
  },
} as const;
