// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expressions of Asterisk, not of JavaScript
import { expect } from 'chai';
import type { AgiChannel } from '../../src/agi/index.js';
import { dial } from './client.js';
import { serve } from './server.js';

/** Every method with the line that Asterisk gets. The words are those of `agi show commands`. */
const METHODS: Array<[string, (channel: AgiChannel) => unknown, string]> = [
  ['answer', (c) => c.answer(), 'ANSWER'],
  ['asyncagiBreak', (c) => c.asyncagiBreak(), 'ASYNCAGI BREAK'],
  ['status', (c) => c.status(), 'CHANNEL STATUS'],
  ['status of another', (c) => c.status('PJSIP/102-0000002b'), 'CHANNEL STATUS "PJSIP/102-0000002b"'],
  ['hangup', (c) => c.hangup(), 'HANGUP'],
  ['hangup of another', (c) => c.hangup('PJSIP/102-0000002b'), 'HANGUP "PJSIP/102-0000002b"'],
  ['noop', (c) => c.noop(), 'NOOP'],
  ['verbose', (c) => c.verbose('a "b"'), 'VERBOSE "a \\"b\\"" "3"'],
  ['verbose with level', (c) => c.verbose('x', '1'), 'VERBOSE "x" "1"'],
  ['exec', (c) => c.exec('Playback', 'hello-world'), 'EXEC "Playback" "hello-world"'],
  ['exec without options', (c) => c.exec('Answer'), 'EXEC "Answer"'],
  ['exec with several', (c) => c.exec('Dial', 'PJSIP/101', 20, 'g'), 'EXEC "Dial" "PJSIP/101,20,g"'],
  ['gosub', (c) => c.gosub('sub', 's', 1), 'GOSUB "sub" "s" "1"'],
  ['gosub with arguments', (c) => c.gosub('sub', 's', 'start', 'a,b'), 'GOSUB "sub" "s" "start" "a,b"'],
  ['getVariable', (c) => c.getVariable('count'), 'GET VARIABLE "count"'],
  ['getFullVariable', (c) => c.getFullVariable('${CALLERID(num)}'), 'GET FULL VARIABLE "${CALLERID(num)}"'],
  [
    'getFullVariable of another',
    (c) => c.getFullVariable('${X}', 'PJSIP/102-1'),
    'GET FULL VARIABLE "${X}" "PJSIP/102-1"',
  ],
  ['setVariable', (c) => c.setVariable('STATUS', 100), 'SET VARIABLE "STATUS" "100"'],
  ['setVariable to nothing', (c) => c.setVariable('STATUS', undefined), 'SET VARIABLE "STATUS" ""'],
  ['setAutohangup', (c) => c.setAutohangup(30), 'SET AUTOHANGUP "30"'],
  ['setCallerid', (c) => c.setCallerid('"Example" <5550100>'), 'SET CALLERID "\\"Example\\" <5550100>"'],
  ['setContext', (c) => c.setContext('default'), 'SET CONTEXT "default"'],
  ['setExtension', (c) => c.setExtension('s'), 'SET EXTENSION "s"'],
  ['setPriority', (c) => c.setPriority(1), 'SET PRIORITY "1"'],
  ['setMusic on', (c) => c.setMusic(true, 'jazz'), 'SET MUSIC ON "jazz"'],
  ['setMusic off', (c) => c.setMusic(false), 'SET MUSIC OFF'],
  ['databaseGet', (c) => c.databaseGet('cidname', 101), 'DATABASE GET "cidname" "101"'],
  ['databasePut', (c) => c.databasePut('cidname', '101', 'Example'), 'DATABASE PUT "cidname" "101" "Example"'],
  ['databaseDel', (c) => c.databaseDel('cidname', '101'), 'DATABASE DEL "cidname" "101"'],
  ['databaseDeltree', (c) => c.databaseDeltree('cidname'), 'DATABASE DELTREE "cidname"'],
  ['databaseDeltree of a tree', (c) => c.databaseDeltree('cidname', '1'), 'DATABASE DELTREE "cidname" "1"'],
  ['getData', (c) => c.getData('demo-congrats', 4, 6), 'GET DATA "demo-congrats" "4000" "6"'],
  ['getData, defaults', (c) => c.getData('demo-congrats'), 'GET DATA "demo-congrats"'],
  ['getData, half a second', (c) => c.getData('beep', '0.5'), 'GET DATA "beep" "500"'],
  ['getOption', (c) => c.getOption('beep', '12', 2), 'GET OPTION "beep" "12" "2000"'],
  ['waitDigit', (c) => c.waitDigit(3), 'WAIT FOR DIGIT "3000"'],
  ['waitDigit for ever', (c) => c.waitDigit(-1), 'WAIT FOR DIGIT "-1"'],
  ['playFile', (c) => c.playFile('beep'), 'STREAM FILE "beep" ""'],
  ['playFile from an offset', (c) => c.playFile('beep', '#', 8000), 'STREAM FILE "beep" "#" "8000"'],
  ['controlStreamFile', (c) => c.controlStreamFile('beep', '1'), 'CONTROL STREAM FILE "beep" "1"'],
  [
    'controlStreamFile with a late key',
    (c) => c.controlStreamFile('beep', '1', { pause: '5' }),
    'CONTROL STREAM FILE "beep" "1" "3000" "#" "*" "5"',
  ],
  ['recordFile', (c) => c.recordFile('note', 'wav', '#', 10), 'RECORD FILE "note" "wav" "#" "10000"'],
  [
    'recordFile, all',
    (c) => c.recordFile('note', 'wav', '#', -1, { offset: 0, beep: true, silence: 3 }),
    'RECORD FILE "note" "wav" "#" "-1" "0" "BEEP" "s=3"',
  ],
  ['sayAlpha', (c) => c.sayAlpha('abc'), 'SAY ALPHA "abc" ""'],
  ['sayDate', (c) => c.sayDate(1763676543, '1'), 'SAY DATE "1763676543" "1"'],
  ['sayDateTime', (c) => c.sayDateTime(1763676543), 'SAY DATETIME "1763676543" "" "ABdYIMp"'],
  [
    'sayDateTime, all',
    (c) => c.sayDateTime(1, '#', 'HM', 'Asia/Tashkent'),
    'SAY DATETIME "1" "#" "HM" "Asia/Tashkent"',
  ],
  ['sayDigits', (c) => c.sayDigits('0123', '*'), 'SAY DIGITS "0123" "*"'],
  ['sayNumber', (c) => c.sayNumber(1234, '*12'), 'SAY NUMBER "1234" "*12"'],
  ['sayNumber with gender', (c) => c.sayNumber(1, '', 'f'), 'SAY NUMBER "1" "" "f"'],
  ['sayPhonetic', (c) => c.sayPhonetic('abc', '0'), 'SAY PHONETIC "abc" "0"'],
  ['sayTime', (c) => c.sayTime(1763676543, '1236'), 'SAY TIME "1763676543" "1236"'],
  ['receiveChar', (c) => c.receiveChar(1), 'RECEIVE CHAR "1000"'],
  ['receiveText', (c) => c.receiveText(), 'RECEIVE TEXT "0"'],
  ['sendImage', (c) => c.sendImage('logo'), 'SEND IMAGE "logo"'],
  ['sendText', (c) => c.sendText('Привет'), 'SEND TEXT "Привет"'],
  ['tddMode', (c) => c.tddMode('on'), 'TDD MODE "on"'],
  ['speechCreate', (c) => c.speechCreate('engine'), 'SPEECH CREATE "engine"'],
  ['speechSet', (c) => c.speechSet('name', 1), 'SPEECH SET "name" "1"'],
  ['speechDestroy', (c) => c.speechDestroy(), 'SPEECH DESTROY'],
  ['speechLoadGrammar', (c) => c.speechLoadGrammar('g', '/g'), 'SPEECH LOAD GRAMMAR "g" "/g"'],
  ['speechUnloadGrammar', (c) => c.speechUnloadGrammar('g'), 'SPEECH UNLOAD GRAMMAR "g"'],
  ['speechActivateGrammar', (c) => c.speechActivateGrammar('g'), 'SPEECH ACTIVATE GRAMMAR "g"'],
  ['speechDeactivateGrammar', (c) => c.speechDeactivateGrammar('g'), 'SPEECH DEACTIVATE GRAMMAR "g"'],
  ['speechRecognize', (c) => c.speechRecognize('beep', 5, 0), 'SPEECH RECOGNIZE "beep" "5" "0"'],
  ['command, a whole line', (c) => c.command('SAY DATE 1754330073 ""'), 'SAY DATE 1754330073 ""'],
  ['command with arguments', (c) => c.command('GET VARIABLE', 'a "b"'), 'GET VARIABLE "a \\"b\\""'],
];

describe('agi: methods', () => {
  for (const [name, method, line] of METHODS) {
    it(`${name}: ${line}`, async () => {
      const { port } = await serve({ '/demo1': (channel) => method(channel) });
      const call = dial({ port });
      expect(await call.command()).to.equal(line);
      call.answer('200 result=1');
      expect(await call.end()).to.equal('closed');
    });
  }

  it('reject, and never throw, when an argument is wrong', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      '/demo1': async (channel) => {
        for (const promise of [
          channel.getData('beep', Number.NaN),
          channel.setVariable('X', 'a\nb'),
          channel.waitDigit('soon'),
        ]) {
          await promise.catch((error) => seen.push(error.code));
        }
      },
    });
    expect(await dial({ port }).end()).to.equal('closed');
    expect(seen).to.deep.equal(['usage', 'unsafe', 'usage']);
  });
});
