// The stock board: what is in stock, as it changes. It uses nothing but the public API, no
// framework and no build, and is meant to be read:
//
//   1. ask()    one query or mutation, by fetch
//   2. load()   a list, page by page
//   3. watch()  a subscription over a WebSocket, which resumes where it was after a break
//   4. the rest draws what they bring; texts from the server only ever become textContent

// ---------------------------------------------------------------- The API

// A demo server writes {"token": "…", "demo": true} into the page; others leave it empty.
const settings = JSON.parse(document.getElementById("stockroom").textContent);
const endpoint = new URL("graphql", location.href);
let token = settings.token ?? "";

const LEVEL = `fragment Level on StockLevel {
  available onHand isLow version
  variant { sku name product { name } }
  warehouse { code }
}`;

const WAREHOUSES = `query Warehouses {
  warehouses(first: 250, filter: { status: { eq: ACTIVE } }) { nodes { code name } }
}`;

const LEVELS = `query Levels($after: String) {
  stockLevels(first: 250, after: $after) {
    nodes { ...Level }
    pageInfo { hasNextPage endCursor }
  }
} ${LEVEL}`;

const CHANGES = `subscription Changes($snapshot: Boolean!, $after: String) {
  stockLevelChanged(snapshot: $snapshot, after: $after) {
    cursor
    change { sellable }
    stockLevel { ...Level }
    cause {
      __typename
      ... on SalesOrder { number status customer { name } }
      ... on Fulfilment { number }
      ... on GoodsReceipt { number }
      ... on PurchaseOrder { number }
      ... on StockTransfer { number }
      ... on StockAdjustment { number }
      ... on CustomerReturn { number }
    }
  }
} ${LEVEL}`;

const SELL = `mutation Sell($input: SalesOrderPlaceInput!) {
  salesOrderPlace(input: $input) {
    salesOrder { number gross { amount currency } customer { name } }
    errors { message }
  }
}`;

/** Runs a query or a mutation; its data. Throws with what the server says. */
async function ask(query, variables = {}) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json",
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) {
    const error = new Error(errors.map(({ message }) => message).join(" "));
    throw Object.assign(error, { status: response.status });
  }
  return data;
}

/** Gives every level to `take`, a page at a time, for a first picture. */
async function load(take) {
  let after = null;
  do {
    const { nodes, pageInfo } = (await ask(LEVELS, { after })).stockLevels;
    nodes.forEach(take);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
}

// ---------------------------------------------------------------- The subscription

const FIRST_PAUSE = 500; // milliseconds before connecting again; doubled each time …
const LONGEST_PAUSE = 15_000; // … up to this
const PING_EVERY = 20_000; // a connection can be dead without either side being told
const NO_USE = new Set([4400, 4401, 4403, 4406]); // refused; the same again would be too

/**
 * Tells `changed` of every change, through any number of connections, by the protocol
 * graphql-transport-ws. First comes a snapshot of everything, which also tells what happened since
 * it was loaded, then each change with a cursor. After a break the subscription goes on behind the
 * last cursor, so nothing is missed. When that is too old, it is `restarted` with a snapshot.
 */
function watch({ changed, restarted, state }) {
  let cursor = null;
  let attempts = 0;

  function connect() {
    const socket = new WebSocket(endpoint.href.replace(/^http/, "ws"), "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    let hasAnswered = true;
    let refusal = null;
    const ping = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (!hasAnswered) return ended({ code: 1006 });
      hasAnswered = false;
      send({ type: "ping" });
    }, PING_EVERY);

    function subscribe() {
      const variables = { snapshot: cursor === null, after: cursor };
      send({ id: "levels", type: "subscribe", payload: { query: CHANGES, variables } });
    }

    function take(event) {
      attempts = 0;
      // Of a snapshot only the last item has a cursor: were the connection lost within it, there
      // would be none to go on from, and the next one begins with a snapshot again.
      if (event.cursor) cursor = event.cursor;
      changed(event);
    }

    function ended({ code, reason }) {
      clearInterval(ping);
      socket.onclose = null;
      socket.close();
      if (refusal ?? NO_USE.has(code)) return state("refused", refusal ?? reason);
      const pause = Math.min(FIRST_PAUSE * 2 ** attempts++, LONGEST_PAUSE);
      // Not all boards at once when the server comes back.
      const wait = pause * (0.5 + Math.random() / 2);
      state("waiting", `Connecting again in ${Math.ceil(wait / 1000)} s`);
      const again = () => {
        clearTimeout(timer);
        removeEventListener("online", again);
        state("connecting", "Connecting …");
        connect();
      };
      const timer = setTimeout(again, wait);
      addEventListener("online", again);
    }

    socket.onopen = () =>
      send({ type: "connection_init", payload: { Authorization: `Bearer ${token}` } });
    socket.onclose = ended;
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data);
      hasAnswered = true;
      if (type === "connection_ack") {
        subscribe();
        state("live", "Live");
      } else if (type === "next" && payload.data) {
        take(payload.data.stockLevelChanged);
      } else if (type === "ping") {
        send({ type: "pong" });
      } else if (type === "error" && cursor !== null) {
        cursor = null; // too old, or of another database: begin with a snapshot
        restarted();
        subscribe();
      } else if (type === "error") {
        refusal = payload.map(({ message }) => message).join(" ");
        socket.close();
      } else if (type === "complete" || type === "next") {
        socket.close();
      }
    };
  }
  connect();
}

