//! Payments: partial, over, as told, taken back, bounced, refunded; never twice for one debt.

use serde_json::json;

use super::{PAYMENT, accounts, ago, balance, invoice, open_shop, pay, payment, read, refused};
use crate::concurrency::at_once;
use crate::support::shop;

fn euros(amount: &str) -> Vec<(String, String)> {
    vec![("EUR".to_owned(), amount.to_owned())]
}

both! {
    async fn a_payment_pays_what_is_due_first_and_the_rest_is_credit(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let late = invoice(&client, "10", ago(10)).await;
        let early = invoice(&client, "10", ago(20)).await;
        pay(&client, "60", json!({})).await;
        assert_eq!(read(&client, &early).await["paymentStatus"], "PARTIAL");
        assert_eq!(read(&client, &late).await["paymentStatus"], "UNPAID");
        let over = pay(&client, "200", json!({ "externalId": "bank 7" })).await;
        assert_eq!(over["openItems"][0]["openAmount"]["amount"], "-60.00");
        assert_eq!(read(&client, &early).await["paymentStatus"], "PAID");
        assert_eq!(read(&client, &late).await["paymentStatus"], "PAID");
        assert_eq!(balance(&client).await, euros("-60.00"));
        let books = accounts(&client).await;
        assert_eq!(books["CASH"], "260.00");
        assert_eq!(books["ACCOUNTS_RECEIVABLE"], "-60.00");
        assert_eq!(books["REVENUE"], "-200.00");
    }

    async fn a_day_that_adds_up_to_too_much_is_refused_with_advice(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let of = async |code: &str| {
            shop::customer(&client, code).await;
            let payer = json!({ "customer": { "code": code } });
            client.mutate("paymentPost", payment("999999999999", payer), PAYMENT).await
        };
        for payer in 0..9 {
            assert_eq!(of(&format!("RICH-{payer}")).await["errors"], json!([]));
        }
        let before = accounts(&client).await;
        let answer = of("RICHER").await;
        assert_eq!(answer["errors"][0]["code"], "INVALID", "{answer}");
        assert_eq!(accounts(&client).await, before);
    }

    async fn a_payment_pays_what_it_says_and_no_more_than_is_open(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let first = invoice(&client, "10", ago(20)).await;
        let second = invoice(&client, "5", ago(10)).await;
        let told = |amount: &str| json!([
            { "document": { "number": second["number"] }, "amount": amount },
            { "document": { "id": first["openItems"][0]["id"] } } ]);
        let too_much = payment("80", json!({ "allocations": told("50.01") }));
        let answer = client.mutate("paymentPost", too_much, PAYMENT).await;
        assert_eq!(refused(&answer), [("INVALID".into(), "allocations.0.amount".into())]);
        let made = pay(&client, "80", json!({ "allocations": told("50") })).await;
        assert_eq!(made["openItems"][0]["openAmount"]["amount"], "0.00");
        assert_eq!(read(&client, &second).await["paymentStatus"], "PAID");
        let first = read(&client, &first).await;
        assert_eq!(first["openItems"][0]["openAmount"]["amount"], "70.00");
        let again = payment("10", json!({ "allocations": [
            { "document": { "number": second["number"] } } ] }));
        let answer = client.mutate("paymentPost", again, PAYMENT).await;
        assert_eq!(refused(&answer), [("INVALID".into(), "allocations.0.document".into())]);
    }

    async fn two_payments_at_once_never_pay_the_same_debt(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(3)).await;
        let number = one["number"].clone();
        let caller = client.clone();
        let answers = at_once(8, move |_| {
            let (client, number) = (caller.clone(), number.clone());
            async move {
                let told = json!([{ "document": { "number": number }, "amount": "60" }]);
                let input = payment("60", json!({ "allocations": told }));
                client.mutate("paymentPost", input, PAYMENT).await
            }
        }).await;
        let paid = answers.iter().filter(|answer| answer["errors"] == json!([])).count();
        assert_eq!(paid, 1, "{answers:?}");
        let caller = client.clone();
        at_once(8, move |_| {
            let client = caller.clone();
            async move { pay(&client, "10", json!({})).await }
        }).await;
        assert_eq!(read(&client, &one).await["paymentStatus"], "PAID");
        assert_eq!(balance(&client).await, euros("-40.00"));
    }

    async fn a_payment_that_bounced_reopens_what_it_paid(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(9)).await;
        let made = pay(&client, "100", json!({ "date": ago(5).to_string() })).await;
        assert_eq!(read(&client, &one).await["paymentStatus"], "PAID");
        let mut input = json!({ "payment": { "number": made["number"] }, "reason": "no funds",
            "date": ago(6).to_string() });
        let early = client.mutate("paymentReverse", input.clone(), PAYMENT).await;
        assert_eq!(refused(&early), [("INVALID".into(), "date".into())]);
        input["date"] = json!(ago(2).to_string());
        let back = client.accept("paymentReverse", input.clone(), PAYMENT).await;
        assert_eq!(back["payment"]["status"], "REVERSED");
        let one = read(&client, &one).await;
        assert_eq!(one["paymentStatus"], "UNPAID");
        assert_eq!(balance(&client).await, euros("100.00"));
        let again = client.mutate("paymentReverse", input, PAYMENT).await;
        assert_eq!(refused(&again), [("INVALID_STATE".into(), "payment".into())]);
        assert!(accounts(&client).await.get("CASH").is_none());
        let aging = "query($day: Date) { receivablesAging(asOf: $day) { total { amount } } }";
        for (day, total) in [(9, "100.00"), (5, "0.00"), (3, "0.00"), (2, "100.00")] {
            let day = json!({ "day": ago(day).to_string() });
            let data = client.query(aging, day.clone()).await;
            assert_eq!(data["receivablesAging"]["total"]["amount"], total, "{day}");
        }
    }

    async fn an_allocation_can_be_taken_back_and_used_elsewhere(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let first = invoice(&client, "10", ago(9)).await;
        let second = invoice(&client, "10", ago(8)).await;
        let made = pay(&client, "100", json!({})).await;
        let allocation = made["openItems"][0]["allocations"][0]["id"].clone();
        let input = json!({ "allocation": allocation });
        client.accept("paymentDeallocate", input.clone(), "allocation { id }").await;
        assert_eq!(read(&client, &first).await["paymentStatus"], "UNPAID");
        let again = client.mutate("paymentDeallocate", input, "allocation { id }").await;
        assert_eq!(refused(&again), [("INVALID_STATE".into(), "allocation".into())]);
        let input = json!({ "credit": { "number": made["number"] }, "allocations": [
            { "document": { "number": second["number"] } } ] });
        client.accept("paymentAllocate", input.clone(), "openItem { id }").await;
        assert_eq!(read(&client, &second).await["paymentStatus"], "PAID");
        let spent = client.mutate("paymentAllocate", input, "openItem { id }").await;
        assert_eq!(refused(&spent), [("INVALID".into(), "credit".into())]);
        assert_eq!(balance(&client).await, euros("100.00"));
    }

    async fn a_refund_takes_credit_and_never_more_than_there_is(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        invoice(&client, "1", ago(9)).await;
        pay(&client, "35", json!({})).await;
        let out = |amount: &str| payment(amount, json!({ "direction": "OUT" }));
        let answer = client.mutate("paymentPost", out("25.01"), PAYMENT).await;
        assert_eq!(refused(&answer), [("INVALID".into(), "amount".into())]);
        client.accept("paymentPost", out("20"), PAYMENT).await;
        assert_eq!(balance(&client).await, euros("-5.00"));
        assert_eq!(accounts(&client).await["CASH"], "15.00");
    }

    async fn what_will_not_be_paid_is_written_off(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(9)).await;
        pay(&client, "99.50", json!({})).await;
        let mut input = json!({ "openItem": { "number": one["number"] }, "reason": "too little",
            "amount": "0.51" });
        let answer = client.mutate("openItemWriteOff", input.clone(), "openItem { id }").await;
        assert_eq!(refused(&answer), [("INVALID".into(), "amount".into())]);
        input["amount"] = json!("0.50");
        client.accept("openItemWriteOff", input, "openItem { id }").await;
        assert_eq!(read(&client, &one).await["paymentStatus"], "PAID");
        assert_eq!(accounts(&client).await["WRITE_OFF"], "0.50");
        assert_eq!(balance(&client).await, euros("0.00"));
    }

    async fn a_debt_is_written_off_by_its_number_bit_by_bit(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(9)).await;
        for left in ["70.00", "40.00", "10.00"] {
            let input = json!({ "openItem": { "number": one["number"] }, "reason": "never paid",
                "amount": "30" });
            client.accept("openItemWriteOff", input, "openItem { id }").await;
            let read = read(&client, &one).await;
            assert_eq!(read["openItems"][0]["openAmount"]["amount"], left);
        }
        let rest = json!({ "openItem": { "number": one["number"] }, "reason": "never paid" });
        let made = client.accept("openItemWriteOff", rest, "openItem { id }").await;
        assert_eq!(made["openItem"]["id"], one["openItems"][0]["id"]);
        assert_eq!(accounts(&client).await["WRITE_OFF"], "100.00");
    }
}
