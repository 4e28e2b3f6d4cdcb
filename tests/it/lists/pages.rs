//! Pages, filters, orderings and searches, as a caller sees them.

use serde_json::{Value, json};

use crate::support::Client;

/// Twenty-five customers: C-00 to C-24, with names in another order.
async fn customers(client: &Client) {
    for number in 0..25 {
        let name = ["Zeta", "Beta", "Älva", "云南绿茶"][number % 4];
        let city = ["Berlin", "Wien"][number % 2];
        let input = json!({
            "code": format!("C-{number:02}"),
            "name": format!("{name} Trading {number}"),
            "metadata": { "route": number % 5, "isNew": number > 20 },
            "contacts": [{ "name": format!("Person {number}"),
                "email": format!("p{number}@example.com") }],
            "addresses": [{ "street": "Road 1", "city": city, "country": "DE" }],
        });
        client
            .accept("customerCreate", input, "customer { id }")
            .await;
    }
}

async fn codes(client: &Client, arguments: &str) -> Vec<String> {
    let query = format!("{{ customers({arguments}) {{ nodes {{ code }} }} }}");
    let data = client.query(&query, json!({})).await;
    let nodes = data["customers"]["nodes"].as_array().expect("nodes");
    let code = |node: &Value| node["code"].as_str().expect("a code").to_owned();
    nodes.iter().map(code).collect()
}

