//! Products, their variants, and the tree they hang on.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::codes;
use crate::support::Client;

async fn category(client: &Client, code: &str, parent: Option<&str>) {
    let parent = parent.map(|code| json!({ "code": code }));
    let input = json!({ "code": code, "name": code, "parent": parent });
    client
        .accept("categoryCreate", input, "category { id }")
        .await;
}

async fn product(client: &Client, sku: &str, category: &str) -> Value {
    let input = json!({
        "name": sku, "variants": [{ "sku": sku }], "category": { "code": category },
    });
    let made = client
        .accept("productCreate", input, "product { id version }")
        .await;
    made["product"].clone()
}

both! {
    async fn a_category_has_the_products_of_all_that_grows_on_it(server: &TestServer) {
        let client = server.client();
        category(&client, "TOOLS", None).await;
        category(&client, "SAWS", Some("TOOLS")).await;
        category(&client, "JIGSAWS", Some("SAWS")).await;
        category(&client, "GARDEN", None).await;
        product(&client, "HAMMER", "TOOLS").await;
        product(&client, "JIGSAW", "JIGSAWS").await;
        let spade = product(&client, "SPADE", "GARDEN").await;
        let query = "query($code: String!) { products(category: { code: $code }) {
            totalCount nodes { name } } category(by: { code: $code }) { branches { code } } }";
        let tools = client.query(query, json!({ "code": "TOOLS" })).await;
        assert_eq!(tools["products"]["totalCount"], 2);
        assert_eq!(tools["category"]["branches"], json!([{ "code": "SAWS" }]));
        let change = json!({
            "product": { "id": spade["id"] }, "category": { "code": "SAWS" },
            "expectedVersion": spade["version"],
        });
        client.accept("productUpdate", change.clone(), "product { category { code } }").await;
        let stale = client.mutate("productUpdate", change, "product { id }").await;
        assert_eq!(codes(&stale), ["STALE"]);
        let tools = client.query(query, json!({ "code": "TOOLS" })).await;
        assert_eq!(tools["products"]["totalCount"], 3);
    }

    async fn two_moves_at_once_make_no_circle(server: &TestServer) {
        let client = server.client();
        for code in ["A", "B", "C"] {
            category(&client, code, None).await;
        }
        let moves = [("A", "B"), ("B", "C"), ("C", "A"), ("B", "A"), ("C", "B"), ("A", "C")];
        let all = join_all(moves.iter().map(|(code, parent)| {
            let input = json!({ "category": { "code": code }, "parent": { "code": parent } });
            let client = client.clone();
            async move { client.mutate("categoryUpdate", input, "category { id }").await }
        }))
        .await;
        let accepted = all.iter().filter(|one| one["errors"] == json!([])).count();
        assert!((1..=5).contains(&accepted), "{all:?}");
        let query = "{ categories { nodes { code parent { code parent { code parent {
            code } } } } } }";
        let tree = client.query(query, json!({})).await;
        for node in tree["categories"]["nodes"].as_array().expect("a list") {
            assert!(node.pointer("/parent/parent/parent").is_none_or(Value::is_null), "{tree}");
        }
    }

    async fn a_variant_is_added_and_changed(server: &TestServer) {
        let client = server.client();
        let input = json!({ "name": "Bolt", "variants": [{ "sku": "M8" }] });
        let made = client.accept("productCreate", input, "product { id }").await;
        let more = json!({
            "product": { "id": made["product"]["id"] },
            "variant": { "sku": "M10", "price": "3", "isStockTracked": false },
        });
        let selection = "productVariant { name isStockTracked version }";
        let added = client.accept("productVariantCreate", more.clone(), selection).await;
        let expected = json!({ "name": "Bolt", "isStockTracked": false, "version": 1 });
        assert_eq!(added["productVariant"], expected);
        let again = client.mutate("productVariantCreate", more, "productVariant { id }").await;
        assert_eq!(codes(&again), ["DUPLICATE"]);
        let change = json!({ "variant": { "sku": "M10" }, "price": null, "name": "Thick" });
        let changed = client
            .accept("productVariantUpdate", change, "productVariant { name price version }")
            .await;
        let expected = json!({ "name": "Thick", "price": null, "version": 2 });
        assert_eq!(changed["productVariant"], expected);
    }
}
