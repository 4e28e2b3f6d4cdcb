//! Policies and the alerts that they raise: once when a level crosses a line, cleared on the way
//! back.

use serde_json::{Value, json};

use crate::support::{Client, shop};

/// Kind, what was there, the line, and what was there when it was cleared.
type Told = (String, String, String, Option<String>);

const LEVEL: &str = "errors { code path } eventCursor replayed stockLevels { isLow
    policy { minimum maximum reorderPoint safetyStock version } }";

/// A warehouse MAIN, and TEA in it.
pub async fn shelf(client: &Client, quantity: &str) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("2")).await;
    if quantity != "0" {
        shop::receive(client, "MAIN", &[("TEA", quantity, "1")]).await;
    }
}

/// The input that sets the policy of TEA.
pub fn policy(fields: Value) -> Value {
    let mut line = json!({ "variant": { "sku": "TEA" } });
    for (name, value) in fields.as_object().into_iter().flatten() {
        line[name] = value.clone();
    }
    json!({ "warehouse": { "code": "MAIN" }, "lines": [line] })
}

pub async fn set(client: &Client, fields: Value) -> Value {
    client.accept("stockPolicySet", policy(fields), LEVEL).await
}

/// Takes some away or brings some by a correction.
pub async fn adjust(client: &Client, delta: &str) {
    let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": delta },
        "unitCost": "1" });
    let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "COUNT", "lines": [line] });
    client
        .accept("stockAdjust", input, "stockAdjustment { id }")
        .await;
}

async fn alerts(client: &Client, arguments: &str) -> Vec<Told> {
    let query = format!(
        "{{ stockAlerts(first: 250{arguments}) {{ nodes {{
           kind quantity threshold isOpen clearedQuantity clearedAt }} }} }}"
    );
    let data = client.query(&query, json!({})).await;
    let nodes = data["stockAlerts"]["nodes"].as_array().expect("nodes");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let told = |node: &Value| {
        assert_eq!(
            node["isOpen"] == true,
            node["clearedAt"].is_null(),
            "{node}"
        );
        assert_eq!(
            node["isOpen"] == true,
            node["clearedQuantity"].is_null(),
            "{node}"
        );
        let field = |name: &str| text(&node[name]).expect("a text");
        let cleared = text(&node["clearedQuantity"]);
        (
            field("kind"),
            field("quantity"),
            field("threshold"),
            cleared,
        )
    };
    nodes.iter().map(told).collect()
}

fn told(kind: &str, quantity: &str, threshold: &str, cleared: Option<&str>) -> Told {
    let [kind, quantity, threshold] = [kind, quantity, threshold].map(str::to_owned);
    (kind, quantity, threshold, cleared.map(str::to_owned))
}

const ALL: &str = ", includeCleared: true";

