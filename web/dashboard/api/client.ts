/** The server's API, a function a route. Types are those of the contract; the server checks what it sends. */
import type {
  DistanceMatrix,
  EntryDetail,
  EntryList,
  EntrySummary,
  Failure,
  Removal,
  SpectrumNodes,
} from '../../../src/app/server/contract/entries.ts';
import type {
  ForecastAnswer,
  Form,
  Job,
  JobInput,
  JobList,
  SpectrumInput,
} from '../../../src/app/server/contract/jobs.ts';
import type { QuadraticAnswer, QuadraticInput } from '../../../src/app/server/contract/playground.ts';
import type { AdviceRecord } from '../../../src/app/server/contract/records.ts';

/** The server's refusal: its sentence, and the status that it came with. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (response.ok) return (response.status === 204 ? null : await response.json()) as Answer;
  const refusal = (await response.json().catch(() => null)) as Partial<Failure> | null;
  throw new RefusedError(
    refusal?.error ?? `The server answered ${response.status} ${response.statusText}.`,
    response.status,
  );
}

/** Answers that were asked for before there was a view to show them, by path; each is given once. */
const early = new Map<string, Promise<unknown>>();

/** Asks for something now that will be fetched soon. */
function askFor<Answer>(path: string): Promise<Answer> {
  const answer = request<Answer>(path);
  // Whoever fetches it hears of its failure.
  answer.catch(() => undefined);
  early.set(path, answer);
  return answer;
}

/** The answer that is under way already, or a new one. */
function fetchOnce<Answer>(path: string): Promise<Answer> {
  const answer = (early.get(path) as Promise<Answer> | undefined) ?? request<Answer>(path);
  early.delete(path);
  return answer;
}

async function request<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, init).catch(() => {
    throw new RefusedError('The server does not answer. Is hesscope serve still running?', 0);
  });
  return answerOf(response);
}

function sent<Answer>(method: 'POST' | 'PUT', path: string, body: unknown = {}): Promise<Answer> {
  return request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function entryPath(id: string, rest = ''): string {
  return `/api/entries/${encodeURIComponent(id)}${rest}`;
}

export function fetchEntries(): Promise<EntryList> {
  return request('/api/entries');
}

export function fetchEntry(id: string): Promise<EntryDetail> {
  return fetchOnce(entryPath(id));
}

/**
 * Asks for an entry while the scripts of its view are still under way, and for what its view will ask for first
 * when it knows the entry: a run's distances.
 *
 * @param definition of the distances, where the address names one; else the run's headline.
 */
export function askEarly(id: string, definition: string | null): void {
  askFor<EntryDetail>(entryPath(id)).then(
    (detail) => {
      const wanted = definition ?? ('headline' in detail ? detail.headline : null);
      if (wanted) askFor(distancesPath(id, wanted));
    },
    () => undefined,
  );
}

/** Nodes and weights of some operators; of all that are measured where no names are given. */
export function fetchSpectra(id: string, names?: readonly string[]): Promise<SpectrumNodes[]> {
  const query = names ? `?blocks=${names.map(encodeURIComponent).join(',')}` : '';
  return request(entryPath(id, `/spectra${query}`));
}

function distancesPath(id: string, definition: string): string {
  return entryPath(id, `/distances/${encodeURIComponent(definition)}`);
}

export function fetchDistances(id: string, definition: string): Promise<DistanceMatrix> {
  return fetchOnce(distancesPath(id, definition));
}

export function fetchAdvice(id: string): Promise<AdviceRecord> {
  return request(entryPath(id, '/advice'));
}

/** The address of a picture or a report in an entry's folder. */
export function fileAddress(id: string, path: string): string {
  return entryPath(id, `/files/${path.split('/').map(encodeURIComponent).join('/')}`);
}

export function putTags(id: string, tags: readonly string[]): Promise<EntrySummary> {
  return sent('PUT', entryPath(id, '/tags'), { tags });
}

/** Deletes an entry's folder. The header is the confirmation that the server asks for. */
export function deleteEntry(id: string): Promise<Removal> {
  return request(entryPath(id), { method: 'DELETE', headers: { 'x-confirm': encodeURIComponent(id) } });
}

export function fetchForm(): Promise<Form> {
  return request('/api/form');
}

export function requestForecast(input: SpectrumInput): Promise<ForecastAnswer> {
  return sent('POST', '/api/forecast', input);
}

export function fetchJobs(): Promise<JobList> {
  return request('/api/jobs');
}

export function startJob(work: JobInput): Promise<Job> {
  return sent('POST', '/api/jobs', work);
}

export function stopJob(id: string): Promise<Job> {
  return sent('POST', `/api/jobs/${encodeURIComponent(id)}/stop`);
}

export function resumeEntry(id: string): Promise<Job> {
  return sent('POST', entryPath(id, '/resume'));
}

/** GD and Adam on a quadratic problem. */
export function requestDescents(problem: QuadraticInput): Promise<QuadraticAnswer> {
  return sent('POST', '/api/quadratic', problem);
}
