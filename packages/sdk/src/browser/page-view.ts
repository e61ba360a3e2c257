import type { Properties } from '../wire.ts';
import type { Place } from './platform.ts';

export const pageViewEvent = '$pageview';

/** Parameters that say where a visitor came from. Others are not sent: they hold search words, e-mail addresses and reset tokens. */
const campaignParameter = /^(utm_\w+|gclid|fbclid|msclkid|ref)$/;

/** The address without query and fragment; a fragment that is a route (`#/…`, `#!…`) stays. */
export function cleanUrl(href: string): string {
  return href.replace(/^([^?#]*)(?:\?[^#]*)?(#[/!][^?]*)?.*/s, '$1$2');
}

export function pageViewProperties(href: string, place: Place | null): Properties {
  const campaign = [...new URL(href).searchParams].filter(([name]) => campaignParameter.test(name));
  return {
    ...Object.fromEntries(campaign),
    $url: cleanUrl(href),
    $viewport: place?.viewport,
    $referer: place?.referrer && cleanUrl(place.referrer),
  };
}
