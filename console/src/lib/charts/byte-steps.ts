/** How far apart the lines of a scale may be, so that sizes beside them are whole: 64 MiB, not 61. */
export const byteSteps = Array.from({ length: 53 }, (_, power) => 2 ** power);
