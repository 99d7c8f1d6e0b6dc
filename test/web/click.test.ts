import { expect } from 'chai';
import { type Client, json, type Served, serve, signedIn } from './serve.js';

describe('a click', () => {
  let served: Served;
  let lola: Client;
  let token: string;
  beforeEach(async () => {
    served = await serve();
    lola = await signedIn(served.base, 'lola');
    token = await lola.token('/workstation');
  });
  afterEach(() => served.close());
  const click = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    lola.post('/click', fields, { 'X-Form-Token': token, Accept: 'application/json', ...headers });

  it('is handed on with checked arguments and the user, and answers "sent", not "done"', async () => {
    const answer = await click({ verb: 'call', to: '+998 00 123-14-07', operator: '999' });
    expect(await answer.json()).to.deep.equal({ click: 'pbx1-click-1', state: 'sent', text: '' });
    expect(served.clicks).to.deep.equal([
      { verb: 'call', args: { operator: '112', to: '+998001231407' }, login: 'lola' },
    ]);
  });

  it('can be asked after', async () => {
    const state = async (id: string) => lola.ask(`/click/${id}`, { headers: { Accept: 'application/json' } });
    expect(await (await state('pbx1-click-1')).json()).to.include({ state: 'confirmed' });
    served.clickState = { click: 'pbx1-click-1', state: 'failed', text: 'Your phone did not answer.' };
    expect(await (await state('pbx1-click-1')).json()).to.include({ text: 'Your phone did not answer.' });
    served.clickState = null;
    expect((await state('pbx1-click-1')).status).to.equal(404);
    expect((await state(encodeURIComponent("x' or 1=1"))).status).to.equal(404);
  });

  it('that makes no sense is refused with a reason, and not handed on', async () => {
    const answer = await click({ verb: 'call', to: '5550142&SIP/x' });
    expect([answer.status, (await json(answer)).text]).to.deep.equal([
      400,
      'That is not a number that can be dialled.',
    ]);
    expect((await click({ verb: 'originate' })).status).to.equal(400);
    expect((await click({ verb: 'logout', operator: '101' })).status).to.equal(403);
    expect(served.clicks).to.deep.equal([]);
  });

  it('from another site is refused', async () => {
    expect((await click({ verb: 'login' }, { 'Sec-Fetch-Site': 'cross-site' })).status).to.equal(403);
    expect((await click({ verb: 'login' }, { 'X-Form-Token': 'x' })).status).to.equal(403);
    expect((await lola.post('/click', { verb: 'login' })).status).to.equal(403);
    expect(served.clicks).to.deep.equal([]);
  });

  it('that can not be sent says so, without telling more than that', async () => {
    served.deps.click = async () => {
      throw new Error('connect ECONNREFUSED 192.0.2.1:5038 secret');
    };
    const answer = await click({ verb: 'login' });
    expect([answer.status, await answer.json()]).to.deep.equal([
      ...[503, { click: '', state: 'failed', text: 'It could not be sent. Nothing was done.' }],
    ]);
    expect(JSON.stringify(served.logged)).to.include('ECONNREFUSED');
  });

  it('is one of sixty in a minute at most', async () => {
    const answers: number[] = [];
    for (let i = 0; i < 62; i++) answers.push((await click({ verb: 'login' })).status);
    expect(answers.filter((status) => status === 200)).to.have.length(60);
    expect(answers.at(-1)).to.equal(429);
  });

  it('after signing in again needs the new token, which the page can fetch', async () => {
    await lola.post('/logout', { _token: token });
    const again = await signedIn(served.base, 'lola');
    expect((await again.post('/click', { verb: 'login' }, { 'X-Form-Token': token })).status).to.equal(403);
    const { formToken = '' } = await json(await again.ask('/session'));
    expect((await again.post('/click', { verb: 'login' }, { 'X-Form-Token': formToken })).status).to.equal(200);
  });
});
