/** Networks of addresses as people write them. */
import { expect, test } from "vitest";
import { subnetOf } from "../../../src/page/subnets.ts";

test.each([
  ["10.0.3.77", "10.0.3.0/24"],
  ["192.168.100.1", "192.168.100.0/24"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::7", "2001:db8::/64"],
  ["2001:0db8:0000:0001::7", "2001:db8:0:1::/64"],
  ["fe80::1%eth0", "fe80::/64"],
  ["::1", "0::/64"],
  [null, "without an address"],
])("%s is in %s", (address, subnet) => {
  expect(subnetOf(address)).toBe(subnet);
});
