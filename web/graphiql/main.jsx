// Stockroom's GraphiQL: the editor, the examples at its side, and this server behind it.

import "graphiql/style.css";
import "./main.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { examples, examplesPlugin } from "./examples.jsx";
import { fetcher } from "./fetcher.js";
import { headers } from "./settings.js";

const plugins = [examplesPlugin];

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    visiblePlugin={examplesPlugin}
    defaultTabs={examples}
    defaultHeaders={headers}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>
      <a className="logo" href="board" title="The stock board">
        Stockroom
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
