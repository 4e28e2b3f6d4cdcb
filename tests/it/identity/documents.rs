//! Every document says who made it.

use serde_json::json;

use crate::bad_input::World;

const LISTS: [&str; 7] = [
    "goodsReceipts { nodes { createdBy { kind name } } }",
    "salesOrders { nodes { createdBy { kind name } } }",
    "salesOrders { nodes { fulfilments { createdBy { kind name } } } }",
    "stockTransfers { nodes { createdBy { kind name } } }",
    "stockAdjustments { nodes { createdBy { kind name } } }",
    "stockCounts { nodes { createdBy { kind name } } }",
    "stockHolds { nodes { createdBy { kind name } } }",
];

both! {
    async fn every_document_says_who_made_it(server: &TestServer) {
        World::make(server).await;
        let client = server.client();
        let input = json!({
            "warehouse": { "code": "MAIN" }, "reason": "FOUND",
            "lines": [{ "variant": { "sku": "BOLT" }, "change": { "delta": "1" } }],
        });
        client.accept("stockAdjust", input, "stockAdjustment { id }").await;
        for list in LISTS {
            let told = client.query(&format!("{{ {list} }}"), json!({})).await.to_string();
            let author = "\"createdBy\":{\"kind\":\"TOKEN\",\"name\":\"test\"}";
            assert!(told.contains(author), "{told}");
            assert!(!told.contains("\"createdBy\":null"), "{told}");
        }
    }
}
