// Placeholders in variables, so that the examples can be run as they are, in any order and again:
//
//   {{unique}}                       new at every run, such as for an idempotency key
//   {{Sell.salesOrderPlace.….id}}    from the answer of the operation Sell of the same document,
//                                    which is run first
//
// A program of yours keeps the id from the earlier answer instead.

const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g;

/** The variables that `operation` declares, without placeholders. */
export async function fill({ query, document, variables }, operation, send) {
  const unique = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  const answers = new Map();

  const variablesOf = async (operation) => {
    const filled = {};
    for (const { variable } of operation.variableDefinitions ?? []) {
      const name = variable.name.value;
      if (variables && name in variables) filled[name] = await walk(variables[name]);
    }
    return filled;
  };

  const walk = async (value) => {
    if (typeof value === "string") return replace(value);
    if (Array.isArray(value)) return Promise.all(value.map(walk));
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).map(async ([key, inner]) => [key, await walk(inner)]);
    return Object.fromEntries(await Promise.all(members));
  };

  const replace = async (text) => {
    let filled = "";
    let end = 0;
    for (const found of text.matchAll(PLACEHOLDER)) {
      filled += text.slice(end, found.index) + (await look(found[1]));
      end = found.index + found[0].length;
    }
    return filled + text.slice(end);
  };

  const look = async (path) => {
    if (path === "unique") return unique;
    const [name, ...steps] = path.split(".");
    if (!answers.has(name)) answers.set(name, run(name));
    const answer = await answers.get(name);
    const value = steps.reduce((inner, step) => inner?.[step], answer.data);
    if (value === undefined || value === null) {
      throw new Error(`{{${path}}} is not in the answer: ${JSON.stringify(answer, null, 2)}`);
    }
    return value;
  };

  const run = async (name) => {
    const earlier = document.definitions.find((definition) => definition.name?.value === name);
    if (!earlier) throw new Error(`There is no operation ${name} in this document.`);
    return send({ query, operationName: name, variables: await variablesOf(earlier) });
  };

  // While somebody types there may be no operation yet: the server says what is wrong.
  return operation ? variablesOf(operation) : variables;
}
