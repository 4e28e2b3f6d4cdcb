//! Archiving a warehouse while goods come in and orders are placed: an archived warehouse is empty.

use serde_json::{Value, json};

use super::{at_once, errors, is_accepted, open_shop, order, place};
use crate::support::{Client, shop};

const ROUNDS: usize = 12;

async fn receive(client: Client, warehouse: String) -> Value {
    let line = json!({ "variant": { "sku": "ONE" }, "quantity": "2", "unitCost": "4" });
    let input = json!({ "warehouse": { "code": warehouse }, "lines": [line] });
    client
        .mutate("goodsReceiptPost", input, "goodsReceipt { id }")
        .await
}

async fn backorder(client: Client, warehouse: String) -> Value {
    let mut input = order(&[("ONE", "1")], "BACKORDER");
    input["warehouse"] = json!({ "code": warehouse });
    place(client, input).await
}

async fn archive(client: Client, warehouse: String) -> Value {
    let input = json!({ "warehouse": { "code": warehouse } });
    client
        .mutate("warehouseArchive", input, "warehouse { id status }")
        .await
}

/// In each round one archives a new warehouse while others want to use it.
async fn archive_while_others_use_it(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("ONE", None)]).await;
    for round in 0..ROUNDS {
        let code = format!("W{round}");
        shop::warehouse(client, &code).await;
        if round % 2 == 0 {
            use_it_once(client, &code).await;
        }
        let payloads = at_once(5, |n| {
            let (client, code) = (servers[n % servers.len()].clone(), code.clone());
            async move {
                match n {
                    0 => archive(client, code).await,
                    1 | 2 => receive(client, code).await,
                    _ => backorder(client, code).await,
                }
            }
        })
        .await;
        let archived = is_accepted(&payloads[0]);
        for payload in &payloads[1..] {
            let refused_for: Vec<_> = errors(payload).iter().map(|e| &e["code"]).collect();
            let wanted: &[&str] = if archived { &["ARCHIVED"] } else { &[] };
            assert_eq!(
                refused_for, wanted,
                "round {round}, archived {archived}: {payloads:?}"
            );
        }
        if !archived {
            let error = super::only_error(&payloads[0]);
            assert_eq!(error["__typename"], "InvalidStateError", "{error}");
        }
    }
}

/// The level exists afterwards, and is empty.
async fn use_it_once(client: &Client, warehouse: &str) {
    let placed = backorder(client.clone(), warehouse.to_owned()).await;
    let input = json!({ "salesOrder": { "id": super::order_id(&placed) } });
    client
        .accept("salesOrderCancel", input, "salesOrder { id }")
        .await;
}

both! {
    async fn nothing_comes_into_a_warehouse_that_is_being_archived(server: &TestServer) {
        archive_while_others_use_it(&[server.client()]).await;
    }
}

postgres_only! {
    async fn nothing_comes_into_a_warehouse_that_another_server_archives(server: &TestServer) {
        let second = server.second().await;
        archive_while_others_use_it(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
