/** What postject's README documents of its interface; it brings no types. */
declare module "postject" {
  export interface InjectOptions {
    readonly sentinelFuse: string;
    readonly machoSegmentName: string;
  }
  export const inject: (
    filename: string,
    resourceName: string,
    resource: Buffer,
    options: InjectOptions,
  ) => Promise<void>;
}
