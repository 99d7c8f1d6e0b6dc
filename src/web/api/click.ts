// `POST /api/v1/calls`: rings the phone of the token's user and calls a number, as the button does. `GET /api/v1/clicks/<id>`: what became of it.
import express, { type RequestHandler } from 'express';
import { sendClick } from '../pages/click.js';
import { notFound } from '../refusal.js';
import { accessOf, type Site } from '../site.js';
import { asksSeldom } from './answer.js';

const MAX_BODY = '4kb';

export const apiClick = (site: Site): RequestHandler[] => [
  asksSeldom(site),
  express.json({ limit: MAX_BODY }),
  async (req, res) => {
    const { to } = (req.body ?? {}) as Record<string, unknown>;
    const { user, token } = accessOf(res);
    const { status, now } = await sendClick(site, req, { fields: { verb: 'call', to }, user, by: `token ${token}` });
    res.status(status === 200 ? 202 : status).json(now);
  },
];

export const apiClickState = (site: Site): RequestHandler[] => [
  asksSeldom(site),
  async (req, res, next) => {
    const id = req.params['id'];
    const state =
      typeof id === 'string' && /^[\w.-]{1,190}$/.test(id) ? await site.deps.clickState(id, accessOf(res).user) : null;
    if (state === null) return next(notFound());
    res.json(state);
  },
];
