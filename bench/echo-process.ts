import { serveEcho } from './floors.ts';

await serveEcho();
