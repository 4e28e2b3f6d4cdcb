//! Stock counts: what was counted against what the books said just then, and its correction.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use crate::concurrency::at_once;
use crate::support::{Client, TestServer, shop};

pub const COUNT: &str = "stockCount { id number status version isBlind recountOver
    postedAt postedBy { name } stockAdjustment { id reason stockCount { id } lines { delta } }
    availableTransitions { transition isAllowed reason }
    lines { variant { sku } counted expected difference timesCounted mustBeCountedAgain
      countedAt countedBy { name } } }";

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    for sku in ["TEA", "CUP"] {
        shop::variant(client, sku, Some("7.50")).await;
    }
    shop::receive(client, "MAIN", &[("TEA", "10", "3"), ("CUP", "20", "2")]).await;
}

/// Begins a count in MAIN of these variants, or of all; how to name it.
pub async fn begin(client: &Client, skus: &[&str], more: Value) -> Value {
    let made = client
        .accept("stockCountCreate", new(skus, more), COUNT)
        .await;
    of(&made)
}

fn new(skus: &[&str], more: Value) -> Value {
    let mut input = json!({ "warehouse": { "code": "MAIN" } });
    if !skus.is_empty() {
        let skus: Vec<Value> = skus.iter().map(|sku| json!({ "sku": sku })).collect();
        input["variants"] = json!(skus);
    }
    with(input, more)
}

/// Names the count of an answer in an input.
fn of(answer: &Value) -> Value {
    json!({ "stockCount": { "id": answer["stockCount"]["id"] } })
}

fn with(mut input: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        return input;
    };
    for (name, value) in more {
        input[name] = value;
    }
    input
}

/// What was counted, as an input.
pub fn tally(count: &Value, lines: &[(&str, &str)]) -> Value {
    let line =
        |(sku, quantity): &(&str, &str)| json!({ "variant": { "sku": sku }, "quantity": quantity });
    let lines: Vec<Value> = lines.iter().map(line).collect();
    with(count.clone(), json!({ "lines": lines }))
}

async fn record(client: &Client, count: &Value, lines: &[(&str, &str)]) -> Value {
    let done = client
        .accept("stockCountRecord", tally(count, lines), COUNT)
        .await;
    done["stockCount"].clone()
}

async fn finish(client: &Client, count: &Value) {
    client
        .accept("stockCountFinish", count.clone(), COUNT)
        .await;
}

async fn post(client: &Client, count: &Value) -> Value {
    let wanted = format!("{COUNT} posted {{ movements {{ quantity value {{ amount }} }} }}");
    client
        .accept("stockCountPost", count.clone(), &wanted)
        .await
}

async fn refused(client: &Client, mutation: &str, input: Value) -> Value {
    let answer = client.mutate(mutation, input, "stockCount { id }").await;
    assert_eq!(answer["stockCount"], Value::Null, "{answer}");
    answer["errors"][0].clone()
}

