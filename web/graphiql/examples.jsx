// The list of examples at the side: each opens in a tab of its own.

import { useEditorContext } from "@graphiql/react";

import operations from "stockroom:operations";

import { headers, isDemo } from "./settings.js";

export const examples = operations.map(({ file, query, variables }) => {
  const comment = query.split("\n").filter((line) => line.startsWith("#"));
  return { file, query, variables, headers, title: comment[0].replace(/^#\s*/, "") };
});

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01" strokeLinecap="round" />
    </svg>
  );
}

function Examples() {
  const { tabs, changeTab, addTab, queryEditor, variableEditor, headerEditor } = useEditorContext({
    nonNull: true,
  });
  const open = (example) => {
    const there = tabs.findIndex((tab) => tab.query === example.query);
    if (there >= 0) return changeTab(there);
    addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(example.variables);
    headerEditor?.setValue(example.headers);
  };
  return (
    <nav className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <p>
        Each can be run as it is, in any order, and again. <code>{"{{…}}"}</code> in the variables
        stands for what is new at every run, or comes from an earlier step of the same document.
      </p>
      <ul>
        {examples.map((example) => (
          <li key={example.file}>
            <button type="button" onClick={() => open(example)}>
              {example.title}
            </button>
          </li>
        ))}
      </ul>
      {isDemo ? (
        <p>
          The <a href="board">stock board</a> shows what they do to stock, live.
        </p>
      ) : (
        <p>
          They name customers and products of the demo (<code>stockroom demo</code>): write yours
          into the variables. Those that begin with <code>mutation</code> change what is stored.
        </p>
      )}
    </nav>
  );
}

export const examplesPlugin = { title: "Examples", icon: Icon, content: Examples };
