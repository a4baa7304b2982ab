/** Whether there is a GPU that this browser may use. */

/** What is used of WebGPU to find out whether it is there. */
interface GpuNavigator {
  readonly gpu?: { requestAdapter(): Promise<object | null> };
}

/** Whether this browser can compute on a GPU. */
export async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as GpuNavigator;
  return gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null;
}
