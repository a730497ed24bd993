/** How an operator gets into a machine over SSH, as a form has it. */
export interface SshAccess {
  address: string;
  port: string;
  username: string;
  /** Which of the two below counts. */
  by: 'password' | 'key';
  password: string;
  privateKey: string;
  passphrase: string;
  hostKeyFingerprint: string;
}

export const blankAccess = (): SshAccess => ({
  address: '',
  port: '22',
  username: 'root',
  by: 'key',
  password: '',
  privateKey: '',
  passphrase: '',
  hostKeyFingerprint: '',
});

/** What is known of how one got into a host: all but the secret. */
export function knownAccess(host: {
  sshAddress: string | null;
  sshPort: number | null;
  sshUser: string | null;
  sshHostKey: string | null;
}): SshAccess {
  const blank = blankAccess();
  return {
    ...blank,
    address: host.sshAddress ?? '',
    port: host.sshPort === null ? blank.port : String(host.sshPort),
    username: host.sshUser ?? blank.username,
    hostKeyFingerprint: host.sshHostKey ?? '',
  };
}

export function isWhole({ address, by, password, privateKey }: SshAccess): boolean {
  return address.trim() !== '' && (by === 'password' ? password : privateKey) !== '';
}

const orNull = (text: string) => (text.trim() === '' ? null : text);

/** As the API takes it. */
export function sshInput(access: SshAccess) {
  const { address, port, username, by, password, privateKey, passphrase, hostKeyFingerprint } = access;
  return {
    address: address.trim(),
    port: Number(port),
    username: username.trim(),
    password: by === 'password' ? orNull(password) : null,
    privateKey: by === 'key' ? orNull(privateKey) : null,
    passphrase: by === 'key' ? orNull(passphrase) : null,
    hostKeyFingerprint: orNull(hostKeyFingerprint.trim()),
  };
}
