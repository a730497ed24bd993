/** A moment as an `<input type="datetime-local">` takes it, in the time of the browser; empty for text that is none. */
export function toLocalInput(value: string | undefined): string {
  const moment = new Date(value ?? '');
  if (Number.isNaN(moment.getTime())) return '';
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
