import { builtServer } from '../../test/faults/built.js';

/** The server as it is installed, compiled into a folder of the bench's own; its types are the lint's affair. @throws Error with what the compiler says. */
export const builtForBench = (): Promise<string> => builtServer('dist-bench', ['--noCheck']);
