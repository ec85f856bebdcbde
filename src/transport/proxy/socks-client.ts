/** The library's client, in a module of its own so that it is loaded only where a proxy is used. */
export { SocksClient } from "socks";