/// All codes, page by page.
async fn walk(client: &Client, (size, from): (&str, &str), order: &str) -> Vec<String> {
    let (mut cursor, mut seen) = (None::<String>, Vec::new());
    loop {
        let place = cursor
            .map(|at| format!(", {from}: {at:?}"))
            .unwrap_or_default();
        let query = format!(
            "{{ customers({size}: 7{place}, {order}) {{ nodes {{ code }} \
             pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let mut data = client.query(&query, json!({})).await;
        let list = data["customers"].take();
        let mut page: Vec<String> = list["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .map(|node| node["code"].as_str().expect("a code").to_owned())
            .collect();
        let (more, end) = if size == "first" {
            seen.append(&mut page);
            ("hasNextPage", "endCursor")
        } else {
            page.append(&mut seen);
            seen = page;
            ("hasPreviousPage", "startCursor")
        };
        if list["pageInfo"][more] == json!(false) {
            return seen;
        }
        cursor = list["pageInfo"][end].as_str().map(ToOwned::to_owned);
    }
}

both! {
    async fn every_ordering_is_walked_both_ways_and_shows_each_record_once(server: &TestServer) {
        let client = server.client();
        customers(&client).await;
        for field in ["CREATED", "CODE", "NAME", "UPDATED"] {
            for direction in ["ASC", "DESC"] {
                let order = format!("orderBy: {{ field: {field}, direction: {direction} }}");
                let whole = codes(&client, &format!("first: 250, {order}")).await;
                assert_eq!(whole.len(), 25, "{order}");
                assert_eq!(walk(&client, ("first", "after"), &order).await, whole, "{order}");
                assert_eq!(walk(&client, ("last", "before"), &order).await, whole, "{order}");
            }
        }
        let descending = codes(&client, "orderBy: { field: CODE, direction: DESC }").await;
        let mut ascending = codes(&client, "orderBy: { field: CODE }").await;
        ascending.reverse();
        assert_eq!(descending, ascending);
        assert_eq!(descending[0], "C-24");
    }

    async fn a_cursor_of_another_ordering_is_refused(server: &TestServer) {
        let client = server.client();
        customers(&client).await;
        let query = "{ customers(first: 1, orderBy: { field: CODE }) { pageInfo { endCursor } } }";
        let data = client.query(query, json!({})).await;
        let cursor = data["customers"]["pageInfo"]["endCursor"].as_str().expect("a cursor");
        for order in
            ["", ", orderBy: { field: NAME }", ", orderBy: { field: CODE, direction: DESC }"]
        {
            let query = format!("{{ customers(after: {cursor:?}{order}) {{ nodes {{ id }} }} }}");
            let reply = client.send(&query, json!({})).await;
            let code = &reply.body["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{order}: {}", reply.body);
        }
    }

    async fn filters_are_joined_by_and_or_and_not(server: &TestServer) {
        let client = server.client();
        customers(&client).await;
        let three = "filter: { code: { in: [\"c-03\", \"C-07\", \"nobody\"] } }";
        let found = codes(&client, three).await;
        assert_eq!(found, ["C-03", "C-07"]);
        let found = codes(&client, "filter: { code: { startsWith: \"c-2\" },
            not: { code: { eq: \"C-22\" } } }").await;
        assert_eq!(found, ["C-20", "C-21", "C-23", "C-24"]);
        let found = codes(&client, "filter: { or: [{ code: { eq: \"C-01\" } },
            { and: [{ code: { startsWith: \"C-1\" } },
                { name: { startsWith: \"äLVA\" } }] }] }").await;
        assert_eq!(found, ["C-01", "C-10", "C-14", "C-18"]);
        let found = codes(&client, "filter: { metadata: { key: \"route\", value: \"4\" } }").await;
        assert_eq!(found, ["C-04", "C-09", "C-14", "C-19", "C-24"]);
        let new = "filter: { metadata: { key: \"isNew\", value: \"true\" } }";
        let found = codes(&client, new).await;
        assert_eq!(found.len(), 4);
        let count = "{ customers(first: 1, filter: { name: { startsWith: \"zeta\" } })
            { totalCount } }";
        let data = client.query(count, json!({})).await;
        assert_eq!(data["customers"]["totalCount"], 7);
    }

    async fn words_find_in_any_order_and_two_chinese_characters_too(server: &TestServer) {
        let client = server.client();
        customers(&client).await;
        let all = |found: Vec<String>| found.len();
        assert_eq!(codes(&client, "search: \"trading zet 16\"").await, ["C-16"]);
        assert_eq!(all(codes(&client, "search: \"绿茶\"").await), 6);
        assert_eq!(all(codes(&client, "search: \"茶绿\"").await), 0);
        assert_eq!(codes(&client, "search: \"wien PERSON 7\"").await, ["C-07"]);
        assert_eq!(all(codes(&client, "search: \"berlin älva\"").await), 6);
        let rename = json!({ "customer": { "code": "C-07" }, "name": "Nordlicht" });
        client.accept("customerUpdate", rename, "customer { name }").await;
        assert_eq!(codes(&client, "search: \"nordl\"").await, ["C-07"]);
        assert_eq!(all(codes(&client, "search: \"trading person 7\"").await), 0);
        let reply = client.send("{ customers(search: \" - \") { nodes { id } } }", json!({})).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    async fn products_are_found_by_words_of_their_names_and_their_variants(server: &TestServer) {
        let client = server.client();
        for (name, skus) in [("Green Tea 绿茶", ["GT-100", "GT-500"]), ("Saw", ["SAW-1", "SAW-2"])]
        {
            let variants = skus.map(|sku| json!({ "sku": sku, "name": format!("Pack {sku}") }));
            let input = json!({ "name": name, "variants": variants });
            client.accept("productCreate", input, "product { id }").await;
        }
        let found = async |words: &str| {
            let query = "query($words: String!) { products(search: $words) { nodes { name } }
                productVariants(search: $words, orderBy: { field: SKU }) { nodes { sku } } }";
            let data = client.query(query, json!({ "words": words })).await;
            let texts = |list: &str, field: &str| -> Vec<String> {
                let nodes = data[list]["nodes"].as_array().expect("nodes");
                nodes.iter().map(|node| node[field].as_str().expect("text").to_owned()).collect()
            };
            (texts("products", "name"), texts("productVariants", "sku"))
        };
        let tea = || vec!["Green Tea 绿茶".to_owned()];
        assert_eq!(found("tea gre").await, (tea(), vec!["GT-100".into(), "GT-500".into()]));
        assert_eq!(found("绿茶").await.0, tea());
        assert_eq!(found("gt-500").await, (tea(), vec!["GT-500".into()]));
        let rename = json!({ "variant": { "sku": "GT-500" }, "name": "Jumbo" });
        client.accept("productVariantUpdate", rename, "productVariant { id }").await;
        assert_eq!(found("jumbo green").await, (tea(), vec!["GT-500".into()]));
        let query = "{ products(search: \"tea\") { nodes { id } } }";
        let id = client.query(query, json!({})).await["products"]["nodes"][0]["id"].take();
        let rename = json!({ "product": { "id": id }, "name": "Sencha" });
        client.accept("productUpdate", rename, "product { id }").await;
        assert_eq!(found("tea").await, (vec![], vec![]));
        assert_eq!(found("sencha jumbo").await.1, ["GT-500"]);
        let more = json!({ "product": { "id": id }, "variant": { "sku": "GT-9" } });
        client.accept("productVariantCreate", more, "productVariant { id }").await;
        assert_eq!(found("sencha gt-9").await, (vec!["Sencha".into()], vec!["GT-9".into()]));
    }

    async fn a_filter_that_is_too_large_or_too_deep_or_empty_is_refused(server: &TestServer) {
        let client = server.client();
        let many = "{ code: { eq: \"x\" } }, ".repeat(60);
        let mut deep = "{ code: { eq: \"x\" } }".to_owned();
        for _ in 0..7 {
            deep = format!("{{ not: {deep} }}");
        }
        for filter in [format!("{{ or: [{many}] }}"), deep, "{ code: {} }".to_owned(),
            "{ code: { startsWith: \" \" } }".to_owned(),
            "{ groupId: { eq: \"warehouse_01h455vb4pex5vsknk084sn02q\" } }".to_owned(),
            "{ code: { eq: \"a\\u0000b\" } }".to_owned()] {
            let query = format!("{{ customers(filter: {filter}) {{ nodes {{ id }} }} }}");
            let reply = client.send(&query, json!({})).await;
            let code = &reply.body["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{filter}: {}", reply.body);
        }
    }

    async fn what_was_read_at_another_version_changes_nothing(server: &TestServer) {
        let client = server.client();
        customers(&client).await;
        let change = |version: i64, name: &str| json!({
            "customer": { "code": "C-00" }, "name": name, "expectedVersion": version,
        });
        let first = client.accept("customerUpdate", change(1, "One"), "customer { version }").await;
        assert_eq!(first["customer"]["version"], 2);
        let stale = client.mutate("customerUpdate", change(1, "Two"),
            "customer { name } errors { ... on StaleVersionError { current } }").await;
        assert_eq!(stale["customer"], Value::Null);
        assert_eq!(stale["errors"][0]["code"], "STALE");
        assert_eq!(stale["errors"][0]["current"], 2);
        let both = futures_util::future::join_all((0..8).map(|n| {
            let (client, name) = (client.clone(), format!("Racer {n}"));
            async move {
                client.mutate("customerUpdate", change(2, &name), "customer { id }").await
            }
        })).await;
        let accepted = both.iter().filter(|one| one["errors"] == json!([])).count();
        assert_eq!(accepted, 1, "one of eight who read the same version");
    }

    async fn ledger_lines_in_a_payload_are_guarded_like_those_in_the_ledger(server: &TestServer) {
        use crate::support::shop;
        use stockroom::platform::actor::Scope;
        shop::warehouse(&server.client(), "MAIN").await;
        shop::variant(&server.client(), "BOLT", Some("2")).await;
        shop::receive(&server.client(), "MAIN", &[("BOLT", "10", "1.5")]).await;
        let clerk = server.client_with(&[Scope::StockWrite, Scope::ProductsRead]).await;
        let query = "mutation($input: StockAdjustInput!) { stockAdjust(input: $input) { posted {
            movements { quantity variant { sku } value { amount } fromWarehouse { code } } } } }";
        let input = json!({
            "warehouse": { "code": "MAIN" }, "reason": "LOSS", "dryRun": true,
            "lines": [{ "variant": { "sku": "BOLT" }, "change": { "delta": "-4" } }],
        });
        let reply = clerk.send(query, json!({ "input": input })).await;
        let movement = &reply.body["data"]["stockAdjust"]["posted"]["movements"][0];
        let seen = json!({ "quantity": "4", "variant": { "sku": "BOLT" },
            "value": null, "fromWarehouse": null });
        assert_eq!(*movement, seen, "{}", reply.body);
        let refused = reply.body["errors"].as_array().map_or(0, Vec::len);
        assert_eq!(refused, 2, "{}", reply.body);
    }

    async fn a_dry_run_tells_what_would_be_posted_and_changes_nothing(server: &TestServer) {
        use crate::support::shop;
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::variant(&client, "BOLT", Some("2")).await;
        shop::receive(&client, "MAIN", &[("BOLT", "10", "1.5")]).await;
        let before = shop::level(&client, "BOLT", "MAIN").await;
        let mut input = json!({
            "warehouse": { "code": "MAIN" }, "reason": "LOSS", "dryRun": true,
            "idempotencyKey": "tried-first",
            "lines": [{ "variant": { "sku": "BOLT" }, "change": { "delta": "-4" } }],
        });
        let wanted = "stockAdjustment { id } posted { movements { quantity value { amount }
            fromPlace toPlace fromWarehouse { code } variant { sku } } commitments { reserved } }";
        let tried = client.mutate("stockAdjust", input.clone(), wanted).await;
        if tried["errors"] != json!([]) {
            panic!("{tried}");
        }
        assert_eq!(tried["stockAdjustment"], Value::Null);
        let movement = &tried["posted"]["movements"][0];
        assert_eq!(movement["quantity"], "4");
        assert_eq!(movement["value"]["amount"], "6.00");
        assert_eq!(movement["fromPlace"], "SELLABLE");
        assert_eq!(movement["toPlace"], "OUTSIDE");
        assert_eq!(movement["fromWarehouse"]["code"], "MAIN");
        assert_eq!(shop::level(&client, "BOLT", "MAIN").await, before);
        input["dryRun"] = json!(false);
        let done = client.accept("stockAdjust", input, wanted).await;
        assert_eq!(done["posted"], tried["posted"], "the same as was foretold");
        assert_eq!(done["replayed"], false, "a trial does not use up its key");
        assert_eq!(shop::level(&client, "BOLT", "MAIN").await["onHand"], "6");
    }
}
