//! Credit limits: what is open and ordered never passes them, unless somebody with the right lets
//! it.

use serde_json::json;
use stockroom::platform::actor::Scope;
use stockroom::platform::clock;

use super::{codes, draft, of, open_shop, placed, refused, step, text};
use crate::concurrency::{at_once, is_accepted, place};
use crate::support::{Client, shop};

/// `ANNA` may owe so much.
async fn limit(client: &Client, amount: &str) {
    let input = json!({ "customer": { "code": "ANNA" }, "creditLimit": amount });
    client
        .accept("customerUpdate", input, "customer { id }")
        .await;
}

/// Open balance, open orders and what is left.
async fn exposure(client: &Client) -> [String; 3] {
    let query = "{ creditExposure(customer: { code: \"ANNA\" }) {
        openBalance { amount } openOrders { amount } available { amount } } }";
    let answer = client.query(query, json!({})).await;
    ["openBalance", "openOrders", "available"]
        .map(|field| text(&answer, &format!("/creditExposure/{field}/amount")))
}

const ERRORS: &str = "errors { code path ... on CreditLimitError {
    limit { amount } openBalance { amount } openOrders { amount } requested { amount } } }";

async fn eight_take_the_last_of_it(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("BOLT", "100")]).await;
    limit(client, "50").await;
    let payloads = at_once(8, |n| {
        let order = shop::order("ANNA", "MAIN", &[("BOLT", "2")]);
        place(servers[n % servers.len()].clone(), order)
    })
    .await;
    let accepted = payloads.iter().filter(|one| is_accepted(one)).count();
    assert_eq!(
        accepted, 2,
        "of eight orders for 20 each within 50: {payloads:#?}"
    );
    assert_eq!(exposure(client).await, ["0.00", "40.00", "10.00"]);
}

