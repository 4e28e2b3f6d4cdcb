//! Which price an order line gets, and what is taxed.

use serde_json::{Value, json};

use super::{codes, open_shop, text};
use crate::support::{Client, shop};

async fn list(client: &Client, code: &str, currency: &str, items: Value) {
    let input = json!({ "code": code, "name": code, "currency": currency });
    client
        .accept("priceListCreate", input, "priceList { id }")
        .await;
    let input = json!({ "priceList": { "code": code }, "items": items });
    client
        .accept("priceListItemsSet", input, "priceList { version }")
        .await;
}

fn item(sku: &str, from: &str, price: &str) -> Value {
    json!({
        "variant": { "sku": sku }, "minimumQuantity": from, "unitPrice": price,
        "validFrom": "2026-01-01",
    })
}

/// Price and source of a line of so many bolts.
async fn priced(client: &Client, quantity: &str) -> (String, String) {
    let input = shop::order("ANNA", "MAIN", &[("BOLT", quantity)]);
    let selection = "salesOrder { lines { unitPrice priceSource priceList { code } } }";
    let made = client.accept("salesOrderCreate", input, selection).await;
    (
        text(&made, "/salesOrder/lines/0/unitPrice"),
        text(&made, "/salesOrder/lines/0/priceSource"),
    )
}

fn pair(price: &str, source: &str) -> (String, String) {
    (price.to_owned(), source.to_owned())
}

