import { expect } from 'chai';
import { type Client, type Served, serve, signedIn } from './serve.js';

describe('a request that fails', () => {
  let served: Served;
  let sabir: Client;
  beforeEach(async () => {
    served = await serve();
    sabir = await signedIn(served.base, 'sabir');
  });
  afterEach(() => served.close());
  const page = { headers: { Accept: 'text/html' } };

  it('ends in a page with a reference that the log has too; the server goes on', async () => {
    const good = served.snapshot;
    served.snapshot = { at: 'broken' } as never;
    const answer = await sabir.ask('/monitor', page);
    const html = await answer.text();
    const [, reference = ''] = /reference <b class="num">([0-9a-f]{8})</.exec(html) ?? [];
    expect(answer.status).to.equal(500);
    expect(html).to.include('Something went wrong').and.not.include('TypeError').and.not.include('.ts:');
    const line = served.logged.find((one) => JSON.stringify(one.fields).includes(reference));
    expect(reference).to.have.length(8);
    expect(line?.level).to.equal('error');
    expect((await sabir.ask('/monitor/live')).status).to.equal(500);
    expect((await sabir.ask('/monitor/live')).headers.get('content-type')).to.include('application/json');
    served.snapshot = good;
    expect((await sabir.ask('/monitor/live')).status).to.equal(200);
    expect((await sabir.ask('/monitor', page)).status).to.equal(200);
  });

  it('because the database is away is no login failure', async () => {
    served.stores.down = true;
    const stranger = await sabir.ask('/monitor', {
      headers: { Accept: 'text/html', Cookie: `dialhook=${'a'.repeat(43)}` },
    });
    expect([200, 500]).to.include(stranger.status);
    sabir.cookies.clear();
    const token = await sabir.token('/login');
    const answer = await sabir.post('/login', { login: 'sabir', password: 'correct horse battery', _token: token });
    expect(answer.status).to.equal(500);
    expect(await answer.text()).to.include('Calls are not affected');
  });

  it('because it is too large or unreadable is told so', async () => {
    const token = await sabir.token('/monitor');
    const large = await sabir.post(
      '/click',
      { verb: 'x'.repeat(20_000) },
      { 'X-Form-Token': token, Accept: 'application/json' },
    );
    expect(large.status).to.equal(413);
    const broken = await sabir.ask('/%E0%A4%A', page);
    expect([400, 404]).to.include(broken.status);
  });

  it('leaves no name, number, address or login in the log', async () => {
    await sabir.ask('/monitor?find=Aziza');
    await sabir.post('/login', { login: 'aziza', password: 'something else' });
    await sabir.post('/click', { verb: 'call', to: '5550142' }, { 'X-Form-Token': await sabir.token('/monitor') });
    const log = JSON.stringify(served.logged);
    expect(log).to.include('/monitor').and.include('/click');
    for (const personal of ['Aziza', 'aziza', '5550142', '127.0.0.1', 'sabir']) expect(log).not.to.include(personal);
  });
});
