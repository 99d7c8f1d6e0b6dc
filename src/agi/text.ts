/** The kind of an error, without its message, which may hold personal data. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : `thrown ${typeof error}`);

/** Fit for one line of a console or a log, whoever wrote it: no control characters, 120 characters at most. */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e\u00a0-\ud7ff]/g, '?').slice(0, 120);
