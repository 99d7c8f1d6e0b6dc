import { expect } from 'chai';
import { until, within } from '../../scripts/lab/wait.js';

const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('lab: until', () => {
  it('gives what the look gives once it is truthy', async () => {
    let looks = 0;
    expect(await until(() => (++looks > 2 ? { looks } : null), { every: 1, what: 'three looks' })).to.deep.equal({
      looks: 3,
    });
  });

  it('names what it waited for, how long and what it saw last', async () => {
    expect(await failure(until(() => 0, { deadline: 30, every: 5, what: 'the call to end' }))).to.equal(
      'waited 30 ms for the call to end; last: 0',
    );
  });

  it('takes a look that throws for "not yet" and tells its message', async () => {
    const look = () => Promise.reject(new Error('no table calls'));
    expect(await failure(until(look, { deadline: 20, what: () => 'rows' }))).to.equal(
      'waited 20 ms for rows; last: no table calls',
    );
  });

  it('gives up at once for a reason', async () => {
    expect(await failure(until(() => false, { what: 'an answer', unless: () => 'the server ended' }))).to.equal(
      'the server ended',
    );
  });

  it('does not hang on a look that hangs', async () => {
    expect(await failure(until(() => new Promise(() => {}), { deadline: 40, what: 'an answer' }))).to.match(
      /^waited 40 ms for an answer; last: waited \d+ ms/,
    );
  });
});

describe('lab: within', () => {
  it('gives the value, or the error, of a promise that is in time', async () => {
    expect(await within(Promise.resolve(7), 1000, 'seven')).to.equal(7);
    expect(await failure(within(Promise.reject(new Error('broken')), 1000, 'seven'))).to.equal('broken');
  });

  it('throws when it is late', async () => {
    expect(await failure(within(new Promise(() => {}), 20, 'a word'))).to.equal('waited 20 ms for a word');
  });
});
