import { clsx, type ClassValue } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Joins class names; later ones win over earlier ones that say something else of the same. */
export function classes(...names: ClassValue[]): string {
  return twMerge(clsx(names));
}
