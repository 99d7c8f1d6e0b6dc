import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Journal, openJournal } from '../../src/record/journal.js';
import { decodeRecord, encodeRecord } from '../../src/record/segments.js';

describe('journal', () => {
  let folder: string;
  const open: Journal[] = [];
  const start = async (segmentBytes?: number) => {
    const journal = await openJournal(folder, segmentBytes ? { segmentBytes } : {});
    open.push(journal);
    return journal;
  };
  const readAll = async (journal: Journal) => {
    const lines: string[] = [];
    let from = await journal.start();
    for (;;) {
      const { records, next } = await journal.read(from, 7);
      if (records.length === 0) return lines;
      lines.push(...records.map((r) => (r.refusal === '' ? r.line : `! ${r.refusal}`)));
      from = next;
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialhook-journal-'));
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close();
    rmSync(folder, { recursive: true });
  });

  it('gives back what went in, in order, over segments and restarts', async () => {
    const first = await start(500);
    const lines = Array.from({ length: 50 }, (_, i) => `event ${i} Йо%20`);
    for (const line of lines.slice(0, 30)) await first.append(line, 1000);
    await first.close();
    open.length = 0;
    const second = await start(500);
    for (const line of lines.slice(30)) await second.append(line, 2000);
    expect(readdirSync(folder).length).to.be.greaterThan(3);
    expect(await readAll(second)).to.deep.equal(lines);
  });

  it('acknowledges only what is in the file', async () => {
    const journal = await start();
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        journal
          .append(`event ${i}`, 1)
          .then(() => expect(readFileSync(join(folder, '0000000001.log'), 'utf8')).to.contain(` event ${i}\n`)),
      ),
    );
    expect(await readAll(journal)).to.have.length(200);
  });

  it('passes over a torn last line and goes on behind it', async () => {
    const first = await start();
    await first.append('whole', 1);
    await first.close();
    open.length = 0;
    appendFileSync(join(folder, '0000000001.log'), encodeRecord('torn in the middle', 2).slice(0, 15));
    const second = await start();
    await second.append('after', 3);
    expect(await readAll(second)).to.deep.equal(['whole', 'after']);
  });

  it('tells a damaged record from a whole one, keeps it and goes on', async () => {
    const text = encodeRecord('one', 1) + encodeRecord('two', 2).replace('two', 'twо') + encodeRecord('three', 3);
    writeFileSync(join(folder, '0000000001.log'), text);
    const journal = await start();
    expect(await readAll(journal)).to.deep.equal([
      'one',
      '! the journal record is damaged: its checksum does not match',
      'three',
    ]);
    expect(decodeRecord('nonsense').refusal).to.not.equal('');
  });

  it('keeps a line break from making a second record', async () => {
    const journal = await start();
    await journal.append('a\nb\r\nc\u0000d', 1);
    expect(await readAll(journal)).to.deep.equal(['a b  c d']);
  });

  it('rejects what it could not write, and goes on in a new segment', async () => {
    const journal = await start(1);
    await journal.append('fills the segment', 1);
    // Without its folder the next segment can't be made; a full disk looks the same.
    rmSync(folder, { recursive: true });
    const refused = await journal.append('has no place', 2).then(
      () => 'written',
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(refused).to.equal('ENOENT');
    mkdirSync(folder);
    await journal.append('has a place again', 3);
    expect(await readAll(journal)).to.deep.equal(['has a place again']);
  });

  it('knows how much lies behind a place, and removes only what is applied and old', async () => {
    const journal = await start(200);
    for (let i = 0; i < 20; i += 1) await journal.append(`event number ${i}`, 1);
    const end = journal.end();
    expect(await journal.behind(end)).to.equal(0);
    expect(await journal.behind(await journal.start())).to.be.greaterThan(400);
    const before = readdirSync(folder).length;
    expect(await journal.retire(end, Date.now() - 1000)).to.equal(0);
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1, 1);
    expect(await journal.retire({ segment: 3, offset: 0 }, Date.now() - 1000)).to.equal(2);
    expect(readdirSync(folder).length).to.equal(before - 2);
  });

  it('wakes who waits when something comes, and lets go after the time', async () => {
    const journal = await start();
    const at = journal.end();
    const woken = journal.wait(at, 60_000);
    await journal.append('x', 1);
    await woken;
    await journal.wait(journal.end(), 5);
  });
});
