/** The products of a spectrum job whose micro-batches are shared by others; Lanczos stays in this process. */
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { rangeOfDataset } from '../../network/data/range.ts';
import type { ProductSource } from '../../study/spectrum/product-source.ts';
import { rangeProducts } from '../../study/spectrum/ranges/range-products.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import type { Subject } from '../../study/spectrum/subject.ts';
import { HeldRanges } from '../ranges/held-ranges.ts';
import { LocalRanges } from '../ranges/local-ranges.ts';
import { RangeOrders } from '../ranges/range-orders.ts';
import { RangeRecords } from '../ranges/range-records.ts';
import { type ExchangePlace, openExchange } from '../ranges/store-exchange.ts';
import type { RunDirectory } from '../runs/directory.ts';
import { sha256 } from '../runs/hashes.ts';
import { STATE_FOLDER } from '../runs/layout.ts';
import { codeVersion } from '../units/code-version.ts';
import { modelDigests } from '../units/model-digests.ts';
import { shipTo } from '../units/shipped-files.ts';
import { UnitList } from '../units/unit-list.ts';
import { spareBytes } from './environment.ts';
import type { JobHost } from './job-host.ts';
import { processesOf, type Sharing } from './protocol.ts';

const EXCHANGE_NAME_DIGITS = 16;

/** Products that others make. */
export interface SharedProducts {
  readonly products: ProductSource;
  /** The subject with the data of one of those who make them, by whom work is planned. */
  readonly subject: Subject;
  /** Memory of each of them for what is kept between products. */
  readonly spareBytes: number;
  readonly records: RangeRecords;
  /** Ends those who make products, or lets them go. */
  close(): Promise<void>;
}

export interface SharedProductsFacts {
  readonly subject: Subject;
  readonly request: SpectrumRequest;
  readonly directory: RunDirectory;
  /** Of each process of this machine. */
  readonly threads: number;
}

/**
 * Has the ranges of a measurement held by processes of this machine, or by workers of a queue.
 *
 * @throws UserError when there is no queue, or no store through which vectors could go.
 */
export async function shareProducts(
  sharing: Sharing,
  { subject, request, directory, threads }: SharedProductsFacts,
  host: JobHost,
): Promise<SharedProducts> {
  const onNotice = (text: string) => host.emit({ type: 'notice', text });
  const orders = await RangeOrders.of(request, subject.data, await modelDigests(request, subject.weights));
  const records = new RangeRecords(await UnitList.open(directory, onNotice));
  const store = sharing.kind === 'processes' ? join(directory.path, STATE_FOLDER) : sharing.store;
  if (store === null)
    throw new UserError(
      "With '--ranges', vectors go from worker to worker through a store: name one with '--store', a folder that all machines mount or s3://bucket/prefix.",
    );
  const place = { store, folder: `exchange/${exchangeName(directory)}` };
  const exchange = await openExchange(place);
  // What a killed process has left is nobody's.
  await exchange.clear();
  const holders =
    sharing.kind === 'processes'
      ? new LocalRanges({
          processes: sharing.processes,
          threads,
          exchange: place,
          workbench: store,
          onNotice,
        })
      : await queueRanges(sharing.address, { request, directory, exchange: place }, host);
  const holderCount = sharing.kind === 'processes' ? sharing.processes : orders.count;
  const held = { first: 0, count: orders.mostHeld(holderCount) };
  return {
    products: rangeProducts(
      new HeldRanges(orders, records, holders),
      exchange,
      request.precision,
      orders.weights,
    ),
    subject: { ...subject, data: rangeOfDataset(subject.data, held) },
    spareBytes: spareBytes() / processesOf(sharing),
    records,
    close: async () => {
      await holders.close();
      await exchange.clear();
    },
  };
}

interface QueueFacts extends Pick<SharedProductsFacts, 'request' | 'directory'> {
  readonly exchange: ExchangePlace;
}

async function queueRanges(address: string, facts: QueueFacts, host: JobHost) {
  // Its client is loaded where a queue is used.
  const { QueueRanges } = await import('../queue/queue-ranges.ts');
  const { request, directory, exchange } = facts;
  return QueueRanges.connect({
    address,
    codeVersion: await codeVersion(),
    run: directory.run.name,
    shipment: await shipTo(exchange.store, request),
    exchange,
    onNotice: (text) => host.emit({ type: 'notice', text }),
    shouldStop: () => host.shouldStop(),
  });
}

/** The same for a run however often it is resumed, and for no other. */
function exchangeName({ run: { name, createdAt } }: RunDirectory): string {
  return sha256(JSON.stringify([name, createdAt])).slice(0, EXCHANGE_NAME_DIGITS);
}
