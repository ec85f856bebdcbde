/** A mail server that keeps what it is sent (RFC 5321, as much of it as Alertmanager speaks). */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface MailServer {
  readonly port: number;
  /** Subject and text of each mail, decoded. */
  mails(): readonly string[];
  close(): void;
}

const END_OF_DATA = "\r\n.\r\n";

export const startMailServer = async (): Promise<MailServer> => {
  const mails: string[] = [];
  const server = createServer((socket) => receive(socket, (mail) => mails.push(mail)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails: () => mails,
    close: () => void server.close(),
  };
};

const receive = (socket: Socket, keep: (mail: string) => void): void => {
  let text = "";
  let isData = false;
  const say = (line: string): boolean => socket.write(`${line}\r\n`);
  socket.setEncoding("utf8").on("error", () => socket.destroy());
  say("220 test");
  socket.on("data", (piece: string) => {
    text += piece;
    for (;;) {
      const end = text.indexOf(isData ? END_OF_DATA : "\r\n");
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + (isData ? END_OF_DATA.length : 2));
      if (isData) {
        keep(readable(part));
        isData = false;
        say("250 kept");
      } else {
        const verb = part.slice(0, 4).toUpperCase();
        isData = verb === "DATA";
        say(isData ? "354 go on" : verb === "QUIT" ? "221 bye" : "250 ok");
        if (verb === "QUIT") socket.end();
      }
    }
  });
};

/** The Subject, an empty line, and the text part (RFC 2045 6.7, RFC 2047). */
const readable = (mail: string): string => {
  const subject = /^Subject: ((?:.*)(?:\r\n[ \t].*)*)/m.exec(mail)?.[1] ?? "";
  const text = mail
    .slice(mail.search(/^Content-Type: text\/plain/m))
    .split("\r\n\r\n")
    .slice(1)
    .join("\n\n");
  const part = (text.split(/^--/m)[0] ?? "").replaceAll("\r\n", "\n");
  return `Subject: ${decodedWords(subject)}\n\n${quotedPrintable(part)}\n`;
};

const decodedWords = (subject: string): string =>
  subject
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?q\?(.*?)\?=/gi, (_, word: string) => quotedPrintable(word.replaceAll("_", " ")))
    .replace(/\r\n[ \t]/g, " ");

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\n/g, "")
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
