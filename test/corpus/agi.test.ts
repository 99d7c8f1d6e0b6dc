// The corpus through the FastAGI door: in the environment of a request, in its arguments, in what a search found.

import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect } from 'chai';
import { type AgiApp, fastagi } from '../../src/agi/index.js';
import { formatLine, parseLine } from '../../src/call/event.js';
import type { HookDeps } from '../../src/hooks/hook.js';
import { registerHooks } from '../../src/hooks/register.js';
import { dial, hangupAll } from '../agi/client.js';
import { CORPUS } from './corpus.js';

describe('hostile text at the FastAGI door', function () {
  this.timeout(30_000);
  let app: AgiApp;
  let port = 0;
  let kept: string[];
  let logged: string[];
  let found: Awaited<ReturnType<HookDeps['findClient']>>;
  beforeEach((done) => {
    [kept, logged, found] = [[], [], null];
    const log = (fields: object, text: string) => void logged.push(`${JSON.stringify(fields)} ${text}`);
    app = fastagi();
    registerHooks(app, {
      append: async (line) => void kept.push(line),
      findClient: async () => found,
      lookupBudgetMs: 500,
      log: { warn: log, debug: () => undefined },
    });
    const server = app.listen(0, () => {
      port = (server.address() as AddressInfo).port;
      done();
    });
  });
  afterEach(() => {
    hangupAll();
    return app.close();
  });

  it('an event line carries any text, or is refused by name; nothing becomes another field or another line', async () => {
    for (const { name, text } of CORPUS) {
      kept.length = 0;
      const word = [...Buffer.from(text).toString()].slice(0, 80).join('');
      const line = formatLine({
        ...{ v: 1, id: 'e1', at: 1, pbx: 'pbx1', call: 'c1', event: 'call', channel: 'PJSIP/1', uniqueid: '1.1' },
        ...{ linkedid: '1.1', direction: 'in', from: word, name: word, to: '1', trunk: 'trunk' },
      });
      await dial({ port, request: '/event', args: [line] }).serve();
      expect(kept, name).to.deep.equal([line]);
      const parsed = parseLine(line);
      if (parsed.ok) expect(parsed.event, name).to.deep.include({ event: 'call', id: 'e1', name: word });
    }
  });

  it('what a search found is sent back as one line, whatever its name holds', async () => {
    for (const { name, text } of CORPUS) {
      // A table holds no half of a pair.
      const stored = Buffer.from(text).toString();
      found = { name: stored, company: stored, vip: false };
      const said = await dial({ port, request: '/lookup', args: ['5550142'] }).serve();
      for (const command of said) {
        expect(command, name).to.match(/^SET VARIABLE "DH_[A-Z]+" "/);
        expect(command, name).not.to.match(/[\r\n\0]/);
        expect(Buffer.byteLength(command), name).to.be.below(2048);
        // The value ends where its quote ends: every quote within is written with a backslash before it.
        expect(command.replace(/^SET VARIABLE "\w+" /, ''), name).to.match(/^"(?:[^"\\]|\\.)*"$/s);
      }
    }
  });

  it('raw bytes in the environment of a request break nothing', async () => {
    const bytes = [
      ...CORPUS.map(({ text }) => Buffer.from(text)),
      Buffer.from(CORPUS.map((one) => one.text).join(''), 'latin1'),
    ];
    for (const raw of [...bytes, Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xe2, 0x82])]) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      const head = `agi_network: yes\nagi_network_script: lookup\nagi_request: agi://127.0.0.1/lookup\nagi_callerid: `;
      socket.write(Buffer.concat([Buffer.from(head), raw, Buffer.from('\nagi_arg_1: 5550142\n\n')]));
      await new Promise<void>((resolve) => {
        socket.once('data', () => resolve());
        socket.once('close', () => resolve());
      });
      socket.destroy();
    }
    // It still answers.
    expect(await dial({ port, request: '/lookup', args: ['5550142'] }).serve()).not.to.deep.equal([]);
    for (const line of logged) expect(line).not.to.match(/\n|window\.hacked|DROP TABLE/);
  });
});
