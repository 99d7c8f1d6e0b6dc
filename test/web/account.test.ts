import { expect } from 'chai';
import { PASSWORD } from './fake.js';
import { Client, type Served, serve, signedIn } from './serve.js';

const FRESH = 'three old green boats';

describe('the account, and signing out everywhere', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });
  afterEach(() => served.close());

  const kinds = () => served.stores.rows.audit.map(({ kind, login, target }) => `${kind} ${login} ${target}`.trim());
  const change = async (client: Client, fields: Record<string, string>) =>
    client.post('/account/password', { _token: await client.token('/account'), ...fields });

  it('shows where one is signed in, and ends all of it at once', async () => {
    const [here, there, other] = [
      await signedIn(served.base, 'lola'),
      await signedIn(served.base, 'lola'),
      await signedIn(served.base, 'irina'),
    ];
    expect((await there.ask('/workstation/live')).status).to.equal(200);
    const html = await (await here.ask('/account')).text();
    expect(html.match(/this browser/g)).to.have.length(1);
    expect(html.match(/<tr><td class="num">127\.0\.0\.1/g)).to.have.length(2);
    const out = await here.post('/account/logout', { _token: await here.token('/account') });
    expect([out.status, out.headers.get('location')]).to.deep.equal([303, '/login?out=1']);
    for (const client of [here, there]) expect((await client.ask('/workstation/live')).status).to.equal(401);
    expect((await other.ask('/workstation/live')).status).to.equal(200);
    expect(kinds()).to.include('logout_everywhere lola lola');
  });

  it('lets an administrator sign somebody out everywhere', async () => {
    const [lola, admin] = [await signedIn(served.base, 'lola'), await signedIn(served.base, 'admin')];
    const html = await (await admin.ask('/users')).text();
    expect(html).to.include('aria-label="Sign lola out everywhere"').and.not.include('Sign umida out');
    const answer = await admin.post('/users/1/logout', { _token: await admin.token('/users') });
    expect(answer.headers.get('location')).to.equal('/users?out=1');
    expect((await lola.ask('/workstation/live')).status).to.equal(401);
    expect(kinds()).to.include('logout_everywhere admin lola');
    for (const id of ['99', 'x', '1%27'])
      expect((await admin.post(`/users/${id}/logout`, { _token: await admin.token('/users') })).status).to.equal(404);
  });

  it('changes a password, and ends every other session', async () => {
    const [here, there] = [await signedIn(served.base, 'lola'), await signedIn(served.base, 'lola')];
    const before = here.cookies.get('dialhook');
    const answer = await change(here, { password: PASSWORD, fresh: FRESH, again: FRESH });
    expect(answer.headers.get('location')).to.equal('/account?changed=1');
    expect(here.cookies.get('dialhook')).not.to.equal(before);
    expect((await here.ask('/workstation/live')).status).to.equal(200);
    expect((await there.ask('/workstation/live')).status).to.equal(401);
    expect((await new Client(served.base).signIn('lola')).status).to.equal(401);
    expect((await new Client(served.base).signIn('lola', FRESH)).status).to.equal(303);
    expect(kinds()).to.include('password_changed lola lola');
  });

  it('says why a password is not taken, and changes nothing', async () => {
    const lola = await signedIn(served.base, 'lola');
    const tries: [Record<string, string>, RegExp][] = [
      [{ password: 'wrong', fresh: FRESH, again: FRESH }, /The old password is wrong/],
      [{ password: PASSWORD, fresh: FRESH, again: `${FRESH}!` }, /The two new passwords differ/],
      [{ password: PASSWORD, fresh: 'short', again: 'short' }, /at least 12 characters/],
      [{ password: PASSWORD, fresh: 'Password2026', again: 'Password2026' }, /first that anybody tries/],
    ];
    for (const [fields, said] of tries) {
      const answer = await change(lola, fields);
      expect(answer.status).to.equal(400);
      expect(await answer.text()).to.match(said);
    }
    expect((await new Client(served.base).signIn('lola')).status).to.equal(303);
  });

  it('is no way to guess the password', async () => {
    const lola = await signedIn(served.base, 'lola');
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++)
      statuses.push((await change(lola, { password: `wrong ${i}`, fresh: FRESH, again: FRESH })).status);
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400, 400, 429, 429]);
  });
});
