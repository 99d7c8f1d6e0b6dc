// Every place of the overlay ends so that FreePBX goes on, however it was reached: by Macro() or Gosub(), inside a macro or not, and below a
// Gosub() that a Return() too many would take away without a word. FreePBX 15 and 16 reach them by Macro(), 17 by Gosub().
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import { overlaid } from './centre.js';
import { kindsOf } from './unwell.js';

/** A place: how Gosub() reaches it, its name for Macro() where FreePBX has one, and the variable it adds our U() to. */
interface Place {
  gosub: string;
  macro?: string;
  adds?: string;
  tells: string;
}

const PREDIAL = (name: string, adds: string): Place => ({
  ...{ gosub: `macro-${name}-predial-hook,s,1()`, macro: `${name}-predial-hook`, adds, tells: 'dial' },
});
const CHECK = (kind: string, tells: string): Place => ({ gosub: `sub-record-check,s,1(${kind},101,dontcare)`, tells });
const PLACES: Readonly<Record<string, Place>> = {
  one: PREDIAL('dialout-one', 'D_OPTIONS'),
  ringall: PREDIAL('dial-ringall', 'ds'),
  hunt: PREDIAL('dial-hunt', 'ds'),
  trunk: PREDIAL('dialout-trunk', 'DIAL_TRUNK_OPTIONS'),
  queue: CHECK('q', 'enter'),
  group: CHECK('rg', 'call'),
  extension: CHECK('exten', 'call'),
  parking: CHECK('parking', 'call'),
  left: { gosub: 'sub-record-cancel,s,1()', tells: 'leave' },
  ring: { gosub: 'func-apply-sipheaders,s,1()', tells: 'ring' },
};

/** The lines that reach a place, by the name of the way; app_macro is gone from Asterisk 21 on. */
const WAYS: Readonly<Record<string, (place: Place) => string | null>> = {
  gosub: ({ gosub }) => `Gosub(${gosub})`,
  ...(wantedVersion() === '16' && {
    macro: ({ macro }) => (macro === undefined ? null : `Macro(${macro})`),
    // Where FreePBX has a macro for a place, and reaches it from inside of another, that is by Macro() too.
    'gosub-inside': ({ gosub, macro }) => (macro === undefined ? `Gosub(${gosub})` : null),
    'macro-inside': ({ macro }) => (macro === undefined ? null : `Macro(${macro})`),
  }),
};

const TRIED = Object.entries(PLACES).flatMap(([name, place]) =>
  Object.entries(WAYS).flatMap(([way, lineOf]) => {
    const line = lineOf(place);
    return line === null ? [] : [{ name: `${name}-${way}`, place, line, inside: way.endsWith('inside') }];
  }),
);

/** What FreePBX has set when it comes there, as far as the overlay reads it. */
const SET = [
  'MSet(DEXTEN=101,EXTTOCALL=101,D_OPTIONS=tr,NODEST=600,DIAL_TRUNK=1,DIAL_NUMBER=004912345,DIAL_TRUNK_OPTIONS=T)',
  'Set(ds=Local/101,1,tr)',
];
const OF: Readonly<Record<string, string>> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
  left: 'MSet(DH_FREEPBX_QUEUE=${UNIQUEID},DH_VISIT=400,QUEUESTATUS=TIMEOUT)',
  ring: 'MSet(__DH_CALL=ends-${UNIQUEID},__DH_DIALLER=${UNIQUEID})',
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
};

/** One extension for each: outer Gosub, the place, and how often what stands behind it ran. */
function dialplan(): string {
  const lines = TRIED.map(({ name, place, line, inside }) => {
    const steps = [...SET, OF[name.split('-')[0] ?? ''] ?? 'NoOp()', `Gosub(ends,outer-${name},1)`];
    const option = place.adds === undefined ? '-' : `\${${place.adds}}`;
    const all = [...steps, `Set(GLOBAL(ENDS-${name})=\${BACK} ${option})`, 'Hangup()'];
    const here = inside ? `Macro(ends-${name})` : line;
    return [
      `[ends]\n${all.map((step, n) => `exten => ${name},${n + 1},${step}`).join('\n')}`,
      `exten => outer-${name},1,${here}\n same => n,Set(BACK=\${BACK}o)\n same => n,Return()`,
      inside ? `[macro-ends-${name}]\nexten => s,1,${line}\n same => n,Set(BACK=\${BACK}m)` : '',
    ].join('\n');
  });
  return `${lines.join('\n')}\n`;
}

describe(`freepbx: how the places of the overlay end, on Asterisk ${wantedVersion()}`, function () {
  this.timeout(60_000);
  let pbx: FreepbxPbx;
  const told = new Map<string, string[]>();

  before(async () => {
    const site = { 'extensions_custom.conf': dialplan() };
    pbx = await startFreepbx(overlaid({ agi: `127.0.0.1:${await freePort()}`, systemName: '', site }));
    for (const { name } of TRIED) {
      const before = spooled().length;
      await pbx.cli(`channel originate Local/${name}@ends/n application NoOp`);
      const over = async () => /^0 active channels/m.test(await pbx.cli('core show channels')) && wasTried(name);
      await until(over, { what: `${name} is over`, deadline: 10_000, every: 20 });
      told.set(name, kindsOf(spooled().slice(before)));
    }
  });
  after(() => pbx?.remove());

  const wasTried = (name: string) => pbx.log().includes(`Executing [outer-${name}@ends:1]`);
  const spooled = () => {
    try {
      return readFileSync(pbx.spoolPath, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  };

  for (const { name, place, inside } of TRIED)
    it(name, async () => {
      const shown = await pbx.cli('dialplan show globals');
      const said = shown.split('\n').find((line) => line.trim().startsWith(`ENDS-${name}=`)) ?? 'the call died';
      expect(said).to.contain(`ENDS-${name}=${inside ? 'mo' : 'o'} `);
      // No other option than that: no key, no way that FreePBX did not give.
      if (place.adds !== undefined) expect(said).to.match(/ (tr|Local\/101,1,tr|T)U\(dialhook-freepbx-answer\)$/);
      expect(told.get(name)).to.contain(place.tells);
    });
});
