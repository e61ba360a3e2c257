import { OnymError } from '../../errors.ts';
import { listed } from '../columns.ts';
import type { Vendor } from '../types.ts';
import { amplitudeEvents } from './amplitude.ts';
import { mixpanelEvents, mixpanelPeople } from './mixpanel.ts';
import { posthogEvents } from './posthog-events.ts';
import { posthogPersonIds, posthogPersons } from './posthog-persons.ts';
import { rudderstackArchive, segmentArchive } from './segment-archive.ts';
import { rudderstackWarehouse, segmentWarehouse } from './segment-warehouse.ts';
import type { Sample, VendorTable } from './types.ts';

/** In order: the first that fits. */
const tables: readonly VendorTable[] = [
  posthogPersons,
  posthogPersonIds,
  mixpanelPeople,
  amplitudeEvents,
  rudderstackArchive,
  segmentArchive,
  mixpanelEvents,
  posthogEvents,
  ...segmentWarehouse,
];

/** What --from chooses among. */
const tablesOf: Readonly<Record<Vendor, readonly VendorTable[]>> = {
  posthog: [posthogPersons, posthogPersonIds, posthogEvents],
  segment: [segmentArchive, ...segmentWarehouse],
  rudderstack: [{ ...rudderstackArchive, fits: segmentArchive.fits }, ...rudderstackWarehouse],
  mixpanel: [mixpanelPeople, mixpanelEvents],
  amplitude: [amplitudeEvents],
};

export const vendors = Object.keys(tablesOf) as Vendor[];

/** The vendor's file that this is; null where it is none's. Throws `invalid-payload` where it can not be what is asked for. */
export function vendorTableOf(sample: Sample, asked: Vendor | undefined): VendorTable | null {
  if (asked === undefined) return tables.find(({ fits }) => fits(sample)) ?? null;
  const found = tablesOf[asked].find(({ fits }) => fits(sample)) ?? tablesOf[asked].find(({ mayBe }) => mayBe(sample));
  if (found !== undefined) return found;
  throw new OnymError(
    'invalid-payload',
    `The file does not look like anything that --from ${asked} reads. Leave --from out, and name the columns with --kind, --primary and so on. The file has the columns ${listed(sample.look.columns)}.`,
  );
}
