// A server in a process of its own, with scripts as fastagi.io's users write them: nothing is awaited, little is
// caught, and nobody listens for unhandled rejections. Prints its port.
import fastagi from '../../src/agi/index.js';
import { ordinary } from './bystander.js';

const app = fastagi({ graceMs: 50, thinkMs: 300, headerTimeoutMs: 300 });
app.agi('/ordinary', ordinary);
app.agi('/ignores', (channel) => {
  void channel.setVariable('A', 1);
  void channel.setVariable('BAD', 'a\nb');
  void channel.setVariable('B', 2);
  channel.close();
  void channel.setVariable('LATE', 1);
});
app.agi('/chain', (channel) => {
  void channel
    .getVariable('A')
    .then(() => {
      void channel.setVariable('B', 1);
    })
    .then(() => channel.close());
});
app.agi('/throws', () => {
  throw new Error('thrown');
});
app.agi('/rejects', () => Promise.reject(new Error('rejected')));
app.agi('/throws-later', (channel) => {
  void channel.noop().then(() => {
    throw new Error('thrown in a then');
  });
});
app.listen(0, () => console.log(app.address()?.port));
