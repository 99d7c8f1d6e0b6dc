// The corpus through the command line: what people type or import is taken whole or refused in words, and no list is steered by it.
import { expect } from 'chai';
import { doors, run, terminal } from '../cli/fakes.js';
import { CONTROL, CORPUS } from './corpus.js';

/** A text as one argument of the command line of the tests, which splits at spaces outside quotes. */
const plain = (text: string) => !/["\\]/.test(text) && text.length < 500;

describe('hostile text on the command line', () => {
  it('in names, logins, numbers, tokens and scopes: taken or refused with a code, never a crash', async () => {
    const deps = doors();
    await run('user add --login boss --name Boss --role supervisor', deps);
    for (const { name, text } of CORPUS.filter((one) => plain(one.text))) {
      for (const line of [
        `user add --login "${text}" --name x --operator 101`,
        `user add --login u --name "${text}" --operator 101`,
        `user add --login v --name x --operator "${text}"`,
        `user passwd "${text}"`,
        `client add "${text}" x`,
        `token add --user boss --name "${text}" --scope live:read`,
        `token add --user "${text}" --name x --scope live:read`,
        `token add --user boss --name x --scope "${text}"`,
        `toll check "${text}"`,
      ]) {
        const { code, err } = await run(line, deps);
        expect([0, 1, 2], `${name}: ${line.slice(0, 40)}`).to.include(code);
        expect(err, name).not.to.match(/\bat .*\.ts:|TypeError|RangeError/);
      }
    }
    for (const { login, operator } of deps.stored.users) {
      expect(login).to.match(/^[A-Za-z0-9._@-]{1,80}$/);
      expect(operator).to.match(/^[A-Za-z0-9_.-]{0,80}$/);
    }
    for (const one of [...deps.stored.users, ...deps.stored.tokens]) expect(one.name).not.to.match(CONTROL);
    for (const one of deps.stored.clients) expect(one.number).to.match(/^\+?[0-9*#]{2,32}$/);
  });

  it('in a list: one line for each row, and nothing that steers a terminal', async () => {
    const deps = doors();
    for (const [i, { text }] of CORPUS.entries()) {
      deps.stored.clients.push({ number: `55501${i}`, name: text, company: text, vip: false });
      const times = { createdAt: 0, expiresAt: 0, usedAt: null };
      deps.stored.tokens.push({
        ...times,
        id: `t${i}`,
        secretHash: '',
        login: text,
        name: text,
        scopes: [],
        usedFrom: text,
      });
      const user = {
        login: text,
        name: text,
        role: 'operator' as const,
        operator: text,
        disabled: false,
        createdAt: 0,
      };
      deps.stored.users.push({ ...user, password: '' });
    }
    for (const command of ['client list', 'token list', 'user list']) {
      const { out } = await run(command, deps);
      const lines = out.trimEnd().split('\n');
      expect(lines, command).to.have.length(CORPUS.length + 1);
      for (const line of lines) expect(line, command).not.to.match(CONTROL);
    }
    const json = await run('client list --json', deps);
    expect(JSON.parse(json.out)[0].name).to.equal(CORPUS[0]?.text);
  });

  it('in a spreadsheet: read again as it was, and no cell begins a formula', async () => {
    const deps = doors();
    const taken = CORPUS.filter(({ text }) => text.length <= 255 && text.trim() === text && !CONTROL.test(text));
    for (const [i, { text }] of taken.entries())
      deps.stored.clients.push({ number: `+99800${100 + i}`, name: text, company: text, vip: i % 2 === 0 });
    const before = structuredClone(deps.stored.clients);
    const { out } = await run('client list --csv', deps);
    for (const cell of out.split(/[\n,]/)) expect(cell.replace(/^"/, '')).not.to.match(/^[=@\t\r-]|^\+(?!\d+$)/);
    deps.stored.clients.length = 0;
    const back = await run('client import -', deps, terminal({ input: out }));
    expect(back.code, back.err).to.equal(0);
    expect(deps.stored.clients).to.deep.equal(before);
  });
});
