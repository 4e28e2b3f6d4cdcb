//! Which warehouses serve an order: by priority, by the fewest shipments, as previewed.

use serde_json::{Value, json};

use crate::concurrency::{at_once, is_accepted};
use crate::support::{Client, shop};

/// Warehouses A, B and C, which are asked in the order C, A, B; customer ANNA; TEA and CUP.
async fn open_shop(client: &Client, stock: &[(&str, &str, &str)]) {
    for (code, priority) in [("A", 20), ("B", 20), ("C", 10)] {
        let input = json!({ "code": code, "name": code, "priority": priority });
        client
            .accept("warehouseCreate", input, "warehouse { id }")
            .await;
    }
    shop::customer(client, "ANNA").await;
    for sku in ["TEA", "CUP"] {
        shop::variant(client, sku, Some("10")).await;
    }
    for (code, sku, quantity) in stock {
        shop::receive(client, code, &[(sku, quantity, "4")]).await;
    }
}

fn lines(wanted: &[(&str, &str)]) -> Value {
    let line =
        |(sku, quantity): &(&str, &str)| json!({ "variant": { "sku": sku }, "quantity": quantity });
    wanted.iter().map(line).collect()
}

fn by(strategy: &str, wanted: &[(&str, &str)]) -> Value {
    json!({ "lines": lines(wanted), "sourcing": { "strategy": strategy } })
}

async fn place(client: &Client, mut input: Value) -> Value {
    input["customer"] = json!({ "code": "ANNA" });
    let selection = "salesOrder { id lines { reserved backordered warehouse { code } } }";
    client.mutate("salesOrderPlace", input, selection).await
}

const PREVIEW: &str = "query($input: SourcingPreviewInput!) { sourcingPreview(input: $input) {
    isPossible shipments lines { quantity reserved backordered short variant { sku }
        warehouses { warehouse { code } available left reserved backordered reason } } } }";

async fn preview(client: &Client, input: Value) -> Value {
    let mut data = client.query(PREVIEW, json!({ "input": input })).await;
    data["sourcingPreview"].take()
}

/// Warehouse, quantity and reason of everything that was looked at for a line.
fn looks(preview: &Value, line: usize) -> Vec<String> {
    let looks = preview["lines"][line]["warehouses"].as_array();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let look = |one: &Value| {
        let parts = [&one["warehouse"]["code"], &one["reserved"], &one["reason"]];
        parts.map(text).join(" ")
    };
    looks.into_iter().flatten().map(look).collect()
}

/// What is reserved of a variant in A, B and C.
async fn reserved(client: &Client, sku: &str) -> Vec<String> {
    let mut found = Vec::new();
    for code in ["A", "B", "C"] {
        let level = shop::level(client, sku, code).await;
        found.push(level["reserved"].as_str().unwrap_or("0").to_owned());
    }
    found
}

