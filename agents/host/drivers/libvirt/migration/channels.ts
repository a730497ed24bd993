/** What the two ends of a migration call their streams. */
export const channels = {
  /** The destination says how it would define the machine. */
  offer: 'offer',
  /** To the destination's libvirtd. */
  control: 'control',
  /** To the destination's QEMU. */
  memory: 'memory',
} as const;

export interface Offer {
  /** XML of the machine as the destination would start it. */
  definition: string;
}

/** Bytes of an offer; a machine with every disk and card it may have takes a tenth of that. */
export const longestOffer = 200_000;

export const formatOffer = (offer: Offer) => `${JSON.stringify(offer)}\n`;

/** @throws SyntaxError, RangeError for a line that is no offer */
export function parseOffer(line: string): Offer {
  const { definition } = JSON.parse(line) as Partial<Record<keyof Offer, unknown>>;
  if (typeof definition !== 'string') throw new RangeError('no definition');
  return { definition };
}
