/** One rule of a role. */
export interface RoleRule {
  /** A permission (`virtualMachine.start`), a family (`virtualMachine.*`, `*.list`), or all (`*`). */
  pattern: string;
  effect: 'ALLOW' | 'DENY';
}
