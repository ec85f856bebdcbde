/** Characters that a terminal, an editor or a reader of lines acts on; line ends are the writer's own. */
export const UNSAFE = /(?![\r\n])[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029]/u;