both! {
    async fn a_level_is_low_once_and_no_longer_when_it_comes_back(server: &TestServer) {
        let client = server.client();
        shelf(&client, "10").await;
        let set = set(&client, json!({ "reorderPoint": "4", "minimum": "9" })).await;
        assert_eq!(set["eventCursor"], Value::Null, "nothing was crossed: {set}");
        adjust(&client, "-5").await;
        assert_eq!(alerts(&client, ALL).await, [], "5 is above the reorder point");
        adjust(&client, "-1").await;
        adjust(&client, "-1").await;
        assert_eq!(alerts(&client, "").await, [told("LOW", "4", "4", None)]);
        adjust(&client, "7").await;
        assert_eq!(alerts(&client, "").await, []);
        adjust(&client, "-7").await;
        let wanted = [told("LOW", "4", "4", Some("10")), told("LOW", "3", "4", None)];
        assert_eq!(alerts(&client, ALL).await, wanted);
    }

    async fn promises_count_as_gone_and_what_is_given_up_as_there(server: &TestServer) {
        let client = server.client();
        shelf(&client, "10").await;
        set(&client, json!({ "minimum": "3" })).await;
        let order = shop::order("ANNA", "MAIN", &[("TEA", "10")]);
        let made = client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        let open = [told("OUT", "0", "0", None), told("LOW", "0", "3", None)];
        assert_eq!(alerts(&client, "").await, open);
        let input = json!({ "salesOrder": { "id": made["salesOrder"]["id"] } });
        client.accept("salesOrderCancel", input, "salesOrder { id }").await;
        let wanted = [
            told("OUT", "0", "0", Some("10")),
            told("LOW", "0", "3", Some("10")),
            told("BACK_IN_STOCK", "10", "0", Some("10")),
        ];
        assert_eq!(alerts(&client, ALL).await, wanted);
        assert_eq!(alerts(&client, "").await, []);
    }

    async fn what_never_was_there_is_not_out_and_not_back(server: &TestServer) {
        let client = server.client();
        shelf(&client, "0").await;
        let mut order = shop::order("ANNA", "MAIN", &[("TEA", "2")]);
        order["onShortage"] = json!("BACKORDER");
        client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        shop::receive(&client, "MAIN", &[("TEA", "5", "1")]).await;
        assert_eq!(alerts(&client, ALL).await, []);
        adjust(&client, "-3").await;
        adjust(&client, "1").await;
        let wanted = [told("OUT", "0", "0", Some("1")), told("BACK_IN_STOCK", "1", "0", Some("1"))];
        assert_eq!(alerts(&client, ALL).await, wanted, "without any policy");
    }

    async fn a_policy_raises_and_clears_at_once(server: &TestServer) {
        let client = server.client();
        shelf(&client, "10").await;
        let payload = set(&client, json!({ "reorderPoint": "10", "maximum": "10" })).await;
        assert!(payload["eventCursor"].is_string(), "{payload}");
        assert_eq!(payload["stockLevels"][0]["isLow"], true);
        assert_eq!(alerts(&client, "").await, [told("LOW", "10", "10", None)]);
        adjust(&client, "1").await;
        let over = told("OVERSTOCK", "11", "10", None);
        assert_eq!(alerts(&client, "").await, [over], "more than the maximum, and not low");
        let payload = set(&client, json!({})).await;
        let none = json!({ "minimum": null, "maximum": null, "reorderPoint": null,
            "safetyStock": null, "version": 2 });
        assert_eq!(payload["stockLevels"][0]["policy"], none);
        assert_eq!(alerts(&client, "").await, []);
    }

    async fn a_level_that_is_wanted_and_never_was_there_is_low(server: &TestServer) {
        let client = server.client();
        shelf(&client, "0").await;
        let fields = json!({ "minimum": "1", "maximum": "8", "reorderPoint": "4",
            "safetyStock": "2", "expectedVersion": 0 });
        let payload = set(&client, fields).await;
        let policy = json!({ "minimum": "1", "maximum": "8", "reorderPoint": "4",
            "safetyStock": "2", "version": 1 });
        assert_eq!(payload["stockLevels"][0], json!({ "isLow": true, "policy": policy }));
        assert_eq!(alerts(&client, ALL).await, [told("LOW", "0", "4", None)]);
        shop::receive(&client, "MAIN", &[("TEA", "9", "1")]).await;
        assert_eq!(alerts(&client, "").await, [told("OVERSTOCK", "9", "8", None)]);
    }

    async fn what_is_only_tried_repeated_or_refused_raises_nothing(server: &TestServer) {
        let client = server.client();
        shelf(&client, "5").await;
        let mut input = policy(json!({ "reorderPoint": "9" }));
        input["dryRun"] = json!(true);
        let tried = client.accept("stockPolicySet", input.clone(), LEVEL).await;
        assert_eq!(tried["stockLevels"], json!([]));
        assert_eq!(alerts(&client, ALL).await, []);
        input["dryRun"] = json!(false);
        input["idempotencyKey"] = json!("policy");
        let first = client.accept("stockPolicySet", input.clone(), LEVEL).await;
        let again = client.accept("stockPolicySet", input, LEVEL).await;
        assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
        assert_eq!(first["stockLevels"], again["stockLevels"]);
        assert_eq!(first["stockLevels"][0]["policy"]["version"], 1);
        let stale = policy(json!({ "expectedVersion": 7 }));
        let stale = client.mutate("stockPolicySet", stale, LEVEL).await;
        let path = json!(["input", "lines", "0", "expectedVersion"]);
        assert_eq!(stale["errors"][0]["code"], "STALE");
        assert_eq!(stale["errors"][0]["path"], path);
        assert_eq!(alerts(&client, ALL).await, [told("LOW", "5", "9", None)]);
    }

    async fn alerts_are_found_by_kind_variant_and_warehouse(server: &TestServer) {
        let client = server.client();
        shelf(&client, "2").await;
        set(&client, json!({ "reorderPoint": "2" })).await;
        adjust(&client, "-2").await;
        let query = "{ stockLevels { nodes { variant { id } warehouse { id } } } }";
        let level = client.query(query, json!({})).await["stockLevels"]["nodes"][0].take();
        let by = |filter: String| format!(", filter: {{ {filter} }}");
        let out = told("OUT", "0", "0", None);
        assert_eq!(alerts(&client, &by("kind: { eq: OUT }".to_owned())).await, [out]);
        for field in ["variant", "warehouse"] {
            let filter = by(format!("{field}Id: {{ eq: {} }}", level[field]["id"]));
            assert_eq!(alerts(&client, &filter).await.len(), 2, "{filter}");
        }
        let none = entity::vocab::WarehouseId::generate();
        let filter = by(format!("warehouseId: {{ eq: \"{none}\" }}"));
        assert_eq!(alerts(&client, &filter).await, []);
    }
}
