import { type Check, type Eye, fail, ok, warn } from './check.js';

/** The globals of the dialplan and our configuration speak of the same server, PBX and spool file. */
export const globals: Check = {
  name: 'globals',
  needs: ['dialplan'],
  async look(eye) {
    const { config } = eye;
    const [agi, pbx, spool] = [
      await globalOf(eye, 'DH_AGI'),
      await globalOf(eye, 'DH_PBX'),
      await globalOf(eye, 'DH_SPOOL'),
    ];
    const empty = Object.entries({ DH_AGI: agi, DH_PBX: pbx, DH_SPOOL: spool }).filter(([, value]) => value === '');
    if (empty.length > 0)
      return fail(
        `the global ${empty.map(([name]) => name).join(' and ')} of the dialplan is empty`,
        'Include dialhook/dialhook-globals.conf in [globals] of extensions.conf and set them there.',
      );
    const port = Number(/:(\d+)$/.exec(agi)?.[1]);
    if (config.roles.includes('agi') && config.agiPort !== 0 && port !== config.agiPort)
      return fail(
        `the dialplan asks ${agi} (DH_AGI), this server listens on port ${config.agiPort}`,
        'Make DH_AGI and DIALHOOK_AGI_PORT the same.',
      );
    if (pbx !== config.pbx)
      return warn(
        `the PBX calls itself ${pbx} (DH_PBX), the configuration calls it ${config.pbx}`,
        'Set DIALHOOK_PBX to the same name.',
      );
    if (config.spoolFile.length > 0 && !config.spoolFile.includes(spool))
      return warn(
        `the dialplan spools into ${spool} (DH_SPOOL), the server reads ${config.spoolFile.join(', ')}`,
        'Set DIALHOOK_SPOOL_FILE to the same file.',
      );
    return ok(`the dialplan asks ${agi}, is called ${pbx} and spools into ${spool}`);
  },
};

async function globalOf(eye: Eye, name: string): Promise<string> {
  const answer = await (await eye.manager()).action('Getvar', { Variable: name });
  return answer.get('Value') ?? '';
}
