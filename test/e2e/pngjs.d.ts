declare module 'pngjs' {
  /** A picture, four bytes for each pixel: red, green, blue, opacity. */
  interface DecodedPng {
    width: number;
    height: number;
    data: Buffer;
  }

  export const PNG: { sync: { read(file: Buffer): DecodedPng } };
}
