// Text on its way into a column.

/**
 * At most `length` whole characters: half of a pair is no character. A NUL becomes the sign for what can't be shown: SQLite's
 * driver ends a text there, so that `lola\0x` would be `lola`.
 */
export const cut = (text: string, length: number): string =>
  [...Buffer.from(text.slice(0, length * 2).replaceAll('\0', '\ufffd')).toString()].slice(0, length).join('');
