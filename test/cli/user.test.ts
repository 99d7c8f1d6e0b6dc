import { expect } from 'chai';
import { doors, run, terminal } from './fakes.js';

const ADD = 'user add --login anna --name "Anna" --operator 101';
const GOOD = 'correct horse battery';

describe('cli: user', () => {
  it('adds an operator with a made password that is shown once', async () => {
    const deps = doors();
    const { code, out } = await run(ADD, deps);
    expect(code).to.equal(0);
    const shown = /shown only now: (\S+)/.exec(out)?.[1];
    expect(deps.stored.users).to.have.lengthOf(1);
    expect(deps.stored.users[0]).to.deep.include({
      login: 'anna',
      name: 'Anna',
      role: 'operator',
      operator: '101',
      password: shown,
    });
    expect(shown).to.have.length.above(15);
    expect(deps.open).to.deep.equal([]);
  });

  it('takes the password from standard input, or from the person, twice', async () => {
    const deps = doors();
    await run(`${ADD} --password-stdin`, deps, terminal({ input: `${GOOD}\nmore` }));
    const asked = await run(
      'user passwd anna',
      deps,
      terminal({ interactive: true, answers: ['another good one', 'another good one'] }),
    );
    expect(asked.out).to.contain('Password for anna').and.not.contain('another good one');
    expect(deps.stored.users[0]?.password).to.equal('another good one');
    const differs = await run(
      'user passwd anna',
      deps,
      terminal({ interactive: true, answers: [GOOD, 'another good ona'] }),
    );
    expect(differs).to.include({ code: 1 });
    expect(differs.err).to.contain('the two passwords differ');
    expect(deps.stored.users[0]?.password).to.equal('another good one');
  });

  it('refuses weak passwords, a login that is taken, and an operator without a phone', async () => {
    const deps = doors();
    expect((await run(`${ADD} --password-stdin`, deps, terminal({ input: 'short\n' }))).err).to.contain(
      "can't be taken: A password has at least",
    );
    expect((await run(`${ADD} --password-stdin`, deps, terminal({ input: '' }))).code).to.equal(1);
    expect(deps.stored.users).to.deep.equal([]);
    await run(ADD, deps);
    expect((await run('user add --login ANNA --name x --operator 102', deps)).err).to.contain(
      'the login ANNA is taken',
    );
    expect((await run('user add --login bob --name Bob', deps)).err).to.contain(
      'give its endpoint, for example --operator 101',
    );
  });

  it('refuses what no login, role, name or endpoint may be, as wrong usage', async () => {
    for (const line of [
      'user add --name x',
      'user add --login "a b" --name x',
      'user add --login a --name x --role king',
      'user add --login a --name "" --operator 1',
      'user add --login a --name x --operator "1 2"',
    ])
      expect((await run(line)).code, line).to.equal(2);
  });

  it('disables, enables and removes, and says when there is nobody of that name', async () => {
    const deps = doors();
    await run(ADD, deps);
    expect((await run('user disable anna', deps)).out).to.equal('User anna can no longer log in.\n');
    expect(deps.stored.users[0]?.disabled).to.equal(true);
    await run('user enable anna', deps);
    expect(deps.stored.users[0]?.disabled).to.equal(false);
    expect((await run('user logout anna', deps)).out).to.equal('User anna is signed out everywhere.\n');
    await run('user remove anna', deps);
    expect(deps.stored.users).to.deep.equal([]);
    for (const verb of ['disable', 'enable', 'logout', 'remove', 'passwd'])
      expect((await run(`user ${verb} anna`, deps)).err).to.equal(
        'dialhook: there is no user anna; `dialhook user list` shows all\n',
      );
    expect(deps.open).to.deep.equal([]);
  });

  it('lists for people and for programs, never with a password', async () => {
    const deps = doors();
    expect((await run('user list', deps)).out).to.contain('no users yet');
    await run(`${ADD} --password-stdin`, deps, terminal({ input: GOOD }));
    const people = await run('user list', deps);
    expect(people.out).to.match(/^login +name +role +operator +state\nanna +Anna +operator +101 +enabled\n$/);
    expect(people.out).to.not.contain(GOOD);
    const programs = await run('user list --json', deps);
    expect(programs.out).to.not.contain(GOOD);
    expect(JSON.parse(programs.out)).to.deep.equal([
      {
        login: 'anna',
        name: 'Anna',
        role: 'operator',
        operator: '101',
        disabled: false,
        createdAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });
});
