//! Approval: from an amount on, by somebody else.

use serde_json::json;
use stockroom::platform::actor::Scope;

use super::{ORDER, draft, of, open_shop, read, refused, step};
use crate::support::Client;

async fn set_tiers(client: &Client, tiers: serde_json::Value) {
    let selection = "companySettings { purchaseApprovalTiers { fromAmount { amount } scope } }";
    let input = json!({ "tiers": tiers });
    client
        .accept("purchaseApprovalTiersSet", input, selection)
        .await;
}

both! {
    async fn an_order_is_approved_by_somebody_else_than_its_author(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        set_tiers(&client, json!([{ "fromAmount": "100" }])).await;
        let small = draft(&client, &[("TEA", "10", "9.999")]).await;
        assert_eq!(step(&client, "Submit", &small).await["status"], "APPROVED");
        let large = draft(&client, &[("TEA", "10", "10")]).await;
        assert_eq!(step(&client, "Submit", &large).await["status"], "PENDING_APPROVAL");
        let own = refused(&client, "purchaseOrderApprove", of(&large)).await;
        assert_eq!(own[0]["code"], "INVALID_STATE", "{own}");
        let early = refused(&client, "purchaseOrderSend", of(&large)).await;
        assert_eq!(early[0]["state"], "PENDING_APPROVAL");
        let boss = server.client_with(Scope::ALL).await;
        assert_eq!(step(&boss, "Approve", &large).await["status"], "APPROVED");
        assert_eq!(step(&client, "Send", &large).await["status"], "SENT");
    }

    async fn who_last_changed_an_order_does_not_approve_it_either(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        set_tiers(&client, json!([{ "fromAmount": "0" }])).await;
        let order = draft(&client, &[("TEA", "10", "10")]).await;
        let editor = server.client_with(Scope::ALL).await;
        let mut input = of(&order);
        input["note"] = json!("twice as fast");
        editor.accept("purchaseOrderUpdate", input, ORDER).await;
        step(&client, "Submit", &order).await;
        for one in [&client, &editor] {
            let errors = refused(one, "purchaseOrderApprove", of(&order)).await;
            assert_eq!(errors[0]["code"], "INVALID_STATE", "{errors}");
        }
        let boss = server.client_with(Scope::ALL).await;
        let mut input = of(&order);
        input["reason"] = json!("too dear");
        let back = boss.accept("purchaseOrderReject", input, ORDER).await;
        assert_eq!(back["purchaseOrder"]["status"], "DRAFT");
        step(&client, "Submit", &order).await;
        step(&boss, "Approve", &order).await;
        assert_eq!(read(&client, &order).await["status"], "APPROVED");
    }

    async fn a_higher_tier_asks_for_a_scope_of_its_own(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        set_tiers(&client, json!([
            { "fromAmount": "100" },
            { "fromAmount": "1000", "scope": "settings:write" },
        ])).await;
        let order = draft(&client, &[("TEA", "100", "10")]).await;
        step(&client, "Submit", &order).await;
        let some = [Scope::PurchaseOrdersApprove, Scope::PurchaseOrdersRead];
        let clerk = server.client_with(&some).await;
        let plain = "purchaseOrder { status }";
        let answer = clerk.mutate("purchaseOrderApprove", of(&order), plain).await;
        assert_eq!(answer["errors"][0]["code"], "INVALID", "{answer}");
        let boss = server.client_with(Scope::ALL).await;
        step(&boss, "Approve", &order).await;
    }
}
