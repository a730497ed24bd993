import { isLocale, locales, overwriteGetLocale } from '#paraglide/runtime.js';

export type Locale = (typeof locales)[number];

/** Each language in its own name, which is the same in every language. */
export const localeNames: Record<Locale, string> = { en: 'English', 'zh-CN': '简体中文' };

const storageKey = 'nephos.locale';

function preferred(): Locale {
  // Unit tests run where there is no browser.
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(storageKey);
  if (isLocale(stored)) return stored;
  for (const wanted of navigator.languages) {
    const match = locales.find((each) => each.split('-')[0] === wanted.split('-')[0]);
    if (match !== undefined) return match;
  }
  return 'en';
}

let current = $state<Locale>(preferred());

/** The language of the console. Whatever shows a message follows it, without a reload. */
export const locale = {
  get current(): Locale {
    return current;
  },
  set(next: Locale): void {
    current = next;
    localStorage.setItem(storageKey, next);
    document.documentElement.lang = next;
  },
};

// Messages ask for the language whenever they are shown: as it is state, what shows them is shown anew.
overwriteGetLocale(() => current);
