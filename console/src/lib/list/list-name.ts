import { createRequest, type DocumentInput } from '@urql/core';

/** What the API calls the list that a document asks for: `virtualMachines`. What is remembered of it goes by that. */
export function listName(document: DocumentInput | undefined): string | undefined {
  if (document === undefined) return undefined;
  for (const definition of createRequest(document, {}).query.definitions) {
    if (!('operation' in definition)) continue;
    const [field] = definition.selectionSet.selections;
    if (field !== undefined && 'name' in field) return field.name.value;
  }
  return undefined;
}
