// Stockroom's GraphiQL: the editor, the examples at its side, and this server behind it.

import "graphiql/style.css";
import "./main.css";

import { DOC_EXPLORER_PLUGIN, DocExplorerContextProvider } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN, HistoryContextProvider } from "@graphiql/plugin-history";
import { useEditorContext } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface, GraphiQLProvider } from "graphiql";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

import { examples, examplesPlugin } from "./examples.jsx";
import { fetcher } from "./fetcher.js";
import { headers, isDemo } from "./settings.js";

const plugins = [examplesPlugin, DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];
const isWide = window.matchMedia("(min-width: 64rem)").matches;

// Where the data is real, nothing that changes it lies open to be run by a slip.
const tabs = isDemo ? examples : examples.slice(0, 1);

// The parts of <GraphiQL>, put together here: its panes look once, when they are made, whether a
// plugin is shown, and it makes them before it knows.
function Page() {
  const [knowsPlugins, setKnowsPlugins] = useState(false);
  useEffect(() => setKnowsPlugins(true), []);
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      plugins={plugins}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      visiblePlugin={isWide ? examplesPlugin : null}
      defaultTabs={tabs}
      defaultHeaders={headers}
    >
      <HistoryContextProvider>
        <DocExplorerContextProvider>
          {knowsPlugins && <Interface />}
        </DocExplorerContextProvider>
      </HistoryContextProvider>
    </GraphiQLProvider>
  );
}

function Interface() {
  const { queryEditor } = useEditorContext({ nonNull: true });
  useEffect(() => queryEditor?.setOption("lineWrapping", true), [queryEditor]);
  return (
    <GraphiQLInterface defaultEditorToolsVisibility="variables">
      <GraphiQL.Logo>
        {isDemo ? (
          <a className="logo" href="board">
            Stock board
          </a>
        ) : (
          <span className="logo">Stockroom</span>
        )}
      </GraphiQL.Logo>
    </GraphiQLInterface>
  );
}

createRoot(document.getElementById("graphiql")).render(<Page />);
