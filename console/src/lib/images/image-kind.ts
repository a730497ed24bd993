/** Templates and ISOs are shown alike, on two tabs of one page. */
export type ImageKind = 'template' | 'iso';
