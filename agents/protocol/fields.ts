import { isId, type Id, type IdKind, type ImageId } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';

/** An id of one kind, in its text form. */
export function idField<Kind extends IdKind>(kind: Kind) {
  return z.custom<Id<Kind>>(
    (value) => typeof value === 'string' && isId(kind, value),
    `must be the id of a ${kind}`,
  );
}

/** The id of a template or an ISO. */
export const imageIdField = z.custom<ImageId>(
  (value) => typeof value === 'string' && (isId('Template', value) || isId('Iso', value)),
  'must be the id of a template or an ISO',
);

/** Bytes or another count beyond 2^53: decimal text on the wire, bigint in memory. */
export const countField = z.codec(z.string().regex(/^\d{1,20}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (count) => count.toString(),
});

/**
 * An absolute path on the agent's machine. No `..`, so that nothing climbs out of its folder; no comma and no
 * control character, because QEMU's options and dnsmasq's files are separated by them.
 */
export const pathField = z
  .string()
  .max(1024)
  .regex(/^\/[^,\p{Cc}]*$/u, 'must be an absolute path without commas and control characters')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ".."');

/** A name below some folder: no slash, no leading dot. */
export const fileNameField = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);

/** A guest's name, as a DNS label. */
export const hostNameField = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

/** A bridge on the host; Linux allows 15 bytes. */
export const bridgeField = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/);

/** `52:54:00:12:34:56`, lower case. */
export const macField = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);

export const ipv4Field = z.ipv4();

/** `10.1.0.0/16`. */
export const cidrField = z.cidrv4();

/** What lets one agent in at another, once: a random secret of the server's, base64url. */
export const ticketField = z.string().regex(/^[\w-]{32,128}$/);

/** A password's hash as /etc/shadow has it, by SHA-512 crypt. Passwords themselves never reach an agent. */
export const passwordHashField = z.string().regex(/^\$6\$[./\w]{1,16}\$[./\w]{86}$/);

/** A user inside a guest. */
export const userNameField = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/);
