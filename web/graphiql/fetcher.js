// How GraphiQL speaks with the server: queries and mutations by POST, subscriptions over a
// WebSocket (graphql-transport-ws) at the same address.

import { createClient } from "graphql-ws";
import { getOperationAST, parse } from "graphql";

import { fill } from "./fill.js";
import { endpoint } from "./settings.js";

/** GraphiQL calls this with the document, and with what is in the editor of headers. */
export async function fetcher({ query, operationName, variables }, { headers = {} } = {}) {
  const send = (request) => post(request, headers);
  const document = parse(query);
  // Right after a change of tabs GraphiQL still names the operation of the tab before.
  const operation = getOperationAST(document, operationName) ?? getOperationAST(document);
  const request = {
    query,
    operationName: operation?.name?.value ?? operationName,
    variables: await fill({ query, document, variables }, operation, send),
  };
  return operation?.operation === "subscription" ? subscribe(request, headers) : send(request);
}

async function post(request, headers) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json",
      "Content-Type": "application/json",
      ...present(headers),
    },
    body: JSON.stringify(request),
  });
  // An answer that is no JSON comes from something between here and the server.
  return response.json().catch(() => {
    throw new Error(`The server answered with status ${response.status}, and not in JSON.`);
  });
}

/** An observable; a browser's WebSocket has no headers, so they go into `connection_init`. */
function subscribe(request, headers) {
  return {
    subscribe(sink) {
      const client = createClient({
        url: endpoint.href.replace(/^http/, "ws"),
        connectionParams: present(headers),
        retryAttempts: 0,
      });
      const stop = client.subscribe(request, {
        next: (answer) => sink.next(answer),
        error: (error) => sink.error(readable(error)),
        complete: () => sink.complete(),
      });
      return {
        unsubscribe() {
          stop();
          client.dispose();
        },
      };
    },
  };
}

/** Leaves out the prefilled "Bearer " behind which nobody has put a token. */
function present(headers) {
  return Object.fromEntries(
    Object.entries(headers).filter(([, value]) => !/^Bearer\s*$/.test(value)),
  );
}

function readable(error) {
  const { code, reason } = error;
  const message = `The connection was closed: ${code} ${reason}`.trim();
  return error instanceof CloseEvent ? [{ message }] : error;
}
