/** One thing that was looked at on a machine that is to become a host. */
export interface HostCheck {
  /** camelCase; the console translates it: `operatingSystem`, `kvm`, `clock` ... */
  name: string;
  /** A failed check stops the installation, a warning does not. */
  outcome: 'PASSED' | 'WARNING' | 'FAILED';
  /** What was found. */
  found: string;
  /** What to do about it; empty when it passed. */
  remedy: string;
}
