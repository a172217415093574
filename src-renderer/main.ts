import { mount } from 'svelte';
import App from './App.svelte';
import { createBridge } from './bridge.ts';
import { createBrowserClock } from './clock.ts';
import { createBrowserRandom } from './random.ts';
import { createApp } from './state/app.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/dialog.css';
import './styles/print.css';

const target = document.getElementById('app');
if (target === null) throw new Error('The page has no place for the app.');
const app = createApp({
  // The bridge first: it takes the token out of the fragment before the route reads it.
  bridge: createBridge(),
  clock: createBrowserClock(),
  random: createBrowserRandom(),
  window,
});
app.start();
mount(App, { target, props: { app } });
