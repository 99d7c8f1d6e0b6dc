// A running time, ms: 0:07, 12:34, 1:02:03. The same forms as src/web/format.ts; a test compares them.
export function running(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor(s / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** What is left of a time, ms: 0:00 means that it is over. */
export const remaining = (ms) => running(Math.ceil(Math.max(0, ms) / 1000) * 1000);
