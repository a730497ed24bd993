import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

function refuse(name: string, value: unknown, rule: string): never {
  throw new GraphQLError(`${name} ${JSON.stringify(value)}: ${rule}`, {
    extensions: { code: 'VALIDATION_FAILED', details: { value: String(value).slice(0, 120), rule } },
  });
}

const dateTimePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function parseDateTime(value: unknown): Date {
  const rule = 'must be a date and time as in RFC 3339: 2026-01-31T08:00:00Z';
  if (typeof value !== 'string' || !dateTimePattern.test(value)) refuse('DateTime', value, rule);
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? refuse('DateTime', value, rule) : date;
}

const largestExactNumber = BigInt(Number.MAX_SAFE_INTEGER);
/** PostgreSQL's bigint. */
const largestCount = 2n ** 63n - 1n;

function parseBytes(value: unknown): bigint {
  const rule = 'must be a count of bytes: a whole number, or decimal text beyond 2^53';
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value !== 'string' || !/^\d{1,19}$/.test(value)) return refuse('Bytes', value, rule);
  const count = BigInt(value);
  return count <= largestCount ? count : refuse('Bytes', value, rule);
}

/** A moment, in UTC with milliseconds. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment as in RFC 3339, given out in UTC with milliseconds: `2026-01-31T08:00:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

/** A count of bytes. */
export const Bytes = new GraphQLScalarType<bigint, number | string>({
  name: 'Bytes',
  description:
    'A count of bytes: a number up to 2^53, beyond that decimal text, so that no client loses a digit.',
  serialize: (value) => {
    const count = value as bigint;
    return count <= largestExactNumber ? Number(count) : count.toString();
  },
  parseValue: parseBytes,
  parseLiteral: (node) =>
    parseBytes(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
});

const textScalar = (name: string, description: string, rule: string, pattern: RegExp) => {
  const parse = (value: unknown): string =>
    typeof value === 'string' && pattern.test(value) ? value : refuse(name, value, rule);
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: String,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
};

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ipv4 = `${octet}(\\.${octet}){3}`;

/** An IPv4 address. */
export const IpAddress = textScalar(
  'IpAddress',
  'An IPv4 address: `10.1.0.1`.',
  'must be an IPv4 address like 10.1.0.1',
  new RegExp(`^${ipv4}$`),
);

/** A network. */
export const Cidr = textScalar(
  'Cidr',
  'An IPv4 network in CIDR notation: `10.1.0.0/16`.',
  'must be a network in CIDR notation like 10.1.0.0/16',
  new RegExp(`^${ipv4}/(3[0-2]|[12]?\\d)$`),
);

/** A MAC address. */
export const MacAddress = textScalar(
  'MacAddress',
  'A MAC address in lower case: `02:00:5e:10:00:01`.',
  'must be a MAC address like 02:00:5e:10:00:01',
  /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/,
);

/** An exact number. */
export const Decimal = textScalar(
  'Decimal',
  'An exact decimal number, as text: `0.05`, `-12.30`.',
  'must be a decimal number as text, like 0.05',
  /^-?\d{1,40}(\.\d{1,40})?$/,
);

/** A place in the change feed. */
export const Cursor = textScalar(
  'Cursor',
  'A place in a list or in the change feed. Opaque: keep it and give it back.',
  'must be a cursor that this API gave out',
  /^[\w-]{1,512}$/,
);
