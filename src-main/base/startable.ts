/**
 * A thing with a life. `start` may rely on every lower floor being started; `stop` ends timers,
 * refuses new work and waits for work in flight. Both are called once, in that order.
 */
export interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}
