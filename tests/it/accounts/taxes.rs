//! Taxes: the rate of the invoice's day, put on the price or taken out of it.

use serde_json::json;

use super::{INVOICE, accounts, ago, open_shop, refused, shipped};

both! {
    async fn tax_is_that_of_the_invoices_day(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let class = json!({ "code": "FULL", "name": "Full", "rate": "0.19",
            "validFrom": ago(100).to_string() });
        client.accept("taxClassCreate", class, "taxClass { id }").await;
        let rate = json!({ "taxClass": { "code": "full" }, "rate": "0.07",
            "validFrom": ago(10).to_string() });
        let selection = "taxClass { rates { validFrom rate } version }";
        let set = client.accept("taxRateSet", rate, selection).await;
        assert_eq!(set["taxClass"]["rates"][1]["rate"], "0.07");
        let mut orders = Vec::new();
        for _ in 0..4 {
            orders.push(shipped(&client, "ANNA", "1").await);
        }
        // Orders know no taxes so far.
        server.sql("UPDATE sales_order_line SET tax_class_id = (SELECT id FROM tax_class)").await;
        let included = format!("UPDATE sales_order SET prices_include_tax = {}",
            if server.engine() == Engine::Sqlite { "1" } else { "TRUE" });
        let bill = |order: &str, day| {
            json!({ "salesOrder": { "id": order }, "date": ago(day).to_string() })
        };
        let early = client.mutate("invoicePost", bill(&orders[0], 101), INVOICE).await;
        assert_eq!(refused(&early), [("INVALID".into(), "date".into())]);
        let before = client.accept("invoicePost", bill(&orders[0], 11), INVOICE).await;
        assert_eq!(before["invoice"]["gross"]["amount"], "11.90");
        let after = client.accept("invoicePost", bill(&orders[1], 10), INVOICE).await;
        assert_eq!(after["invoice"]["tax"]["amount"], "0.70");
        server.sql(&included).await;
        let inside = client.accept("invoicePost", bill(&orders[2], 11), INVOICE).await;
        let inside = &inside["invoice"];
        assert_eq!(inside["gross"]["amount"], "10.00");
        assert_eq!((&inside["net"]["amount"], &inside["tax"]["amount"]),
            (&json!("8.40"), &json!("1.60")));
        let exempt = json!({ "customer": { "code": "ANNA" }, "isTaxExempt": true });
        client.accept("customerUpdate", exempt, "customer { id }").await;
        let free = client.accept("invoicePost", bill(&orders[3], 11), INVOICE).await;
        assert_eq!(free["invoice"]["tax"]["amount"], "0.00");
        assert_eq!(accounts(&client).await["TAX_PAYABLE"], "-4.20");
    }
}