// ---------------------------------------------------------------- The board

const at = (id) => document.getElementById(id);
const filters = at("filters").elements;
const prefersCalm = matchMedia("(prefers-reduced-motion: reduce)");

let warehouses = [];
const levels = new Map(); // "SKU warehouse" → the newest level told
const rows = new Map(); // SKU → { element, name, sku, text, cells }
const waiting = new Set(); // which of the levels are not drawn yet
let changes = 0;
let isUnsorted = false;

/** Empties the board: a snapshot follows. */
function clear() {
  levels.clear();
  rows.clear();
  waiting.clear();
  at("rows").replaceChildren();
  at("skus").replaceChildren();
}

/** Takes note of a level, and draws it with all others of this frame. */
function note(level) {
  const key = `${level.variant.sku} ${level.warehouse.code}`;
  const before = levels.get(key);
  // What was loaded, the snapshot and the changes overlap: the version says which is newer.
  if (before && before.version >= level.version) return;
  levels.set(key, level);
  if (waiting.size === 0) requestAnimationFrame(draw);
  waiting.add(key);
}

/** Takes note of an event of the subscription. */
function noteEvent({ stockLevel, change, cause }) {
  const before = levels.get(`${stockLevel.variant.sku} ${stockLevel.warehouse.code}`);
  note(stockLevel);
  if (!change) return;
  changes += 1;
  tell(stockLevel, cause, Number(stockLevel.available) - Number(before?.available ?? 0));
}

function draw() {
  for (const key of waiting) {
    const level = levels.get(key);
    const row = rows.get(level.variant.sku) ?? addRow(level.variant);
    const cell = row.cells.get(level.warehouse.code) ?? addCell(row, level.warehouse.code);
    drawLevel(cell, level);
  }
  waiting.clear();
  if (isUnsorted) sort();
  filter();
}

function addRow({ sku, name, product }) {
  const element = at("row").content.firstElementChild.cloneNode(true);
  const title = name && name !== product.name ? `${product.name} – ${name}` : product.name;
  element.querySelector(".name").textContent = title;
  element.querySelector(".sku").textContent = sku;
  element.dataset.sku = sku;
  const row = { element, name: product.name, sku, text: `${title} ${sku}`.toLowerCase() };
  row.cells = new Map();
  rows.set(sku, row);
  for (const { code } of warehouses) addCell(row, code);
  at("skus").append(new Option(title, sku));
  isUnsorted = true;
  return row;
}

function addCell(row, code) {
  const element = at("cell").content.firstElementChild.cloneNode(true);
  element.querySelector(".place").textContent = code;
  element.querySelector(".available").textContent = "–";
  element.dataset.warehouse = code;
  const cell = { element, level: null };
  row.cells.set(code, cell);
  row.element.append(element);
  return cell;
}

