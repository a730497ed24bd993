import { builder } from '../../graphql/builder.ts';

/** How to get into a machine over SSH. */
export const SshInput = builder.inputType('SshInput', {
  description:
    'How to get into a machine over SSH: with a password or a private key. Neither is kept beyond the job.',
  fields: (t) => ({
    address: t.string({ description: 'IP address or name of the machine.' }),
    port: t.int({ defaultValue: 22, description: 'Port of SSH, 1 to 65,535.' }),
    username: t.string({
      defaultValue: 'root',
      description: 'User to sign in as: root, or one who may use sudo without a password.',
    }),
    password: t.string({ required: false, description: 'The user’s password.' }),
    privateKey: t.string({ required: false, description: 'A private key, in the form of OpenSSH or PEM.' }),
    passphrase: t.string({ required: false, description: 'What the private key is encrypted with.' }),
    hostKeyFingerprint: t.string({
      required: false,
      description:
        'Key that the machine must show, as `ssh-keygen -l` writes it: `SHA256:…`. When left out, the one that it showed before; and if it never did, the one that it shows now.',
    }),
  }),
});
