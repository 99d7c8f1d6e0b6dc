import { Writable } from 'node:stream';
import { expect } from 'chai';
import { createLog } from '../../src/log/log.js';

/** Collects what the log writes. */
function paper() {
  let text = '';
  const to = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return {
    to,
    read: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

describe('log', () => {
  it('writes one JSON line a message, with level, time and room', () => {
    const { to, lines } = paper();
    createLog({ level: 'info', pretty: false, to }).child({ room: 'agi' }).info({ port: 4574 }, 'listening');
    expect(lines()).to.have.lengthOf(1);
    expect(lines()[0]).to.include({ level: 30, room: 'agi', port: 4574, msg: 'listening' });
    expect(lines()[0].time).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('writes nothing below its level', () => {
    const { to, read } = paper();
    createLog({ level: 'warn', pretty: false, to }).info('quiet');
    expect(read()).to.equal('');
  });

  it('writes for people when asked', () => {
    const { to, read } = paper();
    createLog({ level: 'info', pretty: true, to }).child({ room: 'web' }).warn('slow page');
    expect(read()).to.match(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: web: slow page\n$/);
  });

  it('hides secrets at every level', () => {
    const { to, read } = paper();
    const log = createLog({ level: 'trace', pretty: false, to });
    log.debug(
      {
        password: 'hush',
        config: { amiSecret: 'hush', databaseUrl: 'mysql://u:hush@192.0.2.1/d' },
        user: { passwordHash: 'hush' },
      },
      'x',
    );
    log.error({ req: { headers: { cookie: 'sid=hush', authorization: 'Basic hush' } } }, 'y');
    expect(read()).to.contain('(hidden)').and.not.contain('hush');
  });

  it('shows numbers and names of people at debug, never above', () => {
    const record = {
      queue: 'sales',
      name: 'sales',
      from: '+998000000101',
      event: { kind: 'call', name: 'Anna', to: '5550142' },
      rows: [{ number: '5550199' }],
    };
    const above = paper();
    createLog({ level: 'trace', pretty: false, to: above.to }).child({ room: 'hooks' }).info(record, 'call');
    expect(above.lines()[0]).to.include({ queue: 'sales', name: 'sales' });
    expect(above.read()).to.not.match(/998|Anna|5550142|5550199/);
    const debug = paper();
    createLog({ level: 'trace', pretty: false, to: debug.to }).debug(record, 'call');
    expect(debug.lines()[0]).to.deep.include({
      from: '+998000000101',
      event: { kind: 'call', name: 'Anna', to: '5550142' },
    });
    expect(record.event.name).to.equal('Anna');
  });

  it('keeps errors whole, and plain messages', () => {
    const { to, lines } = paper();
    const log = createLog({ level: 'info', pretty: false, to });
    log.error({ err: new Error('disk full') }, 'journal');
    log.error(new Error('alone'));
    log.info('%d events', 7);
    const [withText, alone, plain] = lines();
    expect(withText.err.message).to.equal('disk full');
    expect(withText.err.stack).to.contain('log.test');
    expect(alone).to.deep.include({ msg: 'alone' });
    expect(plain.msg).to.equal('7 events');
  });

  it('leaves out what a database quotes of a row, above debug', () => {
    const refused = (message: string) =>
      Object.assign(new Error(`insert into \`rt_calls\` values (?, ?) - ${message}`), {
        ...{ code: 'ER_X', errno: 1366, sqlMessage: message },
      });
    const { to, read, lines } = paper();
    const log = createLog({ level: 'info', pretty: false, to });
    log.error(
      { err: refused("Incorrect string value: 'O\\'Karimova\n5550177' for column 'name' at row 1") },
      'refused',
    );
    log.error(refused("Duplicate entry 'O'Karimova' for key 5550177' for key 'PRIMARY'"));
    log.error({ err: refused("You have an error in your syntax near ''Karimova'' 5550177' at line 1") }, 'refused');
    expect(read()).to.not.match(/5550177|Karimova/);
    expect(lines()[0].err).to.include({ code: 'ER_X', errno: 1366 });
    expect(lines()[0].err.message).to.contain("Incorrect string value: '…' at row 1");
    expect(lines()[1].msg).to.contain("Duplicate entry '…'");
  });
});
