// Rules that keep a dialplan from being steered by what a caller sends, and the same on 16 and 22.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { code, confFiles, FOLDER, readSteps, type Step, where } from './read.js';

const own = confFiles();
const pbx = confFiles('pbx/');
const all = [...own, ...pbx];
const steps = readSteps([...own, ...pbx.filter((file) => file.name === 'pbx/extensions.conf')]);
const lines = all.flatMap(({ name, text }) =>
  text.split('\n').map((raw, index) => ({ at: `${name}:${index + 1}`, text: code(raw) })),
);
const found = (pattern: RegExp) => lines.filter((line) => pattern.test(line.text)).map((line) => line.at);

/** What a caller, a phone or the lookup can fill with any characters. */
const OUTSIDE =
  /\$\{(CALLERID\([a-z]+\)|EXTEN|DH_DIALLED|DH_VALUE|DH_NAME|DH_COMPANY|DH_LINE|DH_PENDING|STACK_PEEK\(1,e,1\))(:[^}]*)?\}/;
/** The same inside what makes it harmless. */
const TAMED = /\$\{(LEN|FILTER)\([^${]*\$\{[^{}]*\}\)\}/g;

describe('dialplan: safety', () => {
  it('uses no Macro, which is gone in 22', () => {
    expect(found(/\b(Macro\w*|app_macro)\b/)).to.deep.equal([]);
  });

  it('runs no shell, writes no file but the spool, and starts no application by its name', () => {
    expect(found(/\b(System|TrySystem|SHELL|EVAL|ExecIfTime|Exec|TryExec|#exec)\(/)).to.deep.equal([]);
    const writes = steps.filter((s) => s.args.includes('FILE(') && !s.args.includes('${FILE('));
    expect(writes.map((s) => s.context)).to.deep.equal(['dialhook-spool', 'dialhook-spool']);
    expect(writes.every((s) => s.args.startsWith('FILE(${DH_SPOOL},,,al,u)='))).to.equal(true);
    // The one file that is read is the description of the message that VoiceMail() has just kept.
    const reads = steps.filter((s) => s.args.includes('${FILE('));
    expect(reads.map((s) => s.args)).to.deep.equal(['DH_LENGTH=${FILE(${VM_MESSAGEFILE}.txt,-1,1,l)}']);
  });

  it('gives b() and U() no arguments: data in them breaks at ), ^ and commas', () => {
    expect(found(/\bb\([\w-]+\^\w+\^\w+\(/)).to.deep.equal([]);
    expect(found(/\bU\([\w-]+\^/)).to.deep.equal([]);
    const pushed = steps.filter((s) => s.args.includes('hangup_handler_push'));
    expect(pushed.length).to.be.greaterThan(4);
    expect(
      pushed.filter((s) => !/hangup_handler_push\)=dialhook-end,[a-z]+,1\)?$/.test(s.args)).map(where),
    ).to.deep.equal([]);
  });

  it('puts nothing from outside into an expression, an ExecIf, an MSet or the arguments of a Gosub or Goto', () => {
    const careful = (step: Step) => step.args.replace(TAMED, '');
    const inExpression = steps.filter((s) => OUTSIDE.test(/\$\[(.*)\]/.exec(careful(s))?.[1] ?? ''));
    const inArguments = steps.filter(
      (s) => /^(ExecIf|MSet|Gosub|GosubIf|Goto|GotoIf)$/.test(s.app) && OUTSIDE.test(careful(s)),
    );
    const exact = (s: Step) => /^_[+*]?[0-9X[\]-]+$/.test(s.exten);
    const wrong = [...inExpression, ...inArguments].filter((s) => !exact(s) && !isOwnNumber(s));
    expect(wrong.map((s) => `${where(s)}: ${s.app}(${s.args})`)).to.deep.equal([]);
  });

  it('filters what reaches an application that acts', () => {
    const acting =
      /^(Dial|Queue|SoftHangup|ChanSpy|MixMonitor|ConfBridge|VoiceMail|AddQueueMember|RemoveQueueMember|PauseQueueMember|UnpauseQueueMember|Park|ParkedCall|Pickup|PickupChan)$/;
    const bold = steps.filter((s) => acting.test(s.app) && s.file !== 'pbx/extensions.conf');
    const allowed = new Set([
      'DH_OPERATOR',
      'DH_Q',
      'DH_WHY',
      'DH_TARGET',
      'DH_CLICK_RING',
      'DH_DIAL',
      'DH_QUEUE',
      'DH_HOME',
      'DH_NUMBER',
      'DH_PARK_TIME',
      'DH_TRANSFER_RING',
      'ARG1',
      'ARG2',
      'ARG3',
      'ARG4',
      'ARG5',
      'DH_MODE',
      'DH_RECORDING',
    ]);
    const names = bold.flatMap((s) => [...s.args.matchAll(/\$\{(\w+)\}/g)].map((m) => m[1] ?? ''));
    expect(names.filter((name) => !allowed.has(name))).to.deep.equal([]);
    for (const name of ['DH_OPERATOR', 'DH_WHY', 'DH_TARGET', 'DH_WANTED', 'DH_NUMBER']) {
      const sets = steps.filter(
        (s) => new RegExp(`^(LOCAL\\()?${name}\\)?=`).test(s.args) && s.file === 'dialhook-actions.conf',
      );
      const last = sets.filter((s) => s.args.includes('${FILTER('));
      expect(last.length, name).to.be.greaterThan(0);
    }
    // Who is rung, taken or parked by a transfer: the number, or the name in a channel, is filtered wherever it is set.
    const number = steps.filter(
      (s) => /^(LOCAL\()?DH_(NUMBER|HOME)\)?=/.test(s.args) && /dialhook-(transfer|park)\.conf/.test(s.file),
    );
    expect(number.length).to.be.greaterThan(4);
    expect(number.filter((s) => !/=\$\{FILTER\(0-9/.test(s.args)).map(where)).to.deep.equal([]);
  });

  it('gives no pattern of a click the letters that are extensions of Asterisk itself', () => {
    const patterns = steps
      .filter((s) => s.file !== 'pbx/extensions.conf' && s.exten.startsWith('_'))
      .map((s) => s.exten);
    expect(patterns.length).to.be.greaterThan(1);
    for (const letter of ['h', 'i', 't', 'T', 's', 'o', 'a', 'e']) {
      expect(
        patterns.filter((p) => /^_(\.|!|\[[^\]]*[a-z][^\]]*\][.!]?)$/.test(p)),
        letter,
      ).to.deep.equal([]);
    }
  });

  it('bounds what comes from outside before it is encoded', () => {
    const taken = steps.filter(
      (s) => /=\$\{(CALLERID\((num|name)\)|DH_DIALLED|DH_KEY)/.test(s.args) && s.args.includes('DH_VALUE'),
    );
    expect(taken.length).to.be.greaterThan(3);
    expect(taken.filter((s) => !/:0:\d+\}$/.test(s.args)).map(where)).to.deep.equal([]);
  });
});

/** INTERNATIONAL's second jump: its extension was filtered by the first. */
const isOwnNumber = (s: Step) => s.context === 'international';

describe('sample PBX: safety', () => {
  it('holds no password: every one is a placeholder', () => {
    const secrets = lines.filter((line) => /^\s*(password|secret|md5_cred)\s*=/.test(line.text));
    expect(secrets).to.have.length(9);
    expect(secrets.filter((line) => !/=\s*@[A-Z0-9_]+@$/.test(line.text))).to.deep.equal([]);
  });

  it('gives every mailbox a password of its own', () => {
    const boxes = lines.filter((line) => line.at.startsWith('pbx/voicemail.conf') && line.text.includes('=>'));
    expect(boxes).to.have.length(8);
    for (const { text } of boxes) expect(text).to.match(/^(\d+) => @PIN_\1@,/);
  });

  it('lists every placeholder in its README, and no other', () => {
    const readme = readFileSync(`${FOLDER}/pbx/README.md`, 'utf8');
    const table = readme.split('\n').filter((line) => line.startsWith('| `@'));
    const listed = new Set(table.flatMap((line) => [...line.matchAll(/@([A-Z0-9_]+)@/g)].map((m) => m[1])));
    for (let n = 102; n <= 107; n++) for (const name of ['SECRET', 'PIN']) listed.add(`${name}_${n}`);
    const used = new Set(lines.flatMap((line) => [...line.text.matchAll(/@([A-Z0-9_]+)@/g)].map((m) => m[1])));
    expect([...used].sort()).to.deep.equal([...listed].sort());
  });

  it('knows no anonymous caller, listens on the loopback, and gives AMI two rights', () => {
    const text = (name: string) =>
      pbx
        .find((file) => file.name === `pbx/${name}`)
        ?.text.split('\n')
        .map(code)
        .join('\n') ?? '';
    expect(text('pjsip.conf')).to.not.match(/anonymous/);
    expect(text('pjsip.conf')).to.match(/^bind = 127\.0\.0\.1:/m);
    expect(text('pjsip.conf')).to.match(/^identify_by = ip$/m);
    expect(text('manager.conf')).to.match(/^bindaddr = 127\.0\.0\.1$/m);
    expect(text('manager.conf')).to.match(/^write = originate,reporting$/m);
    expect(text('modules.conf')).to.match(/^autoload = no$/m);
    expect(text('modules.conf')).to.not.match(/app_system|func_shell|app_macro|chan_sip\b|res_http/);
    expect(text('extensions.conf')).to.match(/^INTERNATIONAL = no$/m);
  });

  it('loads the modules of every application that the dialplan uses', () => {
    const modules = pbx.find((file) => file.name === 'pbx/modules.conf')?.text ?? '';
    const missing = steps
      .map((s) => s.app)
      .filter((app) => MODULE_OF[app] === undefined || !modules.includes(`${MODULE_OF[app]}.so`));
    expect([...new Set(missing)].filter((app) => !BUILT_IN.has(app))).to.deep.equal([]);
  });
});

const BUILT_IN = new Set([
  'Answer',
  'Background',
  'Busy',
  'Congestion',
  'ExecIf',
  'Goto',
  'GotoIf',
  'Hangup',
  'MSet',
  'NoOp',
  'Set',
  'Wait',
  'WaitExten',
]);
const MODULE_OF: Record<string, string> = {
  AGI: 'res_agi',
  AddQueueMember: 'app_queue',
  ChanSpy: 'app_chanspy',
  ConfBridge: 'app_confbridge',
  Dial: 'app_dial',
  Log: 'app_verbose',
  ExecIf: 'app_exec',
  Gosub: 'app_stack',
  GosubIf: 'app_stack',
  MixMonitor: 'app_mixmonitor',
  Originate: 'app_originate',
  Park: 'res_parking',
  ParkedCall: 'res_parking',
  PauseQueueMember: 'app_queue',
  Pickup: 'app_directed_pickup',
  PickupChan: 'app_directed_pickup',
  Playtones: 'app_playtones',
  Queue: 'app_queue',
  RemoveQueueMember: 'app_queue',
  Return: 'app_stack',
  SoftHangup: 'app_softhangup',
  StopMixMonitor: 'app_mixmonitor',
  StackPop: 'app_stack',
  UnpauseQueueMember: 'app_queue',
  VoiceMail: 'app_voicemail',
};
