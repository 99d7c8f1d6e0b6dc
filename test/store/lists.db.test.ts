import { expect } from 'chai';
import { saveClients } from '../../src/store/clients.js';
import { listEntries, readLists, removeEntry, saveEntries } from '../../src/store/lists.js';
import { CORPUS } from '../corpus/corpus.js';
import { DIALECTS, emptyDatabase, type TestDb } from './databases.js';

const T = Date.UTC(2026, 0, 12, 9);

for (const dialect of DIALECTS)
  describe(`lists in ${dialect}`, function () {
    this.timeout(120_000);
    let made: TestDb;
    before(async () => {
      made = await emptyDatabase(dialect);
    });
    after(() => made.remove());

    it('hold one entry for the digits of a number, the newest', async () => {
      const { db } = made;
      const until = T + 3_600_000;
      await saveEntries(db, 'blacklist', [{ number: '+998 00 555-01-42', reason: 'a', until: null }], T);
      await saveEntries(db, 'blacklist', [{ number: '998005550142', reason: 'b', until }], T);
      expect(await listEntries(db, 'blacklist')).to.deep.equal([{ number: '998005550142', reason: 'b', until }]);
      expect(await removeEntry(db, 'blacklist', '+998005550142')).to.equal(true);
      expect(await removeEntry(db, 'blacklist', '+998005550142')).to.equal(false);
      const none = await saveEntries(db, 'vips', [{ number: 'x', name: '', priority: 1 }], T).catch(
        (error: Error) => error,
      );
      expect(none).to.be.instanceOf(Error);
    });

    it('have clients that are marked among the VIPs, unless they have a line of their own', async () => {
      const { db } = made;
      const client = { company: '', vip: true };
      await saveClients(db, [
        { ...client, number: '+100', name: 'Anna' },
        { ...client, number: '+200', name: 'Ben' },
        { ...client, number: '+300', name: 'Cara', vip: false },
      ]);
      await saveEntries(db, 'vips', [{ number: '200', name: 'Benjamin', priority: 50 }], T);
      expect((await readLists(db, 10)).vips).to.deep.equal([
        { number: '200', name: 'Benjamin', priority: 50 },
        { number: '100', name: 'Anna', priority: 10 },
      ]);
    });

    it('keep every hostile text that a column can hold', async () => {
      const { db } = made;
      for (const [i, { text }] of CORPUS.entries())
        await saveEntries(
          db,
          'routes',
          [{ number: String(1000 + i), context: 'ext-queues', exten: '400', priority: 1, note: text }],
          T,
        );
      expect(await listEntries(db, 'routes')).to.have.lengthOf(CORPUS.length);
    });
  });
