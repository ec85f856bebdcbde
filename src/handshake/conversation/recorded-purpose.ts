/** The purposes of a probe's connections by their names, as a recording has them. */
import { LAYER_PURPOSES, type LayerPurpose } from "../plan/layer-questions.ts";
import { isSizePurpose, type SizePurpose } from "../plan/path-size-plan.ts";
import type { Purpose } from "../plan/probe-plan.ts";

const NAMED: Readonly<Record<Exclude<Purpose, LayerPurpose | SizePurpose>, true>> = {
  "offer-all": true,
  spnego: true,
  "ssl-only": true,
  "direct-tls": true,
  again: true,
  everything: true,
  "everything-else": true,
  signatures: true,
  "tls12-alone": true,
  small: true,
  split: true,
  "tls10-alone": true,
  "short-answer": true,
  "without-name": true,
};

/** Whether a name is that of a purpose. */
export const isPurpose = (name: string): name is Purpose =>
  Object.hasOwn(NAMED, name) || isSizePurpose(name) || LAYER_PURPOSES.some((purpose) => purpose === name);
