/** What goes wrong with real processes and their network, each for a while, then it is mended. */
import { drawByWeight } from '../sim/activity.ts';
import { pause, type RealWorld } from './real-world.ts';
import type { RealMachine } from './real-machine.ts';

/** A fault that lasts: what `strike` gives mends it. */
interface LastingFault {
  readonly name: string;
  readonly weight: number;
  /** How long, in seconds. */
  readonly lasts: readonly [from: number, to: number];
  /** Undefined when there is nobody to strike. */
  strike(): Promise<Stroke | undefined>;
}

interface Stroke {
  /** Whom, and how badly. */
  readonly what: string;
  mend(): Promise<void> | void;
}

export interface RealFaults {
  /** Strikes and mends, one after the other, until the signal; all is mended at its end. */
  run(signal: AbortSignal): Promise<void>;
  readonly done: Readonly<Record<string, number>>;
}

/** Two lanes at once: so machines go down while the network is cut. */
export function createRealFaults(world: RealWorld): RealFaults {
  const done: Record<string, number> = {};
  const { history } = world;
  const random = world.random.fork('faults');

  async function lane(
    all: readonly LastingFault[],
    breath: readonly [number, number],
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      await rest(random.between(...breath), signal);
      if (signal.aborted) return;
      const { name, lasts, strike } = drawByWeight(all, random);
      const stroke = await strike();
      if (stroke === undefined) continue;
      done[name] = (done[name] ?? 0) + 1;
      const seconds = random.between(...lasts);
      history.log(`fault: ${name} ${stroke.what} for ${seconds.toFixed(1)} s`);
      await rest(seconds, signal);
      await stroke.mend();
      history.log(`mended: ${name} ${stroke.what}`);
    }
  }
  return {
    done,
    async run(signal) {
      await Promise.all([
        lane(networkFaults(world, random), [1, 8], signal),
        lane(machineFaults(world, random), [0.5, 6], signal),
      ]);
    },
  };
}

/** Ends early with the signal. */
async function rest(seconds: number, signal: AbortSignal): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await Promise.race([pause(seconds * 1000), ended]);
}

function networkFaults(world: RealWorld, random: RealWorld['random']): readonly LastingFault[] {
  const { lab } = world;
  const some = (): readonly RealMachine[] => random.shuffled(world.joined());
  const cut = (machines: readonly RealMachine[]): Stroke => {
    const names = machines.map(({ name }) => name);
    lab.isolate(...names);
    return {
      what: names.join(' '),
      mend: () => {
        lab.heal();
      },
    };
  };
  const badly = (machines: readonly RealMachine[], rule: Parameters<SetRule>[0]): Stroke => {
    for (const machine of machines) world.wireOf(machine).set(rule);
    return {
      what: `${machines.map(({ name }) => name).join(' ')} ${JSON.stringify(rule)}`,
      mend() {
        for (const machine of machines) world.wireOf(machine).set({});
      },
    };
  };
  return [
    { name: 'isolate', weight: 3, lasts: [2, 25], strike: () => now(cut(some().slice(0, 1))) },
    { name: 'blink', weight: 2, lasts: [0.2, 2], strike: () => now(cut(some().slice(0, 1))) },
    { name: 'halves', weight: 3, lasts: [4, 25], strike: () => now(cut(some().slice(0, 2))) },
    {
      name: 'one-way cut',
      weight: 3,
      lasts: [2, 20],
      strike() {
        const [from, to] = some();
        if (from === undefined || to === undefined) return now(undefined);
        lab.cutOneWay(from.name, to.name);
        const what = `${from.name} → ${to.name}`;
        return now({
          what,
          mend: () => {
            lab.heal();
          },
        });
      },
    },
    {
      name: 'slow machine',
      weight: 3,
      lasts: [4, 20],
      strike: () => now(badly(some().slice(0, 1), { delayMs: random.between(50, 1500) })),
    },
    {
      name: 'storm',
      weight: 3,
      lasts: [4, 20],
      strike() {
        const loss = random.between(0.02, 0.2);
        const jitterMs = random.between(10, 300);
        const cutsPerMinute = random.between(0, 20);
        return now(badly(some(), { delayMs: 5, jitterMs, loss, cutsPerMinute }));
      },
    },
  ];
}

type SetRule = ReturnType<RealWorld['wireOf']>['set'];
const now = (stroke: Stroke | undefined): Promise<Stroke | undefined> => Promise.resolve(stroke);

function machineFaults(world: RealWorld, random: RealWorld['random']): readonly LastingFault[] {
  const awake = (): readonly RealMachine[] =>
    random.shuffled(world.joined()).filter((one) => one.isUp && !one.isPaused);
  const startAgain = async (machines: readonly RealMachine[]): Promise<void> => {
    await Promise.all(
      machines.map(async (machine) => {
        if (!machine.isUp) await machine.start();
      }),
    );
  };
  async function kill(count: number): Promise<Stroke | undefined> {
    const machines = awake().slice(0, count);
    if (machines.length < count) return undefined;
    await Promise.all(machines.map((machine) => machine.kill()));
    return {
      what: machines.map(({ name }) => name).join(' '),
      mend: () => startAgain(machines),
    };
  }
  async function stop(): Promise<Stroke | undefined> {
    const [machine] = awake();
    if (machine === undefined) return undefined;
    const status = await machine.stop();
    if (status !== 0) world.fail(`${machine.name} ended with ${status} when asked to end`);
    return { what: machine.name, mend: () => startAgain([machine]) };
  }
  function sleep(): Promise<Stroke | undefined> {
    const [machine] = awake();
    if (machine === undefined) return now(undefined);
    machine.pause();
    return now({
      what: machine.name,
      mend: () => {
        machine.resume();
      },
    });
  }
  return [
    { name: 'kill -9', weight: 4, lasts: [0, 15], strike: () => kill(1) },
    { name: 'kill -9 of two', weight: 2, lasts: [0, 10], strike: () => kill(2) },
    { name: 'kill -9 of all', weight: 0.5, lasts: [0, 3], strike: () => kill(awake().length) },
    { name: 'stop', weight: 1, lasts: [0, 8], strike: stop },
    { name: 'pause', weight: 4, lasts: [0.5, 20], strike: sleep },
  ];
}
