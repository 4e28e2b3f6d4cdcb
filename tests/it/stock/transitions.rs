//! What can be done with a transfer and a hold is said, in each of their states.

use chrono::Duration;
use serde_json::{Value, json};
use stockroom::platform::clock;

use crate::support::{Client, shop};

const OFFERED: &str = "status availableTransitions { transition isAllowed reason }";

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SIDE").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::receive(client, "MAIN", &[("TEA", "10", "3")]).await;
}

/// The transitions that are allowed; of the others it is said why not.
fn allowed(record: &Value) -> Vec<&str> {
    let steps = record["availableTransitions"].as_array().expect("a list");
    assert_eq!(steps.len(), 3, "{record}");
    for step in steps {
        assert_eq!(
            step["isAllowed"] == true,
            step["reason"].is_null(),
            "{step}"
        );
    }
    let allowed = steps.iter().filter(|step| step["isAllowed"] == true);
    allowed
        .map(|step| step["transition"].as_str().expect("a name"))
        .collect()
}

both! {
    async fn a_transfer_offers_what_its_state_allows(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let wanted = format!("stockTransfer {{ id {OFFERED} }}");
        let line = json!({ "variant": { "sku": "TEA" }, "quantity": "2" });
        let input = json!({ "fromWarehouse": { "code": "MAIN" },
            "toWarehouse": { "code": "SIDE" }, "lines": [line] });
        for (steps, offered) in [
            (vec![], vec!["stockTransferCancel", "stockTransferDispatch"]),
            (vec!["stockTransferCancel"], vec![]),
            (vec!["stockTransferDispatch"], vec!["stockTransferReceive"]),
            (vec!["stockTransferDispatch", "stockTransferReceive"], vec![]),
        ] {
            let mut made = client.accept("stockTransferCreate", input.clone(), &wanted).await;
            let by = json!({ "stockTransfer": { "id": made["stockTransfer"]["id"] } });
            for step in steps {
                made = client.accept(step, by.clone(), &wanted).await;
            }
            assert_eq!(allowed(&made["stockTransfer"]), offered, "{made}");
        }
    }

    async fn a_hold_offers_everything_while_it_is_active_and_then_nothing(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let wanted = format!("stockHold {{ id {OFFERED} }}");
        let line = json!({ "variant": { "sku": "TEA" }, "warehouse": { "code": "MAIN" },
            "quantity": "2" });
        let until = clock::now().to_utc() + Duration::days(1);
        let input = json!({ "owner": "cart", "expiresAt": until.to_rfc3339(), "lines": [line] });
        let made = client.accept("stockHoldCreate", input, &wanted).await;
        let all = ["stockHoldConvert", "stockHoldExtend", "stockHoldRelease"];
        assert_eq!(allowed(&made["stockHold"]), all, "{made}");
        let by = json!({ "stockHold": { "id": made["stockHold"]["id"] } });
        let ended = client.accept("stockHoldRelease", by, &wanted).await;
        assert!(allowed(&ended["stockHold"]).is_empty(), "{ended}");
    }
}
