// One list of hostile texts, tried at every door: what callers, operators and administrators can write into a field, and what has
// broken other panels. A text that breaks something new is added here, and so reaches every field of every door.

export interface Hostile {
  name: string;
  text: string;
}

export const CORPUS: readonly Hostile[] = [
  // HTML and templates
  { name: 'script', text: '<script>window.hacked=1</script>' },
  { name: 'image', text: '"><img src=x onerror=window.hacked=1>' },
  { name: 'attribute', text: "' onmouseover='window.hacked=1" },
  { name: 'frame', text: '</span></button><iframe src="//evil.example.org"></iframe>' },
  { name: 'svg', text: '<svg/onload=window.hacked=1>' },
  { name: 'address', text: 'javascript:window.hacked=1' },
  { name: 'entities', text: '&lt;b&gt; &amp;amp; %3Cscript%3E &#60;' },
  { name: 'handlebars', text: '{{constructor.constructor("return process")()}}{{{body}}}' },
  { name: 'partial', text: '{{> layout}}' },
  { name: 'htmx', text: 'hx-get="/logout" hx-trigger="load"' },
  { name: 'comment', text: '<!-- --><!--' },
  // SQL
  { name: 'drop', text: "'; DROP TABLE rt_calls; --" },
  { name: 'union', text: "1' UNION SELECT password_hash FROM users -- " },
  { name: 'like', text: '%_\\%' },
  { name: 'backslash', text: 'a\\' },
  { name: 'question', text: 'a ? b ?? :c $1' },
  // Spreadsheets
  { name: 'formula', text: "=cmd|' /C calc'!A0" },
  { name: 'plus', text: '+1+1' },
  { name: 'minus', text: '-1+1' },
  { name: 'at', text: '@SUM(1+1)' },
  { name: 'csv', text: 'a","b;c,"d' },
  // Lines and control characters
  { name: 'lines', text: 'a\r\nSet-Cookie: x=y\r\n\r\nb' },
  { name: 'line feed', text: 'a\nb' },
  { name: 'return', text: 'a\rb' },
  { name: 'unicode lines', text: 'a\u2028b\u2029c\u0085d' },
  { name: 'nul', text: 'a\u0000b' },
  { name: 'terminal', text: '\u001b[2J\u001b]0;title\u0007\u009b31m' },
  { name: 'tab', text: 'a\tb' },
  // AMI, AGI and the dialplan
  { name: 'ami', text: '101\r\nApplication: System\r\nData: id' },
  { name: 'variable', text: '$' + '{SHELL(id)}$' + '{GLOBAL(DH_AGI)}$[1+1]' },
  { name: 'dial', text: '101&Local/s@evil,,b(x^y^1)|)' },
  { name: 'event line', text: 'x&event=lost&id=1 v=1' },
  { name: 'agi', text: '200 result=1 (timeout)' },
  { name: 'percent', text: '%0d%0a%00%zz%' },
  // Files
  { name: 'path', text: '../../../../etc/passwd' },
  { name: 'device', text: 'CON|NUL:*?.wav' },
  // Letters
  { name: 'right to left', text: '\u202e7041321 gnp.exe\u202c' },
  { name: 'arabic', text: 'شركة \u200f123' },
  { name: 'four bytes', text: '😀👩‍👩‍👧‍👦🏳️‍🌈 𝕏' },
  { name: 'latin-1', text: 'Müller & Çelik ß ÿ' },
  { name: 'latin-1 read as utf-8', text: 'MÃ¼ller \u00c3\u00a9' },
  { name: 'cyrillic', text: 'Йошкар-Ола ё' },
  { name: 'marks', text: `a${'\u0301'.repeat(60)}` },
  { name: 'no width', text: 'a\u200b\u200d\ufeffb' },
  { name: 'half a pair', text: 'a\ud800b' },
  { name: 'not a character', text: 'a\uffff\ufffe' },
  { name: 'turkish', text: 'İıŞş LOLA' },
  // Names of JavaScript
  { name: 'prototype', text: '__proto__' },
  { name: 'constructor', text: 'constructor' },
  // Lengths
  { name: 'nothing', text: '' },
  { name: 'spaces', text: '   ' },
  { name: 'long', text: 'x'.repeat(3_000) },
  { name: 'long, four bytes', text: '😀'.repeat(1_000) },
];

/** Characters that end a line somewhere, or steer a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
export const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
