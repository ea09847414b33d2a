/** The processes that run the tests. A process that hangs or dies is replaced; what hung it counts as noticed. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('./runner.js', import.meta.url));
const live = new Set();

/** Ends every process of the run, as far as they are not gone. */
export function endAll() {
  for (const child of live) child.kill('SIGKILL');
}

/** One process, started when it is first needed. */
export class Worker {
  constructor(folder, environment) {
    this.folder = folder;
    this.environment = environment;
    this.child = undefined;
  }

  /** The answer, or undefined when none came in time or the process died. */
  async ask(message, timeMs) {
    this.child ??= this.start();
    const { child } = this;
    const answer = await new Promise((resolve, reject) => {
      const end = (value) => {
        clearTimeout(timer);
        child.off('message', end);
        child.off('exit', onExit);
        resolve(value);
      };
      const onExit = () => end(undefined);
      const timer = setTimeout(onExit, timeMs);
      child.once('message', end);
      child.once('exit', onExit);
      child.send(message, (error) => error && child.connected && reject(error));
    });
    if (answer === undefined || answer.isSpent) this.end();
    return answer;
  }

  end() {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  start() {
    const child = fork(runner, [this.folder], {
      env: this.environment,
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    live.add(child);
    child.once('exit', () => live.delete(child));
    // A process that cannot be started has noticed nothing.
    child.on('error', (error) => {
      throw error;
    });
    return child;
  }
}
