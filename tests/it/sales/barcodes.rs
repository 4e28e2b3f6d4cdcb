//! Barcodes: what is scanned is found, and a code names one variant.

use serde_json::{Value, json};

use crate::concurrency::at_once;
use crate::support::{Client, shop};

async fn cup(client: &Client, sku: &str, barcodes: Value) -> Value {
    let variant = json!({ "sku": sku, "barcodes": barcodes });
    let input = json!({ "name": format!("Cup {sku}"), "variants": [variant] });
    let selection = "product { variants { sku barcodes } } errors { code path }";
    client.mutate("productCreate", input, selection).await
}

async fn update(client: &Client, sku: &str, barcodes: Value) -> Value {
    let input = json!({ "variant": { "sku": sku }, "barcodes": barcodes });
    let selection = "productVariant { barcodes version } errors { code path }";
    client
        .mutate("productVariantUpdate", input, selection)
        .await
}

/// The SKU of what a code names.
async fn scan(client: &Client, code: &str) -> Value {
    let query = "query($code: String!) { barcode(code: $code) { code variant { sku } } }";
    let mut data = client.query(query, json!({ "code": code })).await;
    data["barcode"]["variant"]["sku"].take()
}

async fn listed(client: &Client, arguments: &str) -> Vec<String> {
    let query = format!("{{ productVariants({arguments}) {{ nodes {{ sku }} }} }}");
    let data = client.query(&query, json!({})).await;
    let nodes = data["productVariants"]["nodes"].as_array().expect("nodes");
    let sku = |node: &Value| node["sku"].as_str().expect("a SKU").to_owned();
    nodes.iter().map(sku).collect()
}

both! {
    async fn what_is_scanned_is_found_however_it_is_written(server: &TestServer) {
        let client = server.client();
        let made = cup(&client, "BLUE", json!(["0 36000 29145 2", "shelf-7a"])).await;
        let codes = json!(["036000291452", "shelf-7a"]);
        assert_eq!(made["product"]["variants"][0]["barcodes"], codes);
        cup(&client, "RED", json!([])).await;
        for code in ["036000291452", "0036000291452", "00036000291452", "0360 0029 1452",
            "shelf-7a", " shelf-7 a "] {
            assert_eq!(scan(&client, code).await, "BLUE", "{code}");
        }
        for code in ["SHELF-7A", "36000291452", "036000291453", "RED"] {
            assert_eq!(scan(&client, code).await, Value::Null, "{code}");
        }
        assert_eq!(listed(&client, "barcode: \"0036000291452\"").await, ["BLUE"]);
        assert_eq!(listed(&client, "barcode: \"1\"").await, [""; 0]);
        assert_eq!(listed(&client, "search: \"0360002\"").await, ["BLUE"]);
        let products = "{ products(search: \"0360002\") { nodes { name } } }";
        let products = client.query(products, json!({})).await;
        assert_eq!(products["products"]["nodes"], json!([{ "name": "Cup BLUE" }]));
    }

    async fn another_set_replaces_all_before_and_frees_them(server: &TestServer) {
        let client = server.client();
        cup(&client, "BLUE", json!(["A-1", "B-2"])).await;
        cup(&client, "RED", json!(["C-3"])).await;
        let changed = update(&client, "BLUE", json!(["B-2", "D-4"])).await;
        assert_eq!(changed["productVariant"], json!({ "barcodes": ["B-2", "D-4"], "version": 2 }));
        assert_eq!(listed(&client, "search: \"D-4\"").await, ["BLUE"]);
        assert_eq!(scan(&client, "A-1").await, Value::Null);
        let taken = update(&client, "RED", json!(["A-1", "D-4"])).await;
        let told = taken["errors"].as_array().expect("errors");
        assert_eq!(told.len(), 1, "{taken}");
        assert_eq!(told[0]["code"], "DUPLICATE");
        assert_eq!(told[0]["path"], json!(["input", "barcodes", "1"]));
        assert_eq!(scan(&client, "C-3").await, "RED", "nothing was changed");
        let moved = update(&client, "RED", json!(["A-1"])).await;
        assert_eq!(moved["productVariant"]["barcodes"], json!(["A-1"]));
        let name = json!({ "variant": { "sku": "RED" }, "name": "red" });
        let named = client
            .accept("productVariantUpdate", name, "productVariant { barcodes }")
            .await;
        assert_eq!(named["productVariant"]["barcodes"], json!(["A-1"]), "left out, they stay");
        let none = update(&client, "RED", Value::Null).await;
        assert_eq!(none["productVariant"]["barcodes"], json!([]));
        let archive = json!({ "variant": { "sku": "BLUE" } });
        client.accept("productVariantArchive", archive, "productVariant { id }").await;
        assert_eq!(scan(&client, "D-4").await, "BLUE", "an archived variant keeps its own");
    }

    async fn one_of_many_who_want_a_code_gets_it(server: &TestServer) {
        let client = server.client();
        for number in 0..12 {
            shop::variant(&client, &format!("CUP-{number}"), None).await;
        }
        let answers = at_once(12, |number| {
            let client = client.clone();
            async move { update(&client, &format!("CUP-{number}"), json!(["WANTED"])).await }
        })
        .await;
        let won = answers.iter().filter(|answer| answer["errors"] == json!([])).count();
        let lost = answers.iter().filter(|answer| answer["errors"][0]["code"] == "DUPLICATE");
        assert_eq!((won, lost.count()), (1, 11), "{answers:?}");
        assert!(scan(&client, "WANTED").await.is_string());
    }
}
