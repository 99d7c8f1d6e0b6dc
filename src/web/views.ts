// The templates: Handlebars, escaped only, rendered by express-handlebars.
import { join } from 'node:path';
import type { Application } from 'express';
import { create } from 'express-handlebars';
import { clocks, remaining, running } from './format.js';
import { projectRoot } from './root.js';
import { rowCache } from './row-cache.js';

export interface Views {
  /** Renders a part of a page, `live/monitor`, to a string. */
  fragment(name: string, context: object): Promise<string>;
}

interface Asked {
  data: { root: { timersAt?: number } };
}
interface Block extends Asked {
  fn(context: object): string;
}

/** Makes the application render views/pages/*.hbs by name; the parts they share are in views/partials. */
export function setViews(app: Application, timeZone: string, cache: boolean): Views {
  const views = join(projectRoot(), 'views');
  const partialsDir = join(views, 'partials');
  const { second } = clocks(timeZone);
  const rows = rowCache();
  const helpers = {
    /** A running time at the moment of rendering; nothing in a fragment, where the browser writes it. */
    ago: (at: unknown, options: Asked) =>
      typeof at === 'number' && options.data.root.timersAt !== undefined
        ? running(options.data.root.timersAt - at)
        : '',
    /** What is left until a moment, likewise. */
    left: (at: unknown, options: Asked) =>
      typeof at === 'number' && options.data.root.timersAt !== undefined
        ? remaining(at - options.data.root.timersAt)
        : '',
    clock: (at: unknown) => (typeof at === 'number' ? second(at) : ''),
    /** A row of a list: rendered once for each of its versions, as most rows stay as they were most seconds. */
    row(this: { id: string; v: string }, options: Block): string {
      // A page's first rendering holds the running times, and while templates change none is kept.
      if (!cache || options.data.root.timersAt !== undefined) return options.fn(this);
      return rows(`${this.id} ${this.v}`, () => options.fn(this));
    },
    eq: (a: unknown, b: unknown) => a === b,
    or: (...all: unknown[]) => all.slice(0, -1).some(Boolean),
  };
  const hbs = create({ extname: '.hbs', partialsDir, helpers, defaultLayout: '' });
  app.engine('hbs', hbs.engine);
  app.set('view engine', 'hbs');
  app.set('views', join(views, 'pages'));
  app.set('view cache', cache);
  return {
    fragment: (name, context) => hbs.render(join(partialsDir, `${name}.hbs`), { ...context }, { cache }),
  };
}
