/** The beginnings and the limits of TLS that many scenarios share. */
import { choose } from "./answers.ts";
import { answer } from "./steps.ts";

/** Also what OpenSSL holds for broken: TLS 1.0, RSA-1024, SHA-1, MD5. */
export const WEAK = { ciphers: "DEFAULT:@SECLEVEL=0" } as const;
export const TLS_1_2 = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
/** TLS 1.0 to 1.2, as Windows has it before Windows 11 and Server 2022. */
export const BEFORE_TLS_1_3 = { ...WEAK, minVersion: "TLSv1", maxVersion: "TLSv1.2" } as const;

export const tlsOnly = answer(choose({ nla: "unsupported" }));
export const nlaOptional = answer(choose({ nla: "optional" }));
export const nlaRequired = answer(choose({ nla: "required" }));
