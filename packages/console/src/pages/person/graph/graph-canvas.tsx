import type { ElementDefinition } from 'cytoscape';
import { useRef } from 'react';
import { Button } from '../../../components/button.tsx';
import { texts } from '../../../texts/texts.ts';
import styles from './graph.module.css';
import type { Bounds } from './layout.ts';
import { fit, type GraphHandlers, useCytoscape, zoomBy } from './use-cytoscape.ts';

interface Props extends GraphHandlers {
  readonly elements: readonly ElementDefinition[];
  readonly bounds: Bounds;
  /** What is to be seen, in words. */
  readonly label: string;
}

/** A picture to a screen reader, which has the list beside it; buttons to a keyboard. */
export function GraphCanvas({ elements, bounds, label, onNode, onEdge }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const graph = useCytoscape(container, elements, bounds, { onNode, onEdge });
  const { fit: fitLabel, zoomIn, zoomOut } = texts.person.graph;
  return (
    <div className={styles.frame}>
      {/* Cytoscape would add a style element of this id, which the page's policy forbids; graph.module.css says the same. */}
      <span id="__________cytoscape_stylesheet" hidden />
      <div ref={container} className={styles.canvas} role="img" aria-label={label} />
      <div className={styles.buttons}>
        <Button aria-label={zoomIn} title={zoomIn} onClick={() => zoomBy(graph.current, 1.4)}>
          +
        </Button>
        <Button aria-label={zoomOut} title={zoomOut} onClick={() => zoomBy(graph.current, 1 / 1.4)}>
          −
        </Button>
        <Button aria-label={fitLabel} title={fitLabel} onClick={() => fit(graph.current, bounds)}>
          ⤢
        </Button>
      </div>
    </div>
  );
}
