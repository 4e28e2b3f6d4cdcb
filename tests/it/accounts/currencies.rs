//! Other currencies: the rate of the day is kept, and what it changes is booked.

use serde_json::json;

use super::{INVOICE, accounts, ago, balance, open_shop, payment, refused, shipped};

both! {
    async fn what_a_currency_gained_until_it_was_paid_is_booked(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = shipped(&client, "ANNA", "10").await;
        // Orders are in the company's currency so far.
        server.sql("UPDATE sales_order SET currency = 'USD', exchange_rate = 800000000000").await;
        for (day, rate) in [(20, "0.9"), (5, "0.95")] {
            let input = json!({ "currency": "USD", "validFrom": ago(day).to_string(),
                "rate": rate });
            client.accept("exchangeRateSet", input, "exchangeRate { rate }").await;
        }
        let input = json!({ "salesOrder": { "id": order }, "date": ago(10).to_string() });
        let invoice = client.accept("invoicePost", input, INVOICE).await["invoice"].take();
        assert_eq!(invoice["gross"], json!({ "amount": "100.00", "currency": "USD" }));
        let paid = payment("60", json!({ "currency": "USD", "date": ago(3).to_string() }));
        client.accept("paymentPost", paid, "payment { id }").await;
        let books = accounts(&client).await;
        assert_eq!(books["CASH"], "57.00");
        assert_eq!(books["EXCHANGE_DIFFERENCE"], "-3.00");
        assert_eq!(books["ACCOUNTS_RECEIVABLE"], "36.00");
        let given = payment("40", json!({ "currency": "USD", "exchangeRate": "0.85" }));
        client.accept("paymentPost", given, "payment { id }").await;
        assert_eq!(balance(&client).await, [("USD".to_owned(), "0.00".to_owned())]);
        let books = accounts(&client).await;
        assert_eq!(books["CASH"], "91.00");
        assert_eq!(books["EXCHANGE_DIFFERENCE"], "-1.00");
        assert!(books.get("ACCOUNTS_RECEIVABLE").is_none(), "{books}");
        let unknown = payment("40", json!({ "currency": "CHF" }));
        let answer = client.mutate("paymentPost", unknown, "payment { id }").await;
        assert_eq!(refused(&answer), [("INVALID".into(), "exchangeRate".into())]);
    }
}
