/** Name below `/exports/` of what FOCUS files are like, as their specification wants it told. */
export const focusSchemaName = 'focus-schema.json';
