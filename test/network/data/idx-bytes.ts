/** The bytes of an IDX file of unsigned bytes, as the format's page lays them out. */
export function idxBytes(shape: readonly number[], data: readonly number[], elementType = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt8(elementType, 2);
  header.writeUInt8(shape.length, 3);
  for (const [axis, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * axis);
  return Buffer.concat([header, Uint8Array.from(data)]);
}
