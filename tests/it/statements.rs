//! How many SQL statements an operation takes: a bound that does not grow with what is asked for.
//!
//! Counted are the statements of the operation with `BEGIN` and `COMMIT`; looking up the token and
//! bringing events to subscribers are counted apart.

#![expect(clippy::print_stdout, reason = "what was seen is worth telling")]

use serde_json::{Value, json};

use crate::support::cluster::OwnCluster;
use crate::support::{Client, Database, Engine, TestServer, shop};

/// At most so many for a list.
const LIST_MAX: u64 = 5;
/// At most so many for an order.
const ORDER_MAX: u64 = 15;

/// The data of an operation, and how many statements it took.
async fn counted(server: &TestServer, query: &str, variables: Value) -> (Value, u64) {
    let client = server.client();
    let before = server.app().db.statements_sent();
    let data = client.query(query, variables).await;
    (data, server.app().db.statements_sent() - before)
}

/// Products with one variant each, with goods in three warehouses.
async fn stock_in_three_warehouses(client: &Client, count: usize) -> Vec<String> {
    let skus: Vec<String> = (0..count).map(|number| format!("SKU-{number}")).collect();
    for sku in &skus {
        shop::variant(client, sku, Some("10")).await;
    }
    for code in ["NORTH", "SOUTH", "WEST"] {
        shop::warehouse(client, code).await;
        let lines: Vec<_> = skus.iter().map(|sku| (sku.as_str(), "100", "4")).collect();
        shop::receive(client, code, &lines).await;
    }
    skus
}

const VARIANTS: &str = "query($first: Int!) { productVariants(first: $first) {
    nodes { id sku name product { name }
        stockLevels { onHand reserved available warehouse { code name } } } } }";

