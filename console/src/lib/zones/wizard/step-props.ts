import type { DraftEditor } from './draft-editor.svelte.ts';

/** What every page of the wizard works on. */
export interface StepProps {
  editor: DraftEditor;
}
