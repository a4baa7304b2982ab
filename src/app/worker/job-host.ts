import type { JobEvent } from './protocol.ts';

/** What a job may ask of the process it runs in. */
export interface JobHost {
  emit(event: JobEvent): void;
  /** Resolves to true when the job is to stop; gives other work of the process its turn. */
  shouldStop(): Promise<boolean>;
}