/** Shows a level in its cell. Quantities are decimals in strings: exact, and shown as they are. */
function drawLevel(cell, level) {
  const { element, level: before } = cell;
  cell.level = level;
  element.querySelector(".available").textContent = level.available;
  element.querySelector(".on-hand").textContent = `${level.onHand} on hand`;
  element.dataset.known = "";
  const share = Number(level.onHand) > 0 ? Number(level.available) / Number(level.onHand) : 0;
  element.style.setProperty("--share", Math.max(0, Math.min(1, share)));
  if (before === null) return;
  const difference = Number(level.available) - Number(before.available);
  flash(element, difference);
}

function flash(element, difference) {
  const delta = element.querySelector(".delta");
  delta.textContent = signed(difference);
  element.dataset.moved = difference < 0 ? "down" : difference > 0 ? "up" : "other";
  element.dataset.changes = Number(element.dataset.changes ?? 0) + 1;
  if (prefersCalm.matches) return;
  const color = getComputedStyle(element).getPropertyValue("--moved");
  element.animate({ backgroundColor: [color, color, "transparent"] }, { duration: 1800 });
  delta.animate({ opacity: [1, 1, 0] }, { duration: 4000, fill: "forwards" });
}

const signed = (number) =>
  number === 0 ? "" : `${number > 0 ? "+" : "−"}${Number(Math.abs(number).toFixed(6))}`;

function sort() {
  isUnsorted = false;
  const order = new Intl.Collator(undefined, { numeric: true });
  const sorted = [...rows.values()].sort(
    (a, b) => order.compare(a.name, b.name) || order.compare(a.sku, b.sku),
  );
  at("rows").append(...sorted.map(({ element }) => element));
}

/** Shows what the search, the warehouse and "only low" leave, marks what is low, and counts. */
function filter() {
  const words = filters.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = filters.warehouse.value;
  const threshold = Number(filters.threshold.value);
  let shown = 0;
  let low = 0;
  for (const row of rows.values()) {
    let lowHere = 0;
    for (const [code, { element, level }] of row.cells) {
      element.hidden = chosen !== "" && code !== chosen;
      const isLow = level !== null && (level.isLow || Number(level.available) <= threshold);
      const mark = !isLow ? "" : Number(level.available) <= 0 ? "out" : "low";
      if (element.dataset.mark !== mark) {
        element.dataset.mark = mark;
        element.querySelector(".mark").textContent = mark;
      }
      if (isLow && !element.hidden) lowHere += 1;
    }
    const fits = words.every((word) => row.text.includes(word));
    const isShown = fits && (lowHere > 0 || !filters.onlyLow.checked);
    row.element.hidden = !isShown;
    if (isShown) shown += 1;
    if (isShown) low += lowHere;
  }
  for (const head of at("warehouses").querySelectorAll("[data-warehouse]")) {
    head.hidden = chosen !== "" && head.dataset.warehouse !== chosen;
  }
  at("shown").textContent = shown;
  at("low").textContent = low;
  at("changes").textContent = changes;
  at("nothing").hidden = shown > 0 || rows.size === 0;
  speak(`${shown} products shown, ${low} low, ${changes} changes.`);
}

/** Tells those who listen, but not each of a hundred changes. */
let spoken = { text: "", timer: null };
function speak(text) {
  spoken.text = text;
  spoken.timer ??= setTimeout(() => {
    if (at("spoken").textContent !== spoken.text) at("spoken").textContent = spoken.text;
    spoken.timer = null;
  }, 10_000);
}

// ---------------------------------------------------------------- Latest changes

const CAUSES = {
  SalesOrder: "order",
  Fulfilment: "shipment",
  GoodsReceipt: "goods receipt",
  PurchaseOrder: "purchase order",
  StockTransfer: "transfer",
  StockAdjustment: "adjustment",
  StockHold: "hold",
  CustomerReturn: "return",
};

