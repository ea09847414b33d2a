/** Whether the server still wants new work: a balancer asks, and answers say so. One for the process. */
export class Readiness {
  private stopping = false;

  get isStopping(): boolean {
    return this.stopping;
  }

  /** From now on until the end; there is no way back. */
  stop(): void {
    this.stopping = true;
  }
}
