import type cytoscape from 'cytoscape';
import { token } from '../../../preferences/token.ts';

/** Colours of styles/tokens.css as they are now. */
const tokens = () => ({
  page: token('--page'),
  text: token('--text'),
  muted: token('--muted'),
  line: token('--line-strong'),
  accent: token('--accent'),
  known: token('--known'),
  knownSoft: token('--known-soft'),
  anonymous: token('--anonymous'),
  anonymousSoft: token('--anonymous-soft'),
  held: token('--held'),
  separated: token('--separated'),
  mono: token('--mono'),
});

/** How much of a graph there is: of many, names are there when one looks closer; of very many, links are faint too. */
export type Crowd = 'few' | 'many' | 'very many';

const manyFrom = 120;
const veryManyFrom = 300;

export function crowdOf(elements: number): Crowd {
  if (elements < manyFrom) return 'few';
  return elements < veryManyFrom ? 'many' : 'very many';
}

/** How the graph looks, in the theme that is shown. A shape says what a colour says. */
export function graphStyle(crowd: Crowd): cytoscape.StylesheetJson {
  const color = tokens();
  const isLarge = crowd === 'very many';
  // Cytoscape goes by zooms that are powers of two: beyond 11, names are left out up to a zoom of 1.
  const nameFrom = crowd === 'few' ? 5 : 12;
  return [
    {
      selector: 'node',
      style: {
        width: 18,
        height: 18,
        label: 'data(name)',
        color: color.text,
        'font-family': color.mono,
        'font-size': 11,
        'min-zoomed-font-size': nameFrom,
        'text-valign': 'bottom',
        'text-margin-y': 4,
        'text-outline-color': color.page,
        'text-outline-width': 2,
        'border-width': 2,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'node.known',
      style: { shape: 'ellipse', 'background-color': color.knownSoft, 'border-color': color.known },
    },
    {
      selector: 'node.anonymous',
      style: { shape: 'round-rectangle', 'background-color': color.anonymousSoft, 'border-color': color.anonymous },
    },
    {
      selector: 'node.outside',
      style: {
        shape: 'ellipse',
        width: 14,
        height: 14,
        'background-color': color.page,
        'border-color': color.muted,
        'border-style': 'dashed',
        color: color.muted,
      },
    },
    { selector: 'node.canonical, node.selected', style: { 'min-zoomed-font-size': 0 } },
    {
      selector: 'node.canonical',
      style: { width: 28, height: 28, 'border-width': 7, 'border-style': 'double', 'font-weight': 'bold' },
    },
    {
      selector: 'node.selected',
      style: {
        'underlay-color': color.accent,
        'underlay-opacity': 0.35,
        'underlay-padding': 7,
        'underlay-shape': 'ellipse',
        'z-index': 2,
      },
    },
    {
      selector: 'edge',
      style: {
        'curve-style': 'bezier',
        width: isLarge ? 1 : 1.5,
        opacity: isLarge ? 0.4 : 1,
        'line-color': color.line,
        label: 'data(name)',
        color: color.muted,
        'font-family': color.mono,
        'font-size': 10,
        'min-zoomed-font-size': nameFrom,
        'text-background-color': color.page,
        'text-background-opacity': 1,
        'text-background-padding': '2px',
        'overlay-opacity': 0,
      },
    },
    // Straight ones are cheap; only those that share a pair are bent apart.
    { selector: 'edge.alone', style: { 'curve-style': 'haystack', 'haystack-radius': 0 } },
    {
      selector: 'edge.held, edge.refused',
      style: { 'line-color': color.held, 'line-style': 'dotted', width: 2.5, opacity: 1, color: color.held },
    },
    {
      selector: 'edge.separation',
      style: { 'line-color': color.separated, width: 2, opacity: 1, color: color.separated },
    },
    { selector: 'edge.path', style: { 'line-color': color.accent, width: 3, opacity: 1, 'z-index': 1 } },
    { selector: 'edge.chosen', style: { 'line-color': color.accent, width: 5, opacity: 1, 'z-index': 1 } },
  ];
}
