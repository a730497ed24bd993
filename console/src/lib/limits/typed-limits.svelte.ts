import { limitedResources, parseAmount } from './limit-names.ts';
import type { LimitedResource } from './limit-queries.ts';

/** Limits as they are typed for something new; what is empty stays the default. */
export class TypedLimits {
  typed = $state(
    Object.fromEntries(limitedResources.map((resource) => [resource, ''])) as Record<LimitedResource, string>,
  );

  isWrong(resource: LimitedResource): boolean {
    const text = this.typed[resource].trim();
    return text !== '' && parseAmount(resource, text) === undefined;
  }

  get isRight(): boolean {
    return !limitedResources.some((resource) => this.isWrong(resource));
  }

  /** Those that are to be set, in pieces or bytes. */
  get wanted(): { resource: LimitedResource; maximum: string }[] {
    return limitedResources.flatMap((resource) => {
      const maximum = parseAmount(resource, this.typed[resource]);
      return maximum === undefined ? [] : [{ resource, maximum }];
    });
  }
}
