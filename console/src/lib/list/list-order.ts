/** What a list is ordered by, and which way. */
export interface Order<Field extends string> {
  field: Field;
  direction: 'ASC' | 'DESC';
}

/** What a list can be ordered by, and what it is when nobody says. */
interface Orders<Field extends string> {
  fields: readonly Field[];
  order: Order<Field>;
}

/** `NAME`, or `-NAME` for descending. */
export function readOrder<Field extends string>(
  text: string | null,
  { fields, order }: Orders<Field>,
): Order<Field> {
  const field = fields.find((each) => each === text?.replace(/^-/, ''));
  return field === undefined ? order : { field, direction: text?.startsWith('-') === true ? 'DESC' : 'ASC' };
}

export function writeOrder({ field, direction }: Order<string>): string {
  return direction === 'DESC' ? `-${field}` : field;
}
