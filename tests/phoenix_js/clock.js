/** Time that stands still until it is told to pass. phoenix.js doesn't notice. */
export class Clock {
  #now = 0;
  #timers = new Set();

  constructor() {
    globalThis.setTimeout = (ring, delay) => {
      const timer = { ring, due: this.#now + delay };
      this.#timers.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => this.#timers.delete(timer);
  }

  /** In how many milliseconds each timer rings, soonest first. */
  get waiting() {
    return this.#soonest.map((timer) => timer.due - this.#now);
  }

  /** Let so many milliseconds pass, and ring what is due, in order. */
  pass(milliseconds) {
    const end = this.#now + milliseconds;
    for (let timer; (timer = this.#soonest[0]) && timer.due <= end; ) {
      this.#timers.delete(timer);
      this.#now = timer.due;
      timer.ring();
    }
    this.#now = end;
  }

  get #soonest() {
    return [...this.#timers].sort((one, other) => one.due - other.due);
  }
}
