/** Whether a key is for the input method: it picks or ends a word of Chinese, Japanese or Korean. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
export function isComposed({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === composedKeyCode;
}

/** All that Safari says of the Enter that ends a word, which comes when nothing is composed any more. */
const composedKeyCode = 229;
