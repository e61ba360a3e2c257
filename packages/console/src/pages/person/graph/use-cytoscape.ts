import cytoscape, { type Core, type ElementDefinition } from 'cytoscape';
import { type RefObject, useEffect, useRef } from 'react';
import { useShownTheme } from '../../../preferences/use-shown-theme.ts';
import type { Bounds } from './layout.ts';
import { crowdOf, graphStyle } from './style.ts';

export interface GraphHandlers {
  readonly onNode: (id: string, extend: boolean) => void;
  readonly onEdge: (seq: number) => void;
}

const margin = 44;
/** Nearer than this a small graph is not shown unasked. */
const fitZoomMax = 1.5;

/** A Cytoscape graph in `container`, kept as these elements; fitted into view whenever `bounds` change. */
export function useCytoscape(
  container: RefObject<HTMLDivElement | null>,
  elements: readonly ElementDefinition[],
  bounds: Bounds,
  handlers: GraphHandlers,
): RefObject<Core | null> {
  const graph = useRef<Core | null>(null);
  const latest = useRef(handlers);
  latest.current = handlers;
  const theme = useShownTheme();
  const crowd = crowdOf(elements.length);
  const isLarge = crowd === 'very many';

  useEffect(() => {
    const core = cytoscape({
      container: container.current!,
      style: [],
      layout: { name: 'preset' },
      minZoom: 0.05,
      maxZoom: 3,
      autoungrabify: true,
      autounselectify: true,
      boxSelectionEnabled: false,
      hideLabelsOnViewport: isLarge,
    });
    core.on('tap', 'node', ({ target, originalEvent }) =>
      latest.current.onNode(target.data('of'), (originalEvent as MouseEvent).shiftKey),
    );
    core.on('tap', 'edge', ({ target }) => latest.current.onEdge(target.data('of')));
    const sizes = new ResizeObserver(() => core.resize());
    sizes.observe(container.current!);
    graph.current = core;
    return () => {
      sizes.disconnect();
      core.destroy();
      graph.current = null;
    };
  }, [container, isLarge]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another size makes another graph, which is filled anew
  useEffect(() => {
    if (graph.current !== null) show(graph.current, elements);
  }, [elements, isLarge]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another size makes another graph, which is fitted anew
  useEffect(() => fit(graph.current, bounds), [bounds, isLarge]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours of the tokens go by the theme
  useEffect(() => void graph.current?.style(graphStyle(crowd)), [theme, crowd]);

  return graph;
}

/** Shows all that is within bounds: those of a whole life, so that stepping through it does not move the view. */
export function fit(core: Core | null, { x1, y1, x2, y2 }: Bounds): void {
  if (core === null) return;
  const [width, height] = [core.width(), core.height()];
  const zoom = Math.min(fitZoomMax, (width - 2 * margin) / (x2 - x1 || 1), (height - 2 * margin) / (y2 - y1 || 1));
  core.viewport({ zoom, pan: { x: width / 2 - (zoom * (x1 + x2)) / 2, y: height / 2 - (zoom * (y1 + y2)) / 2 } });
}

export function zoomBy(core: Core | null, factor: number): void {
  core?.zoom({ level: core.zoom() * factor, renderedPosition: { x: core.width() / 2, y: core.height() / 2 } });
}

/** Nodes that stay are moved, not made anew: stepping through time, the eye can follow them. */
function show(core: Core, elements: readonly ElementDefinition[]): void {
  core.batch(() => {
    const keys = new Set(elements.map(({ data }) => data.id));
    core
      .elements()
      .filter((one) => !keys.has(one.id()))
      .remove();
    const fresh = elements.filter(({ data, classes, position }) => {
      const there = core.getElementById(data.id!);
      if (there.empty()) return true;
      there.classes(classes as string[]);
      if (position !== undefined) there.position(position);
      return false;
    });
    core.add(fresh);
  });
}
