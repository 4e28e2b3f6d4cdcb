// What the server tells the page, in the element #stockroom: {"token": "…", "demo": true}.
// A server that is no demo leaves it empty: the token is then typed into the headers.

const told = JSON.parse(document.getElementById("stockroom").textContent);

export const token = typeof told.token === "string" ? told.token : "";

/** Whether the data is that of the demo, which the examples are written for. */
export const isDemo = told.demo === true;

/** Beside the page, so that it works below a path prefix as well. */
export const endpoint = new URL("graphql", window.location.href);

/** What the editor of headers begins with. */
export const headers = JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
