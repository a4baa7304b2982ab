import { expect, it } from 'vitest';
import { missingDevice, plainReason, prepareDevice } from '../../../src/tensor/engine/device.ts';

it("a runtime's reason is told without the place in its sources", () => {
  // As ONNX Runtime 1.30 says it on a machine without an adapter.
  const message =
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n\n';
  expect(plainReason(message)).toBe('Failed to get a WebGPU adapter: No supported adapters');
  expect(plainReason('Failed to load\n  shared library.')).toBe('Failed to load shared library');
});

it('a missing device is a mistake that says what to install and what to do without', () => {
  const { name, message } = missingDevice('cuda', 'no library');
  expect(name).toBe('UserError');
  expect(message).toMatch(/'cuda'.*\(no library\).*npm rebuild onnxruntime-node.*leave 'device' out/);
});

it('float32 products on CUDA keep all their bits', () => {
  const environment: NodeJS.ProcessEnv = {};
  prepareDevice('cpu', environment);
  expect(environment).toEqual({});
  prepareDevice('cuda', environment);
  expect(environment).toEqual({ NVIDIA_TF32_OVERRIDE: '0' });
});