both! {
    async fn the_customers_list_comes_first_then_the_groups_then_the_base(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        assert_eq!(priced(&client, "1").await, pair("10", "BASE"));
        let mut ended = item("BOLT", "0", "1");
        ended["validFrom"] = json!("2025-01-01");
        ended["validUntil"] = json!("2025-12-31");
        list(&client, "GROUP", "EUR", json!([item("BOLT", "0", "9"), ended])).await;
        let steps = json!([item("BOLT", "5", "8"), item("BOLT", "50", "7")]);
        list(&client, "OWN", "EUR", steps).await;
        let group = json!({ "code": "TRADE", "name": "Trade", "priceList": { "code": "GROUP" } });
        client.accept("customerGroupCreate", group, "customerGroup { id }").await;
        let anna = json!({ "customer": { "code": "ANNA" }, "group": { "code": "TRADE" } });
        client.accept("customerUpdate", anna, "customer { id }").await;
        assert_eq!(priced(&client, "60").await, pair("9", "GROUP_LIST"));
        let anna = json!({ "customer": { "code": "ANNA" }, "priceList": { "code": "OWN" } });
        client.accept("customerUpdate", anna, "customer { id }").await;
        assert_eq!(priced(&client, "4").await, pair("9", "GROUP_LIST"));
        assert_eq!(priced(&client, "5").await, pair("8", "CUSTOMER_LIST"));
        assert_eq!(priced(&client, "50").await, pair("7", "CUSTOMER_LIST"));
        let mut gone = item("BOLT", "50", "7");
        gone["unitPrice"] = Value::Null;
        let set = json!({ "priceList": { "code": "OWN" }, "items": [gone] });
        client.accept("priceListItemsSet", set, "priceList { id }").await;
        assert_eq!(priced(&client, "50").await, pair("8", "CUSTOMER_LIST"));
        let archive = json!({ "priceList": { "code": "OWN" } });
        client.accept("priceListArchive", archive, "priceList { status }").await;
        assert_eq!(priced(&client, "50").await, pair("9", "GROUP_LIST"));
        let own = client.query("{ priceList(by: { code: \"OWN\" }) { id } }", json!({})).await;
        let query = "query($list: ID!) { priceListItems(filter: { priceListId: { eq: $list } }) {
            nodes { unitPrice } } }";
        let items = client.query(query, json!({ "list": own["priceList"]["id"] })).await;
        assert_eq!(items["priceListItems"]["nodes"], json!([{ "unitPrice": "8" }]));
    }

    async fn what_a_customer_would_pay_is_what_an_order_then_costs(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100"), ("NUT", "100")]).await;
        let class = json!({ "code": "FULL", "name": "Full", "rate": "0.19" });
        client.accept("taxClassCreate", class, "taxClass { id }").await;
        let taxed = json!({ "variant": { "sku": "NUT" }, "taxClass": { "code": "FULL" } });
        client.accept("productVariantUpdate", taxed, "productVariant { id }").await;
        list(&client, "OWN", "EUR", json!([item("BOLT", "5", "8.25")])).await;
        let anna = json!({ "customer": { "code": "ANNA" }, "priceList": { "code": "OWN" } });
        client.accept("customerUpdate", anna, "customer { id }").await;
        let query = "query($lines: [PriceLineInput!]!) {
            prices(customer: { code: \"ANNA\" }, lines: $lines) { currency
                net { amount } tax { amount } gross { amount }
                lines { variant { sku } quantity unitPrice source priceList { code }
                    minimumQuantity taxRate net { amount } tax { amount } gross { amount } } } }";
        let lines = json!([
            { "variant": { "sku": "BOLT" }, "quantity": "7" },
            { "variant": { "sku": "NUT" }, "quantity": "3" },
        ]);
        let told = client.query(query, json!({ "lines": lines })).await["prices"].take();
        assert_eq!(told["lines"][0]["source"], "CUSTOMER_LIST");
        assert_eq!(told["lines"][0]["priceList"]["code"], "OWN");
        assert_eq!(told["lines"][0]["minimumQuantity"], "5");
        assert_eq!(told["lines"][1]["taxRate"], "0.19");
        let order = shop::order("ANNA", "MAIN", &[("BOLT", "7"), ("NUT", "3")]);
        let selection = "salesOrder { net { amount } tax { amount } gross { amount }
            lines { unitPrice taxRate net { amount } tax { amount } gross { amount } } }";
        let placed = client.accept("salesOrderPlace", order, selection).await;
        for field in ["net", "tax", "gross"] {
            assert_eq!(told[field], placed["salesOrder"][field], "{field}");
            for line in 0..2 {
                let (told, placed) = (&told["lines"][line], &placed["salesOrder"]["lines"][line]);
                assert_eq!(told[field], placed[field], "{field} of line {line}");
                assert_eq!(told["unitPrice"], placed["unitPrice"]);
            }
        }
        for (lines, place) in [
            (json!([{ "variant": { "sku": "NONE" }, "quantity": "1" }]), "lines.0.variant"),
            (json!([{ "variant": { "sku": "BOLT" }, "quantity": "0" }]), "lines.0.quantity"),
            (json!([{ "variant": { "sku": "BOLT" }, "quantity": "0.5" }]), "lines.0.quantity"),
            (json!([]), "lines"),
        ] {
            let reply = client.send(query, json!({ "lines": lines })).await;
            let error = &reply.body["errors"][0];
            assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{}", reply.body);
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.starts_with(&format!("{place}: ")), "{message}");
        }
    }

    async fn a_foreign_customer_needs_a_rate_and_a_price_in_its_currency(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        let input = json!({ "code": "JOE", "name": "Joe", "currency": "USD" });
        client.accept("customerCreate", input, "customer { id }").await;
        let mut order = shop::order("JOE", "MAIN", &[("BOLT", "2")]);
        let payload = client.mutate("salesOrderPlace", order.clone(), "salesOrder { id }").await;
        assert_eq!(codes(&payload), ["INVALID", "INVALID"], "{payload}");
        list(&client, "DOLLARS", "USD", json!([item("BOLT", "0", "12")])).await;
        let joe = json!({ "customer": { "code": "JOE" }, "priceList": { "code": "DOLLARS" } });
        client.accept("customerUpdate", joe, "customer { id }").await;
        order["exchangeRate"] = json!("0.92");
        let selection = "salesOrder { currency exchangeRate net { amount currency } }";
        let made = client.accept("salesOrderPlace", order, selection).await;
        let net = json!({ "amount": "24.00", "currency": "USD" });
        assert_eq!(made["salesOrder"]["net"], net);
        for (day, rate) in [("2026-02-01", "0.9"), ("2026-03-01", "0.8")] {
            let input = json!({ "currency": "USD", "validFrom": day, "rate": rate });
            client.accept("exchangeRateSet", input, "exchangeRate { id }").await;
        }
        let mut order = shop::order("JOE", "MAIN", &[("BOLT", "2")]);
        order["date"] = json!("2026-02-28");
        let made = client.accept("salesOrderPlace", order.clone(), selection).await;
        assert_eq!(text(&made, "/salesOrder/exchangeRate"), "0.9");
        order["date"] = json!("2026-03-01");
        let made = client.accept("salesOrderPlace", order, selection).await;
        assert_eq!(text(&made, "/salesOrder/exchangeRate"), "0.8");
    }

    async fn tax_is_put_on_or_taken_out_by_the_rate_of_the_day(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "100")]).await;
        let class = json!({ "code": "VAT", "name": "VAT", "rate": "0.19" });
        client.accept("taxClassCreate", class, "taxClass { id }").await;
        let bolt = json!({ "variant": { "sku": "BOLT" }, "taxClass": { "code": "VAT" } });
        client.accept("productVariantUpdate", bolt, "productVariant { taxClass { code } }").await;
        let mut order = shop::order("ANNA", "MAIN", &[("BOLT", "1")]);
        let sums = "salesOrder { net { amount } tax { amount } gross { amount } }";
        let made = client.accept("salesOrderPlace", order.clone(), sums).await;
        assert_eq!(text(&made, "/salesOrder/gross/amount"), "11.90");
        order["pricesIncludeTax"] = json!(true);
        let made = client.accept("salesOrderPlace", order.clone(), sums).await;
        assert_eq!(text(&made, "/salesOrder/gross/amount"), "10.00");
        assert_eq!(text(&made, "/salesOrder/tax/amount"), "1.60");
        let exempt = json!({ "customer": { "code": "ANNA" }, "isTaxExempt": true });
        client.accept("customerUpdate", exempt, "customer { id }").await;
        let made = client.accept("salesOrderPlace", order, sums).await;
        assert_eq!(text(&made, "/salesOrder/tax/amount"), "0.00");
    }
}
