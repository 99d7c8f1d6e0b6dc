// Voicemail for one extension of the generated system, whose extensions have none: what FreePBX's core generates for one that has.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FreepbxVersion } from './etc.js';

/** The lines of `[ext-local]`: the mailbox instead of `novm`, and the extensions that lead straight into it. */
export function withMailbox(generated: string, extension: string, version: FreepbxVersion): string {
  const macro = (name: string, args: string) =>
    version === '16' ? `Macro(${name},${args})` : `Gosub(macro-${name},s,1(${args}))`;
  const call = (box: string) => macro('exten-vm', `${box},${extension},0,0,0`);
  const rest = new RegExp(`^exten => ${extension},n,GotoIf\\(\\$\\["\\$\\{IVR_CONTEXT\\}" != ""\\].*$`, 'm');
  const into = (exten: string, how: string) =>
    `exten => ${exten},n,${macro('vm', `${extension},${how},\${IVR_RETVM}`)}\nexten => ${exten},n,Goto(vmret,1)\n`;
  const direct = Object.entries({ vmb: 'BUSY', vmu: 'NOANSWER', vms: 'NOMESSAGE', vmi: 'INSTRUCT' })
    .map(([prefix, how]) => into(`${prefix}${extension}`, how).replace(',n,', ',1,'))
    .join('\n');
  if (!generated.includes(call('novm')) || !rest.test(generated))
    throw new Error(`the generated dialplan has no extension ${extension} without voicemail`);
  return (
    generated
      .replace(call('novm'), () => call(extension))
      .replace(rest, () => `${into(extension, '$' + '{DIALSTATUS}')}\n${direct}`)
      // As in Settings, Voicemail Admin: no instructions after the greeting.
      .replace(/^VM_OPTS = *$/m, 'VM_OPTS = s')
  );
}

/** What the entry in AstDB is for it. */
export const mailboxAstdb = (extension: string): [string, string] => [`AMPUSER/${extension}/voicemail`, 'default'];

/** Line of voicemail.conf. */
export const mailboxConf = (extension: string, secret: string): string =>
  `${extension} => ${secret},Ben,,,attach=no|saycid=no|envelope=no|delete=no\n`;

/** The owner's own greeting, a quarter of a second long; `spool` is Asterisk's. */
export function writeGreeting(spool: string, extension: string): void {
  const folder = join(spool, 'voicemail/default', extension);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'unavail.wav'), wav(Buffer.alloc(4000)));
}

/** Signed linear of 8 kHz and 16 bit as a RIFF file. */
function wav(sound: Buffer): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + sound.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, at);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16000, 28);
  head.write('data', 36);
  head.writeUInt32LE(sound.length, 40);
  return Buffer.concat([head, sound]);
}
