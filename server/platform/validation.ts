import { validationFailed, type Violation } from './errors.ts';

/** `web-1`: what can be a host name, and so the name of a machine. */
const hostName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Letters of any script, digits, spaces and a few signs; nothing that markup or a control character needs. */
const plainName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._()+@-]*$/u;

/** Looks at the values of one input and remembers every one that breaks a rule. */
export class Check {
  readonly #violations: Violation[] = [];

  /** Notes a violation unless `isFine`. */
  that(isFine: boolean, path: string, value: unknown, rule: string): void {
    if (!isFine) this.#violations.push({ path, value, rule });
  }

  /** A name for people: 1 to 64 characters without markup or line breaks. */
  name(path: string, value: string): void {
    this.that(
      value.length <= 64 && plainName.test(value) && value === value.trim(),
      path,
      value,
      'must be 1 to 64 letters, digits, spaces or ._()+@-, and begin with a letter or digit',
    );
  }

  /** A name that is also a host name. */
  hostName(path: string, value: string): void {
    this.that(
      hostName.test(value),
      path,
      value,
      'must be 1 to 63 lower-case letters, digits or dashes, and begin and end with a letter or digit',
    );
  }

  /** Free text on one line, up to 255 characters. */
  line(path: string, value: string): void {
    this.that(
      value.length <= 255 && !/[\p{Cc}<>]/u.test(value),
      path,
      value,
      'must be at most 255 characters without line breaks, < and >',
    );
  }

  /** An absolute path on a host. */
  path(path: string, value: string): void {
    this.that(
      value.length <= 1024 && /^\/[^,\p{Cc}]*$/u.test(value) && !value.split('/').includes('..'),
      path,
      value,
      'must be an absolute path without "..", commas and control characters',
    );
  }

  range(path: string, value: number | bigint, from: number | bigint, to: number | bigint): void {
    this.that(
      value >= from && value <= to,
      path,
      value,
      `must be from ${from.toString()} to ${to.toString()}`,
    );
  }

  /** Everything that was noted, in order. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  get isFine(): boolean {
    return this.#violations.length === 0;
  }

  /** @throws PlatformError VALIDATION_FAILED that names every field, its value and its rule */
  done(): void {
    const [first, ...rest] = this.#violations;
    if (first !== undefined) throw validationFailed([first, ...rest]);
  }
}
