// Reads the options of all public calls from the types in build, whose comments are whole. The project's own TypeScript is native and has
// no JavaScript API: API Extractor brings one that has.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const ts = require(require.resolve('typescript', { paths: [require.resolve('@microsoft/api-extractor/package.json')] }));

/** Names of parameters that hold options. */
const PARAMETERS = new Set(['options', 'given', 'parts']);
/** Options that are objects of options themselves. */
const NESTED = ['Limits', 'RetryOptions'];
/** Exported, but not called for its options: an error is not made by users. */
const NOT_CALLED = new Set(['CheckpointError', 'KuraCheckpointManager', 'DirectoryCheckpointManager']);

/** Interfaces of what a call resolves with, whose methods are called: by the names that they have on the pages. */
const CALLED = { SqlDatabase: 'db' };

/** The calls of some entries, in the order of their names, each with the name of its options, and the types of options, each once. */
export function readCalls(paths) {
  const program = ts.createProgram(paths, { target: ts.ScriptTarget.ES2022, strict: true, skipLibCheck: true, types: ['node'] });
  const checker = program.getTypeChecker();
  const reader = new Reader(checker);
  // Functions come before classes.
  const order = (name) => (/^[a-z]/.test(name) ? '0' : '1') + name;
  for (const path of paths) {
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)));
    const symbols = exported.map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
    symbols.sort((a, b) => (order(a.name) < order(b.name) ? -1 : 1));
    for (const symbol of symbols) reader.addExport(symbol);
    for (const name of NESTED) {
      const symbol = symbols.find((each) => each.name === name);
      if (symbol !== undefined) reader.addNested(symbol);
    }
  }
  return { calls: reader.calls, sections: reader.sections };
}

class Reader {
  calls = [];
  sections = [];
  #checker;

  constructor(checker) {
    this.#checker = checker;
  }

  addExport(symbol) {
    if (NOT_CALLED.has(symbol.name)) return;
    const [declaration] = symbol.declarations ?? [];
    if (ts.isFunctionDeclaration(declaration)) this.#addCall(symbol.name, symbol.declarations);
    if (ts.isClassDeclaration(declaration)) this.#addClass(symbol, declaration);
    if (symbol.name in CALLED) this.#addMethods(symbol, CALLED[symbol.name]);
  }

  addNested(symbol) {
    this.#addSection(symbol.name, this.#checker.getDeclaredTypeOfSymbol(symbol), symbol);
  }

  #addClass(symbol, declaration) {
    const { name } = symbol;
    const constructors = declaration.members.filter((member) => ts.isConstructorDeclaration(member));
    this.#addCall(`new ${name}`, constructors);
    for (const member of declaration.members.filter(isStatic)) this.#addCall(`${name}.${member.name.text}`, [member]);
    this.#addMethods(symbol, shortName(name));
  }

  #addMethods(symbol, name) {
    const instance = this.#checker.getDeclaredTypeOfSymbol(symbol);
    for (const property of this.#checker.getPropertiesOfType(instance)) {
      const declarations = (property.declarations ?? []).filter((one) => ts.isMethodDeclaration(one) || ts.isMethodSignature(one));
      this.#addCall(`${name}.${property.name}`, declarations);
    }
  }

  /** The overload that takes any rows says the options in full: it is the last. */
  #addCall(call, declarations) {
    const parameters = declarations.flatMap((one) => one.parameters.filter(({ name }) => PARAMETERS.has(name.text)));
    const parameter = parameters.at(-1);
    if (parameter === undefined) return;
    const node = inferred(parameter.type);
    const type = this.#checker.getNonNullableType(this.#checker.getTypeFromTypeNode(node));
    const options = nameOf(node, call);
    this.calls.push({ call, options });
    if (!this.sections.some(({ name }) => name === options)) this.#addSection(options, type, type.aliasSymbol ?? type.symbol);
  }

  #addSection(name, type, symbol) {
    const about = name.includes(' ') ? '' : textOf(symbol?.getDocumentationComment(this.#checker));
    const properties = this.#checker.getPropertiesOfType(type).filter(({ declarations }) => declarations !== undefined);
    this.sections.push({ name, about, options: properties.map((property) => this.#option(property)) });
  }

  #option(symbol) {
    const [declaration] = symbol.declarations;
    const tag = (name) => textOf(symbol.getJsDocTags(this.#checker).find((one) => one.name === name)?.text);
    return {
      name: symbol.name,
      from: declaration.parent.name?.text ?? '',
      type: this.#typeText(declaration),
      isRequired: declaration.questionToken === undefined,
      byDefault: tag('default'),
      unit: tag('unit'),
      text: textOf(symbol.getDocumentationComment(this.#checker)),
    };
  }

  /** The type as it is written, or the texts that it may be. */
  #typeText(declaration) {
    const type = this.#checker.getNonNullableType(this.#checker.getTypeAtLocation(declaration));
    const parts = type.isUnion() ? type.types : [type];
    if (parts.every((part) => part.isStringLiteral())) return parts.map((part) => `\`'${part.value}'\``).join(', ');
    return `\`${declaration.type.getText().replaceAll(/\s+/g, ' ')}\``;
  }
}

/** `ReadOptions`, of `ReadOptions`, `MapOptions<In>` and `ReadOptions & { schema: S }`; of a type without a name that of its call. */
function nameOf(node, call) {
  const first = ts.isIntersectionTypeNode(node) ? node.types[0] : node;
  const name = ts.isTypeReferenceNode(first) ? first.typeName.getText() : '';
  return ['', 'Omit', 'Pick'].includes(name) ? `Options of ${call}` : name;
}

/** `LoadOptions<T>`, of `NoInfer<LoadOptions<T>>` too. */
const inferred = (node) => (ts.isTypeReferenceNode(node) && node.typeName.getText() === 'NoInfer' ? node.typeArguments[0] : node);
const isStatic = (node) => ts.isMethodDeclaration(node) && (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0;

/** The class of a manager; `reader` and `writer` for open files. */
function shortName(name) {
  if (name.endsWith('Manager')) return name;
  return name.replace('Checkpoint', '').toLowerCase();
}

/** A comment as one line of Markdown: links become code. */
function textOf(parts) {
  const words = (parts ?? []).map(({ kind, text }) => {
    if (kind === 'link') return '';
    return kind === 'linkName' || kind === 'linkText' ? `\`${text.trim()}\`` : text;
  });
  return words.join('').replaceAll(/\s+/g, ' ').trim();
}
