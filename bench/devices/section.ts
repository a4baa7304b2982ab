import type { DeviceCase, DeviceRecord, DevicesResults, DeviceTimes } from './results.ts';

/** The section on devices of the page on performance. */
export function devicesSection({ gpu, threads, cases }: DevicesResults): string {
  return [
    '## Devices',
    '',
    '`npm run bench:devices`',
    '',
    `Products in float32${gpu ? ` on ${gpu}` : ''} and on ${threads} threads of the CPU, the same weights, data and vectors; medians. "differs" is the norm of the difference from our product on the CPU, over the norm of that. PyTorch computes on the GPU, with TF32 off, which is its default; on the GPU hesscope turns it off. Our products begin and end in the memory of the host, where Lanczos runs; PyTorch's stay on the GPU.`,
    ...cases.flatMap(caseLines),
  ].join('\n');
}

function caseLines({ title, parameterCount, records }: DeviceCase): string[] {
  return [
    '',
    `### ${title}: ${parameterCount.toLocaleString('en-US')} parameters`,
    '',
    '| | whole product | step over the blocks | differs |',
    '|---|---:|---:|---:|',
    ...records.flatMap(recordLines),
  ];
}

function recordLines({ device, engine, methods, failure }: DeviceRecord): string[] {
  const title = device === 'torch' ? engine || 'PyTorch' : `hesscope, ${device}`;
  if (failure !== null) return [`| ${title} | not measured: ${failure} | | |`];
  const names = [...new Set(methods.map(({ name }) => name))];
  return names.map((name) => {
    const find = (quantity: DeviceTimes['quantity']) =>
      methods.find((times) => times.name === name && times.quantity === quantity);
    const [product, step] = [find('product'), find('step')];
    const difference = product?.difference?.toExponential(1) ?? '';
    return `| ${title}, ${name} | ${median(product)} | ${median(step)} | ${difference} |`;
  });
}

function median(times: DeviceTimes | undefined): string {
  if (!times) return '';
  const sorted = [...times.elapsedMs].sort((x, y) => x - y);
  const middle = sorted[Math.floor(sorted.length / 2)] as number;
  return `${middle.toPrecision(3)} ms`;
}
