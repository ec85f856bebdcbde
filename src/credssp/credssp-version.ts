/** What the version in a server's TSRequest says about the patch for CVE-2018-0886 (CredSSP encryption oracle). */

/** How far a reading can be trusted: by the specification, or by what is generally known. */
type CredsspConfidence = "documented" | "assumed";

export interface CredsspPatchLevel {
  readonly version: number;
  /** `patched`: not open to CVE-2018-0886. */
  readonly state: "unpatched" | "patched";
  readonly reading: string;
  readonly confidence: CredsspConfidence;
}

/**
 * [MS-CSSP] 2.2.1 with its notes 10 and 25. A client with the policy "Force Updated Clients" or "Mitigated"
 * refuses every server below version 5.
 */
export const CREDSSP_PATCH_LEVELS: readonly CredsspPatchLevel[] = [
  {
    version: 2,
    state: "unpatched",
    reading: "as Windows XP SP3 to Server 2012 were shipped, or a third party",
    confidence: "documented",
  },
  {
    version: 3,
    state: "unpatched",
    reading: "Windows 8.1 or Server 2012 R2 up to Windows 10 1709 without the update of March 2018",
    confidence: "assumed",
  },
  {
    version: 4,
    state: "unpatched",
    reading: "Windows 8.1 or Server 2012 R2 up to Windows 10 1709 without the update of March 2018",
    confidence: "assumed",
  },
  {
    version: 5,
    state: "patched",
    reading: "Windows 10 1803, or an update of March or April 2018",
    confidence: "documented",
  },
  { version: 6, state: "patched", reading: "an update of May 2018 or later", confidence: "assumed" },
];

/** The reading of a version; one above 6 is read as 6, one below 2 says nothing. */
export const credsspPatchLevel = (version: number): CredsspPatchLevel | null => {
  const known = Math.min(version, 6);
  return CREDSSP_PATCH_LEVELS.find((level) => level.version === known) ?? null;
};
