/**
 * Loaded into a process before its own modules: some time after its start, its clock says another time and goes on from
 * there. Timers and `performance` count on, as they do where somebody sets a machine's clock.
 */
const [afterMs, jumpMs] = (process.env.HESSCOPE_FAULT_CLOCK ?? '0,0').split(',').map(Number);
const now = Date.now;
const startedAt = now();
const jumped = () => {
  const time = now();
  return time - startedAt < afterMs ? time : time + jumpMs;
};

globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [jumped()] : given));
  }

  static now() {
    return jumped();
  }
};
