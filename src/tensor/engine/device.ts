/** Where an engine runs graphs, and what each place needs. */
import { UserError } from '../../errors.ts';

/** Devices by the names of ONNX Runtime's execution providers. */
export const DEVICES = ['cpu', 'cuda', 'webgpu'] as const;

/** A device: the processor, an NVIDIA GPU, or any GPU with a Vulkan, Metal or Direct3D 12 driver. */
export type Device = (typeof DEVICES)[number];

const NEEDS: Record<Exclude<Device, 'cpu'>, string> = {
  cuda: 'It needs Linux on x64, an NVIDIA GPU with its driver, CUDA (the version that the line above names, else 13), cuDNN 9, and the provider libraries, which `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` downloads',
  webgpu:
    "It needs a GPU with its driver; on Linux, a processor of x64 and Vulkan's loader (libvulkan.so.1, in Debian the package libvulkan1)",
};

/**
 * Sets what libraries of a device read from the environment when they are loaded; to be called before the first session.
 * cuBLAS and cuDNN would else round the factors of float32 products to TF32's ten bits, which the runtime asks for and
 * its binding for Node has no option against.
 */
export function prepareDevice(device: Device, environment: NodeJS.ProcessEnv = process.env): void {
  if (device === 'cuda') environment.NVIDIA_TF32_OVERRIDE = '0';
}

/**
 * The mistake of asking for a device that is not there.
 * @param reason what the runtime says.
 */
export function missingDevice(device: Exclude<Device, 'cpu'>, reason: string): UserError {
  return new UserError(
    `Expected a device for '${device}', found none that ONNX Runtime can use (${reason}). ${NEEDS[device]}. Install what is missing, or leave 'device' out to compute on the CPU.`,
  );
}

/** What a runtime's message says, without the place in its sources and without line breaks. */
export function plainReason(message: string): string {
  const oneLine = message.replace(/\s+/g, ' ').trim();
  // A failed check of the runtime's: file, line and condition, then the sentence for people.
  return oneLine.replace(/^.* was false\. /, '').replace(/\.$/, '');
}
