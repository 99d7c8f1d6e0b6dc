/** Why nothing is done: one plain sentence that names the way out. */
export class Refusal extends Error {
  override name = 'Refusal';
}
