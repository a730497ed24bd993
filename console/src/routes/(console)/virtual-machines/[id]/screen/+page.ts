/** A window of its own, with nothing around it. */
export const load = () => ({ isBare: true });
