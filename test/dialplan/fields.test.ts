// What the dialplan sends is what the event line knows: kinds, fields, and every value encoded.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
import { expect } from 'chai';
import { EVENTS, type EventKind } from '../../src/call/event.js';
import { confFiles, readSteps, type Step, split, where } from './read.js';

const steps = readSteps(confFiles());
/** Kinds that no hook can send. */
const ELSEWHERE: readonly string[] = ['lost', 'found', 'hold', 'unhold'];
/** Fields of the head of the line; DH_FIELDS of a hook holds only the others. */
const HEAD = ['v', 'id', 'at', 'pbx', 'call', 'event', 'channel', 'uniqueid', 'linkedid'];

interface Sending {
  kind: string;
  step: Step;
  /** `name=value` pairs, in order. */
  pairs: [string, string][];
}

const pairsOf = (text: string): [string, string][] =>
  split(text.replace(/\$\{DH_FIELDS\}$/, ''), '&')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);

const HEADS = /^LOCAL\(DH_LINE\)=(v=1.*)$/;
const FIELDS = /^LOCAL\(DH_FIELDS\)=(.*)$/;

/** Each event a hook sends, with the fields its extension gathered since the extension began or the event before. */
function sendings(): Sending[] {
  const found: Sending[] = [];
  let pairs: [string, string][] = [];
  let place = '';
  for (const step of steps) {
    if (place !== `${step.context},${step.exten}`) pairs = [];
    place = `${step.context},${step.exten}`;
    const fields = FIELDS.exec(step.args);
    if (fields) pairs = pairsOf(fields[1] ?? '');
    const added = /^dialhook-add,s,1\((\w+)\)$/.exec(step.args);
    if (added) pairs.push([added[1] ?? '', '${URIENCODE(${DH_VALUE})}']);
    const kind = /^dialhook-event,s,1\((\w+),/.exec(step.args)?.[1];
    if (kind) found.push({ kind, step, pairs });
  }
  return found;
}

describe('dialplan: events', () => {
  const sent = sendings();

  it('are of kinds that are known, and every kind is sent by a hook or told to come from elsewhere', () => {
    const kinds = new Set(sent.map((s) => s.kind));
    expect([...kinds, ...ELSEWHERE].sort()).to.deep.equal(Object.keys(EVENTS).sort());
  });

  it('have only fields that their kind knows', () => {
    const unknown = sent.flatMap(({ kind, step, pairs }) => {
      const shape = EVENTS[kind as EventKind].shape;
      const strange = pairs.filter(([name]) => !Object.hasOwn(shape, name) || HEAD.includes(name));
      return strange.map(([name]) => `${where(step)}: ${kind} has no ${name}`);
    });
    expect(unknown).to.deep.equal([]);
  });

  it('have every field that their kind must have', () => {
    const lacking = sent.flatMap(({ kind, step, pairs }) => {
      const shape: Record<string, { safeParse(value: unknown): { success: boolean } }> =
        EVENTS[kind as EventKind].shape;
      const needed = Object.keys(shape).filter(
        (name) => !HEAD.includes(name) && !shape[name]?.safeParse(undefined).success,
      );
      const names = pairs.map(([name]) => name);
      return needed.filter((name) => !names.includes(name)).map((name) => `${where(step)}: ${kind} lacks ${name}`);
    });
    expect(lacking).to.deep.equal([]);
  });

  it('begin with the whole head, written in one place', () => {
    const heads = steps.filter((s) => HEADS.test(s.args));
    expect(heads).to.have.length(1);
    const names = pairsOf(HEADS.exec(heads[0]?.args ?? '')?.[1] ?? '').map(([name]) => name);
    expect(names).to.deep.equal(HEAD);
  });

  it('pass every value through URIENCODE, but for words of our own and the time', () => {
    const values = steps.flatMap((step) => {
      const text = HEADS.exec(step.args)?.[1] ?? FIELDS.exec(step.args)?.[1] ?? '';
      return pairsOf(text).map(([name, value]) => ({ step, name, value }));
    });
    expect(values.length).to.be.greaterThan(50);
    const bare = values.filter(({ value }) => {
      const encoded = /^\$\{URIENCODE\(.*\)(:0:-1)?\}$/.test(value);
      const own = /^[a-z0-9]+$/.test(value) || value === '${ARG1}' || value === '${DH_AT}';
      return !encoded && !own;
    });
    expect(bare.map((b) => `${where(b.step)}: ${b.name}=${b.value}`)).to.deep.equal([]);
    const add = steps.filter((s) => s.context === 'dialhook-add' && s.args.includes('URIENCODE(${DH_VALUE})'));
    expect(add).to.have.length(1);
  });

  it('give URIENCODE something, also when the value is empty', () => {
    // Variables that are set whenever a hook runs.
    const always =
      /\$\{URIENCODE\(\$\{(DH_PBX|UNIQUEID|DH_DIR|DH_CLICK|DH_OPERATOR|ARG[12]|CHANNEL\((name|linkedid)\))\}|URIENCODE\(\$\{(DH_PBX|IF\(|REPLACE\(DH_JOINED)/;
    const risky = steps.flatMap((step) => {
      const text = HEADS.exec(step.args)?.[1] ?? FIELDS.exec(step.args)?.[1] ?? '';
      return pairsOf(text)
        .filter(([, value]) => value.includes('URIENCODE') && !value.endsWith('.):0:-1}') && !always.test(value))
        .map(([name]) => `${where(step)}: ${name}`);
    });
    expect(risky).to.deep.equal([]);
  });
});
