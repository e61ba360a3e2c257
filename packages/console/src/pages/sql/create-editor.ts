import { autocompletion, type CompletionSource, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { StandardSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface SqlEditorView {
  /** Replaces what is written, unless it is that already. */
  write(sql: string): void;
  completeBy(source: CompletionSource | null): void;
  destroy(): void;
}

interface Options {
  readonly host: HTMLElement;
  readonly label: string;
  onChange(sql: string): void;
  onRun(): void;
}

const look = EditorView.theme({
  '&': { height: '100%', minHeight: '140px', fontSize: '13px', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { background: 'var(--raised)', color: 'var(--muted)', border: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { background: 'var(--sunken)' },
  '.cm-tooltip': { border: '1px solid var(--line-strong)', background: 'var(--page)', color: 'var(--text)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--accent-soft)',
    color: 'var(--text)',
  },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--known)' },
  { tag: tags.number, color: 'var(--held)' },
  { tag: tags.comment, color: 'var(--muted)' },
]);

/** In a shadow root: only there are the editor's styles style sheets of its own making, which need no leave of the Content-Security-Policy. */
export function createEditor({ host, label, onChange, onRun }: Options): SqlEditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const completion = new Compartment();
  const dialect = sql({ dialect: StandardSQL, upperCaseKeywords: true });
  const run = () => {
    onRun();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run, preventDefault: true }])),
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        dialect,
        completion.of([]),
        autocompletion({ icons: false }),
        syntaxHighlighting(colours),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        look,
      ],
    }),
  });
  return {
    write(text) {
      if (view.state.doc.toString() === text) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    completeBy(source) {
      const extension = source === null ? [] : dialect.language.data.of({ autocomplete: source });
      view.dispatch({ effects: completion.reconfigure(extension) });
    },
    destroy: () => view.destroy(),
  };
}
