import * as z from 'zod';
import { InStep } from '../../app/views/in-step.ts';
import { KeptView, RingDrawing } from '../../app/views/ring-drawing.ts';
import { account, get } from './parts.ts';

/** What the window draws of the whole: is everything in step, and how the ring is divided. */
export const pictureContract = {
  inStep: get('/in-step').output(InStep),
  ring: get('/ring/drawing').input(z.object({ account })).output(RingDrawing),
  kept: get('/ring/kept').output(KeptView),
};
