import {
  columnFilteringFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  filterFn_includesString,
  globalFilteringFeature,
  rowSortingFeature,
  sortFn_basic,
  sortFn_textCaseSensitive,
  tableFeatures,
} from '@tanstack/react-table';
import { texts } from '../../../texts/texts.ts';
import type { ListedIdentifier } from './listed.ts';

export const features = tableFeatures({
  rowSortingFeature,
  columnFilteringFeature,
  globalFilteringFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_textCaseSensitive },
  filterFns: { includes: filterFn_includesString },
});

const helper = createColumnHelper<typeof features, ListedIdentifier>();
const { columns: names } = texts.person.identifiers;

/** What the list is sorted by; how a cell looks is identifier-row.tsx. */
export const columns = helper.columns([
  helper.accessor('id', { id: 'id', header: names.id, sortFn: 'text' }),
  helper.accessor(({ known }) => (known ? 0 : 1), {
    id: 'known',
    header: names.known,
    sortFn: 'basic',
    enableGlobalFilter: false,
  }),
  helper.accessor(({ firstSeen }) => firstSeen ?? undefined, {
    id: 'first_seen',
    header: names.firstSeen,
    sortFn: 'text',
    sortUndefined: 'last',
    enableGlobalFilter: false,
  }),
  helper.accessor('links', { id: 'links', header: names.links, sortFn: 'basic', enableGlobalFilter: false }),
]);
