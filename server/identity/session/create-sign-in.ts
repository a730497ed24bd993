import type { Platform } from '../../platform/platform.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { DirectoryUsers } from '../identity-provider/directory-users.ts';
import { IdentityProviderService } from '../identity-provider/identity-provider-service.ts';
import { OidcSignIn } from '../identity-provider/oidc-sign-in.ts';
import { ProviderUsers } from '../identity-provider/provider-users.ts';
import { SecondFactorService } from '../second-factor/second-factor-service.ts';
import { LockOut } from './lock-out.ts';
import { PasswordService } from './password-service.ts';
import { Reauthentication } from './reauthentication.ts';
import { SessionService } from './session-service.ts';
import { SignInService } from './sign-in-service.ts';

/** All ways in, put together. */
export function createSignIn(platform: Platform, access: AccessNotices) {
  const { db, clock, settings, sealing } = platform;
  const sessions = new SessionService({ db, clock, settings, access });
  const lockOut = new LockOut({ db, clock, settings });
  const users = new ProviderUsers(platform, access);
  const directories = new DirectoryUsers(platform, users);
  const reauthentication = new Reauthentication({ db, lockOut, directories });
  const secondFactors = new SecondFactorService({ db, clock, sealing, access, lockOut, reauthentication });
  return {
    identityProviders: new IdentityProviderService(platform),
    oidc: new OidcSignIn(platform, users, sessions),
    passwords: new PasswordService({ db, clock, settings, access, reauthentication }),
    secondFactors,
    sessions,
    signIn: new SignInService({ db, clock, settings, access, sessions, lockOut, secondFactors, directories }),
  };
}