both! {
    async fn by_priority_the_next_warehouse_gets_only_the_remainder(server: &TestServer) {
        let client = server.client();
        let stock = [("A", "TEA", "4"), ("B", "TEA", "9"), ("C", "TEA", "3")];
        open_shop(&client, &stock).await;
        let input = by("PRIORITY", &[("TEA", "9")]);
        let seen = preview(&client, input.clone()).await;
        assert_eq!(looks(&seen, 0), ["C 3 SERVES", "A 4 SERVES", "B 2 SERVES"]);
        assert_eq!(seen["shipments"], 3);
        let placed = place(&client, input).await;
        assert!(is_accepted(&placed), "{placed}");
        let line = &placed["salesOrder"]["lines"][0];
        let wanted = json!({ "reserved": "9", "backordered": "0", "warehouse": { "code": "C" } });
        assert_eq!(line, &wanted);
        assert_eq!(reserved(&client, "TEA").await, ["4", "2", "3"]);
    }

    async fn two_lines_of_one_variant_never_get_the_same_piece(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("A", "TEA", "3"), ("C", "TEA", "2")]).await;
        for strategy in ["PRIORITY", "FEWEST_SHIPMENTS"] {
            let input = by(strategy, &[("TEA", "3"), ("TEA", "3")]);
            let seen = preview(&client, input.clone()).await;
            assert_eq!(seen["isPossible"], false, "{seen}");
            assert_eq!(seen["lines"][1]["short"], "1", "{seen}");
            let refused = place(&client, input).await;
            assert_eq!(refused["errors"][0]["code"], "INSUFFICIENT_STOCK", "{refused}");
            assert_eq!(refused["errors"][0]["path"], json!(["input", "lines", "1", "quantity"]));
            assert_eq!(refused["errors"][0]["available"], "5");
            assert_eq!(reserved(&client, "TEA").await, ["0", "0", "0"]);
        }
        let placed = place(&client, by("PRIORITY", &[("TEA", "3"), ("TEA", "2")])).await;
        assert!(is_accepted(&placed), "{placed}");
        assert_eq!(reserved(&client, "TEA").await, ["3", "0", "2"]);
    }

    async fn the_fewest_shipments_are_found_and_the_preview_says_why(server: &TestServer) {
        let client = server.client();
        let stock = [("A", "TEA", "5"), ("B", "TEA", "5"), ("B", "CUP", "5"), ("C", "CUP", "5")];
        open_shop(&client, &stock).await;
        let input = by("FEWEST_SHIPMENTS", &[("TEA", "5"), ("CUP", "5")]);
        let seen = preview(&client, input.clone()).await;
        assert_eq!((&seen["isPossible"], &seen["shipments"]), (&json!(true), &json!(1)));
        let tea = ["C 0 NOTHING_AVAILABLE", "A 0 MORE_SHIPMENTS", "B 5 SERVES"];
        assert_eq!(looks(&seen, 0), tea);
        let cup = ["C 0 MORE_SHIPMENTS", "A 0 NOTHING_AVAILABLE", "B 5 SERVES"];
        assert_eq!(looks(&seen, 1), cup);
        let placed = place(&client, input).await;
        assert!(is_accepted(&placed), "{placed}");
        assert_eq!(reserved(&client, "TEA").await, ["0", "5", "0"]);
        assert_eq!(reserved(&client, "CUP").await, ["0", "5", "0"]);
    }

    async fn a_list_of_warehouses_is_asked_in_its_order_and_nobody_else(server: &TestServer) {
        let client = server.client();
        let stock = [("A", "TEA", "4"), ("B", "TEA", "3"), ("C", "TEA", "9")];
        open_shop(&client, &stock).await;
        let mut input = by("PRIORITY", &[("TEA", "6")]);
        input["sourcing"]["warehouses"] = json!([{ "code": "B" }, { "code": "A" }]);
        let seen = preview(&client, input.clone()).await;
        assert_eq!(looks(&seen, 0), ["B 3 SERVES", "A 3 SERVES"]);
        input["lines"] = lines(&[("TEA", "8")]);
        let refused = place(&client, input.clone()).await;
        assert_eq!(refused["errors"][0]["available"], "7", "{refused}");
        input["onShortage"] = json!("BACKORDER");
        let placed = place(&client, input).await;
        assert_eq!(placed["salesOrder"]["lines"][0]["backordered"], "1", "{placed}");
        assert_eq!(shop::level(&client, "TEA", "B").await["backordered"], "1");
        assert_eq!(shop::level(&client, "TEA", "C").await["available"], "9");
    }

    async fn a_line_that_names_its_warehouse_is_served_there_and_first(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("A", "TEA", "2"), ("C", "TEA", "2")]).await;
        let mut input = by("PRIORITY", &[("TEA", "2"), ("TEA", "2")]);
        input["lines"][1]["warehouse"] = json!({ "code": "C" });
        let seen = preview(&client, input.clone()).await;
        let first = ["C 0 TAKEN_BY_OTHER_LINES", "A 2 SERVES", "B 0 NOTHING_AVAILABLE"];
        assert_eq!(looks(&seen, 0), first);
        assert_eq!(looks(&seen, 1), ["C 2 SERVES"]);
        let placed = place(&client, input).await;
        assert!(is_accepted(&placed), "{placed}");
        let at = |line: usize| &placed["salesOrder"]["lines"][line]["warehouse"]["code"];
        assert_eq!((at(0), at(1)), (&json!("A"), &json!("C")));
    }

    async fn what_the_company_has_settled_on_holds_where_an_order_does_not_say(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client, &[("A", "TEA", "9"), ("C", "TEA", "1")]).await;
        let input = json!({ "lines": lines(&[("TEA", "4")]) });
        let refused = place(&client, input.clone()).await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "warehouse"]), "{refused}");
        let setting = json!({ "sourcingStrategy": "FEWEST_SHIPMENTS" });
        let selection = "companySettings { sourcingStrategy }";
        let set = client.accept("companySettingsUpdate", setting, selection).await;
        assert_eq!(set["companySettings"]["sourcingStrategy"], "FEWEST_SHIPMENTS");
        assert!(is_accepted(&place(&client, input.clone()).await));
        assert_eq!(reserved(&client, "TEA").await, ["4", "0", "0"]);
        let mut named = input;
        named["warehouse"] = json!({ "code": "C" });
        let refused = place(&client, named).await;
        assert_eq!(refused["errors"][0]["available"], "1", "the named one is asked alone");
    }

    async fn another_priority_of_a_warehouse_changes_who_is_asked_first(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("A", "TEA", "5"), ("B", "TEA", "5"), ("C", "TEA", "5")]).await;
        let input = by("PRIORITY", &[("TEA", "5")]);
        assert_eq!(preview(&client, input.clone()).await["lines"][0]["warehouses"][0]["warehouse"],
            json!({ "code": "C" }));
        let change = json!({ "warehouse": { "code": "B" }, "priority": 1, "expectedVersion": 1 });
        let selection = "warehouse { priority version }";
        let changed = client.accept("warehouseUpdate", change, selection).await;
        assert_eq!(changed["warehouse"], json!({ "priority": 1, "version": 2 }));
        assert!(is_accepted(&place(&client, input).await));
        assert_eq!(reserved(&client, "TEA").await, ["0", "5", "0"]);
    }

    async fn a_quotation_is_sourced_when_it_is_confirmed(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("A", "TEA", "3"), ("B", "TEA", "4")]).await;
        let draft = json!({ "customer": { "code": "ANNA" }, "lines": lines(&[("TEA", "6")]) });
        let made = client.accept("salesOrderCreate", draft, "salesOrder { id }").await;
        let mut input = json!({ "salesOrder": { "id": made["salesOrder"]["id"] },
            "sourcing": { "strategy": "PRIORITY" } });
        let selection = "salesOrder { lines { reserved warehouse { code } } }";
        let confirmed = client.accept("salesOrderConfirm", input.clone(), selection).await;
        let line = json!({ "reserved": "6", "warehouse": { "code": "A" } });
        assert_eq!(confirmed["salesOrder"]["lines"][0], line);
        assert_eq!(reserved(&client, "TEA").await, ["3", "3", "0"]);
        input["addLines"] = lines(&[("TEA", "1")]);
        let updated = client.accept("salesOrderUpdate", input, selection).await;
        let line = json!({ "reserved": "1", "warehouse": { "code": "B" } });
        assert_eq!(updated["salesOrder"]["lines"][1], line);
        assert_eq!(reserved(&client, "TEA").await, ["3", "4", "0"]);
    }

    async fn a_preview_reserves_nothing_and_complains_like_placing(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("C", "TEA", "2")]).await;
        let mut input = by("PRIORITY", &[("TEA", "3")]);
        input["onShortage"] = json!("BACKORDER");
        let seen = preview(&client, input.clone()).await;
        assert_eq!(seen["lines"][0]["backordered"], "1", "{seen}");
        assert_eq!(reserved(&client, "TEA").await, ["0", "0", "0"]);
        input["lines"] = lines(&[("NOTHING", "3"), ("TEA", "0")]);
        let reply = client.send(PREVIEW, json!({ "input": input })).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        let nobody = server.client_with(&[]).await;
        let reply = nobody.send(PREVIEW, json!({ "input": by("PRIORITY", &[("TEA", "1")]) })).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    }
}

