/** Numbers as people copy them from dialogs and logs. */

const MAX = 0xffff_ffff;

/**
 * The number that a text writes: `0x904`, `2308`, `c000006d`, `0002000c` (eight digits that begin with
 * 0 are hexadecimal, as FreeRDP prints them), or negative as .NET prints an NTSTATUS
 * (`-1073741715`); null for a word.
 */
export const numberOf = (text: string): number | null => {
  const written = text.trim();
  if (/^0x[0-9a-f]{1,8}$/i.test(written)) return Number(written);
  if (/^0[0-9a-f]{7}$/i.test(written)) return Number(`0x${written}`);
  if (/^[0-9]{1,10}$/.test(written)) return bounded(Number(written));
  if (/^(?=.*[0-9])[0-9a-f]{8}$/i.test(written)) return Number(`0x${written}`);
  if (/^-[0-9]{1,10}$/.test(written)) return bounded(Number(written) + MAX + 1);
  return null;
};

const bounded = (value: number): number | null => (value >= 0 && value <= MAX ? value : null);