async fn place(client: &Client, sku: &str, quantity: &str) -> Value {
    let order = shop::order("ANNA", "MAIN", &[(sku, quantity)]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    json!({ "salesOrder": { "id": made["salesOrder"]["id"] } })
}

async fn sell(client: &Client, sku: &str, quantity: &str) {
    let order = place(client, sku, quantity).await;
    client
        .accept("fulfilmentShip", order, "salesOrder { id }")
        .await;
}

async fn sellable(client: &Client, sku: &str) -> String {
    let level = shop::level(client, sku, "MAIN").await;
    level["sellable"].as_str().expect("a number").to_owned()
}

/// The mutations that are allowed.
fn allowed(count: &Value) -> Vec<&str> {
    let steps = count["availableTransitions"].as_array().expect("a list");
    let steps = steps.iter().filter(|step| step["isAllowed"] == true);
    steps
        .map(|step| step["transition"].as_str().expect("a name"))
        .collect()
}

async fn set_limit(client: &Client, over: Value) {
    let input = json!({ "stockAdjustmentApprovalOver": over });
    let selection = "companySettings { stockAdjustmentApprovalOver { amount } }";
    let set = client
        .accept("companySettingsUpdate", input, selection)
        .await;
    let told = &set["companySettings"]["stockAdjustmentApprovalOver"]["amount"];
    assert_eq!(told.is_null(), over.is_null(), "{set}");
}

/// Somebody who moves goods, and approves nothing.
async fn clerk(server: &TestServer) -> Client {
    use Scope::{CostsRead, ProductsRead, StockRead, StockWrite};
    let scopes = [StockRead, StockWrite, ProductsRead, CostsRead];
    server.client_with(&scopes).await
}

both! {
    async fn a_count_corrects_what_differs_by_one_adjustment(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let all = new(&[], json!({ "note": "May" }));
        let made = client.accept("stockCountCreate", all, COUNT).await;
        let (count, made) = (of(&made), &made["stockCount"]);
        assert_eq!(made["status"], "OPEN");
        assert!(made["number"].as_str().is_some_and(|number| number.starts_with("SC-")), "{made}");
        let skus: Vec<&Value> = made["lines"].as_array().expect("lines").iter()
            .map(|line| &line["variant"]["sku"]).collect();
        assert_eq!(skus, ["CUP", "TEA"], "all of the warehouse, by SKU");
        record(&client, &count, &[("TEA", "8"), ("CUP", "20")]).await;
        finish(&client, &count).await;
        assert_eq!(sellable(&client, "TEA").await, "10", "nothing is corrected yet");
        let posted = post(&client, &count).await;
        let movement = json!({ "quantity": "2", "value": { "amount": "6.00" } });
        assert_eq!(posted["posted"]["movements"], json!([movement]), "only what differs");
        let posted = &posted["stockCount"];
        assert_eq!(posted["status"], "POSTED");
        assert_eq!(posted["postedBy"]["name"], "test");
        let adjustment = &posted["stockAdjustment"];
        assert_eq!(adjustment["reason"], "COUNT");
        assert_eq!(adjustment["lines"], json!([{ "delta": "-2" }]));
        assert_eq!(adjustment["stockCount"]["id"], posted["id"], "it tells its count");
        assert_eq!(sellable(&client, "TEA").await, "8");
        let back = json!({ "stockAdjustment": { "id": adjustment["id"] }, "reason": "miscounted" });
        client.accept("stockAdjustReverse", back, "stockAdjustment { id }").await;
        assert_eq!(sellable(&client, "TEA").await, "10", "and can be taken back");
    }

    async fn what_was_found_comes_in_at_the_moving_average_or_at_a_given_cost(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        shop::variant(&client, "NEW", Some("1")).await;
        let count = begin(&client, &["TEA", "NEW"], Value::Null).await;
        record(&client, &count, &[("TEA", "12"), ("NEW", "4")]).await;
        finish(&client, &count).await;
        let error = refused(&client, "stockCountPost", count.clone()).await;
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains("2 (NEW)") && message.contains("unitCosts"), "{message}");
        let cost = json!({ "variant": { "sku": "NEW" }, "unitCost": "0.5" });
        post(&client, &with(count, json!({ "unitCosts": [cost] }))).await;
        let tea = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(tea["value"]["amount"], "36.00");
        let new = shop::level(&client, "NEW", "MAIN").await;
        assert_eq!((&new["sellable"], &new["value"]["amount"]), (&json!("4"), &json!("2.00")));
    }

    async fn selling_and_receiving_go_on_and_the_difference_still_comes_out_right(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        sell(&client, "TEA", "1").await;
        let count = begin(&client, &["TEA"], Value::Null).await;
        sell(&client, "TEA", "2").await;
        // The books say 7; 6 are on the shelf.
        let counted = record(&client, &count, &[("TEA", "6")]).await;
        let line = &counted["lines"][0];
        let told = [&line["counted"], &line["expected"], &line["difference"]];
        assert_eq!(told, ["6", "7", "-1"], "against the books of that moment");
        sell(&client, "TEA", "3").await;
        shop::receive(&client, "MAIN", &[("TEA", "5", "3")]).await;
        finish(&client, &count).await;
        sell(&client, "TEA", "1").await;
        post(&client, &count).await;
        assert_eq!(sellable(&client, "TEA").await, "7", "6 - 3 + 5 - 1");
    }

    async fn a_line_may_be_counted_again_and_the_last_counts(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let count = begin(&client, &["TEA"], Value::Null).await;
        record(&client, &count, &[("TEA", "0")]).await;
        sell(&client, "TEA", "1").await;
        let again = record(&client, &count, &[("TEA", "8")]).await;
        let line = &again["lines"][0];
        assert_eq!([&line["expected"], &line["difference"]], ["9", "-1"]);
        assert_eq!(line["timesCounted"], 2);
        finish(&client, &count).await;
        let reopened = record(&client, &count, &[("TEA", "9")]).await;
        assert_eq!(reopened["status"], "OPEN", "recording opens it again");
        let error = refused(&client, "stockCountPost", count.clone()).await;
        assert_eq!(error["state"], "OPEN");
        finish(&client, &count).await;
        let posted = post(&client, &count).await;
        assert_eq!(posted["stockCount"]["stockAdjustment"], Value::Null, "nothing differs");
        assert_eq!(posted["stockCount"]["status"], "POSTED");
        assert_eq!(posted["posted"]["movements"], json!([]));
    }

    async fn a_blind_count_does_not_tell_what_the_books_say_until_it_is_finished(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let count = begin(&client, &["TEA"], json!({ "isBlind": true, "recountOver": "1" })).await;
        let hidden = record(&client, &count, &[("TEA", "8")]).await;
        let line = &hidden["lines"][0];
        assert_eq!(line["counted"], "8", "what was counted is seen");
        assert_eq!([&line["expected"], &line["difference"]], [&Value::Null, &Value::Null]);
        assert_eq!(line["mustBeCountedAgain"], true);
        let error = refused(&client, "stockCountFinish", count.clone()).await;
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains("1 (TEA)"), "{message}");
        assert!(!message.contains("10") && !message.contains("-2"), "{message}");
        let query = "{ stockCounts { nodes { lines { expected difference } } } }";
        let listed = client.query(query, json!({})).await.to_string();
        assert!(listed.contains("\"expected\":null") && listed.contains("\"difference\":null"));
        record(&client, &count, &[("TEA", "8")]).await;
        let done = client.accept("stockCountFinish", count, COUNT).await;
        let line = &done["stockCount"]["lines"][0];
        assert_eq!([&line["expected"], &line["difference"]], ["10", "-2"]);
    }

    async fn too_large_a_difference_is_counted_twice_and_everything_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let count = begin(&client, &["TEA", "CUP"], json!({ "recountOver": "2" })).await;
        let error = refused(&client, "stockCountFinish", count.clone()).await;
        let told = error["message"].as_str().expect("a text");
        assert!(told.contains("1 (TEA), 2 (CUP)"), "{told}");
        assert_eq!((&error["code"], &error["state"]), (&json!("INVALID_STATE"), &json!("OPEN")));
        let counted = record(&client, &count, &[("TEA", "7"), ("CUP", "22")]).await;
        assert_eq!(counted["lines"][0]["mustBeCountedAgain"], true, "3 are missing");
        assert_eq!(counted["lines"][1]["mustBeCountedAgain"], false, "2 is not over 2");
        let error = refused(&client, "stockCountFinish", count.clone()).await;
        let told = error["message"].as_str().expect("a text");
        assert!(told.contains("lines 1 (TEA) are"), "{told}");
        let counted = record(&client, &count, &[("TEA", "7")]).await;
        assert_eq!(counted["lines"][0]["mustBeCountedAgain"], false);
        finish(&client, &count).await;
    }

    async fn what_is_missing_of_reserved_goods_becomes_a_backorder_newest_first(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let older = place(&client, "TEA", "6").await;
        let newer = place(&client, "TEA", "3").await;
        let count = begin(&client, &["TEA"], Value::Null).await;
        record(&client, &count, &[("TEA", "7")]).await;
        finish(&client, &count).await;
        post(&client, &count).await;
        let level = shop::level(&client, "TEA", "MAIN").await;
        let told = [&level["sellable"], &level["reserved"], &level["backordered"]];
        assert_eq!(told, ["7", "7", "2"]);
        let query = "query($id: ID!) { salesOrder(by: { id: $id }) {
            lines { reserved backordered } } }";
        for (order, wanted) in [(older, ["6", "0"]), (newer, ["1", "2"])] {
            let id = order["salesOrder"]["id"].clone();
            let told = client.query(query, json!({ "id": id })).await;
            let line = &told["salesOrder"]["lines"][0];
            assert_eq!([&line["reserved"], &line["backordered"]], wanted);
        }
    }

    async fn more_missing_than_is_there_by_now_is_counted_again(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let count = begin(&client, &["CUP", "TEA"], Value::Null).await;
        record(&client, &count, &[("TEA", "2"), ("CUP", "20")]).await;
        finish(&client, &count).await;
        sell(&client, "TEA", "5").await;
        let error = refused(&client, "stockCountPost", count.clone()).await;
        let told = error["message"].as_str().expect("a text");
        assert!(told.contains("2 (TEA)") && told.contains("8 are missing"), "{told}");
        assert!(told.contains("only 5") && told.contains("Count it again"), "{told}");
        assert_eq!(sellable(&client, "TEA").await, "5", "nothing was changed");
        record(&client, &count, &[("TEA", "1")]).await;
        finish(&client, &count).await;
        post(&client, &count).await;
        assert_eq!(sellable(&client, "TEA").await, "1");
    }

    async fn a_variant_is_in_one_open_count_of_a_warehouse(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::warehouse(&client, "SIDE").await;
        let first = begin(&client, &["TEA"], Value::Null).await;
        let error = refused(&client, "stockCountCreate", new(&["CUP", "TEA"], Value::Null)).await;
        assert_eq!(error["code"], "DUPLICATE", "{error}");
        assert_eq!(error["path"], json!(["input", "variants", "1"]));
        assert_eq!(error["existing"], first["stockCount"]["id"]);
        let error = refused(&client, "stockCountCreate", new(&[], Value::Null)).await;
        assert!(error["message"].as_str().is_some_and(|told| told.contains("SC-")), "{error}");
        let elsewhere = json!({ "warehouse": { "code": "SIDE" } });
        begin(&client, &["TEA"], elsewhere).await;
        let done = client.accept("stockCountCancel", first.clone(), COUNT).await;
        assert_eq!(done["stockCount"]["status"], "CANCELLED");
        assert_eq!(allowed(&done["stockCount"]), [""; 0]);
        let second = begin(&client, &["TEA", "CUP"], Value::Null).await;
        record(&client, &second, &[("TEA", "10"), ("CUP", "20")]).await;
        finish(&client, &second).await;
        post(&client, &second).await;
        begin(&client, &["TEA"], Value::Null).await;
        let error = refused(&client, "stockCountRecord", tally(&first, &[("TEA", "1")])).await;
        assert_eq!(error["state"], "CANCELLED");
    }

    async fn of_eight_counts_of_a_variant_begun_at_once_one_is(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let answers = at_once(8, |n| {
            let client = client.clone();
            // Named in different orders, so that they meet in different orders too.
            let skus = if n % 2 == 0 { ["TEA", "CUP"] } else { ["CUP", "TEA"] };
            async move { client.mutate("stockCountCreate", new(&skus, Value::Null), COUNT).await }
        })
        .await;
        let done = answers.iter().filter(|answer| answer["errors"] == json!([]));
        assert_eq!(done.count(), 1, "{answers:?}");
        let refused = answers.iter().filter(|answer| answer["errors"][0]["code"] == "DUPLICATE");
        assert_eq!(refused.count(), 7, "{answers:?}");
    }

    async fn of_eight_who_post_a_count_at_once_one_does(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let count = begin(&client, &["TEA"], Value::Null).await;
        record(&client, &count, &[("TEA", "7")]).await;
        finish(&client, &count).await;
        let answers = at_once(8, |_| {
            let (client, input) = (client.clone(), count.clone());
            async move { client.mutate("stockCountPost", input, COUNT).await }
        })
        .await;
        let done = answers.iter().filter(|answer| answer["errors"] == json!([]));
        assert_eq!(done.count(), 1, "{answers:?}");
        let refused = answers.iter().filter(|answer| answer["errors"][0]["state"] == "POSTED");
        assert_eq!(refused.count(), 7, "{answers:?}");
        assert_eq!(sellable(&client, "TEA").await, "7");
    }

    async fn a_correction_worth_too_much_is_posted_by_somebody_who_may_and_did_not_count(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        set_limit(&client, json!("9.99")).await;
        let (clerk, boss) = (clerk(server).await, server.client_with(Scope::ALL).await);
        let count = begin(&clerk, &["TEA", "CUP"], Value::Null).await;
        record(&client, &count, &[("TEA", "0")]).await;
        // 2 of 3 each are missing, 2 of 2 each found: 10.00 together.
        record(&clerk, &count, &[("TEA", "8"), ("CUP", "22")]).await;
        finish(&clerk, &count).await;
        for one in [&clerk, &client] {
            let error = refused(one, "stockCountPost", count.clone()).await;
            assert_eq!(error["code"], "APPROVAL_REQUIRED", "{error}");
        }
        assert_eq!(sellable(&client, "TEA").await, "10", "nothing was changed");
        post(&boss, &count).await;
        assert_eq!(sellable(&client, "TEA").await, "8");
        let small = begin(&clerk, &["TEA"], Value::Null).await;
        record(&clerk, &small, &[("TEA", "5")]).await;
        finish(&clerk, &small).await;
        post(&clerk, &small).await;
        assert_eq!(sellable(&client, "TEA").await, "5", "9.00 is not over the limit");
        set_limit(&client, Value::Null).await;
        let large = begin(&clerk, &["TEA"], Value::Null).await;
        record(&clerk, &large, &[("TEA", "0")]).await;
        finish(&clerk, &large).await;
        post(&clerk, &large).await;
    }

    async fn an_adjustment_worth_too_much_takes_the_scope_that_approves(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        set_limit(&client, json!("10")).await;
        let clerk = clerk(server).await;
        let adjust = |delta: &str| json!({ "warehouse": { "code": "MAIN" }, "reason": "DAMAGE",
            "lines": [{ "variant": { "sku": "TEA" }, "change": { "delta": delta } }] });
        let answer = clerk.mutate("stockAdjust", adjust("-4"), "stockAdjustment { id }").await;
        assert_eq!(answer["errors"][0]["code"], "APPROVAL_REQUIRED", "{answer}");
        clerk.accept("stockAdjust", adjust("-3"), "stockAdjustment { id }").await;
        client.accept("stockAdjust", adjust("-4"), "stockAdjustment { id }").await;
        assert_eq!(sellable(&client, "TEA").await, "3");
    }

    async fn a_count_is_tried_replayed_and_changed_only_as_it_was_read(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let tried = with(new(&["TEA"], Value::Null), json!({ "dryRun": true }));
        let tried = client.accept("stockCountCreate", tried, COUNT).await;
        assert_eq!(tried["stockCount"], Value::Null);
        let count = begin(&client, &["TEA"], Value::Null).await;
        let key = json!({ "idempotencyKey": "shelf 3", "expectedVersion": 1 });
        let input = with(tally(&count, &[("TEA", "8")]), key);
        let first = client.accept("stockCountRecord", input.clone(), COUNT).await;
        assert_eq!(first["stockCount"]["version"], 2);
        let again = client.accept("stockCountRecord", input, COUNT).await;
        assert_eq!(again["replayed"], true);
        assert_eq!(again["stockCount"]["lines"][0]["timesCounted"], 1);
        for step in ["stockCountRecord", "stockCountFinish", "stockCountCancel"] {
            let mut input = with(count.clone(), json!({ "expectedVersion": 1 }));
            if step == "stockCountRecord" {
                input = tally(&input, &[("TEA", "9")]);
            }
            let error = refused(&client, step, input).await;
            assert_eq!(error["code"], "STALE", "{step}: {error}");
        }
        finish(&client, &count).await;
        let tried = with(count.clone(), json!({ "dryRun": true }));
        let posted = client.accept("stockCountPost", tried,
            "stockCount { id } posted { movements { quantity } }").await;
        assert_eq!(posted["posted"]["movements"], json!([{ "quantity": "2" }]));
        assert_eq!(sellable(&client, "TEA").await, "10");
        let stale = with(count.clone(), json!({ "expectedVersion": 2 }));
        assert_eq!(refused(&client, "stockCountPost", stale).await["code"], "STALE");
        post(&client, &count).await;
    }

    async fn a_count_offers_what_its_state_allows(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let made = client.accept("stockCountCreate", new(&["TEA"], Value::Null), COUNT).await;
        let count = of(&made);
        let open = ["stockCountCancel", "stockCountFinish", "stockCountRecord"];
        assert_eq!(allowed(&made["stockCount"]), open);
        assert_eq!(allowed(&record(&client, &count, &[("TEA", "7")]).await), open);
        let done = client.accept("stockCountFinish", count.clone(), COUNT).await;
        let counted = ["stockCountCancel", "stockCountPost", "stockCountRecord"];
        assert_eq!(allowed(&done["stockCount"]), counted);
        assert_eq!(allowed(&post(&client, &count).await["stockCount"]), [""; 0]);
        let query = "query($id: ID!) { node(id: $id) { ... on StockCount { status } }
            stockCount(by: { id: $id }) { status } }";
        let id = count["stockCount"]["id"].clone();
        let told = client.query(query, json!({ "id": id })).await;
        assert_eq!(told["node"]["status"], "POSTED");
        assert_eq!(told["stockCount"]["status"], "POSTED");
    }

    async fn an_archived_variant_is_no_longer_begun_but_a_begun_count_is_posted(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let count = begin(&client, &["TEA"], Value::Null).await;
        let tea = json!({ "variant": { "sku": "TEA" } });
        client.accept("productVariantArchive", tea, "productVariant { id }").await;
        record(&client, &count, &[("TEA", "4")]).await;
        finish(&client, &count).await;
        post(&client, &count).await;
        assert_eq!(sellable(&client, "TEA").await, "4");
        let all = client.accept("stockCountCreate", new(&[], Value::Null), COUNT).await;
        let lines = all["stockCount"]["lines"].as_array().expect("lines");
        assert_eq!(lines.len(), 1, "only what is in use: {all}");
    }
}
