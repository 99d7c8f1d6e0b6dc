import { expect } from 'chai';
import { doors, run } from './fakes.js';

const USER = 'user add --login boss --name Boss --role supervisor';
const ADD = 'token add --user boss --name "the wall" --scope live:read,calls:read';

describe('cli: token', () => {
  it('adds one that is shown once, and says what its user may not do', async () => {
    const deps = doors();
    await run(USER, deps);
    const { code, out, err } = await run(`${ADD} --days 30`, deps);
    expect(code).to.equal(0);
    expect(out).to.contain('Token abc acts for boss until 2026-01-31: live:read, calls:read.');
    expect(out).to.contain('shown only now: dialhook_abc_secret');
    expect(err).to.contain('may not do what calls:read is for');
    expect(deps.open).to.deep.equal([]);
  });

  it('lists them for people and for programs, never with a secret', async () => {
    const deps = doors();
    expect((await run('token list', deps)).out).to.contain('no tokens yet');
    await run(USER, deps);
    await run(ADD, deps);
    const people = await run('token list', deps);
    expect(people.out).to.match(
      /^id +user +name +scopes +ends +last used +from\nabc +boss +the wall +live:read,calls:read +2027-01-01/,
    );
    const programs = await run('token list --json', deps);
    expect(JSON.parse(programs.out)[0]).to.include({ id: 'abc', login: 'boss', usedFrom: '' });
    for (const { out } of [people, programs]) expect(out).not.to.match(/hush|secret/);
  });

  it('removes one, and says when there is none', async () => {
    const deps = doors();
    await run(USER, deps);
    await run(ADD, deps);
    expect((await run('token remove abc', deps)).out).to.equal('Token abc is removed.\n');
    expect(await run('token remove abc', deps)).to.include({ code: 1 });
    expect((await run(ADD.replace('boss', 'nobody'), deps)).err).to.contain('there is no user nobody');
  });

  it('refuses unknown scopes, names and times as wrong usage', async () => {
    for (const line of [
      ADD.replace('live:read', 'live:write'),
      ADD.replace('live:read,calls:read', '","'),
      ADD.replace('the wall', ' '),
      `${ADD} --days 0`,
      `${ADD} --days 4000`,
      'token add --user boss',
    ])
      expect((await run(line)).code, line).to.equal(2);
  });
});
