// Files the browser keeps: our own from public/, and the few parts of packages under vendor/. Their address holds a
// hash of all of them, so they are kept for a year and a new version is a new address, imports between scripts included.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';
import { packageDir, projectRoot } from './root.js';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
/** One letter-range of Inter a file; the browser fetches those it needs. */
const SCRIPTS = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext'];

export interface Assets {
  /** `/assets/<hash>`: what every address of an asset begins with. */
  base: string;
  serve: RequestHandler;
}

interface Asset {
  body: Buffer;
  gzip: Buffer | null;
  type: string;
}

/** Reads all assets into memory (about 600 kB). With `fresh` they are read again on each request and never kept. */
export function loadAssets(fresh: boolean = false): Assets {
  const load = () => new Map([...files()].map(([name, path]) => [name, asset(path)]));
  const kept = load();
  const hash = createHash('sha256');
  for (const [name, { body }] of kept) hash.update(name).update(body);
  const version = hash.digest('hex').slice(0, 12);
  const form = /^\/([0-9a-f]{12})\/([\w./-]+)$/;

  const serve: RequestHandler = (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    const [, asked, name = ''] = form.exec(req.path) ?? [];
    const found = (fresh ? load() : kept).get(name);
    if (!found) return next();
    const zipped = found.gzip !== null && req.acceptsEncodings('gzip') === 'gzip';
    res.set({
      'Content-Type': found.type,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      Vary: 'Accept-Encoding',
      'Cache-Control': asked === version && !fresh ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    });
    res.end(zipped ? found.gzip : found.body);
  };
  return { base: `/assets/${version}`, serve };
}

function asset(path: string): Asset {
  const body = readFileSync(path);
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  return { body, gzip: extname(path) === '.woff2' ? null : gzipSync(body, { level: 9 }), type };
}

/** Name in the address → file. A fixed list: what a browser asks for never becomes a path. */
function files(): Map<string, string> {
  const found = new Map<string, string>();
  const dir = join(projectRoot(), 'public');
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && extname(path) in TYPES) found.set(path.slice(dir.length + 1), path);
  }
  found.set('vendor/htmx.js', join(packageDir('htmx.org'), 'dist/htmx.min.js'));
  found.set('vendor/idiomorph.js', join(packageDir('idiomorph'), 'dist/idiomorph-ext.min.js'));
  const inter = packageDir('@fontsource-variable/inter');
  for (const letters of SCRIPTS) {
    found.set(`vendor/inter-${letters}.woff2`, join(inter, `files/inter-${letters}-opsz-normal.woff2`));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
