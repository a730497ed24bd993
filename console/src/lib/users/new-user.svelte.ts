import { passwordFault, type PasswordFault } from '../session/password-rules.ts';

export type FirstPassword = 'LINK' | 'PASSWORD';

const usernamePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

/** What is typed about a new user. */
export class NewUser {
  username = $state('');
  displayName = $state('');
  email = $state('');
  way = $state<FirstPassword>('LINK');
  password = $state('');
  mustChangePassword = $state(true);

  get isUsernameRight(): boolean {
    return usernamePattern.test(this.username.trim());
  }

  get passwordFault(): PasswordFault | undefined {
    return this.way === 'LINK' ? undefined : passwordFault(this.password, this.username.trim());
  }

  get isRight(): boolean {
    return this.isUsernameRight && this.passwordFault === undefined;
  }

  /** Its part of the input of a mutation. */
  get input() {
    return {
      username: this.username.trim(),
      displayName: this.displayName.trim() || null,
      email: this.email.trim() || null,
      ...(this.way === 'PASSWORD' && {
        password: this.password,
        mustChangePassword: this.mustChangePassword,
      }),
    };
  }
}