const LEVELS: &str = "query($first: Int!) { stockLevels(first: $first) {
    nodes { onHand available variant { sku product { name } } warehouse { code name }
        asOf(date: \"2026-01-31\") { onHand } } } }";

both! {
    async fn a_list_of_fifty_takes_as_few_statements_as_a_list_of_five(server: &TestServer) {
        stock_in_three_warehouses(&server.client(), 50).await;
        for (name, query, factor) in [("productVariants", VARIANTS, 1), ("stockLevels", LEVELS, 3)]
        {
            let mut numbers = Vec::new();
            for count in [5, 50] {
                let first = count * factor;
                let (data, sent) = counted(server, query, json!({ "first": first })).await;
                let nodes = data[name]["nodes"].as_array().map_or(0, Vec::len);
                assert_eq!(nodes, first, "{name} of {count} variants");
                if name == "productVariants" {
                    for node in data[name]["nodes"].as_array().expect("it was counted") {
                        let levels = node["stockLevels"].as_array().map_or(0, Vec::len);
                        assert_eq!(levels, 3, "{node}");
                    }
                }
                println!("{:?} {name} of {count} variants: {sent}", server.engine());
                numbers.push(sent);
            }
            assert_eq!(numbers[0], numbers[1], "{name}: the number grows with the list");
            assert!(numbers[1] <= LIST_MAX, "{name}: {} statements", numbers[1]);
        }
    }
}

/// How many statements it takes until a subscriber has heard so many items.
async fn heard(server: &TestServer, arguments: &str, count: usize) -> u64 {
    let query = format!(
        "subscription {{ stockLevelChanged(mode: EVERY_CHANGE, {arguments}) {{ \
         cause {{ ... on SalesOrder {{ number }} ... on GoodsReceipt {{ number }} }} \
         stockLevel {{ available variant {{ sku product {{ name }} }} warehouse {{ code }} }} }} }}"
    );
    let before = server.app().db.statements_sent();
    let mut stream = server.client().subscribe(&query, json!({})).await;
    for _ in 0..count {
        let item = stream.next().await;
        let level = &item["stockLevelChanged"]["stockLevel"];
        assert!(level["variant"]["product"]["name"].is_string(), "{item}");
        assert!(level["warehouse"]["code"].is_string(), "{item}");
    }
    let sent = server.app().db.statements_sent() - before;
    stream.close().await;
    sent
}

both! {
    async fn what_a_subscriber_hears_at_once_takes_as_few_statements_for_many_as_for_few(
        server: &TestServer
    ) {
        let client = server.client();
        shop::customer(&client, "ANNA").await;
        stock_in_three_warehouses(&client, 30).await;
        let of_first = "snapshot: true, filter: { variants: [{ sku: \"SKU-0\" }] }";
        let few = heard(server, of_first, 3).await;
        let all = "snapshot: true, filter: { warehouses: [{ code: \"NORTH\" }, \
             { code: \"SOUTH\" }, { code: \"WEST\" }] }";
        assert_eq!(heard(server, all, 90).await, few, "levels of a snapshot");

        let mut cursors = Vec::new();
        for number in 0..30 {
            let skus = [format!("SKU-{number}")];
            let input = order(&skus, "REJECT");
            let reply = client.query(&place("eventCursor"), json!({ "input": input })).await;
            cursors.push(reply["salesOrderPlace"]["eventCursor"].clone());
        }
        // Whoever has heard the last change knows that the server has read all of them.
        let behind = |cursor: &Value| format!("after: {cursor}");
        heard(server, &behind(&cursors[0]), 29).await;
        let few = heard(server, &behind(&cursors[27]), 2).await;
        let many = heard(server, &behind(&cursors[0]), 29).await;
        assert_eq!(many, few, "changes that were made meanwhile");
    }
}

fn place(selection: &str) -> String {
    format!(
        "mutation($input: SalesOrderPlaceInput!) {{ salesOrderPlace(input: $input) {{ \
         {selection} errors {{ message }} replayed }} }}"
    )
}

fn order(skus: &[String], on_shortage: &str) -> Value {
    let lines: Vec<Value> = skus
        .iter()
        .map(|sku| json!({ "variant": { "sku": sku }, "quantity": "2" }))
        .collect();
    json!({
        "customer": { "code": "ANNA" }, "warehouse": { "code": "NORTH" },
        "onShortage": on_shortage, "lines": lines,
    })
}

/// Places an order that must be accepted; how many statements it took.
async fn statements_of(server: &TestServer, what: &str, selection: &str, input: Value) -> u64 {
    let (data, sent) = counted(server, &place(selection), json!({ "input": input })).await;
    let payload = &data["salesOrderPlace"];
    assert_eq!(payload["errors"], json!([]), "{what}: {payload}");
    println!("{:?} {what}: {sent}", server.engine());
    sent
}

both! {
    async fn an_order_of_three_lines_takes_at_most_fifteen_statements(server: &TestServer) {
        let client = server.client();
        shop::customer(&client, "ANNA").await;
        let skus = stock_in_three_warehouses(&client, 3).await;
        let plain = "salesOrder { id number }";
        let input = order(&skus, "REJECT");
        let sent = statements_of(server, "order", plain, input.clone()).await;
        assert!(sent <= ORDER_MAX, "{sent} statements");

        let mut keyed = input.clone();
        keyed["idempotencyKey"] = json!("key-1");
        let sent = statements_of(server, "order with a key", plain, keyed.clone()).await;
        assert!(sent <= ORDER_MAX, "{sent} statements");
        let sent = statements_of(server, "its repetition", plain, keyed).await;
        assert!(sent <= ORDER_MAX, "{sent} statements");

        let mut external = input.clone();
        external["externalId"] = json!("WEB-1");
        let sent = statements_of(server, "order with an external id", plain, external).await;
        assert!(sent <= ORDER_MAX, "one more to see who has it: {sent} statements");

        let with_lines = "salesOrder { id number lines { quantity } }";
        let sent = statements_of(server, "order, its lines read back", with_lines, input).await;
        assert!(sent <= ORDER_MAX, "one more for the lines: {sent} statements");

        let names: Vec<String> = ["NEW-1", "NEW-2", "NEW-3"].map(str::to_owned).into();
        for sku in &names {
            shop::variant(&client, sku, Some("10")).await;
        }
        let new = order(&names, "BACKORDER");
        let sent = statements_of(server, "order that makes its levels", plain, new).await;
        assert!(sent <= ORDER_MAX, "one more to make them: {sent} statements");

        let split = order(&skus, "SPLIT");
        let sent = statements_of(server, "order that may be split", plain, split).await;
        assert!(sent <= ORDER_MAX, "{sent} statements");
    }
}

both! {
    async fn an_order_of_a_thousand_lines_takes_as_many_statements_as_one_of_three(
        server: &TestServer
    ) {
        let client = server.client();
        shop::customer(&client, "ANNA").await;
        shop::warehouse(&client, "NORTH").await;
        let skus: Vec<String> = (0..1_000).map(|number| format!("SKU-{number}")).collect();
        for part in skus.chunks(100) {
            let variants: Vec<Value> = part
                .iter()
                .map(|sku| json!({ "sku": sku, "name": sku, "price": "10" }))
                .collect();
            let input = json!({ "name": format!("Around {}", part[0]), "variants": variants });
            client.accept("productCreate", input, "product { id }").await;
        }
        let lines: Vec<_> = skus.iter().map(|sku| (sku.as_str(), "100", "4")).collect();
        shop::receive(&client, "NORTH", &lines).await;
        let plain = "salesOrder { id number }";
        let mut numbers = Vec::new();
        for count in [3, 1_000] {
            let started = std::time::Instant::now();
            let input = order(&skus[..count], "REJECT");
            let what = format!("order of {count} lines");
            numbers.push(statements_of(server, &what, plain, input).await);
            println!("{:?} {what}: {:?}", server.engine(), started.elapsed());
        }
        assert_eq!(numbers[0], numbers[1], "the number grows with the lines");
    }
}

both! {
    async fn alerts_cost_an_order_one_statement_to_read_and_one_to_write(server: &TestServer) {
        let client = server.client();
        shop::customer(&client, "ANNA").await;
        let skus = stock_in_three_warehouses(&client, 30).await;
        let plain = "salesOrder { id number }";
        let usual = statements_of(server, "order", plain, order(&skus, "REJECT")).await;
        let set = async |line: &str| {
            let lines: Vec<Value> = skus
                .iter()
                .map(|sku| json!({ "variant": { "sku": sku }, "reorderPoint": line }))
                .collect();
            let input = json!({ "warehouse": { "code": "NORTH" }, "lines": lines });
            client.accept("stockPolicySet", input, "warehouse { id }").await;
        };
        set("50").await;
        let same = statements_of(server, "with policies", plain, order(&skus, "REJECT")).await;
        assert_eq!(same, usual, "a policy is read with its level");
        set("95").await;
        let crossing = order(&skus, "REJECT");
        let crossing = statements_of(server, "crossing thirty lines", plain, crossing).await;
        assert_eq!(crossing, usual + 1, "what is raised is written at once");
        let beyond = statements_of(server, "beyond them", plain, order(&skus, "REJECT")).await;
        assert_eq!(beyond, usual + 1, "what is open is read at once");
    }
}

/// At most so many for receiving goods of an order: one of them looks whether they were out.
const RECEIVE_MAX: u64 = 26;

both! {
    async fn receiving_a_hundred_lines_takes_as_many_statements_as_three(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "NORTH").await;
        shop::supplier(&client, "MILL").await;
        let skus: Vec<String> = (0..100).map(|number| format!("SKU-{number}")).collect();
        let variants: Vec<Value> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
        let input = json!({ "name": "All", "variants": variants });
        client.accept("productCreate", input, "product { id }").await;
        let mut numbers = Vec::new();
        for count in [3, 100] {
            let lines: Vec<Value> = skus[..count]
                .iter()
                .map(|sku| json!({ "variant": { "sku": sku }, "quantity": "5", "unitPrice": "2" }))
                .collect();
            let input = json!({
                "supplier": { "code": "MILL" }, "warehouse": { "code": "NORTH" }, "lines": lines,
            });
            let selection = "purchaseOrder { id lines { id } }";
            let made = client.accept("purchaseOrderCreate", input, selection).await;
            let of = json!({ "purchaseOrder": { "id": made["purchaseOrder"]["id"] } });
            for step in ["purchaseOrderSubmit", "purchaseOrderSend"] {
                client.accept(step, of.clone(), "purchaseOrder { id }").await;
            }
            let mut input = of;
            let lines = made["purchaseOrder"]["lines"].as_array().expect("a list");
            let line = |line: &Value| json!({ "line": line["id"], "accepted": "5" });
            input["lines"] = lines.iter().map(line).collect();
            let query = "mutation($input: PurchaseOrderReceiveInput!) { \
                purchaseOrderReceive(input: $input) { goodsReceipt { id } errors { message } } }";
            let (data, sent) = counted(server, query, json!({ "input": input })).await;
            assert_eq!(data["purchaseOrderReceive"]["errors"], json!([]), "{data}");
            println!("{:?} receiving {count} lines: {sent}", server.engine());
            numbers.push(sent);
        }
        assert_eq!(numbers[0], numbers[1], "the number grows with the lines");
        assert!(numbers[1] <= RECEIVE_MAX, "{} statements", numbers[1]);
    }
}

/// At most so many for shipping an order of one line.
const SHIP_MAX: u64 = 35;

both! {
    async fn shipping_takes_as_few_statements_after_a_long_history_by_either_method(
        server: &TestServer
    ) {
        let client = server.client();
        shop::customer(&client, "ANNA").await;
        shop::warehouse(&client, "NORTH").await;
        for method in ["MOVING_AVERAGE", "FIFO"] {
            let variants = json!([{ "sku": method, "price": "10", "costingMethod": method }]);
            let input = json!({ "name": method, "variants": variants });
            client.accept("productCreate", input, "product { id }").await;
            let mut numbers = Vec::new();
            for receipts in [2, 300] {
                let lines: Vec<_> = (0..receipts).map(|_| (method, "2", "4")).collect();
                shop::receive(&client, "NORTH", &lines).await;
                let order = shop::order("ANNA", "NORTH", &[(method, "3")]);
                let placed = client.accept("salesOrderPlace", order, "salesOrder { id }").await;
                let input = json!({ "salesOrder": { "id": placed["salesOrder"]["id"] } });
                let query = "mutation($input: FulfilmentShipInput!) { \
                    fulfilmentShip(input: $input) { fulfilments { id } errors { message } } }";
                let (data, sent) = counted(server, query, json!({ "input": input })).await;
                assert_eq!(data["fulfilmentShip"]["errors"], json!([]), "{data}");
                println!("{:?} {method}, {receipts} receipts: {sent}", server.engine());
                numbers.push(sent);
            }
            // Whether layers are used up or only used makes a difference of one.
            assert!(numbers[1] <= numbers[0], "{method}: the number grows with the history");
            assert!(numbers[1] <= SHIP_MAX, "{method}: {} statements", numbers[1]);
        }
    }
}

/// The statements as PostgreSQL itself logged them, by whether an operation asked for them.
#[derive(Debug, Default)]
struct Logged {
    of_operation: Vec<String>,
    apart: usize,
}

/// Reads the log of a cluster behind a place in it.
fn read_log(cluster: &OwnCluster, from: usize) -> (Logged, usize) {
    let log = std::fs::read(cluster.log()).expect("PostgreSQL's log can be read");
    let text = String::from_utf8_lossy(&log[from..]);
    let mut logged = Logged::default();
    for line in text.lines() {
        // Prepared statements are logged as "execute NAME: …", others as "statement: …".
        let statement = line.split_once("LOG:  ").and_then(|(_, said)| {
            let (kind, sql) = said.split_once(": ")?;
            (kind == "statement" || kind.starts_with("execute ")).then(|| sql.to_owned())
        });
        let Some(sql) = statement else { continue };
        let apart = [
            "FROM \"api_token\"",
            "\"api_token_use\"",
            "FROM event WHERE sequence >",
            "pg_notify",
            "LISTEN",
        ]
        .iter()
        .any(|mark| sql.contains(mark))
            || sql.starts_with("UPDATE \"operation\"")
            || sql.is_empty();
        if apart {
            logged.apart += 1;
        } else {
            logged.of_operation.push(sql);
        }
    }
    (logged, log.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_itself_counts_the_same_statements_of_an_order() {
    let cluster = OwnCluster::start().await;
    let database = Database::create_in(cluster.url(), None).await;
    let server = TestServer::start_on(Engine::Postgres, database).await;
    let client = server.client();
    shop::customer(&client, "ANNA").await;
    let skus = stock_in_three_warehouses(&client, 3).await;
    server.sql("ALTER SYSTEM SET log_statement = 'all'").await;
    server.sql("SELECT pg_reload_conf()").await;
    // The setting reaches a session between two of its statements: warm all of them up.
    for _ in 0..20 {
        client
            .query("{ warehouses(first: 1) { nodes { id } } }", json!({}))
            .await;
    }
    let input = order(&skus, "REJECT");
    statements_of(
        &server,
        "first order",
        "salesOrder { id number }",
        input.clone(),
    )
    .await;
    let (_, from) = read_log(&cluster, 0);
    let ours = statements_of(&server, "order", "salesOrder { id number }", input).await;
    let (logged, _) = read_log(&cluster, from);
    let found = logged.of_operation.len() as u64;
    println!(
        "PostgreSQL logged {found} statements of the order, {} apart",
        logged.apart
    );
    assert_eq!(found, ours, "{:#?}", logged.of_operation);
    server.stop_with_right_books().await;
}

/// SQLite compares every place that has a name with all that came before it: a thousand lines of
/// eleven values take it a second, and nobody else writes meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn values_of_long_documents_have_no_names_on_sqlite() {
    let server = TestServer::start(Engine::Sqlite).await;
    let client = server.client();
    shop::customer(&client, "ANNA").await;
    shop::warehouse(&client, "NORTH").await;
    let skus: Vec<String> = (0..250).map(|number| format!("SKU-{number}")).collect();
    let variants: Vec<Value> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
    let input = json!({ "name": "Beads", "variants": variants });
    client.accept("productCreate", input, "replayed").await;

    let mut statements = server.app().db.watch().expect("nobody else watches");
    let lines: Vec<_> = skus.iter().map(|sku| (sku.as_str(), "9", "4")).collect();
    shop::receive(&client, "NORTH", &lines).await;
    let mut input = order(&skus, "REJECT");
    input["externalId"] = json!("WEB-1");
    for line in input["lines"].as_array_mut().expect("an order has lines") {
        line["unitPrice"] = json!("3");
    }
    client.accept("salesOrderPlace", input, "replayed").await;
    let by = json!({ "salesOrder": { "externalId": "WEB-1" } });
    client
        .accept("fulfilmentShip", by.clone(), "replayed")
        .await;
    client.accept("invoicePost", by, "replayed").await;

    let mut long = 0;
    while let Ok(statement) = statements.try_recv() {
        let values = statement.values.map_or(0, |values| values.0.len());
        if values > 250 {
            long += 1;
            assert!(
                !statement.sql.contains('$'),
                "{values}: {:.300}",
                statement.sql
            );
        }
    }
    assert!(long > 10, "only {long} statements are long");
    server.stop_with_right_books().await;
}
