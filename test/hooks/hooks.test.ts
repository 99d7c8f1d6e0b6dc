import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type AgiApp, fastagi } from '../../src/agi/index.js';
import { formatLine } from '../../src/call/event.js';
import type { HookDeps } from '../../src/hooks/hook.js';
import { registerHooks } from '../../src/hooks/register.js';
import { dial, hangupAll } from '../agi/client.js';

const LINE = formatLine({
  ...{ v: 1, id: 'pbx1-1.1-ring-1', at: 1763676543123, pbx: 'pbx1', call: 'pbx1-1.0', event: 'ring' },
  ...{ channel: 'PJSIP/101-1', uniqueid: '1.1', endpoint: '101' },
});

describe('hooks', () => {
  let app: AgiApp;
  let port: number;
  let kept: string[];
  let deps: HookDeps;

  beforeEach((done) => {
    kept = [];
    deps = {
      append: async (line) => void kept.push(line),
      findClient: () => Promise.resolve(null),
      lookupBudgetMs: 60,
      log: { warn: () => undefined, debug: () => undefined },
    };
    app = fastagi();
    // The handlers read deps when they run, so a test may replace its functions.
    registerHooks(app, {
      append: (line) => deps.append(line),
      findClient: (number) => deps.findClient(number),
      lookupBudgetMs: deps.lookupBudgetMs,
      log: deps.log,
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

  /** Runs one command as Asterisk does and gives what it was told to do. */
  const ask = (request: string, args: string[] = []): Promise<string[]> => dial({ port, request, args }).serve();

  it('/event confirms a line when it is kept, and not before', async () => {
    let release: () => void = () => undefined;
    deps.append = (line) =>
      new Promise((resolve) => {
        release = () => {
          kept.push(line);
          resolve();
        };
      });
    let over = false;
    const asked = ask('/event', [LINE]).then((lines) => {
      over = true;
      return lines;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(over, 'confirmed before it was kept').to.equal(false);
    release();
    expect(await asked).to.deep.equal(['SET VARIABLE "DH_ACK" "1"']);
    expect(kept).to.deep.equal([LINE]);
  });

  it('/event does not confirm what could not be kept: the dialplan then spools it', async () => {
    deps.append = () => Promise.reject(new Error('no space left on device'));
    const lines = await ask('/event', [LINE]);
    expect(lines.join('\n')).to.not.contain('DH_ACK');
    expect(lines.join('\n')).to.match(/^VERBOSE/);
  });

  it('/event keeps a line that can not be used, confirms it, and tells the author on the console', async () => {
    const lines = await ask('/event', ['v=1&event=teleport']);
    expect(kept).to.deep.equal(['v=1&event=teleport']);
    expect(lines[0]).to.equal('SET VARIABLE "DH_ACK" "1"');
    expect(lines[1]).to.contain('kept aside: event \\"teleport\\" is unknown');
  });

  it('/event without a line says how it is called', async () => {
    const lines = await ask('/event');
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain('the event line is missing');
    expect(kept).to.deep.equal([]);
  });

  it('/lookup sets the name, and nothing in it can hurt a dialplan', async () => {
    deps.findClient = (number) =>
      Promise.resolve(
        number === '+998000000101' ? { name: `Aziza "K", $\{SHELL(x)}\n`, company: 'Orion; LLC', vip: true } : null,
      );
    expect(await ask('/lookup', ['number=%2B998000000101&call=x'])).to.deep.equal([
      'SET VARIABLE "DH_NAME" "Aziza K SHELL(x)"',
      'SET VARIABLE "DH_COMPANY" "Orion LLC"',
      'SET VARIABLE "DH_VIP" "1"',
      'SET VARIABLE "DH_FOUND" "1"',
    ]);
  });

  const nobody = [
    'SET VARIABLE "DH_NAME" ""',
    'SET VARIABLE "DH_COMPANY" ""',
    'SET VARIABLE "DH_VIP" "0"',
    'SET VARIABLE "DH_FOUND" "0"',
  ];

  it('/lookup of a stranger sets the defaults', async () => {
    expect(await ask('/lookup', ['number=5550142'])).to.deep.equal(nobody);
  });

  it('/lookup lets the call through when the database fails, and when it takes longer than the budget', async () => {
    deps.findClient = () => Promise.reject(new Error('database is away'));
    expect(await ask('/lookup', ['number=5550142'])).to.deep.equal(nobody);
    deps.findClient = () => new Promise(() => undefined);
    const began = performance.now();
    expect(await ask('/lookup', ['number=5550142'])).to.deep.equal(nobody);
    expect(performance.now() - began).to.be.greaterThan(50);
  });

  it('/ping answers', async () => {
    expect(await ask('/ping')).to.deep.equal(['SET VARIABLE "DH_ACK" "1"']);
  });
});
