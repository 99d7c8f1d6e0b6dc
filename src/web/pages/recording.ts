// `/recordings/<id>`: one recording, to be heard or taken along. `/calls/<id>/keep`: the mark that keeps a call's recordings.
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import { note } from '../audited.js';
import type { Opened } from '../deps.js';
import { storyPath } from '../format.js';
import { noSuchCall, Refusal } from '../refusal.js';
import { seldom } from '../seldom.js';
import { type Site, sessionOf } from '../site.js';

const ID = /^[\w-]{1,64}$/;
const CALL_ID = /^[\x21-\x7e]{1,190}$/;
/** Within this, what one user asks of one recording is one listening: a player asks for a file in many pieces. ms. */
const LISTENING_MS = 10 * 60_000;

type Open = Extract<Opened, { state: 'open' }>;
const REFUSED: Record<Exclude<Opened['state'], 'open'>, Refusal> = {
  unknown: new Refusal(404, 'No such recording', 'No recording of this id is known.'),
  gone: new Refusal(410, 'The file is gone', 'The recording was there, but its file is not any more.'),
  purged: new Refusal(410, 'Deleted', 'The recording was deleted when its time had come.'),
  growing: new Refusal(409, 'Still being recorded', 'The recording can be heard when the call is over.'),
};

export const recording = (site: Site): RequestHandler => {
  const isNew = seldom({ forMs: LISTENING_MS, now: site.now });
  return async (req, res, next) => {
    const id = req.params['id'];
    const found: Opened =
      typeof id === 'string' && ID.test(id) && site.deps.recordings
        ? await site.deps.recordings.open(id)
        : { state: 'unknown' };
    if (found.state !== 'open') return next(REFUSED[found.state]);
    try {
      const { user } = sessionOf(res);
      const taken = req.query['take'] === '1';
      if (isNew(`${user.id} ${taken} ${id}`)) {
        const kind = taken ? 'recording_taken' : 'recording_heard';
        await note(site, req, { kind, user, target: found.call, detail: `${id} · ${found.name}` });
      }
      await send(req, res, found, taken);
    } finally {
      await found.file.close();
    }
  };
};

/** Answers with the file, or with the one piece of it that was asked for. */
async function send(req: Request, res: Response, found: Open, taken: boolean): Promise<void> {
  const { bytes } = found;
  // No header of ours says which state of the file a piece is of, so a condition on that can't hold: then all of it is sent.
  const asked = req.headers['if-range'] === undefined ? req.range(bytes) : undefined;
  res.set({ 'Accept-Ranges': 'bytes', 'Content-Type': found.type });
  // The name on the disk holds the caller's number, which this reader may not see.
  if (taken) res.set('Content-Disposition', `attachment; filename="${nameFor(found)}"`);
  if (asked === -1) {
    res.status(416).set('Content-Range', `bytes */${bytes}`).end();
    return;
  }
  const [piece] = Array.isArray(asked) && asked.type === 'bytes' && asked.length === 1 ? asked : [];
  const { start, end } = piece ?? { start: 0, end: bytes - 1 };
  if (piece !== undefined) res.status(206).set('Content-Range', `bytes ${start}-${end}/${bytes}`);
  const length = Math.max(0, end - start + 1);
  res.set('Content-Length', String(length));
  if (req.method === 'HEAD' || length === 0) {
    res.end();
    return;
  }
  const from = found.file.createReadStream({ start, end, autoClose: false });
  try {
    await pipeline(from, res, { end: false });
  } catch {
    // Players break off whenever they have enough.
    res.destroy();
    return;
  }
  // A file that was cut meanwhile: the promised length can't be kept, and the browser must not wait for the rest.
  if (from.bytesRead < length) res.destroy();
  else res.end();
}

const nameFor = ({ call, ending }: Open): string =>
  `${(call || 'recording').replace(/[^\w.-]+/g, '_').slice(0, 120)}.${ending}`;

export const keepRecordings =
  (site: Site): RequestHandler =>
  async (req, res, next) => {
    const id = req.params['id'];
    const { recordings } = site.deps;
    const found = typeof id === 'string' && CALL_ID.test(id) ? await site.deps.story(id) : null;
    if (found === null || recordings === undefined) return next(noSuchCall());
    const { call } = found;
    const { user } = sessionOf(res);
    const body = req.body as Record<string, unknown> | undefined;
    if (body?.['keep'] === 'no') {
      const was = await recordings.release([call.id, ...call.joined]);
      if (was) await note(site, req, { kind: 'recording_released', user, target: call.id });
    } else {
      const why = typeof body?.['why'] === 'string' ? body['why'].trim().slice(0, 200) : '';
      await recordings.keep({ call: call.id, at: site.now(), login: user.login, why });
      await note(site, req, { kind: 'recording_kept', user, target: call.id, detail: why });
    }
    res.redirect(303, storyPath(call.id));
  };