both! {
    async fn an_order_that_does_not_fit_is_refused_and_told_why(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        let first = placed(&client, &[("BOLT", "3")], "REJECT").await;
        client.accept("fulfilmentShip", of(&first, json!({})), "salesOrder { id }").await;
        client.accept("invoicePost", of(&first, json!({})), "invoice { id }").await;
        placed(&client, &[("BOLT", "4")], "REJECT").await;
        limit(&client, "100").await;
        assert_eq!(exposure(&client).await, ["30.00", "40.00", "30.00"]);
        let order = shop::order("ANNA", "MAIN", &[("BOLT", "4")]);
        let payload = client.mutate("salesOrderPlace", order, ERRORS).await;
        let money = |amount: &str| json!({ "amount": amount });
        let told = &payload["errors"][0];
        let error = json!({
            "__typename": "CreditLimitError", "message": told["message"],
            "code": "CREDIT_LIMIT", "path": ["input", "customer"], "limit": money("100.00"),
            "openBalance": money("30.00"), "openOrders": money("40.00"),
            "requested": money("40.00"),
        });
        assert_eq!(payload["errors"], json!([error]));
        // What fits to the cent is accepted.
        placed(&client, &[("BOLT", "3")], "REJECT").await;
        assert_eq!(exposure(&client).await, ["30.00", "70.00", "0.00"]);
        let paid = json!({ "customer": { "code": "ANNA" }, "amount": "30" });
        client.accept("paymentPost", paid, "payment { id }").await;
        assert_eq!(exposure(&client).await, ["0.00", "70.00", "30.00"]);
    }

    async fn a_quotation_is_checked_when_it_is_confirmed_and_an_order_when_it_grows(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        limit(&client, "50").await;
        let quotation = draft(&client, &[("BOLT", "6")]).await;
        let no = refused(&client, "salesOrderConfirm", &quotation, json!({})).await;
        assert_eq!(no, ["CREDIT_LIMIT"]);
        let line = quotation["lines"][0]["id"].clone();
        let change = |quantity: &str| {
            json!({ "changeLines": [{ "line": line, "quantity": quantity }] })
        };
        step(&client, "salesOrderUpdate", &quotation, change("4")).await;
        step(&client, "salesOrderConfirm", &quotation, json!({})).await;
        assert_eq!(exposure(&client).await, ["0.00", "40.00", "10.00"]);
        let no = refused(&client, "salesOrderUpdate", &quotation, change("6")).await;
        assert_eq!(no, ["CREDIT_LIMIT"]);
        step(&client, "salesOrderUpdate", &quotation, change("5")).await;
        assert_eq!(exposure(&client).await, ["0.00", "50.00", "0.00"]);
        // Less is always allowed, also over the limit.
        limit(&client, "10").await;
        step(&client, "salesOrderUpdate", &quotation, change("2")).await;
        step(&client, "salesOrderCancel", &quotation, json!({})).await;
        assert_eq!(exposure(&client).await, ["0.00", "0.00", "10.00"]);
    }

    async fn an_order_over_the_limit_can_wait_on_hold_for_somebody_with_the_right(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        limit(&client, "5").await;
        let clerk: Vec<Scope> =
            Scope::ALL.iter().copied().filter(|scope| *scope != Scope::CreditWrite).collect();
        let clerk = server.client_with(&clerk).await;
        let mut order = shop::order("ANNA", "MAIN", &[("BOLT", "2")]);
        order["onCreditLimit"] = json!("IGNORE");
        let payload = clerk.mutate("salesOrderPlace", order.clone(), "salesOrder { id }").await;
        assert_eq!(codes(&payload), ["FIELD_FORBIDDEN"]);
        client.accept("salesOrderPlace", order.clone(), "salesOrder { id }").await;
        order["onCreditLimit"] = json!("HOLD");
        let selection = "salesOrder { id holds { kind reason isActive } }";
        let made = clerk.accept("salesOrderPlace", order, selection).await;
        let held = &made["salesOrder"];
        assert_eq!(held["holds"][0]["kind"], "CREDIT", "{held}");
        assert!(text(held, "/holds/0/reason").contains("5.00 EUR"), "{held}");
        assert_eq!(refused(&clerk, "fulfilmentShip", held, json!({})).await, ["INVALID_STATE"]);
        let no = refused(&clerk, "salesOrderReleaseHold", held, json!({})).await;
        assert_eq!(no, ["FIELD_FORBIDDEN"]);
        step(&client, "salesOrderReleaseHold", held, json!({})).await;
        client.accept("fulfilmentShip", of(held, json!({})), "salesOrder { id }").await;
        assert_eq!(exposure(&client).await, ["0.00", "40.00", "-35.00"]);
    }

    async fn orders_at_once_cannot_both_take_the_last_of_a_limit(server: &TestServer) {
        eight_take_the_last_of_it(&[server.client()]).await;
    }

    async fn a_hold_on_stock_becomes_an_order_only_within_the_limit(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        limit(&client, "25").await;
        let lines = json!([{ "variant": { "sku": "BOLT" }, "warehouse": { "code": "MAIN" },
            "quantity": "3" }]);
        let expires_at = clock::now().to_utc() + chrono::Days::new(1);
        let hold = json!({ "owner": "cart", "expiresAt": expires_at, "lines": lines });
        let made = client.accept("stockHoldCreate", hold, "stockHold { id }").await;
        let mut input = json!({ "stockHold": { "id": made["stockHold"]["id"] },
            "customer": { "code": "ANNA" } });
        let convert = "stockHoldConvert";
        let payload = client.mutate(convert, input.clone(), "salesOrder { id }").await;
        assert_eq!(codes(&payload), ["CREDIT_LIMIT"]);
        input["onCreditLimit"] = json!("HOLD");
        let made = client.accept(convert, input, "salesOrder { holds { kind } }").await;
        assert_eq!(made["salesOrder"]["holds"], json!([{ "kind": "CREDIT" }]));
    }
}

postgres_only! {
    async fn two_servers_do_not_both_take_the_last_of_a_limit(server: &TestServer) {
        let second = server.second().await;
        eight_take_the_last_of_it(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