/// Twenty orders of three at once want forty pieces that lie in three warehouses.
async fn orders_at_once_share_what_there_is(servers: &[Client]) {
    let stock = [("A", "TEA", "14"), ("B", "TEA", "13"), ("C", "TEA", "13")];
    open_shop(&servers[0], &stock).await;
    let placed = at_once(20, |n| {
        let client = servers[n % servers.len()].clone();
        let strategy = ["PRIORITY", "FEWEST_SHIPMENTS"][n / 2 % 2];
        async move { place(&client, by(strategy, &[("TEA", "1"), ("TEA", "2")])).await }
    })
    .await;
    let accepted = placed.iter().filter(|one| is_accepted(one)).count();
    assert_eq!(accepted, 13, "40 pieces are 13 orders of three");
    let parts = reserved(&servers[0], "TEA").await;
    let sum: i64 = parts
        .iter()
        .map(|part| part.parse::<i64>().expect("pieces"))
        .sum();
    assert_eq!(sum, 39);
}

both! {
    async fn orders_over_several_warehouses_at_once_share_what_there_is(server: &TestServer) {
        orders_at_once_share_what_there_is(&[server.client()]).await;
    }
}

postgres_only! {
    async fn orders_over_several_warehouses_on_two_servers_share_what_there_is(
        server: &TestServer
    ) {
        let second = server.second().await;
        orders_at_once_share_what_there_is(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
