/** Something that this machine lacks (descriptors, ports, memory): no verdict on the peer. */
export class LocalResourceError extends Error {
  override readonly name = "LocalResourceError";
}
