/** What a model is made of and what a Hessian product of it costs, told without computing one. */
import { measureRates } from '../../curvature/calibration.ts';
import { graphCost, peakBytes, predictMs } from '../../curvature/cost.ts';
import { ModelCurvature } from '../../curvature/model-curvature.ts';
import { importNetwork } from '../../network/models/imported-file.ts';
import { type BlockKind, type Model, parameterCount } from '../../network/models/model.ts';
import {
  inputTypes,
  likelyLoss,
  type OpenExtents,
  outputType,
  placeholderArrays,
} from '../../network/models/placeholder-arrays.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { byteSize, sizeOf } from '../../tensor/graph/type.ts';
import type { UnsupportedOperator } from '../../tensor/onnx/import/convert.ts';
import { isOnnxFile, openNetwork } from '../spectrum/imported-subject.ts';
import { openSubject } from '../spectrum/prepare.ts';
import type { SpectrumRequest } from '../spectrum/request.ts';
import type { Subject } from '../spectrum/subject.ts';

/** One block as it would be measured. */
export interface InspectedBlock {
  readonly name: string;
  readonly kind: BlockKind;
  readonly layer: number | null;
  readonly shape: readonly number[];
  readonly size: number;
}

/** What a product costs; one micro-batch, the whole Hessian. */
export interface InspectedCost {
  /** What the micro-batch was, in words. */
  readonly data: string;
  readonly loss: string;
  readonly flops: number;
  readonly operations: number;
  /** From the machine's measured rates. */
  readonly estimatedMs: number;
  readonly parameterBytes: number;
  readonly residualBytes: number;
  /** What a run holds at its peak besides parameters and residuals. */
  readonly workingBytes: number;
}

export interface Inspection {
  readonly name: string;
  readonly parameterCount: number;
  readonly blocks: readonly InspectedBlock[];
  readonly notes: readonly string[];
  /** Operators that keep an ONNX file from being measured; empty for all that can be. */
  readonly unsupported: readonly UnsupportedOperator[];
  /** Null where operators are missing. */
  readonly cost: InspectedCost | null;
}

/**
 * Inspects a preset or an ONNX file. Without arrays a file is counted on zeros.
 *
 * @param extents of axes that the file leaves open, by name.
 * @throws UserError as `openSubject` does, or when an open extent is missing.
 */
export async function inspectModel(
  request: SpectrumRequest,
  extents: OpenExtents,
  engine: Engine,
): Promise<Inspection> {
  if (!isOnnxFile(request.model) || request.inputs !== undefined) {
    const subject = await openSubject(request);
    return { ...partsOf(subject.model), unsupported: [], cost: await costOf(subject, request, engine) };
  }
  const network = await openNetwork(request);
  if (network.unsupported.length > 0)
    return { ...partsOf(network.model), unsupported: network.unsupported, cost: null };
  const types = inputTypes(network, request.batch, extents);
  const output = outputType(network, types);
  const loss = request.loss ?? likelyLoss(output);
  const { model } =
    loss === network.loss ? network : importNetwork(request.model, { ...network.options, loss });
  const data = placeholderArrays(types, output, loss);
  return { ...partsOf(model), unsupported: [], cost: await costOf({ model, data }, request, engine) };
}

function partsOf(model: Model) {
  const { name, parameters, notes = [] } = model;
  const blocks = parameters.map(({ name: block, kind, layer, shape }) => ({
    name: block,
    kind,
    layer,
    shape,
    size: sizeOf(shape),
  }));
  return { name, blocks, notes, parameterCount: parameterCount(model) };
}

async function costOf(
  { model, data }: Pick<Subject, 'model' | 'data'>,
  { precision }: SpectrumRequest,
  engine: Engine,
): Promise<InspectedCost> {
  const curvature = new ModelCurvature({
    model,
    parameters: {},
    data,
    engine,
    precision,
  });
  const { bytes, tangentGraph } = curvature.residualCost('all');
  const cost = graphCost(tangentGraph);
  const rates = await measureRates(engine, precision);
  return {
    data: data.description,
    loss: String(model.config.loss ?? 'its own'),
    flops: cost.productFlops,
    operations: cost.operations,
    estimatedMs: predictMs(cost, rates),
    parameterBytes: byteSize({ dtype: precision, shape: [parameterCount(model)] }),
    residualBytes: bytes,
    workingBytes: peakBytes(tangentGraph),
  };
}
