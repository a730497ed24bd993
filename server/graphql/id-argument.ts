import { idPrefixes, isId, type Id, type IdKind } from '@nephos/model/kernel/ids.ts';
import { invalid } from '../platform/errors.ts';

/**
 * An id in the input, as an id of the kind that belongs there.
 * @throws PlatformError VALIDATION_FAILED
 */
export function idArgument<Kind extends IdKind>(kind: Kind, path: string, text: string): Id<Kind> {
  if (!isId(kind, text))
    throw invalid(path, text, `must be the id of a ${kind}: ${idPrefixes[kind]}_ and 26 characters`);
  return text;
}

/** Like {@link idArgument} for an id that may be left out. */
export function optionalId<Kind extends IdKind>(
  kind: Kind,
  path: string,
  text: string | null | undefined,
): Id<Kind> | null {
  return text == null ? null : idArgument(kind, path, text);
}
