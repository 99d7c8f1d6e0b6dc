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
import { open as openReal } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';
import { type Journal, type JournalTrouble, openJournal } from '../../src/record/journal.js';
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

  it('rejects what it could not write, and brings it to a new segment when it can', async () => {
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
    await until(() => journal.trouble().error === '', { what: 'the journal is written again' });
    await journal.append('has a place again', 3);
    expect(await readAll(journal)).to.deep.equal(['has no place', 'has a place again']);
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

  describe('on a disk that refuses', () => {
    /** A segment file that fails as told: at each step `fails` says with what error, if any. */
    const refusing = (fails: (step: 'append' | 'sync' | 'open') => string | undefined) => async (path: string) => {
      const trip = (step: 'append' | 'sync' | 'open') => {
        const why = fails(step);
        if (why) throw Object.assign(new Error(why), { code: why.split(':')[0] });
      };
      trip('open');
      const real = await openReal(path, 'ax');
      return {
        appendFile: async (data: string | Uint8Array) => {
          const why = fails('append');
          // A full disk takes what there is room for, and then says no.
          if (why) await real.appendFile((data as Buffer).subarray(0, 11));
          if (why) throw Object.assign(new Error(why), { code: why.split(':')[0] });
          await real.appendFile(data);
        },
        datasync: async () => {
          trip('sync');
          await real.datasync();
        },
        truncate: (size?: number) => real.truncate(size),
        close: () => real.close(),
      };
    };

    it('rejects at once, keeps the lines in memory, and writes them when there is room again', async () => {
      let full = false;
      const troubles: JournalTrouble[] = [];
      const journal = await openJournal(folder, {
        openFile: refusing((step) =>
          full && step === 'append' ? 'ENOSPC: no space left on device, write' : undefined,
        ),
        onTrouble: (t) => troubles.push(t),
      });
      open.push(journal);
      await journal.append('v=1&id=a', 1);
      full = true;
      const began = Date.now();
      for (const id of ['b', 'c', 'd']) {
        const refused = await journal.append(`v=1&id=${id}`, 2).then(() => '', String);
        expect(refused).to.contain('ENOSPC');
      }
      expect(Date.now() - began, 'no caller waits for a full disk').to.be.lessThan(2000);
      expect(journal.trouble()).to.deep.equal({
        error: 'ENOSPC: no space left on device, write',
        kept: 3,
        dropped: 0,
        droppedAt: null,
      });
      full = false;
      await until(() => journal.trouble().error === '', { what: 'the journal is written again' });
      await journal.append('v=1&id=e', 3);
      expect(await readAll(journal)).to.deep.equal(['a', 'b', 'c', 'd', 'e'].map((id) => `v=1&id=${id}`));
      expect(troubles.at(-1)).to.deep.equal({ error: '', kept: 0, dropped: 0, droppedAt: null });
    });

    it('counts exactly what is lost when memory is full too, and takes off what the spool brings', async () => {
      let full = true;
      const journal = await openJournal(folder, {
        keepBytes: 100,
        openFile: refusing((step) => (full && step === 'append' ? 'ENOSPC: full' : undefined)),
      });
      open.push(journal);
      const lines = Array.from({ length: 50 }, (_, i) => `v=1&id=x${i}&event=end`);
      const began = Date.now();
      for (const line of lines) await journal.append(line, 1).catch(() => undefined);
      const { kept, dropped, droppedAt } = journal.trouble();
      expect(droppedAt).to.be.within(began, Date.now());
      expect(kept + dropped).to.equal(50);
      expect(kept).to.be.within(1, 4);
      full = false;
      await until(() => journal.trouble().error === '', { what: 'the journal is written again' });
      expect(journal.trouble()).to.deep.equal({ error: '', kept: 0, dropped, droppedAt });
      for (const line of lines.slice(-10)) await journal.append(line, 2);
      expect(journal.trouble().dropped).to.equal(dropped - 10);
      for (const line of lines) await journal.append(line, 3);
      expect(journal.trouble(), 'nothing is missing any more').to.include({ dropped: 0, droppedAt: null });
    });

    it('is right whichever write, sync or new file fails: what was confirmed is there once, nothing is torn', async () => {
      let steps = 0;
      let clean = false;
      for (let n = 1; !clean && n < 200; n += 1) {
        const place = join(folder, `run-${n}`);
        steps = 0;
        let failed = false;
        const journal = await openJournal(place, {
          segmentBytes: 200,
          openFile: refusing(() => {
            steps += 1;
            // The first file is opened before anybody could be refused.
            if (steps === n + 1) failed = true;
            return steps === n + 1 ? 'EIO: i/o error' : undefined;
          }),
        });
        const confirmed: string[] = [];
        for (let i = 0; i < 20; i += 1) {
          const line = `v=1&id=${i}&event=end`;
          await journal.append(line, 1).then(
            () => confirmed.push(line),
            () => undefined,
          );
        }
        await journal.close();
        const again = await openJournal(place);
        const found = await readAll(again);
        await again.close();
        const whole = found.filter((line) => !line.startsWith('!'));
        for (const line of confirmed) expect(whole, `failure ${n}`).to.include(line);
        // What failed in the sync may be there, and is written again: its id makes it count once.
        expect(new Set(whole).size, `failure ${n}`).to.equal(20);
        expect(found.length - whole.length, `torn records after failure ${n}`).to.equal(0);
        clean = !failed;
      }
      expect(clean, 'a run without any failure was reached').to.equal(true);
    });
  });
});
