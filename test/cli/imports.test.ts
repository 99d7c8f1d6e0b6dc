import { expect } from 'chai';
import type { CdrAsked } from '../../src/cli/deps.js';
import { doors, run, terminal } from './fakes.js';

const COUNTS = { rows: 5, calls: 3, unchanged: 1, completed: 0, recorded: 1, outside: 0, doubtful: 2, rejected: 1 };

/** Runs import-cdr and gives what the door behind it was asked. */
async function asked(
  line: string,
  io = terminal(),
): Promise<{ asked: CdrAsked | null; code: number; out: string; err: string }> {
  let what: CdrAsked | null = null;
  const deps = doors({
    importCdr: async (_config, one) => {
      what = one;
      return { counts: COUNTS, name: 'the source', notes: [] };
    },
  });
  return { ...(await run(line, deps, io)), asked: what };
}

describe('dialhook import-cdr', () => {
  it('takes the password from the environment and never from the command line', async () => {
    const given = await asked(
      'import-cdr --from mysql://me@192.0.2.10/asteriskcdrdb',
      terminal({ env: { DIALHOOK_IMPORT_PASSWORD: 'p@ss/word' } }),
    );
    expect(given.asked?.from).to.equal('mysql://me:p%40ss%2Fword@192.0.2.10/asteriskcdrdb');
    const refused = await asked('import-cdr --from mysql://me:secret@192.0.2.10/asteriskcdrdb');
    expect(refused).to.include({ code: 1, asked: null });
    expect(refused.err).to.contain('DIALHOOK_IMPORT_PASSWORD').and.to.not.contain('secret@');
  });

  it('asks for it when somebody is there', async () => {
    const io = terminal({ interactive: true, answers: ['typed'] });
    expect((await asked('import-cdr --from mysql://me@192.0.2.10/asteriskcdrdb', io)).asked?.from).to.contain(
      'me:typed@',
    );
  });

  it('says what became of the rows', async () => {
    const { out, code } = await asked('import-cdr --from Master.csv --time-zone UTC');
    expect(code).to.equal(0);
    expect(out)
      .to.contain('5 rows read')
      .and.to.contain('3 calls imported, 2 of them doubtful')
      .and.to.contain('1 were recorded by our own hooks')
      .and.to.contain('rejected_imports');
  });

  it('refuses what can not be meant, with the way out', async () => {
    for (const [words, way] of [
      ['--since yesterday', 'a day such as'],
      ['--time-zone Nowhere/Land', 'Asia/Tashkent'],
      ['--operators (', 'a regular expression'],
      ['--batch 0', 'from 1 to 5000'],
      ['--table "cdr; DROP"', 'letters, digits'],
    ]) {
      const { err, code } = await asked(`import-cdr --from mysql://me@192.0.2.10/x ${words}`);
      expect(code, words).to.equal(2);
      expect(err, words).to.contain(way);
    }
    expect((await asked('import-cdr --from Master.csv --cel')).err).to.contain('--cel FILE');
    expect((await asked('import-cdr --from mysql://me@192.0.2.10')).err).to.contain('names no database');
  });
});
