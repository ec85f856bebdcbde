/** A parser of PowerShell that is somebody else's: tree-sitter's grammar, as Visual Studio Code has it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Language, type Node, Parser } from "@vscode/tree-sitter-wasm";

/** A command and the parameters that it is called with. */
interface Call {
  readonly name: string;
  readonly parameters: readonly string[];
}

export interface Parsed {
  /** The parser's own words for what it does not understand; empty where it understands all. */
  readonly faults: readonly string[];
  readonly calls: readonly Call[];
}

const FOLDER = dirname(createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm"));

/** A function that parses one line. */
export const powershellParser = async (): Promise<(command: string) => Parsed> => {
  await Parser.init({ locateFile: () => join(FOLDER, "tree-sitter.wasm") });
  const parser = new Parser();
  parser.setLanguage(await Language.load(join(FOLDER, "tree-sitter-powershell.wasm")));
  return (command) => {
    const tree = parser.parse(withQuotedLists(command));
    if (tree === null) throw new Error(`not parsed: ${command}`);
    return { faults: faultsIn(tree.rootNode), calls: callsIn(tree.rootNode) };
  };
};

/** The grammar knows no lists of bare words; in an argument a quoted word is the same. */
const withQuotedLists = (command: string): string =>
  command
    .split(/('[^']*'|"[^"]*")/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(/(?<= )[A-Za-z][\w:\\]*(?=, )|(?<=, )[A-Za-z][\w:\\]*/g, (word) => `'${word}'`),
    )
    .join("");

const nodesOf = (node: Node): readonly Node[] => [
  node,
  ...node.children.flatMap((child) => (child === null ? [] : nodesOf(child))),
];

const faultsIn = (root: Node): readonly string[] =>
  nodesOf(root).flatMap((node) => (node.isError || node.isMissing ? [`${node.type}: ${node.text}`] : []));

const callsIn = (root: Node): readonly Call[] =>
  nodesOf(root)
    .filter(({ type }) => type === "command")
    .flatMap((node) => {
      const name = node.childForFieldName("command_name")?.text;
      const elements = node.childForFieldName("command_elements");
      const parameters = (elements?.children ?? []).flatMap((child) =>
        child?.type === "command_parameter" ? [child.text] : [],
      );
      return name === undefined ? [] : [{ name, parameters }];
    });
