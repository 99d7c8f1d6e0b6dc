// Is this server alive, and can it do all it is there for? Asked by balancers, supervisors of processes and people; so each
// answer is cheap, holds for a second, and says nothing of anybody's calls.

export interface Check {
  ok: boolean;
  /** What is wrong, or to be looked at, in fixed words: never what a database or a file system said, which may name users and places. */
  text?: string;
}

/** True, or what is wrong; `warns` says what is not well and no reason to answer 503, or nothing. */
export type Verdict = true | string | { warns: string };

export interface Report {
  ok: boolean;
  checks: Record<string, Check>;
}

export type Checks = Record<string, () => Promise<Verdict> | Verdict>;

export const HELD_MS = 1000;
/** A check that takes longer has failed, ms. */
const PATIENCE_MS = 1000;

/** Makes the question: asked more often than once a second it gives the same answer. Never rejects. */
export function health(checks: Checks, now: () => number = Date.now): () => Promise<Report> {
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<Report> | null = null;
  return () => {
    if (answer === null || now() - asked >= HELD_MS || now() < asked) {
      asked = now();
      answer = ask(checks);
    }
    return answer;
  };
}

async function ask(checks: Checks): Promise<Report> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<[string, Check]> => {
      const said = await verdict(check);
      return [name, shown(said)];
    }),
  );
  return { ok: found.every(([, { ok }]) => ok), checks: Object.fromEntries(found) };
}

function shown(said: Verdict): Check {
  if (said === true) return { ok: true };
  if (typeof said === 'string') return { ok: false, text: said };
  return said.warns === '' ? { ok: true } : { ok: true, text: said.warns };
}

async function verdict(check: Checks[string]): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch {
    return 'it can not be found out';
  } finally {
    clearTimeout(timer);
  }
}
