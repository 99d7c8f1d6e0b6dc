import { expect } from 'chai';
import type { Role, User } from '../../src/auth/users.js';
import { checkClick } from '../../src/web/verbs.js';
import { busyDay } from './fixtures.js';

const snapshot = busyDay(1_763_000_000_000);
const user = (role: Role, operator: string): User => ({ id: 1, login: 'x', name: 'X', role, operator });
const lola = user('operator', '112');
const sabir = user('supervisor', '');
const check = (who: User, fields: Record<string, unknown>) =>
  checkClick({ fields, user: who, snapshot, reasons: ['break', 'lunch'] });
const callOf = (operator: string) => snapshot.operators.find((o) => o.operator === operator)?.call ?? '';

describe('the arguments of a click', () => {
  it('of a call: the number as it is dialled', () => {
    const dialled = (to: string) => {
      const checked = check(lola, { verb: 'call', to });
      return checked.ok ? checked.args : checked.text;
    };
    expect(dialled('+998 (00) 123-14-07')).to.deep.equal({ operator: '112', to: '+998001231407' });
    expect(dialled('555–0142')).to.deep.equal({ operator: '112', to: '5550142' });
    expect(dialled('*45')).to.deep.equal({ operator: '112', to: '*45' });
    for (const bad of ['', 'lola', '1,2', '5550142&PJSIP/1', '555\r\nAction: x', '+', '1'.repeat(26), '١٢٣', '5;x']) {
      expect(dialled(bad), bad).to.equal('That is not a number that can be dialled.');
    }
    expect(dialled('112')).to.equal('That is your own phone.');
    expect(check(sabir, { verb: 'call', to: '5550142' })).to.include({ ok: false, status: 403 });
  });

  it('of a hang up: the channel comes from the snapshot, never from the browser', () => {
    const own = check(lola, { verb: 'hangup', call: callOf('112'), channel: 'PJSIP/999-1' });
    expect(own).to.deep.include({
      ok: true,
      args: { operator: '112', call: callOf('112'), channel: 'PJSIP/112-00000011' },
    });
    const other = check(sabir, { verb: 'hangup', call: callOf('101') });
    expect(other).to.deep.include({
      ok: true,
      args: { operator: '', call: callOf('101'), channel: 'PJSIP/trunk-101' },
    });
  });

  it('of a hang up: only one’s own call, unless one supervises', () => {
    expect(check(lola, { verb: 'hangup', call: callOf('101') })).to.include({ ok: false, status: 403 });
    expect(check(lola, { verb: 'hangup', call: 'gone' })).to.include({ ok: false, status: 409 });
    expect(check(sabir, { verb: 'hangup', call: '' })).to.include({ ok: false, status: 409 });
    const waiting = snapshot.waiting[0]?.call;
    expect(check(lola, { verb: 'hangup', call: waiting })).to.include({ ok: false, status: 403 });
    expect(check(sabir, { verb: 'hangup', call: waiting })).to.include({ ok: true });
  });

  it('of a state: one’s own, or anybody’s for a supervisor', () => {
    expect(check(lola, { verb: 'login' })).to.deep.include({ ok: true, args: { operator: '112' } });
    expect(check(lola, { verb: 'pause', reason: 'lunch' })).to.deep.include({
      args: { operator: '112', reason: 'lunch' },
    });
    expect(check(lola, { verb: 'pause', reason: 'x"; DROP' })).to.include({ ok: false, status: 400 });
    expect(check(lola, { verb: 'pause', reason: ['lunch'] })).to.include({ ok: false, status: 400 });
    expect(check(lola, { verb: 'logout', operator: '101' })).to.include({ ok: false, status: 403 });
    expect(check(sabir, { verb: 'logout', operator: '101' })).to.deep.include({ ok: true, args: { operator: '101' } });
    expect(check(sabir, { verb: 'logout', operator: '999' })).to.include({ ok: false, status: 409 });
    expect(check(sabir, { verb: 'logout' })).to.include({ ok: false, status: 403 });
  });

  it('of anything else do not exist', () => {
    for (const verb of ['', 'originate', 'constructor', '__proto__', ['call'], undefined, 'CALL']) {
      expect(check(sabir, { verb, to: '1' })).to.include({ ok: false, status: 400 });
    }
  });
});