/** Puts a change at the top of the list; it keeps the last twelve. */
function tell({ variant, warehouse, available }, cause, difference) {
  const line = document.createElement("li");
  const add = (name, text) => {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = text;
    line.append(part, " ");
  };
  add("delta", signed(difference) || "±0");
  add("sku", variant.sku);
  add("quiet", `${warehouse.code}, ${available} left`);
  const document_ = cause ? `${CAUSES[cause.__typename] ?? "document"} ${cause.number ?? ""}` : "";
  add("cause", [document_, cause?.customer?.name].filter(Boolean).join(", "));
  line.dataset.moved = difference < 0 ? "down" : difference > 0 ? "up" : "other";
  const feed = at("feed");
  if (changes === 1) feed.replaceChildren();
  feed.prepend(line);
  while (feed.children.length > 12) feed.lastElementChild.remove();
}

// ---------------------------------------------------------------- Selling (in the demo)

const CUSTOMER = { code: "CAFE-ANNA" }; // a customer of the demo data
let key = null;

/** Places an order. Its key makes it one order, even when it has to be sent twice. */
async function sell(event) {
  event.preventDefault();
  const { sku, warehouse, quantity } = event.target.elements;
  const lines = [{ variant: { sku: sku.value.trim() }, quantity: quantity.value }];
  key ??= `board-${Date.now()}-${Math.random()}`;
  const place = { code: warehouse.value };
  const input = { idempotencyKey: key, customer: CUSTOMER, warehouse: place, lines };
  try {
    const { salesOrderPlace: placed } = await ask(SELL, { input });
    key = null;
    const { salesOrder: order, errors } = placed;
    at("sold").dataset.outcome = order ? "done" : "refused";
    at("sold").textContent = order
      ? `${order.number}: ${order.customer.name}, ${order.gross.amount} ${order.gross.currency}`
      : errors.map(({ message }) => message).join(" ");
  } catch (error) {
    at("sold").dataset.outcome = "refused";
    at("sold").textContent = `${error.message} Press the button again: it stays one order.`;
  }
}

// ---------------------------------------------------------------- Start

function showState(name, text) {
  // A demo that started over has another token: the page brings it along.
  const advice = name === "refused" && settings.demo === true ? " Reload this page." : "";
  at("connection").dataset.state = name;
  at("connection").textContent = text + advice;
  at("levels").dataset.state = name;
  at("access").hidden = name !== "refused" || settings.demo === true;
}

function showWarehouses() {
  // Those of an earlier start, with another token.
  const places = "thead [data-warehouse], select[name=warehouse] option:not([value=''])";
  for (const old of document.querySelectorAll(places)) old.remove();
  for (const { code, name } of warehouses) {
    const head = document.createElement("th");
    head.scope = "col";
    head.setAttribute("role", "columnheader");
    head.dataset.warehouse = code;
    head.textContent = name;
    at("warehouses").append(head);
    filters.warehouse.append(new Option(name, code));
    at("sell").elements.warehouse.append(new Option(name, code));
  }
}

async function start() {
  if (token === "") return showState("refused", "A token is needed");
  showState("connecting", "Loading …");
  try {
    warehouses = (await ask(WAREHOUSES)).warehouses.nodes;
    clear();
    showWarehouses();
    await load(note);
  } catch (error) {
    if (error.status >= 400 && error.status < 500) return showState("refused", error.message);
    showState("waiting", "The server does not answer; trying again");
    return setTimeout(start, 3000);
  }
  watch({ changed: noteEvent, restarted: clear, state: showState });
}

at("filters").addEventListener("input", filter);
at("filters").addEventListener("submit", (event) => event.preventDefault());
at("sell").addEventListener("submit", sell);
at("sell").addEventListener("input", () => (key = null));
at("access").addEventListener("submit", (event) => {
  event.preventDefault();
  token = event.target.elements.token.value.trim();
  start();
});
// A click on a product offers it for sale; "/" goes to the search.
at("rows").addEventListener("click", (event) => {
  const cell = event.target.closest("td, th");
  at("sell").elements.sku.value = cell.parentElement.dataset.sku;
  if (cell.dataset.warehouse) at("sell").elements.warehouse.value = cell.dataset.warehouse;
  key = null;
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select")) return;
  event.preventDefault();
  filters.words.focus();
});
for (const panel of document.querySelectorAll("details")) {
  panel.open = matchMedia("(min-width: 64rem)").matches;
}
at("sale").hidden = settings.demo !== true;
start();
